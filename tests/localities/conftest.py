"""Fixtures of the desk."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from portal.accounts.models import User
from tests.localities.people import officer


@pytest.fixture
def english() -> Iterator[None]:
    """A reader of English."""
    with translation.override("en"):
        yield


@pytest.fixture
def reviewer(editor: User) -> User:
    """A colleague of the `editor` of the test."""
    return officer("reviewer", "reviewer", "osaka")
