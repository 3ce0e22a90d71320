"""How far a park is from ports and airports, where its source does not say."""

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

from localities.models import IndustrialPark, TransportNode

EARTH_RADIUS_KM = 6371.0088  # mean radius, IUGG 1980


@dataclass(frozen=True, slots=True)
class Distance:
    """A great-circle distance to the nearest port or airport."""

    node: TransportNode
    km: float


def great_circle_km(lat: float, lon: float, to_lat: float, to_lon: float) -> float:
    """The distance on a sphere, in km: the haversine formula (Sinnott 1984)."""
    north, east = radians(to_lat - lat), radians(to_lon - lon)
    chord = sin(north / 2) ** 2 + cos(radians(lat)) * cos(radians(to_lat)) * sin(east / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(sqrt(min(chord, 1.0)))


def nearest_nodes(park: IndustrialPark) -> dict[str, Distance]:
    """The nearest deep-sea port and international airport in operation, by 'seaport', 'airport'.

    Empty for a park whose position is unknown. One query.
    """
    if park.lat is None or park.lon is None:
        return {}
    nodes = TransportNode.objects.filter(
        is_active=True, status=TransportNode.Status.OPERATING, lat__isnull=False
    )
    found: dict[str, Distance] = {}
    for node in nodes:
        target = _target(node)
        if target is None or node.lat is None or node.lon is None:
            continue
        km = great_circle_km(park.lat, park.lon, node.lat, node.lon)
        if target not in found or km < found[target].km:
            found[target] = Distance(node, km)
    return found


def _target(node: TransportNode) -> str | None:
    if node.node_kind == TransportNode.Kind.SEAPORT and node.deep_water:
        return "seaport"
    if node.node_kind == TransportNode.Kind.AIRPORT and node.international:
        return "airport"
    return None
