"""Background work of the API."""

from django.utils import timezone

from portal.api import idempotency
from portal.jobs.queue import enqueue_once
from portal.jobs.registry import job, on_sweep
from portal.jobs.running import Progress


@job(idempotency.PURGE)
def purge_answers(progress: Progress) -> None:
    """Deletes the kept answers that are over."""
    idempotency.purge()


@on_sweep
def ask_for_purge() -> None:
    """Asks for it once an hour."""
    enqueue_once(idempotency.PURGE, f"{idempotency.PURGE}.{timezone.now():%Y-%m-%dT%H}")
