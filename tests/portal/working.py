"""What the workers do, in the test itself."""

from portal.jobs.running import run_waiting
from portal.webhooks.tasks import ask_for_due


def deliver() -> None:
    """A sweep, then all jobs that wait."""
    ask_for_due()
    run_waiting()
