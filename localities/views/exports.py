"""The lists of places as spreadsheets: what is shown, all pages of it, with its sources."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from localities.models import Citation, IndustrialPark, Province
from localities.naming import plain_name
from localities.queries.evidence import Evidence
from localities.queries.freshness import NO_DATE, Age
from localities.templatetags.wording import period
from localities.views.addresses import WrongParameter
from localities.views.browse import Browsing, Kind
from portal.sheets import Cell, Column, Link, Sheet, csv_response, workbook_response


@dataclass(frozen=True, slots=True)
class Row:
    """A place with the path of its page and the sources of what is said of it."""

    cells: Sequence[Cell]
    path: str
    citations: Sequence[Citation]


@dataclass(frozen=True, slots=True)
class Table:
    """A list for a spreadsheet."""

    title: str
    filename: str
    columns: Sequence[Column]
    rows: Iterable[Row]


def parameters(kind: Kind) -> tuple[str, ...]:
    """What the address of a spreadsheet takes: filters and order."""
    return (*kind.filterset.base_filters, "sort")


def found(request: HttpRequest, kind: Kind, rows: QuerySet[Any], version: int) -> Sequence[Any]:
    """All places that the filters let through, in order; raises WrongParameter for a wrong one."""
    browsing = Browsing(request, kind, rows, version)
    if not browsing.valid:
        name, errors = next(iter(browsing.form.errors.items()))
        raise WrongParameter(name, " ".join(map(str, errors)))
    return list(browsing.ordered)


def response(request: HttpRequest, table: Table, form: str) -> HttpResponseBase:
    """The table as a download: 'csv' or 'xlsx'."""
    columns = [
        *table.columns,
        Column(_("On the portal"), 30),
        Column(_("All sources"), 60, wraps=True),
    ]
    rows = (
        [*row.cells, Link(request.build_absolute_uri(row.path)), _sources(row.citations)]
        for row in table.rows
    )
    filename = f"{table.filename}.{form}"
    if form == "csv":
        return csv_response(columns, rows, filename=filename)
    sheet = Sheet(table.title, columns, rows)
    made = timezone.localdate()
    return workbook_response([sheet], filename=filename, made=made, title=table.title)


def of_provinces(provinces: Sequence[Province], ages: Mapping[str, Age]) -> Table:
    """The list of provinces: one query for its sources."""
    columns = [
        Column(_("Official code"), 8),
        Column(_("Province"), 20),
        Column(_("Name in Vietnamese"), 20),
        Column(_("Region"), 24),
        Column(_("Kind"), 16),
        Column(_("Population"), 12),
        Column(_("Year of the population"), 10),
        Column(_("Area (km²)"), 12),
        Column(_("Parks on record"), 9),
        Column(_("Parks on record with rental factories"), 12),
        Column(_("Deep seaport"), 24),
        Column(_("To a deep seaport (km)"), 10, 0),
        Column(_("To an international airport (km)"), 10, 0),
        Column(_("Asks for above all"), 40, wraps=True),
        Column(_("Newest figure"), 14),
        Column(_("Age of the facts"), 20),
    ]
    return Table(_("Provinces and cities"), "provinces", columns, _province_rows(provinces, ages))


def of_parks(parks: Sequence[IndustrialPark], ages: Mapping[str, Age]) -> Table:
    """The list of parks: one query for its sources."""
    columns = [
        Column(_("Park"), 36),
        Column(_("Name in Vietnamese"), 30),
        Column(_("Province"), 18),
        Column(_("Status"), 16),
        Column(_("Sectors"), 36, wraps=True),
        Column(_("Rental factories"), 12),
        Column(_("Smallest rental unit (m²)"), 12),
        Column(_("Largest rental unit (m²)"), 12),
        Column(_("Factory rent, from (USD/m²/month)"), 12),
        Column(_("Factory rent, to (USD/m²/month)"), 12),
        Column(_("Factory rent as of"), 12),
        Column(_("Seaport, as stated (km)"), 10),
        Column(_("Airport, as stated (km)"), 10),
        Column(_("Japanese tenants"), 10),
        Column(_("Japanese-speaking staff"), 14),
        Column(_("Newest source"), 14),
        Column(_("Age of the facts"), 20),
    ]
    return Table(_("Industrial parks"), "industrial-parks", columns, _park_rows(parks, ages))


def _province_rows(provinces: Sequence[Province], ages: Mapping[str, Age]) -> Iterator[Row]:
    served = {one.key: getattr(one, "infrastructure", None) for one in provinces}
    asked: dict[str, list[Any]] = {one.key: one.top_priorities for one in provinces}  # type: ignore[attr-defined]
    evidence = Evidence(
        provinces, [one for one in served.values() if one], *(rows for rows in asked.values())
    )
    for province in provinces:
        roads, age = served[province.key], ages.get(province.key, NO_DATE)
        cells: list[Cell] = [
            province.code,
            plain_name(province),
            _text(province.name_vi),
            plain_name(province.region),
            province.get_status_display(),
            province.population,
            _text(str(province.population_year or "")),
            province.area_km2,
            province.park_count,  # type: ignore[attr-defined]
            province.rental_count,  # type: ignore[attr-defined]
            plain_name(roads.nearest_deep_seaport) if roads else _("unknown"),
            _number(roads.km_to_deep_seaport if roads else None),
            _number(roads.km_to_international_airport if roads else None),
            _list(plain_name(priority.sector) for priority in asked[province.key]),
            period(age.as_of),
            str(age.state.label),
        ]
        records = [province, *([roads] if roads else []), *asked[province.key]]
        citations = [citation for record in records for citation in evidence.of(record)]
        yield Row(cells, reverse("localities:province", args=[province.key]), citations)


def _park_rows(parks: Sequence[IndustrialPark], ages: Mapping[str, Age]) -> Iterator[Row]:
    evidence = Evidence(parks)
    for park in parks:
        sizes, age = park.rental_units_m2 or [None], ages.get(park.key, NO_DATE)
        cells: list[Cell] = [
            plain_name(park),
            _text(park.name_vi),
            plain_name(park.province),
            park.get_status_display(),
            _list(plain_name(sector) for sector in park.target_sectors.all()),
            _state(park.rental_factory),
            _number(sizes[0]),
            _number(sizes[-1]),
            _number(park.factory_rent_usd_m2_month_min),
            _number(park.factory_rent_usd_m2_month_max),
            period(park.factory_rent_as_of),
            _number(park.seaport_km),
            _number(park.airport_km),
            _number(park.japanese_tenants_count),
            _state(park.japanese_speaking_staff),
            period(age.as_of),
            str(age.state.label),
        ]
        path = reverse("localities:park", args=[park.key])
        yield Row(cells, path, evidence.of(park))


def _number(value: float | None) -> Cell:
    """A number, or the word for an unknown one: an empty cell would be taken for a zero."""
    return _("unknown") if value is None else value


def _text(value: str | None) -> str:
    return value or _("unknown")


def _state(value: bool | None) -> str:
    if value is None:
        return _("unknown")
    return _("has it") if value else _("has it not")


def _list(texts: Iterable[str]) -> str:
    """A line each: names hold commas."""
    return "\n".join(texts) or _("unknown")


def _sources(citations: Sequence[Citation]) -> str:
    """A line a source: its title, date and address, each source once."""
    lines = {}
    for citation in citations:
        source = citation.source
        parts = (source.title, f"({period(source.published)})", source.url or "")
        lines[source.key] = " ".join(part for part in parts if part)
    return "\n".join(lines.values()) or _("no source on record")
