"""Runs one job: takes it, works, and says how it ended. No two workers have the same job."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from portal.jobs.models import Job
from portal.jobs.registry import telling_of, work_of

logger = structlog.get_logger(__name__)


class LostJob(Exception):
    """Another worker took the job over, since this one gave no sign of life for too long."""


class Progress:
    """A running job's hold on its row. `attempt` tells it from a later worker's hold."""

    def __init__(self, job_id: UUID, attempt: int) -> None:
        self.job_id = job_id
        self.attempt = attempt

    def report(self, done: int, total: int | None = None) -> None:
        """Writes how far the work is; raises LostJob where it is no longer ours to do."""
        self._write(progress_done=done, progress_total=total, heartbeat_at=timezone.now())

    def beat(self) -> None:
        """Writes a sign of life; raises LostJob."""
        self._write(heartbeat_at=timezone.now())

    def finish(self, error: str = "") -> None:
        """Writes the end, good or bad; raises LostJob."""
        state = Job.State.FAILED if error else Job.State.DONE
        self._write(state=state, error=error, finished_at=timezone.now())

    def _write(self, **values: object) -> None:
        ours = Job.objects.filter(pk=self.job_id, state=Job.State.RUNNING, attempts=self.attempt)
        if not ours.update(**values):
            raise LostJob(str(self.job_id))


def run(job_id: str) -> None:
    """Runs the job, unless it has ended or another worker has it."""
    if (job := _take(job_id)) is None:
        return
    progress = Progress(job.pk, job.attempts)
    log = logger.bind(job=str(job.pk), kind=job.kind, attempt=job.attempts)
    log.info("job_started")
    try:
        if job.attempts > settings.JOBS_MAX_ATTEMPTS:
            _finish(job, progress, f"given up: {job.attempts - 1} workers died over it")
            log.error("job_given_up")
            return
        with _beating(progress):
            error = _work(job, progress)
        _finish(job, progress, error)
        log.info("job_finished", error=error)
    except LostJob:
        log.warning("job_lost")


def run_waiting() -> int:
    """Runs every job that is due, here and now; returns how many. For tests and maintenance."""
    count = 0
    while job := _due().filter(state=Job.State.QUEUED).order_by("created_at").first():
        run(str(job.pk))
        count += 1
    return count


def _due() -> QuerySet[Job]:
    return Job.objects.filter(Q(sent_at=None) | Q(sent_at__lte=timezone.now()))


def _take(job_id: str) -> Job | None:
    now = timezone.now()
    dead = now - timedelta(seconds=settings.JOBS_DEAD_AFTER_S)
    free = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, heartbeat_at__lt=dead)
    taken = Job.objects.filter(free, pk=job_id).update(
        state=Job.State.RUNNING, attempts=F("attempts") + 1, started_at=now, heartbeat_at=now
    )
    return Job.objects.get(pk=job_id) if taken else None


def _work(job: Job, progress: Progress) -> str:
    try:
        work_of(job.kind)(progress, **job.arguments)
    except (LostJob, DatabaseError):
        raise  # the row stays as it is, and the sweep finds it
    except Exception as error:
        logger.exception("job_failed", job=str(job.pk), kind=job.kind)
        return f"{type(error).__name__}: {error}"
    return ""


@transaction.atomic
def _finish(job: Job, progress: Progress, error: str) -> None:
    """Writes the end, and whatever its room writes of a bad one; raises LostJob."""
    progress.finish(error)
    telling = telling_of(job.kind)
    if error and telling is not None:
        telling(**job.arguments)


@contextmanager
def _beating(progress: Progress) -> Iterator[None]:
    """Gives signs of life from a thread, also while the work is silent."""
    over = threading.Event()
    thread = threading.Thread(target=_beat, args=(progress, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _beat(progress: Progress, over: threading.Event) -> None:
    while not over.wait(settings.JOBS_HEARTBEAT_S):
        try:
            progress.beat()
        except LostJob:
            break
        except DatabaseError:
            logger.warning("job_heartbeat_failed", job=str(progress.job_id))
        finally:
            connection.close()
