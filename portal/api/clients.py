"""API clients: known by the access token of a request, let do what its scopes name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext
from oauth2_provider.models import AccessToken
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from portal.accounts import oauth, use
from portal.accounts.models import ApiClient, Scope

if TYPE_CHECKING:
    from rest_framework.views import APIView  # which imports the limits, and they who asks

_REALM = 'Bearer realm="api"'


class ClientAuthentication(BaseAuthentication):
    """By `Authorization: Bearer <access token>`. The client stands in `client_of(request)`."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, AccessToken] | None:
        """Nobody, and the token. Raises AuthenticationFailed for one that is not good."""
        token = _bearer(request)
        if token is None:
            return None
        found = oauth.find(token)
        if found is None:
            text = gettext("The access token is unknown, has expired or has been revoked.")
            raise AuthenticationFailed(text)
        use.count(found.application)
        return AnonymousUser(), found

    def authenticate_header(self, request: Request) -> str:
        """The challenge of a 401 (RFC 6750, section 3)."""
        return _REALM if _bearer(request) is None else f'{_REALM}, error="invalid_token"'


class ScopeMissing(PermissionDenied):
    """The client may not do this: its access token lacks a scope."""

    def __init__(self, scope: str) -> None:
        text = gettext("This needs an access token with the scope %(scope)s.")
        super().__init__(text % {"scope": scope})
        self.auth_header = f'{_REALM}, error="insufficient_scope", scope="{scope}"'


class Scoped(BasePermission):
    """Lets API clients in whose token has `scope`; see `scoped`."""

    scope = ""
    open_to_all = False

    def has_permission(self, request: Request, view: APIView) -> bool:
        """True; raises NotAuthenticated without a token, and ScopeMissing."""
        if client_of(request) is None:
            if self.open_to_all:
                return True
            raise NotAuthenticated(gettext("This is for API clients with an access token."))
        if self.scope not in oauth.scopes_of(request.auth):
            raise ScopeMissing(self.scope)
        return True


class PeopleOnly(BasePermission):
    """Refuses API clients where their tokens are known: what people alone may do."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether no API client asks."""
        self.message = gettext("This is for people who sign in, not for API clients.")
        return client_of(request) is None


def scoped(scope: str, *, open_to_all: bool = False) -> type[Scoped]:
    """The permission of API clients with `scope`: 401 without a token, 403 without the scope.

    `open_to_all`: who comes without a token is let in. The view's authentication_classes begin
    with ClientAuthentication, whose challenge it sends.
    """
    return type("Scoped", (Scoped,), {"scope": str(Scope(scope)), "open_to_all": open_to_all})


def client_of(request: Request) -> ApiClient | None:
    """The API client that asks; None for people and for anybody."""
    token = request.auth
    return token.application if isinstance(token, AccessToken) else None


def _bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None
