"""What must hold for any catalogue and any profile."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine.evaluation import evaluate
from matching.engine.explanation import contributions
from matching.engine.facts import PARK_RANGES, PROVINCE_RANGES, Facts
from matching.engine.requirements import Requirements
from matching.engine.result import Result
from tests.matching.engine.factory import ENDS, random_facts, random_requirements, without_park

seeds = st.integers(0, 2**32 - 1)
weightings = st.lists(
    st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.3, 5.0]), min_size=6, max_size=6
).filter(any)
levels = st.sampled_from(["province", "park"])
quick = settings(max_examples=40, deadline=None)

# Criteria that read more than one fact (links between sectors, neighbours, a sector and its
# parent): filling a blank fact does not fill the criterion's blank, and only that.
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
    today = answer(facts, req, weights, level="park", disabled=THROUGH_OTHERS)

    for end, filled in ((0, filled_with(facts, req, 0)), (1, filled_with(facts, req, 1))):
        then = answer(filled, req, weights, level="park", disabled=THROUGH_OTHERS)
        np.testing.assert_allclose(then.fit, today.band[:, end], atol=1e-7)
        np.testing.assert_allclose(then.band, today.band[:, [end, end]], atol=1e-7)


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
@given(seeds, weightings, st.data())
def test_a_better_fact_never_lowers_a_fit(
    seed: int, weights: list[float], data: st.DataObject
) -> None:
    facts, req = scene(seed)
    before = answer(facts, req, weights)
    name = data.draw(st.sampled_from(sorted(ENDS)))
    fact, best = getattr(facts, name).copy(), ENDS[name][1]
    place = data.draw(st.integers(0, len(fact) - 1))
    fact[place] = best

    after = answer(replace(facts, **{name: fact}), req, weights)

    assert (after.fit >= before.fit - 1e-9).all()


@quick
@given(seeds, weightings, st.data())
def test_a_known_fact_never_ranks_below_silence(
    seed: int, weights: list[float], data: st.DataObject
) -> None:
    facts, req = scene(seed)
    name = data.draw(st.sampled_from(sorted(set(ENDS) - {"target_sectors"})))
    fact = getattr(facts, name).copy()
    place = data.draw(st.integers(0, len(fact) - 1))
    silent, worst = fact.copy(), fact.copy()
    silent[place], worst[place] = np.nan, ENDS[name][0]

    blank = answer(replace(facts, **{name: silent}), req, weights)
    known = answer(replace(facts, **{name: worst}), req, weights)

    np.testing.assert_allclose(known.fit, blank.fit, atol=1e-9)
    assert (known.rank == blank.rank).all()


@quick
@given(seeds, weightings, st.floats(0.01, 100), levels)
def test_scaling_all_weights_changes_nothing(
    seed: int, weights: list[float], factor: float, level: str
) -> None:
    facts, req = scene(seed)
    one = answer(facts, req, weights, level=level)
    two = answer(facts, req, [w * factor for w in weights], level=level)

    np.testing.assert_allclose(two.fit, one.fit, atol=1e-8)
    assert (two.order == one.order).all()


@quick
@given(seeds, weightings, st.data())
def test_deleting_a_park_moves_no_fit_but_its_own_provinces(
    seed: int, weights: list[float], data: st.DataObject
) -> None:
    facts, req = scene(seed)
    park = data.draw(st.integers(0, facts.parks - 1))
    before = answer(facts, req, weights)

    after = answer(without_park(facts, park), req, weights)

    others = np.arange(facts.provinces) != facts.park_province[park]
    assert (after.fit[others] == before.fit[others]).all()
    assert (after.band[others] == before.band[others]).all()
    relative = [p for p in before.order if others[p]]
    assert [p for p in after.order if others[p]] == relative


@quick
@given(seeds, weightings)
def test_a_dominated_park_never_ranks_above(seed: int, weights: list[float]) -> None:
    result = answer(*scene(seed), weights, level="park")
    value, ranked = np.nan_to_num(result.value), result.rank > 0
    used = result.weights > 0
    for better in np.flatnonzero(ranked):
        worse = (value[:, used] <= value[better, used]).all(axis=1) & ranked
        worse &= result.status <= result.status[better]
        assert (result.rank[worse] >= result.rank[better]).all()


@quick
@given(seeds, weightings)
def test_permuting_provinces_permutes_the_answer(seed: int, weights: list[float]) -> None:
    facts, req = scene(seed)
    before = answer(facts, req, weights)
    turn = np.random.default_rng(seed).permutation(facts.provinces)

    after = answer(permuted(facts, turn), permuted_request(req, turn), weights)

    np.testing.assert_allclose(after.fit, before.fit[turn], atol=1e-9)
    np.testing.assert_allclose(after.contribution, before.contribution[turn], atol=1e-8)
    assert (after.rank == before.rank[turn]).all()


def permuted(facts: Facts, turn: np.ndarray) -> Facts:
    """Put province `turn[i]` at place i, under the slug of place i."""
    sample = random_facts(0, provinces=41, parks=43)
    moved = {}
    for name in facts.__dataclass_fields__:
        value, shape = getattr(facts, name), np.shape(getattr(sample, name))
        for axis, length in enumerate(shape):
            if length == 41 and name != "province_slugs":
                value = np.take(value, turn, axis=axis)
        moved[name] = value
    moved["park_province"] = np.argsort(turn)[facts.park_province]
    return Facts(**moved)


def permuted_request(req: Requirements, turn: np.ndarray) -> Requirements:
    """Move the profile's own provinces along."""
    return replace(
        req,
        customer_provinces=req.customer_provinces[:, turn],
        existing_ties=req.existing_ties[:, turn],
    )


@quick
@given(seeds)
def test_permuting_criteria_permutes_contributions(seed: int) -> None:
    rng = np.random.default_rng(seed)
    weights, value = rng.dirichlet(np.ones(9)), rng.random((7, 9))
    turn = rng.permutation(9)

    np.testing.assert_allclose(
        contributions(weights[turn], value[:, turn]), contributions(weights, value)[:, turn]
    )


@quick
@given(seeds, weightings, st.data())
def test_a_must_have_that_is_met_never_excludes(
    seed: int, weights: list[float], data: st.DataObject
) -> None:
    facts, req = scene(seed)
    offer = data.draw(st.integers(0, facts.offers.shape[1] - 1))
    offers = facts.offers.copy()
    offers[:, offer] = 1.0
    facts = replace(facts, offers=offers)
    before = answer(facts, req, weights, level="park")
    req.must[:, offer] = True

    after = answer(facts, req, weights, level="park")

    assert (after.status == before.status).all()
    assert (after.order == before.order).all()
