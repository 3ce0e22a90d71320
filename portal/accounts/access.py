"""Who gets at a page at all: signed in, an officer, with a second factor."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from portal.accounts.models import Organisation, User
from portal.accounts.roles import NotAllowed, Roles, is_officer, may_manage, require

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def has_second_factor(user: User) -> bool:
    """Whether `user` signs in with a code of an authenticator app, too."""
    found = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP)
    return bool(found.exists())


def signed_in(view: View[P]) -> View[P]:
    """The view is for people who are signed in; nobody keeps its answer."""
    return never_cache(login_required(view))


def officers_only(view: View[P]) -> View[P]:
    """The view is for officers with a second factor; those without are led to set one up.

    Raises NotAllowed for everybody else.
    """

    @wraps(view)
    def checked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        who = roles_of(request)
        if not is_officer(who):
            raise NotAllowed
        if not who.has_second_factor:
            text = gettext("Officers sign in with a second factor. Please set one up first.")
            messages.warning(request, text)
            return redirect("mfa_activate_totp")
        return view(request, *args, **kwargs)

    return signed_in(checked)


def person(request: HttpRequest) -> User:
    """Who is signed in. Raises NotAllowed where nobody is."""
    if not isinstance(request.user, User):
        raise NotAllowed
    return request.user


def roles_of(request: HttpRequest) -> Roles:
    """The roles of who is signed in, read once a request. Raises NotAllowed as `person`."""
    known: Roles | None = getattr(request, "_roles", None)
    if known is None:
        known = Roles(person(request))
        request._roles = known  # type: ignore[attr-defined]
    return known


def managed(request: HttpRequest, key: str) -> Organisation:
    """The organisation. Raises Http404, and NotAllowed unless who asks administers it."""
    organisation = get_object_or_404(Organisation, key=key, is_active=True)
    require(may_manage(roles_of(request), organisation.key))
    return organisation
