"""Exports that the catalogue has moved on from: what others changed since is not taken back."""

from html import unescape
from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from localities.curation.apply import apply
from localities.curation.propose import draft, propose
from localities.curation.values import record_values
from localities.imports import files
from localities.imports.fields import fields_of
from localities.imports.reading import read
from localities.models import Changeset, Edit, ImportFile, ImportRow, IndustrialPark
from portal.accounts.models import User
from portal.jobs.running import run_waiting
from tests.localities.people import officer, operator, signed_in
from tests.localities.test_imports import PARK, SOURCE, comma, exported, named, upload, xlsx

pytestmark = pytest.mark.django_db

KIND = IndustrialPark.kind
OTHER = "amata-bien-hoa"
Cells = list[list[Any]]
KEPT = {
    "ja": "書き出し後に変更されました：70 → 71（現在の値のまま）",
    "en": "changed since the export: 70 → 71, kept",
    "vi": "đã thay đổi sau khi xuất: 70 → 71, giữ giá trị hiện tại",
}
MOVED = {
    "ja": "書き出した後にカタログの値が変わりました：70 → 71。現在の値のままでよければセルを空欄に"
    "してください。変更する場合は、一覧を書き出し直してください。",
    "en": "The catalogue has changed since the export: 70 → 71. Empty the cell to keep that, or"
    " export the list anew to change it.",
    "vi": "Danh mục đã thay đổi sau khi xuất: 70 → 71. Hãy để trống ô nếu giữ giá trị hiện tại,"
    " hoặc xuất lại danh sách nếu muốn sửa.",
}
OUTDATED = (
    "試し取込の後にカタログが変わったため、試し取込をやり直します。結果を確かめてから下書きを"
    "作成してください。"
)
TAKEN_OUT = {
    "ja": "この記録は第3版でカタログから外されました。値を取り込むには、先にこの記録のページで"
    "カタログに戻してください。",
    "en": "This record was taken out in version 3 of the catalogue. Put it back on its page before"
    " you import values of it.",
    "vi": "Bản ghi này đã được đưa ra khỏi danh mục ở phiên bản 3. Hãy đưa bản ghi trở lại trên"
    " trang của nó trước khi nhập giá trị.",
}


@pytest.fixture
def editor() -> User:
    operator()
    return officer("editor", "editor", "osaka", curates="dong-nai")


def applied(*edits: tuple[str, str, str, Any, Any]) -> Changeset:
    """A version that somebody else made: of each edit action, record, field, old and new value."""
    names = ("action", "record", "field", "old", "new")
    made = [Edit(record_kind=KIND, **dict(zip(names, edit, strict=True))) for edit in edits]
    return apply(propose(draft("Trial", made)))


def moved(old: int | None, new: int | None, field: str = "tenants_count") -> Changeset:
    return applied(("update", PARK, field, old, new))


def listed(editor: User, form: str = "xlsx", language: str = "ja") -> Cells:
    """The rows of an export of the parks, as a spreadsheet program reads them."""
    with translation.override(language):
        return [list(row.cells) for row in read(exported(signed_in(editor), KIND, form)).rows]


def title(name: str) -> str:
    with translation.override("ja"):
        return fields_of(KIND)[name].label


def write(rows: Cells, name: str, cell: Any, record: str = PARK) -> None:
    """Types into the cell of a record, under the heading of a field in Japanese."""
    (row,) = (row for row in rows if row[0] == record)
    row[rows[0].index(title(name))] = cell


def tried(editor: User, content: bytes, language: str = "ja") -> Any:
    """The trial run's page of a file, read in a language."""
    with translation.override(language):
        client = signed_in(editor)
        columns = upload(client, content)["Location"]
        return client.get(named(client, columns, **SOURCE)["Location"])


def counts() -> list[int]:
    """How many rows are added, changed, unchanged, refused."""
    found = ImportFile.objects.latest("created_at").counts
    return [found[state] for state in ("added", "changed", "unchanged", "refused")]


def told() -> list[tuple[Any, ...]]:
    """What the last trial run told of each row."""
    rows = ImportRow.objects.filter(file=ImportFile.objects.latest("created_at"))
    return [
        (row.record, row.state, row.changes, row.kept, [fault[:2] for fault in row.faults])
        for row in rows
    ]


def drafted(editor: User) -> list[tuple[str, str, Any, Any]]:
    """The edits of parks in the draft that the last file becomes."""
    file = ImportFile.objects.latest("created_at")
    answer = signed_in(editor).post(reverse("desk:import-draft", args=[file.pk]))
    assert answer.status_code == 302
    edits = Edit.objects.filter(changeset__author=editor, record_kind=KIND)
    return [(edit.record, edit.field, edit.old, edit.new) for edit in edits]


@pytest.mark.parametrize(
    ("language", "form"), [("ja", "xlsx"), ("ja", "csv"), ("en", "csv"), ("vi", "xlsx")]
)
def test_an_export_that_nobody_touched_takes_nothing_back(
    editor: User, language: str, form: str
) -> None:
    rows = listed(editor, form, language)
    assert (rows[0][-1], {str(row[-1]) for row in rows[1:]}) == (
        {
            "ja": "書き出し時のカタログの版",
            "en": "Catalogue version of the export",
            "vi": "Phiên bản danh mục khi xuất",
        }[language],
        {"1.0" if form == "xlsx" else "1"},
    )
    moved(70, 71)
    page = tried(editor, xlsx(rows) if form == "xlsx" else comma(rows), language)
    assert (counts()[:2], counts()[3]) == ([0, 0], 0)
    assert told() == [(PARK, "unchanged", [], [["tenants_count", 70, 71]], [])]
    assert KEPT[language] in unescape(page.content.decode())
    assert drafted(editor) == []


@pytest.mark.parametrize("language", ["ja", "en", "vi"])
def test_a_cell_that_others_changed_too_is_refused_with_what_it_was_and_is(
    editor: User, language: str
) -> None:
    rows = listed(editor)
    write(rows, "tenants_count", 72)
    write(rows, "tenants_count", 9_000, OTHER)
    moved(70, 71)
    page = tried(editor, xlsx(rows), language)
    assert (counts()[1], counts()[3]) == (1, 1)
    refused = ImportRow.objects.get(state="refused")
    assert refused.faults == [[f"V {title('tenants_count')}", "72", MOVED[language]]]
    text = unescape(page.content.decode())
    assert f'<q>72</q> <span class="error">{MOVED[language]}</span>' in text
    assert [edit[:2] for edit in drafted(editor)] == [(OTHER, "tenants_count")]


def test_other_cells_of_a_record_that_others_changed_are_taken(editor: User) -> None:
    rows = listed(editor)
    write(rows, "japanese_tenants_count", 60)
    moved(70, 71)
    tried(editor, xlsx(rows))
    assert told() == [
        (PARK, "changed", [["japanese_tenants_count", 59, 60]], [["tenants_count", 70, 71]], [])
    ]
    assert drafted(editor) == [(PARK, "japanese_tenants_count", 59, 60)]


def test_every_form_of_a_value_is_known_as_the_export_wrote_it(editor: User) -> None:
    rows = listed(editor)
    old = record_values(IndustrialPark.objects.get(key=PARK))
    new = {
        "factory_rent_usd_m2_month_min": 4.5,
        "former_province": None,
        "power_description": "22 kV",
        "rental_factory": False,
        "rental_units_m2": [500, 768],
        "status": "planned",
        "target_sectors": old["target_sectors"][:1],
        "training_centre": None,
    }
    assert [name for name, value in new.items() if old[name] == value] == []
    applied(*(("update", PARK, name, old[name], value) for name, value in new.items()))
    tried(editor, xlsx(rows))
    assert [(row[1], sorted(kept[0] for kept in row[3]), row[4]) for row in told()] == [
        ("unchanged", list(new), [])
    ]


def test_what_others_changed_and_changed_back_may_be_changed(editor: User) -> None:
    rows = listed(editor)
    write(rows, "tenants_count", 72)
    moved(70, 71)
    moved(71, 70)
    tried(editor, xlsx(rows))
    assert drafted(editor) == [(PARK, "tenants_count", 70, 72)]


def test_an_import_that_is_given_again_after_it_was_applied_changes_nothing(editor: User) -> None:
    rows = listed(editor)
    write(rows, "tenants_count", 71)
    moved(70, 71)
    tried(editor, xlsx(rows))
    assert told() == []
    moved(71, 73)
    tried(editor, xlsx(rows))
    assert [row[1] for row in told()] == ["refused"]


def test_a_row_is_compared_with_the_version_that_it_names_itself(editor: User) -> None:
    rows = listed(editor)
    moved(70, 71)
    (newer,) = (row for row in listed(editor) if row[0] == PARK)
    rows = [newer if row[0] == PARK else row for row in rows]
    moved(59, 58, "japanese_tenants_count")
    tried(editor, xlsx(rows))
    assert told() == [(PARK, "unchanged", [], [["japanese_tenants_count", 59, 58]], [])]
    write(rows, "tenants_count", 70)
    tried(editor, xlsx(rows))
    assert drafted(editor) == [(PARK, "tenants_count", 71, 70)]


def test_a_row_without_a_version_says_what_the_catalogue_shall_say(editor: User) -> None:
    rows = listed(editor)
    write(rows, "catalogue.version", None)
    moved(70, 71)
    tried(editor, xlsx(rows))
    assert told() == [(PARK, "changed", [["tenants_count", 71, 70]], [], [])]


def test_a_record_that_is_newer_than_the_version_said_nothing(editor: User) -> None:
    park = IndustrialPark.objects.get(key=PARK)
    new = {"name_en": "Trial Park", "name_ja": "試験団地", "province": park.province_id,
           "status": "planned", "tenants_count": 3}  # fmt: skip
    applied(("create", "trial-park", "", None, new))
    heads = [title(name) for name in ("key", "tenants_count", "occupancy_pct", "catalogue.version")]
    tried(editor, xlsx([heads, ["trial-park", 4, 50, 1]]))
    assert [row[4] for row in told()] == [[[f"B {heads[1]}", "4"]]]
    tried(editor, xlsx([heads, ["trial-park", 3, 50, 1]]))
    assert told() == [("trial-park", "changed", [["occupancy_pct", "不明", 50]], [], [])]


FORGED = ["abc", 0, -1, 3, 1.5, 1e300, "9" * 150, "9" * 9_000, "2026-10-02", "'=1", "不明", "1%"]


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_version_that_there_is_not_is_refused(editor: User, form: str) -> None:
    moved(70, 71)
    heads = [title(name) for name in ("key", "tenants_count", "catalogue.version")]
    keys = list(IndustrialPark.objects.values_list("key", flat=True)[: len(FORGED) + 1])
    rows = [
        heads,
        *([key, 9_000, version] for key, version in zip(keys, [2, *FORGED], strict=True)),
    ]
    rows.append([None, None, 2])
    page = tried(editor, xlsx(rows) if form == "xlsx" else comma(rows))
    assert (page.status_code, counts()) == (200, [0, 1, 0, len(FORGED)])
    refused = ImportRow.objects.filter(state="refused")
    assert [(row.record, [fault[0] for fault in row.faults]) for row in refused] == [
        (key, [f"C {heads[2]}"]) for key in keys[1:]
    ]


# Between the trial run and the draft


@pytest.mark.parametrize("at_once", [500, 0])
def test_a_draft_is_never_of_other_rows_than_the_trial_run_showed(
    editor: User, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(files, "AT_ONCE", at_once)
    heads = [title(name) for name in ("key", "tenants_count", "catalogue.version")]
    tried(editor, xlsx([heads, [PARK, 72, None], [OTHER, 9_000, 1]]))
    run_waiting()
    moved(70, 71)
    assert drafted(editor) == []
    file = ImportFile.objects.get()
    with translation.override("ja"):
        client, check = signed_in(editor), reverse("desk:import-check", args=[file.pk])
        client.post(reverse("desk:import-draft", args=[file.pk]))
        pages = [client.get(check)]
        run_waiting()
        pages.append(client.get(check))
    assert [OUTDATED in page.content.decode() for page in pages].count(True) == 1
    assert (PARK, "changed", [["tenants_count", 71, 72]], [], []) in told()
    client.post(reverse("desk:import-draft", args=[file.pk]))
    run_waiting()
    assert (PARK, "tenants_count", 71, 72) in drafted(editor)


# What was taken out


@pytest.mark.parametrize("language", ["ja", "en", "vi"])
def test_a_row_of_a_record_that_was_taken_out_is_refused(editor: User, language: str) -> None:
    rows = listed(editor)
    write(rows, "tenants_count", 72)
    moved(70, 71)
    applied(("deactivate", PARK, "", None, None))
    page = tried(editor, xlsx(rows), language)
    assert (counts()[:2], counts()[3]) == ([0, 0], 1)
    (refused,) = ImportRow.objects.all()
    assert refused.faults == [[f"A {title('key')}", PARK, TAKEN_OUT[language]]]
    assert TAKEN_OUT[language] in unescape(page.content.decode())
    assert drafted(editor) == []
