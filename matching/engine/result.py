"""What the engine answers for one profile: index arrays and numbers, no text.

N places of the level asked: 34 provinces or K parks, in the order of their slugs. C criteria in
the order of `criteria.CRITERIA`. Fits and contributions are in points of 100.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from matching.engine.facts import Bools, Floats, Ints
from matching.engine.must_haves import States

Level = Literal["province", "park"]


@dataclass(frozen=True)
class Robustness:
    """SMAA-2 over the places ranked; rows of places that are not ranked hold NaN."""

    draws: int
    p_first: Floats  # [N]
    p_top3: Floats  # [N]
    expected_rank: Floats  # [N]
    acceptability: Floats  # [N, number ranked] share of draws in which the place has the rank
    central_weights: Floats  # [N, 6] mean weights (adding up to 1) of the draws it is first in


@dataclass(frozen=True)
class Question:
    """A blank that could change the first three, were it to turn out well."""

    place: int
    criterion: int  # -1 where the question is about a must-have
    must_have: int  # index into MUST_HAVES, -1 where it is about a criterion
    gain: float  # points of fit; 0 for a must-have
    could_reach_rank: int  # with all open must-haves of the place confirmed, for a must-have
    together: int = 1  # open must-haves of the place, for a must-have; 1: it is the only one


@dataclass(frozen=True)
class Change:
    """The smallest change of one dimension weight that puts another place first."""

    dimension: int
    weight: float  # as given
    to: float  # 0 to 5; at this point the other is first (too), and just beyond it
    first: int  # the place that becomes first


@dataclass(frozen=True)
class Caution:
    """A fact that pulls a place down; `turning.Turnings` tells the fact that would end it."""

    criterion: int
    contribution: float
    target_value: float  # value at which it reaches the mean of the places that stay as they are


@dataclass(frozen=True)
class Result:
    """One profile against all places of a level."""

    level: Level
    # Weights
    weights: Floats  # [C] adding up to 1; 0 where a criterion does not apply
    applies: Bools  # [C]
    dimension_weights: Floats  # [6] as given
    dimension_applies: Bools  # [6] False: no criterion applies, the dimension drops out
    # Places
    park: Ints  # [N] the park that stands for the place, -1 for a province without a known park
    fit: Floats  # [N]
    band: Floats  # [N, 2]
    coverage_province: Floats  # [N] NaN where no province criterion applies
    coverage_site: Floats  # [N] NaN where no site criterion applies
    too_little: Bools  # [N] under a quarter of the site weight known (of all parks of a province)
    status: States  # [N] must-haves: 2 met, 1 to be confirmed, 0 failed
    rank: Ints  # [N] equal fits share a rank; 0 where not ranked
    order: Ints  # ranked places, best first
    set_aside: Ints  # parks with too little data, best first; empty at province level
    excluded: Ints  # places that fail a must-have, best first
    mean_fit: float  # over all N places
    by_macro: tuple[Ints, ...]  # best three ranked places of north, central, south
    # Facts behind the fit
    value: Floats  # [N, C] confirmed value, NaN where nothing is known
    unknown: Floats  # [N, C] share of the criterion that is unknown
    spread: Floats  # [N, C] half of what ranged facts leave open
    contribution: Floats  # [N, C] adding up to fit - mean_fit
    dimension_fit: Floats  # [N, 6] NaN where the dimension drops out
    dimension_coverage: Floats  # [N, 6]
    must_haves: Ints  # [m] indices into MUST_HAVES of the conditions asked
    must_states: States  # [N, m]
    bad_only: Bools  # [N, B] facts known only as bad, in the order of BAD_ONLY_FACTS
    # Explanation
    reasons: tuple[tuple[int, ...], ...]  # per place, criteria with the highest contribution
    cautions: tuple[tuple[Caution, ...], ...]  # per place, the lowest first
    could_be_first: Bools  # [N] by one of its parks; the band shown is that of `park`
    first_by: Ints  # [N] the park by which it could: `park` where that is enough; -1 none
    first_by_fit: Floats  # [N] the upper end of that park's band, NaN where it could not
    questions: tuple[Question, ...]
    changes: tuple[Change, ...]
    robustness: Robustness | None
