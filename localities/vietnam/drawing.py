"""Draws the provinces as SVG paths: an equirectangular projection, true at 16 degrees north.

Paths are computed once a process; what differs from page to page is colour, links and pins.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import cos, radians

from localities.vietnam.topology import Point, Ring, topology

PIXELS_PER_DEGREE = 50.0
TRUE_LATITUDE = 16.0
MARGIN = 8.0
COUNTRY_RADIUS = 3.2  # of a mark on the map of the whole country
STEPS = 5

Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True, slots=True)
class Outline:
    """A province as a path, with the middle of its largest part and its bounding box."""

    path: str
    middle: Point
    box: Box


@dataclass(frozen=True, slots=True)
class Area:
    """What the map says of one province. Without an address it is no link."""

    key: str
    name: str
    href: str


@dataclass(frozen=True, slots=True)
class Shape:
    """One province as drawn."""

    area: Area
    path: str
    style: str  # class names
    value: float | None = None
    text: str = ""  # the value in words, where its number alone does not say it


@dataclass(frozen=True, slots=True)
class Pin:
    """A numbered pin."""

    x: float
    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Spot:
    """Something to be marked at a point: what it is, what it is called, and where it leads."""

    point: Point
    kind: str  # park, seaport, airport, gate
    name: str
    href: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A spot as drawn: a shape of its own for each kind, for readers who see no colours."""

    spot: Spot
    path: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A map ready to be put on a page."""

    view_box: str
    shapes: tuple[Shape, ...]
    pins: tuple[Pin, ...] = ()
    marks: tuple[Mark, ...] = ()
    low: float | None = None  # of the legend
    high: float | None = None
    unit: str = ""

    @property
    def has_legend(self) -> bool:
        """Whether provinces are coloured by a value."""
        return self.low is not None

    @property
    def kinds(self) -> frozenset[str]:
        """What kinds of spots are marked."""
        return frozenset(mark.spot.kind for mark in self.marks)


def project(point: Point) -> Point:
    """Longitude and latitude to pixels."""
    (left, top), (lon, lat) = _corner(), point
    x = (lon - left) * cos(radians(TRUE_LATITUDE)) * PIXELS_PER_DEGREE + MARGIN
    return round(x, 1), round((top - lat) * PIXELS_PER_DEGREE + MARGIN, 1)


@lru_cache(maxsize=1)
def outlines() -> Mapping[str, Outline]:
    """The outline of each province, by key."""
    return {key: _outline(polygons) for key, polygons in topology().outlines.items()}


def choropleth(
    areas: Iterable[Area],
    values: Mapping[str, float],
    *,
    pinned: Mapping[str, str] | None = None,
    texts: Mapping[str, str] | None = None,
    spots: Iterable[Spot] = (),
    unit: str = "",
) -> Drawing:
    """Provinces in five steps from the lowest to the highest value; hatched without one.

    `pinned` are the provinces of the first places with the text of their pins; the first of them
    gets a red border. `texts` are the values in words, `spots` what is marked on top.
    """
    pinned, texts = pinned or {}, texts or {}
    first = next(iter(pinned), None)
    low, high = min(values.values(), default=None), max(values.values(), default=None)
    shapes = []
    for area in areas:
        value = values.get(area.key)
        style = "map-none" if value is None else f"map-fit-{_step(value, low, high)}"
        if area.key == first:
            style += " map-top"
        text = texts.get(area.key, "")
        shapes.append(Shape(area, outlines()[area.key].path, style, value, text))
    shapes.sort(key=lambda shape: "map-top" in shape.style)  # its border lies over the others
    pins = tuple(Pin(*outlines()[key].middle, label=label) for key, label in pinned.items())
    marks = _marks(spots, COUNTRY_RADIUS)
    return Drawing(_whole(), tuple(shapes), pins, marks, low=low, high=high, unit=unit)


def plain(
    areas: Iterable[Area], *, chosen: Collection[str] = (), spots: Iterable[Spot] = ()
) -> Drawing:
    """All provinces in one colour, the chosen ones darker, as a way to their pages."""
    shapes = (
        Shape(area, outlines()[area.key].path, "map-fit-3" if area.key in chosen else "map-plain")
        for area in areas
    )
    return Drawing(_whole(), tuple(shapes), marks=_marks(spots, COUNTRY_RADIUS))


def close_up(areas: Iterable[Area], key: str, spots: Iterable[Spot]) -> Drawing:
    """One province and its surroundings, with a mark for each spot."""
    left, top, right, bottom = outlines()[key].box
    side = max(right - left, bottom - top)
    margin = side * 0.12
    window = (left - margin, top - margin, right + margin, bottom + margin)
    shapes = tuple(
        Shape(area, outlines()[area.key].path, "map-fit-2" if area.key == key else "map-plain")
        for area in areas
        if _meet(outlines()[area.key].box, window)
    )
    return Drawing(_view_box(window), shapes, marks=_marks(spots, side / 50))


def _marks(spots: Iterable[Spot], radius: float) -> tuple[Mark, ...]:
    return tuple(Mark(spot, _symbol(spot.kind, *project(spot.point), radius)) for spot in spots)


def _symbol(kind: str, x: float, y: float, r: float) -> str:
    """A circle for a park, a square for a seaport, a triangle for an airport, else a diamond."""
    if kind == "park":
        step = f"a{r:.2f} {r:.2f} 0 1 0"
        return f"M{x - r:.2f} {y:.2f}{step} {2 * r:.2f} 0{step} {-2 * r:.2f} 0z"
    if kind == "seaport":
        return f"M{x - r:.2f} {y - r:.2f}h{2 * r:.2f}v{2 * r:.2f}h{-2 * r:.2f}z"
    if kind == "airport":
        half, height = 1.2 * r, 2.2 * r
        return f"M{x:.2f} {y - 1.3 * r:.2f}l{half:.2f} {height:.2f}h{-2 * half:.2f}z"
    d = 1.2 * r
    return f"M{x:.2f} {y - d:.2f}l{d:.2f} {d:.2f}l{-d:.2f} {d:.2f}l{-d:.2f} {-d:.2f}z"


def _meet(box: Box, other: Box) -> bool:
    """Whether two boxes have anything in common."""
    return box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]


def _view_box(window: Box) -> str:
    left, top, right, bottom = window
    return f"{left:.1f} {top:.1f} {right - left:.1f} {bottom - top:.1f}"


def _step(value: float, low: float | None, high: float | None) -> int:
    if low is None or high is None or high <= low:
        return STEPS - 1
    return min(STEPS - 1, int((value - low) / (high - low) * STEPS))


@lru_cache(maxsize=1)
def _corner() -> Point:
    points = [p for polygons in topology().outlines.values() for poly in polygons for p in poly[0]]
    return min(lon for lon, _lat in points), max(lat for _lon, lat in points)


@lru_cache(maxsize=1)
def _whole() -> str:
    boxes = [outline.box for outline in outlines().values()]
    width, height = max(box[2] for box in boxes), max(box[3] for box in boxes)
    return f"0 0 {width + MARGIN:.0f} {height + MARGIN:.0f}"


def _outline(polygons: Iterable[tuple[Ring, ...]]) -> Outline:
    rings = [[project(point) for point in ring] for polygon in polygons for ring in polygon]
    largest = max(rings, key=lambda ring: abs(_area(ring)))
    xs, ys = [x for ring in rings for x, _y in ring], [y for ring in rings for _x, y in ring]
    return Outline(
        path="".join(map(_path, rings)),
        middle=_centroid(largest),
        box=(min(xs), min(ys), max(xs), max(ys)),
    )


def _path(ring: list[Point]) -> str:
    """A closed ring in relative steps, which is half as long as absolute positions."""
    (x, y), parts = ring[0], []
    start = f"M{x:g} {y:g}l"
    for next_x, next_y in ring[1:-1]:
        if (next_x, next_y) != (x, y):
            parts.append(f"{round(next_x - x, 1):g} {round(next_y - y, 1):g}")
            x, y = next_x, next_y
    return start + " ".join(parts) + "z"


def _area(ring: list[Point]) -> float:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring)) / 2


def _centroid(ring: list[Point]) -> Point:
    """The centre of gravity of a closed ring."""
    area, x, y = _area(ring), 0.0, 0.0
    for (x1, y1), (x2, y2) in pairwise(ring):
        cross = x1 * y2 - x2 * y1
        x, y = x + (x1 + x2) * cross, y + (y1 + y2) * cross
    return round(x / (6 * area), 1), round(y / (6 * area), 1)
