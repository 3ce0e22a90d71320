"""Facts made ready: everything that depends on the catalogue alone, made once per version.

Rows are what a profile is scored on: the K parks, then one row for each province without a known
park, whose site criteria are blank. Rows of one province compete for it; facts of different parks
are never combined.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from matching.engine.criteria import CRITERIA
from matching.engine.criterion import Criterion, Linear, Membership, Ramp
from matching.engine.facts import Bools, Facts, Floats, Ints
from matching.engine.requirements import Requirements
from matching.engine.values import Cells, between, membership, open_ended, ramp


@dataclass(frozen=True, eq=False)
class Curve:
    """A criterion whose value depends on a number of the profile: read where a fact is known."""

    criterion: int
    columns: Ints  # [m] places with a fact
    low: Floats  # [m], or unit sizes [m, U]
    ranged: Ints  # [g] those of the m whose fact is a range
    high: Floats  # [g]
    one_sided: Bools  # [g]

    def values(self, req: Requirements) -> tuple[Floats, Cells]:
        """Return confirmed values [P, m], and the whole cells [P, g] of ranged facts.

        Rows of profiles that do not ask for it hold no meaning but no NaN.
        """
        value = CRITERIA[self.criterion].value
        if isinstance(value, Membership):
            need = np.nan_to_num(getattr(req, value.need), nan=1.0)
            return membership(need, self.low, value.anchors, value.within), NOTHING_RANGED
        assert isinstance(value, Ramp)  # noqa: S101 - the only other kind of curve
        one, zero = value.points(req)
        unasked = np.isnan(one) | np.isnan(zero)
        one = np.where(unasked, 1.0, one)[:, None]
        zero = np.where(unasked, 2.0, zero)[:, None]
        found = ramp(self.low, one, zero)
        if not len(self.ranged):
            return found, NOTHING_RANGED
        cells = between(found[:, self.ranged], ramp(self.high, one, zero), self.one_sided)
        found[:, self.ranged] = cells.value
        return found, cells


NOTHING_RANGED = Cells(*(np.zeros((1, 0)) for _ in range(3)))


@dataclass(frozen=True, eq=False)
class Layer:
    """The criteria of one level (provinces or rows) over its n places."""

    criteria: Ints  # [Cl] indices into CRITERIA
    slices: tuple[tuple[int, slice], ...]  # linear criteria: index, rows of the tables
    value: Floats  # [Kd, n] tables one below the other
    unknown: Floats
    spread: Floats
    ranged: Ints  # [g] the few rows of the tables that hold a spread
    curves: tuple[Curve, ...]
    curve_criteria: Ints  # [q] indices into CRITERIA
    curve_blank: Floats  # [q, n] 1 where no fact is known

    @property
    def places(self) -> int:
        """n."""
        return int(self.value.shape[1])


@dataclass(frozen=True, eq=False)
class Prepared:
    """Layers, rows and their provinces for one catalogue version."""

    facts: Facts
    provinces: Layer  # over N provinces
    sites: Layer  # over R rows
    row_province: Ints  # [R]
    rows_of: Ints  # [N, most parks of a province], padded with R

    @property
    def rows(self) -> int:
        """R: parks, then provinces without a known park."""
        return len(self.row_province)


@lru_cache(maxsize=4)
def prepare(facts: Facts) -> Prepared:
    """Return the prepared form of `facts`, kept for the last four catalogue versions."""
    parkless = np.setdiff1d(np.arange(facts.provinces), facts.park_province)
    row_province = np.concatenate([facts.park_province, parkless]).astype(np.intp)
    return Prepared(
        facts=facts,
        provinces=_layer(facts, "province", pad=0),
        sites=_layer(facts, "park", pad=len(parkless)),
        row_province=row_province,
        rows_of=_members(row_province, facts.provinces),
    )


def _members(row_province: Ints, provinces: int) -> Ints:
    """Return [N, most]: the rows of each province in their order, padded with their number."""
    count = np.bincount(row_province, minlength=provinces)
    members = np.full((provinces, int(count.max(initial=1))), len(row_province), dtype=np.intp)
    order = np.argsort(row_province, kind="stable")
    place = np.arange(len(order)) - np.repeat(np.cumsum(count) - count, count)
    members[row_province[order], place] = order
    return members


def _layer(facts: Facts, level: Literal["province", "park"], pad: int) -> Layer:
    """Build the layer of `level`; `pad` blank places are added at the end."""
    chosen = [(i, c) for i, c in enumerate(CRITERIA) if c.level == level]
    parts: list[Cells] = []
    slices: list[tuple[int, slice]] = []
    start = 0
    for index, criterion in chosen:
        if isinstance(criterion.value, Linear):
            cells = _padded(criterion.value.table(facts), pad)
            slices.append((index, slice(start, start + len(cells.value))))
            start += len(cells.value)
            parts.append(cells)
    tables = Cells(*(np.concatenate(part) for part in zip(*parts, strict=True)))
    curves = [_curve(facts, i, c) for i, c in chosen if not isinstance(c.value, Linear)]
    blank = np.ones((len(curves), tables.value.shape[1]))
    for row, curve in zip(blank, curves, strict=True):
        row[curve.columns] = 0.0
    indices = np.array([index for index, _ in chosen], dtype=np.intp)
    ranged = np.flatnonzero(tables.spread.any(axis=1))
    curve_criteria = np.array([curve.criterion for curve in curves], dtype=np.intp)
    return Layer(indices, tuple(slices), *tables, ranged, tuple(curves), curve_criteria, blank)


def _padded(cells: Cells, pad: int) -> Cells:
    """Add `pad` blank places to cells [Kd, n]."""
    ends = (0.0, 1.0, 0.0)
    return Cells(
        *(
            np.pad(part, ((0, 0), (0, pad)), constant_values=end)
            for part, end in zip(cells, ends, strict=True)
        )
    )


def _curve(facts: Facts, index: int, criterion: Criterion) -> Curve:
    """Keep the places where the fact of a ramp or a membership is known."""
    assert isinstance(criterion.value, Ramp | Membership)  # noqa: S101 - Linear has no curve
    fact = getattr(facts, criterion.value.fact)
    if isinstance(criterion.value, Membership):
        blank = np.isnan(fact).all(axis=1)
        nothing = np.zeros(0)
        return Curve(
            index,
            np.flatnonzero(~blank),
            fact[~blank],
            nothing.astype(np.intp),
            nothing,
            nothing.astype(bool),
        )
    pairs = np.stack([fact, fact], axis=-1) if fact.ndim == 1 else fact
    low, high, one_sided, blank = open_ended(pairs)
    columns = np.flatnonzero(~blank)
    ranged = np.flatnonzero(low[columns] != high[columns])
    ends = columns[ranged]
    return Curve(index, columns, low[columns], ranged, high[ends], one_sided[ends])
