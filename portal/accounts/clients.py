"""API clients of organisations and their secrets. Every step is in the log, without secrets."""

from collections.abc import Collection
from datetime import timedelta
from hashlib import sha256
from secrets import token_urlsafe

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from oauth2_provider.models import AccessToken

from portal.accounts.models import ApiClient, ClientSecret, Organisation, Scope, User
from portal.accounts.roles import Roles, may_manage, require

GRACE = timedelta(hours=24)  # in which the secret before is valid, too
MOST_CLIENTS = 20  # of one organisation that are not revoked
_log = structlog.get_logger(__name__)


@transaction.atomic
def make(
    actor: User, organisation: Organisation, name: str, scopes: Collection[str]
) -> tuple[ApiClient, str]:
    """A new client of `organisation`, with its secret, which nobody will see again.

    Raises NotAllowed and ValidationError.
    """
    require(may_manage(Roles(actor), organisation.key))
    own = organisation.api_clients.filter(revoked_at=None)
    if own.filter(name=name.strip()).exists():
        raise ValidationError(gettext("There is a client of this name already."))
    if own.count() >= MOST_CLIENTS:
        message = gettext("An organisation has at most %(count)d API clients.")
        raise ValidationError(message % {"count": MOST_CLIENTS})
    client = ApiClient(
        organisation=organisation,
        name=name.strip(),
        scopes=[str(scope) for scope in Scope if scope in scopes],
        made_by=actor,
        client_type=ApiClient.CLIENT_CONFIDENTIAL,
        authorization_grant_type=ApiClient.GRANT_CLIENT_CREDENTIALS,
    )
    client.full_clean()
    client.save()
    _log.info("client_made", organisation=organisation.key, client=client.client_id, by=actor.pk)
    return client, _new_secret(client, actor)


@transaction.atomic
def rotate(actor: User, client: ApiClient, *, at_once: bool = False) -> str:
    """A new secret. The one before is valid for GRACE longer; with `at_once`, no more.

    `at_once` is for a secret that others may know: what tokens it got end as well. Raises
    NotAllowed.
    """
    require(may_manage(Roles(actor), client.organisation_id))
    locked = ApiClient.objects.select_for_update().get(pk=client.pk)
    require(locked.revoked_at is None)
    now = timezone.now()
    locked.secrets.filter(expires_at__lt=now).delete()
    if at_once:
        locked.secrets.all().delete()
        AccessToken.objects.filter(application=client.pk).delete()
    locked.secrets.filter(expires_at=None).update(expires_at=now + GRACE)
    _log.info("client_rotated", client=client.client_id, by=actor.pk, at_once=at_once)
    return _new_secret(locked, actor)


@transaction.atomic
def revoke(actor: User, client: ApiClient) -> None:
    """Ends the client and every token it has, for good. Raises NotAllowed."""
    require(may_manage(Roles(actor), client.organisation_id))
    ApiClient.objects.filter(pk=client.pk, revoked_at=None).update(revoked_at=timezone.now())
    AccessToken.objects.filter(application=client.pk).delete()
    client.secrets.all().delete()
    _log.info("client_revoked", client=client.client_id, by=actor.pk)


def authenticate(client_id: str, secret: str) -> ApiClient | None:
    """The client of that name with that secret, as long as both are good."""
    valid = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    found = ClientSecret.objects.filter(valid, digest=_digest(secret))
    one = found.select_related("client__organisation").first()
    known = one is not None and one.client.client_id == client_id and one.client.is_usable()
    if one is None or not known:
        _log.info("client_refused")
        return None
    return one.client


def _new_secret(client: ApiClient, maker: User) -> str:
    secret = token_urlsafe(32)
    client.secret_makers.add(maker)
    ClientSecret.objects.create(client=client, digest=_digest(secret))
    return secret


def _digest(secret: str) -> str:
    return sha256(secret.encode(errors="replace")).hexdigest()
