"""What must hold for any catalogue and any profile."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine.evaluation import evaluate
from matching.engine.facts import OFFERS, PARK_RANGES, PROVINCE_RANGES, Facts
from matching.engine.requirements import (
    ENTRY_MODES,
    MEASURED_MUST_HAVES,
    MUST_HAVES,
    PLACE_MUST_HAVES,
    PURPOSES,
    Requirements,
)
from matching.engine.result import Result
from tests.matching.engine.factory import (
    ENDS,
    blank_facts,
    random_facts,
    random_requirements,
    without_park,
)

seeds = st.integers(0, 2**32 - 1)
weightings = st.lists(
    st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.3, 5.0]), min_size=6, max_size=6
).filter(any)
levels = st.sampled_from(["province", "park"])
quick = settings(max_examples=40, deadline=None)

# Criteria that read several facts (links between sectors, neighbours, a sector and its parent):
# once one is known nothing is blank in the criterion, though a better one may still be found, and
# a blank that turns out well need not be worth 1. Only at their worst do they end where bands do.
THROUGH_OTHERS = frozenset(
    {
        "sector.priority",
        "sector.customers",
        "sector.park_customers",
        "market.buyers",
        "market.suppliers",
        "talent.fields",
        "talent.sector_fields",
    }
)

# The facts of a park of which one value is better than another.
PER_PARK = [n for n in ENDS if len(getattr(blank_facts((0,) * 97, 1), n)) == 97]


def scene(seed: int) -> tuple[Facts, Requirements]:
    """Return a random catalogue and a random profile."""
    facts = random_facts(seed)
    return facts, random_requirements(facts, seed + 1)


def answer(facts: Facts, req: Requirements, weights: list[float], **more: object) -> Result:
    """Evaluate without draws."""
    return evaluate(facts, req, np.array(weights), draws=0, **more)  # type: ignore[arg-type]


@quick
@given(seeds, weightings, levels)
def test_sums_hold(seed: int, weights: list[float], level: str) -> None:
    result = answer(*scene(seed), weights, level=level)
    value = np.nan_to_num(result.value)

    assert result.weights.sum() == pytest.approx(1)
    np.testing.assert_allclose(result.fit, 100 * value @ result.weights, atol=1e-8)
    np.testing.assert_allclose(result.mean_fit, result.fit.mean(), atol=1e-8)
    np.testing.assert_allclose(
        result.contribution.sum(axis=1), result.fit - result.mean_fit, atol=1e-8
    )
    half = 100 * result.spread @ result.weights
    blank = 100 * result.unknown @ result.weights
    np.testing.assert_allclose(result.band[:, 0], result.fit - half, atol=1e-8)
    np.testing.assert_allclose(result.band[:, 1], result.fit + half + blank, atol=1e-8)


@quick
@given(seeds, weightings, levels)
def test_every_fit_lies_in_its_band_and_the_band_in_the_scale(
    seed: int, weights: list[float], level: str
) -> None:
    result = answer(*scene(seed), weights, level=level)

    assert (result.band[:, 0] <= result.fit + 1e-9).all()
    assert (result.fit <= result.band[:, 1] + 1e-9).all()
    assert (result.band >= -1e-9).all()
    assert (result.band <= 100 + 1e-9).all()


@quick
@given(seeds, weightings)
def test_filling_every_blank_gives_the_ends_of_the_band(seed: int, weights: list[float]) -> None:
    facts, req = scene(seed)
    for end in (0, 1):
        today = answer(facts, req, weights, level="park", disabled=THROUGH_OTHERS)
        filled = filled_with(facts, req, end)
        then = answer(filled, req, weights, level="park", disabled=THROUGH_OTHERS)

        np.testing.assert_allclose(then.fit, today.band[:, end], atol=1e-7)
        np.testing.assert_allclose(then.band, today.band[:, [end, end]], atol=1e-7)
    every = answer(facts, req, weights, level="park")
    worst = answer(filled_with(facts, req, 0), req, weights, level="park")
    np.testing.assert_allclose(worst.fit, every.band[:, 0], atol=1e-7)


def filled_with(facts: Facts, req: Requirements, end: int) -> Facts:
    """Replace blanks by the worst (0) or best (1) fact and ranges by their worst or best end."""
    filled = {}
    for name, ends in ENDS.items():
        fact, value = getattr(facts, name), ends[end]
        if name in PROVINCE_RANGES + PARK_RANGES:
            rising = ends[0] < ends[1]
            limits = np.where(np.isnan(fact), [min(ends), max(ends)], fact)
            fact = np.repeat(limits[..., [end if rising else 1 - end]], 2, axis=-1)
        filled[name] = np.where(np.isnan(fact), value, fact)
    area = np.nan_to_num(req.floor_area_m2[0], nan=1.0)
    units = facts.rental_units_m2.copy()
    units[np.isnan(units).all(axis=1)] = area if end else 1e-6
    return replace(facts, rental_units_m2=units, **filled)


@quick
@given(seeds, weightings, st.floats(0.01, 100), levels)
def test_scaling_all_weights_changes_nothing(
    seed: int, weights: list[float], factor: float, level: str
) -> None:
    facts, req = scene(seed)
    one = answer(facts, req, weights, level=level)
    two = answer(facts, req, [w * factor for w in weights], level=level)

    np.testing.assert_allclose(two.fit, one.fit, atol=1e-8)
    np.testing.assert_allclose(two.band, one.band, atol=1e-8)
    np.testing.assert_allclose(two.contribution, one.contribution, atol=1e-8)
    assert (two.order == one.order).all()
    assert (two.rank == one.rank).all()
    assert (two.could_be_first == one.could_be_first).all()


@quick
@given(seeds, weightings, st.sampled_from([0.125, 2.0, 64.0]), levels)
def test_scaling_all_weights_changes_no_draw(
    seed: int, weights: list[float], factor: float, level: str
) -> None:
    """By powers of two, which no rounding blurs."""
    facts, req = scene(seed)
    one, two = (
        evaluate(facts, req, np.array(weights) * by, level=level, draws=20).robustness
        for by in (1.0, factor)
    )

    assert (one is None) == (two is None)
    for name in ("p_first", "expected_rank", "acceptability", "central_weights"):
        np.testing.assert_array_equal(getattr(one, name, 0), getattr(two, name, 0))


@quick
@given(seeds, weightings, st.data())
def test_a_park_added_or_deleted_moves_no_fit_but_its_own_provinces(
    seed: int, weights: list[float], data: st.DataObject
) -> None:
    """Read forwards the park is deleted, read backwards it is added: at any place in the order."""
    facts, req = scene(seed)
    park = data.draw(st.integers(0, facts.parks - 1))
    fewer = without_park(facts, park)
    one, two = answer(facts, req, weights), answer(fewer, req, weights)

    others = np.arange(facts.provinces) != facts.park_province[park]
    for name in ("fit", "band", "coverage_province", "coverage_site", "value", "status"):
        np.testing.assert_allclose(
            getattr(two, name)[others], getattr(one, name)[others], atol=1e-9, err_msg=name
        )
    assert [p for p in two.order if others[p]] == [p for p in one.order if others[p]]

    parks = [answer(f, req, weights, level="park") for f in (facts, fewer)]
    for name in ("fit", "band", "coverage_site", "value", "status"):
        left = np.delete(getattr(parks[0], name), park, axis=0)
        np.testing.assert_allclose(getattr(parks[1], name), left, atol=1e-9, err_msg=name)


@quick
@given(seeds, weightings, levels)
def test_a_dominated_place_never_ranks_above(seed: int, weights: list[float], level: str) -> None:
    result = answer(*scene(seed), weights, level=level)
    value, ranked = np.nan_to_num(result.value), result.rank > 0
    used = result.weights > 0
    for better in np.flatnonzero(ranked):
        worse = (value[:, used] <= value[better, used]).all(axis=1) & ranked
        worse &= result.status <= result.status[better]
        assert (result.rank[worse] >= result.rank[better]).all()


@quick
@given(seeds, weightings, st.data())
def test_a_park_of_worse_facts_never_ranks_above(
    seed: int, weights: list[float], data: st.DataObject
) -> None:
    """A twin in the same province of which no fact is better, and some are worse or unknown."""
    facts, req = scene(seed)
    better, worse = data.draw(st.permutations(range(facts.parks)))[:2]
    spoilt = data.draw(st.sets(st.sampled_from(sorted(PER_PARK))))
    twin = {}
    for name in (*PER_PARK, "rental_units_m2", "park_province", "operating"):
        twin[name] = getattr(facts, name).copy()
        twin[name][worse] = twin[name][better]
        if name in spoilt:
            known = ~np.isnan(twin[name][worse])
            twin[name][worse] = np.where(known, ENDS[name][0], np.nan)
    if data.draw(st.booleans()):
        twin["rental_units_m2"][worse] = np.nan

    result = answer(replace(facts, **twin), req, weights, level="park")

    assert result.fit[worse] <= result.fit[better]
    if result.rank[better]:
        assert result.rank[worse] == 0 or result.rank[worse] >= result.rank[better]


@pytest.mark.parametrize("code", [*MEASURED_MUST_HAVES, *PLACE_MUST_HAVES, "bank"])
@settings(max_examples=10, deadline=None)
@given(seed=seeds, weights=weightings, data=st.data())
def test_a_must_have_that_is_met_never_excludes(
    code: str, seed: int, weights: list[float], data: st.DataObject
) -> None:
    """Nor does it cost a rank: of the places that meet it, all stand as if nobody had asked."""
    facts, req = scene(seed)
    facts = replace(facts, operating=np.ones(facts.parks))
    codes = {code} | data.draw(st.sets(st.sampled_from(MUST_HAVES), max_size=1))
    for name in ("floor_area_m2", "rent_budget_usd_m2_month", "power_kva", "water_m3_day"):
        getattr(req, name)[:] = data.draw(st.sampled_from(NEEDS[name]), label=name)
    for name in ("max_km_to_seaport", "max_km_to_airport"):
        getattr(req, name)[:] = data.draw(st.sampled_from([40.0, 120.0]), label=name)
    req.must_macro[:, 0] = True
    req.must_province[:, ::2] = True
    before = answer(facts, req, weights, level="park")
    for asked in codes:
        req.must[:, MUST_HAVES.index(asked)] = True

    after = answer(facts, req, weights, level="park")

    met = np.array([all(meets(facts, req, c, k) for c in codes) for k in range(facts.parks)])
    assert (before.status == 2).all()
    assert ((after.status == 2) == met).all()
    assert not set(np.flatnonzero(met)) & set(after.excluded)
    assert [k for k in after.order if met[k]] == [k for k in before.order if met[k]]
    assert after.order[: met[before.order].sum()].tolist() == [k for k in before.order if met[k]]
    np.testing.assert_array_equal(after.fit, before.fit)


NEEDS = {
    "floor_area_m2": [400.0, 1500.0, 2e5],
    "rent_budget_usd_m2_month": [4.0, 6.0],
    "power_kva": [np.nan, 9e4],
    "water_m3_day": [np.nan, 1.2e4],
}


def meets(facts: Facts, req: Requirements, code: str, park: int) -> bool:
    """Say from the facts alone, one park at a time, whether a condition is certainly met."""
    province = facts.park_province[park]
    if code in OFFERS:
        return bool(facts.offers[park, OFFERS.index(code)] == 1)
    if code == "floor_area":
        return _has_room(facts, req, park)
    if code == "rent_within_budget":
        return bool(facts.factory_rent_usd_m2_month[park, 1] <= req.rent_budget_usd_m2_month[0])
    if code in {"seaport_within_km", "airport_within_km"}:
        what = "km_to_" + code.split("_")[0]
        return bool(getattr(facts, what)[park] <= getattr(req, f"max_{what}")[0])
    if code in {"power", "water", "wastewater"}:
        water = req.water_m3_day[0]
        waste = 0.8 * water if np.isnan(req.wastewater_m3_day[0]) else req.wastewater_m3_day[0]
        need = {"power": req.power_kva[0], "water": water, "wastewater": waste}[code]
        supply = {
            "power": facts.power_kva,
            "water": facts.water_m3_day,
            "wastewater": facts.wastewater_m3_day,
        }[code]
        return bool(supply[park, 0] >= (0 if np.isnan(need) else need))
    if code == "expressway":
        return bool(facts.has_expressway[province] == 1)
    if code == "macro":
        return bool(req.must_macro[0, facts.province_macro[province]])
    if code == "province":
        return bool(req.must_province[0, province])
    return bool(facts.operating[park] == 1)


def _has_room(facts: Facts, req: Requirements, park: int) -> bool:
    """Say whether a unit of 0.45 to 2.25 times the area, or land for twice the area, is there.

    Between those sizes a unit is worth half or more; so is an area between two units on offer.
    """
    modes = {mode for mode, wanted in zip(ENTRY_MODES, req.entry_modes[0], strict=True) if wanted}
    elsewhere = (
        modes & {"office", "contract-production"}
        or req.purposes[0, PURPOSES.index("development-offshore")]
    )
    builds = bool(modes & {"own-factory", "joint-venture"})
    rents = bool(modes & {"rental-factory", "sublease", "incubation", "joint-entry"})
    rents = rents or not (elsewhere or builds)
    area = req.floor_area_m2[0]
    units = [unit for unit in facts.rental_units_m2[park] if not np.isnan(unit)]
    suits = any(0.45 * area <= unit <= 2.25 * area for unit in units)
    between = bool(units) and min(units) <= area <= max(units)
    land = facts.free_land_m2[park, 0] >= 2 * area
    return bool((rents and (suits or between)) or (builds and land))
