"""The outbox: what happened is written down in the transaction in which it happens."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from portal.jobs.queue import enqueue
from portal.webhooks.models import Delivery, Endpoint, Event

DELIVER = "portal.webhooks.deliver"
_CLOCKS_APART = timedelta(seconds=5)  # those of web processes and workers, at most
_TURNS_AT_ONCE = 500


def catalogue_changed(*, version: int, records_count: int, changes: str) -> None:
    """Tells every endpoint that asked for it; `changes` is the address of what changed."""
    data = {"version": version, "records_count": records_count, "changes": changes}
    _write(Event.CATALOGUE_CHANGED, data, _active())


def changeset_decided(
    organisation: str, *, number: int, state: str, version: int | None, changeset: str
) -> None:
    """Tells the organisation that proposed a changeset; `changeset` is its address."""
    data = {"number": number, "state": state, "version": version, "changeset": changeset}
    _write(Event.CHANGESET_DECIDED, data, _active().filter(organisation=organisation))


def match_job_finished(organisation: str, *, job: str, state: str, match_job: str) -> None:
    """Tells the organisation whose client asked for a batch; `match_job` is its address."""
    data = {"id": job, "state": state, "match_job": match_job}
    _write(Event.MATCH_JOB_FINISHED, data, _active().filter(organisation=organisation))


def write_for(endpoint: Endpoint, event: str, data: Mapping[str, Any]) -> Delivery:
    """Writes an event down for one endpoint, and asks for its delivery after the commit."""
    delivery = Delivery.objects.create(endpoint=endpoint, event=event, data=dict(data))
    transaction.on_commit(partial(ask_for_turns, endpoint=endpoint.pk))
    return delivery


def due() -> QuerySet[Delivery]:
    """What is to be tried now, the oldest event first."""
    return Delivery.objects.filter(
        state=Delivery.State.WAITING,
        due_at__lte=timezone.now() + _CLOCKS_APART,
        endpoint__is_active=True,
        endpoint__organisation__is_active=True,
    ).order_by("created_at", "id")


def ask_for_turns(**of: Any) -> None:
    """Asks for the turn of each endpoint (or those `of` which) that something is due for.

    Whoever asks, it is asked for once: no two messages are on their way to one endpoint. A turn is
    over before its job is done, so a done job of the present one is left from before a way back.
    """
    waiting = due().filter(**of).order_by().values_list("endpoint", "endpoint__turn").distinct()
    for endpoint, turn in waiting[:_TURNS_AT_ONCE]:
        key = f"{DELIVER}.{endpoint}.{turn}"
        enqueue(DELIVER, unique_key=key, again=True, endpoint=str(endpoint), turn=turn)


def _active() -> Any:
    return Endpoint.objects.filter(is_active=True, organisation__is_active=True)


def _write(event: Event, data: Mapping[str, Any], endpoints: Iterable[Endpoint]) -> None:
    for endpoint in endpoints:
        if event in endpoint.events:
            write_for(endpoint, event, data)
