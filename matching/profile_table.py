"""Profiles from a CSV file, a block of rows at a time, straight into the engine's arrays.

The header names fields of a profile (those of `POST /api/v1/matches/`), in any order; the items of
a list are separated by ';' and an empty cell says nothing. Two columns more may stand there: `id`,
which is carried through, and `must_haves`, codes alone. The rules are the API's own: a cell that
its field would surely take is taken at once, and any other is put before that field, so that every
refusal is in the API's words.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import chain, islice
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.fields import empty

from matching.engine.facts import Facts, Floats, Ints
from matching.engine.requirements import MUST_HAVE_NEEDS, MUST_HAVES, STAGES, Requirements
from matching.questions import PLAIN_MUST_HAVES, Profile, Question, QuestionSerializer
from matching.requirements import STAGE_OF_SILENCE, requirements_of, weights_of
from matching.snapshot import Snapshot
from portal.api.serializers import JSONTextField

BLOCK_ROWS = 4096
SEPARATOR = ";"
IDENTIFIER, CONDITIONS = "id", "must_haves"
LONGEST_ID = 200
_JSON_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?", re.ASCII)


def identifier_field() -> JSONTextField:
    """What a row may be called, in every form that rows come in."""
    return JSONTextField(required=False, allow_null=True, allow_blank=True, max_length=LONGEST_ID)


class UnreadableTable(Exception):
    """The file as a whole can't be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a row was not matched: the column (empty: the row as a whole) and what is wrong."""

    column: str
    reason: str
    code: str


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows of the file: who they are, what is wrong with some, what the others ask for."""

    numbers: Sequence[int]  # as a spreadsheet counts them: the header is row 1
    identifiers: Sequence[str]
    refusals: Mapping[int, Sequence[Refusal]]  # by position in the block
    good: Ints  # [G] positions in the block of the rows that stand
    requirements: Requirements  # G rows
    weights: Floats  # [G, 6]


@dataclass(frozen=True)
class _Number:
    """A column of numbers."""

    name: str
    field: Any  # the API's

    def read(self, cell: str) -> float:
        """The number in `cell`. Raises the field's ValidationError."""
        value = _number(cell)
        if self._sure(value):
            return float(value)
        return float(self.field.run_validation(value))

    def _sure(self, value: float | str) -> bool:
        """Whether the field would take `value` as it is."""
        if isinstance(value, str) or not self.field.min_value <= value <= self.field.max_value:
            return False
        return isinstance(self.field, serializers.FloatField) or float(value).is_integer()

    def write(self, req: Requirements, rows: list[int], values: list[float]) -> None:
        """Sets the values of `rows`."""
        getattr(req, self.name)[rows] = values


@dataclass(frozen=True)
class _Code:
    """A column of codes."""

    name: str
    field: Any
    index: Mapping[str, int]
    digits: int = 0  # of a code of digits alone: spreadsheets drop its zeros

    def read(self, cell: str) -> int:
        """The index of the code in `cell`. Raises the field's ValidationError."""
        code = cell.zfill(self.digits) if cell.isdecimal() else cell
        found = self.index.get(code)
        return self.index[self.field.run_validation(cell or empty)] if found is None else found

    def write(self, req: Requirements, rows: list[int], values: list[int]) -> None:
        """Sets the values of `rows`."""
        getattr(req, self.name)[rows] = values


@dataclass(frozen=True)
class _Codes:
    """A column of lists of codes; a code marks columns of the array."""

    name: str
    field: Any
    index: Mapping[str, Sequence[int]]
    ARRAYS: ClassVar[dict[str, str]] = {CONDITIONS: "must"}

    def read(self, cell: str) -> list[int]:
        """The columns that the codes in `cell` mark. Raises the field's ValidationError."""
        codes = [code for item in cell.split(SEPARATOR) if (code := item.strip())]
        if len(codes) > self.field.max_length or not all(code in self.index for code in codes):
            codes = self.field.run_validation(codes)
        return [column for code in codes for column in self.index[code]]

    def write(self, req: Requirements, rows: list[int], values: list[list[int]]) -> None:
        """Marks the columns of `rows`."""
        array = getattr(req, self.ARRAYS.get(self.name, self.name))
        array[np.repeat(rows, [len(each) for each in values]), list(chain(*values))] = True


_Column = _Number | _Code | _Codes


class ProfileTable:
    """Reads files of profiles for one version of the catalogue."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.facts: Facts = snapshot.facts
        self._question = QuestionSerializer(context={"snapshot": snapshot})
        self._identifier = identifier_field()
        profile: Any = self._question.fields["profile"]
        fields = {**profile.fields, CONDITIONS: self._question.fields[CONDITIONS]}
        self.columns: dict[str, _Column] = {
            name: self._column(name, field) for name, field in fields.items()
        }
        self._stage_weights = self._weights_of_stages()

    @property
    def allowed(self) -> tuple[str, ...]:
        """The columns that a file may have."""
        return (IDENTIFIER, *self.columns)

    def blocks(self, file: Iterable[str], rows: int = BLOCK_ROWS) -> Iterator[Block]:
        """The rows of an opened CSV file, block by block. Raises UnreadableTable.

        Memory grows with the block alone. Empty lines are passed over.
        """
        lines = csv.reader(file)
        try:
            header = self.header(next(lines, []))
            numbered = ((number, line) for number, line in enumerate(lines, 2) if any(line))
            while part := list(islice(numbered, rows)):
                yield self.block(header, part)
        except csv.Error as error:
            text = _("Line %(line)s: %(error)s.") % {"line": lines.line_num, "error": error}
            raise UnreadableTable(text) from error

    def header(self, names: Sequence[str]) -> list[str]:
        """The columns that the first row names. Raises UnreadableTable."""
        header = [name.strip() for name in names]
        wrong = sorted(set(header) - set(self.allowed))
        twice = sorted({name for name in header if header.count(name) > 1})
        allowed = ", ".join(self.allowed)
        if wrong:
            shown = ", ".join(f"“{name[:60]}”" for name in wrong[:10])
            text = _("Unknown column %(wrong)s; allowed are %(allowed)s.")
            raise UnreadableTable(text % {"wrong": printable(shown), "allowed": allowed})
        if twice:
            raise UnreadableTable(_("Column %(name)s stands there twice.") % {"name": twice[0]})
        if "sector" not in header:
            text = _("The column sector is needed; allowed are %(allowed)s.")
            raise UnreadableTable(text % {"allowed": allowed})
        return header

    def block(self, header: Sequence[str], part: Sequence[tuple[int, list[str]]]) -> Block:
        """The numbered rows of `part`, judged and read."""
        width = len(header)
        refusals: defaultdict[int, list[Refusal]] = defaultdict(list)
        cells = [[cell.strip() for cell in line] for _number, line in part]
        for at, line in enumerate(cells):
            if any(line[width:]):
                text = _("The row has more cells than the header.")
                refusals[at].append(Refusal("", text, "too_many_cells"))
            line[width:] = [""] * (width - len(line))
        by_name = dict(zip(header, zip(*cells, strict=True), strict=True))
        identifiers = by_name.pop(IDENTIFIER, ("",) * len(cells))
        for at, identifier in enumerate(identifiers):
            if refused := self._refused_identifier(identifier):
                refusals[at].append(refused)
        req = Requirements.empty(self.facts, len(cells))
        for name, column in by_name.items():
            self._fill(req, self.columns[name], column, refusals)
        self._check_needs(req, refusals)
        good = np.array([at for at in range(len(cells)) if at not in refusals], dtype=np.intp)
        return Block(
            numbers=[number for number, _line in part],
            identifiers=identifiers,
            refusals=refusals,
            good=good,
            requirements=req.take(good),
            weights=self._stage_weights[req.stage[good]],
        )

    def _refused_identifier(self, identifier: str) -> Refusal | None:
        """What is wrong with an id, as it is told of one in JSON."""
        if printable(identifier) != identifier:
            return Refusal(IDENTIFIER, _("The body is not UTF-8."), "encoding")
        if "\0" in identifier:
            return Refusal(IDENTIFIER, _("A text holds no NUL character."), "nul")
        try:
            self._identifier.run_validation(identifier)
        except ValidationError as error:
            return _refusal(IDENTIFIER, error)
        return None

    def _fill(
        self,
        req: Requirements,
        column: _Column,
        cells: Sequence[str],
        refusals: defaultdict[int, list[Refusal]],
    ) -> None:
        """Writes the cells of one column; those of other rows stay where one is refused."""
        rows: list[int] = []
        values: list[Any] = []
        for at, cell in enumerate(cells):
            if not cell and not column.field.required:
                continue
            try:
                values.append(column.read(cell))
                rows.append(at)
            except ValidationError as error:
                refusals[at].append(_refusal(column.name, error))
        if rows:
            column.write(req, rows, values)

    def _check_needs(self, req: Requirements, refusals: defaultdict[int, list[Refusal]]) -> None:
        """Refuses must-haves that need a number which the row does not give."""
        for code, need in MUST_HAVE_NEEDS.items():
            asked = req.must[:, MUST_HAVES.index(code)]
            for at in np.flatnonzero(asked & np.isnan(getattr(req, need))).tolist():
                if at not in refusals:
                    refusals[at].append(self._needs(code))

    def _needs(self, code: str) -> Refusal:
        """What the API says of must-have `code` without its number."""
        try:
            self._question.validate({"profile": {}, CONDITIONS: [code]})
        except ValidationError as error:
            return _refusal(CONDITIONS, error)
        raise AssertionError(code)

    def _column(self, name: str, field: Any) -> _Column:
        if name == CONDITIONS:
            marks = {code: [MUST_HAVES.index(code)] for code in PLAIN_MUST_HAVES}
            return _Codes(name, field, marks)
        if isinstance(field, serializers.ListField):
            choices: Any = field.child
            marks = {code: self._marks(name, code) for code in choices.choices}
            return _Codes(name, field, marks)
        if isinstance(field, serializers.ChoiceField):
            index = {code: int(self._row(name, code)) for code in field.choices}
            return _Code(name, field, index, digits=2 if name == "prefecture" else 0)
        return _Number(name, field)

    def _asking(self, **profile: Any) -> Question:
        return Question(Profile(**{"sector": self.facts.sector_codes[0], **profile}))

    def _row(self, name: str, value: Any) -> Any:
        """What `value` of the profile's field `name` makes of its array: one row."""
        return getattr(requirements_of(self._asking(**{name: value}), self.facts), name)[0]

    def _marks(self, name: str, code: str) -> list[int]:
        marks: list[int] = np.flatnonzero(self._row(name, (code,))).tolist()
        return marks

    def _weights_of_stages(self) -> Floats:
        """Return [5, 6]: the weights of every stage; the last row, -1, is that of silence."""
        stages = (*STAGES, STAGE_OF_SILENCE)
        questions = [self._asking(stage=stage) for stage in stages]
        return np.stack([weights_of(question, self.facts) for question in questions])


def _number(cell: str) -> float | str:
    """The number that `cell` writes as JSON does; else the cell itself, for the field to refuse."""
    return float(cell) if _JSON_NUMBER.fullmatch(cell) else cell


def _refusal(column: str, error: ValidationError) -> Refusal:
    """The texts of a ValidationError, each once, under the code of the first."""
    details = list(_details(error.detail))
    texts = dict.fromkeys(printable(str(detail)) for detail in details)
    return Refusal(column, " ".join(texts), details[0].code or "invalid")


def _details(detail: Any) -> Iterator[ErrorDetail]:
    if isinstance(detail, Mapping | list):
        for inner in detail.values() if isinstance(detail, Mapping) else detail:
            yield from _details(inner)
    else:
        yield detail


def printable(text: str) -> str:
    """`text` with a mark for bytes that are not UTF-8."""
    return text.encode("utf-8", "replace").decode()


def open_table(path: Path) -> TextIOWrapper:
    """The file at `path`, opened as CSV in UTF-8; bytes that are not stay in their cell."""
    return path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")


__all__ = ["Block", "ProfileTable", "Refusal", "UnreadableTable", "open_table", "printable"]
