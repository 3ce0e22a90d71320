"""An XLSX file is a ZIP archive: what is looked at before any of it is believed."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import NoReturn
from xml.parsers.expat import ExpatError, ParserCreate
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from django.utils.translation import gettext

MOST_FILE_BYTES = 10_000_000
MOST_ENTRIES = 500
MOST_BYTES = 120_000_000  # of the whole archive, unpacked
MOST_RATIO = 400  # of one entry that is big
BIG_ENTRY = 5_000_000
MOST_SHEETS = 50
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MACROS = ("vbaproject.bin", "vbadata.xml")
_STRINGS = "xl/sharedstrings.xml"
_NEEDED = (
    *("[content_types].xml", "_rels/.rels", "xl/_rels/workbook.xml.rels"),
    *("xl/workbook.xml", "xl/styles.xml", _STRINGS),
)
_SHEETS = "xl/worksheets/"
_PLACE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")


class Unusable(Exception):
    """The file can't be read; the message tells the reader why, and where."""


def is_archive(content: bytes) -> bool:
    """Whether `content` claims to be a ZIP archive."""
    return content.startswith(b"PK")


def refuse_old_workbook(content: bytes) -> None:
    """Raises Unusable for a workbook of the old kind or one under a password."""
    if not content.startswith(_COMPOUND):
        return
    if _ENCRYPTED in content:
        raise Unusable(gettext("The file is under a password. Save it without one."))
    raise Unusable(gettext("This is a workbook of the old kind (.xls). Save it as .xlsx."))


def repacked(content: bytes, *, rows: int, columns: int, letters: int) -> bytes:
    """The parts of the workbook that hold cells, checked and packed anew.

    What is parsed later is what was looked at here, whatever the archive says of itself. Raises
    Unusable for macros, passwords, other kinds of files, too much content, cells beyond `rows` and
    `columns` or of a text over `letters`, and formulas without a result. No part is read that is
    not looked at.
    """
    try:
        with ZipFile(BytesIO(content)) as archive:
            entries = _checked(archive.infolist())
            target = BytesIO()
            with ZipFile(target, "w", ZIP_STORED) as anew:
                left, texts = MOST_BYTES, _Texts(letters)
                look = _Look(rows, columns, texts)
                for entry in entries:
                    data = _read(archive, entry, left)
                    left -= len(data)
                    if entry.filename.casefold() == _STRINGS:
                        texts.at(data)
                    look.at(data)
                    anew.writestr(ZipInfo(entry.filename), data)
            return target.getvalue()
    except (BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise Unusable(gettext("The file is damaged: it can't be unpacked.")) from error
    except RuntimeError as error:  # zipfile's way to ask for a password
        raise Unusable(gettext("The file is under a password. Save it without one.")) from error


def _checked(entries: list[ZipInfo]) -> list[ZipInfo]:
    names = [entry.filename.casefold() for entry in entries]
    if len(entries) > MOST_ENTRIES or len(set(names)) != len(names):
        raise Unusable(gettext("The file holds too many parts, or one part twice."))
    if any(name.endswith(_MACROS) for name in names):
        text = gettext("The file holds macros. Save it as a plain workbook (.xlsx).")
        raise Unusable(text)
    if "xl/workbook.xml" not in names:
        raise Unusable(gettext("This is no workbook of Excel (.xlsx). CSV is read, too."))
    for entry in entries:
        swollen = entry.file_size > BIG_ENTRY
        if swollen and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
            raise Unusable(_swollen())
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise Unusable(_swollen())
    kept = {
        name: entry
        for name, entry in zip(names, entries, strict=True)
        if name in _NEEDED or (name.startswith(_SHEETS) and name.endswith((".xml", ".rels")))
    }
    return sorted(kept.values(), key=lambda entry: entry.filename.casefold() != _STRINGS)


def _read(archive: ZipFile, entry: ZipInfo, left: int) -> bytes:
    with archive.open(entry) as part:
        data = part.read(left + 1)
        if len(data) > left:
            raise Unusable(_swollen())
        part.read(1)  # at the end the checksum is compared
        return data


class _Texts:
    """The texts that cells share: the bytes of each, and which are longer than `most` letters."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.sizes: list[int] = []
        self.too_long: set[int] = set()

    def at(self, data: bytes) -> None:
        """Looks at the part that holds them. Raises Unusable."""
        self.claimed = len(data)
        self.is_open = self.is_reading_aid = False
        _parse(data, self._begin, self._end, self._text)

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        match tag.rpartition(":")[2]:
            case "sst" if (_whole(attributes.get("uniqueCount", "")) or 0) > self.claimed:
                _refuse()  # a parser makes room for as many as are claimed
            case "si":
                if self.is_open:
                    _refuse()
                self.is_open, self.is_reading_aid, self.letters = True, False, 0
                self.sizes.append(0)
            case "rPh":
                self.is_reading_aid = True

    def _end(self, tag: str) -> None:
        match tag.rpartition(":")[2]:
            case "si":
                self.is_open = False
                if self.letters > self.most:
                    self.too_long.add(len(self.sizes) - 1)
            case "rPh":
                self.is_reading_aid = False

    def _text(self, text: str) -> None:
        if self.is_open and not self.is_reading_aid:
            self.letters += len(text)
            self.sizes[-1] += len(text.encode())


class _Look:
    """Follows a parser through the parts of a workbook, to refuse what it should not be given.

    The parser makes room for all cells up to the last before any is seen. A part that is no
    well-formed XML, or that declares entities, is refused.
    """

    def __init__(self, rows: int, columns: int, texts: _Texts) -> None:
        self.rows = rows
        self.columns = columns
        self.texts = texts
        self.left = MOST_BYTES  # of them: each cell that names one is given a copy
        self.sheets = 0

    def at(self, data: bytes) -> None:
        """Looks at a part, once from its beginning to its end. Raises Unusable."""
        self.row = self.column = 1  # of the next cell, as one without a place has it
        self.cell = (1, 1)
        self.has_formula = self.is_shared = False
        self.number: str | None = None  # of the text that the cell shares
        _parse(data, self._begin, self._end, self._text)

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        match tag.rpartition(":")[2]:
            case "row" if "r" in attributes:
                self.row = _whole(attributes["r"]) or _refuse()
            case "c":
                if "r" in attributes:
                    found = _PLACE.fullmatch(attributes["r"]) or _refuse()
                    self.cell = (int(found[2]), _number(found[1]))
                    self.column = self.cell[1]
                else:
                    self.cell = (self.row, self.column)
                self.has_formula = False
                self.is_shared = attributes.get("t") == "s"
            case "f":
                self.has_formula = True
            case "v" | "is" as name:
                self._check_place()
                self.has_formula = False
                self.number = "" if name == "v" and self.is_shared else None
            case "sheet":
                self.sheets += 1
                if self.sheets > MOST_SHEETS:
                    most = {"most": MOST_SHEETS}
                    text = gettext("The file holds too many sheets: at most %(most)s.")
                    raise Unusable(text % most)

    def _end(self, tag: str) -> None:
        match tag.rpartition(":")[2]:
            case "row":
                self.row += 1
                self.column = 1
            case "v":
                self.number = None
            case "c":
                self.column += 1
                if self.has_formula:  # no spreadsheet has run it: its cell would look empty
                    text = gettext(
                        "The formula in cell %(place)s has no result. Open the file in a"
                        " spreadsheet program, save it there, and give it again."
                    )
                    raise Unusable(text % {"place": place(*self.cell)})

    def _text(self, text: str) -> None:
        """Counts the text that a cell shares; what comes in pieces, with each of them."""
        if self.number is None:
            return
        self.number += text
        if not self.number.strip():
            return
        number = _whole(self.number)
        if number is None or number >= len(self.texts.sizes):
            _refuse()
        if number in self.texts.too_long:
            raise Unusable(too_long(self.cell, self.texts.most))
        self.left -= self.texts.sizes[number]
        if self.left < 0:
            raise Unusable(_swollen())

    def _check_place(self) -> None:
        row, column = self.cell
        if row > self.rows:
            raise Unusable(too_many_rows(self.rows))
        if column > self.columns:
            raise Unusable(too_many_columns(self.columns))


def _parse(
    data: bytes,
    begin: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> None:
    parser = ParserCreate("utf-8")
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    try:
        parser.Parse(data, True)
    except ExpatError as error:
        raise Unusable(damaged()) from error


def _refuse(*_told: object) -> NoReturn:
    raise Unusable(damaged())


def letters(column: int) -> str:
    """The name of a column as a spreadsheet shows it; 0 is A."""
    name, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def place(row: int, column: int) -> str:
    """The name of a cell as a spreadsheet shows it; 1, 1 is A1."""
    return f"{letters(column - 1)}{row}"


def _whole(text: str) -> int | None:
    """A whole number as XML has it, with white space around; None for anything else."""
    digits = text.strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 20 else None


def _number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - 64
    return number


def damaged() -> str:
    """What is said of a workbook that no spreadsheet program writes."""
    return gettext("The workbook is damaged: its sheets can't be read.")


def too_big() -> str:
    """What is said of a file with too many bytes."""
    most = {"most": MOST_FILE_BYTES // 1_000_000}
    return gettext("The file is too big: at most %(most)s MB are read.") % most


def too_many_rows(most: int) -> str:
    """What is said of a file with too many rows."""
    return gettext("The file has too many rows: at most %(most)s are read.") % {"most": most}


def too_many_columns(most: int) -> str:
    """What is said of a file with too many columns."""
    return gettext("The file has too many columns: at most %(most)s are read.") % {"most": most}


def too_long(cell: tuple[int, int], most: int) -> str:
    """What is said of a text with too many characters; 1, 1 is cell A1."""
    told = {"place": place(*cell), "most": most}
    return gettext("The text in cell %(place)s is too long: at most %(most)s characters.") % told


def _swollen() -> str:
    return gettext("Unpacked, the file would be too big.")
