"""The outbox: what happened is written down in the transaction in which it happens."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from portal.jobs.queue import enqueue
from portal.webhooks.models import Delivery, Endpoint, Event

DELIVER = "portal.webhooks.deliver"


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
    ask_for(delivery.pk, delivery.attempts_count)
    return delivery


def ask_for(delivery: UUID, attempts: int) -> None:
    """Asks for the next try of a delivery, once, whoever asks."""
    key = f"{DELIVER}.{delivery}.{attempts}"
    enqueue(DELIVER, unique_key=key, delivery=str(delivery), attempts=attempts)


def _active() -> Any:
    return Endpoint.objects.filter(is_active=True, organisation__is_active=True)


def _write(event: Event, data: Mapping[str, Any], endpoints: Iterable[Endpoint]) -> None:
    for endpoint in endpoints:
        if event in endpoint.events:
            write_for(endpoint, event, data)
