"""One try after the other, for three days; then the endpoint is disabled and its people told."""

import json
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext, override

from portal import outbound
from portal.accounts.models import Membership
from portal.webhooks import signing
from portal.webhooks.events import ask_for_turns, due
from portal.webhooks.models import Attempt, Delivery, Endpoint

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=18)
MOST_TRIES = 11  # 1, 3, 9, ... minutes apart: 72 hours from the first to the last
TIMEOUT_S = 10.0
ANSWER_BYTES = 500
GONE = 410
KEPT = timedelta(days=30)
State = Delivery.State
_log = structlog.get_logger(__name__)


def wait_after(tries: int) -> timedelta | None:
    """How long after the try with this number the next one comes; None after the last."""
    return None if tries >= MOST_TRIES else min(FIRST_WAIT * 3 ** (tries - 1), LONGEST_WAIT)


def take_turn(endpoint: UUID, turn: int) -> None:
    """Tries what is due first, unless that turn is over, writes it down and asks for the next."""
    waiting = due().filter(endpoint=endpoint, endpoint__turn=turn)
    if delivery := waiting.select_related("endpoint__organisation").first():
        _keep(delivery, _send(delivery))
    Endpoint.objects.filter(pk=endpoint, turn=turn).update(turn=F("turn") + 1)
    ask_for_turns(endpoint=endpoint)


def drop_old() -> None:
    """Deletes what was told long ago."""
    ended = ~Q(state=State.WAITING)
    Delivery.objects.filter(ended, begun_at__lt=timezone.now() - KEPT).delete()


def body(delivery: Delivery) -> bytes:
    """The message; the same bytes with every try."""
    told = {
        "type": delivery.event,
        "timestamp": timezone.localtime(delivery.created_at).isoformat(),
        "data": delivery.told,
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _send(delivery: Delivery) -> Attempt:
    endpoint, content, at = delivery.endpoint, body(delivery), timezone.now()
    headers = signing.headers(endpoint, delivery.message, at, content)
    attempt, begun = Attempt(delivery=delivery, at=at), monotonic()
    try:
        if urlsplit(endpoint.url).scheme != "https" and not settings.OUTBOUND_PRIVATE:
            raise outbound.ForbiddenTarget("https is needed")
        answer = outbound.send(
            "POST",
            endpoint.url,
            headers=headers,
            body=content,
            timeout_s=TIMEOUT_S,
            most_bytes=ANSWER_BYTES,
        )
        attempt.status = answer.status
        attempt.answer = answer.body.decode(errors="replace").replace("\0", "�")[:ANSWER_BYTES]
    except (outbound.ForbiddenTarget, outbound.Unreachable) as error:
        attempt.error = f"{type(error).__name__}: {error}".replace("\0", "�")[:300]
    except Exception as error:  # counts as a try, too, else it would hold up what is behind it
        _log.exception("webhook_failed", delivery=str(delivery.pk))
        attempt.error = type(error).__name__
    attempt.ms = int((monotonic() - begun) * 1000)
    return attempt


@transaction.atomic
def _keep(delivery: Delivery, attempt: Attempt) -> None:
    """Writes a try down, unless another worker has written the same one."""
    good = attempt.status is not None and 200 <= attempt.status < 300
    tries = delivery.attempts_count + 1
    wait = None if good else wait_after(tries - delivery.retries_from)
    over = State.DELIVERED if good else State.FAILED
    same = Delivery.objects.filter(
        pk=delivery.pk, state=State.WAITING, attempts_count=delivery.attempts_count
    )
    if not same.update(
        attempts_count=tries,
        state=State.WAITING if wait else over,
        due_at=attempt.at + wait if wait else None,
    ):
        return
    attempt.save()
    _log.info("webhook_tried", delivery=str(delivery.pk), status=attempt.status, tries=tries)
    if good:
        Endpoint.objects.filter(pk=delivery.endpoint_id).update(delivered_at=attempt.at)
    elif attempt.status == GONE or wait is None:
        _give_up(delivery, since=delivery.begun_at, gone=attempt.status == GONE)


def _give_up(delivery: Delivery, *, since: datetime, gone: bool) -> None:
    """Disables the endpoint, unless it has taken something else meanwhile; tells its people."""
    silent = Q() if gone else Q(delivered_at=None) | Q(delivered_at__lt=since)
    still = Endpoint.objects.filter(silent, pk=delivery.endpoint_id, is_active=True)
    if not still.update(is_active=False, disabled_at=timezone.now()):
        return
    stop(delivery.endpoint)
    _log.warning("webhook_disabled", endpoint=str(delivery.endpoint_id))
    transaction.on_commit(lambda: _tell(delivery.endpoint))


def _tell(endpoint: Endpoint) -> None:
    """A mail to the administrators, in every language: nobody's own is known here."""
    people = Membership.objects.filter(
        organisation=endpoint.organisation_id,
        role=Membership.Role.ADMINISTRATOR,
        user__is_active=True,
    )
    context = {
        "endpoint": endpoint,
        "organisation": endpoint.organisation,
        "site": settings.SITE,
    }
    texts = []
    for language, _name in settings.LANGUAGES:
        with override(language):
            texts.append(render_to_string("webhooks/disabled.txt", context))
    with override(settings.LANGUAGE_CODE):
        subject = gettext("A webhook of your organisation was disabled")
    addresses = people.order_by("user__email").values_list("user__email", flat=True)
    for address in addresses:
        send_mail(subject, "\n".join(texts), None, [address])


def stop(endpoint: Endpoint) -> None:
    """Ends what waits for the endpoint; each can be sent again."""
    Delivery.objects.filter(endpoint=endpoint, state=State.WAITING).update(
        state=State.FAILED, due_at=None
    )


def again(delivery: Delivery) -> None:
    """Sends an event again, under its own id. Its tries begin anew, unless some are left."""
    now = timezone.now()
    with transaction.atomic():
        own = Delivery.objects.filter(pk=delivery.pk)
        own.exclude(state=State.WAITING).update(
            state=State.WAITING, retries_from=F("attempts_count"), begun_at=now
        )
        own.update(due_at=now)
        transaction.on_commit(partial(ask_for_turns, endpoint=delivery.endpoint_id))
