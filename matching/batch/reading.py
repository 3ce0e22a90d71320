"""The rows of an upload, one at a time: CSV, NDJSON, or a JSON list, alone or in an object.

A row is numbered as its sender counts: CSV as a spreadsheet does (the header is row 1), NDJSON by
lines, a list from 1. What is wrong with a row is found when it is matched; here a file is refused
only as a whole. Memory grows with the longest row allowed, not with the file.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import TextIOWrapper
from typing import IO, Any

from django.utils.translation import gettext as _

from matching.batch.json_list import JsonList
from matching.batch.packing import Row
from matching.profile_table import ProfileTable, UnreadableTable, printable
from portal.api.problems import BodyError, Fault, TooLarge

LIST = "profiles"  # the rows in a JSON object
LONGEST_ROW = 100_000  # characters
FORMS = ("csv", "ndjson", "json")


class Reading:
    """The rows of one upload. `columns` are known after the first row, `members` at the end."""

    columns: list[str] | None = None  # of a CSV file
    members: Mapping[str, Any] | None = None  # what a JSON object says beside its rows

    def __init__(
        self, form: str, file: IO[bytes], table: ProfileTable, *, others: Sequence[str]
    ) -> None:
        self._form, self._file, self._table = form, file, table
        self._others = others  # the members that a JSON object may have

    def rows(self) -> Iterator[Row]:
        """Every row, in order. Raises BodyError or TooLarge."""
        if self._form == "json":
            return self._listed()
        return self._csv() if self._form == "csv" else self._ndjson()

    def _csv(self) -> Iterator[Row]:
        lines = csv.reader(_short(_text(self._file)))
        try:
            header = next(lines, [])
            if any(printable(name) != name for name in header):
                raise _not_utf8()
            self.columns = self._table.header(header)
            for number, cells in enumerate(lines, 2):
                if any(cells):
                    if sum(map(len, cells)) > LONGEST_ROW:
                        raise _too_long(number)
                    yield number, cells
        except UnreadableTable as error:
            raise BodyError([Fault("#", str(error), "header")]) from error
        except csv.Error as error:
            text = _("Line %(line)s: %(error)s.") % {"line": lines.line_num, "error": error}
            raise BodyError([Fault("#", text, "csv")]) from error

    def _ndjson(self) -> Iterator[Row]:
        for number, line in enumerate(_short(_text(self._file)), 1):
            if line.strip():
                yield number, line.strip()

    def _listed(self) -> Iterator[Row]:
        body = JsonList(self._file, LIST, others=self._others, longest=LONGEST_ROW)
        for number, text in enumerate(body.items(), 1):
            if len(text) > LONGEST_ROW:
                raise _too_long(number)
            yield number, text
        self.members = body.members


def _text(file: IO[bytes]) -> TextIOWrapper:
    """Bytes that are not UTF-8 stay in their row."""
    return TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")


def _short(file: TextIOWrapper) -> Iterable[str]:
    """The lines of `file`.

    Raises TooLarge for a long one before it is read to its end, and BodyError for UTF-16.
    """
    number = 0
    while line := file.readline(LONGEST_ROW + 1):
        number += 1
        if len(line) > LONGEST_ROW:
            raise _too_long(number)
        if number == 1 and "\0" in line:  # as UTF-16 has them
            raise _not_utf8()
        yield line


def _not_utf8() -> BodyError:
    return BodyError([Fault("#", _("The body is not UTF-8."), "encoding")])


def _too_long(number: int) -> TooLarge:
    text = _("Row %(row)d is too long: a row holds at most %(limit)d characters.")
    return TooLarge(text % {"row": number, "limit": LONGEST_ROW})
