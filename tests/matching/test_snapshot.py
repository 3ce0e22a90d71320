"""A snapshot holds the catalogue of one version, and survives being stored."""

import dataclasses

import numpy as np
import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from localities.models import KINDS
from matching import snapshot
from matching.snapshot.contents import from_bytes, to_bytes
from tests.matching.changing import deactivate, update
from tests.matching.contract import ask, example

pytestmark = pytest.mark.django_db


def test_snapshot_is_the_same_after_storage() -> None:
    made = snapshot.current()
    stored = from_bytes(to_bytes(made))
    for field in dataclasses.fields(made.facts):
        before, after = getattr(made.facts, field.name), getattr(stored.facts, field.name)
        if isinstance(before, np.ndarray):
            np.testing.assert_array_equal(after, before)
        else:
            assert after == before
    for name in ("version", "provinces", "parks", "sectors", "sources", "evidence"):
        assert getattr(stored, name) == getattr(made, name)


def test_snapshot_is_kept_for_every_version() -> None:
    before = snapshot.current()
    update("industrial-park", "long-duc", "factory_rent_usd_m2_month_min", 5.0, 6.5)
    after = snapshot.current()
    at = before.facts.park_slugs.index("long-duc")
    kept = snapshot.of_version(before.version)
    assert kept is not None
    assert kept.facts.factory_rent_usd_m2_month[at].tolist() == [5.0, 5.0]
    assert after.facts.factory_rent_usd_m2_month[at].tolist() == [6.5, 6.5]
    assert (kept.version, after.version) == (1, 2)
    assert snapshot.of_version(99) is None


def test_snapshot_reads_merged_provinces_by_the_rule() -> None:
    facts = snapshot.current().facts

    def figure(fact: str, province: str) -> list[float]:
        values: np.ndarray = getattr(facts, fact)[facts.province_slugs.index(province)]
        return [round(float(value), 4) for value in values]

    # Never merged: its own score. Merged, all parts known: from the lowest to the highest.
    assert figure("papi_corruption_control", "ha-noi") == [6.6983, 6.6983]
    low, high = figure("papi_corruption_control", "can-tho")
    assert low < high
    # A total of one former part says nothing of the whole.
    assert np.isnan(figure("exports_usd_mn", "lai-chau")).all()


@pytest.mark.parametrize(
    ("kind", "key"),
    [("sector", "machinery"), ("province", "dong-nai"), ("citation", None)],
)
def test_snapshot_bears_that_a_record_is_taken_out(
    client: Client, kind: str, key: str | None
) -> None:
    record = key or KINDS[kind].objects.values_list("pk", flat=True).first()  # type: ignore[attr-defined]
    deactivate(kind, str(record))
    assert ask(client, example()).status_code == 200


def test_a_match_costs_one_query_warm(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ask(client, example(limit=9))
    with django_assert_num_queries(1):  # the version, and which snapshot is its
        ask(client, example())
