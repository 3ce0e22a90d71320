"""Tables for spreadsheets: XLSX workbooks and CSV, written so that no cell can run as a formula.

A cell is a text, a number, a truth value, a date, a `Link`, a `Strong` text, or None for an empty
one. Texts are written as texts whatever they begin with; numbers stay numbers. The same tables
give the same bytes.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from io import BytesIO, StringIO
from itertools import chain
from math import isfinite

import xlsxwriter
from django.http import HttpResponse, StreamingHttpResponse
from django.utils import translation
from django.utils.http import content_disposition_header
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
BOM = "\ufeff"  # without it Excel takes UTF-8 for the code page of its country
# What spreadsheets begin to calculate at; in Japanese settings the full-width signs as well.
RUNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
CONTROLS = ("\t", "\r", "\n")
LONGEST_TEXT = 32_767
LONGEST_NAME = 31
LONGEST_ADDRESS = 2_079
MOST_ROWS = 1_048_576
_LINES_AT_ONCE = 200
_A4 = 9
_FIRST_DAY = date(1900, 3, 1)  # before it Excel's calendar has a day that never was


@dataclass(frozen=True, slots=True)
class Link:
    """An address to click, shown as `text`, or as itself where there is none."""

    url: str
    text: str = ""

    @property
    def shown(self) -> str:
        """What stands in the cell."""
        return self.text or self.url


@dataclass(frozen=True, slots=True)
class Strong:
    """A text that heads what follows."""

    text: str


Cell = str | int | float | Decimal | bool | date | Link | Strong | None
Rows = Iterable[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, its width in half-width characters, and the decimals of its numbers."""

    title: str
    width: int = 16
    decimals: int | None = None  # None: as many as a number has
    wraps: bool = False
    percent: bool = False  # its numbers are shares of 1


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table; its rows may come one at a time."""

    name: str
    columns: Sequence[Column]
    rows: Rows


def workbook(sheets: Iterable[Sheet], *, made: date, title: str = "") -> bytes:
    """An XLSX file of `sheets`, each with its titles in a row that stays in sight.

    `made` is the date that the file says of itself. Raises ValueError for a sheet of more rows
    than a sheet can hold.
    """
    target = BytesIO()
    options = {"constant_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    book = xlsxwriter.Workbook(target, options)
    book.set_properties({"title": title, "created": datetime.combine(made, time(), UTC)})
    taken: set[str] = set()
    for sheet in sheets:
        _Writer(book, book.add_worksheet(_safe_name(sheet.name, taken)), sheet).write()
    book.close()
    return target.getvalue()


def csv_lines(columns: Sequence[Column], rows: Rows) -> Iterator[bytes]:
    """The table as CSV, some lines at a time: UTF-8 with a byte order mark, CRLF."""
    buffer = StringIO(BOM)
    buffer.seek(0, 2)
    writer = csv.writer(buffer)
    lines = chain([[column.title for column in columns]], rows)
    for at, row in enumerate(lines, start=1):
        writer.writerow([_plain(cell) for cell in row])
        if at % _LINES_AT_ONCE == 0:
            yield _emptied(buffer)
    if rest := _emptied(buffer):
        yield rest


def workbook_response(
    sheets: Iterable[Sheet], *, filename: str, made: date, title: str = ""
) -> HttpResponse:
    """The workbook as a download."""
    return HttpResponse(workbook(sheets, made=made, title=title), headers=_headers(XLSX, filename))


def csv_response(columns: Sequence[Column], rows: Rows, *, filename: str) -> StreamingHttpResponse:
    """The table as a CSV download that is sent while it is written, in the language of now."""
    lines = _in_language(csv_lines(columns, rows), translation.get_language())
    return StreamingHttpResponse(lines, headers=_headers(CSV, filename))


def _headers(content_type: str, filename: str) -> dict[str, str]:
    disposition = content_disposition_header(as_attachment=True, filename=filename)
    return {"Content-Type": content_type, "Content-Disposition": disposition or "attachment"}


def _in_language(lines: Iterator[bytes], language: str | None) -> Iterator[bytes]:
    """`lines`, each made in `language`: they are read when the request's own is gone."""
    while True:
        with translation.override(language):
            line = next(lines, None)
        if line is None:
            return
        yield line


def _emptied(buffer: StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def _plain(cell: Cell) -> str:
    """A cell as CSV holds it; a text that a spreadsheet would run stands behind an apostrophe."""
    match cell:
        case None:
            return ""
        case bool() | int() | Decimal():
            return str(cell)
        case float():
            return str(cell) if isfinite(cell) else ""
        case date():
            return cell.isoformat()
        case Link():
            both = f"{cell.text} <{cell.url}>" if cell.text else cell.url
            return _harmless(both)
        case Strong():
            return _harmless(cell.text)
        case _:
            return _harmless(str(cell))


def _harmless(text: str) -> str:
    return f"'{text}" if _could_run(text) else text


def bare(cell: str) -> str:
    """A text as it was before CSV put an apostrophe before it."""
    return cell[1:] if cell.startswith("'") and _could_run(cell[1:]) else cell


def _could_run(text: str) -> bool:
    """Whether a spreadsheet would run `text`; behind apostrophes too, so that `bare` is exact."""
    inner = text.lstrip("'")
    return inner.startswith(CONTROLS) or inner.lstrip().startswith(RUNS)


def _safe_name(name: str, taken: set[str]) -> str:
    """`name` as a sheet may be called, and as no other of `taken` is; adds it to them."""
    clean = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", name).strip(" '")[:LONGEST_NAME].strip(" '")
    clean = clean if clean and clean.casefold() != "history" else f"{clean or 'Sheet'} 1"
    found, number = clean, 1
    while found.casefold() in taken:
        number += 1
        tail = f" {number}"
        found = clean[: LONGEST_NAME - len(tail)] + tail
    taken.add(found.casefold())
    return found


class _Writer:
    """Writes one sheet, row after row."""

    def __init__(self, book: xlsxwriter.Workbook, page: Worksheet, sheet: Sheet) -> None:
        self._page, self._sheet = page, sheet
        top = {"valign": "top"}
        self._head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, **top})
        self._strong = book.add_format({"bold": True, "font_size": 12, **top})
        self._link = book.add_format({"font_color": "#1b4b8f", "underline": 1, **top})
        self._plain = book.add_format(top)
        self._wrapped = book.add_format({"text_wrap": True, **top})
        self._date = book.add_format({"num_format": "yyyy-mm-dd", "align": "left", **top})
        self._numbers = [
            book.add_format({"num_format": _pattern(column), **top}) for column in sheet.columns
        ]

    def write(self) -> None:
        """Writes titles and rows."""
        self._lay_out()
        for at, column in enumerate(self._sheet.columns):
            self._page.write_string(0, at, column.title, self._head)
        for row, cells in enumerate(self._sheet.rows, start=1):
            if row >= MOST_ROWS:
                raise ValueError(f"a sheet holds {MOST_ROWS} rows at most")
            for at, cell in enumerate(cells):
                self._cell(row, at, cell)

    def _lay_out(self) -> None:
        page = self._page
        page.freeze_panes(1, 0)
        page.repeat_rows(0)
        page.set_landscape()
        page.set_paper(_A4)
        page.fit_to_pages(1, 0)
        page.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        for at, column in enumerate(self._sheet.columns):
            page.set_column(at, at, column.width)

    def _cell(self, row: int, column: int, cell: Cell) -> None:
        match cell:
            case None | "":
                return
            case bool():
                self._page.write_boolean(row, column, cell, self._plain)
            case int() | float() | Decimal():
                if isfinite(cell):
                    self._page.write_number(row, column, cell, self._number(column))
            case date():
                self._day(row, column, cell)
            case Link():
                self._address(row, column, cell)
            case Strong():
                self._text(row, column, cell.text, self._strong)
            case _:
                self._text(row, column, str(cell), self._of_text(column))

    def _text(self, row: int, column: int, text: str, style: Format) -> None:
        cut = text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"
        self._page.write_string(row, column, cut, style)

    def _day(self, row: int, column: int, day: date) -> None:
        if isinstance(day, datetime) or day < _FIRST_DAY:
            self._text(row, column, day.isoformat(), self._plain)
        else:
            self._page.write_datetime(row, column, day, self._date)

    def _address(self, row: int, column: int, link: Link) -> None:
        """A link where the address is one of the web and a sheet can hold it, else a text."""
        fits = len(link.url) <= LONGEST_ADDRESS and link.url.startswith(("http://", "https://"))
        shown = link.shown[:LONGEST_TEXT]
        if not fits or self._page.write_url(row, column, link.url, self._link, shown) != 0:
            self._text(row, column, link.shown, self._of_text(column))

    def _number(self, column: int) -> Format | None:
        return self._numbers[column] if column < len(self._numbers) else None

    def _of_text(self, column: int) -> Format:
        columns = self._sheet.columns
        return self._wrapped if column < len(columns) and columns[column].wraps else self._plain


def _pattern(column: Column) -> str:
    if column.decimals is None and not column.percent:
        return "General"
    decimals = f".{'0' * column.decimals}" if column.decimals else ""
    return f"0{decimals}%" if column.percent else f"#,##0{decimals}"
