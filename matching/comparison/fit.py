"""How the places fit the firm, criterion by criterion."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from localities.models import Dimension
from matching.answers import CriterionLine, DimensionLine, ResultLine
from matching.comparison.rows import Cell, Group, Item, Row


@dataclass(frozen=True, slots=True)
class FitRow:
    """One dimension, and how each place fits on it."""

    code: str
    lines: tuple[DimensionLine, ...]


def dimensions(lines: Sequence[ResultLine]) -> list[FitRow]:
    """The six dimensions, a bar for each place."""
    return [
        FitRow(code, tuple(line.dimensions[index] for line in lines))
        for index, code in enumerate(Dimension.values)
    ]


def fit_groups(lines: Sequence[ResultLine]) -> list[Group]:
    """The criteria that the profile asks about, by dimension; `lines` hold every criterion."""
    asked: dict[str, list[Row]] = {code: [] for code in Dimension.values}
    for criteria in zip(*(line.criteria for line in lines), strict=True):
        asked[criteria[0].dimension].append(_row(criteria))
    return [
        Group(code, str(Dimension(code).label), tuple(rows)) for code, rows in asked.items() if rows
    ]


def _row(criteria: Sequence[CriterionLine]) -> Row:
    values = [line.value or 0 for line in criteria]
    return Row(
        label=criteria[0].label,
        cells=tuple(_cell(line) for line in criteria),
        weight=100 * criteria[0].weight * (max(values) - min(values)),
    )


def _cell(line: CriterionLine) -> Cell:
    if line.value is None:
        return Cell()
    note = gettext("a part of it is unknown") if 0 < line.unknown < 1 else ""
    fact = Item(line.fact or gettext("on record"), note=note, as_of=line.as_of, source=line.source)
    return Cell((fact,), 100 * line.value)
