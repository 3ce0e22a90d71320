"""Officers' files into drafts: read, named, tried out, drafted; and exports that read back."""

import csv
import random
from collections.abc import Sequence
from datetime import date
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from localities.curation.propose import propose
from localities.imports import files
from localities.imports.archive import Unusable
from localities.imports.cells import Reader, Unfit
from localities.imports.export import sheet_of
from localities.imports.fields import fields_of, kinds
from localities.imports.guessing import guessed, likeliest
from localities.imports.plan import Order, Plan, plan
from localities.imports.reading import Head, headings, read
from localities.models import Changeset, ColumnMapping, Edit, ImportFile, ImportRow
from portal.accounts.models import User
from portal.jobs.models import Job
from portal.jobs.running import run_waiting
from portal.sheets import workbook
from tests.localities.test_desk import officer

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


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


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


@pytest.mark.parametrize(
    ("name", "heading", "cell", "value"),
    [
        ("tenants_count", "", "１，２００社", 1200),
        ("occupancy_pct", "", "約８５％", 85.0),
        ("total_area_ha", "総面積（㎡）", "1,500,000", 150.0),
        ("total_area_ha", "面積（坪）", 1210.0, 0.4),
        ("total_area_ha", "", "270ha", 270.0),
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
    ],
)
def test_a_cell_that_could_mean_two_things_or_none_is_refused(
    language: str, name: str, cell: Any
) -> None:
    with translation.override("ja"), pytest.raises(Unfit):
        Reader(language).value(fields_of("industrial-park")[name], cell)


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


# Trial run


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
    outcome = tried(xlsx(mixed), source={}).outcomes[0]
    assert outcome.backing is not None
    assert (outcome.state, outcome.backing.note) == ("changed", "3頁")


# Export, edit, import


@pytest.mark.parametrize("language", ["ja", "vi"])
def test_what_is_exported_and_imported_changes_nothing(language: str) -> None:
    for kind in kinds():
        with translation.override(language):
            content = workbook([sheet_of(kind)], made=date(2026, 1, 1))
        found = tried(content, kind, language=language, source={})
        changed = [(one.record, one.faults) for one in found.outcomes if one.state != "unchanged"]
        assert (kind, changed, bool(found.outcomes)) == (kind, [], True)


# Pages


def upload(client: Client, content: bytes, name: str = "団地一覧.xlsx") -> Any:
    data = {
        "kind": "industrial-park",
        "organisation": "osaka",
        "file": SimpleUploadedFile(name, content),
    }
    return client.post(reverse("desk:import"), data)


def named(client: Client, address: str, **source: str) -> Any:
    form = client.get(address).context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    return client.post(address, {**data, **{f"source_{k}": v for k, v in source.items()}})


def test_a_japanese_workbook_becomes_a_changeset_that_waits_for_review(editor: User) -> None:
    with translation.override("ja"):
        client = client_of(editor)
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
    client = client_of(editor)
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


def checks() -> int:
    return Job.objects.filter(kind=files.CHECK).count()


def test_a_big_file_is_worked_out_in_the_background_and_drafted_once(
    editor: User, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "AT_ONCE", 1)
    client = client_of(editor)
    rows = [["キー", "入居企業数"], [PARK, 71], ["amata-city-bien-hoa", "x"]]
    address = upload(client, xlsx(rows))["Location"]
    check = named(client, address, title="t")["Location"]
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


def test_files_are_their_authors_alone(editor: User) -> None:
    upload(client_of(editor), xlsx([["キー", "入居企業数"], [PARK, 71]]))
    file = ImportFile.objects.get()
    of_file = [reverse(f"desk:import-{name}", args=[file.pk]) for name in ("columns", "check")]
    draft = reverse("desk:import-draft", args=[file.pk])
    other = client_of(officer("other", "administrator", "hyogo"))
    viewer = client_of(officer("viewer", "viewer", "osaka"))
    firm = client_of(User.objects.create_user("firm@example.org"))
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


def test_200_malformed_files_are_refused_with_row_column_and_reason(editor: User) -> None:
    outcomes = unusable = 0
    for seed in range(200):
        try:
            found = tried(mangled(seed))
        except Unusable as error:
            unusable += bool(str(error))
            continue
        for outcome in found.outcomes:
            outcomes += 1
            for fault in outcome.faults:
                assert (outcome.number > 0, bool(fault.column), bool(fault.reason)) == (True,) * 3
    assert (outcomes > 200, unusable > 20) == (True, True)
    client = client_of(editor)
    for seed in range(0, 200, 17):
        answer = upload(client, mangled(seed), "x.csv")
        assert answer.status_code in (302, 400)
        if answer.status_code == 302:
            assert named(client, answer["Location"], title="t").status_code in (302, 400)
    for file in ImportFile.objects.all():
        assert client.get(reverse("desk:import-check", args=[file.pk])).status_code == 200
        assert client.post(reverse("desk:import-draft", args=[file.pk])).status_code == 302
