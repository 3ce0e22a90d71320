"""Background work of webhooks."""

from uuid import UUID

from django.utils import timezone

from portal.jobs.queue import enqueue_once
from portal.jobs.registry import job, on_sweep
from portal.jobs.running import Progress
from portal.webhooks import delivering
from portal.webhooks.events import DELIVER, ask_for_turns

PURGE = "portal.webhooks.purge"


@job(DELIVER, waits_on_others=True)
def deliver(progress: Progress, *, endpoint: str, turn: int) -> None:
    """Tries to deliver one event. Begun twice, it may come twice, with the same id."""
    delivering.take_turn(UUID(endpoint), turn)


@job(PURGE)
def purge(progress: Progress) -> None:
    """Drops the log of long ago."""
    delivering.drop_old()


@on_sweep
def ask_for_due() -> None:
    """Asks for the tries that are due, and once a day for the log to be cleared."""
    ask_for_turns()
    enqueue_once(PURGE, f"{PURGE}.{timezone.localdate()}")
