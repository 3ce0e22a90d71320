"""Where a caution would end: the fact, as near as can be to today's, at which it is one no longer.

A caution pulls a place below the mean over all places. A measured fact is turned back through its
value function. A level, a count or a yes is tried step by step, the smallest step first, the mean
included: what one province has may lift its neighbours. Parks of one province share its facts and
move together, so the mean is then taken over the parks of other provinces.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from math import ceil
from typing import Any

import numpy as np

from matching.engine.criteria import CRITERIA
from matching.engine.criterion import Linear, Membership, Ramp
from matching.engine.facts import Facts, Floats, Ints
from matching.engine.requirements import Requirements
from matching.engine.result import Result
from matching.engine.scoring import IS_SITE
from matching.engine.supply import links, reached
from matching.engine.tables import (
    CUSTOMER_KM,
    MACRO_CLOSENESS,
    NEIGHBOUR_CLOSENESS,
    PARENT_DISCOUNT,
    SECTOR_FIELDS,
    buyers_in_reach,
    customers,
    suppliers_in_reach,
)
from matching.engine.values import piecewise

_NEARLY = 1e-9
# Criteria that read levels or counts of one fact: the fact, the highest level that counts, and
# what it is of: the firm's sectors, its prefecture, or the pledges that it needs.
_LEVELS = {
    "sector.priority": ("priority", 3),
    "sector.asks_japan": ("asks_japan", 1),
    "sector.cluster": ("strength", 3),
    "sector.cooperation": ("cooperation", 2),
    "soft.prefecture_tie": ("tie_level", 3),
    "soft.home_desk": ("home_desk", 1),
    "talent.people_tie": ("people_tie", 1),
}
_ESTABLISHED, _LEADING = 2, 3  # levels of a strength that a buyer or a supplier would take
_SCHOOLS = (1, 3)  # one to start with, three to choose from: the anchors of FIELD_DEPTH
_BUYERS = {"sector.customers", "market.buyers"}
_COUNTERPARTS = {
    "sector.customers": customers,
    "market.buyers": buyers_in_reach,
    "market.suppliers": suppliers_in_reach,
}


@dataclass(frozen=True)
class Turning:
    """What a fact would have to be, and of what."""

    fact: float  # a number in the fact's unit, a level, or a count
    most: bool = False  # the fact would have to be this or less; else this or more
    keys: tuple[int, ...] = ()  # the sectors, fields or provinces for which it would be
    among: int = 0  # how many were asked for, where `fact` or `keys` are some of them


# Facts changed, and what that means.
Step = tuple[dict[str, Any], Turning]


def mean_of_others(value: Floats, owner: Ints) -> Floats:
    """Return [N, C]: the mean of `value` [N, C] over the places of other owners [N].

    It is where a contribution turns positive when the fact of an owner changes for all its places.
    A place's own value where there is no other.
    """
    _, of = np.unique(owner, return_inverse=True)
    of = of.ravel()
    count = np.bincount(of)
    own = (of == np.arange(len(count))[:, None]).astype(float) @ value
    others = (len(value) - count)[of, None]
    rest = value.sum(axis=0) - own[of]
    return np.where(others > 0, rest / np.maximum(others, 1), value)


class Turnings:
    """Finds where cautions of one result would end; each answer for a province is kept."""

    def __init__(self, facts: Facts, req: Requirements, result: Result) -> None:
        self.facts, self.req, self.result = facts, req, result
        places = np.arange(len(result.fit))
        self.province: Ints = facts.park_province if result.level == "park" else places
        self.links = links(facts.sector_codes)
        self._found: dict[tuple[int, int], Turning | None] = {}

    def of(self, place: int, criterion: int, target: float) -> Turning | None:
        """Return where the caution ends that pulls `place` down by `criterion`.

        `target`: the value at which it ends, `Caution.target_value`. None where no step ends it.
        """
        if IS_SITE[criterion]:
            return self._at_site(place, criterion, target)
        key = int(self.province[place]), criterion
        if key not in self._found:
            self._found[key] = self._in_province(place, criterion, target)
        return self._found[key]

    def _at_site(self, place: int, criterion: int, target: float) -> Turning | None:
        """A fact of the park, which moves no other place."""
        kind, park = CRITERIA[criterion].value, int(self.result.park[place])
        match CRITERIA[criterion].code:
            case _ if isinstance(kind, Ramp):
                return _on_ramp(kind, self.req, target)
            case _ if isinstance(kind, Membership):
                units = getattr(self.facts, kind.fact)[park]
                return _of_size(kind, self.req, units, target)
            case "sector.park_targets":
                return self._park_targets(park, target)
            case "sector.park_customers":
                return self._park_customers(park, target)
            case "market.customers_near":
                return self._customers_near(park, target)
        assert isinstance(kind, Linear)  # noqa: S101 - a share of offers is all that is left
        wanted = int((kind.key(self.req)[0] > 0).sum())
        return Turning(ceil(target * wanted - _NEARLY), among=wanted)

    def _in_province(self, place: int, criterion: int, target: float) -> Turning | None:
        """A fact of the province, which may move others."""
        kind, code = CRITERIA[criterion].value, CRITERIA[criterion].code
        if isinstance(kind, Ramp):
            return _on_ramp(kind, self.req, target)
        assert isinstance(kind, Linear)  # noqa: S101 - no province has unit sizes
        own = int(self.province[place])
        key, table = kind.key(self.req)[0], kind.table
        if code in _COUNTERPARTS:  # a dear table, of which the firm's sectors are enough
            sectors = np.flatnonzero(key)
            key, table = key[sectors], partial(_COUNTERPARTS[code], sectors=sectors)
        for changed, turning in self._steps(code, own):
            value = key @ table(replace(self.facts, **changed)).value
            if value[own] >= value[self.province].mean() - _NEARLY:
                return turning
        return None

    def _steps(self, code: str, own: int) -> Iterator[Step]:
        """Yield what could be otherwise in a province, the smallest step first."""
        if code in _LEVELS:
            return self._levels(*_LEVELS[code], own, self._keys(code))
        if code == "market.ties":
            return self._ties(own)
        if code == "soft.pledges":
            return self._pledges(own)
        if code.startswith("talent."):
            return self._schools(own, code)
        return self._strengths(own, self.links if code in _BUYERS else self.links.T)

    def _keys(self, code: str) -> list[int]:
        """The firm's sectors, the main one first; or its prefecture."""
        if code in {"soft.prefecture_tie", "soft.home_desk", "talent.people_tie"}:
            return [int(self.req.prefecture[0])]
        return self._sectors()

    def _sectors(self) -> list[int]:
        share = self.req.sector_share()[0]
        return [int(s) for s in np.argsort(-share, kind="stable") if share[s] > 0]

    def _levels(self, name: str, top: int, own: int, keys: list[int]) -> Iterator[Step]:
        """The first of `keys` that something is known of, then all of them, level by level."""
        matrix = getattr(self.facts, name)
        told = [key for key in keys if not np.isnan(matrix[own, key])] or keys
        groups = [tuple(told[:1]), tuple(keys)] if len(keys) > 1 else [tuple(keys)]
        for group in groups:
            for level in range(1, top + 1):
                if (np.nan_to_num(matrix[own, group], nan=-1.0) < level).any():
                    yield {name: _raised(matrix, own, group, level)}, Turning(level, keys=group)

    def _strengths(self, own: int, table: Floats) -> Iterator[Step]:
        """The sectors that would lift it most as strengths of the province, one after the other."""
        strength = self.facts.strength
        room = 1.0 - np.nan_to_num(strength[own]) / _LEADING
        pull = (self.req.sector_share()[0] @ table) * room
        order = tuple(int(s) for s in np.argsort(-pull, kind="stable") if pull[s] > 0)
        for count in range(1, len(order) + 1):
            for level in (_ESTABLISHED, _LEADING):
                keys = order[:count]
                yield {"strength": _raised(strength, own, keys, level)}, Turning(level, keys=keys)

    def _schools(self, own: int, code: str) -> Iterator[Step]:
        """The fields that are taught least, one after the other, at one school and at three."""
        taught = self.facts.talent_fields
        fields = self._fields(code)
        order = sorted(fields, key=lambda field: np.nan_to_num(taught[own, field]))
        for schools in _SCHOOLS:
            for count in range(1, len(order) + 1):
                keys = tuple(order[:count])
                if (np.nan_to_num(taught[own, keys]) < schools).all():
                    changed = {"talent_fields": _raised(taught, own, keys, schools)}
                    yield changed, Turning(schools, keys=keys, among=len(order))

    def _fields(self, code: str) -> list[int]:
        if code == "talent.fields":
            return [int(field) for field in np.flatnonzero(self.req.talent_fields[0])]
        codes = self.facts.talent_field_codes
        named = (
            field
            for sector in self._sectors()
            for field in SECTOR_FIELDS.get(self.facts.sector_codes[sector], ())
        )
        return [codes.index(field) for field in dict.fromkeys(named) if field in codes]

    def _pledges(self, own: int) -> Iterator[Step]:
        """Pledges on the points that the firm needs, one after the other."""
        kind = next(c.value for c in CRITERIA if c.code == "soft.pledges")
        assert isinstance(kind, Linear)  # noqa: S101 - it is a share
        wanted = np.flatnonzero(kind.key(self.req)[0])
        given = self.facts.pledges
        order = sorted(wanted.tolist(), key=lambda pledge: given[own, pledge] != 1)
        for count in range(1, len(order) + 1):
            changed = {"pledges": _raised(given, own, tuple(order[:count]), 1)}
            yield changed, Turning(count, among=len(order))

    def _ties(self, own: int) -> Iterator[Step]:
        """In the part of the country of a tie, then next door to one tie after the other."""
        macro, touching = self.facts.province_macro, self.facts.neighbours
        ties = [int(tie) for tie in np.flatnonzero(self.req.existing_ties[0]) if tie != own]
        for tie in ties:
            there = macro.copy()
            there[own] = macro[tie]
            yield {"province_macro": there}, Turning(MACRO_CLOSENESS, keys=(tie,))
        for count in range(1, len(ties) + 1):
            keys, near = ties[:count], touching.copy()
            near[own, keys] = near[keys, own] = True
            yield {"neighbours": near}, Turning(NEIGHBOUR_CLOSENESS, keys=tuple(keys))

    def _park_targets(self, park: int, target: float) -> Turning:
        """The sectors that the park would have to name: the main one, then the next."""
        sectors, share = self._sectors(), self.req.sector_share()[0]
        named = np.nan_to_num(self.facts.target_sectors[park])
        parent = self.facts.sector_parent
        own = np.where(parent >= 0, named[parent] * PARENT_DISCOUNT, 0.0)
        own = np.maximum(named, own)
        keys: list[int] = []
        for sector in sectors:
            if share @ own >= target - _NEARLY:
                break
            own[sector] = 1.0
            keys.append(sector)
        return Turning(1, keys=tuple(keys))

    def _park_customers(self, park: int, target: float) -> Turning | None:
        """The buyers' fields that the park would have to name, those that buy most first."""
        share = self.req.sector_share()[0]
        named = np.nan_to_num(self.facts.target_sectors[park])
        pull = (share @ self.links) * (1.0 - named)
        sectors = self._sectors()
        keys: list[int] = []
        for sector in np.argsort(-pull, kind="stable")[: int((pull > 0).sum())].tolist():
            named[sector] = 1.0
            keys.append(sector)
            value = share[sectors] @ np.nan_to_num(reached(self.links[sectors], named[None])[:, 0])
            if value >= target - _NEARLY:
                return Turning(1, keys=tuple(keys))
        return None

    def _customers_near(self, park: int, target: float) -> Turning | None:
        """How near the nearest of the customers' provinces would have to be, as few as can be."""
        chosen = np.flatnonzero(self.req.customer_provinces[0])
        km = self.facts.km_to_provinces[park, chosen]
        order = np.argsort(km, kind="stable")
        value = np.nan_to_num(piecewise(km[order], CUSTOMER_KM))
        (near, best), (far, _worst) = CUSTOMER_KM
        for count in range(1, len(order) + 1):
            needed = (target * len(order) - value[count:].sum()) / count
            if needed <= best + _NEARLY:
                fact = far - min(needed, best) * (far - near)
                keys = tuple(chosen[order[:count]].tolist())
                return Turning(float(fact), most=True, keys=keys, among=len(order))
        return None


def _raised(matrix: Floats, own: int, keys: tuple[int, ...], to: float) -> Floats:
    """Return a copy in which a place has at least `to` under each of `keys`."""
    changed = matrix.copy()
    changed[own, keys] = np.fmax(matrix[own, keys], to)
    return changed


def _on_ramp(kind: Ramp, req: Requirements, target: float) -> Turning:
    """The fact that is worth `target`."""
    one, zero = (float(end[0]) for end in kind.points(req))
    return Turning(zero + target * (one - zero), most=one < zero)


def _of_size(kind: Membership, req: Requirements, units: Floats, target: float) -> Turning:
    """The unit size that is worth `target`, on the side of the need where today's best unit is."""
    need = float(getattr(req, kind.need)[0])
    ratios, values = (np.array(part) for part in zip(*kind.anchors, strict=True))
    offered = units[~np.isnan(units)] / need
    worth = np.interp(offered, ratios, values)
    nearest = np.lexsort((np.abs(np.log(np.maximum(offered, _NEARLY))), -worth))[0]
    top = np.flatnonzero(values == values.max())
    if offered[nearest] > ratios[top[0]]:
        falling = slice(int(top[-1]), None)
        ratio = np.interp(-target, -values[falling], ratios[falling])
        return Turning(float(ratio * need), most=True)
    rising = slice(0, int(top[0]) + 1)
    return Turning(float(np.interp(target, values[rising], ratios[rising]) * need))
