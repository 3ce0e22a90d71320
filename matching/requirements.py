"""A question in the words of the engine."""

from collections.abc import Iterable

import numpy as np

from matching.engine.facts import DIMENSIONS, MACROS, OFFERS, Facts, Floats
from matching.engine.requirements import (
    ENTRY_MODES,
    MUST_HAVES,
    PURPOSES,
    STAGES,
    Requirements,
)
from matching.engine.stages import default_weights
from matching.questions import Profile, Question

STAGE_OF_SILENCE = "consider"  # whoever names no stage is at the beginning
_WEIGHT_DECIMALS = 2
_NUMBERS = (
    "employees",
    "workers",
    "engineers",
    "floor_area_m2",
    "rent_budget_usd_m2_month",
    "wage_budget_usd_month",
    "power_kva",
    "water_m3_day",
    "wastewater_m3_day",
    "max_km_to_seaport",
    "max_km_to_airport",
)


def requirements_of(question: Question, facts: Facts) -> Requirements:
    """The question as arrays of one row."""
    req = Requirements.empty(facts)
    profile = question.profile
    req.sector[0] = facts.sector_codes.index(profile.sector)
    req.prefecture[0] = int(profile.prefecture) - 1 if profile.prefecture else -1
    req.stage[0] = STAGES.index(profile.stage) if profile.stage else -1
    for name in _NUMBERS:
        value = getattr(profile, name)
        getattr(req, name)[0] = np.nan if value is None else value
    _choose(req, profile, facts)
    require(req, question, facts)
    return req


def _choose(req: Requirements, profile: Profile, facts: Facts) -> None:
    """Mark what the profile chooses of each list."""
    lists = {
        "other_sectors": facts.sector_codes,
        "purposes": PURPOSES,
        "entry_modes": ENTRY_MODES,
        "services": OFFERS,
        "talent_fields": facts.talent_field_codes,
        "customer_provinces": facts.province_slugs,
        "existing_ties": facts.province_slugs,
    }
    for name, codes in lists.items():
        getattr(req, name)[0] = np.isin(codes, getattr(profile, name))


def require(req: Requirements, question: Question, facts: Facts, row: int = 0) -> None:
    """Set the must-haves of a row to those of `question`."""
    req.must[row] = np.isin(MUST_HAVES, (*question.must_haves, "operating"))
    accepted: dict[str, tuple[Iterable[str] | None, tuple[str, ...]]] = {
        "macro": (question.macros, MACROS),
        "province": (question.provinces, facts.province_slugs),
    }
    for code, (chosen, codes) in accepted.items():
        if chosen is not None:
            req.must[row, MUST_HAVES.index(code)] = True
            getattr(req, f"must_{code}")[row] = np.isin(codes, list(chosen))


def weights_of(question: Question, facts: Facts) -> Floats:
    """The six weights: those given, else those of the firm's stage in the survey."""
    if question.weights is not None:
        return np.array([question.weights[dimension] for dimension in DIMENSIONS], dtype=float)
    return default_weights_of(question, facts)


def default_weights_of(question: Question, facts: Facts) -> Floats:
    """The six weights of the firm's stage in the survey."""
    stage = STAGES.index(question.profile.stage or STAGE_OF_SILENCE)
    return np.asarray(np.round(default_weights(facts)[stage], _WEIGHT_DECIMALS))
