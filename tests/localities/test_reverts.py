"""Taking back: values return to what backed them, and nobody's later work is lost."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from localities.api.changesets_edits import replace_edits
from localities.curation.apply import apply
from localities.curation.editing import Backing, save_record, save_source, set_active
from localities.curation.errors import Clash, Conflict, Refusal, Refused
from localities.curation.propose import draft, propose
from localities.curation.review import conflicts, revert, settle
from localities.curation.values import record_values
from localities.models import Changeset, Citation, IndustrialPark, Source
from localities.queries import catalogue
from localities.queries.conflicts import moved
from portal.accounts.models import User
from tests.localities.people import member, officer, operator, organisation

pytestmark = pytest.mark.django_db

PARK = "long-duc"  # in Dong Nai
OTHER = "daiwahouse-co-jp-bda25bea"
SECOND = "123docz-net-f1fe7380"  # which the park does not cite


@pytest.fixture
def editor() -> User:
    return officer("editor", "editor", "osaka", curates="dong-nai")


def edited(
    editor: User, *, source: str = OTHER, note: str = "p. 3", key: str = PARK, **wanted: Any
) -> Changeset:
    """A draft in which `wanted` is what the park says, as of October 2026."""
    changeset = draft("Trial", [], author=editor, organisation=organisation("osaka"))
    return save_record(
        changeset,
        actor=editor,
        kind="industrial-park",
        key=key,
        wanted=wanted,
        backing=Backing(source, note, "2026-10"),
    )


def agreed(changeset: Changeset) -> Changeset:
    """`changeset`, proposed by the editor and applied by the reviewer."""
    people = {user.name: user for user in User.objects.all()}
    return apply(propose(changeset, actor=people["Editor"]), reviewer=people["Reviewer"])


def taken_back(changeset: Changeset) -> Changeset:
    """The draft that takes `changeset` back."""
    editor = User.objects.get(name="Editor")
    return revert(changeset, actor=editor, organisation=organisation("osaka"))


def backing(*fields: str, key: str = PARK) -> dict[str, list[tuple[str, str | None, str | None]]]:
    """By field, the citations that name it: source, note and as-of date of each."""
    cited = Citation.objects.filter(record_kind="industrial-park", record=key, is_active=True)
    return {
        name: [(one.source_id, one.note, one.as_of) for one in cited if name in one.fields]
        for name in fields
    }


def cited() -> dict[str, Any]:
    """All active citations of the park: by key, source and fields."""
    rows = Citation.objects.filter(record_kind="industrial-park", record=PARK, is_active=True)
    return {one.key: (one.source_id, sorted(one.fields)) for one in rows}


def test_a_change_is_taken_back_though_a_neighbouring_one_followed(
    editor: User, reviewer: User
) -> None:
    before = cited()
    was = backing("tenants_count", "japanese_tenants_count")
    first = agreed(edited(editor, tenants_count=71))
    second = agreed(edited(editor, source=SECOND, japanese_tenants_count=60))
    agreed(taken_back(first))

    park = IndustrialPark.objects.get(key=PARK)
    assert (park.tenants_count, park.japanese_tenants_count) == (70, 60)
    assert backing("tenants_count", "japanese_tenants_count") == {
        "tenants_count": was["tenants_count"],
        "japanese_tenants_count": [(SECOND, "p. 3", "2026-10")],
    }
    agreed(taken_back(second))
    assert cited() == before


def test_a_value_of_somebody_else_keeps_the_source_that_both_name(
    editor: User, reviewer: User
) -> None:
    first = agreed(edited(editor, water_price_usd_m3=0.5))
    agreed(edited(editor, wastewater_price_usd_m3=0.4))
    assert len({one.key for one in Citation.objects.filter(note="p. 3")}) == 1
    agreed(taken_back(first))

    assert IndustrialPark.objects.get(key=PARK).water_price_usd_m3 is None
    assert backing("water_price_usd_m3", "wastewater_price_usd_m3") == {
        "water_price_usd_m3": [],
        "wastewater_price_usd_m3": [(OTHER, "p. 3", "2026-10")],
    }


def test_a_citation_that_lost_its_last_field_is_put_back_with_it(
    editor: User, reviewer: User
) -> None:
    before = cited()
    first = agreed(edited(editor, telecom="Fibre"))
    assert "industrial-park--long-duc--9" not in cited()
    back = agreed(taken_back(first))
    assert cited() == before

    agreed(taken_back(back))
    assert IndustrialPark.objects.get(key=PARK).telecom == "Fibre"
    assert backing("telecom") == {"telecom": [(OTHER, "p. 3", "2026-10")]}


def test_a_field_that_several_sources_backed_is_backed_by_all_of_them_again(
    editor: User, reviewer: User
) -> None:
    was = backing("sme_zone")
    assert len(was["sme_zone"]) == 2
    applied = agreed(edited(editor, sme_zone=False))
    agreed(taken_back(applied))
    assert backing("sme_zone") == was


def test_a_draft_that_takes_back_holds_values_alone(editor: User, reviewer: User) -> None:
    back = taken_back(agreed(edited(editor, tenants_count=71)))
    edits = [(edit.record_kind, edit.field, edit.old, edit.new) for edit in back.edits.all()]
    assert edits == [("industrial-park", "tenants_count", 71, 70)]


def test_what_else_such_a_draft_says_needs_a_source(
    editor: User, reviewer: User, client: Client
) -> None:
    back = taken_back(agreed(edited(editor, tenants_count=71, clinic=True)))
    also = {"occupancy_pct": 12.0, "tenants_count": 69}
    save_record(back, actor=editor, kind="industrial-park", key=PARK, wanted=also)
    client.force_login(editor)
    form = client.get(reverse("desk:edit", args=["industrial-park", PARK]), {"draft": back.pk})
    changes = {one.edit.field: one.needs_source for one in form.context["sheet"].changes}
    assert changes == {"occupancy_pct": True, "tenants_count": True, "clinic": False}
    with pytest.raises(Refused) as refused:
        propose(back, actor=editor)
    assert {(one.record, one.field) for one in refused.value.refusals} == {
        (PARK, "occupancy_pct"),
        (PARK, "tenants_count"),
    }

    backed = Backing(OTHER, "p. 4", "2026-10")
    save_record(back, actor=editor, kind="industrial-park", key=PARK, wanted=also, backing=backed)
    agreed(back)
    park = IndustrialPark.objects.get(key=PARK)
    assert (park.occupancy_pct, park.tenants_count, park.clinic) == (12.0, 69, None)
    assert backing("occupancy_pct", "tenants_count") == {
        "occupancy_pct": [(OTHER, "p. 4", "2026-10")],
        "tenants_count": [(OTHER, "p. 4", "2026-10")],
    }


NEW = {"name_ja": "試験団地", "name_en": "Trial Park", "province": "dong-nai", "status": "planned"}


def out(editor: User, key: str = PARK) -> Changeset:
    """A draft that takes the park out."""
    changeset = draft("Out", [], author=editor, organisation=organisation("osaka"))
    return set_active(
        changeset, actor=editor, kind="industrial-park", key=key, active=False, reason="Closed"
    )


def test_later_work_on_a_record_is_not_lost_where_its_adding_is_taken_back(
    editor: User, reviewer: User
) -> None:
    added = agreed(edited(editor, key="trial-park", **NEW))
    agreed(edited(editor, key="trial-park", telecom="Later work"))
    back = taken_back(added)
    (edit,) = back.edits.filter(record_kind="industrial-park")
    with pytest.raises(Conflict) as conflict:
        propose(back, actor=editor)
    (clash,) = conflict.value.clashes
    assert (clash.kind, clash.record, clash.field, clash.proposed) == (
        "industrial-park",
        "trial-park",
        "",
        False,
    )
    assert (clash.base["telecom"], clash.current["telecom"]) == (None, "Later work")
    assert list(moved([back.pk])[back.pk]) == [edit.pk]

    settle(back, actor=editor, keep={edit.pk: True})
    assert moved([back.pk]) == {}
    agreed(back)
    assert IndustrialPark.objects.get(key="trial-park").is_active is False


def test_what_was_settled_for_later_work_leaves_the_record(editor: User, reviewer: User) -> None:
    added = agreed(edited(editor, key="trial-park", **NEW))
    later = agreed(edited(editor, key="trial-park", telecom="Later work"))
    agreed(taken_back(later))
    assert conflicts(taken_back(added)) == []  # nothing of it is left

    agreed(edited(editor, key="trial-park", telecom="Later work"))
    back = taken_back(added)
    (edit,) = back.edits.filter(record_kind="industrial-park")
    settle(back, actor=editor, keep={edit.pk: False})
    assert not back.edits.filter(pk=edit.pk).exists()


def test_later_work_on_a_record_that_was_put_back_is_not_lost(editor: User, reviewer: User) -> None:
    agreed(out(editor))
    put_back = draft("Back", [], author=editor, organisation=organisation("osaka"))
    set_active(put_back, actor=editor, kind="industrial-park", key=PARK, active=True)
    put_back = agreed(put_back)
    assert conflicts(taken_back(put_back)) == []

    agreed(edited(editor, tenants_count=71))
    back = taken_back(put_back)
    (clash,) = conflicts(back)
    assert (clash.base["tenants_count"], clash.current["tenants_count"]) == (70, 71)
    assert list(moved([back.pk])) == [back.pk]


def test_a_record_taken_out_meanwhile_is_not_changed_without_a_word(
    editor: User, reviewer: User
) -> None:
    late = propose(edited(editor, tenants_count=71, clinic=True), actor=editor)
    agreed(out(editor))
    with pytest.raises(Conflict) as conflict:
        apply(late, reviewer=reviewer)
    assert conflict.value.clashes == [
        Clash("industrial-park", PARK, "tenants_count", 70, None, 71),
        Clash("industrial-park", PARK, "clinic", None, None, True),
    ]
    assert IndustrialPark.objects.get(key=PARK).tenants_count == 70

    tenants, clinic = late.edits.order_by("position")
    assert list(moved([late.pk])[late.pk]) == [tenants.pk, clinic.pk]
    settle(late, actor=editor, keep={tenants.pk: True, clinic.pk: False})
    assert moved([late.pk]) == {}
    apply(late, reviewer=reviewer)
    park = IndustrialPark.objects.get(key=PARK)
    assert (park.is_active, park.tenants_count, park.clinic) == (True, 71, None)


def test_a_change_of_a_record_that_was_taken_out_is_not_taken_back_without_a_word(
    editor: User, reviewer: User
) -> None:
    applied = agreed(edited(editor, tenants_count=71))
    agreed(out(editor))
    back = taken_back(applied)
    assert conflicts(back) == [Clash("industrial-park", PARK, "tenants_count", 71, None, 70)]
    assert list(moved([back.pk])) == [back.pk]


def test_later_work_on_a_record_is_not_lost_where_it_is_taken_out(
    editor: User, reviewer: User
) -> None:
    late, old = propose(out(editor), actor=editor), propose(out(editor), actor=editor)
    old.edits.update(old=None)  # as take-outs were proposed before
    agreed(edited(editor, tenants_count=71))
    with pytest.raises(Conflict):
        apply(late, reviewer=reviewer)
    (edit,) = late.edits.all()
    assert moved([late.pk, old.pk]) == {late.pk: {edit.pk: "update"}}
    settle(late, actor=editor, keep={edit.pk: True})
    late = apply(late, reviewer=reviewer)
    assert not IndustrialPark.objects.get(key=PARK).is_active
    agreed(taken_back(late))
    apply(old, reviewer=reviewer)
    assert not IndustrialPark.objects.get(key=PARK).is_active


def test_a_program_that_takes_a_record_out_says_as_what(editor: User) -> None:
    changeset = draft("Out", [], author=editor, organisation=organisation("osaka"))
    edit = {"action": "deactivate", "kind": "industrial-park", "key": PARK, "field": ""}
    body = {**edit, "source": None, "note": "Closed", "as_of": None, "new": None}
    replace_edits(changeset, [body], actor=editor)
    says = record_values(IndustrialPark.objects.get(key=PARK))
    assert [one.old for one in changeset.edits.all()] == [says]


@pytest.mark.usefixtures("english")
def test_the_page_shows_what_is_lost_and_settles_it(
    editor: User, reviewer: User, client: Client
) -> None:
    late = propose(edited(editor, tenants_count=71), actor=editor)
    added = agreed(edited(editor, key="trial-park", **NEW))
    agreed(edited(editor, key="trial-park", telecom="Later work"))
    agreed(out(editor))
    client.force_login(editor)
    for changeset, current in (
        (late, "taken out of the catalogue"),
        (taken_back(added), "changed by others"),
    ):
        shown = client.get(reverse("desk:changeset", args=[changeset.pk]))
        (clash,) = shown.context["opened"].clashes
        assert clash.current == current
        choice = {f"edit-{clash.edit.pk}": "proposed", "version": catalogue.version()}
        assert f'name="edit-{clash.edit.pk}" value="proposed"' in shown.content.decode()
        settled = client.post(reverse("desk:settle", args=[changeset.pk]), choice)
        assert settled.status_code == 302
        shown = client.get(reverse("desk:changeset", args=[changeset.pk]))
        assert shown.context["opened"].clashes == []
        assert shown.context["opened"].lines != []


VISIT = {"title": "Visit of October 2026", "publisher": "Osaka Prefecture", "published": "2026-10"}


def visited(editor: User, **wanted: Any) -> Changeset:
    """A draft with a source of its own."""
    changeset = draft("Visit", [], author=editor, organisation=organisation("osaka"))
    save_source(changeset, actor=editor, values=VISIT)
    key = changeset.edits.get(record_kind="source").record
    return save_record(
        changeset,
        actor=editor,
        kind="industrial-park",
        key=PARK,
        wanted=wanted,
        backing=Backing(key, "p. 3", "2026-10"),
    )


def standing_sources() -> set[str]:
    return set(Source.objects.filter(is_active=True).values_list("title", flat=True))


def test_a_new_source_goes_with_the_last_value_that_named_it_and_comes_back_with_it(
    editor: User, reviewer: User
) -> None:
    first = agreed(visited(editor, tenants_count=71))
    key = first.edits.get(record_kind="source", action="create").record
    waiting = propose(edited(editor, source=key, clinic=True), actor=editor)
    back = propose(taken_back(first), actor=editor)
    waiting = apply(waiting, reviewer=reviewer)  # cites it between draft and decision
    back = apply(back, reviewer=reviewer)
    assert backing("clinic", "tenants_count")["clinic"] == [(key, "p. 3", "2026-10")]
    assert VISIT["title"] in standing_sources()

    agreed(taken_back(waiting))
    assert VISIT["title"] in standing_sources()  # which it did not bring
    forth = agreed(taken_back(back))
    assert backing("tenants_count") == {"tenants_count": [(key, "p. 3", "2026-10")]}
    agreed(taken_back(forth))
    assert VISIT["title"] in standing_sources()


def test_a_source_is_gone_and_back_with_its_record(editor: User, reviewer: User) -> None:
    before = standing_sources()
    changeset = draft("Visit", [], author=editor, organisation=organisation("osaka"))
    key = save_source(changeset, actor=editor, values=VISIT)
    save_record(
        changeset,
        actor=editor,
        kind="industrial-park",
        key="trial-park",
        wanted=NEW,
        backing=Backing(key),
    )
    back = agreed(taken_back(agreed(changeset)))
    assert standing_sources() == before
    told = [(edit.action, edit.record_kind, edit.record) for edit in back.edits.all()]
    assert told == [
        ("deactivate", "industrial-park", "trial-park"),
        ("deactivate", "source", key),
    ]

    again = draft("Back", [], author=editor, organisation=organisation("osaka"))
    set_active(again, actor=editor, kind="industrial-park", key="trial-park", active=True)
    again = agreed(again)
    assert standing_sources() == before | {VISIT["title"]}
    agreed(taken_back(again))
    assert standing_sources() == before


@pytest.mark.usefixtures("english")
def test_a_source_that_is_cited_is_not_taken_out(
    editor: User, reviewer: User, client: Client
) -> None:
    client.force_login(editor)
    address = reverse("desk:edit", args=["source", OTHER])
    answer = client.post(f"{address}?draft=new", {"step": "take-out", "reason": "Twice"})
    text = "1 record cites it: give its values another source first."
    assert answer.status_code == 400
    assert [one.text for one in answer.context["errors"]] == [text]
    assert not Changeset.objects.filter(author=editor).exists()


@pytest.mark.usefixtures("english")
def test_a_source_that_nothing_cites_is_taken_out_and_put_back(
    editor: User, reviewer: User
) -> None:
    head = member("head", "reviewer", operator())
    idle = draft("Source", [], author=editor, organisation=organisation("osaka"))
    Source.objects.create(key="idle", title="Idle")
    set_active(idle, actor=editor, kind="source", key="idle", active=False, reason="Unread")
    gone = apply(propose(idle, actor=editor), reviewer=head)
    assert "Idle" not in standing_sources()

    late = edited(editor, tenants_count=71)
    late.edits.update(source="idle")
    with pytest.raises(Refused) as refused:
        propose(late, actor=editor)
    text = "There is no source “idle” in the catalogue."
    assert refused.value.refusals == [Refusal("industrial-park", PARK, "tenants_count", text)]

    apply(propose(taken_back(gone), actor=editor), reviewer=head)
    assert "Idle" in standing_sources()


@pytest.mark.parametrize(
    ("language", "heading"),
    [
        ("ja", "第3版の取り消し：Trial"),
        ("en", "Take back version 3: Trial"),
        ("vi", "Hoàn tác phiên bản 3: Trial"),
    ],
)
def test_what_takes_back_is_called_so_in_the_readers_language(
    editor: User, reviewer: User, client: Client, language: str, heading: str
) -> None:
    with translation.override("ja"):  # the maker's
        back = taken_back(agreed(taken_back(agreed(edited(editor, tenants_count=71)))))
    client.force_login(editor)
    with translation.override(language):
        addresses = [
            reverse("desk:changeset", args=[back.pk]),
            reverse("desk:changesets"),
            reverse("desk:home"),
            reverse("desk:edit", args=["industrial-park", PARK]),
        ]
    for address in addresses:
        page = client.get(address).content.decode()
        assert heading in page, address
        assert ("取り消し" in page) == (language == "ja"), address
