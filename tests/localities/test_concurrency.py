"""What only real transactions show: a commit, the catalogue after a flush, a lock."""

import threading

import pytest
from django.db import connection, connections

from localities.curation.apply import apply
from localities.curation.errors import Conflict
from localities.curation.propose import draft, propose
from localities.models import Catalogue, Changeset, Edit, IndustrialPark


def proposed(new: int) -> Changeset:
    edit = Edit(
        action="update",
        record_kind="industrial-park",
        record="long-duc",
        field="tenants_count",
        old=70,
        new=new,
    )
    return propose(draft("Trial", [edit]))


@pytest.mark.django_db(transaction=True)
def test_of_two_changesets_on_one_field_applied_at_once_the_second_is_in_conflict() -> None:
    changesets = [proposed(71), proposed(72)]
    conflicts: list[Conflict] = []

    def run(changeset: Changeset) -> None:
        try:
            apply(changeset)
        except Conflict as conflict:
            conflicts.append(conflict)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(changeset,)) for changeset in changesets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    tenants = IndustrialPark.objects.get(key="long-duc").tenants_count
    assert tenants in (71, 72)
    (conflict,) = conflicts
    assert [clash.current for clash in conflict.clashes] == [tenants]
    assert Catalogue.objects.get().version == 2


@pytest.mark.django_db
def test_catalogue_outlives_transactional_tests() -> None:
    assert Catalogue.objects.get().version == 1
    assert IndustrialPark.objects.count() == 231
    assert connection.in_atomic_block
