"""What firms ask for: `Requirements`, arrays of leading length P, one row a profile.

P is 1 for one firm and thousands for the batch; the same code serves both. 'Not asked' is NaN in
a number, -1 in an index, False in a choice: what is left out does not score.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from matching.engine.facts import MACROS, OFFERS, Bools, Facts, Floats, Ints

STAGES = ("consider", "prepare", "enter", "operate")
PURPOSES = (
    "export-to-japan",
    "supply-japanese-makers",
    "supply-local-makers",
    "sell-in-vietnam",
    "third-country-export",
    "development-offshore",
    "recruit-talent",
)
ENTRY_MODES = (
    "rental-factory",
    "own-factory",
    "sublease",
    "incubation",
    "contract-production",
    "joint-venture",
    "joint-entry",
    "office",
)

# Must-haves, in the order of Requirements.must. Each offer of a park is one, by its own code.
MEASURED_MUST_HAVES = (
    "floor_area",
    "rent_within_budget",
    "power",
    "water",
    "wastewater",
    "seaport_within_km",
    "airport_within_km",
)
PLACE_MUST_HAVES = ("expressway", "macro", "province", "operating")
MUST_HAVES = OFFERS + MEASURED_MUST_HAVES + PLACE_MUST_HAVES

# A condition that compares with a number is not asked without it. Power, water and waste water
# without a number ask for a supply on record, of whatever size.
MUST_HAVE_NEEDS = {
    "floor_area": "floor_area_m2",
    "rent_within_budget": "rent_budget_usd_m2_month",
    "seaport_within_km": "max_km_to_seaport",
    "airport_within_km": "max_km_to_airport",
}

MAIN_SECTOR_SHARE = 2 / 3  # a firm invests for its main line; side lines share the last third
# Where no meter stands, waste water is billed as 80 % of the water taken (Decree 80/2014/ND-CP).
WASTEWATER_SHARE_OF_WATER = 0.8


@dataclass(frozen=True, eq=False)
class Requirements:
    """What P firms ask for. Build with `empty`, then set the entries of its arrays."""

    sector: Ints  # [P] index of Facts.sector_codes, always given
    other_sectors: Bools  # [P, S]
    prefecture: Ints  # [P] 0..46 (JIS code - 1), -1 not given
    stage: Ints  # [P] index into STAGES, -1 not given
    purposes: Bools  # [P, 7]
    entry_modes: Bools  # [P, 8]
    services: Bools  # [P, O] offers wanted, in the order of OFFERS
    talent_fields: Bools  # [P, F]
    customer_provinces: Bools  # [P, N]
    existing_ties: Bools  # [P, N] provinces where the firm already has people or partners
    employees: Floats  # [P] persons in Japan
    workers: Floats  # [P] persons to hire
    engineers: Floats  # [P] persons to hire
    floor_area_m2: Floats  # [P]
    rent_budget_usd_m2_month: Floats  # [P]
    wage_budget_usd_month: Floats  # [P] gross pay of a worker
    power_kva: Floats  # [P]
    water_m3_day: Floats  # [P]
    wastewater_m3_day: Floats  # [P] NaN: 80 % of the water
    max_km_to_seaport: Floats  # [P]
    max_km_to_airport: Floats  # [P]
    must: Bools  # [P, M] conditions that exclude, in the order of MUST_HAVES
    must_macro: Bools  # [P, 3] accepted parts of the country, read where must 'macro'
    must_province: Bools  # [P, N] accepted provinces, read where must 'province'

    @classmethod
    def empty(cls, facts: Facts, profiles: int = 1) -> Requirements:
        """Return `profiles` rows that ask for nothing but an operating park (on by default)."""
        wide = {
            "other_sectors": facts.sectors,
            "purposes": len(PURPOSES),
            "entry_modes": len(ENTRY_MODES),
            "services": len(OFFERS),
            "talent_fields": len(facts.talent_field_codes),
            "customer_provinces": facts.provinces,
            "existing_ties": facts.provinces,
            "must": len(MUST_HAVES),
            "must_macro": len(MACROS),
            "must_province": facts.provinces,
        }
        choices = {name: np.zeros((profiles, width), dtype=bool) for name, width in wide.items()}
        choices["must"][:, MUST_HAVES.index("operating")] = True
        indices = {"sector": 0, "prefecture": -1, "stage": -1}
        codes = {name: np.full(profiles, value, np.intp) for name, value in indices.items()}
        numbers = {
            field.name: np.full(profiles, np.nan)
            for field in fields(cls)
            if field.name not in choices and field.name not in codes
        }
        arrays: dict[str, Any] = {**choices, **codes, **numbers}
        return cls(**arrays)

    @property
    def profiles(self) -> int:
        """P."""
        return len(self.sector)

    def take(self, rows: slice | Ints) -> Requirements:
        """Return the profiles of `rows` (views where `rows` is a slice)."""
        return Requirements(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})

    def sector_share(self) -> Floats:
        """Return [P, S] adding up to 1: the main sector two thirds, the others the rest."""
        others = self.other_sectors.copy()
        rows = np.arange(self.profiles)
        others[rows, self.sector] = False
        count = others.sum(axis=1, keepdims=True)
        share = others * (1 - MAIN_SECTOR_SHARE) / np.maximum(count, 1)
        share[rows, self.sector] = np.where(count[:, 0] > 0, MAIN_SECTOR_SHARE, 1.0)
        return np.asarray(share, dtype=float)

    def wants_purpose(self, codes: Iterable[str]) -> Bools:
        """Return [P]: True where any of the purposes is named."""
        return np.asarray(self.purposes[:, [PURPOSES.index(code) for code in codes]].any(axis=1))

    def wants_mode(self, codes: Iterable[str]) -> Bools:
        """Return [P]: True where any of the entry modes is named."""
        columns = [ENTRY_MODES.index(code) for code in codes]
        return np.asarray(self.entry_modes[:, columns].any(axis=1))

    def discharge_m3_day(self) -> Floats:
        """Return [P]: waste water to treat, stated or 80 % of the water taken."""
        estimate = self.water_m3_day * WASTEWATER_SHARE_OF_WATER
        return np.where(np.isnan(self.wastewater_m3_day), estimate, self.wastewater_m3_day)
