"""Fixtures of what every room stands on."""

import pytest

from portal.jobs.models import Job


@pytest.fixture
def no_jobs(db: None) -> None:
    """A table of jobs without those that loading the catalogue asked for."""
    Job.objects.all().delete()
