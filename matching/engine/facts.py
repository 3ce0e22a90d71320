"""What the engine reads of the catalogue: `Facts`, arrays and nothing else.

Shapes: N provinces, K parks, S sectors, F talent fields; fixed: O offers, 47 prefectures,
13 support functions, 10 pledge categories, 13 survey issues. Rules that hold for every array:

- Places stand in the order of their slugs, because equal fits stand in that order.
- NaN is 'unknown'. 1 / 0 / NaN is 'yes / no / unknown'. Nothing is guessed on the way here.
- A *range* has a last axis of two: low and high. A single stated value stands in both. Only one
  of the two known means 'at least' (low alone) or 'at most' (high alone); the engine then counts
  what is confirmed and treats the rest as unknown.
- Prefecture p (JIS X 0401 code 01 to 47) has index p - 1.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]

DIMENSIONS = ("sector", "hard", "soft", "talent", "market", "cost")
MACROS = ("north", "central", "south")
PREFECTURES = 47

# Ways to start small first: the rungs of the entry ladder that a park can offer.
HARD_OFFERS = (
    "rental_factory",
    "sme_zone",
    "sublease_allowed",
    "incubation_without_company",
    "power_dual_source",
    "fire_station",
)
SOFT_OFFERS = (
    "one_stop_setup",
    "japanese_speaking_staff",
    "accounting_tax",
    "procurement",
    "interpreter",
    "customs_office_on_site",
    "tenants_association_meetings",
    "clinic",
    "bank",
)
TALENT_OFFERS = ("labour_recruitment", "worker_dormitory", "training_centre")
OFFERS = HARD_OFFERS + SOFT_OFFERS + TALENT_OFFERS

SUPPORT_FUNCTIONS = (
    "information",
    "consultation",
    "seminar",
    "matching",
    "mission",
    "site-visit",
    "setup",
    "legal",
    "finance",
    "training",
    "recruitment",
    "incubation",
    "after-care",
)
PLEDGE_CATEGORIES = (
    "licensing",
    "hotline",
    "land",
    "infrastructure",
    "labour",
    "housing",
    "power",
    "tax",
    "strike-prevention",
    "security",
)
SURVEY_STAGES = ("before", "entering", "after")
SURVEY_ISSUES = (
    "market-needs",
    "labour-conditions",
    "tax-rules-incentives",
    "partner-search",
    "case-examples",
    "parts-procurement",
    "investment-environment-rules",
    "manager-talent",
    "trade-customs",
    "worker-retention",
    "tax-procedures",
    "unexpected-cost",
    "ip-protection",
)


@dataclass(frozen=True, eq=False)
class Facts:
    """One catalogue version as arrays. Compared and hashed by identity: never changed in place."""

    # Who is who
    province_slugs: tuple[str, ...]  # N, sorted
    park_slugs: tuple[str, ...]  # K, sorted
    sector_codes: tuple[str, ...]  # S, in any order, parents included
    talent_field_codes: tuple[str, ...]  # F, in any order
    sector_parent: Ints  # [S] index of the parent sector, -1 for a parent
    park_province: Ints  # [K] index of the province a park stands in
    province_macro: Ints  # [N] index into MACROS
    neighbours: Bools  # [N, N] symmetric

    # Provinces by sector
    priority: Floats  # [N, S] 1..3, the highest level on record for the sector
    asks_japan: Floats  # [N, S] 1 / 0: a priority record names Japan; NaN without a record
    strength: Floats  # [N, S] 1..3, strengths of the province profile
    cooperation: Floats  # [N, S] number of agreements with Japan whose fields name the sector

    # Provinces by Japanese prefecture
    tie_level: Floats  # [N, 47] 1 visits or talks, or an agreement no longer active;
    #                    2 MoU or training project; 3 friendship, sister city or desk
    people_tie: Floats  # [N, 47] 1: an agreement whose fields name people or education
    home_desk: Floats  # [N, 47] 1: an organisation of the prefecture has an office there

    # Provinces: people, help, promises
    talent_fields: Floats  # [N, F] number of institutions known to teach the field
    japanese_language_schools: Floats  # [N] institutions with a Japanese-language programme
    japan_partner_schools: Floats  # [N] institutions with a partner in Japan
    support_functions: Floats  # [N, 13] 1: a Japanese-speaking organisation there does it
    pledges: Floats  # [N, 10] 1: a pledge of the category is on record

    # Provinces: measured, each a range [N, 2]
    population: Floats  # persons
    grdp_growth_pct: Floats  # percent a year, latest full year
    grdp_per_capita_vnd_mn: Floats  # million VND a year
    exports_usd_mn: Floats  # million USD a year
    minimum_wage_vnd_month: Floats  # highest zone of the province (searched for all)
    papi_procedures: Floats  # PAPI sub-dimension points, former units spanning a range
    papi_corruption_control: Floats
    papi_law_and_order: Floats
    papi_e_responsiveness: Floats
    japanese_projects: Floats  # Japanese FDI projects; a former part alone gives 'at least'
    land_rent_benchmark_usd_m2: Floats  # for the whole lease term
    km_to_japan_flights: Floats  # great circle from the centre (searched for all)
    has_expressway: Floats  # [N] 1 / 0, in operation (searched for all: never NaN)
    power_shortage: Floats  # [N] 1: reported; NaN otherwise: known only as bad, never scored

    # Parks: offers and identity
    offers: Floats  # [K, O] 1 / 0 / NaN in the order of OFFERS
    operating: Floats  # [K] 1 / 0
    japanese_developer: Floats  # [K] 1 / 0 / NaN
    tax_incentive: Floats  # [K] 1: an incentive of the site is on record; NaN otherwise
    target_sectors: Floats  # [K, S] 1 named, 0 not named; a whole row NaN without a list

    # Parks: measured, each a range [K, 2] unless another shape is given
    rental_units_m2: Floats  # [K, U] unit sizes on offer, padded with NaN
    factory_rent_usd_m2_month: Floats
    land_rent_usd_m2: Floats  # for the whole lease term
    free_land_m2: Floats
    occupancy_pct: Floats
    power_kva: Floats  # capacity of the park's supply
    water_m3_day: Floats  # capacity of the park's supply
    wastewater_m3_day: Floats  # capacity of the park's treatment
    japanese_tenants: Floats
    km_to_seaport: Floats  # [K] stated to a deep-sea port, else great circle to the nearest
    km_to_seaport_computed: Bools  # [K] True: great circle
    km_to_airport: Floats  # [K] stated to an open international one, else great circle to it
    km_to_airport_computed: Bools  # [K]
    km_to_expressway: Floats  # [K] stated only
    km_to_provinces: Floats  # [K, N] great circle to every province's centre

    # The survey of 262 Kansai manufacturers: percent of firms per stage and issue
    survey_percent: Floats  # [3, 13] in the order of SURVEY_STAGES, SURVEY_ISSUES; NaN not listed

    def __post_init__(self) -> None:
        """Raise ValueError where a shape or the order of slugs is wrong."""
        for name, shape in _shapes(self).items():
            actual = np.shape(getattr(self, name))
            if actual != shape:
                raise ValueError(f"Facts.{name}: shape {actual}, expected {shape}")
        for name in ("province_slugs", "park_slugs"):
            slugs = getattr(self, name)
            if list(slugs) != sorted(set(slugs)):
                raise ValueError(f"Facts.{name}: not sorted, or not unique")

    @property
    def provinces(self) -> int:
        """N."""
        return len(self.province_slugs)

    @property
    def parks(self) -> int:
        """K."""
        return len(self.park_slugs)

    @property
    def sectors(self) -> int:
        """S."""
        return len(self.sector_codes)


PROVINCE_RANGES = (
    "population",
    "grdp_growth_pct",
    "grdp_per_capita_vnd_mn",
    "exports_usd_mn",
    "minimum_wage_vnd_month",
    "papi_procedures",
    "papi_corruption_control",
    "papi_law_and_order",
    "papi_e_responsiveness",
    "japanese_projects",
    "land_rent_benchmark_usd_m2",
    "km_to_japan_flights",
)
PARK_RANGES = (
    "factory_rent_usd_m2_month",
    "land_rent_usd_m2",
    "free_land_m2",
    "occupancy_pct",
    "power_kva",
    "water_m3_day",
    "wastewater_m3_day",
    "japanese_tenants",
)


def _shapes(facts: Facts) -> dict[str, tuple[int, ...]]:
    """Return the expected shape of every array of `facts`, by field name."""
    n, k, s = len(facts.province_slugs), len(facts.park_slugs), len(facts.sector_codes)
    f, units = len(facts.talent_field_codes), np.shape(facts.rental_units_m2)[-1]
    shapes: dict[str, tuple[int, ...]] = dict.fromkeys(PROVINCE_RANGES, (n, 2))
    shapes |= dict.fromkeys(PARK_RANGES, (k, 2))
    shapes |= dict.fromkeys(("priority", "asks_japan", "strength", "cooperation"), (n, s))
    shapes |= dict.fromkeys(("tie_level", "people_tie", "home_desk"), (n, PREFECTURES))
    shapes |= dict.fromkeys(
        (
            "province_macro",
            "japanese_language_schools",
            "japan_partner_schools",
            "has_expressway",
            "power_shortage",
        ),
        (n,),
    )
    shapes |= dict.fromkeys(
        (
            "park_province",
            "operating",
            "japanese_developer",
            "tax_incentive",
            "km_to_seaport",
            "km_to_seaport_computed",
            "km_to_airport",
            "km_to_airport_computed",
            "km_to_expressway",
        ),
        (k,),
    )
    return shapes | {
        "sector_parent": (s,),
        "neighbours": (n, n),
        "talent_fields": (n, f),
        "support_functions": (n, len(SUPPORT_FUNCTIONS)),
        "pledges": (n, len(PLEDGE_CATEGORIES)),
        "offers": (k, len(OFFERS)),
        "target_sectors": (k, s),
        "rental_units_m2": (k, units),
        "km_to_provinces": (k, n),
        "survey_percent": (len(SURVEY_STAGES), len(SURVEY_ISSUES)),
    }


def unknown_facts(
    *,
    province_slugs: tuple[str, ...],
    park_slugs: tuple[str, ...],
    park_province: Ints,
    sector_codes: tuple[str, ...],
    sector_parent: Ints,
    talent_field_codes: tuple[str, ...],
    rental_units: int = 1,
    **known: Any,
) -> Facts:
    """Build Facts in which everything not given in `known` is unknown (False for bools).

    `rental_units` is U, the width of `rental_units_m2`. Raises ValueError for a wrong shape and
    TypeError for an unknown name. `has_expressway` and `operating` default to 0 and 1.
    """
    shell = object.__new__(Facts)
    identity: dict[str, Any] = {
        "province_slugs": province_slugs,
        "park_slugs": park_slugs,
        "park_province": park_province,
        "sector_codes": sector_codes,
        "sector_parent": sector_parent,
        "talent_field_codes": talent_field_codes,
        "rental_units_m2": known.pop(
            "rental_units_m2", np.full((len(park_slugs), rental_units), np.nan)
        ),
    }
    for name, value in identity.items():
        object.__setattr__(shell, name, value)
    defaults = {name: _unknown(name, shape) for name, shape in _shapes(shell).items()}
    allowed = {field.name for field in fields(Facts)}
    if not known.keys() <= allowed:
        raise TypeError(f"unknown facts: {sorted(known.keys() - allowed)}")
    return Facts(**{**defaults, **identity, **known})


def _unknown(name: str, shape: tuple[int, ...]) -> NDArray[Any]:
    """Return the array that says nothing about `name`."""
    if name in {"neighbours", "km_to_seaport_computed", "km_to_airport_computed"}:
        return np.zeros(shape, dtype=bool)
    if name == "province_macro":
        return np.zeros(shape, dtype=np.intp)
    if name == "has_expressway":
        return np.zeros(shape)
    return np.ones(shape) if name == "operating" else np.full(shape, np.nan)
