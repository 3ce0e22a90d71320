"""Must-haves: never bought off. Every condition of every row is met, unknown or failed.

`READS` says which facts a condition reads: a place on record as failing one is excluded, a place
of which nothing is known is 'to be confirmed'.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from matching.engine.facts import OFFERS, Bools, Floats, Ints
from matching.engine.points import PLOT_PER_FLOOR, UNIT_FIT, UNIT_WITHIN
from matching.engine.prepared import Prepared
from matching.engine.requirements import (
    MEASURED_MUST_HAVES,
    MUST_HAVE_NEEDS,
    MUST_HAVES,
    Requirements,
)
from matching.engine.switches import hall, land
from matching.engine.values import membership

States = NDArray[np.int8]

FAILED, UNKNOWN, MET = 0, 1, 2

READS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(OFFERS, ("offers",)),
    "floor_area": ("rental_units_m2", "free_land_m2"),
    "rent_within_budget": ("factory_rent_usd_m2_month",),
    "power": ("power_kva",),
    "water": ("water_m3_day",),
    "wastewater": ("wastewater_m3_day",),
    "seaport_within_km": ("km_to_seaport",),
    "airport_within_km": ("km_to_airport",),
    "expressway": ("has_expressway",),
    "macro": ("province_macro",),
    "province": ("park_province",),
    "operating": ("operating",),
}
# A unit that suits by half can be lived with; one that is worth nothing cannot.
UNIT_ENOUGH = 0.5

_STATIC = (*OFFERS, "expressway", "operating")
_STATIC_COLUMNS = np.array([MUST_HAVES.index(code) for code in _STATIC])


def asked(req: Requirements) -> Bools:
    """Return [P, M]: conditions asked; a measured one without its number is not asked."""
    must = req.must.copy()
    for code, need in MUST_HAVE_NEEDS.items():
        must[:, MUST_HAVES.index(code)] &= ~np.isnan(getattr(req, need))
    return must


def statuses(prepared: Prepared, req: Requirements) -> States:
    """Return [P, R]: the worst state among the conditions asked, MET where none is."""
    must = asked(req)
    fails, unknown = _static(prepared)
    chosen = must[:, _STATIC_COLUMNS].astype(float)
    status = np.where(chosen @ unknown > 0, UNKNOWN, MET).astype(np.int8)
    status[chosen @ fails > 0] = FAILED
    for code in (*MEASURED_MUST_HAVES, "macro", "province"):
        column = must[:, MUST_HAVES.index(code), None]
        if column.any():
            states = state(prepared, req, code)
            np.minimum(status, np.where(column, states, MET), out=status)
    return status


def state(prepared: Prepared, req: Requirements, code: str) -> States:
    """Return [P, R]: the state of one condition, whether or not it is asked."""
    if code in _STATIC:
        fails, unknown = _static(prepared)
        row = _STATIC.index(code)
        states = np.where(fails[row] > 0, FAILED, np.where(unknown[row] > 0, UNKNOWN, MET))
        return np.broadcast_to(states.astype(np.int8), (req.profiles, prepared.rows))
    if code == "macro":
        macro = prepared.facts.province_macro[prepared.row_province]
        return np.where(req.must_macro[:, macro], MET, FAILED).astype(np.int8)
    if code == "province":
        return np.where(req.must_province[:, prepared.row_province], MET, FAILED).astype(np.int8)
    return _on_rows(prepared, _measured(prepared, req, code))


def states_of(prepared: Prepared, req: Requirements, conditions: Ints) -> States:
    """Return [m, R]: the states of chosen conditions (indices into MUST_HAVES), for P = 1."""
    if not len(conditions):
        return np.zeros((0, prepared.rows), dtype=np.int8)
    return np.stack([state(prepared, req, MUST_HAVES[m])[0] for m in conditions])


@lru_cache(maxsize=4)
def _static(prepared: Prepared) -> tuple[Floats, Floats]:
    """Return [codes of _STATIC, R] twice: 1 where failed, 1 where unknown."""
    facts = prepared.facts
    parks = np.vstack([facts.offers.T, facts.operating])
    rows = np.pad(parks, ((0, 0), (0, prepared.rows - facts.parks)), constant_values=np.nan)
    expressway = facts.has_expressway[prepared.row_province]
    values = np.vstack([rows[:-1], expressway, rows[-1]])
    return (values == 0).astype(float), np.isnan(values).astype(float)


def _on_rows(prepared: Prepared, parks: States) -> States:
    """Add an unknown state [P, K] -> [P, R] for each province without a park."""
    return np.pad(parks, ((0, 0), (0, prepared.rows - parks.shape[1])), constant_values=UNKNOWN)


def _measured(prepared: Prepared, req: Requirements, code: str) -> States:
    """Return [P, K]: the state of a condition that compares a number with a fact."""
    facts = prepared.facts
    if code == "floor_area":
        return _floor_area(prepared, req)
    if code == "rent_within_budget":
        return _at_most(facts.factory_rent_usd_m2_month, req.rent_budget_usd_m2_month)
    if code == "seaport_within_km":
        return _at_most(_point(facts.km_to_seaport), req.max_km_to_seaport)
    if code == "airport_within_km":
        return _at_most(_point(facts.km_to_airport), req.max_km_to_airport)
    if code == "power":
        return _at_least(facts.power_kva, req.power_kva)
    if code == "water":
        return _at_least(facts.water_m3_day, req.water_m3_day)
    return _at_least(facts.wastewater_m3_day, req.discharge_m3_day())


def _point(fact: Floats) -> Floats:
    """Return a fact [K] as a range [K, 2]."""
    return np.stack([fact, fact], axis=-1)


def _at_most(fact: Floats, limit: Floats) -> States:
    """Met where the whole range [K, 2] lies within the limit [P], failed where none of it does."""
    low, high, most = fact[None, :, 0], fact[None, :, 1], limit[:, None]
    return np.where(high <= most, MET, np.where(low > most, FAILED, UNKNOWN)).astype(np.int8)


def _at_least(fact: Floats, need: Floats) -> States:
    """Met where the whole range [K, 2] covers the need [P], failed where none of it does.

    A need that is not given is met by any supply on record.
    """
    low, high, least = fact[None, :, 0], fact[None, :, 1], np.nan_to_num(need)[:, None]
    return np.where(low >= least, MET, np.where(high < least, FAILED, UNKNOWN)).astype(np.int8)


def _floor_area(prepared: Prepared, req: Requirements) -> States:
    """Met by a unit that suits, or by land for the plot, whichever way of entry is looked for."""
    facts = prepared.facts
    states = np.full((req.profiles, facts.parks), FAILED, dtype=np.int8)
    listed = ~np.isnan(facts.rental_units_m2).all(axis=1)
    area = np.nan_to_num(req.floor_area_m2, nan=1.0)
    units = np.full(states.shape, UNKNOWN, dtype=np.int8)
    value = membership(area, facts.rental_units_m2[listed], UNIT_FIT, UNIT_WITHIN)
    units[:, listed] = np.where(value >= UNIT_ENOUGH, MET, np.where(value > 0, UNKNOWN, FAILED))
    plots = _at_least(facts.free_land_m2, area * PLOT_PER_FLOOR)
    for wanted, found in ((hall(req), units), (land(req), plots)):
        states = np.where(wanted[:, None], np.maximum(states, found), states)
    neither = ~(hall(req) | land(req))
    return np.where(neither[:, None], UNKNOWN, states).astype(np.int8)
