"""Reads what is known of industrial parks into arrays."""

from collections.abc import Sequence

import numpy as np

from localities.models import IndustrialPark, TransportNode
from matching.engine.facts import OFFERS, Floats
from matching.snapshot.contents import Name
from matching.snapshot.geography import great_circle_km
from matching.snapshot.index import Index
from matching.snapshot.notebook import Notebook
from matching.snapshot.ports import called, is_one_of, names_of

# Facts of the engine that are one column, or the two ends of a range, of a park; with the factor
# that turns the column's unit into the engine's, and the column that dates the fact.
COLUMNS = {
    "factory_rent_usd_m2_month": (
        "factory_rent_usd_m2_month_min",
        "factory_rent_usd_m2_month_max",
        1.0,
        "factory_rent_as_of",
    ),
    "land_rent_usd_m2": ("land_rent_usd_m2_min", "land_rent_usd_m2_max", 1.0, "land_rent_as_of"),
    "free_land_m2": ("available_area_ha", None, 10_000.0, None),
    "occupancy_pct": ("occupancy_pct", None, 1.0, None),
    "power_kva": ("power_mva", None, 1_000.0, None),
    "water_m3_day": ("water_m3_day", None, 1.0, None),
    "wastewater_m3_day": ("wastewater_m3_day", None, 1.0, None),
    "japanese_tenants": ("japanese_tenants_count", None, 1.0, None),
}


def read_offers(notebook: Notebook, index: Index) -> None:
    """What each park offers: yes, no or unknown; whether it operates; whose it is."""
    offers = notebook.blank("offers", len(index.parks), len(OFFERS))
    operating = notebook.blank("operating", len(index.parks))
    developer = notebook.blank("japanese_developer", len(index.parks))
    incentive = notebook.blank("tax_incentive", len(index.parks))
    for place, park in enumerate(index.parks):
        operating[place] = float(park.status == IndustrialPark.Status.OPERATING)
        notebook.note("operating", (place,), [park], "status")
        for column, offer in enumerate(OFFERS):
            if (has := getattr(park, offer)) is not None:
                offers[place, column] = float(has)
                notebook.note("offers", (place, column), [park], offer)
        if park.japanese_developer is not None:
            developer[place] = float(park.japanese_developer)
            words = Name(en=park.developer) if park.developer else None
            notebook.note("japanese_developer", (place,), [park], "japanese_developer", None, words)
        if park.incentives_en:
            incentive[place] = 1
            words = Name(en=park.incentives_en)
            notebook.note("tax_incentive", (place,), [park], "incentives_en", None, words)


def read_measures(notebook: Notebook, index: Index) -> None:
    """Rents, land, power and water; a range whose upper end is not stated is one value."""
    for fact, (low, high, factor, dated) in COLUMNS.items():
        array = notebook.blank(fact, len(index.parks), 2)
        for place, park in enumerate(index.parks):
            first = getattr(park, low)
            if first is None:
                continue
            last = getattr(park, high) if high else None
            array[place] = first * factor, (first if last is None else last) * factor
            notebook.note(fact, (place,), [park], low, getattr(park, dated) if dated else None)
    _read_units(notebook, index)


def _read_units(notebook: Notebook, index: Index) -> None:
    widest = max((len(park.rental_units_m2 or []) for park in index.parks), default=0)
    units = notebook.blank("rental_units_m2", len(index.parks), max(widest, 1))
    for place, park in enumerate(index.parks):
        if park.rental_units_m2:
            units[place, : len(park.rental_units_m2)] = park.rental_units_m2
            notebook.note("rental_units_m2", (place,), [park], "rental_units_m2")


def read_park_sectors(notebook: Notebook, index: Index) -> None:
    """The sectors that each park names; a park without a list leaves its row unknown."""
    named = notebook.blank("target_sectors", len(index.parks), len(index.sectors))
    for place, park in enumerate(index.parks):
        sectors = [index.sector[sector.key] for sector in park.target_sectors.all()]
        if sectors:
            named[place] = 0
            named[place, sectors] = 1
            notebook.note("target_sectors", (place,), [park], "target_sectors")


def read_distances(
    notebook: Notebook, index: Index, nodes: Sequence[TransportNode]
) -> dict[str, np.ndarray]:
    """How far each park is from ports, roads and provinces.

    A distance that a park states counts only where it is to a deep-water port, or an international
    airport, in operation: many state one to a river port, or to an airport that is being built.
    Returns the arrays that say which distances are computed; the rest goes to the notebook.
    """
    here = _positions([(park.lat, park.lon) for park in index.parks])
    centres = [(p.admin_centre_lat, p.admin_centre_lon) for p in index.provinces]
    notebook.arrays["km_to_provinces"] = great_circle_km(here, _positions(centres))
    road = notebook.blank("km_to_expressway", len(index.parks))
    for place, park in enumerate(index.parks):
        if park.lat is not None:
            notebook.note("km_to_provinces", (place,), [park], "lat")
        if park.expressway_km is not None:
            road[place] = park.expressway_km
            words = Name(en=park.expressway_name) if park.expressway_name else None
            notebook.note("km_to_expressway", (place,), [park], "expressway_km", None, words)
    ports = [n for n in nodes if n.node_kind == TransportNode.Kind.SEAPORT]
    airports = [n for n in nodes if n.node_kind == TransportNode.Kind.AIRPORT]
    return {
        "km_to_seaport_computed": _nearest(notebook, index, here, "seaport", ports),
        "km_to_airport_computed": _nearest(notebook, index, here, "airport", airports),
    }


def _nearest(
    notebook: Notebook, index: Index, here: Floats, target: str, nodes: Sequence[TransportNode]
) -> np.ndarray:
    """Writes the distance to `target`, stated or else computed; returns which are computed.

    Of `nodes`, deep-water ports and international airports in operation count, and of stated
    distances those to one of them.
    """
    fact = f"km_to_{target}"
    array = notebook.blank(fact, len(index.parks))
    computed = np.zeros(len(index.parks), dtype=bool)
    operating = [
        node
        for node in nodes
        if node.status == TransportNode.Status.OPERATING
        and (node.deep_water if target == "seaport" else node.international)
    ]
    usable = [node for node in operating if node.lat is not None]
    names = names_of(operating)
    distance = great_circle_km(here, _positions([(node.lat, node.lon) for node in usable]))
    for place, park in enumerate(index.parks):
        named = getattr(park, f"{target}_name")
        stated = getattr(park, f"{target}_km")
        if stated is not None and is_one_of(named, names):
            array[place] = stated
            node = called(named, nodes)
            words = _name(node) if node else Name(en=named)
            notebook.note(fact, (place,), [park], f"{target}_km", None, words)
        elif usable and not np.isnan(here[place, 0]):
            nearest = usable[int(np.argmin(distance[place]))]
            array[place], computed[place] = round(float(distance[place].min()), 1), True
            notebook.note(fact, (place,), [park, nearest], "lat", None, _name(nearest))
    return computed


def _name(node: TransportNode) -> Name:
    return Name(ja=node.name_ja, en=node.name_en, vi=node.name_vi)


def _positions(points: Sequence[tuple[float | None, float | None]]) -> Floats:
    return np.array([[np.nan if x is None else x for x in point] for point in points]).reshape(
        -1, 2
    )
