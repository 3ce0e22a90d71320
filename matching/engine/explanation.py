"""Why a place stands where it stands: contributions, reasons and cautions.

contribution = 100 x weight x (value - mean value over all places), a blank counting 0; the
contributions of a place add up to its fit's distance from the mean fit.
"""

from __future__ import annotations

import numpy as np

from matching.engine.criteria import CRITERIA
from matching.engine.criterion import Linear, Membership, Ramp
from matching.engine.facts import Floats
from matching.engine.requirements import Requirements
from matching.engine.result import Caution
from matching.engine.values import Cells

MOST_REASONS = 4
MOST_CAUTIONS = 3
# Below a tenth of a point nobody would call it a reason.
LEAST_CONTRIBUTION = 0.1

_SPECIFIC = np.array([criterion.specific for criterion in CRITERIA])
_LEVELS = {"sector.priority", "sector.cluster", "soft.prefecture_tie"}


def contributions(weights: Floats, value: Floats) -> Floats:
    """Return [N, C] for weights [C] and confirmed values [N, C] (a blank is 0)."""
    mean = value.sum(axis=0) / max(len(value), 1)
    return np.asarray(100 * weights * (value - mean))


def reasons(contribution: Floats) -> tuple[tuple[int, ...], ...]:
    """Return per place the specific criteria that lift it most, best first."""
    lift = np.where(_SPECIFIC, contribution, -np.inf)
    order = np.argsort(-lift, axis=1, kind="stable")[:, :MOST_REASONS]
    enough = np.take_along_axis(lift, order, 1) >= LEAST_CONTRIBUTION
    return tuple(tuple(row[keep].tolist()) for row, keep in zip(order, enough, strict=True))


def cautions(
    req: Requirements, weights: Floats, contribution: Floats, cells: Cells
) -> tuple[tuple[Caution, ...], ...]:
    """Return per place the known specific facts that pull it down most, worst first.

    `cells` [N, C]. A fact is a caution only if it stays below the mean of the other places even
    at its best, so that silence is never held against a place as if it were a bad fact.
    """
    target = mean_of_others(cells.value)
    best = cells.value + cells.spread + cells.unknown
    pulls = _SPECIFIC & (best < target) & (contribution <= -LEAST_CONTRIBUTION)
    drag = np.where(pulls, contribution, np.inf)
    order = np.argsort(drag, axis=1, kind="stable")[:, :MOST_CAUTIONS]
    return tuple(
        tuple(_caution(req, c, contribution[n, c], target[n, c]) for c in row if pulls[n, c])
        for n, row in enumerate(order)
    )


def mean_of_others(value: Floats) -> Floats:
    """Return [N, C]: the mean value over all other places: where a contribution turns positive."""
    others = max(len(value) - 1, 1)
    return np.asarray((value.sum(axis=0) - value) / others)


def _caution(req: Requirements, criterion: int, contribution: float, target: float) -> Caution:
    """Build one caution, with the fact at which it would stop being one."""
    return Caution(
        int(criterion), float(contribution), float(target), fact_at(req, criterion, target)
    )


def fact_at(req: Requirements, criterion: int, value: float) -> float:
    """Return the fact that has `value` for the profile; NaN where the fact is no single number.

    For unit sizes it is the smaller of the two sizes that have the value.
    """
    kind = CRITERIA[criterion].value
    if isinstance(kind, Ramp):
        one, zero = kind.points(req)
        return float(zero[0] + value * (one[0] - zero[0]))
    if isinstance(kind, Membership):
        ratios, values = zip(*kind.anchors, strict=True)
        rising = slice(0, int(np.argmax(values)) + 1)
        ratio = np.interp(value, values[rising], ratios[rising])
        return float(ratio * getattr(req, kind.need)[0])
    assert isinstance(kind, Linear)  # noqa: S101 - the third and last kind
    return 3.0 * value if CRITERIA[criterion].code in _LEVELS else float("nan")
