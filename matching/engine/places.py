"""From rows to places: a province is its best park; places are ranked by status, then by fit."""

from __future__ import annotations

import numpy as np

from matching.engine.facts import Bools, Floats, Ints
from matching.engine.must_haves import States
from matching.engine.prepared import Prepared

# Fits end at 100: one step of status outweighs any fit.
STATUS_STEP = 1000.0


def order_key(status: States, fit: Floats) -> Floats:
    """Return one number per place that orders by must-have status first, then by fit."""
    return np.asarray(status * STATUS_STEP + fit)


def best_rows(prepared: Prepared, key: Floats) -> Ints:
    """Return [P, N]: the row that stands for each province, the first of equals.

    `key` [P, R] from `order_key`. Rows are in the order of their slugs inside a province.
    """
    padded = np.pad(key, ((0, 0), (0, 1)), constant_values=-np.inf)
    first = padded[:, prepared.rows_of].argmax(axis=2)
    return np.asarray(prepared.rows_of[np.arange(len(prepared.rows_of)), first])


def ranking(key: Floats, ranked: Bools) -> tuple[Ints, Ints]:
    """Order and rank places [P, n]: highest key first, then the order of slugs.

    Returns `order` [P, n] (places that are not ranked come last) and `rank` [P, n]: equal keys
    share the better rank (1, 2, 2, 4); 0 where a place is not ranked.
    """
    sortable = np.where(ranked, -key, np.inf)
    order = np.argsort(sortable, axis=1, kind="stable")
    rank = np.zeros(order.shape, dtype=np.intp)
    np.put_along_axis(rank, order, competition(np.take_along_axis(sortable, order, 1)), axis=1)
    return order, np.where(ranked, rank, 0)


def competition(ascending: Floats) -> Ints:
    """Return 1-based ranks [P, n] of values sorted along the last axis; equals share the first."""
    places = np.arange(ascending.shape[-1])
    new = np.ones(ascending.shape, dtype=bool)
    new[..., 1:] = ascending[..., 1:] != ascending[..., :-1]
    return np.asarray(np.maximum.accumulate(np.where(new, places, 0), axis=-1) + 1)


def first_of_macro(order: Ints, macro: Ints, ranked: int, most: int = 3) -> tuple[Ints, ...]:
    """Return the first `most` places of north, centre and south, from one ranking [n]."""
    standing = order[:ranked]
    return tuple(standing[macro[standing] == part][:most] for part in range(3))
