"""What is on record of provinces, side by side."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db.models import Prefetch
from django.utils.text import capfirst
from django.utils.translation import gettext

from localities.models import (
    Citation,
    CooperationAgreement,
    FormerProvince,
    Indicator,
    IndustrialPark,
    InvestmentPriority,
    Province,
    ProvinceInfrastructure,
    Sector,
    Strength,
    TalentInstitution,
)
from localities.naming import localized
from localities.numbers import number
from localities.queries.evidence import Evidence, grouped
from localities.queries.figures import Figure, latest_figures, observations_of
from matching.amounts import Units
from matching.comparison.rows import Cell, Group, Item, Row, foreign, source_of

Teller = Callable[[Province], Cell]
NODES = ("deep_seaport", "international_airport", "airport_with_japan_flights")


def province_groups(slugs: Sequence[str], units: Units) -> list[Group]:
    """The facts of the provinces with `slugs`, in their order: eleven queries."""
    found = {province.key: province for province in _with_records(slugs)}
    provinces = [found[slug] for slug in slugs if slug in found]
    return _Telling(provinces, units).groups()


def _with_records(slugs: Sequence[str]) -> Iterable[Province]:
    """The provinces, each with its active records of the kinds that are compared."""
    nodes = (f"infrastructure__nearest_{node}" for node in NODES)
    records = (
        Prefetch("predecessors", FormerProvince.objects.filter(is_active=True)),
        Prefetch("priorities", _of(InvestmentPriority).select_related("sector", "former_province")),
        Prefetch("strengths", _of(Strength).select_related("sector")),
        Prefetch("agreements", _of(CooperationAgreement).order_by("-signed_on", "key")),
        Prefetch("parks", _of(IndustrialPark)),
        Prefetch("talent_institutions", _of(TalentInstitution)),
        "infrastructure__expressways",
    )
    chosen = Province.objects.filter(is_active=True, key__in=slugs)
    return chosen.select_related("region", "infrastructure", *nodes).prefetch_related(*records)


def _of(model: Any) -> Any:
    return model.objects.filter(is_active=True)


class _Telling:
    """Puts the records of the provinces into rows."""

    def __init__(self, provinces: Sequence[Province], units: Units) -> None:
        self._provinces = provinces
        self._units = units
        self._observations = observations_of([province.key for province in provinces])
        infrastructures = [_infrastructure(province) for province in provinces]
        self._evidence = Evidence(
            provinces,
            [one for one in infrastructures if one],
            self._observations,
            *(province.priorities.all() for province in provinces),
            *(province.strengths.all() for province in provinces),
            *(province.agreements.all() for province in provinces),
        )

    def groups(self) -> list[Group]:
        rows: tuple[tuple[str, str, Iterable[Row]], ...] = (
            ("asks", gettext("What it asks for"), self._asked()),
            ("strengths", gettext("What it is strong in"), self._strong()),
            ("parks", gettext("Industrial parks"), self._parks()),
            ("figures", gettext("Figures"), self._figures()),
            ("transport", gettext("Transport"), self._transport()),
            ("ties", gettext("People and ties with Japan"), self._ties()),
            ("place", gettext("The place"), self._place()),
        )
        return [Group(code, title, tuple(found)) for code, title, found in rows]

    def _row(self, label: str, tell: Teller) -> Row:
        return Row(capfirst(label), tuple(tell(province) for province in self._provinces))

    # --- sectors ------------------------------------------------------------------------------
    def _asked(self) -> Iterable[Row]:
        asked = [one for province in self._provinces for one in province.priorities.all()]
        for sector in _sectors(asked):
            yield self._row(_name(sector), self._priority(sector))

    def _priority(self, sector: Sector) -> Teller:
        def tell(province: Province) -> Cell:
            found = [one for one in province.priorities.all() if one.sector_id == sector.key]
            merged = len(province.predecessors.all()) > 1
            return Cell(tuple(self._priority_item(one, merged=merged) for one in found))

        return tell

    def _priority_item(self, priority: InvestmentPriority, *, merged: bool) -> Item:
        level = {
            3: gettext("named as a top priority"),
            2: gettext("named as a priority"),
            1: gettext("implied"),
        }[priority.priority]
        former = priority.former_province
        notes = [
            *([gettext("asks Japan for it")] if priority.wants_japan else []),
            *([_former(former)] if former and merged else []),
        ]
        return Item(level, note=" · ".join(notes), source=self._first(priority))

    def _strong(self) -> Iterable[Row]:
        strong = [one for province in self._provinces for one in province.strengths.all()]
        for sector in _sectors(strong):
            yield self._row(_name(sector), self._strength(sector))

    def _strength(self, sector: Sector) -> Teller:
        def tell(province: Province) -> Cell:
            found = [one for one in province.strengths.all() if one.sector_id == sector.key]
            return Cell(
                tuple(
                    Item(
                        gettext("level %(level)s of 3") % {"level": one.level},
                        source=self._first(one),
                    )
                    for one in found
                )
            )

        return tell

    # --- parks --------------------------------------------------------------------------------
    def _parks(self) -> Iterable[Row]:
        yield self._row(gettext("Parks on record"), lambda province: _count(_park_list(province)))
        yield self._row(
            gettext("of them with rental factories"),
            lambda province: _count([p for p in _park_list(province) if p.rental_factory]),
        )
        yield self._row(
            gettext("of them with Japanese-speaking staff"),
            lambda province: _count([p for p in _park_list(province) if p.japanese_speaking_staff]),
        )
        yield self._row(gettext("Lowest factory rent on record"), self._lowest_rent)

    def _lowest_rent(self, province: Province) -> Cell:
        rents = [
            (park.factory_rent_usd_m2_month_min, park)
            for park in _park_list(province)
            if park.factory_rent_usd_m2_month_min is not None
        ]
        if not rents:
            return Cell()
        low, park = min(rents, key=lambda rent: rent[0])
        name = localized(park, "name")
        return Cell(
            (
                Item(
                    self._units.span(low, low, "USD/m2/month"),
                    note=name.text if name else "",
                    note_lang=foreign(name.lang) if name else "",
                    as_of=park.factory_rent_as_of,
                ),
            )
        )

    # --- figures ------------------------------------------------------------------------------
    def _figures(self) -> Iterable[Row]:
        predecessors = [f for province in self._provinces for f in province.predecessors.all()]
        figures = latest_figures(self._observations, predecessors)
        indicators: dict[str, Indicator] = {
            key: same[0].indicator
            for key, same in grouped(self._observations, lambda o: o.indicator_id).items()
        }
        ordered = sorted(indicators.values(), key=lambda one: (one.dimension or "", one.key))
        for indicator in ordered:
            cells = (
                self._figure(indicator, figures.get((province.key, indicator.key)))
                for province in self._provinces
            )
            yield Row(_name(indicator), tuple(cells))

    def _figure(self, indicator: Indicator, figure: Figure | None) -> Cell:
        if figure is None:
            return Cell()
        text = self._units.span(figure.low, figure.high, indicator.unit)
        note = gettext("range of the former provinces") if len(figure.observations) > 1 else ""
        source = self._first(figure.observations[0])
        return Cell((Item(text, note=note, as_of=figure.period, source=source),))

    # --- transport ----------------------------------------------------------------------------
    def _transport(self) -> Iterable[Row]:
        labels = {
            "deep_seaport": gettext("Deep seaport"),
            "international_airport": gettext("International airport"),
            "airport_with_japan_flights": gettext("Flights to Japan"),
        }
        for node in NODES:
            yield self._row(labels[node], self._distance(node))
        yield self._row(gettext("Expressways in use"), self._expressways)
        yield self._row(gettext("Metro"), self._flag("metro"))
        yield self._row(gettext("Power shortage reported"), self._flag("power_shortage_reported"))

    def _distance(self, node: str) -> Teller:
        def tell(province: Province) -> Cell:
            infrastructure = _infrastructure(province)
            if infrastructure is None:
                return Cell()
            name = localized(getattr(infrastructure, f"nearest_{node}"), "name")
            km = getattr(infrastructure, f"km_to_{node}")
            item = Item(
                f"{number(km, 0)}\u00a0km",
                note=name.text if name else "",
                note_lang=foreign(name.lang) if name else "",
                source=self._first(infrastructure),
            )
            return Cell((item,))

        return tell

    def _expressways(self, province: Province) -> Cell:
        infrastructure = _infrastructure(province)
        if infrastructure is None:
            return Cell()
        names = [localized(road, "name") for road in infrastructure.expressways.all()]
        items = tuple(Item(name.text, foreign(name.lang)) for name in names if name)
        return Cell(items or (Item(gettext("none")),))

    def _flag(self, field: str) -> Teller:
        def tell(province: Province) -> Cell:
            infrastructure = _infrastructure(province)
            value = getattr(infrastructure, field) if infrastructure else None
            if value is None:
                return Cell()
            text = gettext("yes") if value else gettext("no")
            return Cell((Item(text, source=self._first(infrastructure)),))

        return tell

    # --- people, ties, the place --------------------------------------------------------------
    def _ties(self) -> Iterable[Row]:
        yield self._row(gettext("Ties with Japanese prefectures and cities"), self._agreements)
        yield self._row(
            gettext("Schools and universities on record"),
            lambda province: _count(list(province.talent_institutions.all())),
        )
        yield self._row(
            gettext("of them teaching Japanese"),
            lambda province: _count(
                [
                    one
                    for one in province.talent_institutions.all()
                    if one.japanese_language_programme
                ]
            ),
        )

    def _agreements(self, province: Province) -> Cell:
        return Cell(
            tuple(
                Item(
                    name.text,
                    foreign(name.lang),
                    str(agreement.get_agreement_kind_display()),
                    as_of=agreement.signed_on,
                    source=self._first(agreement),
                )
                for agreement in province.agreements.all()
                if (name := localized(agreement, "japan_locality"))
            )
        )

    def _place(self) -> Iterable[Row]:
        yield self._row(gettext("Region"), lambda province: _named(province.region))
        yield self._row(gettext("Population"), self._population)
        yield self._row(gettext("Area"), self._area)
        yield self._row(gettext("On the coast"), self._coast)

    def _population(self, province: Province) -> Cell:
        year = province.population_year
        source = source_of(self._backing(province, "population"))
        text = number(province.population)
        return Cell((Item(text, as_of=str(year) if year else None, source=source),))

    def _area(self, province: Province) -> Cell:
        source = source_of(self._backing(province, "area_km2"))
        return Cell((Item(f"{number(province.area_km2, 0)}\u00a0km²", source=source),))

    def _coast(self, province: Province) -> Cell:
        return Cell((Item(gettext("yes") if province.coastal else gettext("no")),))

    def _backing(self, record: Any, field: str) -> Citation | None:
        return self._evidence.field(record, field)

    def _first(self, record: Any) -> Any:
        """The source that backs a whole record: the first that it cites."""
        citations = self._evidence.of(record)
        return source_of(citations[0]) if citations else None


def _infrastructure(province: Province) -> ProvinceInfrastructure | None:
    found: ProvinceInfrastructure | None = getattr(province, "infrastructure", None)
    return found if found is not None and found.is_active else None


def _park_list(province: Province) -> list[IndustrialPark]:
    return list(province.parks.all())


def _sectors(records: Iterable[Any]) -> list[Sector]:
    """The sectors of records, those that most places share first."""
    by_sector = grouped(records, lambda record: record.sector_id)
    ordered = sorted(by_sector.values(), key=lambda same: (-len(same), same[0].sector_id))
    return [same[0].sector for same in ordered]


def _count(records: Sequence[object]) -> Cell:
    return Cell((Item(number(len(records))),))


def _named(record: Any) -> Cell:
    name = localized(record, "name")
    return Cell((Item(name.text, foreign(name.lang)),) if name else ())


def _name(record: Any) -> str:
    name = localized(record, "name")
    return name.text if name else ""


def _former(former: FormerProvince) -> str:
    return gettext("former %(name)s only") % {"name": _name(former)}
