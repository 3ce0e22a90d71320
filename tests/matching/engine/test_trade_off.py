"""Cost against the rest: the split of the fit, and the front against a second reckoning."""

from __future__ import annotations

import numpy as np
import pytest

from matching.engine.evaluation import evaluate
from matching.engine.facts import DIMENSIONS
from matching.engine.scoring import IN_DIMENSION
from matching.engine.trade_off import COST, KNOWN_COST_SHARE, front, trade_off
from tests.matching.engine.factory import EVEN, ask, random_facts, random_requirements

ONLY_COST = np.where(np.array(DIMENSIONS) == "cost", 3.0, 0.0)
NO_COST = np.where(np.array(DIMENSIONS) == "cost", 0.0, 3.0)


def test_front_holds_what_no_other_beats_on_both_and_equals_together() -> None:
    points = np.array([[9.0, 1], [5, 5], [5, 5], [4, 5], [1, 9], [0, 0], [10, 10]])
    among = np.array([True] * 6 + [False])

    assert front(points, among).tolist() == [True, True, True, False, True, False, False]
    assert front(points, np.zeros(7, dtype=bool)).tolist() == [False] * 7


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("level", ["province", "park"])
def test_fit_splits_into_cost_and_others_by_their_weights(seed: int, level: str) -> None:
    facts = random_facts(seed, known=0.8)
    weights = np.random.default_rng(seed).uniform(0.1, 5, 6)
    result = evaluate(facts, random_requirements(facts, seed), weights, level=level, draws=0)

    found = trade_off(result)

    assert found is not None
    share = (result.weights @ IN_DIMENSION)[COST]
    assert share * found.cost + (1 - share) * found.others == pytest.approx(result.fit, abs=1e-6)
    assert found.known.tolist() == (result.dimension_coverage[:, COST] >= KNOWN_COST_SHARE).tolist()
    blank = 100 * (1 - result.dimension_coverage[:, COST])
    assert found.cost_high == pytest.approx(found.cost + blank, abs=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_front_is_of_ranked_places_whose_cost_is_known(seed: int) -> None:
    facts = random_facts(seed, parks=40, known=0.7)
    requirements = random_requirements(facts, seed)
    requirements.must[:, 0] = True
    result = evaluate(facts, requirements, EVEN, level="park", draws=0)

    found = trade_off(result)

    assert found is not None
    drawn = [place for place in result.order.tolist() if found.known[place]]
    best = set()
    for one in drawn:
        mine = (found.cost[one], found.others[one])
        theirs = [(found.cost[other], found.others[other]) for other in drawn]
        if not any(o[0] >= mine[0] and o[1] >= mine[1] and o != mine for o in theirs):
            best.add(one)
    assert set(np.flatnonzero(found.front).tolist()) == best


def test_no_weight_on_cost_still_shows_it_and_cost_alone_has_nothing_to_set_against() -> None:
    facts = random_facts(1, known=0.9)
    requirements = ask(facts, sector="machinery")

    free = trade_off(evaluate(facts, requirements, NO_COST, draws=0))
    alone = trade_off(evaluate(facts, requirements, ONLY_COST, draws=0))

    assert free is not None
    assert free.others == pytest.approx(evaluate(facts, requirements, NO_COST, draws=0).fit)
    assert free.cost.max() > 0
    assert alone is None
