"""A worker with a job that waits for a file; and, as a program, what asks for it.

`celery -A tests.portal.slow_work worker` runs it, `python -m tests.portal.slow_work go|show DIR`
asks for the job and prints its row.
"""

import os
import sys
import time
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from portal.celery import app  # noqa: E402
from portal.jobs.models import Job  # noqa: E402
from portal.jobs.queue import enqueue  # noqa: E402
from portal.jobs.registry import job  # noqa: E402
from portal.jobs.running import Progress  # noqa: E402

__all__ = ["app"]


@job("test-slow")
def wait_for_file(progress: Progress, *, folder: str) -> None:
    """Notes that it began, then works until the file `go` is there."""
    with (Path(folder) / "begun").open("a") as begun:
        begun.write(f"{os.getpid()}\n")
    while not (Path(folder) / "go").exists():
        time.sleep(0.1)
    progress.report(1, 1)


if __name__ == "__main__":
    command, folder = sys.argv[1:]
    if command == "go":
        enqueue("test-slow", folder=folder)
    row = Job.objects.get(kind="test-slow")  # beside it are those that the worker's clock asks for
    print(row.state, row.attempts, row.progress_done)  # noqa: T201
