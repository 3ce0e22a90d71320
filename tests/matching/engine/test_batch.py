"""The batch gives the numbers of the single run, whatever the block and the threads."""

from __future__ import annotations

import numpy as np
import pytest

from matching.engine.batch import Matches, match_many
from matching.engine.criteria import CODES
from matching.engine.evaluation import evaluate
from matching.engine.facts import OFFERS, Facts
from matching.engine.requirements import MUST_HAVES, Requirements
from tests.matching.engine.factory import ask, blank_facts, random_facts, random_requirements


def profiles(facts: Facts, count: int) -> Requirements:
    """Return random profiles, some with must-haves of every kind."""
    rng = np.random.default_rng(count)
    req = random_requirements(facts, 99, count)
    req.must[:, : len(MUST_HAVES) - 1] = rng.random((count, len(MUST_HAVES) - 1)) < 0.06
    req.must_macro[:] = rng.random(req.must_macro.shape) < 0.7
    req.must_province[:] = rng.random(req.must_province.shape) < 0.7
    return req


@pytest.mark.parametrize("level", ["province", "park"])
def test_every_number_is_that_of_the_single_run(level: str) -> None:
    facts = random_facts(21, provinces=9, parks=30)
    req = profiles(facts, 60)
    weights = np.random.default_rng(1).uniform(0, 5, (60, 6))

    found = match_many(facts, req, weights, level=level, top=5, block=7, workers=2)

    for p in range(60):
        single = evaluate(facts, req.take(slice(p, p + 1)), weights[p], level=level, draws=0)
        best = single.order[:5]
        n = len(best)
        assert found.place[p].tolist() == best.tolist() + [-1] * (5 - n)
        assert found.rank[p, :n].tolist() == single.rank[best].tolist()
        assert found.park[p, :n].tolist() == single.park[best].tolist()
        assert found.status[p, :n].tolist() == single.status[best].tolist()
        np.testing.assert_allclose(found.fit[p, :n], single.fit[best], atol=1e-8)
        np.testing.assert_allclose(found.low[p, :n], single.band[best, 0], atol=1e-8)
        np.testing.assert_allclose(found.high[p, :n], single.band[best, 1], atol=1e-8)
        for name in ("coverage_province", "coverage_site"):
            np.testing.assert_allclose(
                getattr(found, name)[p, :n], getattr(single, name)[best], atol=1e-9
            )
        assert np.isnan(found.fit[p, n:]).all()


@pytest.mark.parametrize("level", ["province", "park"])
def test_every_ranked_place_and_no_other_is_in_the_answer(level: str) -> None:
    facts = random_facts(25, provinces=9, parks=30)
    req = profiles(facts, 20)
    off = frozenset({"soft.offers", "sector.priority"})

    found = match_many(facts, req, np.full(6, 2.0), level=level, top=99, disabled=off)

    for p in range(20):
        one = req.take(slice(p, p + 1))
        single = evaluate(facts, one, np.full(6, 2.0), level=level, draws=0, disabled=off)
        assert found.place[p][found.place[p] >= 0].tolist() == single.order.tolist()


def test_a_quarter_of_the_site_facts_is_enough() -> None:
    wanted = ["one_stop_setup", "interpreter", "bank", "clinic"]
    offers = np.full((2, len(OFFERS)), np.nan)
    offers[0, OFFERS.index("bank")] = 1
    facts = blank_facts((0, 1), 2, offers=offers)
    req = ask(facts, sector="machinery", services=wanted)
    alone = frozenset(CODES) - {"soft.offers"}

    single = evaluate(facts, req, np.ones(6), level="park", draws=0, disabled=alone)
    many = match_many(facts, req, np.ones(6), level="park", disabled=alone)

    assert single.coverage_site.tolist() == [0.25, 0]
    assert (single.order.tolist(), single.set_aside.tolist()) == ([0], [1])
    assert many.place.tolist() == [[0, -1]]
    assert many.coverage_site[0, 0] == 0.25

    alone -= {"sector.park_targets"}  # of which nothing is known
    weights = np.array([1.0, 0, 99, 0, 0, 0])
    less = evaluate(facts, req, weights, level="park", draws=0, disabled=alone)
    assert less.coverage_site == pytest.approx([0.2475, 0])
    assert less.set_aside.tolist() == [0, 1]


def test_blocks_and_threads_change_nothing() -> None:
    facts = random_facts(22)
    req = profiles(facts, 50)

    one = match_many(facts, req, np.full(6, 2.0), block=50, workers=1)
    many = match_many(facts, req, np.full(6, 2.0), block=3, workers=4)

    for name in Matches.__dataclass_fields__:
        np.testing.assert_allclose(getattr(one, name), getattr(many, name), atol=1e-8)


def test_progress_is_told_after_every_block() -> None:
    facts = random_facts(23)
    told: list[int] = []

    match_many(facts, profiles(facts, 10), np.full(6, 2.0), block=4, done=told.append)

    assert told == [4, 8, 10]


def test_more_places_asked_than_there_are() -> None:
    facts = random_facts(24, provinces=4)
    found = match_many(facts, profiles(facts, 2), np.full(6, 2.0), top=100)
    assert found.fit.shape == (2, 4)


def test_ten_places_are_answered_unless_another_number_is_asked() -> None:
    facts = random_facts(26, provinces=12)
    found = match_many(facts, profiles(facts, 2), np.full(6, 2.0))
    assert found.fit.shape == (2, 10)
    assert found.status.dtype == np.int8
