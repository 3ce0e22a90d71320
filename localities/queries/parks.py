"""Industrial parks as pages list them, and all that is known of one."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from django.db.models import Field, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext

from localities.models import Citation, IndustrialPark
from localities.models.places import PARK_OFFERS, PARK_SERVICES
from localities.queries.discrepancies import OtherValue, other_values
from localities.queries.distances import Distance, nearest_nodes
from localities.queries.evidence import Evidence
from localities.units import unit_label

_UNIT = re.compile(r"\s*[（(][^()（）]*[)）]\Z")


@dataclass(frozen=True, slots=True)
class Line:
    """One fact of a park as a page shows it: a number, a range, a text, or unknown."""

    label: str
    low: float | None = None
    high: float | None = None
    text: str | None = None
    unit: str = ""
    as_of: str | None = None
    note: str | None = None
    citation: Citation | None = None
    is_year: bool = False
    sizes: tuple[float, ...] = ()  # every size between the ends
    others: Sequence[OtherValue] = ()  # what other sources say

    @property
    def known(self) -> bool:
        """Whether anything is on record."""
        return any(value is not None for value in (self.low, self.high, self.text))


@dataclass(frozen=True, slots=True)
class Offer:
    """A facility or service of a park: there, not there, or unknown."""

    code: str
    label: str
    state: bool | None
    citation: Citation | None
    others: Sequence[OtherValue] = ()


@dataclass(frozen=True, slots=True)
class ParkSheet:
    """All that the park page shows."""

    park: IndustrialPark
    facts: Sequence[Line]
    units: Sequence[Line]
    utilities: Sequence[Line]
    distances: Sequence[Line]
    nearest: dict[str, Distance]
    facilities: Sequence[Offer]
    services: Sequence[Offer]
    citations: Sequence[Citation]
    unplaced: Sequence[OtherValue]  # what other sources say of fields that have no line


def listing() -> QuerySet[IndustrialPark]:
    """Active parks with their provinces and sectors: two queries."""
    return (
        IndustrialPark.objects.filter(is_active=True)
        .select_related("province", "province__region")
        .prefetch_related("target_sectors")
    )


def sector_pairs() -> Iterable[tuple[str, str]]:
    """Each park's key with each of its sectors: one query."""
    tie = IndustrialPark.target_sectors.through
    return tie._default_manager.values_list("industrialpark_id", "sector_id")


def newest_source() -> Subquery:
    """The date of a park's newest source, as it is stated."""
    cited = Citation.objects.filter(
        is_active=True, record_kind=IndustrialPark.kind, record=OuterRef("pk")
    )
    newest = cited.exclude(source__published=None).order_by("-source__published")
    return Subquery(newest.values("source__published")[:1])


def find(key: str) -> IndustrialPark | None:
    """The active park with the key."""
    chosen = IndustrialPark.objects.filter(is_active=True, key=key)
    return (
        chosen.select_related("province", "province__region", "former_province")
        .prefetch_related("target_sectors")
        .first()
    )


def sheet(park: IndustrialPark) -> ParkSheet:
    """Everything on record for a park, each fact with the source that backs it."""
    evidence = Evidence([park])
    reader = _Reader(park, evidence, other_values([park]).get((park.kind, park.key), ()))
    return ParkSheet(
        park=park,
        facts=reader.facts(),
        units=reader.units(),
        utilities=reader.utilities(),
        distances=reader.distances(),
        nearest=nearest_nodes(park),
        facilities=reader.offers(PARK_OFFERS),
        services=reader.offers(PARK_SERVICES),
        citations=evidence.of(park),
        unplaced=reader.unplaced(),
    )


def label_of(field: str) -> str:
    """The name of a park's column in the reader's language, without the unit behind it."""
    column = cast("Field[object, object]", IndustrialPark._meta.get_field(field))
    return _UNIT.sub("", str(column.verbose_name))


class _Reader:
    """Turns the columns of one park into lines."""

    def __init__(
        self, park: IndustrialPark, evidence: Evidence, others: Sequence[OtherValue]
    ) -> None:
        self._park = park
        self._evidence = evidence
        self._others = others
        self._placed: set[str] = set()

    def unplaced(self) -> list[OtherValue]:
        """What other sources say of fields that no line has shown."""
        return [one for one in self._others if one.discrepancy.field not in self._placed]

    def _said(self, *fields: str) -> list[OtherValue]:
        self._placed.update(fields)
        return [one for one in self._others if one.discrepancy.field in fields]

    def facts(self) -> list[Line]:
        """Who runs it, since when, how large it is and who is there."""
        return [
            self._text("developer", "developer_country"),
            self._number("established_year", is_year=True),
            self._number("land_lease_until_year", is_year=True),
            self._number("total_area_ha", "ha"),
            self._number("leasable_area_ha", "ha"),
            self._number("available_area_ha", "ha"),
            self._number("occupancy_pct", "%"),
            self._number("tenants_count"),
            self._number("japanese_tenants_count"),
        ]

    def units(self) -> list[Line]:
        """What there is to rent, and for how much."""
        sizes = self._park.rental_units_m2 or []
        return [
            Line(
                label=label_of("rental_units_m2"),
                low=sizes[0] if sizes else None,
                high=sizes[-1] if sizes else None,
                unit="m²",
                sizes=tuple(sizes) if len(sizes) > 2 else (),
                citation=self._evidence.field(self._park, "rental_units_m2") if sizes else None,
                others=self._said("rental_units_m2"),
            ),
            self._range(
                gettext("Factory rent"),
                "factory_rent_usd_m2_month",
                unit_label("USD/m2/month"),
                as_of="factory_rent_as_of",
            ),
            self._range(
                gettext("Land rent"),
                "land_rent_usd_m2",
                unit_label("USD/m2/lease term"),
                as_of="land_rent_as_of",
                note="land_rent_period",
            ),
            self._number("management_fee_usd_m2_year", unit_label("USD/m2/year")),
        ]

    def utilities(self) -> list[Line]:
        """Power, water, waste water, telecom."""
        return [
            self._number("power_mva", "MVA", note="power_description"),
            self._number("water_m3_day", gettext("m³/day")),
            self._number("wastewater_m3_day", gettext("m³/day")),
            self._number("water_price_usd_m3", "USD/m³"),
            self._number("wastewater_price_usd_m3", "USD/m³"),
            self._text("telecom"),
        ]

    def distances(self) -> list[Line]:
        """Distances that a source states."""
        return [
            self._number(f"{target}_km", "km", note=f"{target}_name")
            for target in ("seaport", "airport", "expressway", "city")
        ]

    def offers(self, codes: Sequence[str]) -> list[Offer]:
        """Facilities or services, what is there first and what is unknown last."""
        found = [self._offer(code) for code in codes]
        return sorted(found, key=lambda offer: {True: 0, False: 1, None: 2}[offer.state])

    def _offer(self, code: str) -> Offer:
        state = getattr(self._park, code)
        citation = None if state is None else self._evidence.field(self._park, code)
        return Offer(code, label_of(code), state, citation, self._said(code))

    def _number(
        self, field: str, unit: str = "", note: str | None = None, *, is_year: bool = False
    ) -> Line:
        value = getattr(self._park, field)
        return Line(
            label=label_of(field),
            low=value,
            high=value,
            unit=unit,
            note=getattr(self._park, note) if note else None,
            citation=None if value is None else self._evidence.field(self._park, field),
            is_year=is_year,
            others=self._said(field, note or field),
        )

    def _range(
        self, label: str, field: str, unit: str, *, as_of: str, note: str | None = None
    ) -> Line:
        low, high = getattr(self._park, f"{field}_min"), getattr(self._park, f"{field}_max")
        known = low is not None or high is not None
        return Line(
            label=label,
            low=low,
            high=high,
            unit=unit,
            as_of=getattr(self._park, as_of),
            note=getattr(self._park, note) if note else None,
            citation=self._evidence.field(self._park, f"{field}_min") if known else None,
            others=self._said(f"{field}_min", f"{field}_max", as_of, note or as_of),
        )

    def _text(self, field: str, note: str | None = None) -> Line:
        text = getattr(self._park, field)
        return Line(
            label=label_of(field),
            text=text,
            note=getattr(self._park, note) if note else None,
            citation=self._evidence.field(self._park, field) if text else None,
            others=self._said(field, note or field),
        )
