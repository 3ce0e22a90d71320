"""Reads the provinces' outlines from TopoJSON, in which neighbours share their borders.

`static/maps/vn34.topo.json` says where it comes from in the licence note beside it.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

from django.conf import settings

FILE = Path(settings.BASE_DIR) / "static" / "maps" / "vn34.topo.json"

Point = tuple[float, float]  # longitude, latitude
Ring = tuple[Point, ...]
Polygon = tuple[Ring, ...]  # the outer ring, then holes


@dataclass(frozen=True, slots=True)
class Topology:
    """The outlines of the provinces by key, and the pairs that share a border."""

    outlines: dict[str, tuple[Polygon, ...]]
    neighbours: frozenset[frozenset[str]]


@lru_cache(maxsize=1)
def topology() -> Topology:
    """The geometry in the file, read once."""
    document = json.loads(FILE.read_text(encoding="utf-8"))
    arcs = [_arc(deltas, document["transform"]) for deltas in document["arcs"]]
    shapes = document["objects"]["data"]["geometries"]
    return Topology(
        outlines={shape["id"]: _polygons(shape, arcs) for shape in shapes},
        neighbours=frozenset(_neighbours(shapes)),
    )


def covers(outline: Iterable[Polygon], point: Point) -> bool:
    """Whether `point` lies in the outline: an even-odd count of the edges east of it."""
    edges = (edge for polygon in outline for ring in polygon for edge in pairwise(ring))
    return sum(_crosses(start, end, point) for start, end in edges) % 2 == 1


def _crosses(start: Point, end: Point, point: Point) -> bool:
    (x1, y1), (x2, y2), (x, y) = start, end, point
    return (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1


def _arc(deltas: list[list[int]], transform: dict[str, list[float]]) -> Ring:
    """The points of a delta-encoded, quantised arc."""
    (scale_x, scale_y), (left, bottom) = transform["scale"], transform["translate"]
    x = y = 0
    points = []
    for delta_x, delta_y in deltas:
        x, y = x + delta_x, y + delta_y
        points.append((x * scale_x + left, y * scale_y + bottom))
    return tuple(points)


def _polygons(shape: dict[str, Any], arcs: list[Ring]) -> tuple[Polygon, ...]:
    polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
    return tuple(tuple(_ring(ring, arcs) for ring in polygon) for polygon in polygons)


def _ring(indices: list[int], arcs: list[Ring]) -> Ring:
    """Arcs end to end; ~i is arc i backwards, and each begins where the last one ended."""
    points: list[Point] = []
    for index in indices:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        points.extend(arc if not points else arc[1:])
    return tuple(points)


def _neighbours(shapes: list[dict[str, Any]]) -> Iterator[frozenset[str]]:
    users: dict[int, set[str]] = defaultdict(set)
    for shape in shapes:
        for index in _indices(shape["arcs"]):
            users[index if index >= 0 else ~index].add(shape["id"])
    for keys in users.values():
        for pair in combinations(sorted(keys), 2):
            yield frozenset(pair)


def _indices(arcs: Any) -> Iterator[int]:
    if isinstance(arcs, int):
        yield arcs
    else:
        for inner in arcs:
            yield from _indices(inner)
