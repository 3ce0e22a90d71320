"""From rankings to hits: how high the place stands that a firm went to.

Places that tie share their ranks evenly, so a ranking is worth what it is worth on average over
all ways of breaking its ties; where all places tie, this is the exact expectation of chance.
"""

from dataclasses import dataclass

import numpy as np

from matching.engine.facts import Floats, Ints

DEPTHS = (1, 3, 5, 10)
MEASURES = len(DEPTHS) + 1  # hits in the first 1, 3, 5 and 10, and the reciprocal rank
SEED = 20_251_125  # fixed, so that two runs print the same; any number would do
DRAWS = 20_000


@dataclass(frozen=True, slots=True)
class Standing:
    """Where places stand in rankings, as arrays of one shape."""

    ahead: Ints  # places ranked better
    level: Ints  # places that tie with it, itself included

    @property
    def rank(self) -> Floats:
        """The mean of the ranks that the tie shares, from 1."""
        return np.asarray(self.ahead + (self.level + 1) / 2)


def standing(key: Floats, answers: Ints) -> Standing:
    """Return [A, P]: how each of the answers [A] stands in each ranking of `key` [P, N].

    `key`: higher is better.
    """
    own = key[:, answers].T[:, :, None]
    return Standing((key[None] > own).sum(axis=2), (key[None] == own).sum(axis=2))


def points(found: Standing) -> Floats:
    """Return [..., 5]: the share of a hit at each depth, and the reciprocal rank."""
    depths = np.array(DEPTHS)
    ahead, level = found.ahead[..., None], found.level[..., None]
    hits = np.clip((depths - ahead) / level, 0.0, 1.0)
    last = found.ahead + found.level
    harmonic = np.concatenate([[0.0], np.cumsum(1 / np.arange(1, last.max() + 1))])
    reciprocal = (harmonic[last] - harmonic[found.ahead]) / found.level
    return np.concatenate([hits, reciprocal[..., None]], axis=-1)


@dataclass(frozen=True, slots=True)
class Matching:
    """What remains of the engine once its profiles are shuffled among the firms, [5] each."""

    own: Floats  # mean points with each firm's own profile
    shuffled: Floats  # expectation with the profile of another firm
    standard_error: Floats  # of own - shuffled, over the firms
    p: Floats  # share of random orders of the profiles that do as well, one-sided


def compare(matrix: Floats) -> Matching:
    """Compare own with foreign profiles in `matrix` [n, n, 5]: points of case i, profile j.

    Under a random derangement every foreign profile is as likely as any other, so its expectation
    is the mean off the diagonal, and need not be drawn. The p-value is that of a permutation test
    with DRAWS seeded orders, the given one counted in (Phipson and Smyth 2010).
    """
    n = len(matrix)
    own = matrix[np.arange(n), np.arange(n)]
    foreign = (matrix.sum(axis=1) - own) / (n - 1)
    gain = own - foreign
    orders = np.random.Generator(np.random.PCG64(SEED)).permuted(
        np.tile(np.arange(n), (DRAWS, 1)), axis=1
    )
    drawn = np.zeros((DRAWS, MEASURES))
    for case in range(n):
        drawn += matrix[case, orders[:, case]] / n
    as_good = (drawn >= own.mean(axis=0) - 1e-12).sum(axis=0)
    return Matching(
        own.mean(axis=0),
        foreign.mean(axis=0),
        gain.std(axis=0, ddof=1) / np.sqrt(n),
        (1 + as_good) / (1 + DRAWS),
    )
