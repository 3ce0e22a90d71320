"""Where a caution would end, by closed form and by trying."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine.criteria import CODES
from matching.engine.evaluation import evaluate
from matching.engine.facts import Facts
from matching.engine.requirements import Requirements
from matching.engine.result import Caution
from matching.engine.turning import Turning, Turnings, mean_of_others
from tests.matching.engine.factory import (
    EVEN,
    SECTORS,
    ask,
    blank_facts,
    random_facts,
    random_requirements,
)
from tests.matching.turned import is_caution, turned

METAL, MACHINERY = SECTORS.index("fabricated-metal"), SECTORS.index("machinery")
ELECTRONICS = SECTORS.index("electronics")
CARS = SECTORS.index("transport-equipment")


def only(
    place: int, code: str, req: Requirements, facts: Facts, level: Any = "province"
) -> tuple[Caution, Turning | None]:
    """Return the caution of a place where one criterion alone counts, and where it ends."""
    result = evaluate(facts, req, EVEN, level=level, draws=0, disabled=frozenset(CODES) - {code})
    (caution,) = result.cautions[place]
    turning = Turnings(facts, req, result).of(place, caution.criterion, caution.target_value)
    return caution, turning


def of_metal(*levels: float, n: int = 0) -> np.ndarray:
    """Return a matrix [N, S] with levels for metal work, blank elsewhere."""
    matrix = np.full((n or len(levels), len(SECTORS)), np.nan)
    matrix[: len(levels), METAL] = levels
    return matrix


def test_the_mean_is_taken_over_the_places_of_other_owners() -> None:
    value = np.array([[1.0], [2], [4], [9]])
    assert mean_of_others(value, np.array([0, 0, 1, 2])).ravel().tolist() == [6.5, 6.5, 4, 7 / 3]
    assert mean_of_others(value[:2], np.array([5, 5])).ravel().tolist() == [1, 2]


def test_a_distance_ends_where_it_is_worth_the_mean_of_the_others() -> None:
    km = np.array([10.0, 100, 60])
    facts = blank_facts((0, 1, 2), km_to_seaport=km)
    req = ask(facts, sector="machinery", max_km_to_seaport=50)

    caution, turning = only(1, "hard.seaport", req, facts)

    # 1 and 0.8 at the others: 0.9, which 55 km are worth between 50 and 100
    assert caution.target_value == pytest.approx(0.9)
    assert turning == Turning(pytest.approx(55), most=True)
    for step, gone in ((-0.01, True), (0.01, False)):
        moved = km.copy()
        moved[1] = 55 + step
        after = evaluate(replace(facts, km_to_seaport=moved), req, EVEN, draws=0)
        assert (after.contribution[1, caution.criterion] > 0) == gone


@pytest.mark.parametrize(
    ("units", "value", "turning"),
    [
        ([[250.0], [500], [50]], 0.8, Turning(350.0)),
        ([[75.0], [250], [50]], 0.3, Turning(175.0)),
        ([[500.0], [500], [50]], 1.0, Turning(450.0)),
        # Too big: worth nothing from 1,500 m2 on, all from 750 m2 down.
        ([[250.0], [500], [1500]], 0.8, Turning(900.0, most=True)),
        ([[75.0], [250], [2560]], 0.3, Turning(1275.0, most=True)),
        # On both sides of the need: the one that suits better decides.
        ([[500.0, np.nan], [500, np.nan], [60, 1000]], 1.0, Turning(750.0, most=True)),
        ([[500.0, np.nan], [500, np.nan], [240, 4000]], 1.0, Turning(450.0)),
    ],
)
def test_the_side_of_todays_best_unit_decides_which_size_ends_it(
    units: list[list[float]], value: float, turning: Turning
) -> None:
    """Half of the area asked for is worth 0.6, a fifth 0, nine tenths to one and a half 1."""
    facts = blank_facts((0, 1, 2), rental_units_m2=np.array(units))
    req = ask(facts, sector="machinery", floor_area_m2=500)

    caution, found = only(2, "hard.unit_size", req, facts)

    assert found is not None
    assert caution.target_value == pytest.approx(value)
    assert (found.fact, found.most) == (pytest.approx(turning.fact), turning.most)


def test_a_wage_is_held_against_the_parks_of_other_provinces() -> None:
    """Three parks share the wage of province 0 and move together; one stands elsewhere."""
    wage = np.array([[5.0e6, 5.0e6], [4.0e6, 4.0e6], [np.nan, np.nan]])
    facts = blank_facts((0, 0, 0, 1), minimum_wage_vnd_month=wage)
    req = ask(facts, sector="machinery", wage_budget_usd_month=250)  # 6.5 million VND

    caution, turning = only(1, "cost.wage", req, facts, "park")

    zero, one = 6.5e6, 6.5e6 / 1.7
    assert caution.target_value == pytest.approx((zero - 4.0e6) / (zero - one))
    assert turning == Turning(pytest.approx(4.0e6), most=True)


@pytest.mark.parametrize(("others", "level"), [((2, 2), 2), ((3, 1), 2), ((3, 2), 3), ((3, 3), 3)])
def test_a_priority_ends_at_the_first_level_that_reaches_the_others(
    others: tuple[float, float], level: int
) -> None:
    facts = blank_facts(priority=of_metal(*others, 1))
    req = ask(facts, sector="fabricated-metal")

    assert only(2, "sector.priority", req, facts)[1] == Turning(level, keys=(METAL,))


def test_the_main_sector_comes_first_and_all_of_them_where_it_is_not_enough() -> None:
    priority = of_metal(3, 3, 1)
    priority[:, MACHINERY] = 3, 3, 0
    facts = blank_facts(priority=priority)
    req = ask(facts, sector="fabricated-metal", other_sectors=["machinery"])
    assert only(2, "sector.priority", req, facts)[1] == Turning(3, keys=(METAL, MACHINERY))

    facts = blank_facts(priority=np.where(priority == 3, 2, priority))
    assert only(2, "sector.priority", req, facts)[1] == Turning(3, keys=(METAL,))


def test_a_yes_would_end_it() -> None:
    facts = blank_facts(asks_japan=of_metal(1, 0, 0))
    req = ask(facts, sector="fabricated-metal")
    assert only(1, "sector.asks_japan", req, facts)[1] == Turning(1, keys=(METAL,))


def test_the_buyers_that_lift_it_most_are_named_as_few_as_can_be() -> None:
    """Metal work sells to machinery 0.9, vehicles 0.8, electronics 0.6."""
    strength = np.full((3, len(SECTORS)), np.nan)
    strength[0, MACHINERY] = strength[1, MACHINERY] = 2
    strength[2, ELECTRONICS] = 1
    req = ask(blank_facts(), sector="fabricated-metal")
    for code in ("sector.customers", "market.buyers"):
        facts = blank_facts(strength=strength)
        assert only(2, code, req, facts)[1] == Turning(2, keys=(MACHINERY,))
    strength[:2, [MACHINERY, CARS, ELECTRONICS]] = 3
    facts = blank_facts(strength=strength)
    keys = (MACHINERY, CARS, ELECTRONICS)
    assert only(2, "sector.customers", req, facts)[1] == Turning(3, keys=keys)


def test_what_a_province_has_lifts_its_neighbours_and_so_the_mean() -> None:
    """Province 1 borders on 2: with one school in 2 it would have 0.56, with three 0.8."""
    schools = np.full((3, 3), np.nan)
    schools[:, 0] = 1, np.nan, 0
    near = np.zeros((3, 3), dtype=bool)
    near[1, 2] = near[2, 1] = True
    facts = blank_facts(talent_fields=schools, neighbours=near)
    req = ask(facts, sector="machinery", talent_fields=["mechanical"])

    caution, turning = only(2, "talent.fields", req, facts)

    assert caution.target_value == pytest.approx(0.35)
    assert turning == Turning(1, keys=(0,), among=1)


def test_a_share_of_the_wanted_offers_would_end_it() -> None:
    offers = np.full((3, 18), np.nan)
    wanted = ["bank", "clinic", "interpreter"]
    facts = blank_facts((0, 1, 2), offers=offers)
    req = ask(facts, sector="machinery", services=wanted)
    columns = np.flatnonzero(req.services[0])
    offers[0, columns] = 1
    offers[1, columns] = 1, 0, 0
    offers[2, columns] = 0

    assert only(2, "soft.offers", req, facts)[1] == Turning(2, among=3)


def test_a_park_would_have_to_name_the_field_or_its_buyers() -> None:
    named = np.zeros((3, len(SECTORS)))
    named[0, [METAL, MACHINERY]] = 1
    named[1, [METAL, MACHINERY, CARS]] = 1
    facts = blank_facts((0, 1, 2), target_sectors=named)
    req = ask(facts, sector="fabricated-metal")

    assert only(2, "sector.park_targets", req, facts)[1] == Turning(1, keys=(METAL,))
    # 1 - 0.1 x 0.7 and 1 - 0.1 x 0.2 x 0.7: the mean is above machinery alone, 0.9
    keys = (MACHINERY, CARS)
    assert only(2, "sector.park_customers", req, facts)[1] == Turning(1, keys=keys)


def test_as_few_customers_as_can_be_would_have_to_be_near() -> None:
    km = np.full((3, 3), np.nan)
    km[:, :2] = [165, 300], [30, 300], [600, 900]
    facts = blank_facts((0, 1, 2), km_to_provinces=km)
    req = ask(facts, sector="machinery", customer_provinces=facts.province_slugs[:2])

    # 0.25 and 0.5: 0.375 on two provinces, 0.75 on one: 97.5 km
    turning = Turning(pytest.approx(97.5), most=True, keys=(0,), among=2)
    assert only(2, "market.customers_near", req, facts)[1] == turning

    km[:2, :2] = 30, 165
    facts = blank_facts((0, 1, 2), km_to_provinces=km)
    turning = Turning(pytest.approx(97.5), most=True, keys=(0, 1), among=2)
    assert only(2, "market.customers_near", req, facts)[1] == turning


def test_a_tie_ends_in_its_part_of_the_country_or_next_door() -> None:
    macro = np.array([0, 0, 1, 1])
    near = np.zeros((4, 4), dtype=bool)
    facts = blank_facts((), 4, province_macro=macro, neighbours=near)
    req = ask(facts, sector="machinery", existing_ties=[facts.province_slugs[1]])
    # 0.3, 1 and 0: too much for the same part of the country, not for a border
    assert only(3, "market.ties", req, facts)[1] == Turning(0.6, keys=(1,))

    facts = blank_facts((), 6, province_macro=np.array([0, 0, 1, 1, 1, 1]))
    req = ask(facts, sector="machinery", existing_ties=[facts.province_slugs[1]])
    assert only(5, "market.ties", req, facts)[1] == Turning(0.3, keys=(1,))


def test_nothing_ends_a_tie_elsewhere_where_the_only_other_place_has_it() -> None:
    facts = blank_facts((), 2, province_macro=np.array([0, 1]))
    req = ask(facts, sector="machinery", existing_ties=[facts.province_slugs[0]])

    assert only(1, "market.ties", req, facts)[1] is None


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["province", "park"]))
def test_once_it_has_come_true_it_is_a_caution_no_longer(seed: int, level: str) -> None:
    facts = random_facts(seed, known=0.9)
    req = random_requirements(facts, seed + 1)
    result = evaluate(facts, req, EVEN, level=level, draws=0)
    turnings = Turnings(facts, req, result)
    for place, found in enumerate(result.cautions):
        for caution in found:
            turning = turnings.of(place, caution.criterion, caution.target_value)
            if turning is None:
                assert CODES[caution.criterion] == "market.ties"
                continue
            then = turned(facts, req, result, place, caution.criterion, turning)
            after = evaluate(then, req, EVEN, level=level, draws=0)
            assert not is_caution(after, place, caution.criterion), CODES[caution.criterion]
