"""A file's bytes as a table: headings over columns, and rows of cells that say something."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from io import BytesIO, StringIO

from django.utils.translation import gettext
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from localities.imports.archive import (
    MOST_FILE_BYTES,
    Unusable,
    damaged,
    is_archive,
    place,
    refuse_old_workbook,
    repacked,
    too_big,
    too_long,
    too_many_columns,
    too_many_rows,
)
from portal.sheets import bare

MOST_ROWS = 50_000
MOST_COLUMNS = 200
LONGEST_CELL = 20_000
MOST_HEADINGS = 3  # rows of them
_HEADINGS_WITHIN = 12  # rows from the top
_ROOM = _HEADINGS_WITHIN + MOST_HEADINGS
_SPACES = re.compile(r"[ \t\u3000\xa0]+")

Cell = str | int | float | bool | date | None


@dataclass(frozen=True, slots=True)
class Row:
    """A row that says something, with its number in the file."""

    number: int
    cells: Sequence[Cell]

    def cell(self, column: int) -> Cell:
        """The cell in a column, counted from 0; None beyond the last."""
        return self.cells[column] if column < len(self.cells) else None


@dataclass(frozen=True)
class Grid:
    """All rows of the sheet that is read."""

    sheet: str
    rows: Sequence[Row]
    typed: bool  # numbers are numbers: a workbook, no text file

    @cached_property
    def width(self) -> int:
        """How many columns there are."""
        return max((len(row.cells) for row in self.rows), default=0)


@dataclass(frozen=True, slots=True)
class Head:
    """Where the headings stand: the number of their first row, and how many rows they are."""

    first: int
    rows: int


def read(content: bytes) -> Grid:
    """The first sheet of the file that holds something. Raises Unusable."""
    if len(content) > MOST_FILE_BYTES:
        raise Unusable(too_big())
    if not content:
        raise Unusable(_empty())
    refuse_old_workbook(content)
    grid = _workbook(content) if is_archive(content) else _text_file(content)
    if len(grid.rows) > MOST_ROWS + _ROOM:
        raise Unusable(too_many_rows(MOST_ROWS))
    if not grid.rows:
        raise Unusable(_empty())
    return grid


def headings(grid: Grid, head: Head) -> list[str]:
    """The heading of each column: what stands over it, the merged cells of upper rows filled in.

    A merged cell gives its text to its first column only: it holds to the right until the next one.
    """
    rows = [row for row in grid.rows if head.first <= row.number < head.first + head.rows]
    levels = []
    for row in rows:
        texts = [as_text(row.cell(column)).strip() for column in range(grid.width)]
        levels.append(texts)
    below = [""] * grid.width
    for at in range(len(levels) - 2, -1, -1):
        below = [one or two for one, two in zip(levels[at + 1], below, strict=True)]
        levels[at] = _filled(levels[at], below)
    return [_joined([level[column] for level in levels]) for column in range(grid.width)]


def body(grid: Grid, head: Head) -> list[Row]:
    """The rows under the headings."""
    return [row for row in grid.rows if row.number >= head.first + head.rows]


def heads(grid: Grid) -> list[Head]:
    """Where headings could stand, the likelier first."""
    numbers = [row.number for row in grid.rows[:_HEADINGS_WITHIN]]
    return [Head(first, rows) for rows in range(1, MOST_HEADINGS + 1) for first in numbers]


def as_text(cell: Cell) -> str:
    """A cell as its reader sees it."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _filled(texts: Sequence[str], below: Sequence[str]) -> list[str]:
    filled, last = [], ""
    for text, lower in zip(texts, below, strict=True):
        last = text or (last if lower else "")
        filled.append(last)
    return filled


def _joined(parts: Sequence[str]) -> str:
    lines = (_SPACES.sub(" ", " ".join(part.split())) for part in parts if part)
    return " / ".join(dict.fromkeys(lines))


def _empty() -> str:
    return gettext("The file holds no rows.")


def _workbook(content: bytes) -> Grid:
    safe = repacked(content, rows=MOST_ROWS + _ROOM, columns=MOST_COLUMNS, letters=LONGEST_CELL)
    try:
        with CalamineWorkbook.from_filelike(BytesIO(safe)) as book:
            for meta in book.sheets_metadata:
                visible = meta.visible == SheetVisibleEnum.Visible
                if visible and meta.typ == SheetTypeEnum.WorkSheet:
                    grid = Grid(meta.name, _sheet_rows(book.get_sheet_by_name(meta.name)), True)
                    if grid.rows:
                        return grid
    except (CalamineError, ValueError, OverflowError, OSError) as error:
        raise Unusable(damaged()) from error
    except BaseException as error:  # a panic of the parser is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise Unusable(damaged()) from error
    raise Unusable(_empty())


def _sheet_rows(sheet: CalamineSheet) -> list[Row]:
    if sheet.total_width > MOST_COLUMNS:
        raise Unusable(too_many_columns(MOST_COLUMNS))
    if sheet.total_height > MOST_ROWS + _ROOM:
        raise Unusable(too_many_rows(MOST_ROWS))
    rows: list[Row] = []
    for number, cells in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        _keep(rows, number, [_cell(cell, number, at) for at, cell in enumerate(cells)])
    return rows


def _cell(
    cell: int | float | str | bool | time | date | datetime | timedelta, row: int, column: int
) -> Cell:
    if isinstance(cell, str):
        return _text(cell, row, column)
    if isinstance(cell, datetime):
        return cell.date() if cell.time() == time() else cell.isoformat(" ", "minutes")
    if isinstance(cell, (time, timedelta)):
        return str(cell)
    return cell


def _text(text: str, row: int, column: int) -> str | None:
    """A text without what can't be seen; raises Unusable for one too long, or with a NUL."""
    if len(text) > LONGEST_CELL:
        raise Unusable(too_long((row, column + 1), LONGEST_CELL))
    if "\x00" in text:
        told = {"place": place(row, column + 1)}
        raise Unusable(gettext("Cell %(place)s holds a NUL character.") % told)
    clean = text.replace("\r\n", "\n").replace("\r", "\n").replace("_x000D_", "").strip()
    return clean.strip("\ufeff\u200b") or None


def _keep(rows: list[Row], number: int, cells: list[Cell]) -> None:
    while cells and cells[-1] is None:
        cells.pop()
    if len(cells) > MOST_COLUMNS:
        raise Unusable(too_many_columns(MOST_COLUMNS))
    if cells:
        rows.append(Row(number, cells))


def _text_file(content: bytes) -> Grid:
    text = _decoded(content)
    reader = csv.reader(StringIO(text, newline=""), delimiter=_separator(text), strict=False)
    rows: list[Row] = []
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            found = [_text(bare(cell), number, at) for at, cell in enumerate(cells)]
            _keep(rows, number, list(found))
            if len(rows) > MOST_ROWS + _ROOM:
                raise Unusable(too_many_rows(MOST_ROWS))
    except csv.Error as error:
        where = {"row": number + 1}
        raise Unusable(gettext("Row %(row)s is no row of a CSV file.") % where) from error
    return Grid("", rows, False)


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        codes: tuple[str, ...] = ("utf-16",)
    elif b"\x00" in content:
        codes = ()
    else:
        codes = ("utf-8-sig", "cp932")
    for code in codes:
        try:
            text = content.decode(code)
        except UnicodeDecodeError:
            continue
        if not any(
            unicodedata.category(c) == "Cc" and c not in "\t\r\n\x0b\x1a" for c in text[:4000]
        ):
            return text.rstrip("\x1a")
    text = gettext("This is neither a workbook (.xlsx) nor a CSV file in UTF-8 or Shift_JIS.")
    raise Unusable(text)


def _separator(text: str) -> str:
    """What parts the cells: what stands most often in the first lines."""
    lines = [line for line in text[:20_000].splitlines() if line.strip()][:10]
    return max(",\t;", key=lambda sign: sum(line.count(sign) for line in lines))
