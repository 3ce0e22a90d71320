"""An XLSX file is a ZIP archive: what is looked at before any of it is believed."""

from __future__ import annotations

import re
import zlib
from io import BytesIO
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from django.utils.translation import gettext

MOST_ENTRIES = 500
MOST_BYTES = 120_000_000  # of the whole archive, unpacked
MOST_RATIO = 400  # of one entry that is big
BIG_ENTRY = 5_000_000
MOST_SHEETS = 50
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MACROS = ("vbaproject.bin", "vbadata.xml")
_NEEDED = ("[content_types].xml", "_rels/", "xl/")
_IDLE = ("xl/media/", "xl/drawings/", "xl/theme/", "xl/printersettings/", "xl/embeddings/")
# The place of a cell that holds something; one that is only styled closes itself.
_CELL = re.compile(
    rb"<(?:[\w.-]+:)?c\b[^>]*?\br\s*=\s*[\"']\s*([A-Za-z]{1,9})(\d{1,12})\s*[\"'][^>]*?(?<!/)>"
)
_ROW = re.compile(rb"<(?:[\w.-]+:)?row\b[^>]*?\br\s*=\s*[\"']\s*(\d{1,12})\s*[\"'][^>]*?(?<!/)>")
_ROW_END = re.compile(rb"</(?:[\w.-]+:)?row\s*>")
_VALUE = re.compile(rb"<(?:[\w.-]+:)?(?:v|is)\b[^>]*(?<!/)>")


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


def repacked(content: bytes, *, rows: int, columns: int) -> bytes:
    """The parts of the workbook that hold cells, checked and packed anew.

    What is parsed later is what was looked at here, whatever the archive says of itself. Raises
    Unusable for macros, passwords, other kinds of files, too much content, and cells beyond `rows`
    and `columns`.
    """
    try:
        with ZipFile(BytesIO(content)) as archive:
            entries = _checked(archive.infolist())
            target = BytesIO()
            with ZipFile(target, "w", ZIP_STORED) as anew:
                left = MOST_BYTES
                for entry in entries:
                    data = _read(archive, entry, left)
                    left -= len(data)
                    if _is_sheet(entry.filename):
                        _check_places(data, rows, columns)
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
            raise Unusable(_too_big())
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise Unusable(_too_big())
    if sum(map(_is_sheet, names)) > MOST_SHEETS:
        most = {"most": MOST_SHEETS}
        raise Unusable(gettext("The file holds too many sheets: at most %(most)s.") % most)
    kept = zip(names, entries, strict=True)
    return [e for name, e in kept if name.startswith(_NEEDED) and not name.startswith(_IDLE)]


def _read(archive: ZipFile, entry: ZipInfo, left: int) -> bytes:
    with archive.open(entry) as part:
        data = part.read(left + 1)
        if len(data) > left:
            raise Unusable(_too_big())
        part.read(1)  # at the end the checksum is compared
        return data


def _check_places(data: bytes, rows: int, columns: int) -> None:
    """Raises Unusable where a cell lies beyond the limits: a parser makes room for all before."""
    for found in _CELL.finditer(data):
        column, row = _number(found[1]), int(found[2])
        if row > rows:
            raise Unusable(too_many_rows(rows))
        if column > columns:
            raise Unusable(too_many_columns(columns))
    for found in _ROW.finditer(data):
        if int(found[1]) > rows and _VALUE.search(data, found.end(), _end(data, found.end())):
            raise Unusable(too_many_rows(rows))


def _end(data: bytes, start: int) -> int:
    found = _ROW_END.search(data, start)
    return found.start() if found else len(data)


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = 26 * number + letter - 64
    return number


def _is_sheet(name: str) -> bool:
    return (
        name.casefold().startswith(("xl/worksheets/", "xl/chartsheets/")) and "/_rels/" not in name
    )


def too_many_rows(most: int) -> str:
    """What is said of a file with too many rows."""
    return gettext("The file has too many rows: at most %(most)s are read.") % {"most": most}


def too_many_columns(most: int) -> str:
    """What is said of a file with too many columns."""
    return gettext("The file has too many columns: at most %(most)s are read.") % {"most": most}


def _too_big() -> str:
    return gettext("Unpacked, the file would be too big.")
