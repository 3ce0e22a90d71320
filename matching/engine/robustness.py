"""How firm a ranking is: SMAA-2 over uncertain weights and ranged facts.

Stochastic multicriteria acceptability analysis (Lahdelma & Salminen 2001, Operations Research
49(3)): weights are drawn from a Dirichlet distribution around the user's (concentration 30: a
share of a sixth then has a standard deviation of 0.067), ranged facts uniformly between the values
of their ends; in each draw all places are ranked. Must-haves to be confirmed count as met.

The standard error of a probability p from n draws is sqrt(p (1 - p) / n): at most 0.0112 for 2,000
draws. The generator (PCG64) is seeded: the same question gives the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.engine.facts import Floats, Ints
from matching.engine.places import competition
from matching.engine.result import Robustness
from matching.engine.scoring import DIMENSION_OF, FIT_DECIMALS

CONCENTRATION = 30.0
DRAWS = 2000
SEED = 20250701
TOP = 3


@dataclass(frozen=True)
class Ranged:
    """Cells whose facts are ranges: one draw each, shared by all rows that read the fact."""

    dimension: Ints  # [q]
    amplitude: Floats  # [q] within-dimension share x half spread
    reader: Floats  # [q, R] 1 where the row reads the fact


def standard_error(probability: Floats, draws: int = DRAWS) -> Floats:
    """Return the standard error of probabilities estimated from `draws` draws."""
    return np.asarray(np.sqrt(probability * (1 - probability) / draws))


def draw_weights(weights: Floats, draws: int, rng: np.random.Generator) -> Floats:
    """Return [draws, 6] from Dirichlet(30 x weights / sum); a weight of zero stays zero."""
    gamma = rng.standard_gamma(CONCENTRATION * weights / weights.sum(), (draws, len(weights)))
    return np.asarray(gamma / gamma.sum(axis=1, keepdims=True))


def draw_fits(
    inside: Floats, pull: Floats, drawn: Floats, ranged: Ranged, rng: np.random.Generator
) -> Floats:
    """Return fits [R, draws] of rows under drawn weights [draws, 6].

    `inside` [R, 6]: value of each dimension in [0, 1]; `pull` [6] as in `scoring.Weights`.
    """
    effective = drawn * pull
    effective /= effective.sum(axis=1, keepdims=True)
    fits = inside @ effective.T
    if len(ranged.dimension):
        noise = rng.uniform(-1.0, 1.0, (len(ranged.dimension), len(drawn)))
        noise *= ranged.amplitude[:, None] * effective.T[ranged.dimension]
        fits += ranged.reader.T @ noise
    return np.asarray(100 * fits)


def ranged_facts(within: Floats, spread: Floats, province: Ints, site: Ints) -> Ranged:
    """Gather the ranged cells of rows: `within` [C], `spread` [C, R] half spreads.

    `province` [R] tells which rows share province facts; criteria in `site` are each row's own.
    """
    amplitude = within[:, None] * spread
    owner = np.where(
        np.isin(np.arange(len(within)), site)[:, None], np.arange(spread.shape[1]), province
    )
    criterion, row = np.nonzero(amplitude > 0)
    # One draw per (criterion, owner): rows of one province read the same fact.
    pairs = np.stack([criterion, owner[criterion, row]])
    unique, first, member = np.unique(pairs, axis=1, return_index=True, return_inverse=True)
    reader = np.zeros((unique.shape[1], spread.shape[1]))
    reader[member.ravel(), row] = 1.0
    return Ranged(DIMENSION_OF[criterion[first]], amplitude[criterion[first], row[first]], reader)


def analyse(
    fits: Floats, drawn: Floats, place_of_row: Ints, ranked: Ints, places: int
) -> Robustness:
    """Rank the places in every draw and count.

    `fits` [R', draws] of the rows that compete, `place_of_row` [R'] with rows of one place side by
    side; a place is its best row. `ranked`: the places they belong to, in rising order.
    """
    starts = np.flatnonzero(np.r_[True, place_of_row[1:] != place_of_row[:-1]])
    best: Floats = np.maximum.reduceat(fits, starts, axis=0).T.round(FIT_DECIMALS)
    order = np.argsort(-best, axis=1, kind="stable")
    rank = np.empty(order.shape, dtype=np.intp)
    np.put_along_axis(rank, order, competition(-np.take_along_axis(best, order, 1)), axis=1)
    return _count(rank, drawn, ranked, places)


def _count(rank: Ints, drawn: Floats, ranked: Ints, places: int) -> Robustness:
    """Turn ranks [draws, n] of the ranked places into shares of all N places."""
    draws, n = rank.shape
    cells = np.bincount((np.arange(n) * n + rank - 1).ravel(), minlength=n * n)
    acceptability = cells.reshape(n, n) / draws
    first = (rank == 1).astype(float)
    wins = first.sum(axis=0)[:, None]
    central = np.where(wins > 0, first.T @ drawn / np.where(wins > 0, wins, 1.0), np.nan)
    return Robustness(
        draws=draws,
        p_first=_all(acceptability[:, 0], ranked, places),
        p_top3=_all(acceptability[:, :TOP].sum(axis=1), ranked, places),
        expected_rank=_all(rank.mean(axis=0), ranked, places),
        acceptability=_all(acceptability, ranked, places),
        central_weights=_all(central, ranked, places),
    )


def _all(values: Floats, ranked: Ints, places: int) -> Floats:
    """Return values of ranked places among all N, NaN for the others."""
    full = np.full((places, *values.shape[1:]), np.nan)
    full[ranked] = values
    return full
