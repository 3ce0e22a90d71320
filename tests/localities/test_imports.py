"""Officers' files into drafts: read, named, tried out, drafted; and exports that read back."""

import csv
import random
import re
from collections.abc import Sequence
from datetime import date, timedelta
from html import unescape
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from localities.curation.propose import propose
from localities.imports import files, reading
from localities.imports.archive import Unusable
from localities.imports.cells import Reader, Unfit
from localities.imports.fields import fields_of, kinds
from localities.imports.guessing import guessed, likeliest
from localities.imports.plan import Order, Plan, plan
from localities.imports.reading import Head, headings, read
from localities.models import (
    KINDS,
    Changeset,
    ColumnMapping,
    Edit,
    ImportFile,
    ImportRow,
    IndustrialPark,
    Observation,
)
from localities.tasks import ask_for_old_files
from portal.accounts.models import Membership, User
from portal.jobs.models import Job
from portal.jobs.running import run_waiting
from tests.localities.people import officer, signed_in

pytestmark = pytest.mark.django_db

PARK = "long-duc"
SOURCE = {"title": "現地訪問記録 2026年10月", "published": "2026-10"}
Rows = Sequence[Sequence[Any]]


def xlsx(rows: Rows, merged: Sequence[tuple[int, int, int, int, str]] = ()) -> bytes:
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False})
    page, day = book.add_worksheet("一覧"), book.add_format({"num_format": "yyyy-mm-dd"})
    for at, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if isinstance(cell, date):
                page.write_datetime(at, column, cell, day)  # type: ignore[arg-type]
            elif cell is not None:
                page.write(at, column, cell)
    for top, left, bottom, right, text in merged:
        page.merge_range(top, left, bottom, right, text)
    page.write_blank(2_000, 150, None, book.add_format({"bold": True}))
    book.close()
    return target.getvalue()


def comma(rows: Rows, encoding: str = "utf-8") -> bytes:
    text = StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(encoding)


def tried(
    content: bytes,
    kind: str = "industrial-park",
    *,
    language: str = "ja",
    source: dict[str, str] | None = None,
) -> Plan:
    with translation.override(language):
        grid = read(content)
        head = likeliest(grid, kind, {})
        columns = guessed(headings(grid, head), kind, {})
        return plan(
            grid, Order(kind, head, columns, language, SOURCE if source is None else source)
        )


def told(found: Plan) -> list[tuple[Any, ...]]:
    return [
        (edit.action, edit.record, edit.field, edit.old, edit.new)
        for outcome in found.outcomes
        for edit in outcome.edits
    ]


def faults(found: Plan) -> list[tuple[int, str, str]]:
    return [
        (one.number, fault.column, fault.value) for one in found.outcomes for fault in one.faults
    ]


@pytest.fixture
def editor() -> User:
    return officer("editor", "editor", "osaka", curates="dong-nai")


# Reading


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_csv_is_read_in_every_encoding_of_the_office(encoding: str) -> None:
    grid = read(
        comma([["団地名", "備考", ""], ["ロンドウック", "一行目\n二行目", ""], ["", ""]], encoding)
    )
    assert [(row.number, list(row.cells)) for row in grid.rows] == [
        (1, ["団地名", "備考"]),
        (2, ["ロンドウック", "一行目\n二行目"]),
    ]


def test_merged_headings_reach_over_the_columns_under_them() -> None:
    rows = [["工業団地一覧"], [], [None, "下限", "上限", None], ["x", 1, 2, 3]]
    merged = [(1, 0, 2, 0, "名称"), (1, 1, 1, 2, "工場賃料"), (1, 3, 2, 3, "現在")]
    grid = read(xlsx(rows, merged))
    assert headings(grid, Head(2, 2)) == ["名称", "工場賃料 / 下限", "工場賃料 / 上限", "現在"]
    assert likeliest(grid, "industrial-park", {}) == Head(2, 2)


def test_a_row_of_units_belongs_to_the_headings() -> None:
    """Or else tsubo would be taken for hectares, without a word."""
    rows = [
        ["工業団地調査票"],
        ["団地名", "省", "面積", None, "賃料（USD/㎡/月）", None, "入居企業数", "日系企業数"],
        [None, None, "総面積（坪）", "リース可能面積（ha）", "下限", "上限", None, None],
        ["ロンドウック工業団地", "ドンナイ省", "816,750", "200", "４．６", "5.2", "６５社", "40"],
    ]
    upper = [(1, 0, 2, 0, "団地名"), (1, 1, 2, 1, "省"), (1, 2, 1, 3, "面積")]
    merged = [*upper, (1, 4, 1, 5, "賃料（USD/㎡/月）"), (1, 6, 2, 6, "入居企業数")]
    told = {
        0: "name",
        1: "province",
        2: "total_area_ha",
        3: "leasable_area_ha",
        4: "factory_rent_usd_m2_month_min",
        5: "factory_rent_usd_m2_month_max",
        6: "tenants_count",
        7: "japanese_tenants_count",
    }
    for content in (xlsx(rows, merged), comma(rows, "cp932")):
        grid = read(content)
        head = likeliest(grid, "industrial-park", {})
        assert head == Head(2, 2)
        assert guessed(headings(grid, head), "industrial-park", {}) == told
    units = [
        ["団地名", "総面積", "賃料"],
        [None, "（坪）", "（USD/m2/月）"],
        ["ロンドウック", 850000, 5],
    ]
    assert likeliest(read(comma(units)), "industrial-park", {}) == Head(1, 2)


@pytest.mark.parametrize(
    ("name", "heading", "cell", "value"),
    [
        ("tenants_count", "", "１，２００社", 1200),
        ("occupancy_pct", "", "約８５％", 85.0),
        ("total_area_ha", "総面積（㎡）", "1,500,000", 150.0),
        ("total_area_ha", "面積（坪）", 1210.0, 0.4),
        ("total_area_ha", "", "270ha", 270.0),
        ("total_area_ha", "", "約" + " \u3000\n" * 6_000 + "270" + " " * 1_900 + "ha", 270.0),
        ("total_area_ha", "総面積" + "【" * 10_000 + "㎡】", "1,500,000", 150.0),
        ("management_fee_usd_m2_year", "管理費（USD/坪/年）", 4.0, 1.21),
        ("rental_units_m2", "", "300坪、500㎡\n1,000", [500.0, 991.74, 1000.0]),
        ("clinic", "", "○", True),
        ("clinic", "", "×", False),
        ("clinic", "", "有", True),
        ("clinic", "", "なし", False),
        ("clinic", "", "未定", None),
        ("tenants_count", "", "－", None),
        ("tenants_count", "", "không rõ", None),
        ("land_rent_as_of", "", date(2026, 10, 5), "2026-10-05"),
        ("land_rent_as_of", "", "２０２６年１０月", "2026-10"),
        ("land_rent_as_of", "", "令和8年10月5日", "2026-10-05"),
        ("land_rent_as_of", "", 2026.0, "2026"),
        ("status", "", "Operating", "operating"),
        ("status", "", "稼働中", "operating"),
        ("notes_en", "", "=1+1", "=1+1"),
    ],
)
def test_a_cell_says_a_value(name: str, heading: str, cell: Any, value: Any) -> None:
    with translation.override("ja"):
        field = fields_of("industrial-park")[name]
        assert Reader("ja").value(field, cell, heading) == value


@pytest.mark.parametrize(
    ("language", "name", "cell"),
    [
        ("vi", "total_area_ha", "1.500"),
        ("ja", "tenants_count", "=1+1"),
        ("ja", "tenants_count", "3.5"),
        ("ja", "total_area_ha", "35km"),
        ("ja", "total_area_ha", "4.6～5.2"),
        ("ja", "management_fee_usd_m2_year", "20000 VND"),
        ("ja", "clinic", "x"),
        ("ja", "clinic", "△"),
        ("ja", "status", "不明"),
        ("ja", "name_en", "不明"),
        ("ja", "total_area_ha", date(2026, 1, 2)),
        ("ja", "land_rent_as_of", "来年"),
        ("ja", "tenants_count", "#REF!"),
        ("ja", "tenants_count", "7" + ")" * 200),
        ("ja", "tenants_count", "a" + " " * 19_990 + "b"),
    ],
)
def test_a_cell_that_could_mean_two_things_or_none_is_refused(
    language: str, name: str, cell: Any
) -> None:
    with translation.override("ja"), pytest.raises(Unfit):
        Reader(language).value(fields_of("industrial-park")[name], cell)


@pytest.mark.parametrize("language", ["ja", "en", "vi"])
def test_a_number_under_the_name_of_its_field_is_in_the_unit_of_the_field(language: str) -> None:
    with translation.override(language):
        numbers = [
            (kind, field)
            for kind in kinds()
            for field in fields_of(kind).values()
            if field.form in ("whole", "number", "numbers")
        ]
        read_as = {
            (kind, field.name): Reader(language).value(field, 3.0, field.label)
            for kind, field in numbers
        }
    assert {name for name, value in read_as.items() if value not in (3, [3])} == set()


@pytest.mark.parametrize(
    ("name", "heading", "cell", "value"),
    [
        ("longest_runway_m", "滑走路（km）", 3.8, 3800),
        ("longest_runway_m", "", "3,800 m", 3800),
        ("capacity_mt_year", "取扱能力（トン/年）", 12_500_000, 12.5),
        ("capacity_mt_year", "", "1,250万トン", 12.5),
        ("capacity_mpax_year", "旅客（万人/年）", 2_500, 25),
        ("capacity_mpax_year", "能力（年）", 25, 25),
    ],
)
def test_lengths_and_millions_are_turned_into_those_of_the_field(
    name: str, heading: str, cell: Any, value: Any
) -> None:
    assert Reader("ja").value(fields_of("transport-node")[name], cell, heading) == value


def packed(**entries: bytes) -> bytes:
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no rows"),
        (b"a" * 10_000_001, "too big"),
        (packed(xl__workbook_dot_xml=b"x", xl__vbaProject_dot_bin=b"x"), "macros"),
        (packed(xl__workbook_dot_xml=b"x", xl__a_dot_xml=b"0" * 40_000_000), "too big"),
        (packed(word__document_dot_xml=b"x"), "no workbook"),
        (packed(**{f"xl__{n}": b"" for n in range(600)}), "too many parts"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, ".xls"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"PK\x03\x04 and nothing more", "damaged"),
        (b"%PDF-1.7\n\x00\x01\x02", "neither"),
        (comma([[n] for n in range(50_020)]), "too many rows"),
        (comma([list(range(201))]), "too many columns"),
        (comma([["a", "b" * 20_001]]), "B1"),
        (xlsx([["a"]]).replace(b"PK\x01\x02", b"PK\x09\x09"), "damaged"),
    ],
    ids=lambda value: value if isinstance(value, str) else "file",
)
def test_a_file_that_is_not_to_be_read_is_refused_with_the_reason(
    content: bytes, reason: str
) -> None:
    with translation.override("en"), pytest.raises(Unusable) as refused:
        read(content)
    assert reason in str(refused.value)


def test_a_cell_at_the_end_of_the_world_is_refused_before_it_takes_room() -> None:
    target = BytesIO()
    book = xlsxwriter.Workbook(target)
    book.add_worksheet().write(1_048_575, 16_383, 1)
    book.close()
    with translation.override("en"), pytest.raises(Unusable) as refused:
        read(target.getvalue())
    assert "too many rows" in str(refused.value)


SHEET = "xl/worksheets/sheet1.xml"


def altered(*changes: tuple[str, bytes, bytes]) -> bytes:
    """A workbook that says "a" in A1, but with other bytes in its parts."""
    target = BytesIO()
    with ZipFile(BytesIO(xlsx([["a"]]))) as whole, ZipFile(target, "w", ZIP_DEFLATED) as other:
        for name in whole.namelist():
            data = whole.read(name)
            for part, old, new in changes:
                if part == name:
                    assert old in data
                    data = data.replace(old, new)
            other.writestr(name, data)
    return target.getvalue()


def refusal(content: bytes) -> str:
    with translation.override("en"), pytest.raises(Unusable) as refused:
        read(content)
    return str(refused.value)


FAR = b'</row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
WIDE = b"</row><row>" + b"<c><v>1</v></c>" * 201 + b"</row></sheetData>"
LONG = b"</row>" + b"<row><c><v>1</v></c></row>" * 50_015 + b"</sheetData>"


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (FAR, "The file has too many rows: at most 50015 are read."),
        (WIDE, "The file has too many columns: at most 200 are read."),
        (LONG, "The file has too many rows: at most 50015 are read."),
    ],
)
def test_cells_beyond_the_limits_never_reach_what_makes_room_for_them(
    end: bytes, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "CalamineWorkbook", None)
    assert refusal(altered((SHEET, b"</row></sheetData>", end))) == reason


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "aa">]><worksheet'),
        (b"</worksheet>", b"</worksheet>" + b"<c r='A1' " * 20),
        (b"</worksheet>", b"<f " * 20),
        (b"</sheetData>", b"</sheetData><c r='A1' r='A1'/>"),
        (b"</sheetData>", b"</sheetData><c r='A1B1'/>"),
    ],
)
def test_a_sheet_that_no_spreadsheet_writes_is_refused(old: bytes, new: bytes) -> None:
    damaged = "The workbook is damaged: its sheets can't be read."
    assert refusal(altered((SHEET, old, new))) == damaged


def test_what_looks_like_cells_without_an_end_is_read_over() -> None:
    """A search for them that begins anew with each would not come to an end."""
    noise = b"<c r='A1' " * 20_000 + b"<f " * 20_000
    grid = read(altered((SHEET, b"</sheetData>", b"</sheetData><!--" + noise + b"-->")))
    assert [list(row.cells) for row in grid.rows] == [["a"]]


TEXTS = "xl/sharedStrings.xml"


def shared(cells: int, *texts: bytes, claimed: int = 1) -> bytes:
    """A workbook of a column of cells that all name the last of the texts."""
    row = b'<row><c t="s"><v>%d</v></c></row>' % (len(texts) - 1)
    return altered(
        (TEXTS, b'uniqueCount="1"', b'uniqueCount="%d"' % claimed),
        (TEXTS, b"<si><t>a</t></si>", b"".join(texts)),
        (SHEET, b'<c r="A1" t="s"><v>0</v></c></row>', b"</row>" + row * cells),
    )


SWOLLEN = "Unpacked, the file would be too big."
DAMAGED = "The workbook is damaged: its sheets can't be read."
TOO_LONG = "The text in cell A2 is too long: at most 20000 characters."
TEXT, AID = b"<si><t>" + b"x" * 20_000 + b"</t></si>", b"<rPh><t>" + b"x" * 20_000 + b"</t></rPh>"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (shared(6_001, TEXT), SWOLLEN),
        (shared(6_001, b"<si/>", b"<si><t/></si>", TEXT.replace(b"</t>", b"</t>" + AID)), SWOLLEN),
        (shared(1, TEXT.replace(b"</t>", b"x</t>")), TOO_LONG),
        (shared(1, TEXT.replace(b"</t>", b"</t><t>x</t>")), TOO_LONG),
        (shared(1, TEXT, claimed=4_000_000_000), DAMAGED),
        (shared(1, b"<si><si/></si>", TEXT), DAMAGED),
        (altered((SHEET, b"<v>0</v>", b"<v>1</v>")), DAMAGED),
        (altered((SHEET, b"<v>0</v>", b"<v>-1</v>")), DAMAGED),
    ],
    ids=["copies", "of-the-third", "long", "in-parts", "claimed", "nested", "none", "negative"],
)
def test_a_text_that_would_take_the_room_of_many_never_reaches_what_copies_it(
    content: bytes, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "CalamineWorkbook", None)
    assert len(content) < 20_000
    assert refusal(content) == reason


def test_a_text_that_many_cells_share_is_read_in_each() -> None:
    text = "北" * 20_000
    aided = TEXT.replace(b"x" * 20_000, text.encode()).replace(b"</t>", b"</t>" + AID)
    grid = read(shared(20, b"<si/>", aided))
    assert [list(row.cells) for row in grid.rows] == [[text]] * 20


@pytest.mark.parametrize(
    "change",
    [
        (TEXTS, b'uniqueCount="1"', b'uniqueCount=""'),
        (TEXTS, b' uniqueCount="1"', b""),
        (SHEET, b"<v>0</v>", b"<v> 0 </v>"),
        (SHEET, b"<v>0</v>", b"<v>\n0\n</v>"),
    ],
)
def test_what_other_programs_write_otherwise_is_read(change: tuple[str, bytes, bytes]) -> None:
    assert [list(row.cells) for row in read(altered(change)).rows] == [["a"]]


@pytest.mark.parametrize(
    "name", ["xl/worksheets/", "xl/worksheets/_rels/", "xl/worksheets/.DS_Store"]
)
def test_what_a_packer_leaves_beside_the_sheets_is_left_out(name: str) -> None:
    target = BytesIO(altered())
    with ZipFile(target, "a") as archive:
        archive.writestr(name, b"")
    assert [list(row.cells) for row in read(target.getvalue()).rows] == [["a"]]


def test_a_sheet_beside_the_sheets_is_not_read() -> None:
    target = BytesIO()
    with ZipFile(BytesIO(xlsx([["a"]]))) as whole, ZipFile(target, "w") as other:
        for name in whole.namelist():
            data = whole.read(name).replace(b"worksheets/sheet1.xml", b"other/sheet1.dat")
            other.writestr(name.replace("worksheets/sheet1.xml", "other/sheet1.dat"), data)
    assert refusal(target.getvalue()) == "The workbook is damaged: its sheets can't be read."


def test_a_sheet_that_is_listed_very_often_is_refused() -> None:
    names = b"".join(b'<sheet name="%d" sheetId="%d" r:id="rId1"/>' % (n, n) for n in range(2, 53))
    often = altered(("xl/workbook.xml", b"</sheets>", names + b"</sheets>"))
    assert refusal(often) == "The file holds too many sheets: at most 50."


# Trial run


def test_new_records_that_differ_in_their_place_alone_get_keys_of_their_own() -> None:
    rows = [
        ["指標", "旧省・市", "省・市", "時点・期間", "値"],
        ["fdi_projects", "binh-duong", None, "1999", 1],
        ["fdi_projects", "dong-nai", None, "1999", 2],
        ["fdi_projects", None, "dong-nai", "1999", 3],
    ]
    found = tried(xlsx(rows), "observation")
    assert faults(found) == []
    assert [(action, record) for action, record, *_values in told(found)] == [
        ("create", "fdi-projects--former-province-binh-duong--1999"),
        ("create", "fdi-projects--former-province-dong-nai--1999"),
        ("create", "fdi-projects--dong-nai--1999"),
    ]


def test_a_row_that_breaks_a_rule_of_the_whole_row_is_refused_alone() -> None:
    rows = [
        ["指標", "旧省・市", "省・市", "時点・期間", "値"],
        ["fdi_projects", "dong-nai", "dong-nai", "1998", 1],
        ["fdi_projects", None, "dong-nai", "1999", 2],
    ]
    found = tried(xlsx(rows), "observation")
    assert [(row, column) for row, column, _value in faults(found)] == [(2, "C 省・市")]
    assert found.counts == {"added": 1, "changed": 0, "unchanged": 0, "refused": 1}


def test_a_row_is_added_changed_unchanged_or_refused_each_on_its_own() -> None:
    rows = [
        ["キー", "英語名", "和名", "省", "状態", "入居企業数", "入居率", "診療所"],
        [PARK, None, None, None, None, "７１社", None, None],
        ["long-duc-2", "Trial Park", "試験団地", "ドンナイ省", "planned", 3, None, "不明"],
        [PARK, None, None, None, None, 72, None, None],
        ["amata-bien-hoa-x", None, None, None, None, 1, 140, None],
        [None, None, None, None, None, None, None, None],
    ]
    found = tried(xlsx(rows))
    assert found.outcomes[1].faults == []
    assert [outcome.name for outcome in found.outcomes] == [
        "ロンドウック工業団地",
        "試験団地",
        "ロンドウック工業団地",
        "amata-bien-hoa-x",
    ]
    assert found.counts == {"added": 1, "changed": 1, "unchanged": 0, "refused": 2}
    assert told(found)[0] == ("update", PARK, "tenants_count", 70, 71)
    assert told(found)[1][:3] == ("create", "long-duc-2", "")
    assert {number for number, _column, _value in faults(found)} == {4, 5}
    assert (4, "A キー", PARK) in faults(found)


def test_an_empty_cell_says_nothing_and_a_word_for_unknown_says_unknown() -> None:
    rows = [["キー", "入居企業数", "日系企業数"], [PARK, "不明", None]]
    assert [edit[2:] for edit in told(tried(xlsx(rows)))] == [("tenants_count", 70, None)]


def test_a_range_in_one_cell_fills_both_ends() -> None:
    rows = [["キー", "工場賃料（USD/㎡/月）"], [PARK, "４．６～９９．２"]]
    ends = {edit[2]: edit[4] for edit in told(tried(xlsx(rows)))}
    assert ends["factory_rent_usd_m2_month_max"] == 99.2


def test_a_range_that_does_not_end_is_refused() -> None:
    rows = [["キー", "工場賃料（USD/㎡/月）"], [PARK, "4.6～9.2" + ")" * 200]]
    cells = [[PARK, "4.6" + " " * 6_000 + "～" + " " * 6_000 + "99.2"]]
    assert [(row, column) for row, column, _value in faults(tried(xlsx(rows)))] == [
        (2, "B 工場賃料（USD/㎡/月）")
    ]
    ends = {edit[2]: edit[4] for edit in told(tried(xlsx(rows[:1] + cells)))}
    assert ends["factory_rent_usd_m2_month_max"] == 99.2


def test_names_find_records_and_what_could_be_several_is_refused_with_candidates() -> None:
    exact = tried(comma([["団地名", "入居企業数"], ["ＬＯＮＧ　ＤＵＣ Industrial Park", "71"]]))
    close = tried(comma([["団地名", "入居企業数"], ["Long Duc Ind", "71"], ["Amata", "3"]]))
    assert [edit[:3] for edit in told(exact)] in ([("update", PARK, "tenants_count")], [])
    assert all(
        f"({'amata'}" in f.reason or "(" in f.reason for o in close.outcomes for f in o.faults
    )
    assert close.counts["refused"] >= 1


def test_a_former_province_is_told_to_be_one() -> None:
    rows = [["キー", "省"], [PARK, "ビンズオン"]]
    with translation.override("ja"):
        outcome = tried(xlsx(rows)).outcomes[0]
    assert (outcome.state, outcome.faults[0].column) == ("refused", "B 省")
    assert "Ho Chi Minh City" in outcome.faults[0].reason


def test_observations_are_found_by_what_they_are_of() -> None:
    with translation.override("ja"):
        rows = [["指標", "省", "期間", "値"], ["人口", "ドンナイ", "2025", "x"]]
        found = tried(comma(rows), "observation")
    assert found.counts["refused"] == 1


def test_without_a_source_a_change_is_refused() -> None:
    found = tried(xlsx([["キー", "入居企業数"], [PARK, 71]]), source={})
    assert found.counts["refused"] == 1
    mixed = [["キー", "入居企業数", "出典", "ページ"], [PARK, 71, "訪問記録", "3頁"]]
    outcome = tried(xlsx(mixed), source={"as_of": "2026-10", **SOURCE}).outcomes[0]
    assert outcome.backing is not None
    assert outcome.backing.note == "3頁"


def test_without_a_date_of_value_or_source_a_change_is_refused() -> None:
    undated, dated = ["キー", "入居企業数", "出典"], ["発行日", "調査時点"]
    row = [PARK, 71, "訪問記録"]
    found = tried(xlsx([undated, row]), source={})
    assert (found.counts["refused"], faults(found)) == (1, [(2, "出典：時点", "")])
    for at, heading in enumerate(dated):
        cells = [["2026-10", None], [None, "2026-10-02"]][at]
        found = tried(xlsx([[*undated, *dated], [*row, *cells]]), source={})
        assert (found.counts["changed"], faults(found)) == (1, []), heading
    figure = Observation.objects.filter(value_min__gt=9)[0].key
    of_a_period = [["キー", "最小値", "出典"], [figure, "1.5", "統計年鑑"]]
    assert tried(xlsx(of_a_period), "observation", source={}).counts["changed"] == 1


# Export, edit, import


def exported(client: Client, kind: str, form: str) -> bytes:
    address = reverse("desk:export" if form == "xlsx" else "desk:export-csv", args=[kind])
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == f'attachment; filename="{kind}.{form}"'
    return b"".join(answer) if answer.streaming else answer.content


@pytest.mark.parametrize(
    ("language", "form"),
    [("ja", "xlsx"), ("ja", "csv"), ("vi", "xlsx"), ("vi", "csv"), ("en", "csv")],
)
def test_what_is_exported_and_imported_changes_nothing(
    editor: User, language: str, form: str
) -> None:
    client = signed_in(editor)
    for kind in kinds():
        with translation.override(language):
            content = exported(client, kind, form)
        found = tried(content, kind, language=language, source={})
        changed = [(one.record, one.faults) for one in found.outcomes if one.state != "unchanged"]
        active = KINDS[kind]._default_manager.filter(is_active=True).count()
        assert (kind, changed, len(found.outcomes)) == (kind, [], active)


SIGNS = ["=1+1", "+84 251 3", "-5 %", "@SUM(A1)", "＝1", "＋1", "'=1", "''+1", "=1\n+2", "a\t=1"]
WITH_EDGES = ["\t=1", "\r=1", "\n=1", " =1", "a\r=1", "=1\r\n=2", "-", "#N/A", "'"]


@pytest.mark.parametrize("form", ["xlsx", "csv"])
@pytest.mark.parametrize("text", [*SIGNS, *WITH_EDGES])
def test_a_text_that_begins_as_a_formula_comes_back_as_it_was(
    editor: User, text: str, form: str
) -> None:
    park = IndustrialPark.objects.filter(key=PARK)
    park.update(notes_en=text, notable_tenants=[text, "x"])
    with translation.override("ja"):
        content = exported(signed_in(editor), "industrial-park", form)
    assert told(tried(content)) == []
    if text in SIGNS:
        park.update(notes_en="before")
        assert told(tried(content)) == [("update", PARK, "notes_en", "before", text)]


@pytest.mark.parametrize("text", SIGNS)
def test_a_csv_export_saved_as_a_workbook_changes_nothing(editor: User, text: str) -> None:
    IndustrialPark.objects.filter(key=PARK).update(notes_en=text)
    with translation.override("ja"):
        lines = exported(signed_in(editor), "industrial-park", "csv").decode("utf-8-sig")
    rows = list(csv.reader(StringIO(lines, newline="")))
    assert told(tried(xlsx(rows))) == []


def with_formula(result: bool) -> bytes:
    target = BytesIO()
    book = xlsxwriter.Workbook(target)
    page = book.add_worksheet()
    page.write_row(0, 0, ["キー", "入居企業数"])
    page.write(1, 0, PARK)
    page.write_formula(1, 1, "=70+1", None, 71)
    book.close()
    if result:
        return target.getvalue()
    bare = BytesIO()
    with ZipFile(target) as whole, ZipFile(bare, "w", ZIP_DEFLATED) as without:
        for name in whole.namelist():
            without.writestr(name, whole.read(name).replace(b"<v>71</v>", b""))
    return bare.getvalue()


def test_of_a_formula_the_result_is_read() -> None:
    assert told(tried(with_formula(True))) == [("update", PARK, "tenants_count", 70, 71)]


@pytest.mark.parametrize(
    ("language", "reason"),
    [
        (
            "ja",
            "セル B2 の数式に結果がありません。"
            "表計算ソフトで開いて保存し直してから、もう一度選んでください。",
        ),
        (
            "en",
            "The formula in cell B2 has no result. Open the file in a spreadsheet program, save it"
            " there, and give it again.",
        ),
        (
            "vi",
            "Công thức trong ô B2 chưa có kết quả. Hãy mở tệp bằng phần mềm bảng tính, lưu lại rồi"
            " tải lên lần nữa.",
        ),
    ],
)
def test_a_formula_without_a_result_is_refused_by_its_cell(
    editor: User, language: str, reason: str
) -> None:
    with translation.override(language):
        answer = upload(signed_in(editor), with_formula(False))
    errors = re.findall(r'<p class="error" id="id_file_error">(.*?)</p>', answer.content.decode())
    assert (answer.status_code, errors) == (400, [reason])


def test_discrepancies_are_added_by_a_file_and_judged_row_by_row(editor: User) -> None:
    with translation.override("en"):
        title = exported(signed_in(editor), "discrepancy", "csv").decode("utf-8-sig")
    key, *head = next(csv.reader(StringIO(title)))[:5]
    assert key not in head
    rows = [
        head,
        ["province", "ha-noi", "area_km2", "3,358.6 km²"],
        ["province", "atlantis", "area_km2", "1"],
        ["province", "ha-noi", "height", "1"],
        ["citation", "ha-noi", "note", "1"],
    ]
    found = tried(comma(rows), "discrepancy", language="en")
    assert [outcome.state for outcome in found.outcomes] == ["added", *["refused"] * 3]
    assert [fault[:3] for fault in faults(found)] == [
        (3, f"B {head[1]}", "atlantis"),
        (4, f"C {head[2]}", "height"),
        (5, f"A {head[0]}", "citation"),
    ]
    ((action, _key, _field, _old, new),) = told(found)
    assert (action, new["record"], new["value"]) == ("create", "ha-noi", "3,358.6 km²")


def test_a_discrepancy_keeps_its_record_in_a_file(editor: User) -> None:
    with translation.override("en"):
        file = exported(signed_in(editor), "discrepancy", "csv").decode("utf-8-sig")
    head, *rows = csv.reader(StringIO(file))
    key, kind, _record, *rest = next(row for row in rows if row[2] == "ha-noi")
    found = tried(comma([head, [key, kind, "hue", *rest]]), "discrepancy", language="en")
    (outcome,) = found.outcomes
    said = "A discrepancy stays with its record: add one for the other record."
    assert (outcome.record, outcome.edits) == (key, [])
    assert [(fault.column, fault.value, fault.reason) for fault in outcome.faults] == [
        (f"C {head[2]}", "hue", said)
    ]


@pytest.mark.parametrize("form", ["xlsx", "csv"])
@pytest.mark.parametrize("language", ["ja", "en", "vi"])
@pytest.mark.parametrize(
    ("address", "kind", "rows"),
    [("industrial-parks", "industrial-park", 231), ("provinces", "province", 34)],
)
def test_a_public_list_that_is_imported_changes_nothing(
    client: Client, address: str, kind: str, rows: int, language: str, form: str
) -> None:
    answer: Any = client.get(f"/{language}/{address}.{form}")
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    found = tried(content, kind, language=language)
    assert [fault for fault in faults(found) if fault] == []
    assert told(found) == []
    assert len(found.outcomes) == rows


# Pages


def upload(client: Client, content: bytes, name: str = "団地一覧.xlsx") -> Any:
    data = {
        "kind": "industrial-park",
        "organisation": "osaka",
        "file": SimpleUploadedFile(name, content),
    }
    return client.post(reverse("desk:import"), data)


TOO_BIG = {
    "ja": "ファイルが大きすぎます。読み込めるのは 10 MB までです。",
    "en": "The file is too big: at most 10 MB are read.",
    "vi": "Tệp quá lớn: chỉ đọc tối đa 10 MB.",
}


@pytest.mark.parametrize("language", ["ja", "en", "vi"])
def test_a_file_over_the_limit_is_a_413_that_says_the_limit(editor: User, language: str) -> None:
    with translation.override(language):
        client, address = signed_in(editor), reverse("desk:import")
        beside = upload(client, b"a" * 10_000_001)
        unread = upload(client, b"a" * 11_000_001)
    errors = re.findall(r'<p class="error" id="id_file_error">(.*?)</p>', beside.content.decode())
    assert (beside.status_code, errors) == (413, [TOO_BIG[language]])
    page = unread.content.decode()
    lead = re.findall(r'<p class="lead">(.*?)</p>', page)
    assert (unread.status_code, lead) == (413, [TOO_BIG[language]])
    assert f'href="{address}">' in page.partition("<h1>")[2]
    assert not ImportFile.objects.exists()


MACROS = {
    "ja": "マクロが含まれています。マクロのない形式（.xlsx）で保存し直してください。",
    "en": "The file holds macros. Save it as a plain workbook (.xlsx).",
    "vi": "Tệp chứa macro. Hãy lưu lại dạng sổ tính thường (.xlsx).",
}
BOMB = {
    "ja": "展開すると大きくなりすぎるため、読み込めません。",
    "en": "Unpacked, the file would be too big.",
    "vi": "Sau khi giải nén, tệp sẽ quá lớn.",
}


@pytest.mark.parametrize("language", ["ja", "en", "vi"])
def test_macros_and_zip_bombs_are_refused_beside_the_file(editor: User, language: str) -> None:
    macros = packed(xl__workbook_dot_xml=b"x", xl__vbaProject_dot_bin=b"x")
    swollen = packed(xl__workbook_dot_xml=b"x", xl__a_dot_xml=b"0" * 40_000_000)
    liar = swollen.replace((40_000_000).to_bytes(4, "little"), (9).to_bytes(4, "little"))
    many = packed(
        xl__workbook_dot_xml=b"x",
        **{f"xl__{n}_dot_xml": random.Random(n).randbytes(20_000) * 249 for n in range(25)},
    )
    with translation.override(language):
        client = signed_in(editor)
        found = {
            name: upload(client, content, "a.xlsx")
            for name, content in (("m", macros), ("s", swollen), ("l", liar), ("n", many))
        }
    errors = {
        name: re.findall(r'<p class="error" id="id_file_error">(.*?)</p>', one.content.decode())
        for name, one in found.items()
    }
    damaged = errors.pop("l")
    assert errors == {"m": [MACROS[language]], "s": [BOMB[language]], "n": [BOMB[language]]}
    assert len(damaged) == 1
    assert {one.status_code for one in found.values()} == {400}
    assert not ImportFile.objects.exists()


def named(client: Client, address: str, **source: str) -> Any:
    form = client.get(address).context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    return client.post(address, {**data, **{f"source_{k}": v for k, v in source.items()}})


def test_a_japanese_workbook_becomes_a_changeset_that_waits_for_review(editor: User) -> None:
    with translation.override("ja"):
        client = signed_in(editor)
        rows = [
            ["大阪府　工業団地調査（令和8年10月）"],
            ["キー", "入居企業数", "工場賃料（USD/㎡/月）", None, "日本語対応"],
            [None, None, "下限", "上限", None],
            [PARK, "７１", "４．７", "９，０００．５", "あり"],
            ["no-such-park", "多数", None, None, "△"],
        ]
        answer = upload(client, xlsx(rows, [(1, 2, 1, 3, "工場賃料（USD/㎡/月）")]))
        columns = answer["Location"]
        answer = named(client, columns, **SOURCE, note="3頁", as_of="2026-10-02")
        check = answer["Location"]
        page = client.get(check)
        assert page.context["file"].counts == {
            "added": 0,
            "changed": 1,
            "unchanged": 0,
            "refused": 1,
        }
        assert not Changeset.objects.filter(author=editor).exists()
        refused = ImportRow.objects.get(state="refused")
        assert [(column, value) for column, value, _reason in refused.faults][:2] == [
            ("B 入居企業数", "多数"),
            ("E 日本語対応", "△"),
        ]

        file = ImportFile.objects.get()
        first = client.post(reverse("desk:import-draft", args=[file.pk]))
        again = client.post(reverse("desk:import-draft", args=[file.pk]))
    changeset = Changeset.objects.get(author=editor)
    assert (first["Location"], again["Location"]) == (
        reverse_ja("desk:changeset", changeset.pk),
        reverse_ja("desk:changeset", changeset.pk),
    )
    edits = {edit.field: edit for edit in changeset.edits.filter(record_kind="industrial-park")}
    assert edits["tenants_count"].new == 71
    assert edits["factory_rent_usd_m2_month_max"].new == 9000.5
    assert {(edit.source_note, edit.as_of) for edit in edits.values()} == {("3頁", "2026-10-02")}
    assert propose(changeset, actor=editor).state == "proposed"


def reverse_ja(name: str, *args: Any) -> str:
    with translation.override("ja"):
        return reverse(name, args=args)


def test_what_columns_were_taken_for_is_remembered_for_the_organisation(editor: User) -> None:
    client = signed_in(editor)
    content = xlsx([["キー", "なぞの列"], [PARK, 71]])
    address = upload(client, content)["Location"]
    assert client.get(address).context["form"]["column_1"].value() == ""
    named_so = {
        "column_0": "key",
        "column_1": "tenants_count",
        "language": "ja",
        "source_title": "t",
    }
    assert client.post(address, named_so).status_code == 302
    later = upload(client, content)["Location"]
    assert client.get(later).context["form"]["column_1"].value() == "tenants_count"
    assert set(ColumnMapping.objects.values_list("organisation", flat=True)) == {"osaka"}


def test_a_field_that_two_columns_claim_is_told_beside_the_second(editor: User) -> None:
    client = signed_in(editor)
    twice = {"column_0": "key", "column_1": "key", "language": "ja", "source_title": "t"}
    with translation.override("en"):
        address = upload(client, xlsx([["キー", "甲"], [PARK, 71]]))["Location"]
        answer = client.post(address, twice)
    page = answer.content.decode()
    (control,) = re.findall(r'<select[^>]*name="column_1".*?</td>', page, re.S)
    start, _options = control.split(">", 1)
    assert answer.status_code == 400
    assert dict(re.findall(r' (aria-[a-z]+)="([^"]*)"', start)) == {
        "aria-labelledby": "head-B",
        "aria-invalid": "true",
        "aria-describedby": "id_column_1_error",
    }
    assert re.findall(r'value="(\w*)" selected', control) == ["key"]
    said = re.findall(r'id="id_column_1_error">([^<]+)<', control)
    assert said == ["Another column is this field already."]


def checks() -> int:
    return Job.objects.filter(kind=files.CHECK).count()


def test_a_big_file_is_worked_out_in_the_background_and_drafted_once(
    editor: User, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "AT_ONCE", 1)
    client = signed_in(editor)
    rows = [["キー", "入居企業数"], [PARK, 71], ["amata-city-bien-hoa", "x"]]
    address = upload(client, xlsx(rows))["Location"]
    check = named(client, address, title="t", published="2026")["Location"]
    waiting = client.get(check)
    assert (waiting.status_code, "Refresh" in waiting, checks()) == (200, True, 1)
    client.get(check)
    assert checks() == 1
    run_waiting()
    assert client.get(check).context["file"].counts["changed"] == 1

    file = ImportFile.objects.get()
    draft = reverse("desk:import-draft", args=[file.pk])
    client.post(draft)
    client.post(draft)
    run_waiting()
    ours = Job.objects.filter(kind__in=(files.CHECK, files.DRAFT))
    assert [job.state for job in ours] == ["done", "done"]
    Job.objects.filter(kind=files.DRAFT).update(state="queued", finished_at=None)
    run_waiting()
    assert Changeset.objects.filter(author=editor).count() == 1
    assert Edit.objects.filter(changeset__author=editor, record=PARK).count() == 1


def test_a_big_file_is_worked_out_anew_as_often_as_its_reader_goes_back(
    editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "AT_ONCE", 1)
    client = signed_in(editor)
    rows = [["キー", "入居企業数"], [PARK, 71], ["amata-city-bien-hoa", "x"]]
    columns = upload(client, xlsx(rows))["Location"]
    check = f"{columns}check/"

    def looked() -> tuple[bool, int, bool]:
        """Whether the page waits, how many jobs then ran, and whether it still waits."""
        before = "Refresh" in client.get(check)
        return before, run_waiting(), "Refresh" in client.get(check)

    found = []
    for _back in range(3):
        named(client, columns, title="t", published="2026")
        found.append(looked())
    for language in ("en", "ja", "en", "ja"):
        with translation.override(language):
            check = f"{reverse('desk:import-columns', args=[columns.split('/')[-2]])}check/"
        found.append(looked())
    assert found == [(True, 1, False)] * 7


@pytest.mark.parametrize("kind", [files.CHECK, files.DRAFT])
def test_what_failed_is_tried_again_when_the_same_columns_are_named_again(
    editor: User, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(files, "AT_ONCE", 1)
    client = signed_in(editor)
    rows = [["キー", "入居企業数"], [PARK, 71], ["amata-city-bien-hoa", "x"]]
    columns = upload(client, xlsx(rows))["Location"]
    found = []
    for failed in (True, False):
        check = named(client, columns, title="t", published="2026")["Location"]
        client.get(check)
        run_waiting()
        if failed:
            if kind == files.DRAFT:
                client.post(f"{columns}draft/")
            Job.objects.filter(kind=kind).update(state="failed", finished_at=timezone.now())
            ImportFile.objects.update(checked="")
        found.append('role="alert"' in client.get(check).content.decode())
    assert found == [True, False]


def test_a_big_file_that_changed_nothing_is_drafted_when_its_columns_say_more(
    editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "AT_ONCE", 1)
    client = signed_in(editor)
    rows = [["キー", "入居企業数", "甲"], [PARK, 70, 41], ["amata-city-bien-hoa", None, None]]
    columns = upload(client, xlsx(rows))["Location"]
    drafts = []
    for meaning in ("", "japanese_tenants_count"):
        order = {"column_0": "key", "column_1": "tenants_count", "column_2": meaning}
        source = {"source_title": "t", "source_published": "2026"}
        client.post(columns, {**order, **source, "language": "ja"})
        client.post(f"{columns}draft/")
        run_waiting()
        drafts.append(Changeset.objects.filter(author=editor).count())
    assert drafts == [0, 1]


def test_a_file_that_nobody_drafts_goes_after_thirty_days(editor: User) -> None:
    client = signed_in(editor)
    rows = [["キー", "入居企業数"], [PARK, 71]]
    drafted, new, left = (upload(client, xlsx(rows))["Location"] for _each in range(3))
    check = named(client, drafted, title="t", published="2026")["Location"]
    client.post(check.replace("/check/", "/draft/"))
    month = timezone.now() - timedelta(days=30, hours=1)
    ImportFile.objects.exclude(pk=new.split("/")[-2]).update(created_at=month)
    for _twice in range(2):
        ask_for_old_files()
    run_waiting()
    assert Job.objects.filter(kind="localities.import-drop").count() == 1
    kept = {str(one.pk): one.changeset_id for one in ImportFile.objects.all()}
    draft = Changeset.objects.get(author=editor)
    assert kept == {drafted.split("/")[-2]: draft.pk, new.split("/")[-2]: None}
    assert (client.get(left).status_code, client.get(new).status_code) == (404, 200)


def test_files_are_their_authors_alone(editor: User) -> None:
    upload(signed_in(editor), xlsx([["キー", "入居企業数"], [PARK, 71]]))
    file = ImportFile.objects.get()
    of_file = [reverse(f"desk:import-{name}", args=[file.pk]) for name in ("columns", "check")]
    draft = reverse("desk:import-draft", args=[file.pk])
    other = signed_in(officer("other", "administrator", "hyogo"))
    viewer = signed_in(officer("viewer", "viewer", "osaka"))
    firm = signed_in(User.objects.create_user("firm@example.org"))
    nobody = Client()

    assert [other.get(address).status_code for address in of_file] == [404, 404]
    assert other.post(draft).status_code == 404
    assert file.name not in other.get(reverse("desk:import")).content.decode()
    assert viewer.get(reverse("desk:import")).status_code == 403
    assert upload(viewer, b"a").status_code == 403
    assert upload(other, xlsx([["a"]])).status_code == 400
    export = reverse("desk:export", args=["industrial-park"])
    for address in (reverse("desk:import"), *of_file, export):
        assert (firm.get(address).status_code, nobody.get(address).status_code) == (403, 302)
    assert viewer.get(export, {"province": "dong-nai"}).status_code == 200
    assert viewer.get(export, {"province": "nowhere"}).status_code == 400
    assert viewer.get(reverse("desk:export", args=["citation"])).status_code == 404

    Membership.objects.filter(user=editor).update(organisation="hyogo")
    left = signed_in(editor)
    assert [left.get(address).status_code for address in of_file] == [404, 404]
    assert file.name not in left.get(reverse("desk:import")).content.decode()


# Malformed files


def mangled(seed: int) -> bytes:
    """A file as accidents and malice make them."""
    chance = random.Random(seed)
    junk = ["=cmd|' /C calc'!A0", "不明", "９９９", "-1", "x" * 300, "2026-13",
            "<b>", "'", "1e999", "NaN", "～", "坪", "٣", "\u202e", "ha",
            "0x10", "１～２～３", "𠮷", "#N/A", "1,23,4"]  # fmt: skip
    titles = ["キー", "団地名", "入居企業数", "総面積（坪）", "工場賃料", "診療所", "省",
              "レンタルユニット", "土地賃料 現在", "出典",
              "URL", "状態", "緯度", "セクター"]  # fmt: skip
    rows = [chance.sample(titles, 8)] + [
        [chance.choice([*junk, PARK, None, 3, 1e308]) for _ in range(8)] for _ in range(4)
    ]
    match seed % 4:
        case 0:
            return xlsx(rows)
        case 1:
            return comma(rows, chance.choice(["utf-8", "utf-16"]))
        case 2:
            content = bytearray(xlsx(rows))
            for _ in range(chance.randint(1, 40)):
                content[chance.randrange(len(content))] = chance.randrange(256)
            return bytes(content)
    content = comma(rows)
    return content[: chance.randrange(len(content))] + chance.randbytes(chance.randint(0, 30))


def refused_rows(page: Any) -> int:
    """How many rows of the page are refused; each must say its row, columns and reasons."""
    text = unescape(page.content.decode())
    refused = [row for row, _changes, _kept in page.context["rows"] if row.state == "refused"]
    for row in refused:
        assert row.number > 0
        assert row.faults
        for column, _value, reason in row.faults:
            assert column
            assert reason
            assert f"<strong>{column}</strong>" in text
            assert reason in text
    assert len(refused) == page.context["file"].counts["refused"]
    return len(refused)


@pytest.mark.parametrize(("at_once", "seeds"), [(500, range(100)), (0, range(100, 200))])
def test_200_malformed_files_are_refused_with_row_column_and_reason(
    editor: User, monkeypatch: pytest.MonkeyPatch, at_once: int, seeds: range
) -> None:
    monkeypatch.setattr(files, "AT_ONCE", at_once)
    client = signed_in(editor)
    unusable = refused = 0
    for seed in seeds:
        answer = upload(client, mangled(seed), f"{seed}.csv")
        if answer.status_code == 400:
            (reason,) = answer.context["form"].errors["file"]
            assert reason in unescape(answer.content.decode())
            unusable += 1
            continue
        columns = answer["Location"]
        answer = named(client, columns, title="t", published="2026")
        if answer.status_code == 400:
            assert any(answer.context["form"].errors.values())
            continue
        check = answer["Location"]
        page = client.get(check)
        if not at_once:
            run_waiting()
            page = client.get(check)
        refused += refused_rows(page)
        draft = client.post(f"{columns}draft/")
        run_waiting()
        assert client.get(draft["Location"]).status_code == 200
    assert (unusable > 10, refused > 100) == (True, True)
