"""An organisation's webhooks, as its administrators see and manage them."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts import shown_once
from portal.accounts.access import managed, officers_only
from portal.api.throttles import count_person
from portal.webhooks import endpoints
from portal.webhooks.forms import WebhookForm
from portal.webhooks.models import Delivery, Endpoint

LOG_SHOWN = 50


@officers_only
@require_http_methods(["GET", "HEAD", "POST"])
def webhooks(request: HttpRequest, key: str) -> HttpResponse:
    """The webhooks of an organisation; POST makes one and shows its secret."""
    organisation = managed(request, key)
    form = WebhookForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made, secret = endpoints.make(organisation, **form.cleaned_data)
            return _show(made, secret)
        except ValidationError as error:
            form.add_error("url", error)
    context = {
        "organisation": organisation,
        "endpoints": endpoints.of(organisation),
        "form": form,
    }
    return render(request, "webhooks/webhooks.html", context, status=400 if form.is_bound else 200)


@officers_only
@require_http_methods(["GET", "HEAD", "POST"])
def webhook(request: HttpRequest, key: str, webhook: UUID) -> HttpResponse:
    """One webhook and what was sent to it; POST changes where it sends what."""
    endpoint = _own(request, key, webhook)
    if request.method != "POST":
        return _page(request, endpoint)
    form = WebhookForm(request.POST)
    if form.is_valid():
        try:
            endpoints.change(endpoint, **form.cleaned_data)
            messages.success(request, gettext("Saved."))
            return redirect("webhook", key=key, webhook=webhook)
        except ValidationError as error:
            form.add_error("url", error)
    return _page(request, endpoint, form=form, status=400)


@officers_only
@require_POST
def test(request: HttpRequest, key: str, webhook: UUID) -> HttpResponse:
    """Sends a test event."""
    endpoint = _own(request, key, webhook)
    _tried(request, lambda: endpoints.send_test(endpoint), gettext("A test is on its way."))
    return redirect("webhook", key=key, webhook=webhook)


@officers_only
@require_POST
def send_again(request: HttpRequest, key: str, webhook: UUID, delivery: UUID) -> HttpResponse:
    """Sends an event again."""
    endpoint = _own(request, key, webhook)
    found = get_object_or_404(Delivery, pk=delivery, endpoint=endpoint)
    _tried(request, lambda: endpoints.send_again(found), gettext("It is on its way again."))
    return redirect("webhook", key=key, webhook=webhook)


@officers_only
@require_POST
def rotate(request: HttpRequest, key: str, webhook: UUID) -> HttpResponse:
    """Gives the webhook a new secret, and shows it."""
    endpoint = _own(request, key, webhook)
    try:
        secret = endpoints.rotate(endpoint)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("webhook", key=key, webhook=webhook)
    return _show(endpoint, secret)


@officers_only
@require_POST
def switch(request: HttpRequest, key: str, webhook: UUID, *, active: bool) -> HttpResponse:
    """Switches the webhook on or off."""
    endpoints.change(_own(request, key, webhook), active=active)
    on, off = gettext("The webhook is switched on."), gettext("The webhook is switched off.")
    messages.success(request, on if active else off)
    return redirect("webhook", key=key, webhook=webhook)


@officers_only
@require_POST
def remove(request: HttpRequest, key: str, webhook: UUID) -> HttpResponse:
    """Removes the webhook with its log."""
    endpoints.remove(_own(request, key, webhook))
    messages.success(request, gettext("The webhook is removed."))
    return redirect("webhooks", key=key)


def _own(request: HttpRequest, key: str, webhook: UUID) -> Endpoint:
    """A webhook of the organisation. Raises as `managed`, and Http404."""
    return get_object_or_404(endpoints.of(managed(request, key)), pk=webhook)


def _page(
    request: HttpRequest,
    endpoint: Endpoint,
    *,
    form: WebhookForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a webhook; with a secret that was just made, which it shows this once."""
    log = list(endpoint.deliveries.prefetch_related("attempts")[: LOG_SHOWN + 1])
    context = {
        "organisation": endpoint.organisation,
        "endpoint": endpoint,
        "reason": endpoints.reason(endpoint),
        "secret": shown_once.secret_for(request),
        "former_until": endpoint.former_until(timezone.now()),
        "form": form or WebhookForm(initial={"url": endpoint.url, "events": endpoint.events}),
        "deliveries": log[:LOG_SHOWN],
        "more_than": LOG_SHOWN if len(log) > LOG_SHOWN else None,
    }
    page = render(request, "webhooks/webhook.html", context, status=status)
    return shown_once.forget(request, page)


def _show(endpoint: Endpoint, secret: str) -> HttpResponse:
    address = reverse("webhook", args=[endpoint.organisation_id, endpoint.pk])
    return shown_once.lead(address, secret)


def _tried(request: HttpRequest, step: Callable[[], object], done: str) -> None:
    """Takes a step that calls the address, and says that it is done or why it is not."""
    try:
        count_person("call", request.user)
        step()
        messages.success(request, done)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
