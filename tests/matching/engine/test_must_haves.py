"""Must-haves exclude on record, ask where unknown, and are never bought off."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from matching.engine.criteria import CODES
from matching.engine.evaluation import evaluate
from matching.engine.facts import OFFERS, Facts
from matching.engine.must_haves import READS
from matching.engine.requirements import MUST_HAVES, Requirements
from tests.matching.engine.factory import EVEN, SECTORS, ask, blank_facts

PARKS = (0, 1, 2)
UNITS = np.array([[500.0, 1000.0], [50.0, np.nan], [np.nan, np.nan]])


def offer(code: str) -> dict[str, np.ndarray]:
    """Return offers in which the first park has `code`, the second has not."""
    offers = np.full((3, len(OFFERS)), np.nan)
    offers[:2, OFFERS.index(code)] = [1, 0]
    return {"offers": offers}


def three(first: float, second: float) -> np.ndarray:
    """Return a ranged fact [3, 2] known of two parks."""
    return np.array([[first, first], [second, second], [np.nan, np.nan]])


CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    **{code: (offer(code), {}) for code in OFFERS},
    "floor_area": ({"rental_units_m2": UNITS}, {"floor_area_m2": 600}),
    "rent_within_budget": (
        {"factory_rent_usd_m2_month": three(4, 6)},
        {"rent_budget_usd_m2_month": 5},
    ),
    "power": ({"power_kva": three(9e4, 100)}, {"power_kva": 300}),
    "water": ({"water_m3_day": three(9e4, 10)}, {"water_m3_day": 20}),
    "wastewater": ({"wastewater_m3_day": three(16, 15)}, {"water_m3_day": 20}),
    "seaport_within_km": ({"km_to_seaport": np.array([80, 81, np.nan])}, {"max_km_to_seaport": 80}),
    "airport_within_km": ({"km_to_airport": np.array([9, 99, np.nan])}, {"max_km_to_airport": 50}),
}


def statuses(facts: Facts, code: str, **wishes: Any) -> list[int]:
    """Return the status of each park under one must-have."""
    req = ask(facts, sector="machinery", must=[code], **wishes)
    return evaluate(facts, req, EVEN, draws=0, level="park").status.tolist()


@pytest.mark.parametrize("code", CASES)
def test_a_condition_is_met_failed_or_unknown(code: str) -> None:
    known, wishes = CASES[code]
    assert statuses(blank_facts(PARKS, **known), code, **wishes) == [2, 0, 1]


def test_every_condition_says_what_it_reads_and_reads_facts() -> None:
    assert set(READS) == set(MUST_HAVES)
    assert {name for names in READS.values() for name in names} <= set(Facts.__dataclass_fields__)
    assert set(CASES) | {"expressway", "macro", "province", "operating"} == set(MUST_HAVES)


def test_place_conditions() -> None:
    facts = blank_facts(
        PARKS, has_expressway=np.array([1.0, 0, 1]), province_macro=np.array([0, 1, 2])
    )
    assert statuses(facts, "expressway") == [2, 0, 2]
    assert statuses(facts, "macro", must_macro=["south", "north"]) == [2, 0, 2]
    assert statuses(facts, "province", must_province=["province-01"]) == [0, 2, 0]


def test_only_operating_parks_count_unless_somebody_asks_otherwise() -> None:
    facts = blank_facts(PARKS, operating=np.array([1.0, 0, np.nan]))
    req = ask(facts, sector="machinery")
    assert evaluate(facts, req, EVEN, draws=0, level="park").status.tolist() == [2, 0, 1]

    req.must[:] = False
    result = evaluate(facts, req, EVEN, draws=0, level="park")
    assert result.status.tolist() == [2, 2, 2]
    assert result.must_states.shape == (3, 0)


def test_a_ranged_rent_across_the_budget_is_to_be_confirmed() -> None:
    rent = np.array([[4.0, 6.0], [5.0, np.nan], [np.nan, 5.0]])
    facts = blank_facts(PARKS, factory_rent_usd_m2_month=rent)
    assert statuses(facts, "rent_within_budget", rent_budget_usd_m2_month=5) == [1, 1, 2]


def test_land_serves_whoever_builds_and_halls_serve_whoever_rents() -> None:
    facts = blank_facts(PARKS, rental_units_m2=UNITS, free_land_m2=three(100, 1e6))
    own = statuses(facts, "floor_area", floor_area_m2=600, entry_modes=["own-factory"])
    either = statuses(
        facts, "floor_area", floor_area_m2=600, entry_modes=["own-factory", "rental-factory"]
    )
    assert (own, either) == ([0, 2, 1], [2, 2, 1])


def test_a_ranged_supply_across_the_need_is_to_be_confirmed() -> None:
    facts = blank_facts(PARKS, power_kva=np.array([[100.0, 900], [300, np.nan], [np.nan, 300]]))
    assert statuses(facts, "power", power_kva=300) == [1, 2, 1]


@pytest.mark.parametrize(("unit", "status"), [(120, 0), (240, 1), (1350, 2), (1351, 1), (1800, 0)])
def test_a_unit_is_met_where_it_suits_by_half_and_fails_where_it_is_worth_nothing(
    unit: float, status: int
) -> None:
    facts = blank_facts((0,), rental_units_m2=np.array([[unit]]))
    assert statuses(facts, "floor_area", floor_area_m2=600) == [status]


@pytest.mark.parametrize(("land", "status"), [(1199, 0), (1200, 2)])
def test_a_plot_is_twice_the_floor(land: float, status: int) -> None:
    facts = blank_facts((0,), free_land_m2=np.array([[land, land]]))
    wishes = {"floor_area_m2": 600, "entry_modes": ["own-factory"]}
    assert statuses(facts, "floor_area", **wishes) == [status]


def test_a_floor_for_neither_hall_nor_land_is_to_be_confirmed() -> None:
    facts = blank_facts(PARKS, rental_units_m2=UNITS, free_land_m2=three(100, 1e6))
    found = statuses(facts, "floor_area", floor_area_m2=600, entry_modes=["office"])
    assert found == [1, 1, 1]


def test_without_a_number_a_supply_on_record_is_enough() -> None:
    facts = blank_facts(PARKS, power_kva=three(1, 1))
    assert statuses(facts, "power") == [2, 2, 1]


def test_a_limit_without_its_number_is_not_asked() -> None:
    facts = blank_facts(PARKS, km_to_seaport=np.array([1.0, 900, np.nan]))
    assert statuses(facts, "seaport_within_km") == [2, 2, 2]


def test_a_profile_is_read_and_not_written() -> None:
    facts = blank_facts(PARKS, km_to_seaport=np.array([1.0, 900, np.nan]))
    req = ask(facts, sector="machinery", must=["seaport_within_km", "power"])
    before = {name: getattr(req, name).copy() for name in Requirements.__dataclass_fields__}

    evaluate(facts, req, EVEN, draws=0)

    for name, value in before.items():
        np.testing.assert_array_equal(getattr(req, name), value)


def test_met_comes_before_to_be_confirmed_and_failed_stands_apart() -> None:
    metal = SECTORS.index("fabricated-metal")
    priority = np.full((3, 8), np.nan)
    priority[:, metal] = [1, 3, 3]  # the place that meets the condition fits worst
    facts = blank_facts(PARKS, priority=priority, **offer("bank"))
    offers = facts.offers.copy()
    offers[1, OFFERS.index("bank")] = np.nan
    offers[2, OFFERS.index("bank")] = 0
    facts = blank_facts(PARKS, priority=priority, offers=offers)

    req = ask(facts, sector="fabricated-metal", must=["bank"])
    alone = frozenset(CODES) - {"sector.priority"}

    result = evaluate(facts, req, EVEN, draws=0, disabled=alone)

    assert result.fit == pytest.approx([100 / 3, 100, 100])
    assert result.order.tolist() == [0, 1]
    assert result.rank.tolist() == [1, 2, 0]
    assert result.excluded.tolist() == [2]
    assert [MUST_HAVES[m] for m in result.must_haves] == ["bank", "operating"]
    assert result.must_states.tolist() == [[2, 2], [1, 2], [0, 2]]


def test_excluded_places_stand_best_first_and_equals_in_the_order_of_slugs() -> None:
    priority = np.full((40, 8), np.nan)
    priority[35, SECTORS.index("machinery")] = 3
    facts = blank_facts(tuple(range(40)), 40, priority=priority, operating=np.zeros(40))

    result = evaluate(facts, ask(facts, sector="machinery"), EVEN, draws=0)

    assert result.excluded.tolist() == [35, *range(35), *range(36, 40)]


def test_a_province_stands_by_its_park_that_meets_the_condition() -> None:
    offers = np.full((2, len(OFFERS)), np.nan)
    offers[0, OFFERS.index("bank")] = 1
    facts = blank_facts((0, 0), 1, offers=offers, japanese_developer=np.array([0.0, 1.0]))

    result = evaluate(facts, ask(facts, sector="machinery", must=["bank"]), EVEN, draws=0)

    assert (result.park.tolist(), result.status.tolist()) == ([0], [2])


def test_a_province_without_a_known_park_is_to_be_confirmed() -> None:
    facts = blank_facts((0,), 2, offers=np.ones((1, len(OFFERS))), power_kva=np.array([[9e4, 9e4]]))
    for code in ("bank", "power"):
        result = evaluate(facts, ask(facts, sector="machinery", must=[code]), EVEN, draws=0)
        assert result.status.tolist() == [2, 1]
