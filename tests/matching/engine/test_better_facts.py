"""A better fact never lowers a place, and a known one never ranks below silence.

Every fact is moved through the whole of `evaluate`, under a profile to which the criterion that
reads it applies. What is better is said by the tests' own table (`factory.ENDS`).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine.criteria import CODES, CRITERIA
from matching.engine.evaluation import evaluate
from matching.engine.facts import PARK_RANGES, PROVINCE_RANGES, Facts
from matching.engine.must_haves import READS
from matching.engine.places import order_key
from matching.engine.requirements import MUST_HAVES, Requirements
from matching.engine.scoring import applying
from tests.matching.engine.factory import (
    ENDS,
    EVEN,
    UNORDERED,
    USUAL,
    random_facts,
    random_requirements,
)

seeds = st.integers(0, 2**32 - 1)
few = settings(max_examples=3, deadline=None)
levels = st.sampled_from(["province", "park"])

BETTER = {**ENDS, "has_expressway": (0.0, 1.0)}
RANGES = PROVINCE_RANGES + PARK_RANGES
# A strength or a school counts next door too, so it may lift a neighbour past its own province.
REACH_NEXT_DOOR = {"strength", "talent_fields"}
# What a profile says of a fact that a must-have compares with it.
NEEDS = {
    "power_kva": "power_kva",
    "water_m3_day": "water_m3_day",
    "wastewater_m3_day": "wastewater_m3_day",
    "factory_rent_usd_m2_month": "rent_budget_usd_m2_month",
    "free_land_m2": "floor_area_m2",
    "km_to_seaport": "max_km_to_seaport",
    "km_to_airport": "max_km_to_airport",
}
CASES = [(c.code, name) for c in CRITERIA for name in c.reads if name in BETTER]


def asking(code: str, facts: Facts, seed: int) -> Requirements:
    """Return the first random profile from `seed` on to which a criterion applies."""
    for step in range(500):
        req = random_requirements(facts, seed + step)
        if applying(req)[0, CODES.index(code)]:
            return req
    raise AssertionError(f"no profile asks for {code}")


def two_facts(name: str, row: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Return two known rows of a fact in place of `row`, the second nowhere worse.

    A range rises at both of its ends; a third of the ranges are open at the same one.
    """
    low, high = sorted(USUAL.get(name, BETTER[name]))
    if name in RANGES:
        ends = np.sort(rng.uniform(low, high, 4))
        pair = np.array([ends[[0, 2]], ends[[1, 3]]])
        if rng.random() < 1 / 3:
            pair[:, rng.integers(2)] = np.nan
    else:
        pair = np.sort(rng.uniform(low, high, (2, *row.shape)), axis=0)
        if low == 0 and high <= 9:  # yes or no, levels, small counts
            pair = np.round(pair)
    return (pair[0], pair[1]) if BETTER[name][0] < BETTER[name][1] else (pair[1], pair[0])


def with_row(facts: Facts, name: str, place: int, row: np.ndarray | float) -> Facts:
    """Return the catalogue with another row of one fact."""
    fact = getattr(facts, name).copy()
    fact[place] = row
    return replace(facts, **{name: fact})


def test_every_criterion_is_put_to_the_test() -> None:
    assert {code for code, _ in CASES} | {"hard.unit_size", "market.ties"} == set(CODES)
    assert set(UNORDERED) == {"hard.unit_size", "market.ties"}


@pytest.mark.parametrize("code", sorted(set(CODES) - set(UNORDERED)))
def test_the_best_facts_are_worth_one_and_the_worst_nothing(code: str) -> None:
    """So that 'never lowers' below is not said of criteria that never move."""
    facts = random_facts(5, known=1.0)
    req = asking(code, facts, 1)
    index = CODES.index(code)
    value = []
    for end in (0, 1):
        filled = {
            name: np.full_like(getattr(facts, name), BETTER[name][end])
            for name in CRITERIA[index].reads
            if name in BETTER
        }
        run = evaluate(replace(facts, **filled), req, EVEN, draws=0, level="park")
        value.append(run.value[:, index])
    np.testing.assert_allclose(value[0], 0, atol=1e-12)
    assert (value[1] > 0.5).all()


@pytest.mark.parametrize(("code", "name"), CASES)
@few
@given(seed=seeds, level=levels, conditions=st.sets(st.sampled_from(MUST_HAVES), max_size=3))
def test_a_better_fact_never_lowers_a_place(
    code: str, name: str, level: str, seed: int, conditions: set[str]
) -> None:
    """Neither its fit nor, with must-haves, its standing; nor those of any other place."""
    rng = np.random.default_rng(seed)
    facts = random_facts(seed)
    req = asking(code, facts, seed + 1)
    place = int(rng.integers(len(getattr(facts, name))))
    worse, better = (
        with_row(facts, name, place, row)
        for row in two_facts(name, getattr(facts, name)[place], rng)
    )
    index = CODES.index(code)

    one, two = (evaluate(f, req, EVEN, draws=0, level="park") for f in (worse, better))
    assert (two.fit >= one.fit - 1e-9).all()
    confirmed = [np.nan_to_num(run.value[:, index]) for run in (one, two)]
    assert (confirmed[1] >= confirmed[0] - 1e-12).all()
    assert (two.band >= one.band - 1e-9).all()
    if name in NEEDS:  # amid the facts, so that one of the two may meet it alone
        getattr(req, NEEDS[name])[:] = rng.uniform(*sorted(USUAL[name]))
    reading = [condition for condition in MUST_HAVES if name in READS[condition]]
    for condition in set(rng.permutation(reading)[:2]) or conditions:
        req.must[0, MUST_HAVES.index(condition)] = True
    req.must_macro[:], req.must_province[:] = True, True
    one, two = (evaluate(f, req, EVEN, draws=0, level=level) for f in (worse, better))
    before, after = (order_key(run.status, run.fit) for run in (one, two))
    assert (after >= before - 1e-9).all()
    if level == "province":
        mine = place_at(level, name, facts, place)
        assert (ahead(after, mine) <= ahead(before, mine) | next_door(facts, name, mine)).all()


def place_at(level: str, name: str, facts: Facts, place: int) -> np.ndarray:
    """Return the places of a level that a row of a fact belongs to."""
    of_park = len(getattr(facts, name)) == facts.parks
    if level == "park":
        return np.array([place]) if of_park else np.flatnonzero(facts.park_province == place)
    return np.array([facts.park_province[place] if of_park else place])


def ahead(key: np.ndarray, mine: np.ndarray) -> np.ndarray:
    """Return which places stand ahead of one."""
    return key > key[mine[0]] + 1e-9


def next_door(facts: Facts, name: str, mine: np.ndarray) -> np.ndarray:
    """Return which places the fact of one lifts too."""
    return facts.neighbours[mine[0]] & (name in REACH_NEXT_DOOR)


@few
@given(seed=seeds)
def test_one_more_unit_on_offer_never_lowers_a_park(seed: int) -> None:
    rng = np.random.default_rng(seed)
    facts = random_facts(seed)
    req = asking("hard.unit_size", facts, seed + 1)
    park = int(rng.integers(facts.parks))
    units = facts.rental_units_m2[park].copy()
    units[-1] = np.nan
    more = units.copy()
    more[-1] = rng.uniform(100, 3000)

    one, two = (
        evaluate(with_row(facts, "rental_units_m2", park, u), req, EVEN, draws=0, level="park")
        for u in (units, more)
    )

    assert (two.fit >= one.fit - 1e-9).all()


@pytest.mark.parametrize(("code", "name"), CASES)
@few
@given(seed=seeds, level=levels, worst=st.booleans())
def test_a_known_fact_never_ranks_below_silence(
    code: str, name: str, level: str, seed: int, worst: bool
) -> None:
    """Be it the worst there is. Must-haves, which a known fact may fail, are not asked here."""
    rng = np.random.default_rng(seed)
    facts = random_facts(seed)
    req = asking(code, facts, seed + 1)
    req.must[:] = False
    place = int(rng.integers(len(getattr(facts, name))))
    row, _ = two_facts(name, getattr(facts, name)[place], rng)
    known = np.full_like(row, BETTER[name][0]) if worst else row
    mine = place_at(level, name, facts, place)

    blank, told = (
        evaluate(with_row(facts, name, place, r), req, EVEN, level=level, draws=0)
        for r in (np.nan, known)
    )

    if worst:
        np.testing.assert_allclose(told.fit, blank.fit, atol=1e-9)
    assert (told.fit >= blank.fit - 1e-9).all()
    for one in mine:
        if blank.rank[one]:
            assert told.rank[one]
            passed = ahead(told.fit, mine=np.array([one])) & (told.rank > 0)
            allowed = ahead(blank.fit, mine=np.array([one]))
            allowed |= blank.rank == 0  # had too little data, and now stands where it belongs
            if level == "province":
                allowed |= next_door(facts, name, np.array([one]))
            elif name in REACH_NEXT_DOOR:
                allowed |= facts.neighbours[place][facts.park_province]
            assert (passed <= allowed).all()
