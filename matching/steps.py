"""The profile in four short steps: which fields stand on which, and where a wrong one is mended."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from localities.models import Dimension

WEIGHTS = tuple(f"w_{dimension}" for dimension in Dimension.values)
# What the fields are called.
LABELS: dict[str, str | Promise] = {
    "sector": _("Your sector"),
    "other_sectors": _("Further sectors"),
    "prefecture": _("Prefecture"),
    "employees": _("Employees in Japan"),
    "stage": _("How far are you?"),
    "purposes": _("What for?"),
    "customer_provinces": _("Provinces where your customers are"),
    "existing_ties": _("Provinces where you have people or partners already"),
    "entry_modes": _("How would you start?"),
    "floor_area_m2": _("Floor area"),
    "rent_budget_usd_m2_month": _("Rent, at most"),
    "power_kva": _("Power"),
    "water_m3_day": _("Water"),
    "max_km_to_seaport": _("Seaport within"),
    "max_km_to_airport": _("Airport within"),
    "services": _("What should the park offer?"),
    "workers": _("Workers to hire"),
    "engineers": _("Engineers to hire"),
    "wage_budget_usd_month": _("A worker's wage, at most"),
    "talent_fields": _("Fields of study"),
    "must": _("Must-haves"),
    "macro": _("Parts of the country to look at"),
    "level": _("What to rank"),
    "limit": _("Places shown in full"),
    **{f"w_{dimension.value}": dimension.label for dimension in Dimension},
}


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the profile."""

    number: int
    title: str | Promise
    short: str | Promise  # its name in the progress
    fields: tuple[str, ...]


STEPS = (
    Step(
        1,
        _("What you make, for whom"),
        _("Products and customers"),
        (
            "sector",
            "other_sectors",
            "prefecture",
            "employees",
            "stage",
            "purposes",
            "customer_provinces",
            "existing_ties",
        ),
    ),
    Step(
        2,
        _("The site you need"),
        _("Site"),
        (
            "entry_modes",
            "floor_area_m2",
            "rent_budget_usd_m2_month",
            "power_kva",
            "water_m3_day",
            "max_km_to_seaport",
            "max_km_to_airport",
            "services",
        ),
    ),
    Step(
        3,
        _("The people you need"),
        _("People"),
        ("workers", "engineers", "wage_budget_usd_month", "talent_fields"),
    ),
    Step(
        4,
        _("What you cannot do without, and what matters"),
        _("Must-haves and weights"),
        ("must", "macro", *WEIGHTS, "level", "limit"),
    ),
)
assert set(LABELS) == {name for step in STEPS for name in step.fields}  # noqa: S101
STEP_OF = {name: step for step in STEPS for name in step.fields}


def first_with(names: Iterable[str]) -> Step | None:
    """The first step that holds one of the fields `names`."""
    numbers = [STEP_OF[name].number for name in names if name in STEP_OF]
    return STEPS[min(numbers) - 1] if numbers else None
