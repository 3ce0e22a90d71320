"""What is added twice: the second is in conflict, or refused with a word on the first."""

import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from localities.curation.editing import Backing, save_record, save_source, set_active
from localities.curation.propose import draft, propose
from localities.curation.review import send_back
from localities.imports import files
from localities.models import Changeset, IndustrialPark, Observation
from portal.accounts.models import User
from tests.localities.people import officer, operator, organisation, signed_in
from tests.localities.test_desk import PARK, edited, page, state, take

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

SOURCE = {"source_title": "Visit", "source_published": "2026-10"}


@pytest.fixture
def editor() -> User:
    operator()
    return officer("editor", "editor", "osaka", curates="dong-nai")


@pytest.fixture
def other(editor: User) -> User:
    return officer("other", "editor", "osaka")


@pytest.fixture
def reviewer(editor: User) -> User:
    return officer("reviewer", "reviewer", "osaka")


def add(user: User, kind: str, step: str = "propose", **values: Any) -> Any:
    typed = {f"record-{name}": value for name, value in values.items()}
    data = {"step": step, "draft": "new", **SOURCE, **typed}
    return signed_in(user).post(reverse("desk:add", args=[kind]), data)


def added(user: User, kind: str, **values: Any) -> Changeset:
    assert add(user, kind, **values).status_code == 302
    return Changeset.objects.filter(author=user).latest("pk")


def figure(value: str) -> dict[str, str]:
    indicator = Observation.objects.filter(province__isnull=False).values_list("indicator")[0][0]
    of = {"province": "dong-nai", "indicator": indicator, "period": "2018"}
    return {**of, "value_min": value, "value_max": value}


def park(tenants: str = "5", **values: str) -> dict[str, str]:
    named = {"name_ja": "新団地", "name_en": "Brand New Park", "province": "dong-nai"}
    return {**named, "status": "operating", "tenants_count": tenants, **values}


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def proposed_as(author: User, kind: str, key: str, values: dict[str, Any]) -> Changeset:
    """A proposal that adds a record under `key`, as an import or a program does."""
    changeset = draft("Trial", [], author=author, organisation=organisation("osaka"))
    source = save_source(changeset, actor=author, values={"title": "Visit", "published": "2026"})
    whole = {"kind": kind, "key": key, "wanted": values, "backing": Backing(source)}
    save_record(changeset, actor=author, **whole)
    return propose(changeset, actor=author)


def numbers(values: dict[str, str]) -> dict[str, Any]:
    return {k: float(v) if k.startswith("value_") else v for k, v in values.items()}


def test_the_same_figure_added_twice_is_a_conflict(
    editor: User, other: User, reviewer: User
) -> None:
    first = added(editor, "observation", **figure("5"))
    second = added(other, "observation", **figure("6"))
    key = first.edits.get(record_kind="observation").record
    assert second.edits.get(record_kind="observation").record == key
    assert take(reviewer, first, "apply").status_code == 302
    refused = take(reviewer, second, "apply")
    assert (refused.status_code, state(second)) == (409, "proposed")
    (line,) = page(other, second).context["opened"].clashes
    name, _is, value = line.current.partition(" = ")
    assert (line.after, value, line.twin, line.can_stand) == ("6", "5", key, False)
    assert f"The catalogue has this record already: {name} ({key})." in text_of(refused)


def test_a_record_takes_the_place_of_one_that_the_same_changeset_takes_out(
    editor: User, other: User, reviewer: User
) -> None:
    second = draft("Trial", [], author=other, organisation=organisation("osaka"))
    source = save_source(second, actor=other, values={"title": "Visit", "published": "2026"})
    first = added(editor, "industrial-park", **park())
    take(reviewer, first, "apply")
    key = first.edits.get(record_kind="industrial-park").record
    gone = {"kind": "industrial-park", "key": key, "active": False, "reason": "Told twice"}
    set_active(second, actor=other, **gone)
    wanted = {**IndustrialPark.objects.filter(key=key).values(*park())[0], "tenants_count": 6}
    whole = {"kind": "industrial-park", "wanted": wanted, "backing": Backing(source, "", "2026")}
    save_record(second, actor=other, key="another-park", **whole)
    second = propose(second, actor=other)
    assert [line.edit.record for line in page(other, second).context["opened"].clashes] == []
    assert take(reviewer, second, "apply").status_code == 302
    assert IndustrialPark.objects.get(name_en="Brand New Park", is_active=True).tenants_count == 6


def test_what_is_in_no_conflict_is_not_settled(editor: User) -> None:
    changeset = edited(editor)
    edit = changeset.edits.get(field="tenants_count")
    answer = take(editor, changeset, "settle", version=1, **{f"edit-{edit.pk}": "proposed"})
    assert answer.status_code == 400
    assert "Nothing of this is in conflict any more." in answer.content.decode()
    assert not changeset.steps.filter(kind="settled").exists()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ja", "このレコードはすでにカタログにあります。"),
        ("en", "The catalogue has this record already."),
        ("vi", "Danh mục đã có bản ghi này."),
    ],
)
def test_a_twin_under_another_key_is_shown_and_settled(
    editor: User, other: User, reviewer: User, language: str, words: str
) -> None:
    first = proposed_as(editor, "observation", "one-2018", numbers(figure("5")))
    second = proposed_as(other, "observation", "two-2018", numbers(figure("6")))
    take(reviewer, first, "apply")
    with translation.override(language):
        shown = page(other, second)
        text, edit = shown.content.decode(), reverse("desk:edit", args=["observation", "one-2018"])
    (line,) = shown.context["opened"].clashes
    assert (line.twin, line.current.endswith(" = 5"), line.after) == ("one-2018", True, "6")
    assert (words in text, f'href="{edit}?draft=new"' in text) == (True, True)
    assert f'name="edit-{line.edit.pk}" value="proposed"' not in text
    assert "observation_province_unique" not in take(reviewer, second, "apply").content.decode()
    home = signed_in(other).get(reverse("desk:home")).context["todo"]
    assert [one.pk for one in home.clashing] == [second.pk]

    name = f"edit-{line.edit.pk}"
    kept = take(other, second, "settle", **settling(shown), **{name: "proposed"})
    assert (kept.status_code, state(second)) == (400, "proposed")
    assert take(other, second, "settle", **settling(shown), **{name: "current"}).status_code == 302
    assert state(second) == "withdrawn"


def settling(shown: Any) -> dict[str, Any]:
    """What the form of the page sends besides the choice."""
    return {"version": shown.context["opened"].version}


def test_the_same_park_added_twice_is_a_conflict(editor: User, other: User, reviewer: User) -> None:
    first = added(editor, "industrial-park", **park())
    second = added(other, "industrial-park", **park("6", name_en="BRAND-NEW park"))
    third = proposed_as(other, "industrial-park", "third", {**park(), "tenants_count": 7})
    assert take(reviewer, first, "apply").status_code == 302
    assert [take(reviewer, late, "apply").status_code for late in (second, third)] == [409, 409]
    assert [line.twin for line in page(other, third).context["opened"].clashes] == [
        "brand-new-park"
    ]
    named = IndustrialPark.objects.filter(name_ja="新団地")
    assert [one.tenants_count for one in named] == [5]


def test_a_record_that_takes_the_name_of_another_is_a_conflict(
    editor: User, other: User, reviewer: User
) -> None:
    first = added(editor, "industrial-park", **park())
    second = propose(edited(other, name_en="Brand New Park", tenants_count=70), actor=other)
    take(reviewer, first, "apply")
    (line,) = page(other, second).context["opened"].clashes
    assert (line.edit.field, line.twin) == ("name_en", "brand-new-park")
    choice = {f"edit-{line.edit.pk}": "current"}
    assert take(reviewer, second, "apply").status_code == 409
    assert take(other, second, "settle", **settling(page(other, second)), **choice).status_code == (
        302
    )
    assert [edit.field for edit in second.edits.filter(record=PARK)] == []


def test_a_name_that_the_province_has_is_refused_with_a_link(editor: User) -> None:
    known = IndustrialPark.objects.get(key=PARK)
    answer = add(editor, "industrial-park", **park(name_en=known.name_en.upper()))
    link = reverse("desk:edit", args=["industrial-park", PARK])
    text = answer.content.decode()
    said = f"The catalogue has this record already: {known.name_en} ({PARK})."
    assert (answer.status_code, said in text, f'href="{link}"' in text) == (400, True, True)
    kept = add(editor, "industrial-park", "keep", **park(name_en=known.name_en))
    text = kept.content.decode()
    assert (kept.status_code, said in text, f'href="{link}"' in text) == (200, True, True)
    assert not Changeset.objects.filter(author=editor).exists()
    elsewhere = park(name_ja=known.name_ja, province="hue")
    assert add(editor, "industrial-park", **elsewhere).status_code == 302


def test_the_api_refuses_what_the_catalogue_has(editor: User, reviewer: User) -> None:
    known = IndustrialPark.objects.get(key=PARK)
    values = {**park(), "tenants_count": 5, "name_ja": known.name_ja}
    body = {"title": "Trial", "edits": [
        {"kind": "industrial-park", "key": "new", "action": "create", "new": values,
         "source": {"title": "Visit", "published": "2026"}},
    ]}  # fmt: skip
    answer = signed_in(editor).post(
        "/api/v1/changesets/", body, content_type="application/json",
        headers={"Accept-Language": "en", "Idempotency-Key": "once"},
    )  # fmt: skip
    said = f"The catalogue has this record already: {known.name_en} ({PARK})."
    assert (answer.status_code, [one["detail"] for one in answer.json()["errors"]]) == (422, [said])


def test_the_api_tells_of_a_twin_when_it_is_applied(
    editor: User, other: User, reviewer: User
) -> None:
    first = proposed_as(editor, "observation", "one-2018", numbers(figure("5")))
    second = proposed_as(other, "observation", "two-2018", numbers(figure("6")))
    take(reviewer, first, "apply")
    answer = signed_in(reviewer).post(
        f"/api/v1/changesets/{second.pk}/apply/", {}, content_type="application/json",
        headers={
            "Accept-Language": "en",
            "If-Match": f'"{second.revision}-proposed"',
            "Idempotency-Key": "once",
        },
    )  # fmt: skip
    (fault,) = answer.json()["errors"]
    assert (answer.status_code, fault["code"], fault["current"]["value_min"]) == (409, "exists", 5)
    assert fault["detail"].endswith("(one-2018).")


def test_a_file_that_adds_a_name_of_the_province_is_refused(editor: User) -> None:
    known = IndustrialPark.objects.get(key=PARK)
    rows = f"key,name_ja,name_en,province,status\r\nnew,新,{known.name_en},dong-nai,operating\r\n"
    given = files.receive(
        rows.encode(), name="parks.csv", kind="industrial-park", author=editor,
        organisation=organisation("osaka"),
    )  # fmt: skip
    given.order = {**given.order, "source": {"title": "Visit", "published": "2026"}}
    files.check(given)
    faults = [reason for row in given.rows.all() for _column, _value, reason in row.faults]
    assert faults == [f"Record “{PARK}” has the same."]


def test_a_draft_of_others_leaves_no_trace_in_a_key(editor: User) -> None:
    stranger = officer("stranger", "editor", "hyogo")
    draft("Empty", [], author=stranger, organisation=organisation("hyogo"))
    keys = [
        changeset.edits.get(record_kind="industrial-park").record
        for changeset in (
            added(stranger, "industrial-park", **park()),
            added(editor, "industrial-park", **park("6")),
        )
    ]
    assert keys == ["brand-new-park", "brand-new-park"]


def test_a_draft_whose_key_was_taken_meanwhile_loses_nothing(
    editor: User, other: User, reviewer: User
) -> None:
    first = added(editor, "industrial-park", **park())
    second = added(other, "industrial-park", **park("6"))
    withdrawn = Changeset.objects.get(pk=second.pk)
    send_back(withdrawn, reviewer=reviewer, comment="Look again")
    take(reviewer, first, "apply")
    address = reverse("desk:edit", args=["industrial-park", "brand-new-park"])
    data = {"step": "save", "draft": second.pk, "record-telecom": "Fibre"}
    answer = signed_in(other).post(address, data)
    assert (answer.status_code, address in answer.content.decode()) == (400, True)
    assert second.edits.get(record="brand-new-park").new["tenants_count"] == 6
