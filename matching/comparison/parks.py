"""What is on record of industrial parks, side by side."""

from collections.abc import Callable, Iterable, Sequence

from django.utils.text import capfirst
from django.utils.translation import gettext

from localities.models import IndustrialPark
from localities.models.places import PARK_OFFERS, PARK_SERVICES
from localities.naming import localized
from localities.queries import parks as queries
from localities.queries.evidence import Evidence
from matching.amounts import Units
from matching.comparison.rows import Cell, Group, Item, Row, foreign, source_of

Teller = Callable[[IndustrialPark], Cell]

# The columns that are one number each, with the units that they are in.
SITE = {"total_area_ha": "ha", "leasable_area_ha": "ha", "available_area_ha": "ha"}
PEOPLE = ("tenants_count", "japanese_tenants_count")
YEARS = ("established_year", "land_lease_until_year")
UTILITIES = {
    "power_mva": "MVA",
    "water_m3_day": "m³/day",
    "wastewater_m3_day": "m³/day",
    "water_price_usd_m3": "USD/m3",
    "wastewater_price_usd_m3": "USD/m3",
}
DISTANCES = ("seaport", "airport", "expressway", "city")


def park_groups(slugs: Sequence[str], units: Units) -> list[Group]:
    """The facts of the parks with `slugs`, in their order: three queries."""
    found = {park.key: park for park in queries.listing().filter(key__in=slugs)}
    parks = [found[slug] for slug in slugs if slug in found]
    return _Telling(parks, units).groups()


class _Telling:
    """Puts the columns of the parks into rows."""

    def __init__(self, parks: Sequence[IndustrialPark], units: Units) -> None:
        self._parks = parks
        self._units = units
        self._evidence = Evidence(parks)

    def groups(self) -> list[Group]:
        return [
            self._group("units", gettext("Units and rents"), self._rents()),
            self._group("offers", gettext("Facilities and ways to start"), self._has(PARK_OFFERS)),
            self._group("services", gettext("Services"), self._has(PARK_SERVICES)),
            self._group("distances", gettext("Distances"), self._distances()),
            self._group("utilities", gettext("Power, water, telecom"), self._utilities()),
            self._group("park", gettext("The park"), self._site()),
        ]

    def _group(self, code: str, title: str, rows: Iterable[Row]) -> Group:
        return Group(code, title, tuple(rows))

    def _row(self, label: str, tell: Teller) -> Row:
        return Row(capfirst(label), tuple(tell(park) for park in self._parks))

    def _rents(self) -> Iterable[Row]:
        yield self._row(queries.label_of("rental_units_m2"), self._sizes)
        yield self._range(gettext("Factory rent"), "factory_rent_usd_m2_month", "USD/m2/month")
        yield self._range(gettext("Land rent"), "land_rent_usd_m2", "USD/m2/lease term")
        yield self._number("management_fee_usd_m2_year", "USD/m2/year")

    def _has(self, fields: Iterable[str]) -> Iterable[Row]:
        return [self._row(queries.label_of(field), self._offer(field)) for field in fields]

    def _distances(self) -> Iterable[Row]:
        for target in DISTANCES:
            yield self._number(f"{target}_km", "km", note=f"{target}_name")

    def _utilities(self) -> Iterable[Row]:
        for field, unit in UTILITIES.items():
            yield self._number(field, gettext("m³/day") if unit == "m³/day" else unit)
        yield self._row(queries.label_of("telecom"), self._text("telecom"))

    def _site(self) -> Iterable[Row]:
        yield self._row(gettext("Status"), lambda park: Cell((Item(park.get_status_display()),)))
        yield self._row(gettext("Province"), self._province)
        yield self._row(queries.label_of("developer"), self._text("developer"))
        for field in YEARS:
            yield self._row(queries.label_of(field), self._year(field))
        for field, unit in SITE.items():
            yield self._number(field, unit)
        yield self._number("occupancy_pct", "%")
        for field in PEOPLE:
            yield self._number(field)
        yield self._row(gettext("Sectors"), self._sectors)

    def _number(self, field: str, unit: str = "", note: str = "") -> Row:
        def tell(park: IndustrialPark) -> Cell:
            value = getattr(park, field)
            named = getattr(park, note) if note else None
            return self._item(park, field, self._units.span(value, value, unit), named)

        return self._row(queries.label_of(field), tell)

    def _range(self, label: str, field: str, unit: str) -> Row:
        def tell(park: IndustrialPark) -> Cell:
            low, high = getattr(park, f"{field}_min"), getattr(park, f"{field}_max")
            term = park.land_rent_period if field == "land_rent_usd_m2" else None
            text = self._units.span(low, high, unit)
            as_of = getattr(park, f"{field.partition('_usd')[0]}_as_of")
            return self._item(park, f"{field}_min", text, term, as_of)

        return self._row(label, tell)

    def _item(
        self,
        park: IndustrialPark,
        field: str,
        text: str | None,
        note: str | None = None,
        as_of: str | None = None,
        lang: str = "",
    ) -> Cell:
        """What the park's record says in one field, with the source that backs it."""
        if not text:
            return Cell()
        source = source_of(self._evidence.field(park, field))
        return Cell((Item(text, lang, note or "", foreign("en"), as_of, source),))

    def _sizes(self, park: IndustrialPark) -> Cell:
        sizes = park.rental_units_m2 or []
        if not sizes:
            return Cell()
        text = self._units.span(sizes[0], sizes[-1], "m2")
        return self._item(park, "rental_units_m2", text)

    def _offer(self, field: str) -> Teller:
        def tell(park: IndustrialPark) -> Cell:
            state: bool | None = getattr(park, field)
            words = {None: "", True: gettext("has it"), False: gettext("has it not")}
            return self._item(park, field, words[state])

        return tell

    def _year(self, field: str) -> Teller:
        return lambda park: self._item(park, field, _plain(getattr(park, field)))

    def _text(self, field: str) -> Teller:
        return lambda park: self._item(park, field, getattr(park, field), lang=foreign("en"))

    def _province(self, park: IndustrialPark) -> Cell:
        name = localized(park.province, "name")
        return Cell((Item(name.text, foreign(name.lang)),) if name else ())

    def _sectors(self, park: IndustrialPark) -> Cell:
        names = [localized(sector, "name") for sector in park.target_sectors.all()]
        return Cell(tuple(Item(name.text, foreign(name.lang)) for name in names if name))


def _plain(year: int | None) -> str:
    return "" if year is None else str(year)
