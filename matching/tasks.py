"""Background work of matching."""

from uuid import UUID

from django.utils import timezone

from localities.queries.weights import WEIGHING
from matching import snapshot
from matching.batch import keeping, running
from matching.reverse import FITS, refresh
from matching.weighing import weigh
from portal.jobs.queue import enqueue, enqueue_once
from portal.jobs.registry import job, on_sweep, when_failed
from portal.jobs.running import Progress

SNAPSHOT = "matching.snapshot"


@job(SNAPSHOT)
def make_snapshot(progress: Progress, *, version: int) -> None:
    """Makes the snapshot of the catalogue, before the first reader has to wait for it."""
    made = snapshot.current()
    progress.report(min(made.version, version), version)


def ask_for_snapshot(version: int) -> None:
    """Asks for the snapshot of a new catalogue version, once."""
    enqueue(SNAPSHOT, unique_key=f"{SNAPSHOT}.{version}", version=version)


@job(WEIGHING)
def weigh_facts(progress: Progress) -> None:
    """Weighs what curators look after, for their worklists."""
    weigh()
    progress.beat()


@job(FITS)
def fit_profiles(progress: Progress) -> None:
    """Reckons how the profiles of companies that may be found fit each province."""
    refresh(progress.report)


@on_sweep
def ask_for_daily_reckoning() -> None:
    """Asks once a day for what companies' profiles and stored matches may have moved."""
    for kind in (WEIGHING, FITS):
        enqueue_once(kind, f"{kind}.daily.{timezone.localdate()}")


@job(keeping.BLOCK)
def match_block(progress: Progress, *, match_job: str, number: int) -> None:
    """Matches a block of a match job."""
    running.match_block(progress, UUID(match_job), number)


@when_failed(keeping.BLOCK)
def tell_of_failure(*, match_job: str, number: int) -> None:
    """Tells whose match job it is that it has failed with this block."""
    keeping.announce(UUID(match_job), "failed")


@job(keeping.EXPIRE)
def expire_match_job(progress: Progress, *, match_job: str) -> None:
    """Deletes a match job that has been kept long enough."""
    keeping.expire(UUID(match_job))
