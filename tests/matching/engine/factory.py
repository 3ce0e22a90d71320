"""Synthetic catalogues and profiles for the engine's tests: seeded, small, full of blanks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from matching.engine.facts import (
    MACROS,
    OFFERS,
    PARK_RANGES,
    PREFECTURES,
    PROVINCE_RANGES,
    SURVEY_ISSUES,
    SURVEY_STAGES,
    Facts,
    unknown_facts,
)
from matching.engine.requirements import (
    ENTRY_MODES,
    MUST_HAVES,
    PURPOSES,
    STAGES,
    Requirements,
)

SECTORS = (
    "manufacturing",
    "services",
    "basic-metals",
    "fabricated-metal",
    "machinery",
    "transport-equipment",
    "electronics",
    "it-dx",
)
PARENTS = (-1, -1, 0, 0, 0, 0, 0, 1)
FIELDS = ("mechanical", "electrical", "it")
EVEN = np.full(6, 2.0)

# Worst and best values of facts: the ends of what a blank could turn out to be.
ENDS: dict[str, tuple[float, float]] = {
    "priority": (0, 3),
    "asks_japan": (0, 1),
    "strength": (0, 3),
    "cooperation": (0, 9),
    "tie_level": (0, 3),
    "people_tie": (0, 1),
    "home_desk": (0, 1),
    "talent_fields": (0, 9),
    "japanese_language_schools": (0, 9),
    "japan_partner_schools": (0, 9),
    "support_functions": (0, 1),
    "pledges": (0, 1),
    "population": (0, 1e9),
    "grdp_growth_pct": (-99, 99),
    "grdp_per_capita_vnd_mn": (0, 1e6),
    "exports_usd_mn": (0, 1e9),
    "minimum_wage_vnd_month": (1e9, 0),
    "papi_procedures": (0, 10),
    "papi_corruption_control": (0, 10),
    "papi_law_and_order": (0, 10),
    "papi_e_responsiveness": (0, 10),
    "japanese_projects": (0, 1e6),
    "land_rent_benchmark_usd_m2": (1e6, 0),
    "km_to_japan_flights": (1e5, 0),
    "offers": (0, 1),
    "japanese_developer": (0, 1),
    "tax_incentive": (0, 1),
    "target_sectors": (0, 1),
    "factory_rent_usd_m2_month": (1e6, 0),
    "land_rent_usd_m2": (1e6, 0),
    "free_land_m2": (0, 1e12),
    "occupancy_pct": (100, 0),
    "power_kva": (0, 1e12),
    "water_m3_day": (0, 1e12),
    "wastewater_m3_day": (0, 1e12),
    "japanese_tenants": (0, 1e6),
    "km_to_seaport": (1e5, 0),
    "km_to_airport": (1e5, 0),
    "km_to_expressway": (1e5, 0),
    "km_to_provinces": (1e5, 0),
}
# Criteria that read no fact of which more is better or worse: sizes, and where things lie.
UNORDERED = ("hard.unit_size", "market.ties")
# Plausible values, low and high.
USUAL: dict[str, tuple[float, float]] = {
    **ENDS,
    "population": (4e5, 9e6),
    "grdp_growth_pct": (4, 12),
    "grdp_per_capita_vnd_mn": (45, 195),
    "exports_usd_mn": (1e3, 5e4),
    "minimum_wage_vnd_month": (3.7e6, 5.4e6),
    "papi_procedures": (2.2, 2.53),
    "papi_corruption_control": (6, 8.2),
    "papi_law_and_order": (1.85, 2.07),
    "papi_e_responsiveness": (0.74, 1.26),
    "japanese_projects": (0, 300),
    "land_rent_benchmark_usd_m2": (40, 260),
    "km_to_japan_flights": (1, 320),
    "factory_rent_usd_m2_month": (2, 8),
    "land_rent_usd_m2": (30, 300),
    "free_land_m2": (0, 1e6),
    "power_kva": (2e4, 3e5),
    "water_m3_day": (2e3, 4e4),
    "wastewater_m3_day": (1e3, 2e4),
    "japanese_tenants": (0, 60),
    "km_to_seaport": (0, 200),
    "km_to_airport": (0, 200),
    "km_to_expressway": (0, 40),
    "km_to_provinces": (0, 600),
}
COUNTS = ("priority", "strength", "tie_level", "cooperation", "talent_fields")
ONLY_YES = ("people_tie", "home_desk", "support_functions", "pledges", "tax_incentive")


def blank_facts(parks_in: tuple[int, ...] = (0, 0, 1), provinces: int = 3, **known: Any) -> Facts:
    """Return facts in which only `known` is known; `parks_in` gives the province of each park."""
    return unknown_facts(
        province_slugs=tuple(f"province-{i:02}" for i in range(provinces)),
        park_slugs=tuple(f"park-{i:05}" for i in range(len(parks_in))),
        park_province=np.array(parks_in, dtype=np.intp),
        sector_codes=SECTORS,
        sector_parent=np.array(PARENTS, dtype=np.intp),
        talent_field_codes=FIELDS,
        **known,
    )


def random_facts(
    seed: int, provinces: int = 6, parks: int = 14, known: float = 0.5, sectors: int = 0
) -> Facts:
    """Return a catalogue of random facts of which about `known` is known, some of them ranges.

    The last province has no park. `sectors` > 0 sets their number (codes without meaning).
    """
    rng = np.random.default_rng(seed)
    home = np.sort(rng.integers(0, max(provinces - 1, 1), parks))
    facts = blank_facts(tuple(home), provinces)
    if sectors:
        facts = _more_sectors(facts, sectors)
    values = {name: _random(rng, name, getattr(facts, name).shape, known) for name in USUAL}
    listed = rng.random(parks) < known
    values["target_sectors"] = np.where(
        listed[:, None], rng.random((parks, facts.sectors)) < 0.3, np.nan
    )
    neighbours = rng.random((provinces, provinces)) < 0.3
    neighbours = (neighbours | neighbours.T) & ~np.eye(provinces, dtype=bool)
    return replace(
        facts,
        **values,
        neighbours=neighbours,
        province_macro=rng.integers(0, len(MACROS), provinces),
        has_expressway=(rng.random(provinces) < 0.8).astype(float),
        power_shortage=np.where(rng.random(provinces) < 0.2, 1.0, np.nan),
        operating=(rng.random(parks) < 0.9).astype(float),
        rental_units_m2=np.where(
            rng.random((parks, 3)) < known / 2, rng.uniform(100, 3000, (parks, 3)), np.nan
        ),
        survey_percent=rng.uniform(1, 20, (len(SURVEY_STAGES), len(SURVEY_ISSUES))),
    )


def _more_sectors(facts: Facts, sectors: int) -> Facts:
    """Return blank facts of the same places with `sectors` sectors."""
    extra = tuple(f"sector-{i:02}" for i in range(sectors - len(SECTORS)))
    return unknown_facts(
        province_slugs=facts.province_slugs,
        park_slugs=facts.park_slugs,
        park_province=facts.park_province,
        sector_codes=SECTORS + extra,
        sector_parent=np.array(PARENTS + (0,) * len(extra), dtype=np.intp),
        talent_field_codes=facts.talent_field_codes,
    )


def _random(rng: np.random.Generator, name: str, shape: tuple[int, ...], known: float) -> Any:
    """Return random values of one fact, blank where a coin says so."""
    low, high = sorted(USUAL[name])
    if name in PROVINCE_RANGES + PARK_RANGES:
        first = rng.uniform(low, high, shape[:-1])
        wide = rng.random(first.shape) < 0.3
        second = np.where(wide, rng.uniform(first, high), first)
        values = np.stack([first, second], axis=-1)
        values[rng.random(first.shape) >= known] = np.nan
        open_top = rng.random(first.shape) < 0.05
        values[..., 1][open_top] = np.nan
        return values
    if name in ONLY_YES:
        return np.where(rng.random(shape) < known, 1.0, np.nan)
    whole = name in COUNTS or (low, high) == (0, 1)
    draw = rng.integers(low, high + 1, shape) if whole else rng.uniform(low, high, shape)
    return np.where(rng.random(shape) < known, draw, np.nan)


def ask(facts: Facts, **wishes: Any) -> Requirements:
    """Return one profile; choices are given as codes (or slugs), numbers as they are."""
    req = Requirements.empty(facts)
    codes: dict[str, tuple[str, ...]] = {
        "other_sectors": facts.sector_codes,
        "purposes": PURPOSES,
        "entry_modes": ENTRY_MODES,
        "services": OFFERS,
        "talent_fields": facts.talent_field_codes,
        "customer_provinces": facts.province_slugs,
        "existing_ties": facts.province_slugs,
        "must": MUST_HAVES,
        "must_macro": MACROS,
        "must_province": facts.province_slugs,
    }
    for name, wish in wishes.items():
        array = getattr(req, name)
        if name in codes:
            for code in wish:
                array[0, codes[name].index(code)] = True
        elif name == "sector":
            array[0] = facts.sector_codes.index(wish)
        elif name == "stage":
            array[0] = STAGES.index(wish)
        else:
            array[0] = int(wish) - 1 if name == "prefecture" else wish
    return req


def random_requirements(facts: Facts, seed: int, profiles: int = 1) -> Requirements:
    """Return random profiles without must-haves other than an operating park."""
    rng = np.random.default_rng(seed)
    req = Requirements.empty(facts, profiles)
    req.sector[:] = rng.integers(0, facts.sectors, profiles)
    req.prefecture[:] = rng.integers(-1, PREFECTURES, profiles)
    req.stage[:] = rng.integers(-1, len(STAGES), profiles)
    for name, chance in (
        ("other_sectors", 0.15),
        ("purposes", 0.3),
        ("entry_modes", 0.25),
        ("services", 0.2),
        ("talent_fields", 0.3),
        ("customer_provinces", 0.1),
        ("existing_ties", 0.1),
    ):
        choices = getattr(req, name)
        choices[:] = rng.random(choices.shape) < chance
    for name, low, high in (
        ("employees", 10, 500),
        ("workers", 5, 200),
        ("engineers", 1, 20),
        ("floor_area_m2", 100, 4000),
        ("rent_budget_usd_m2_month", 2, 8),
        ("wage_budget_usd_month", 180, 450),
        ("power_kva", 50, 5000),
        ("water_m3_day", 5, 900),
        ("max_km_to_seaport", 10, 150),
        ("max_km_to_airport", 10, 150),
    ):
        asked = rng.random(profiles) < 0.6
        getattr(req, name)[:] = np.where(asked, rng.uniform(low, high, profiles), np.nan)
    return req


def without_park(facts: Facts, park: int) -> Facts:
    """Return the catalogue as if one park had never been in it."""
    keep = np.arange(facts.parks) != park
    per_park = [name for name in facts.__dataclass_fields__ if _is_per_park(name)]
    slugs = tuple(slug for slug, kept in zip(facts.park_slugs, keep, strict=True) if kept)
    return replace(facts, park_slugs=slugs, **{n: getattr(facts, n)[keep] for n in per_park})


def _is_per_park(name: str) -> bool:
    """Tell the arrays of one row a park from the rest by what they are called."""
    known = blank_facts((0,) * 97, 1)
    value = getattr(known, name)
    return isinstance(value, np.ndarray) and value.shape[:1] == (97,)
