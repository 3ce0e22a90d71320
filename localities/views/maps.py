"""Maps as pages show them: the drawing, with names in the reader's language and links."""

from collections.abc import Iterable
from dataclasses import replace

from django.urls import reverse

from localities.models import IndustrialPark, Province
from localities.naming import localized
from localities.queries import provinces
from localities.vietnam import drawing


def overview() -> drawing.Drawing:
    """All provinces, each a way to its page: one query."""
    return drawing.plain(_areas())


def close_up(province: Province, parks: Iterable[IndustrialPark]) -> drawing.Drawing:
    """A province with its parks as far as their positions are known: one query."""
    dots = [
        ((park.lon, park.lat), _name(park), reverse("localities:park", args=[park.key]))
        for park in parks
        if park.lat is not None and park.lon is not None
    ]
    around = [replace(area, href="") for area in _areas()]
    return drawing.close_up(around, province.key, dots)


def _areas() -> list[drawing.Area]:
    return [
        drawing.Area(
            key=province.key,
            name=_name(province),
            href=reverse("localities:province", args=[province.key]),
        )
        for province in provinces.names()
    ]


def _name(record: Province | IndustrialPark) -> str:
    name = localized(record, "name")
    return name.text if name else str(record)
