"""The catalogue of the fixtures, loaded once a session (and worker); each test rolls back to it.

A transactional test (a live server, threads, `on_commit`) empties every table when it ends, so the
catalogue is loaded anew after it.
"""

from collections.abc import Generator

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from django.utils import translation
from hypothesis import settings
from pytest_django.plugin import DjangoDbBlocker, blocking_manager_key

# The same examples in every run, so that what passes once passes everywhere.
settings.register_profile("reproducible", derandomize=True, database=None, deadline=None)
settings.load_profile("reproducible")

_TRANSACTIONAL = {"transactional_db", "live_server", "django_db_reset_sequences"}


def _load_catalogue() -> None:
    call_command("load_catalogue", verbosity=0, skip_checks=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """SQLite in a file: in memory, two threads fail on a lock where they would have waited."""
    if connection.vendor == "sqlite":
        path = tmp_path_factory.mktemp("database") / "test.sqlite3"
        connection.settings_dict["TEST"]["NAME"] = str(path)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """The test database, with the catalogue in it."""
    with django_db_blocker.unblock():
        _load_catalogue()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(
    item: pytest.Item, nextitem: pytest.Item | None
) -> Generator[None, None, None]:
    try:
        return (yield)
    finally:
        if nextitem is not None and _empties_tables(item):
            with item.config.stash[blocking_manager_key].unblock():
                _load_catalogue()


def _empties_tables(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    marked = marker is not None and marker.kwargs.get("transaction", False)
    return marked or not _TRANSACTIONAL.isdisjoint(getattr(item, "fixturenames", ()))


@pytest.fixture(autouse=True)
def _another_reader_was_here_before() -> None:
    """As a server's thread: the language of its last request is still active."""
    translation.activate("vi")


@pytest.fixture(autouse=True)
def _nothing_is_kept() -> None:
    """What an earlier test read of the catalogue has gone, as the records that it changed have."""
    for each in caches.all():
        each.clear()
