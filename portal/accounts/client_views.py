"""The API clients of an organisation: made, given new secrets, revoked by its administrators."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts import clients, shown_once, use
from portal.accounts.access import managed, officers_only, person
from portal.accounts.forms import ClientForm, RotationForm
from portal.accounts.models import ApiClient, Organisation


@officers_only
@require_http_methods(["GET", "HEAD", "POST"])
def api_clients(request: HttpRequest, key: str) -> HttpResponse:
    """The clients of an organisation and how much they are used; POST makes one."""
    organisation = managed(request, key)
    form = ClientForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        name, scopes = form.cleaned_data["name"], form.cleaned_data["scopes"]
        try:
            client, secret = clients.make(person(request), organisation, name, scopes)
            return _show(organisation, client, secret)
        except ValidationError as error:
            form.add_error("name", " ".join(error.messages))
    return _page(request, organisation, form, status=400 if form.is_bound else 200)


@officers_only
@require_POST
def rotate_client(request: HttpRequest, key: str, client: int) -> HttpResponse:
    """Gives a client a new secret, and shows it."""
    organisation = managed(request, key)
    found = get_object_or_404(ApiClient, organisation=organisation, pk=client, revoked_at=None)
    at_once = RotationForm(request.POST).wants("at_once")
    return _show(organisation, found, clients.rotate(person(request), found, at_once=at_once))


@officers_only
@require_POST
def revoke_client(request: HttpRequest, key: str, client: int) -> HttpResponse:
    """Ends a client for good."""
    found = get_object_or_404(ApiClient, organisation=managed(request, key), pk=client)
    clients.revoke(person(request), found)
    messages.success(request, gettext("The client is revoked: its tokens are refused from now on."))
    return redirect("api-clients", key=key)


def _page(
    request: HttpRequest,
    organisation: Organisation,
    form: ClientForm,
    *,
    status: int = 200,
) -> HttpResponse:
    """The page; with a secret that was just made, which it shows this once."""
    made, _colon, secret = shown_once.secret_for(request).partition(":")
    own = list(organisation.api_clients.filter(revoked_at=None).prefetch_related("secrets"))
    context = {
        "organisation": organisation,
        "form": form,
        "made": next((each for each in own if str(each.pk) == made), None),
        "secret": secret,
        "clients": [(each, days) for each, days in use.per_day(own).items()],
        "revoked": organisation.api_clients.exclude(revoked_at=None),
    }
    page = render(request, "accounts/api_clients.html", context, status=status)
    return shown_once.forget(request, page)


def _show(organisation: Organisation, client: ApiClient, secret: str) -> HttpResponse:
    address = reverse("api-clients", args=[organisation.key])
    return shown_once.lead(address, f"{client.pk}:{secret}")
