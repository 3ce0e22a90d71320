"""Fixtures of what every room stands on."""

from collections.abc import Iterator
from typing import Any

import pytest

from portal.jobs.models import Job
from tests.portal.answering import Answering


@pytest.fixture
def no_jobs(db: None) -> None:
    """A table of jobs without those that loading the catalogue asked for."""
    Job.objects.all().delete()


@pytest.fixture
def receiver(settings: Any) -> Iterator[Answering]:
    """A system of somebody else, that takes webhooks."""
    settings.OUTBOUND_PRIVATE = True
    with Answering() as running:
        running.says("/hook", 200, b"thanks")
        yield running
