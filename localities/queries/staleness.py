"""Facts past their shelf life, and facts without a source: what curators look after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BooleanField, CharField, Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone

from localities import periods
from localities.models import (
    KINDS,
    CatalogueRecord,
    Citation,
    Discrepancy,
    FormerProvince,
    Indicator,
    IndustrialPark,
    Observation,
    Province,
    Region,
    Sector,
    Source,
    Stewardship,
    SupportProgramme,
)
from localities.queries.kept import kept

RENT_MONTHS = 12  # rents are asked anew every year
PROGRAMME_MONTHS = 12  # schemes follow the budget year
SOURCE_MONTHS = 24  # what a source says of a park without a date of its own
_NO_FACTS = (
    Source,
    Citation,
    Discrepancy,
    Stewardship,
    Region,
    Sector,
    Indicator,
    FormerProvince,
)
FACT_KINDS = tuple(kind for kind, model in KINDS.items() if model not in _NO_FACTS)
_RENTS = ("land_rent", "factory_rent")
_VALUES = {"value_min", "value_max"}


@dataclass(frozen=True, slots=True)
class Stale:
    """A fact that is older than it should be; without a field it is the whole record."""

    kind: str
    key: str
    field: str
    province: str | None
    as_of: str
    overdue: int  # months past the shelf life
    park: str | None = None


@dataclass(frozen=True, slots=True)
class Bare:
    """A record that cites no source."""

    kind: str
    key: str
    province: str | None
    park: str | None


@dataclass(frozen=True, slots=True)
class Ledger:
    """How true the catalogue is kept: what is stale, what has no source, and how much there is."""

    stale: tuple[Stale, ...]
    bare: tuple[Bare, ...]
    facts: Mapping[tuple[str, str | None, str | None], int]  # by kind, province and park

    @property
    def total(self) -> int:
        """How many facts there are."""
        return sum(self.facts.values())

    @property
    def sourced_share(self) -> float | None:
        """The share of facts with a source, 0 to 1; None where there are none."""
        return (self.total - len(self.bare)) / self.total if self.total else None


def ledger(version: int | None = None) -> Ledger:
    """Today's ledger of the catalogue, kept for its version."""
    return kept("desk-ledger", _made, version=version)


def _made() -> Ledger:
    today = timezone.localdate()
    stale = [*_observations(today), *_parks(today), *_programmes(today)]
    facts: defaultdict[tuple[str, str | None, str | None], int] = defaultdict(int)
    bare = []
    for kind, key, province, park, sourced in _records():
        facts[kind, province or None, park or None] += 1
        if not sourced:
            bare.append(Bare(kind, key, province or None, park or None))
    stale.sort(key=lambda one: (-one.overdue, one.kind, one.key, one.field))
    bare.sort(key=lambda one: (one.kind, one.key))
    return Ledger(tuple(stale), tuple(bare), dict(facts))


def _records() -> Iterable[tuple[str, str, str, str, bool]]:
    """Kind, key, province, park and whether it is cited, of every fact: one query."""
    first, *others = [_cited(KINDS[kind]) for kind in FACT_KINDS]
    return first.union(*others, all=True)


def _cited(model: type[CatalogueRecord]) -> QuerySet[Any, Any]:
    citing = Citation.objects.filter(is_active=True, record_kind=model.kind, record=OuterRef("key"))
    columns = {
        "a": Value(model.kind, output_field=CharField()),
        "b": F("key"),
        "c": province_column(model),
        "d": park_column(model),
        "e": Exists(citing, output_field=BooleanField()),
    }
    rows = model._default_manager.filter(is_active=True).order_by()
    return rows.annotate(**columns).values_list(*columns)


def province_column(model: type[CatalogueRecord]) -> Any:
    """The key of the province that a record is about; '' for none."""
    nowhere = Value("", output_field=CharField())
    if model is Province:
        return F("key")
    if model is SupportProgramme:
        return Coalesce(F("organisation__province_id"), nowhere, output_field=CharField())
    names = {field.name for field in model._meta.concrete_fields}
    paths = [
        path
        for path in ("province_id", "former_province__province_id", "park__province_id")
        if path.removesuffix("_id").partition("__")[0] in names
    ]
    found = [F(path) for path in paths]
    return Coalesce(*found, nowhere, output_field=CharField()) if found else nowhere


def park_column(model: type[CatalogueRecord]) -> Any:
    """The key of the park that a record is about; '' for none."""
    nowhere = Value("", output_field=CharField())
    if model is IndustrialPark:
        return F("key")
    if model is Observation:
        return Coalesce(F("park_id"), nowhere, output_field=CharField())
    return nowhere


def _overdue(text: str, shelf_life: int, today: date) -> int:
    """How many months the period `text` is past its shelf life; 0 and less: not yet."""
    end = periods.parse(text).end
    return (today.year - end.year) * 12 + today.month - end.month - shelf_life


def _observations(today: date) -> Iterator[Stale]:
    """The newest value of each indicator and place, where it is too old.

    One that a source has confirmed is as old as that says.
    """
    rows = Observation.objects.filter(is_active=True, indicator__is_active=True).annotate(
        about=NullIf(province_column(Observation), Value(""))
    )
    confirmed = _confirmed()
    newest: dict[tuple[Any, ...], tuple[date, Stale]] = {}
    names = ("key", "about", "period", "indicator__shelf_life_months", "indicator_id")
    for key, about, period, shelf_life, *series in rows.values_list(
        *names, "province_id", "former_province_id", "park_id"
    ):
        told = confirmed.get(key)
        dated = told if told and _is_later(told, period) else period
        end = periods.parse(period).end
        found = newest.get(tuple(series))
        if found is None or found[0] < end:
            overdue = _overdue(dated, shelf_life, today)
            fact = Stale(Observation.kind, key, "", about, dated, overdue, series[-1])
            newest[tuple(series)] = (end, fact)
    return (fact for _end, fact in newest.values() if fact.overdue > 0)


def _confirmed() -> dict[str, str]:
    """By observation, the newest date as of which a source says its value by name."""
    rows = Citation.objects.filter(is_active=True, record_kind=Observation.kind)
    told: dict[str, str] = {}
    for key, as_of, fields in rows.exclude(as_of=None).values_list("record", "as_of", "fields"):
        known = told.get(key)
        if _VALUES & set(fields) and (known is None or _is_later(as_of, known)):
            told[key] = as_of
    return told


def _parks(today: date) -> Iterator[Stale]:
    """Dated rents that are too old, and parks of which no source is new enough."""
    dated = [f"{rent}_as_of" for rent in _RENTS]
    rows = IndustrialPark.objects.filter(is_active=True)
    told = _newest_sources()
    for key, province, *dates in rows.values_list("key", "province_id", *dated):
        for field, text in zip(dated, dates, strict=True):
            if text and (overdue := _overdue(text, RENT_MONTHS, today)) > 0:
                yield Stale(IndustrialPark.kind, key, field, province, text, overdue, key)
        text = told.get(key)
        if text and (overdue := _overdue(text, SOURCE_MONTHS, today)) > 0:
            yield Stale(IndustrialPark.kind, key, "", province, text, overdue, key)


def _newest_sources() -> dict[str, str]:
    """By park, the date of its newest source."""
    rows = Citation.objects.filter(is_active=True, record_kind=IndustrialPark.kind)
    told: dict[str, str] = {}
    for key, as_of, published in rows.values_list("record", "as_of", "source__published"):
        text = as_of or published
        known = told.get(key)
        if text and (known is None or _is_later(text, known)):
            told[key] = text
    return told


def _is_later(text: str, known: str) -> bool:
    return periods.parse(text).end > periods.parse(known).end


def _programmes(today: date) -> Iterator[Stale]:
    """Programmes whose status was looked up too long ago."""
    closed = SupportProgramme.Status.CLOSED
    rows = SupportProgramme.objects.filter(is_active=True, as_of__isnull=False)
    for key, province, text in rows.exclude(status=closed).values_list(
        "key", "organisation__province_id", "as_of"
    ):
        if (overdue := _overdue(text, PROGRAMME_MONTHS, today)) > 0:
            yield Stale(SupportProgramme.kind, key, "as_of", province, text, overdue)
