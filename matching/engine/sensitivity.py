"""What would change the first place: one dimension weight, in closed form.

With all other weights fixed, the numerator of a row's fit is linear in one dimension weight x, and
the denominator is the same for all: L_r(x) = sum over other dimensions of W_k g_rk + x g_rd. The
first place holds the highest of its rows; another place passes it where one of its rows passes all
of them, which is an intersection of half-lines: an interval of x.

Among parks the dimension weights also decide which have too little data: the known site weight
less a quarter of the whole is linear in x too. Parks pass, enter or leave at roots only: between
two roots nothing changes, so looking at each root and each stretch between two is exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.engine.facts import Bools, Floats, Ints
from matching.engine.result import Change
from matching.engine.stages import WEIGHT_MAX

# Fits closer than this are level.
_LEVEL = 1e-9
_STEP = 1e-6  # how far beyond a root a park that enters or leaves is reported
_AT_ONCE = 128  # weights looked at together, nearest first


def changes(
    pulled: Floats, dimension_weights: Floats, place_of_row: Ints, rows: Bools, first: Ints | int
) -> tuple[Change, ...]:
    """Return for each dimension the nearest weight at which another place is first too.

    `pulled` [R, 6]: value inside the dimension x the dimension's pull, in [0, 1]; `rows` [R]: rows
    that compete (of places whose must-have status is that of the first place); `first`: the places
    that share the first rank. Dimensions without such a weight in 0..5 are left out.
    """
    leading = np.isin(place_of_row, first)
    ours = rows & leading
    theirs = np.flatnonzero(rows & ~leading)
    if not len(theirs):
        return ()
    found = (
        _nearest(pulled, dimension_weights, ours, theirs, dimension)
        for dimension in range(len(dimension_weights))
    )
    return tuple(
        Change(dimension, float(dimension_weights[dimension]), to, int(place_of_row[row]))
        for dimension, (to, row) in enumerate(found)
        if row >= 0
    )


def _nearest(
    pulled: Floats, weights: Floats, ours: Bools, theirs: Ints, dimension: int
) -> tuple[float, int]:
    """Return the weight nearest to today's at which a row of `theirs` leads, and that row or -1."""
    rest = weights.copy()
    rest[dimension] = 0.0
    constant, slope = pulled @ rest, pulled[:, dimension]
    low, high = _intervals(
        constant[theirs, None] - constant[None, ours], slope[theirs, None] - slope[None, ours]
    )
    low, high = np.maximum(low, 0.0), np.minimum(high, WEIGHT_MAX)
    now = weights[dimension]
    if now > 0 and not (rest[pulled.any(axis=0)] > 0).any():
        low = np.maximum(low, 1e-6)  # all weights at zero would leave no fit to compare
    point = np.clip(now, low, high)
    distance = np.where(low <= high, np.abs(point - now), np.inf)
    distance[distance < _LEVEL] = np.inf
    nearest = int(distance.argmin())
    if not np.isfinite(distance[nearest]):
        return 0.0, -1
    return float(point[nearest]), int(theirs[nearest])


def _intervals(constant: Floats, slope: Floats) -> tuple[Floats, Floats]:
    """Return low and high [m] of the x for which constant + x slope >= 0 in every column [m, a]."""
    flat = slope == 0
    root = -constant / np.where(flat, 1.0, slope)
    low = np.where(slope > 0, root, -np.inf).max(axis=1)
    high = np.where(slope < 0, root, np.inf).min(axis=1)
    never = (flat & (constant < 0)).any(axis=1)
    return np.where(never, np.inf, low), high


@dataclass(frozen=True)
class Field:
    """The parks that may compete, as lines in the dimension weights."""

    pulled: Floats  # [K, 6] value inside the dimension x the dimension's pull
    pull: Floats  # [6]
    excess: Floats  # [K, 6] known site share less a quarter of it; below 0 in sum: too little data
    step: Floats  # [K] what the must-have status adds to the fit; -inf where a must-have fails
    ours: Bools  # [K] the parks that share the first rank


def changes_among_parks(field: Field, weights: Floats) -> tuple[Change, ...]:
    """Return for each dimension the nearest weight at which a park outside `ours` is first."""
    if not field.ours.any() or field.ours.all():
        return ()
    found = []
    for dimension in range(len(weights)):
        rest = weights.copy()
        rest[dimension] = 0.0
        if field.pull[dimension] == 0 or not (rest * field.pull).any():
            continue  # ratios stay as they are
        line = _Line.of(field, rest, dimension)
        now = float(weights[dimension])
        hits = [hit for end in (0.0, WEIGHT_MAX) if (hit := line.towards(now, end)) is not None]
        if hits:
            to, park = min(hits, key=lambda hit: abs(hit[0] - now))
            found.append(Change(dimension, now, to, park))
    return tuple(found)


@dataclass(frozen=True)
class _Line:
    """All parks along one dimension weight x: fits and excess are a + x b."""

    field: Field
    fit: tuple[Floats, Floats]  # [K] each
    whole: tuple[float, float]
    excess: tuple[Floats, Floats]

    @classmethod
    def of(cls, field: Field, rest: Floats, dimension: int) -> _Line:
        """Read the line of one dimension, the other weights fixed."""
        return cls(
            field,
            (field.pulled @ rest, field.pulled[:, dimension]),
            (float(field.pull @ rest), float(field.pull[dimension])),
            (field.excess @ rest, field.excess[:, dimension]),
        )

    def towards(self, now: float, end: float) -> tuple[float, int] | None:
        """Return the nearest weight from `now` to `end` with another park first, and the park."""
        if now == end:
            return None
        roots = self._roots()
        inside = roots[(roots > min(now, end)) & (roots < max(now, end))]
        edges = np.r_[now, inside if end > now else inside[::-1], end]
        for start in range(0, len(edges) - 1, _AT_ONCE):
            hit = self._among(edges[start : start + _AT_ONCE + 2])
            if hit is not None:
                return hit
        return None

    def _roots(self) -> Floats:
        """Return in rising order the weights at which a park passes the first, enters or leaves."""
        (a, b), ours = self.fit, self.field.ours
        lines = np.unique(np.stack([a[ours], b[ours]], axis=1), axis=0)
        constant = np.r_[(a[:, None] - lines[:, 0]).ravel(), self.excess[0]]
        slope = np.r_[(b[:, None] - lines[:, 1]).ravel(), self.excess[1]]
        return np.unique(-constant[slope != 0] / slope[slope != 0])

    def _among(self, edges: Floats) -> tuple[float, int] | None:
        """Look at the stretches between `edges` and at the edges that end them, in turn."""
        middle = (edges[:-1] + edges[1:]) / 2
        enough = self._enough(middle)
        after = np.vstack([enough[1:], enough[-1:]])
        ours = self.field.ours
        at_edge = np.where(ours, enough | after, enough & after)
        stretch, edge = self._other(middle, enough), self._other(edges[1:], at_edge)
        hit = np.stack([stretch, edge], axis=1).ravel() >= 0
        if not hit.any():
            return None
        number, is_edge = divmod(int(hit.argmax()), 2)
        if is_edge:
            return float(edges[number + 1]), int(edge[number])
        to = edges[number] + np.clip(middle[number] - edges[number], -_STEP, _STEP)
        park = self._other(np.array([to]), enough[[number]])[0]
        return float(to), int(park if park >= 0 else stretch[number])

    def _enough(self, x: Floats) -> Bools:
        """Return [x, K]: parks with enough data."""
        return np.asarray(self.excess[0] + x[:, None] * self.excess[1] >= -1e-12)

    def _other(self, x: Floats, enough: Bools) -> Ints:
        """Return [x]: the park outside `ours` that is first, -1 where one of `ours` is alone."""
        whole = (self.whole[0] + x * self.whole[1])[:, None]
        key = 100 * (self.fit[0] + x[:, None] * self.fit[1]) / whole + self.field.step
        key = np.where(enough, key, -np.inf)
        theirs = np.where(self.field.ours, -np.inf, key)
        best = theirs.max(axis=1)
        leads = best >= np.where(self.field.ours, key, -np.inf).max(axis=1) - _LEVEL
        return np.where(leads & (best > -np.inf), theirs.argmax(axis=1), -1)
