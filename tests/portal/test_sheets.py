"""Spreadsheets read back as they were written, and nothing in them runs."""

import csv
import time
import zipfile
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from django.utils import translation
from django.utils.translation import gettext
from python_calamine import CalamineWorkbook

from portal.sheets import (
    Cell,
    Column,
    Link,
    Sheet,
    Strong,
    bare,
    csv_lines,
    csv_response,
    workbook,
    workbook_response,
)

MADE = date(2026, 7, 1)
RISKY = [
    "=1+1",
    "+81 6 1234",
    "-5 %",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "＝1",
    "＠a",
    "'=1",
    "''-",
]
ADDRESS = "https://example.org/a?b=1&c=2"


def _written(*sheets: Sheet) -> CalamineWorkbook:
    return CalamineWorkbook.from_filelike(BytesIO(workbook(sheets, made=MADE)))


def _rows(*rows: list[Cell], columns: int = 1) -> list[list[object]]:
    titles = [Column(f"c{number}") for number in range(columns)]
    book = _written(Sheet("one", titles, rows))
    return book.get_sheet_by_index(0).to_python()[1:]


def _csv(*rows: list[Cell]) -> list[list[str]]:
    text = b"".join(csv_lines([Column("c")], rows)).decode("utf-8-sig")
    return list(csv.reader(StringIO(text, newline="")))[1:]


def _part(content: bytes, name: str) -> str:
    with zipfile.ZipFile(BytesIO(content)) as parts:
        return parts.read(name).decode()


def test_cells_keep_their_types() -> None:
    row: list[Cell] = ["名前", 5, 2.5, Decimal("0.25"), True, date(2025, 7, 1), "2025", None, "x"]
    assert _rows(row, columns=9) == [
        ["名前", 5.0, 2.5, 0.25, True, date(2025, 7, 1), "2025", "", "x"]
    ]


def test_titles_stand_first_and_stay_in_sight() -> None:
    content = workbook([Sheet("one", [Column("省"), Column("適合度", 9, 1)], [])], made=MADE)
    sheet = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0)
    assert sheet.to_python() == [["省", "適合度"]]
    page = _part(content, "xl/worksheets/sheet1.xml")
    assert 'ySplit="1"' in page
    assert 'state="frozen"' in page
    assert 'min="2" max="2" width="9' in page


@pytest.mark.parametrize("text", RISKY)
def test_a_text_never_runs(text: str) -> None:
    content = workbook([Sheet("one", [Column("=2")], [[text]])], made=MADE)
    assert "<f>" not in _part(content, "xl/worksheets/sheet1.xml")
    assert _rows([text]) == [[text]]
    assert _csv([text]) == [["'" + text]]
    assert bare("'" + text) == text


def test_a_title_never_runs() -> None:
    text = b"".join(csv_lines([Column("=2")], [])).decode("utf-8-sig")
    assert text == "'=2\r\n"


def test_numbers_stay_numbers_also_below_zero() -> None:
    assert _rows([-5, -0.5], columns=2) == [[-5.0, -0.5]]
    assert _csv([-5, -0.5, Decimal("-1.50")]) == [["-5", "-0.5", "-1.50"]]


def test_csv_holds_plain_values_behind_a_byte_order_mark() -> None:
    rows: list[list[Cell]] = [['a,"b"\nc', 1000.5, True, date(2025, 7, 1), None]]
    content = b"".join(csv_lines([Column("省")], rows))
    assert content == '\ufeff省\r\n"a,""b""\nc",1000.5,True,2025-07-01,\r\n'.encode()


def test_csv_comes_in_pieces_that_make_one_table() -> None:
    pieces = list(csv_lines([Column("n")], ([number] for number in range(1000))))
    assert len(pieces) > 1
    text = b"".join(pieces).decode("utf-8-sig")
    assert text.split() == ["n", *map(str, range(1000))]


def test_a_link_shows_its_text_and_leads_to_its_address() -> None:
    content = workbook(
        [Sheet("one", [Column("c")], [[Link(ADDRESS, "=出典")], [Link(ADDRESS)]])], made=MADE
    )
    sheet = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0)
    assert sheet.to_python()[1:] == [["=出典"], [ADDRESS]]
    related = _part(content, "xl/worksheets/_rels/sheet1.xml.rels")
    assert 'Target="https://example.org/a?b=1&amp;c=2"' in related
    assert _csv([Link(ADDRESS, "=出典")], [Link(ADDRESS)]) == [
        [f"'=出典 <{ADDRESS}>"],
        [ADDRESS],
    ]


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "external:C:\\a.exe", "file:///a", "https://a/" + "b" * 9000]
)
def test_an_address_that_is_no_link_is_a_text(address: str) -> None:
    content = workbook([Sheet("one", [Column("c")], [[Link(address)]])], made=MADE)
    assert "hyperlink" not in _part(content, "xl/worksheets/sheet1.xml")
    assert _rows([Link(address)]) == [[address]]


def test_what_a_cell_cannot_hold_is_left_out_or_cut() -> None:
    long = "あ" * 40_000
    old = date(1868, 10, 23)
    moment = datetime(2026, 1, 2, 3, 4)
    [row] = _rows([float("nan"), float("inf"), long, old, moment], columns=5)
    assert row == ["", "", "あ" * 32_766 + "…", "1868-10-23", "2026-01-02T03:04:00"]


def test_a_heading_is_a_text() -> None:
    assert _rows([Strong("=順位")]) == [["=順位"]]
    assert _csv([Strong("=順位")]) == [["'=順位"]]


def test_sheet_names_are_made_safe_and_unlike() -> None:
    names = ["a/b", "A:B", "", "History", "'x'", "評" * 40, "評" * 35]
    book = _written(*(Sheet(name, [Column("c")], []) for name in names))
    assert book.sheet_names == [
        "a b",
        "A B 2",
        "Sheet 1",
        "History 1",
        "x",
        "評" * 31,
        "評" * 29 + " 2",
    ]


def test_a_sheet_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.sheets.MOST_ROWS", 3)
    with pytest.raises(ValueError, match="3 rows"):
        workbook([Sheet("one", [Column("c")], [[1], [2], [3]])], made=MADE)


def test_the_same_table_gives_the_same_bytes() -> None:
    sheet = Sheet("one", [Column("c")], [["a", 1.5, Link(ADDRESS, "b")]])
    first = workbook([sheet], made=MADE, title="x")
    time.sleep(2.1)  # a ZIP archive counts in steps of two seconds
    assert workbook([sheet], made=MADE, title="x") == first
    assert "2026-07-01T00:00:00Z" in _part(first, "docProps/core.xml")


def test_downloads_name_their_file_and_kind() -> None:
    sheet = Sheet("one", [Column("c")], [["a"]])
    book = workbook_response([sheet], filename="マッチング結果.xlsx", made=MADE)
    assert book["Content-Type"].endswith("spreadsheetml.sheet")
    assert "filename*=utf-8''%E3%83%9E" in book["Content-Disposition"]
    assert book.content == workbook([sheet], made=MADE)
    table = csv_response([Column("c")], [["a"]], filename="parks.csv")
    assert table["Content-Type"] == "text/csv; charset=utf-8"
    assert table["Content-Disposition"] == 'attachment; filename="parks.csv"'
    assert table.getvalue() == "\ufeffc\r\na\r\n".encode()


def test_csv_is_in_the_language_in_which_it_was_asked_for() -> None:
    with translation.override("ja"):
        rows = ([gettext("unknown")] for _each in range(1))
        table = csv_response([Column("c")], rows, filename="a.csv")
    assert table.getvalue().decode("utf-8-sig") == "c\r\n不明\r\n"
    assert translation.get_language() == "vi"
