"""An organisation's endpoints: made, changed, rotated, tested, removed, by its systems or people.

Who may is checked by the caller: a client with the scope `webhook`, or an administrator.
"""

import re
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from portal import outbound
from portal.accounts.models import Organisation
from portal.webhooks import delivering, signing
from portal.webhooks.events import write_for
from portal.webhooks.models import TEST, Attempt, Delivery, Endpoint, Event

GRACE = timedelta(hours=24)  # in which the secret before signs, too
MOST_FORMER = 10  # secrets that sign beside the newest
MOST_ENDPOINTS = 20  # of one organisation
LONGEST_URL = 500
_UNWANTED = re.compile(r"[\x00-\x20\x7f#]")  # what no request could hold
# At least two parts, of which the last is no number: 127.1 is an address to some resolvers.
_NAME = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)+[a-z](?:[a-z0-9-]*[a-z0-9])?")
_INSIDE = (".localhost", ".local", ".internal")
_log = structlog.get_logger(__name__)


def of(organisation: Organisation) -> QuerySet[Endpoint]:
    """The endpoints of the organisation."""
    return Endpoint.objects.filter(organisation=organisation)


@transaction.atomic
def make(organisation: Organisation, url: str, events: Sequence[str]) -> tuple[Endpoint, str]:
    """A new endpoint, with its secret, which nobody will see again. Raises ValidationError."""
    check_url(url)
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    if of(organisation).count() >= MOST_ENDPOINTS:
        message = gettext("An organisation has at most %(count)d webhooks.")
        raise ValidationError(message % {"count": MOST_ENDPOINTS}, "too_many")
    endpoint = Endpoint.objects.create(
        organisation=organisation, url=url, events=_ordered(events), salt=signing.new_salt()
    )
    _log.info("webhook_made", endpoint=str(endpoint.pk), organisation=organisation.key)
    return endpoint, signing.secret(endpoint.salt)


@transaction.atomic
def change(
    endpoint: Endpoint,
    *,
    url: str | None = None,
    events: Sequence[str] | None = None,
    active: bool | None = None,
) -> Endpoint:
    """Changes what is given. Raises ValidationError.

    Switched on, it is no longer disabled; switched off, what waits is not sent.
    """
    own = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
    if url is not None:
        check_url(url)
        own.url = url
    if events is not None:
        own.events = _ordered(events)
    if active is not None:
        own.is_active = active
        own.disabled_at = None if active else own.disabled_at
    if active is False:
        delivering.stop(own)
    own.save(update_fields=["url", "events", "is_active", "disabled_at"])
    return own


@transaction.atomic
def rotate(endpoint: Endpoint) -> str:
    """A new secret; for GRACE the one before it signs as well. Raises ValidationError.

    Rotated again meanwhile, all of them sign: the first is the one that is in use.
    """
    own = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
    now = timezone.now()
    own.former_secrets.filter(until__lte=now).delete()
    if own.former_secrets.count() >= MOST_FORMER:
        text = gettext("The secret was rotated %(count)d times within 24 hours; use the newest.")
        raise ValidationError(text % {"count": MOST_FORMER}, "rotated")
    own.former_secrets.create(salt=own.salt, until=now + GRACE)
    own.salt = signing.new_salt()
    own.save(update_fields=["salt"])
    _log.info("webhook_rotated", endpoint=str(own.pk))
    return signing.secret(own.salt)


@transaction.atomic
def send_test(endpoint: Endpoint) -> Delivery:
    """Sends a test event. Raises ValidationError where the endpoint is switched off."""
    check_active(endpoint)
    return write_for(endpoint, TEST, {"text": "This is a test."})


def send_again(delivery: Delivery) -> None:
    """Sends an event again, with its own id. Raises ValidationError as `send_test`."""
    check_active(delivery.endpoint)
    delivering.again(delivery)


def remove(endpoint: Endpoint) -> None:
    """Removes the endpoint with its log."""
    _log.info("webhook_removed", endpoint=str(endpoint.pk))
    endpoint.delete()


def reason(endpoint: Endpoint) -> str:
    """Why the portal has disabled the endpoint, as far as its log tells; '' where it has not."""
    if endpoint.disabled_at is None:
        return ""
    last = Attempt.objects.filter(delivery__endpoint=endpoint).first()
    if last is None:
        return gettext("Nothing could be delivered for three days, or the address was gone.")
    if last.status == delivering.GONE:
        return gettext("The address answered that it is gone for good (410).")
    text = gettext("Nothing could be delivered for three days; the last try: %(result)s.")
    return text % {"result": last.result}


def check_active(endpoint: Endpoint) -> None:
    """Raises ValidationError where the endpoint is switched off."""
    if not endpoint.is_active:
        raise ValidationError(gettext("The webhook is switched off; switch it on first."), "off")


def check_url(url: str) -> None:
    """Raises ValidationError unless `url` may be called, as far as it says so itself.

    Where its name leads is looked at with each delivery.
    """
    try:
        parts = outbound.checked(url)
        public = settings.OUTBOUND_PRIVATE or _may_be_public(parts.hostname or "")
        public = public and not _UNWANTED.search(url)
    except outbound.ForbiddenTarget:
        public = False
    secure = urlsplit(url).scheme == "https" if public else False
    if not public or not (secure or settings.OUTBOUND_PRIVATE) or len(url) > LONGEST_URL:
        text = gettext(
            "An address of the open internet is needed that begins with https:// and holds no"
            " password, at most %(count)d characters."
        )
        raise ValidationError(text % {"count": LONGEST_URL}, "url")


def _ordered(events: Sequence[str]) -> list[str]:
    """The events in their order, each once."""
    return [str(event) for event in Event if event in events]


def _may_be_public(host: str) -> bool:
    """Whether `host` is a public address, or a name."""
    try:
        return outbound.is_public(host)
    except ValueError:
        pass
    try:
        name = host.encode("idna").decode().lower()
    except UnicodeError:  # an empty part, or one that is too long
        return False
    return bool(_NAME.fullmatch(name)) and not name.endswith(_INSIDE)
