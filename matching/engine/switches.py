"""When a criterion applies, and what a profile weighs in it: functions of Requirements.

A switch returns [P] booleans. A key returns [P, Kd] shares that add up to 1 where the criterion
applies: which rows of a criterion's table count for the profile.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from matching.engine.facts import (
    HARD_OFFERS,
    OFFERS,
    PLEDGE_CATEGORIES,
    PREFECTURES,
    SOFT_OFFERS,
    TALENT_OFFERS,
    Bools,
    Floats,
)
from matching.engine.requirements import Requirements

Switch = Callable[[Requirements], Bools]
Key = Callable[[Requirements], Floats]

# Japan's law draws the line of a small or medium manufacturer at 300 people.
SME_EMPLOYEES = 300
RENTAL_MODES = ("rental-factory", "sublease", "incubation", "joint-entry")
# Modes that need no factory of one's own in a park.
SITELESS_MODES = ("office", "contract-production")
OWN_MODES = ("own-factory", "joint-venture")
EXPORTS = ("export-to-japan", "third-country-export")
PEOPLE_PURPOSES = ("development-offshore", "recruit-talent")

MODE_OFFERS = {
    "rental-factory": "rental_factory",
    "sublease": "sublease_allowed",
    "incubation": "incubation_without_company",
    "joint-entry": "sme_zone",
}


def always(req: Requirements) -> Bools:
    """Apply to every profile."""
    return np.ones(req.profiles, dtype=bool)


def given(name: str) -> Switch:
    """Apply where a number is given, an index is not -1, or any choice is made."""

    def switch(req: Requirements) -> Bools:
        asked = getattr(req, name)
        if asked.dtype == bool:
            return np.asarray(asked.any(axis=1))
        return np.asarray(~np.isnan(asked) if asked.dtype.kind == "f" else asked >= 0)

    return switch


def both(*switches: Switch) -> Switch:
    """Apply where all of the switches do."""
    return lambda req: np.logical_and.reduce([switch(req) for switch in switches])


def either(*switches: Switch) -> Switch:
    """Apply where any of the switches does."""
    return lambda req: np.logical_or.reduce([switch(req) for switch in switches])


def without(switch: Switch) -> Switch:
    """Apply where the switch does not."""
    return lambda req: ~switch(req)


def purpose(*codes: str) -> Switch:
    """Apply where any of the purposes is named."""
    return lambda req: req.wants_purpose(codes)


def mode(*codes: str) -> Switch:
    """Apply where any of the entry modes is named."""
    return lambda req: req.wants_mode(codes)


def plant(req: Requirements) -> Bools:
    """Apply where a factory of one's own is looked for: not for an office or a contractor alone."""
    elsewhere = req.wants_mode(SITELESS_MODES) | req.wants_purpose(("development-offshore",))
    on_site = req.wants_mode(RENTAL_MODES + OWN_MODES)
    return on_site | ~elsewhere


def land(req: Requirements) -> Bools:
    """Apply where land is looked for: a plant of one's own, or a joint venture that builds."""
    return req.wants_mode(OWN_MODES)


def hall(req: Requirements) -> Bools:
    """Apply where a hall is rented: a rental mode, or no mode said but a factory looked for."""
    return req.wants_mode(RENTAL_MODES) | (plant(req) & ~land(req))


def one(req: Requirements) -> Floats:
    """Key of a general criterion: its one row counts in full."""
    return np.ones((req.profiles, 1))


def sectors(req: Requirements) -> Floats:
    """Key [P, S]: the main sector two thirds, the others the rest."""
    return req.sector_share()


def prefecture(req: Requirements) -> Floats:
    """Key [P, 47]: the firm's own prefecture; nothing where none is given."""
    key = np.zeros((req.profiles, PREFECTURES))
    rows = np.flatnonzero(req.prefecture >= 0)
    key[rows, req.prefecture[rows]] = 1.0
    return key


def evenly(choices: Bools) -> Floats:
    """Return [P, n]: every chosen column the same share; nothing where none is chosen."""
    count = choices.sum(axis=1, keepdims=True)
    return np.asarray(choices / np.maximum(count, 1), dtype=float)


def chosen(name: str) -> Key:
    """Key of a field of choices, each the same share."""
    return lambda req: evenly(getattr(req, name))


def wanted_hard_offers(req: Requirements) -> Bools:
    """Return [P, 6]: hard offers asked for by name or by the way of entry."""
    wanted = _asked(req, HARD_OFFERS)
    small = np.nan_to_num(req.employees, nan=np.inf) <= SME_EMPLOYEES
    wanted[:, HARD_OFFERS.index("sme_zone")] |= small & req.wants_mode(RENTAL_MODES)
    for code, offer in MODE_OFFERS.items():
        wanted[:, HARD_OFFERS.index(offer)] |= req.wants_mode((code,))
    return wanted


def wanted_soft_offers(req: Requirements) -> Bools:
    """Return [P, 9]: services of the park's office asked for."""
    return _asked(req, SOFT_OFFERS)


def wanted_talent_offers(req: Requirements) -> Bools:
    """Return [P, 3]: offers about people, asked for or needed by whoever hires workers."""
    wanted = _asked(req, TALENT_OFFERS)
    hires = plant(req) & ~np.isnan(req.workers)
    wanted[:, TALENT_OFFERS.index("labour_recruitment")] |= hires
    return wanted


def _asked(req: Requirements, group: tuple[str, ...]) -> Bools:
    """Return a copy of the columns of `services` that belong to a group of offers."""
    return req.services[:, [OFFERS.index(offer) for offer in group]]


def wanted_pledges(req: Requirements) -> Bools:
    """Return [P, 10]: the pledges that speak of what the firm is about to need."""
    own, hires = land(req), ~np.isnan(req.workers)
    own_presence = req.entry_modes.any(axis=1)
    asked = {
        "licensing": own_presence,
        "hotline": own_presence,
        "land": own,
        "infrastructure": own,
        "labour": hires,
        "housing": hires,
        "strike-prevention": hires,
        "power": ~np.isnan(req.power_kva),
        "tax": own,
        "security": np.zeros(req.profiles, dtype=bool),  # no profile asks for it yet
    }
    return np.stack([asked[category] for category in PLEDGE_CATEGORIES], axis=1)


def wants_any(wanted: Callable[[Requirements], Bools]) -> Switch:
    """Apply where anything at all is wanted."""
    return lambda req: np.asarray(wanted(req).any(axis=1))


def share_of(wanted: Callable[[Requirements], Bools]) -> Key:
    """Key of an offer criterion: every wanted one the same share."""
    return lambda req: evenly(wanted(req))
