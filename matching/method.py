"""The method as the page about the data tells it: criteria, their bounds, weights of the stages."""

from collections.abc import Sequence
from dataclasses import dataclass

from localities.models import Dimension
from localities.naming import reader_language
from matching.choices import STAGE_LABELS
from matching.engine.criteria import CRITERIA
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
    basis: str  # in English


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
    rows = [
        (
            criterion.dimension,
            CriterionRow(
                code=criterion.code,
                label=criterion.label[at],
                on_site=criterion.level == "park",
                specific=criterion.specific,
                weight=criterion.weight,
                basis=criterion.basis,
            ),
        )
        for criterion in CRITERIA
    ]
    return [
        Group(code, str(label), [row for dimension, row in rows if dimension == code])
        for code, label in Dimension.choices
    ]


def stage_weights() -> list[StageRow]:
    """What weighs how much at each stage, unless the firm says otherwise."""
    table = default_weights(current().facts)
    return [
        StageRow(str(STAGE_LABELS[stage]), [round(float(weight), 1) for weight in row])
        for stage, row in zip(STAGES, table, strict=True)
    ]
