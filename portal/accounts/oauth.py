"""Access tokens of API clients, by OAuth 2 client credentials (RFC 6749, section 4.4)."""

from base64 import b64decode
from hashlib import sha256
from typing import Any
from urllib.parse import unquote_plus

from django.db import transaction
from django.utils import timezone
from oauth2_provider.models import AccessToken
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.scopes import BaseScopes

from portal.accounts import clients
from portal.accounts.models import ApiClient, Scope


class ClientScopes(BaseScopes):  # type: ignore[misc]
    """What a client may ask for: its own scopes; all of them where it names none."""

    def get_all_scopes(self) -> dict[str, str]:
        """Every scope with what it is for."""
        return {str(scope): str(scope.label) for scope in Scope}

    def get_available_scopes(self, application: ApiClient, *args: Any, **kwargs: Any) -> list[str]:
        """The scopes of the client."""
        return list(application.scopes)

    get_default_scopes = get_available_scopes


class ClientValidator(OAuth2Validator):  # type: ignore[misc]
    """Knows a client by any of its secrets that are valid."""

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """Whether the request holds a client's name and secret; then `request.client` is set."""
        basic = request.headers.get("Authorization", "")
        name, secret = _of_header(basic) if basic else (request.client_id, request.client_secret)
        request.client = clients.authenticate(name or "", secret or "")
        return request.client is not None

    @transaction.atomic
    def _save_bearer_token(self, token: Any, request: Any, *args: Any, **kwargs: Any) -> None:
        """Keeps the token's digest; the client's tokens that have expired go."""
        expired = AccessToken.objects.filter(expires__lt=timezone.now())
        expired.filter(application=request.client).delete()
        super()._save_bearer_token(token, request, *args, **kwargs)


def find(token: str) -> AccessToken | None:
    """The access token, with its client and organisation, as long as it is good."""
    found = AccessToken.objects.filter(
        token_checksum=sha256(token.encode()).hexdigest(),
        expires__gt=timezone.now(),
        application__revoked_at=None,
        application__organisation__is_active=True,
    )
    return found.select_related("application__organisation").first()


def scopes_of(token: AccessToken) -> frozenset[str]:
    """What the token was given out for and the client still may."""
    return frozenset(token.scope.split()) & frozenset(token.application.scopes)


def _of_header(header: str) -> tuple[str, str]:
    """Name and secret of a header `Basic`, each form-encoded (RFC 6749, section 2.3.1)."""
    scheme, _, value = header.partition(" ")
    try:
        name, _, secret = b64decode(value, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return (unquote_plus(name), unquote_plus(secret)) if scheme.lower() == "basic" else ("", "")
