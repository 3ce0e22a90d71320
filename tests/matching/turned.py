"""A catalogue in which what would end a caution has come true."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from matching.engine.criteria import CRITERIA
from matching.engine.facts import OFFERS, Facts
from matching.engine.must_haves import FAILED
from matching.engine.requirements import Requirements
from matching.engine.result import Result
from matching.engine.tables import MACRO_CLOSENESS
from matching.engine.turning import Turning

_OF_SECTORS = {
    "sector.priority": "priority",
    "sector.asks_japan": "asks_japan",
    "sector.cluster": "strength",
    "sector.customers": "strength",
    "sector.cooperation": "cooperation",
    "soft.prefecture_tie": "tie_level",
    "soft.home_desk": "home_desk",
    "talent.fields": "talent_fields",
    "talent.sector_fields": "talent_fields",
    "talent.people_tie": "people_tie",
    "market.buyers": "strength",
    "market.suppliers": "strength",
}


def turned(
    facts: Facts, req: Requirements, result: Result, place: int, criterion: int, turning: Turning
) -> Facts:
    """Return `facts` with the fact behind a caution as `turning` has it."""
    code, kind = CRITERIA[criterion].code, CRITERIA[criterion].value
    park = int(result.park[place])
    own = int(facts.park_province[place]) if result.level == "park" else place
    keys = list(turning.keys)
    if code in _OF_SECTORS:
        return _with(facts, _OF_SECTORS[code], (own, keys), turning.fact, at_least=True)
    match code:
        case "sector.park_targets" | "sector.park_customers":
            return _with(facts, "target_sectors", (park, keys), 1.0)
        case "market.customers_near":
            return _with(facts, "km_to_provinces", (park, keys), turning.fact)
        case "market.ties" if turning.fact == MACRO_CLOSENESS:
            return _with(facts, "province_macro", (own,), facts.province_macro[keys[0]])
        case "market.ties":
            near = facts.neighbours.copy()
            near[own, keys] = near[keys, own] = True
            return replace(facts, neighbours=near)
        case "hard.unit_size":
            wider = np.c_[facts.rental_units_m2, np.full(facts.parks, np.nan)]
            wider[park, -1] = turning.fact
            return replace(facts, rental_units_m2=wider)
        case "cost.wage":
            return _with(facts, "minimum_wage_vnd_month", (own,), turning.fact)
        case "hard.offers" | "soft.offers" | "talent.offers":
            return _offered(facts, park, kind.table, kind.key(req)[0], turning)  # type: ignore[union-attr]
    return _with(facts, kind.fact, (park,), turning.fact)  # type: ignore[union-attr]


def _with(facts: Facts, name: str, at: Any, value: Any, *, at_least: bool = False) -> Facts:
    array = getattr(facts, name).copy()
    array[at] = np.fmax(array[at], value) if at_least else value
    return replace(facts, **{name: array})


def _offered(facts: Facts, park: int, table: Any, key: np.ndarray, turning: Turning) -> Facts:
    """As many of the wanted offers confirmed as `turning` says, the rest as they are."""
    group = [offer for offer in OFFERS if offer in _group(table)]
    wanted = [OFFERS.index(group[i]) for i in np.flatnonzero(key)]
    confirmed = [i for i in wanted if facts.offers[park, i] == 1]
    others = [i for i in wanted if i not in confirmed]
    more = others[: max(int(turning.fact) - len(confirmed), 0)]
    return _with(facts, "offers", (park, more), 1.0) if more else facts


def _group(table: Any) -> list[str]:
    (columns,) = (cell.cell_contents for cell in table.__closure__)
    return [OFFERS[column] for column in columns]


def is_caution(result: Result, place: int, criterion: int) -> bool:
    """Whether a criterion is among the cautions of a place that fails no must-have."""
    named = any(caution.criterion == criterion for caution in result.cautions[place])
    return named and bool(result.status[place] > FAILED)
