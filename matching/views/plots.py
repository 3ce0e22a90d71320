"""The plots of a match, ready to be put on a page: positions in units of their SVG."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor

from matching.answers import AcceptabilityLine, Answer, CentralWeightsLine, PlaceLine, TradeOffLine

WIDTH, HEIGHT = 600.0, 380.0
LEFT, TOP, RIGHT, BOTTOM = 44.0, 16.0, 584.0, 348.0  # of the field inside the axes
STEP = 10  # points of fit between ticks; twice as many where there would be too many
MOST_STEPS = 5
LONGEST_NAME = 24  # characters beside a mark
SHADES = (0.0005, 0.05, 0.2, 0.4, 0.6)  # the least share of each shade of the acceptability plot
SHOWN_WINNERS = 6  # likelier than RARELY; the rest is named in a line
RARELY = 0.005


@dataclass(frozen=True, slots=True)
class Axis:
    """From which to which fit an axis runs, in which steps, and where on the page."""

    low: int
    high: int
    step: int
    start: float
    end: float

    def at(self, fit: float) -> float:
        """The position of a fit."""
        return self.start + (fit - self.low) / (self.high - self.low) * (self.end - self.start)

    @property
    def ticks(self) -> list[tuple[float, int]]:
        """Position and fit of each tick."""
        return [(self.at(fit), fit) for fit in range(self.low, self.high + 1, self.step)]


@dataclass(frozen=True, slots=True)
class Mark:
    """One place in the scatter plot. `reach` is where its cost could lie if the unknown is good."""

    line: TradeOffLine
    x: float
    y: float
    reach: float | None


@dataclass(frozen=True, slots=True)
class Name:
    """The name of a place of the front, above its mark."""

    text: str
    x: float
    y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Scatter:
    """Cost against the rest: the front apart, as it is drawn last and named."""

    x: Axis
    y: Axis
    marks: tuple[Mark, ...]
    front: tuple[Mark, ...]
    names: tuple[Name, ...]  # of the front, as far as there is room; all are listed below
    edge: str  # the path along the front
    unknown: tuple[PlaceLine, ...]  # ranked, but too little is known of their cost
    lines: tuple[TradeOffLine, ...]


@dataclass(frozen=True, slots=True)
class Strip:
    """The ranks of one place: for each the share of draws, and its shade from 0 (never) to 5."""

    line: AcceptabilityLine
    cells: tuple[tuple[int, float, int], ...]  # position, share, shade
    top3: float


@dataclass(frozen=True, slots=True)
class Lean:
    """A share of weight, and how many points it differs from the firm's own."""

    dimension: str
    share: float
    more: float


@dataclass(frozen=True, slots=True)
class Winner:
    """A place that is first under some weights near the firm's, and how those lean."""

    line: CentralWeightsLine
    leans: tuple[Lean, ...]


@dataclass(frozen=True, slots=True)
class Winners:
    """The places first in at least one draw; `rare` are those of less than one draw in 200."""

    own: tuple[Lean, ...]
    shown: tuple[Winner, ...]
    rare: tuple[PlaceLine, ...]


def scatter(answer: Answer) -> Scatter | None:
    """The cost-quality plot; None where there is nothing to set against each other."""
    lines = answer.trade_off
    if not lines:
        return None
    drawn = [line for line in lines if line.cost is not None]
    x = _axis([f for line in drawn for f in (line.cost, line.cost_high)], LEFT, RIGHT)
    y = _axis([line.others for line in drawn], BOTTOM, TOP)
    marks = [_mark(line, x, y) for line in drawn]
    front = tuple(mark for mark in marks if mark.line.front)
    return Scatter(
        x=x,
        y=y,
        marks=tuple(mark for mark in marks if not mark.line.front),
        front=front,
        names=tuple(_names(front)),
        edge=_edge(front),
        unknown=tuple(line.place for line in lines if line.cost is None),
        lines=lines,
    )


def strips(answer: Answer) -> list[Strip]:
    """The acceptability plot, a strip a place; empty without draws."""
    return [
        Strip(
            line=line,
            cells=tuple(
                (position, share, sum(share >= least for least in SHADES))
                for position, share in enumerate(line.shares)
            ),
            top3=sum(line.shares[:3]),
        )
        for line in answer.acceptability or ()
    ]


def winners(answer: Answer) -> Winners | None:
    """Who is first under which weights; None without draws."""
    lines = answer.central_weights
    if not lines:
        return None
    whole = sum(answer.weights.values())
    own = {code: weight / whole for code, weight in answer.weights.items()}
    likely = [line for line in lines if line.p_first >= RARELY][:SHOWN_WINNERS]
    return Winners(
        own=tuple(Lean(code, share, 0.0) for code, share in own.items()),
        shown=tuple(
            Winner(
                line,
                tuple(
                    Lean(code, share, 100 * (share - own[code]))
                    for code, share in line.weights.items()
                ),
            )
            for line in likely
        ),
        rare=tuple(line.place for line in lines[len(likely) :]),
    )


def shade_labels() -> list[str]:
    """What each shade of the acceptability plot means, the palest first."""
    least = [0, *(round(100 * share) for share in SHADES[1:]), 100]
    return [f"{low}–{high}%" for low, high in pairwise(least)]


def _axis(fits: Iterable[float | None], start: float, end: float) -> Axis:
    """An axis over all `fits`, its ends at ticks; the whole scale where there are none."""
    known = [fit for fit in fits if fit is not None]
    least, most = min(known, default=0.0), max(known, default=100.0)
    step = STEP if most - least <= STEP * MOST_STEPS else 2 * STEP
    low = step * floor(least / step)
    return Axis(low, max(step * ceil(most / step), low + step), step, start, end)


def _mark(line: TradeOffLine, x: Axis, y: Axis) -> Mark:
    cost = line.cost or 0.0
    high = line.cost_high if line.cost_high is not None and line.cost_high - cost >= 1 else None
    return Mark(line, x.at(cost), y.at(line.others), None if high is None else x.at(high))


def _names(front: Sequence[Mark]) -> Iterable[Name]:
    """Names above marks, where they meet no mark or name of a better place."""
    taken: list[tuple[float, float]] = []
    for mark in front:
        text = mark.line.place.name
        short = text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 1].rstrip()}…"
        y = mark.y - 17
        near = [(x, z) for x, z in taken if abs(x - mark.x) < 150 and abs(z - y) < 34]
        taken += [(mark.x, mark.y), (mark.x, y)]
        if near:
            continue
        if mark.x < LEFT + 90:
            yield Name(short, mark.x - 11, y, "start")
        elif mark.x > RIGHT - 90:
            yield Name(short, mark.x + 11, y, "end")
        else:
            yield Name(short, mark.x, y, "middle")


def _edge(front: Sequence[Mark]) -> str:
    """A staircase along the front, from its best place by the rest to its cheapest."""
    if not front:
        return ""
    steps = sorted((mark.x, mark.y) for mark in front)
    corners = "".join(f"V{y:.1f}H{x:.1f}" for x, y in steps)
    return f"M{LEFT:.1f} {steps[0][1]:.1f}{corners}V{BOTTOM:.1f}"
