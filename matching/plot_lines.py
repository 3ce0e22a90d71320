"""What the plots of a match are drawn from: cost against the rest, and how firm each rank is."""

from collections.abc import Callable

import numpy as np

from matching.answers import AcceptabilityLine, CentralWeightsLine, PlaceLine, TradeOffLine
from matching.engine import trade_off as engine
from matching.engine.facts import DIMENSIONS
from matching.engine.result import Result

RANKS = 10  # places and ranks of the acceptability plot

Place = Callable[[int], PlaceLine]  # the line of a place, by its index


def trade_off(result: Result, place: Place) -> tuple[TradeOffLine, ...] | None:
    """Every ranked place, best first; None where no cost is asked or cost alone has weight."""
    found = engine.trade_off(result)
    if found is None:
        return None
    return tuple(
        TradeOffLine(
            rank=int(result.rank[index]),
            place=place(index),
            cost=float(found.cost[index]) if found.known[index] else None,
            cost_high=float(found.cost_high[index]) if found.known[index] else None,
            others=float(found.others[index]),
            front=bool(found.front[index]),
        )
        for index in result.order.tolist()
    )


def acceptability(result: Result, place: Place) -> tuple[AcceptabilityLine, ...] | None:
    """The first ten places with their shares of ranks 1 to 10; None without draws."""
    if result.robustness is None:
        return None
    shares = result.robustness.acceptability[:, :RANKS]
    return tuple(
        AcceptabilityLine(place(index), tuple(shares[index].tolist()))
        for index in result.order[:RANKS].tolist()
    )


def central_weights(result: Result, place: Place) -> tuple[CentralWeightsLine, ...] | None:
    """The places that are first in at least one draw, the likeliest first; None without draws."""
    if result.robustness is None:
        return None
    p_first, weights = result.robustness.p_first, result.robustness.central_weights
    order = np.argsort(-np.nan_to_num(p_first), kind="stable")
    return tuple(
        CentralWeightsLine(
            place=place(index),
            p_first=float(p_first[index]),
            weights=dict(zip(DIMENSIONS, weights[index].tolist(), strict=True)),
        )
        for index in order[: int((p_first > 0).sum())].tolist()
    )
