"""What only real transactions show: a commit, the catalogue after a flush, a lock."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections

from localities.curation.apply import apply
from localities.curation.errors import Conflict, WrongState
from localities.curation.propose import draft, propose
from localities.imports import files
from localities.imports.plan import Plan
from localities.models import Catalogue, Changeset, Edit, ImportFile, IndustrialPark
from tests.localities.people import member, organisation

# On SQLite writers wait for each other: twenty on a busy machine would for longer than it lets.
AT_ONCE = 20 if connection.vendor == "postgresql" else 4


@contextmanager
def without_a_pool() -> Iterator[None]:
    """Threads begun in it have connections of their own: in the pool most would only wait."""
    options = connection.settings_dict["OPTIONS"]
    pool = options.pop("pool", None)
    try:
        yield
    finally:
        if pool is not None:
            options["pool"] = pool


def proposed(new: int, record: str = "long-duc") -> Changeset:
    edit = Edit(
        action="update",
        record_kind="industrial-park",
        record=record,
        field="tenants_count",
        old=tenants(record),
        new=new,
    )
    return propose(draft("Trial", [edit]))


def tenants(record: str) -> int | None:
    return IndustrialPark.objects.get(key=record).tenants_count


def applied_at_once(changesets: list[Changeset]) -> list[Exception | None]:
    """What each apply raised, all begun at once, each with a connection of its own."""
    gate = threading.Barrier(len(changesets))

    def run(changeset: Changeset) -> Exception | None:
        gate.wait()
        try:
            apply(changeset)
        except (Conflict, WrongState) as error:
            return error
        finally:
            connections.close_all()
        return None

    with without_a_pool(), ThreadPoolExecutor(len(changesets)) as pool:
        return list(pool.map(run, changesets))


def versions() -> list[int]:
    made = Changeset.objects.filter(version__isnull=False).order_by("version")
    return list(made.values_list("version", flat=True))


@pytest.mark.django_db(transaction=True)
def test_changesets_at_once_are_applied_each_once() -> None:
    keys = IndustrialPark.objects.order_by("key").values_list("key", flat=True)[:AT_ONCE]
    changesets = {key: proposed(1000 + at, key) for at, key in enumerate(keys)}
    assert applied_at_once(list(changesets.values())) == [None] * AT_ONCE
    assert versions() == list(range(1, AT_ONCE + 2))
    assert Catalogue.objects.get().version == AT_ONCE + 1
    assert [tenants(key) for key in changesets] == [1000 + at for at in range(AT_ONCE)]


@pytest.mark.django_db(transaction=True)
def test_one_changeset_applied_many_times_at_once_is_applied_once() -> None:
    changeset = proposed(71)
    errors = applied_at_once([Changeset.objects.get(pk=changeset.pk) for _ in range(AT_ONCE)])
    assert sorted(type(error).__name__ for error in errors) == ["NoneType"] + ["WrongState"] * (
        AT_ONCE - 1
    )
    assert (versions(), Catalogue.objects.get().version, tenants("long-duc")) == ([1, 2], 2, 71)


@pytest.mark.django_db(transaction=True)
def test_of_changesets_on_one_field_applied_at_once_all_but_the_first_are_in_conflict() -> None:
    changesets = [proposed(71 + at) for at in range(5)]
    conflicts = [error for error in applied_at_once(changesets) if isinstance(error, Conflict)]
    assert tenants("long-duc") in range(71, 76)
    assert [[clash.current for clash in one.clashes] for one in conflicts] == (
        [[tenants("long-duc")]] * 4
    )
    states = Changeset.objects.filter(pk__in=[one.pk for one in changesets])
    assert sorted(states.values_list("state", flat=True)) == ["applied"] + ["proposed"] * 4
    assert versions() == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_a_trial_run_in_several_windows_at_once_tells_each_row_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    osaka, at_once = organisation("osaka"), 4
    keys = IndustrialPark.objects.values_list("key", flat=True)
    lines = ["key,tenants_count", *(f"{key},x" for key in keys)]
    file = files.receive(
        "\r\n".join(lines).encode(),
        name="list.csv",
        kind=IndustrialPark.kind,
        author=member("editor", "editor", osaka),
        organisation=osaka,
    )
    gate, work_out = threading.Barrier(at_once), files.plan

    def all_at_once(*told: Any) -> Plan:
        found = work_out(*told)
        gate.wait()
        return found

    def run(given: ImportFile) -> None:
        try:
            files.check(given)
        finally:
            connections.close_all()

    monkeypatch.setattr(files, "plan", all_at_once)
    with without_a_pool(), ThreadPoolExecutor(at_once) as pool:
        list(pool.map(run, [ImportFile.objects.get(pk=file.pk) for _each in range(at_once)]))
    assert list(file.rows.values_list("number", flat=True)) == list(range(2, len(keys) + 2))


@pytest.mark.django_db
def test_catalogue_outlives_transactional_tests() -> None:
    assert Catalogue.objects.get().version == 1
    assert IndustrialPark.objects.count() == 231
    assert connection.in_atomic_block
