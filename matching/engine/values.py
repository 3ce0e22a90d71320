"""Value functions: a fact and a requirement to [0, 1], on fixed scales and monotone.

Every cell of a table of values has three parts, so that nothing is guessed and sums stay exact:
`value` is what is confirmed, `unknown` the share that no fact speaks of, `spread` half of what
ranged facts leave open. The best case is value + spread + unknown, the worst value - spread.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matching.engine.facts import Bools, Floats

Anchors = tuple[tuple[float, float], ...]  # (fact, value) points, facts rising


class Cells(NamedTuple):
    """Three arrays of one shape: 0 <= value - spread and value + spread + unknown <= 1."""

    value: Floats
    unknown: Floats
    spread: Floats


def known(value: Floats) -> Cells:
    """Return cells of exact values, NaN meaning unknown."""
    blank = np.isnan(value)
    return Cells(np.where(blank, 0.0, value), blank.astype(float), np.zeros_like(value))


def between(first: Floats, second: Floats, one_sided: Bools) -> Cells:
    """Return cells whose value lies between those of the two ends of a ranged fact.

    `first`, `second`: values in [0, 1] at the ends. A stated range counts at the middle of the
    two values. Where only one end is stated (`one_sided`), the lower value is confirmed and the
    way up to the higher one is unknown.
    """
    spread = np.abs(first - second) / 2
    middle = (first + second) / 2
    return Cells(
        np.where(one_sided, middle - spread, middle),
        np.where(one_sided, 2 * spread, 0.0),
        np.where(one_sided, 0.0, spread),
    )


def open_ended(fact: Floats) -> tuple[Floats, Floats, Bools, Bools]:
    """Split ranges [..., 2] into low, high, one-sided and blank; a missing end is infinite."""
    low, high = fact[..., 0], fact[..., 1]
    no_low, no_high = np.isnan(low), np.isnan(high)
    blank = no_low & no_high
    return (
        np.where(no_low & ~blank, -np.inf, low),
        np.where(no_high & ~blank, np.inf, high),
        (no_low ^ no_high),
        blank,
    )


def piecewise(fact: Floats, anchors: Anchors) -> Floats:
    """Interpolate linearly between anchor points, flat outside them; NaN stays NaN."""
    facts, values = zip(*anchors, strict=True)
    return np.asarray(np.interp(fact, facts, values), dtype=float)


def measured(fact: Floats, anchors: Anchors) -> Cells:
    """Return cells of shape [...] of a fact [..., 2] through anchor points."""
    low, high, one_sided, blank = open_ended(fact)
    cells = between(piecewise(low, anchors), piecewise(high, anchors), one_sided)
    return Cells(
        np.where(blank, 0.0, cells.value),
        np.where(blank, 1.0, cells.unknown),
        np.where(blank, 0.0, cells.spread),
    )


def ramp(fact: Floats, one: Floats, zero: Floats) -> Floats:
    """Fall (or rise) linearly from 1 at `one` to 0 at `zero`, flat beyond both.

    Threshold with tolerance: `one` is the limit asked for, `zero` where tolerance ends. The three
    broadcast: fact [n], one and zero [P, 1] give [P, n]. `one` must differ from `zero`.
    """
    slope = 1.0 / (one - zero)
    value = fact * slope
    value -= zero * slope
    return np.clip(value, 0.0, 1.0, out=value)


def membership(area: Floats, units: Floats, anchors: Anchors, within: float) -> Floats:
    """Say how well one of the unit sizes on offer suits the floor area needed.

    `area` [P] in m2, `units` [n, U] in m2, NaN padded, at least one known in every row. `anchors`
    map unit / area to a value; the best unit counts. An area between the smallest and the largest
    unit is worth at least `within`, since lists name the ends and halls are divided. [P, n].
    """
    ratio = units[None, :, :] / area[:, None, None]
    best = np.fmax.reduce(piecewise(ratio, anchors), axis=2)
    smallest, largest = np.fmin.reduce(units, axis=1), np.fmax.reduce(units, axis=1)
    inside = (smallest <= area[:, None]) & (area[:, None] <= largest)
    return np.maximum(best, np.where(inside, within, 0.0))
