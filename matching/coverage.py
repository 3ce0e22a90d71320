"""How much of the catalogue each criterion finds: of how many places it knows the fact."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.engine.criteria import CRITERIA
from matching.engine.criterion import Criterion
from matching.engine.facts import (
    HARD_OFFERS,
    OFFERS,
    SOFT_OFFERS,
    TALENT_OFFERS,
    Bools,
    Facts,
)
from matching.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Coverage:
    """For a criterion: of how many provinces and parks at least one of its facts is known."""

    criterion: Criterion
    provinces: int
    parks: int


def coverage(snapshot: Snapshot) -> list[Coverage]:
    """The coverage of every criterion, in their order.

    A fact of provinces is known for the parks of those provinces; a fact of parks for the
    provinces that have such a park.
    """
    return [_of(criterion, snapshot.facts) for criterion in CRITERIA]


def _of(criterion: Criterion, facts: Facts) -> Coverage:
    known = np.zeros(facts.parks if criterion.level == "park" else facts.provinces, dtype=bool)
    names = [name for name in criterion.reads if name not in GEOMETRY] or criterion.reads
    for name in names:
        known |= _known(criterion.code, np.asarray(getattr(facts, name)), len(known))
    if criterion.level == "park":
        return Coverage(criterion, len(set(facts.park_province[known].tolist())), int(known.sum()))
    return Coverage(criterion, int(known.sum()), int(known[facts.park_province].sum()))


def _known(code: str, values: NDArray[Any], places: int) -> Bools:
    """[places] where any of a place's values is known."""
    if code in OFFER_COLUMNS:
        values = values[:, np.isin(OFFERS, OFFER_COLUMNS[code])]
    present = ~np.isnan(values.astype(float)).reshape(places, -1)
    return np.asarray(present.any(axis=1))


# What tells how places lie to each other, or what a sector belongs to: no fact of a place.
GEOMETRY = {
    "sector_parent",
    "neighbours",
    "province_macro",
    "km_to_seaport_computed",
    "km_to_airport_computed",
}
OFFER_COLUMNS = {
    "hard.offers": HARD_OFFERS,
    "soft.offers": SOFT_OFFERS,
    "talent.offers": TALENT_OFFERS,
}
