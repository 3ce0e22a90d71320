"""The rows of a block, judged by the rules of `POST /api/v1/matches/` and read into arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

import numpy as np
from django.conf import settings
from django.utils import translation
from rest_framework.exceptions import ValidationError

from matching.batch.packing import Fault, Row
from matching.engine.facts import Floats
from matching.engine.requirements import Requirements
from matching.profile_table import IDENTIFIER, LONGEST_ID, ProfileTable, Refusal, identifier_field
from matching.questions import ProfileSerializer, QuestionSerializer, question_of
from matching.requirements import requirements_of, weights_of
from matching.snapshot import Snapshot
from portal.api.handler import body_faults
from portal.api.parsers import read_json
from portal.api.problems import BodyError, pointer_to
from portal.api.problems import Fault as Problem


class RowSerializer(QuestionSerializer):
    """One row: what `POST /api/v1/matches/` takes of a firm, and an id that comes back."""

    id = identifier_field()
    profile = ProfileSerializer()

    def get_fields(self) -> dict[str, Any]:
        """The fields, without those that all rows have in common."""
        common = ("level", "limit", "detail", "robustness")
        return {name: each for name, each in super().get_fields().items() if name not in common}


@dataclass(frozen=True)
class Judged:
    """A block. `requirements` and `weights` have its good rows, in order."""

    identifiers: Sequence[str | None]
    faults: Mapping[int, list[Fault]]  # by position in the block
    good: Sequence[int]  # positions in the block
    requirements: Requirements
    weights: Floats


def judge(
    rows: Sequence[Row],
    columns: list[str] | None,
    options: Mapping[str, Any],
    *,
    snapshot: Snapshot,
) -> Judged:
    """The rows of a CSV file with `columns`, or texts of JSON objects where there are none.

    What is wrong is told in every language, since nobody knows who will read it.
    """
    kind = _Cells(snapshot, columns) if columns is not None else _Objects(snapshot, options)
    judged: Judged = kind.judge(rows)
    wrong = sorted(judged.faults)
    told: dict[int, list[Fault]] = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            again = kind.faults([rows[at] for at in wrong])
        for at, problems in zip(wrong, again, strict=True):
            lines = told.setdefault(at, [(each.pointer, each.code, {}) for each in problems])
            for (_pointer, _code, texts), each in zip(lines, problems, strict=True):
                texts[code] = each.detail
    return Judged(judged.identifiers, told, judged.good, judged.requirements, judged.weights)


class _Cells:
    """Rows of a CSV file; a pointer names the column."""

    def __init__(self, snapshot: Snapshot, columns: Sequence[str]) -> None:
        self._snapshot, self._columns = snapshot, columns

    def judge(self, rows: Sequence[Row]) -> Judged:
        block = self._table().block(self._columns, rows)
        return Judged(
            identifiers=[
                None if _nameless(block.refusals.get(at, ())) else each or None
                for at, each in enumerate(block.identifiers)
            ],
            faults={at: [] for at in block.refusals},
            good=block.good.tolist(),
            requirements=block.requirements,
            weights=block.weights,
        )

    def faults(self, rows: Sequence[Row]) -> list[list[Problem]]:
        if not rows:
            return []
        refusals = self._table().block(self._columns, rows).refusals
        return [
            [
                Problem(
                    pointer_to("#", each.column) if each.column else "#", each.reason, each.code
                )
                for each in refusals[at]
            ]
            for at in range(len(rows))
        ]

    def _table(self) -> ProfileTable:
        return _table(self._snapshot, translation.get_language())


class _Objects:
    """Texts of JSON objects; a pointer points into the object."""

    def __init__(self, snapshot: Snapshot, options: Mapping[str, Any]) -> None:
        self._snapshot, self._facts, self._options = snapshot, snapshot.facts, options

    def judge(self, rows: Sequence[Row]) -> Judged:
        identifiers: list[str | None] = []
        faults: dict[int, list[Fault]] = {}
        good: list[int] = []
        requirements, weights = [], []
        for at, (_number, text) in enumerate(rows):
            try:
                valid = self._valid(text)
            except (BodyError, ValidationError):
                identifiers.append(_identifier(text))
                faults[at] = []
                continue
            identifiers.append(valid.pop("id", None) or None)
            question = question_of(valid)
            good.append(at)
            requirements.append(requirements_of(question, self._facts))
            weights.append(weights_of(question, self._facts))
        return Judged(
            identifiers, faults, good, _joined(requirements, self._facts), np.array(weights)
        )

    def faults(self, rows: Sequence[Row]) -> list[list[Problem]]:
        return [self._problems(text) for _number, text in rows]

    def _problems(self, text: str) -> list[Problem]:
        try:
            self._valid(text)
        except BodyError as error:
            return list(error.faults)
        except ValidationError as error:
            return list(body_faults(error.detail, "#"))
        raise AssertionError(text)

    def _valid(self, text: str) -> dict[str, Any]:
        """The validated members of a row. Raises BodyError or ValidationError."""
        row = read_json(text.encode("utf-8", "surrogateescape"))
        asked = {**self._options, **row} if isinstance(row, dict) else row
        return dict(_reader(self._snapshot, translation.get_language()).run_validation(asked))


@lru_cache(maxsize=8)
def _table(snapshot: Snapshot, language: str | None) -> ProfileTable:
    """Reads cells, and refuses them in `language`, which REST framework would keep to."""
    return ProfileTable(snapshot)


@lru_cache(maxsize=8)
def _reader(snapshot: Snapshot, language: str | None) -> RowSerializer:
    """Reads objects, and refuses them in `language`, which REST framework would keep to."""
    return RowSerializer(context={"snapshot": snapshot})


def _nameless(refusals: Sequence[Refusal]) -> bool:
    """Whether the id of a row of CSV is refused."""
    return any(each.column == IDENTIFIER for each in refusals)


def _identifier(text: str) -> str | None:
    """The id of a row that is refused, where it can be read."""
    try:
        row = read_json(text.encode("utf-8", "surrogateescape"))
    except BodyError:
        return None
    found = row.get("id") if isinstance(row, dict) else None
    return found if isinstance(found, str) and 0 < len(found) <= LONGEST_ID else None


def _joined(parts: Sequence[Requirements], facts: Any) -> Requirements:
    """Requirements of one row each, as one."""
    if not parts:
        return Requirements.empty(facts, 0)
    arrays: dict[str, Any] = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(Requirements)
    }
    return Requirements(**arrays)
