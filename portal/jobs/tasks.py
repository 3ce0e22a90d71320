"""The one Celery task: it gets a job's id."""

from celery import shared_task

from portal.jobs.running import run


@shared_task(name="jobs.run", ignore_result=True)  # type: ignore[untyped-decorator]
def run_job(job_id: str) -> None:
    """Runs the job."""
    run(job_id)
