"""Background work of matching."""

from matching import snapshot
from portal.jobs.queue import enqueue
from portal.jobs.registry import job
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
