"""Cost against everything else: the two numbers behind the cost-quality plot, and its front.

The fit splits in two: fit = share x cost + (1 - share) x others, where `share` is the effective
weight of cost. A place is on the Pareto front if no other drawn place is at least as good on both
and better on one (Pareto 1906; Keeney & Raiffa 1976, section 3.2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.engine.facts import DIMENSIONS, Bools, Floats
from matching.engine.result import Result
from matching.engine.scoring import FIT_DECIMALS, IN_DIMENSION

COST = DIMENSIONS.index("cost")
KNOWN_COST_SHARE = 0.5  # below it more of the cost is unknown than known: no point to draw


@dataclass(frozen=True)
class TradeOff:
    """Cost and the rest of all N places, in points of 100."""

    cost: Floats  # [N] confirmed, a blank counting 0
    cost_high: Floats  # [N] if what is unknown of it turns out well
    others: Floats  # [N] confirmed fit of the five other dimensions, under the given weights
    known: Bools  # [N] at least half of the weight of cost is known
    front: Bools  # [N] on the Pareto front of the ranked places whose cost is known


def trade_off(result: Result) -> TradeOff | None:
    """Return cost against the rest; None where no cost is asked, or where cost alone has weight."""
    rest = result.weights * (1.0 - IN_DIMENSION[:, COST])
    if not result.dimension_applies[COST] or not rest.any():
        return None
    cost, coverage = result.dimension_fit[:, COST], result.dimension_coverage[:, COST]
    others = np.round(100 * np.nan_to_num(result.value) @ rest / rest.sum(), FIT_DECIMALS)
    cost = np.round(cost, FIT_DECIMALS)
    known = coverage >= KNOWN_COST_SHARE
    drawn = np.zeros(len(cost), dtype=bool)
    drawn[result.order] = True
    return TradeOff(
        cost=cost,
        cost_high=np.minimum(100.0, cost + 100 * (1.0 - coverage)),
        others=others,
        known=known,
        front=front(np.stack([cost, others], axis=1), drawn & known),
    )


def front(points: Floats, among: Bools) -> Bools:
    """Return [N]: which of the chosen `points` [N, 2] no other chosen one dominates."""
    chosen = np.flatnonzero(among)
    here = points[chosen]
    as_good: Bools = np.all(here[None, :] >= here[:, None], axis=2)
    better: Bools = np.any(here[None, :] > here[:, None], axis=2)
    found = np.zeros(len(points), dtype=bool)
    found[chosen] = ~np.any(as_good & better, axis=1)
    return found
