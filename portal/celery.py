"""The portal for a Celery worker: `celery -A portal worker`."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_init
from django_structlog.celery.steps import DjangoStructLogInitStep
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
TRANSPORT_ALIASES["filesystem"] = "portal.jobs.folder:Transport"
app = Celery("tsunagari")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)  # the request's id, in the job's lines too


@setup_logging.connect  # type: ignore[untyped-decorator]
def keep_logging(**kwargs: Any) -> None:
    """Leaves logging to the settings; without a receiver Celery would set up its own."""


@worker_init.connect  # type: ignore[untyped-decorator]
def use_no_pool(**kwargs: Any) -> None:
    """Takes the pool of connections away: its threads would not survive the worker's forks."""
    from django.db import connections

    for database in connections.settings.values():
        database.get("OPTIONS", {}).pop("pool", None)
