"""The method as the page about the data tells it: criteria, their bounds, what is known of each.

Everything is read from the engine's own declarations and from the functions that other pages use.
"""

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from django.core.cache import caches
from django.utils.translation import gettext

from localities.models import Dimension
from localities.naming import reader_language
from matching.backtest import Report, cached_report
from matching.backtest.scoring import DEPTHS
from matching.choices import STAGE_LABELS
from matching.coverage import coverage
from matching.engine.criteria import CRITERIA, ENGINE_VERSION
from matching.engine.criterion import Criterion, Membership, Ramp
from matching.engine.requirements import STAGES
from matching.engine.stages import default_weights
from matching.snapshot import current

_LABELS = ("ja", "en", "vi")


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """One criterion in words."""

    code: str
    label: str
    on_site: bool
    specific: bool
    weight: float
    points: Sequence[tuple[float, float]]  # fact -> value; none where it is no straight scale
    of_need: bool  # the facts of `points` are multiples of what the firm needs
    basis: str
    provinces: int  # in which a fact of it is known
    parks: int


@dataclass(frozen=True, slots=True)
class Group:
    """The criteria of one dimension."""

    dimension: str
    label: str
    rows: Sequence[CriterionRow]


@dataclass(frozen=True, slots=True)
class StageRow:
    """The default weights of a stage, in the order of the dimensions."""

    label: str
    weights: Sequence[float]


def criteria_by_dimension() -> list[Group]:
    """Every criterion of the engine, under its dimension."""
    at = _LABELS.index(reader_language())
    known = _known()
    rows = [
        (
            criterion.dimension,
            CriterionRow(
                code=criterion.code,
                label=criterion.label[at],
                on_site=criterion.level == "park",
                specific=criterion.specific,
                weight=criterion.weight,
                points=bounds(criterion),
                of_need=isinstance(criterion.value, Membership),
                basis=gettext(criterion.basis),
                provinces=known[criterion.code][0],
                parks=known[criterion.code][1],
            ),
        )
        for criterion in CRITERIA
    ]
    return [
        Group(code, str(label), [row for dimension, row in rows if dimension == code])
        for code, label in Dimension.choices
    ]


def bounds(criterion: Criterion) -> Sequence[tuple[float, float]]:
    """The points between which the criterion's value runs straight, as it declares them.

    A distance without a limit asked for has those of its default; empty where the value is a
    level, a share or follows from what the firm needs alone.
    """
    value = criterion.value
    if isinstance(value, Membership):
        return value.anchors
    if isinstance(value, Ramp):
        ends = inspect.getclosurevars(value.points).nonlocals.get("default")
        return ((ends[0], 1.0), (ends[1], 0.0)) if isinstance(ends, tuple) else ()
    return cast(
        Sequence[tuple[float, float]],
        inspect.getclosurevars(value.table).nonlocals.get("anchors", ()),
    )


def _known() -> dict[str, tuple[int, int]]:
    """By criterion, of how many provinces and parks a fact is known; made once a catalogue."""
    snapshot = current()
    key = f"coverage/{snapshot.version}/{ENGINE_VERSION}"
    found = cast(dict[str, tuple[int, int]] | None, caches["kept"].get(key))
    if found is None:
        found = {c.criterion.code: (c.provinces, c.parks) for c in coverage(snapshot)}
        caches["kept"].set(key, found, timeout=None)
    return found


@dataclass(frozen=True, slots=True)
class Headline:
    """What the back-test comes to."""

    cases: int
    depth: int
    found: float  # firms whose province stands among the first `depth`
    found_by_another: float  # with the profile of another firm
    p: float


def backtest_headline() -> Headline:
    """The back-test's whole table in one line, from the report that its page shows."""
    report: Report = cached_report(current())
    table, at = report.whole, DEPTHS.index(3)
    own, shuffled = table.lines[0], table.lines[1]
    return Headline(
        cases=table.cases,
        depth=DEPTHS[at],
        found=own.hits[at] * table.cases,
        found_by_another=shuffled.hits[at] * table.cases,
        p=table.p.hits[at],
    )


def stage_weights() -> list[StageRow]:
    """What weighs how much at each stage, unless the firm says otherwise."""
    table = default_weights(current().facts)
    return [
        StageRow(str(STAGE_LABELS[stage]), [round(float(weight), 1) for weight in row])
        for stage, row in zip(STAGES, table, strict=True)
    ]
