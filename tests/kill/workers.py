"""What becomes of the jobs of a worker that was killed."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from portal.jobs.models import Job


def declare_dead() -> None:
    """Makes the jobs that run free for other workers, as a minute of silence does."""
    died = timezone.now() - timedelta(seconds=settings.JOBS_DEAD_AFTER_S + 1)
    Job.objects.filter(state=Job.State.RUNNING).update(heartbeat_at=died)
