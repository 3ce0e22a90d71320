"""Maps as pages show them: the drawing, with names in the reader's language and links."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from django.urls import reverse

from localities.models import IndustrialPark, Province, TransportNode
from localities.naming import plain_name
from localities.queries import provinces
from localities.vietnam import drawing


def overview() -> drawing.Drawing:
    """All provinces, each a way to its page: one query."""
    return drawing.plain(areas(provinces.names()))


def chosen(found: Iterable[Province]) -> drawing.Drawing:
    """All provinces, those found darker: one query."""
    return drawing.plain(areas(provinces.names()), chosen={province.key for province in found})


def scattered(parks: Iterable[IndustrialPark]) -> drawing.Drawing:
    """All provinces with the parks whose position is known: one query."""
    return drawing.plain(areas(provinces.names()), spots=spots(parks))


def coloured(
    shown: Iterable[Province],
    values: Mapping[str, float],
    texts: Mapping[str, str],
    places: Iterable[IndustrialPark | TransportNode],
    unit: str,
) -> drawing.Drawing:
    """Provinces by a value, each with its words, and places on top."""
    return drawing.choropleth(areas(shown), values, texts=texts, spots=spots(places), unit=unit)


def close_up(
    province: Province,
    parks: Iterable[IndustrialPark],
    nodes: Iterable[TransportNode] = (),
) -> drawing.Drawing:
    """A province with its places as far as their positions are known: one query."""
    around = [replace(area, href="") for area in areas(provinces.names())]
    return drawing.close_up(around, province.key, spots([*nodes, *parks]))


def spots(places: Iterable[IndustrialPark | TransportNode]) -> list[drawing.Spot]:
    """The places whose position is known. A port or airport leads to its province's transport."""
    return [
        drawing.Spot((place.lon, place.lat), kind_of(place), plain_name(place), _address(place))
        for place in places
        if place.lat is not None and place.lon is not None
    ]


def kind_of(place: IndustrialPark | TransportNode) -> str:
    """What a place is on the map."""
    if isinstance(place, IndustrialPark):
        return "park"
    kinds = {TransportNode.Kind.SEAPORT: "seaport", TransportNode.Kind.AIRPORT: "airport"}
    return kinds.get(TransportNode.Kind(place.node_kind), "gate")


def _address(place: IndustrialPark | TransportNode) -> str:
    if isinstance(place, IndustrialPark):
        return reverse("localities:park", args=[place.key])
    return reverse("localities:province", args=[place.province_id]) + "#transport"


def areas(shown: Iterable[Province]) -> list[drawing.Area]:
    """What the map says of each province, with the way to its page."""
    return [
        drawing.Area(
            key=province.key,
            name=plain_name(province),
            href=reverse("localities:province", args=[province.key]),
        )
        for province in shown
    ]
