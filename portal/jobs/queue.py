"""Asks for jobs, and sends again what got lost on the way to a worker."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from portal.jobs.models import Job
from portal.jobs.registry import duties, waits_on_others, work_of
from portal.jobs.tasks import run_job

logger = structlog.get_logger(__name__)


def enqueue(
    kind: str,
    *,
    unique_key: str | None = None,
    not_before: datetime | None = None,
    again: bool = False,
    **arguments: Any,
) -> Job:
    """Asks for a job with JSON arguments; it is sent when the transaction commits.

    With `not_before` a sweep sends it, after that moment. With `unique_key` it is asked for once:
    a second call returns the same job, and makes one that failed wait again; with `again`, one that
    is done, too. Raises LookupError for an unknown kind. A broker that is down fails nothing: the
    row waits, and the sweep sends it when the broker is back.
    """
    work_of(kind)
    ended = [Job.State.FAILED, Job.State.DONE] if again else [Job.State.FAILED]
    job, wanted = _stored(kind, unique_key, arguments, not_before or timezone.now(), ended)
    if wanted and not_before is None:
        transaction.on_commit(partial(send, job))
    return job


def enqueue_once(kind: str, unique_key: str, **arguments: Any) -> None:
    """As `enqueue`, but a job that has failed is not asked for again."""
    if not Job.objects.filter(unique_key=unique_key).exists():
        enqueue(kind, unique_key=unique_key, **arguments)


def send(job: Job) -> bool:
    """Sends the job's id to the workers; False where the broker cannot be reached."""
    queue = settings.CALLS_QUEUE if waits_on_others(job.kind) else settings.JOBS_QUEUE
    try:
        run_job.apply_async((str(job.pk),), queue=queue, retry=False)
    except (OperationalError, OSError) as error:
        logger.warning("job_not_sent", job=str(job.pk), kind=job.kind, error=str(error))
        Job.objects.filter(pk=job.pk).update(sent_at=None)
        return False
    return True


def sweep() -> int:
    """Sends again each job that waited too long or whose worker died; returns how many it sent."""
    now = timezone.now()
    stale = Job.stale(
        sent_before=now - timedelta(seconds=settings.JOBS_RESEND_AFTER_S),
        beaten_before=now - timedelta(seconds=settings.JOBS_DEAD_AFTER_S),
    )
    sent = 0
    for job in stale[: settings.JOBS_SWEEP_LIMIT]:
        if not _mark_sent(job):
            continue  # another sweep sends it
        if not send(job):
            break
        sent += 1
    return sent


def do_duties() -> None:
    """Does what rooms want done with every sweep; one that fails hinders no other."""
    for duty in duties():
        try:
            duty()
        except Exception:
            logger.exception("duty_failed", duty=duty.__qualname__)


def _mark_sent(job: Job) -> bool:
    same = Job.objects.filter(pk=job.pk, sent_at=job.sent_at)
    return same.update(sent_at=timezone.now()) == 1


def _stored(
    kind: str,
    unique_key: str | None,
    arguments: dict[str, Any],
    sent_at: datetime,
    ended: list[Job.State],
) -> tuple[Job, bool]:
    job = Job(kind=kind, unique_key=unique_key, arguments=arguments, sent_at=sent_at)
    if unique_key is None:
        job.save(force_insert=True)
        return job, True
    try:
        with transaction.atomic():
            job.save(force_insert=True)
        return job, True
    except IntegrityError:
        again = Job.objects.filter(unique_key=unique_key, state__in=ended).update(
            state=Job.State.QUEUED,
            progress_done=0,
            progress_total=None,
            attempts=0,
            error="",
            finished_at=None,
            sent_at=sent_at,
        )
        return Job.objects.get(unique_key=unique_key), again == 1
