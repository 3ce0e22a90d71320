"""The API clients of an organisation: made, given new secrets, revoked by its administrators."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts import clients, use
from portal.accounts.access import officers_only, person, roles_of
from portal.accounts.forms import ClientForm, RotationForm
from portal.accounts.models import ApiClient, Organisation
from portal.accounts.roles import may_manage, require


@officers_only
@require_http_methods(["GET", "HEAD", "POST"])
def api_clients(request: HttpRequest, key: str) -> HttpResponse:
    """The clients of an organisation and how much they are used; POST makes one."""
    organisation = _managed(request, key)
    form = ClientForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        name, scopes = form.cleaned_data["name"], form.cleaned_data["scopes"]
        try:
            client, secret = clients.make(person(request), organisation, name, scopes)
            return _page(request, organisation, ClientForm(), client=client, secret=secret)
        except ValidationError as error:
            form.add_error("name", " ".join(error.messages))
    return _page(request, organisation, form, status=400 if form.is_bound else 200)


@officers_only
@require_POST
def rotate_client(request: HttpRequest, key: str, client: int) -> HttpResponse:
    """Gives a client a new secret, and shows it."""
    organisation = _managed(request, key)
    found = get_object_or_404(ApiClient, organisation=organisation, pk=client, revoked_at=None)
    at_once = RotationForm(request.POST).wants("at_once")
    secret = clients.rotate(person(request), found, at_once=at_once)
    return _page(request, organisation, ClientForm(), client=found, secret=secret)


@officers_only
@require_POST
def revoke_client(request: HttpRequest, key: str, client: int) -> HttpResponse:
    """Ends a client for good."""
    found = get_object_or_404(ApiClient, organisation=_managed(request, key), pk=client)
    clients.revoke(person(request), found)
    messages.success(request, gettext("The client is revoked: its tokens are refused from now on."))
    return redirect("api-clients", key=key)


def _managed(request: HttpRequest, key: str) -> Organisation:
    """The organisation. Raises NotAllowed unless who asks administers it."""
    organisation = get_object_or_404(Organisation, key=key, is_active=True)
    require(may_manage(roles_of(request), organisation.key))
    return organisation


def _page(
    request: HttpRequest,
    organisation: Organisation,
    form: ClientForm,
    *,
    client: ApiClient | None = None,
    secret: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page; with the `secret` of `client`, which it shows this once."""
    own = list(organisation.api_clients.filter(revoked_at=None).prefetch_related("secrets"))
    context = {
        "organisation": organisation,
        "form": form,
        "made": client,
        "secret": secret,
        "clients": [(each, days) for each, days in use.per_day(own).items()],
        "revoked": organisation.api_clients.exclude(revoked_at=None),
    }
    return render(request, "accounts/api_clients.html", context, status=status)
