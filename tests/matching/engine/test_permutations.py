"""The order of provinces, parks and criteria is nothing but an order: through the whole engine."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import matching
from matching.engine.criteria import CODES
from matching.engine.evaluation import evaluate
from matching.engine.facts import PARK_RANGES, PROVINCE_RANGES, Facts
from matching.engine.requirements import MUST_HAVES, Requirements
from matching.engine.result import Result
from tests.matching.engine.factory import EVEN, random_facts, random_requirements

quick = settings(max_examples=25, deadline=None)
seeds = st.integers(0, 2**32 - 1)
levels = st.sampled_from(["province", "park"])
weightings = st.lists(
    st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.3, 5.0]), min_size=6, max_size=6
).filter(any)

PER_PLACE = (
    "fit",
    "band",
    "coverage_province",
    "coverage_site",
    "too_little",
    "status",
    "rank",
    "contribution",
    "dimension_fit",
    "dimension_coverage",
    "must_states",
    "could_be_first",
)
PER_CRITERION = ("value", "unknown", "spread", "contribution")


def scene(seed: int) -> tuple[Facts, Requirements]:
    """Return a random catalogue whose facts are points, and a profile with a few must-haves.

    Ranged facts are drawn in the order of rows, so that another order draws other numbers.
    """
    facts = random_facts(seed)
    points = {}
    for name in PROVINCE_RANGES + PARK_RANGES:
        points[name] = np.repeat(getattr(facts, name)[:, :1], 2, axis=1)
    facts = replace(facts, **points)
    req = random_requirements(facts, seed + 1)
    rng = np.random.default_rng(seed)
    req.must[0, rng.integers(0, len(MUST_HAVES), 2)] = True
    req.must_macro[:], req.must_province[:] = True, rng.random(facts.provinces) < 0.8
    return facts, req


def turned(facts: Facts, axis_of: int, turn: np.ndarray) -> Facts:
    """Put the place `turn[i]` at i along the axes of provinces (41) or of parks (43)."""
    sample = random_facts(0, provinces=41, parks=43)
    moved: dict[str, Any] = {}
    for name in facts.__dataclass_fields__:
        value = getattr(facts, name)
        for axis, length in enumerate(np.shape(getattr(sample, name))):
            if length == axis_of and not name.endswith("_slugs"):
                value = np.take(value, turn, axis=axis)
        moved[name] = value
    if axis_of == 41:
        moved["park_province"] = np.argsort(turn)[facts.park_province]
    return Facts(**moved)


def with_provinces_turned(req: Requirements, turn: np.ndarray) -> Requirements:
    """Move along what the profile says of provinces."""
    names = ("customer_provinces", "existing_ties", "must_province")
    return replace(req, **{name: getattr(req, name)[:, turn] for name in names})


def same_answer(after: Result, before: Result, turn: np.ndarray) -> None:
    """Check that place i now answers as place `turn[i]` did."""
    for name in PER_PLACE:
        np.testing.assert_allclose(
            getattr(after, name), getattr(before, name)[turn], atol=1e-8, err_msg=name
        )
    assert after.mean_fit == pytest.approx(before.mean_fit)
    assert sorted(turn[after.order]) == sorted(before.order)
    assert sorted(turn[after.excluded]) == sorted(before.excluded)
    assert sorted(turn[after.set_aside]) == sorted(before.set_aside)
    assert [(c.dimension, pytest.approx(c.to)) for c in after.changes] == [
        (c.dimension, c.to) for c in before.changes
    ]
    assert sorted((q.could_reach_rank, round(-q.gain, 6)) for q in after.questions) == sorted(
        (q.could_reach_rank, round(-q.gain, 6)) for q in before.questions
    )
    assert (after.robustness is None) == (before.robustness is None)
    if after.robustness is not None and before.robustness is not None:
        for name in ("p_first", "p_top3", "expected_rank", "acceptability", "central_weights"):
            np.testing.assert_allclose(
                getattr(after.robustness, name), getattr(before.robustness, name)[turn], atol=1e-9
            )


@quick
@given(seeds, weightings, levels)
def test_permuting_provinces_permutes_the_answer(
    seed: int, weights: list[float], level: str
) -> None:
    facts, req = scene(seed)
    turn = np.random.default_rng(seed).permutation(facts.provinces)
    given_ = np.array(weights)
    before = evaluate(facts, req, given_, level=level, draws=50)

    after = evaluate(
        turned(facts, 41, turn), with_provinces_turned(req, turn), given_, level=level, draws=50
    )

    same_answer(after, before, turn if level == "province" else np.arange(facts.parks))


@quick
@given(seeds, weightings, levels)
def test_permuting_parks_permutes_the_answer(seed: int, weights: list[float], level: str) -> None:
    facts, req = scene(seed)
    turn = np.random.default_rng(seed).permutation(facts.parks)
    given_ = np.array(weights)
    before = evaluate(facts, req, given_, level=level, draws=50)
    fits = evaluate(facts, req, given_, level="park").fit
    assume(len(set(fits.round(9))) == facts.parks)  # of equal parks the first stands for all

    after = evaluate(turned(facts, 43, turn), req, given_, level=level, draws=50)

    same_answer(after, before, turn if level == "park" else np.arange(facts.provinces))


@pytest.fixture(scope="module")
def other_order() -> tuple[Callable[..., Result], np.ndarray]:
    """Return `evaluate` of a second engine that declares its criteria in another order.

    The engine is loaded once more, from the first line, with the tuple of criteria turned before
    anything reads it. Also returns which criterion (of the first engine) stands at each place.
    """
    turn = np.random.default_rng(8).permutation(len(CODES))
    first = matching.engine
    others = {name: module for name, module in sys.modules.items() if "matching.engine" not in name}
    with patch.dict(sys.modules, others, clear=True):
        criteria = import_module("matching.engine.criteria")
        criteria.CRITERIA = tuple(criteria.CRITERIA[i] for i in turn)  # type: ignore[attr-defined]
        criteria.CODES = tuple(c.code for c in criteria.CRITERIA)  # type: ignore[attr-defined]
        again = import_module("matching.engine.evaluation").evaluate
    matching.engine = first
    return again, turn


@quick
@given(seed=seeds, weights=weightings, level=levels)
def test_permuting_criteria_permutes_the_answer(
    seed: int,
    weights: list[float],
    level: str,
    other_order: tuple[Callable[..., Result], np.ndarray],
) -> None:
    again, turn = other_order
    facts, req = scene(seed)
    before = evaluate(facts, req, np.array(weights), level=level, draws=50)

    after = again(facts, req, np.array(weights), level=level, draws=50)

    np.testing.assert_allclose(after.weights, before.weights[turn], atol=1e-12)
    assert (after.applies == before.applies[turn]).all()
    for name in PER_CRITERION:
        np.testing.assert_allclose(getattr(after, name), getattr(before, name)[:, turn], atol=1e-8)
    as_before = {"contribution": after.contribution[:, np.argsort(turn)]}
    same_answer(replace(after, **as_before), before, np.arange(len(before.fit)))
    assert [{turn[c.criterion] for c in place} for place in after.cautions] == [
        {c.criterion for c in place} for place in before.cautions
    ]


def test_the_second_engine_is_another_one(
    other_order: tuple[Callable[..., Result], np.ndarray],
) -> None:
    again, turn = other_order
    facts, req = scene(1)
    assert again is not evaluate
    assert (turn != np.arange(len(CODES))).any()
    assert (again(facts, req, EVEN, draws=0).weights != evaluate(facts, req, EVEN).weights).any()
