"""Which kinds of record have a form, how it is laid out, and what a record is called."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from localities.curation.values import Model, Values
from localities.forms.inputs import Input
from localities.identity import marks
from localities.models import (
    KINDS,
    Changeset,
    Citation,
    Edit,
    IndustrialPark,
    NamedRecord,
    Stewardship,
)
from localities.models.records import KEY_LENGTH
from localities.naming import localized

# Citations are made when a changeset is applied; who curates what is settled with the people.
EDITABLE: Mapping[str, Model] = {
    kind: model for kind, model in KINDS.items() if model not in (Citation, Stewardship)
}

Title = str | Promise
_NAMES = ("name_ja", "name_en", "name_vi", "other_names")
# As the page of a park has it.
_OF_PARK: tuple[tuple[Title, tuple[str, ...]], ...] = (
    (_("Names"), _NAMES),
    (
        _("Units and rents"),
        (
            "rental_units_m2",
            "factory_rent_usd_m2_month_min",
            "factory_rent_usd_m2_month_max",
            "factory_rent_as_of",
            "land_rent_usd_m2_min",
            "land_rent_usd_m2_max",
            "land_rent_period",
            "land_rent_as_of",
            "management_fee_usd_m2_year",
        ),
    ),
    (_("Facilities and ways to start"), IndustrialPark.offers),
    (_("Services"), IndustrialPark.services),
    (
        _("Power, water, telecom"),
        (
            "power_mva",
            "power_description",
            "water_m3_day",
            "wastewater_m3_day",
            "water_price_usd_m3",
            "wastewater_price_usd_m3",
            "telecom",
        ),
    ),
    (
        _("The park"),
        (
            "status",
            "developer",
            "developer_country",
            "japanese_developer",
            "established_year",
            "land_lease_until_year",
            "total_area_ha",
            "leasable_area_ha",
            "available_area_ha",
            "occupancy_pct",
            "tenants_count",
            "japanese_tenants_count",
            "notable_tenants",
            "target_sectors",
        ),
    ),
    (
        _("Where it is"),
        (
            "province",
            "former_province",
            "commune",
            "address_en",
            "lat",
            "lon",
            "location_precision",
        ),
    ),
    (
        _("Distances"),
        (
            "seaport_name",
            "seaport_km",
            "airport_name",
            "airport_km",
            "expressway_name",
            "expressway_km",
            "city_name",
            "city_km",
        ),
    ),
    (_("Incentives and notes"), ("incentives_en", "notes_en")),
)
# What a record without a name of its own is told by, in this order.
_TELLING = (
    "name_en",
    "record",
    "field",
    "value",
    "title",
    "issue",
    "item",
    "indicator",
    "japan_locality_en",
    "place",
    "province",
    "former_province",
    "park",
    "sector",
    "category",
    "agreement_kind",
    "centre_name_en",
    "period",
    "made_on",
    "signed_on",
)
_MOST_PARTS = 4
# With what the key of such a record begins, as keys on record do.
_KEY_BEGINS = (
    "japan_locality_en",
    "province",
    "former_province",
    "park",
    "sector",
    "indicator",
)


def sections_of(model: Model, names: Sequence[str]) -> list[tuple[Title, list[str]]]:
    """The fields of a form under their titles; every one of `names` stands once."""
    plan = _OF_PARK if model is IndustrialPark else ((_("Names"), _NAMES),)
    found = [(title, [name for name in own if name in names]) for title, own in plan]
    placed = {name for _title, own in found for name in own}
    found.append((_("What is on record"), [name for name in names if name not in placed]))
    return [(title, own) for title, own in found if own]


def title_of(model: Model, key: str, values: Values, inputs: Mapping[str, Input]) -> str:
    """What a record is called, in the reader's language where it has a name there."""
    if issubclass(model, NamedRecord):
        found = localized(_Named(values), "name")
        return found.text if found else key
    parts = [inputs[name].said(values[name]) for name in _TELLING if values.get(name)]
    return " · ".join(parts[:_MOST_PARTS]) or key


class _Named:
    """Values in the manner of a record with names."""

    def __init__(self, values: Values) -> None:
        self._values = values

    def __getattr__(self, name: str) -> Any:
        return self._values.get(name)


def new_key(model: Model, values: Values, draft: Changeset | None = None) -> str:
    """A key for a new record, free in the catalogue, what was taken out included, and in `draft`.

    What others draft is theirs alone to know: two who add the same meet when it is applied, and of
    what has no name nor other mark each has a key by all that it says.
    """
    named = issubclass(model, NamedRecord) or model.kind == "source"
    names = dict.fromkeys(_TELLING if named else (*_KEY_BEGINS, *_TELLING))
    texts = [values[name] for name in names if isinstance(values.get(name), str)]
    if named:
        texts = texts[:1]
    base = slugify(" ".join(texts))[: KEY_LENGTH - 16].strip("-_") or model.kind
    if not (named or marks(model, values)):  # nothing but all of it tells it from others
        whole = json.dumps(values, sort_keys=True, default=str)
        base = f"{base}-{sha256(whole.encode()).hexdigest()[:6]}"
    taken = _taken(model, base, draft)
    return next(
        key
        for number in range(1, len(taken) + 2)
        if (key := base if number == 1 else f"{base}-{number}") not in taken
    )


def _taken(model: Model, base: str, draft: Changeset | None) -> set[str]:
    own = Edit.objects.filter(
        changeset=draft,
        record_kind=model.kind,
        action=Edit.Action.CREATE,
        record__startswith=base,
    )
    stored = model._default_manager.filter(key__startswith=base).values_list("key", flat=True)
    return {*own.values_list("record", flat=True), *stored}
