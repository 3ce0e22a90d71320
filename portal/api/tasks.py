"""Background work of the API."""

from portal.api import idempotency
from portal.jobs.registry import job
from portal.jobs.running import Progress


@job(idempotency.PURGE)
def purge_answers(progress: Progress) -> None:
    """Deletes the kept answers that are over; asked for once a day, by the first that is kept."""
    idempotency.purge()
