"""Sweeps at a worker's start and then every minute, in a thread of the worker's own process.

With each sweep it does the duties that rooms declared: this is the portal's clock.
"""

import threading
from typing import Any

import structlog
from celery.signals import worker_ready, worker_shutting_down
from django.conf import settings
from django.db import DatabaseError, connection

from portal.jobs.queue import do_duties, sweep

logger = structlog.get_logger(__name__)
_over = threading.Event()


@worker_ready.connect  # type: ignore[untyped-decorator]
def start_sweeping(**kwargs: Any) -> None:
    """Begins when the worker takes jobs. Several workers may sweep: no job is sent twice."""
    _over.clear()
    threading.Thread(target=_sweep_until_over, name="sweeper", daemon=True).start()


@worker_shutting_down.connect  # type: ignore[untyped-decorator]
def stop_sweeping(**kwargs: Any) -> None:
    """Ends with the worker."""
    _over.set()


def _sweep_until_over() -> None:
    while not _over.is_set():
        try:
            do_duties()
            if sent := sweep():
                logger.info("jobs_sent_again", count=sent)
        except DatabaseError:
            logger.exception("sweep_failed")
        finally:
            connection.close()
        _over.wait(settings.JOBS_SWEEP_EVERY_S)
