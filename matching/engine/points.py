"""The points between which a profile's own numbers stretch a value function.

Each function returns `one` and `zero`, both [P]: the fact that is worth 1, and the fact that is
worth 0. Rows whose number is not asked hold NaN and are never read.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from matching.engine.facts import Floats
from matching.engine.requirements import Requirements
from matching.engine.values import Anchors

Points = Callable[[Requirements], tuple[Floats, Floats]]

# Official rates moved between 25,400 and 26,400 VND per USD in 2025 (State Bank of Vietnam).
VND_PER_USD = 26_000.0
# Median worker's pay at Japanese makers was 8.0 million VND in 2023, 1.7 times the minimum wage of
# the highest zone then in force (4.68 million): below that a firm hires with difficulty.
PAY_TO_MINIMUM_WAGE = 1.7
RENT_TOLERANCE = 1.5  # a rent of half as much again is out of the question (design 5.2)
# The recorded parks have 39 tenants at the median: a need that leaves as much for 40 others is no
# issue; one that takes a quarter of the park's whole supply is.
SUPPLY_AMPLE, SUPPLY_TIGHT = 40.0, 4.0
PLOT_PER_FLOOR = 2.0  # half of a plot built over, the rest yard, green and reserve
SEAPORT_KM = (20.0, 150.0)  # 1 within the port's own belt, 0 where a day goes on the road
AIRPORT_KM = (20.0, 150.0)
LIMIT_TOLERANCE = 2.0  # twice the distance asked for is worth nothing

# Best unit on offer / area needed: joined small units, a fit, then paying for empty floor.
UNIT_FIT: Anchors = ((0.2, 0.0), (0.5, 0.6), (0.9, 1.0), (1.5, 1.0), (3.0, 0.0))
UNIT_WITHIN = 0.8


def _positive(amount: Floats) -> Floats:
    """Keep the two points of a ramp apart where somebody asks for nothing."""
    return np.maximum(amount, 1e-9)


def within_limit(name: str, default: tuple[float, float]) -> Points:
    """Points of a distance: the limit asked for and twice that; `default` where none is asked."""

    def points(req: Requirements) -> tuple[Floats, Floats]:
        limit = getattr(req, name)
        none = np.isnan(limit)
        # A limit of 0 km would make both points one.
        limit = np.maximum(limit, 1.0)
        far = np.where(none, default[1], limit * LIMIT_TOLERANCE)
        return np.where(none, default[0], limit), far

    return points


def within_budget(req: Requirements) -> tuple[Floats, Floats]:
    """Points of a rent: the budget, and half as much again."""
    budget = _positive(req.rent_budget_usd_m2_month)
    return budget, budget * RENT_TOLERANCE


def hires_at(req: Requirements) -> tuple[Floats, Floats]:
    """Points of a minimum wage in VND: well below the pay offered, and equal to it."""
    pay = _positive(req.wage_budget_usd_month) * VND_PER_USD
    return pay / PAY_TO_MINIMUM_WAGE, pay


def supplies(need: Callable[[Requirements], Floats]) -> Points:
    """Points of a park's capacity: ample for the need, and tight."""

    def points(req: Requirements) -> tuple[Floats, Floats]:
        amount = _positive(need(req))
        return amount * SUPPLY_AMPLE, amount * SUPPLY_TIGHT

    return points


def plot(req: Requirements) -> tuple[Floats, Floats]:
    """Points of free land: room to choose (twice the plot), and too little (half of it)."""
    need = _positive(req.floor_area_m2) * PLOT_PER_FLOOR
    return 2 * need, need / 2
