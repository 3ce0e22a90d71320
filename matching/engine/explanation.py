"""Why a place stands where it stands: contributions, reasons and cautions.

contribution = 100 x weight x (value - mean value over all places), a blank counting 0; the
contributions of a place add up to its fit's distance from the mean fit.
"""

from __future__ import annotations

import numpy as np

from matching.engine.criteria import CRITERIA
from matching.engine.facts import Floats, Ints
from matching.engine.result import Caution
from matching.engine.scoring import IS_SITE
from matching.engine.turning import mean_of_others
from matching.engine.values import Cells

MOST_REASONS = 4
MOST_CAUTIONS = 3
# Below a tenth of a point nobody would call it a reason.
LEAST_CONTRIBUTION = 0.1
_NEARLY = 1e-9  # shares of a criterion add up to 1 but for rounding

_SPECIFIC = np.array([criterion.specific for criterion in CRITERIA])


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


def cautions(contribution: Floats, cells: Cells, province: Ints) -> tuple[tuple[Caution, ...], ...]:
    """Return per place the known specific facts that pull it down most, worst first.

    `cells` [N, C], `province` [N] of each place. A fact is a caution only if it stays below the
    mean of the other places even at its best, so that silence is never held against a place as if
    it were a bad fact.
    """
    target = targets(cells.value, province)
    best = cells.value + cells.spread + cells.unknown
    pulls = _SPECIFIC & (best < target - _NEARLY) & (contribution <= -LEAST_CONTRIBUTION)
    drag = np.where(pulls, contribution, np.inf)
    order = np.argsort(drag, axis=1, kind="stable")[:, :MOST_CAUTIONS]
    return tuple(
        tuple(
            Caution(int(c), float(contribution[n, c]), float(target[n, c]))
            for c in row
            if pulls[n, c]
        )
        for n, row in enumerate(order)
    )


def targets(value: Floats, province: Ints) -> Floats:
    """Return [N, C]: the value at which a contribution turns positive.

    A park's own fact moves it alone, a fact of the province all of its parks: it is the mean over
    the places that stay as they are.
    """
    alone = (value.sum(axis=0) - value) / max(len(value) - 1, 1)
    return np.where(IS_SITE, alone, mean_of_others(value, province))
