"""Background jobs, each of them a row."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "portal.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Makes every process know every kind of job, and every worker sweep."""
        import_module("portal.jobs.sweeper")
        import_module("portal.jobs.purge")
        autodiscover_modules("tasks")
