"""From a draft to the catalogue and back: editing, sources, four eyes, conflicts, revert."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from localities.curation.apply import apply
from localities.curation.editing import (
    Backing,
    add_edits,
    drop_edits,
    save_record,
    save_source,
    set_active,
)
from localities.curation.errors import Clash, Conflict, Refusal, Refused, WrongState
from localities.curation.propose import draft, propose
from localities.curation.review import (
    comment_on,
    conflicts,
    reject,
    revert,
    send_back,
    settle,
    withdraw,
)
from localities.curation.values import stored
from localities.models import (
    KINDS,
    Catalogue,
    Changeset,
    Citation,
    Edit,
    Indicator,
    IndustrialPark,
    Observation,
    Source,
)
from localities.queries.work_done import decisions
from localities.rules import Scope, may_see, scopes_of, standing, visible_to
from portal.accounts.models import Membership, User
from portal.accounts.roles import NotAllowed
from tests.localities.people import member, operator, organisation

pytestmark = pytest.mark.django_db

PARK = "long-duc"  # in Dong Nai
SOURCE = {"title": "Visit of October 2026", "publisher": "Osaka Prefecture", "published": "2026-10"}


@pytest.fixture
def editor() -> User:
    return member("editor", "editor", organisation("osaka", curates="dong-nai"))


@pytest.fixture
def reviewer(editor: User) -> User:
    return member("reviewer", "reviewer", organisation("osaka"))


def begun(editor: User) -> Changeset:
    return draft("Trial", [], author=editor, organisation=organisation("osaka"))


def edited(editor: User, **wanted: Any) -> Changeset:
    """A draft in which `wanted` is what the park says, with a source."""
    changeset = begun(editor)
    key = save_source(changeset, actor=editor, values=SOURCE)
    backing = Backing(key, "p. 3", "2026-10-02")
    return save_record(
        changeset, actor=editor, kind="industrial-park", key=PARK, wanted=wanted, backing=backing
    )


def told(changeset: Changeset) -> list[tuple[Any, ...]]:
    return [
        (edit.action, edit.record_kind, edit.record, edit.field, edit.old, edit.new)
        for edit in changeset.edits.all()
    ]


def catalogue() -> dict[str, Any]:
    return {kind: stored(model) for kind, model in KINDS.items() if kind != "stewardship"}


def active(found: dict[str, Any]) -> dict[str, Any]:
    """The records that are published, and what they cite."""
    out = {(kind, key) for kind, own in found.items() for key in own if not own[key].active}
    return {
        kind: {
            key: record.values
            for key, record in records.items()
            if record.active
            and (record.values.get("record_kind"), record.values.get("record")) not in out
        }
        for kind, records in found.items()
    }


def test_a_draft_holds_what_differs_and_says_where_it_was_read(editor: User) -> None:
    changeset = edited(editor, tenants_count=71, clinic=None, status="operating")

    source, park = changeset.edits.all()
    assert (source.record_kind, source.action, source.new["title"]) == (
        "source",
        "create",
        "Visit of October 2026",
    )
    assert told(changeset)[1:] == [("update", "industrial-park", PARK, "tenants_count", 70, 71)]
    assert (park.source_id, park.source_note, park.as_of, park.province_id) == (
        source.record,
        "p. 3",
        "2026-10-02",
        "dong-nai",
    )


def test_a_field_wanted_as_it_stands_leaves_the_draft(editor: User) -> None:
    changeset = edited(editor, tenants_count=71)
    save_record(
        changeset, actor=editor, kind="industrial-park", key=PARK, wanted={"tenants_count": 70}
    )
    assert [edit[1] for edit in told(changeset)] == ["source"]


def test_a_wrong_value_is_refused_and_the_draft_stays(editor: User) -> None:
    changeset = edited(editor, tenants_count=71)
    before = told(changeset)
    with pytest.raises(Refused) as refused:
        save_record(
            changeset,
            actor=editor,
            kind="industrial-park",
            key=PARK,
            wanted={"occupancy_pct": 140.0},
        )
    assert [(r.record, r.field) for r in refused.value.refusals] == [(PARK, "occupancy_pct")]
    assert told(changeset) == before


def test_a_value_without_a_source_is_not_proposed(editor: User) -> None:
    changeset = begun(editor)
    save_record(
        changeset, actor=editor, kind="industrial-park", key=PARK, wanted={"tenants_count": 71}
    )
    with pytest.raises(Refused) as refused:
        propose(changeset, actor=editor)
    assert [(r.record, r.field) for r in refused.value.refusals] == [(PARK, "tenants_count")]
    changeset.refresh_from_db()
    assert changeset.state == "draft"


@pytest.mark.parametrize("known", [True, False])
def test_a_value_of_which_nobody_knows_the_time_is_not_proposed(known: bool, editor: User) -> None:
    changeset = begun(editor)
    undated = Source.objects.filter(published=None, is_active=True)[0].key
    if not known:
        undated = save_source(changeset, actor=editor, values={**SOURCE, "published": None})
    wanted: dict[str, Any] = {"kind": "industrial-park", "key": PARK}
    save_record(
        changeset, actor=editor, **wanted, wanted={"tenants_count": 71}, backing=Backing(undated)
    )
    with pytest.raises(Refused) as refused:
        propose(changeset, actor=editor)
    assert [(r.record, r.field) for r in refused.value.refusals] == [(PARK, "tenants_count")]
    backing = Backing(undated, "", "2026-10-02")
    save_record(changeset, actor=editor, **wanted, wanted={"tenants_count": 72}, backing=backing)
    assert propose(changeset, actor=editor).state == "proposed"


def test_an_applied_value_is_backed_by_its_source(editor: User, reviewer: User) -> None:
    changeset = propose(edited(editor, tenants_count=71, notes_en="Seen"), actor=editor)
    apply(changeset, reviewer=reviewer, comment="Seen.", revision=changeset.revision)

    source = Source.objects.get(title="Visit of October 2026")
    citation = Citation.objects.get(source=source)
    assert (citation.record, citation.fields, citation.note, citation.as_of) == (
        PARK,
        ["notes_en", "tenants_count"],
        "p. 3",
        "2026-10-02",
    )
    others = Citation.objects.filter(record=PARK, is_active=True).exclude(pk=citation.pk)
    assert not [c.key for c in others if "tenants_count" in c.fields]
    assert [step.kind for step in changeset.steps.all()] == ["proposed", "applied"]


def test_nobody_decides_on_their_own_and_only_the_steward_decides(
    editor: User, reviewer: User
) -> None:
    changeset = propose(edited(editor, tenants_count=71), actor=editor)
    hyogo = member("other", "administrator", organisation("hyogo", curates="hai-phong"))
    viewer = member("viewer", "viewer", organisation("osaka"))
    for nobody in (editor, hyogo, viewer):
        for decide in (apply, send_back, reject):
            with pytest.raises(NotAllowed):
                decide(changeset, reviewer=nobody, comment="No.")
    assert Catalogue.objects.get().version == 1


def test_an_administrator_does_not_decide_on_their_own(editor: User) -> None:
    both = member("both", "administrator", organisation("osaka"))
    changeset = propose(edited(both, tenants_count=71), actor=both)
    with pytest.raises(NotAllowed):
        apply(changeset, reviewer=both)


def test_a_place_without_a_steward_is_the_operators(editor: User, reviewer: User) -> None:
    changeset = begun(editor)
    key = save_source(changeset, actor=editor, values=SOURCE)
    save_record(
        changeset,
        actor=editor,
        kind="industrial-park",
        key="deep-c-hai-phong-1",
        wanted={"notes_en": "Seen"},
        backing=Backing(key),
    )
    propose(changeset, actor=editor)
    with pytest.raises(NotAllowed):
        apply(changeset, reviewer=reviewer)
    of_operator = member("head", "reviewer", operator())
    assert apply(changeset, reviewer=of_operator).reviewing_organisation_id == "operator"


@pytest.mark.parametrize("field", ["province", "park"])
def test_who_moves_a_record_asks_both_provinces(field: str, editor: User, reviewer: User) -> None:
    hue = member("hue", "reviewer", organisation("hyogo", curates="hue"))
    of_both = member("both", "reviewer", organisation("hyogo"))
    Membership.objects.create(user=of_both, organisation=organisation("osaka"), role="reviewer")
    there = IndustrialPark.objects.filter(province="hue")[0].key
    kind, key, goal = {
        "province": ("industrial-park", PARK, "hue"),
        "park": ("observation", "long-duc-trial", there),
    }[field]
    if field == "park":
        indicator = Indicator.objects.all()[0]
        Observation.objects.create(
            key=key, indicator=indicator, period="2025", value_min=1, value_max=1, park_id=PARK
        )
    late = propose(edited(editor, tenants_count=75), actor=editor)
    changeset = begun(editor)
    source = save_source(changeset, actor=editor, values=SOURCE)
    save_record(
        changeset,
        actor=editor,
        kind=kind,
        key=key,
        wanted={field: goal, **({"former_province": None} if field == "province" else {})},
        backing=Backing(source),
    )
    changeset = propose(changeset, actor=editor)
    assert set(scopes_of(changeset)) == {Scope("dong-nai", kind), Scope("hue", kind)}
    for who in (reviewer, hue):
        assert Changeset.objects.filter(visible_to(standing(who)), pk=changeset.pk).exists()
        assert may_see(standing(who), changeset)
        with pytest.raises(NotAllowed):
            apply(changeset, reviewer=who)
    apply(changeset, reviewer=of_both)
    if field == "province":
        with pytest.raises(NotAllowed):
            apply(late, reviewer=reviewer)
        assert apply(late, reviewer=hue).reviewing_organisation_id == "hyogo"


def test_what_was_sent_back_is_mended_and_applied(editor: User, reviewer: User) -> None:
    changeset = propose(edited(editor, tenants_count=71), actor=editor, comment="From the visit")
    with pytest.raises(ValidationError):
        send_back(changeset, reviewer=reviewer, comment=" ")
    changeset = send_back(changeset, reviewer=reviewer, comment="It says 72.")
    assert changeset.state == "returned"

    key = changeset.edits.get(record_kind="source").record
    save_record(
        changeset,
        actor=editor,
        kind="industrial-park",
        key=PARK,
        wanted={"tenants_count": 72},
        backing=Backing(key),
    )
    changeset = apply(propose(changeset, actor=editor), reviewer=reviewer)

    assert IndustrialPark.objects.get(key=PARK).tenants_count == 72
    assert [(step.kind, step.text) for step in changeset.steps.all()] == [
        ("proposed", "From the visit"),
        ("returned", "It says 72."),
        ("proposed", ""),
        ("applied", ""),
    ]


def test_a_reviewer_applies_what_they_saw(editor: User, reviewer: User) -> None:
    seen = propose(edited(editor, tenants_count=71), actor=editor).revision
    changeset = Changeset.objects.get(author=editor)
    send_back(changeset, reviewer=reviewer, comment="Add the clinic.")
    save_record(
        changeset, actor=editor, kind="industrial-park", key=PARK, wanted={"tenants_count": 70}
    )
    key = save_source(changeset, actor=editor, values=SOURCE)
    save_record(
        changeset,
        actor=editor,
        kind="industrial-park",
        key=PARK,
        wanted={"tenants_count": 73},
        backing=Backing(key),
    )
    propose(changeset, actor=editor)
    with pytest.raises(WrongState):
        apply(changeset, reviewer=reviewer, revision=seen)


def test_two_changesets_on_one_field_the_second_is_in_conflict_and_not_lost(
    editor: User, reviewer: User
) -> None:
    first = propose(edited(editor, tenants_count=71), actor=editor)
    second = propose(edited(editor, tenants_count=72, clinic=True), actor=editor)
    apply(first, reviewer=reviewer)

    clash = Clash("industrial-park", PARK, "tenants_count", 70, 71, 72)
    with pytest.raises(Conflict) as conflict:
        apply(second, reviewer=reviewer)
    assert conflict.value.clashes == [clash] == conflicts(second)

    edit = second.edits.get(field="tenants_count")
    settle(second, actor=editor, keep={edit.pk: True})
    apply(second, reviewer=reviewer)
    assert IndustrialPark.objects.get(key=PARK).tenants_count == 72


def test_a_conflict_may_be_settled_for_what_stands(editor: User, reviewer: User) -> None:
    first = propose(edited(editor, tenants_count=71), actor=editor)
    second = propose(edited(editor, tenants_count=72, notes_en="Seen"), actor=editor)
    apply(first, reviewer=reviewer)
    edit = second.edits.get(field="tenants_count")
    apply(settle(second, actor=editor, keep={edit.pk: False}), reviewer=reviewer)

    park = IndustrialPark.objects.get(key=PARK)
    assert (park.tenants_count, park.notes_en) == (71, "Seen")


def test_a_proposal_that_is_settled_away_is_withdrawn(editor: User, reviewer: User) -> None:
    changeset = propose(edited(editor, tenants_count=72, clinic=True), actor=editor)
    returned = propose(edited(editor, tenants_count=73), actor=editor)
    send_back(returned, reviewer=reviewer, comment="Which page?")
    apply(propose(edited(editor, tenants_count=71), actor=editor), reviewer=reviewer)

    kept = settle(changeset, actor=editor, keep={_edit(changeset, "tenants_count").pk: False})
    assert (kept.state, [edit[3] for edit in told(kept)]) == ("proposed", ["", "clinic"])
    apply(propose(edited(editor, clinic=True), actor=editor), reviewer=reviewer)
    ended = settle(changeset, actor=editor, keep={_edit(changeset, "clinic").pk: False})
    assert (ended.state, told(ended)) == ("withdrawn", [])
    assert [step.kind for step in ended.steps.all()] == [
        "proposed",
        "settled",
        "settled",
        "withdrawn",
    ]
    open_ = settle(returned, actor=editor, keep={_edit(returned, "tenants_count").pk: False})
    assert (open_.state, told(open_)[1:]) == ("returned", [])


def test_a_proposal_made_again_is_undecided_again(editor: User, reviewer: User) -> None:
    changeset = propose(edited(editor, tenants_count=71), actor=editor)
    send_back(changeset, reviewer=reviewer, comment="Which page?")
    hour = timedelta(hours=1)
    Changeset.objects.update(proposed_at=timezone.now() - 4 * hour)
    Changeset.objects.update(decided_at=timezone.now() - 3 * hour)
    told_before = decisions()
    again = propose(changeset, actor=editor)
    assert (again.reviewer, again.reviewing_organisation, again.review_comment) == (None, None, "")
    assert (again.decided_at, told_before.count, decisions().count) == (None, 1, 0)
    assert [step.text for step in again.steps.all()] == ["", "Which page?", ""]


def _edit(changeset: Changeset, field: str) -> Edit:
    return changeset.edits.get(field=field)


def test_a_revert_brings_all_back(editor: User, reviewer: User) -> None:
    before = active(catalogue())
    changeset = edited(editor, tenants_count=71, clinic=None, notes_en="Seen")
    key = changeset.edits.get(record_kind="source").record
    save_record(
        changeset,
        actor=editor,
        kind="strength",
        key="dong-nai-textiles-apparel",
        wanted={
            "province": "dong-nai",
            "sector": "textiles-apparel",
            "level": 1,
            "evidence_en": "Clothes are sewn.",
            "evidence_ja": "衣類を縫う。",
        },
        backing=Backing(key),
    )
    gone = {"kind": "industrial-park", "key": "amata-bien-hoa", "reason": "Closed"}
    set_active(changeset, actor=editor, **gone, active=False)
    applied = apply(propose(changeset, actor=editor), reviewer=reviewer)
    assert active(catalogue()) != before

    back = revert(applied, actor=editor, organisation=organisation("osaka"))
    with pytest.raises(NotAllowed):
        apply(propose(back, actor=editor), reviewer=editor)
    apply(back, reviewer=reviewer)
    assert active(catalogue()) == before
    assert Catalogue.objects.get().version == 3


def test_withdrawing_ends_it(editor: User, reviewer: User) -> None:
    changeset = propose(edited(editor, tenants_count=71), actor=editor)
    with pytest.raises(NotAllowed):
        withdraw(changeset, actor=reviewer)
    assert withdraw(changeset, actor=editor, comment="Too early").state == "withdrawn"
    with pytest.raises(WrongState):
        apply(changeset, reviewer=reviewer)
    with pytest.raises(WrongState):
        withdraw(changeset, actor=editor)


def test_comments_are_kept_in_order(editor: User, reviewer: User) -> None:
    changeset = edited(editor, tenants_count=71)
    comment_on(changeset, actor=reviewer, text="Which page?")
    comment_on(changeset, actor=editor, text="Page 3.")
    outsider = member("outsider", "editor", organisation("hyogo"))
    with pytest.raises(NotAllowed):
        comment_on(changeset, actor=outsider, text="Hello")
    assert [(step.actor.email, step.text) for step in changeset.steps.all()] == [  # type: ignore[union-attr]
        ("reviewer@example.org", "Which page?"),
        ("editor@example.org", "Page 3."),
    ]


def test_edits_can_be_taken_out_and_a_source_nobody_names_goes(editor: User) -> None:
    changeset = edited(editor, tenants_count=71)
    drop_edits(changeset, actor=editor, ids=[changeset.edits.get(field="tenants_count").pk])
    with pytest.raises(ValidationError) as refused:
        propose(changeset, actor=editor)
    assert refused.value.code == "required"


def test_nobody_edits_a_citation_by_hand(editor: User) -> None:
    changeset = edited(editor, tenants_count=71)
    before, citation = told(changeset), Citation.objects.filter(record=PARK)[0]
    for action, field, new in (("deactivate", "", None), ("update", "fields", ["clinic"])):
        edit = Edit(
            action=action, record_kind="citation", record=citation.key, field=field, new=new
        )
        with pytest.raises(Refused) as refused:
            add_edits(changeset, actor=editor, edits=[edit])
        assert [(r.kind, r.record) for r in refused.value.refusals] == [("citation", citation.key)]
    assert told(changeset) == before


def test_somebody_elses_draft_is_not_edited(editor: User, reviewer: User) -> None:
    changeset = edited(editor, tenants_count=71)
    with pytest.raises(NotAllowed):
        set_active(changeset, actor=reviewer, kind="industrial-park", key=PARK, active=False)


def test_a_new_record_takes_changes_until_it_is_proposed(editor: User) -> None:
    changeset = begun(editor)
    key = save_source(changeset, actor=editor, values=SOURCE)
    first = {
        "name_ja": "試験団地",
        "name_en": "Trial Park",
        "province": "dong-nai",
        "status": "planned",
    }
    save_record(
        changeset,
        actor=editor,
        kind="industrial-park",
        key="trial-park",
        wanted=first,
        backing=Backing(key),
    )
    save_record(
        changeset,
        actor=editor,
        kind="industrial-park",
        key="trial-park",
        wanted={"status": "operating"},
    )
    edit = changeset.edits.get(record="trial-park")
    assert (edit.action, edit.new["status"], edit.new["name_en"], edit.source_id) == (
        "create",
        "operating",
        "Trial Park",
        key,
    )
    assert edit.province_id == "dong-nai"


def test_refusals_name_record_and_field(editor: User) -> None:
    changeset = begun(editor)
    with pytest.raises(Refused) as refused:
        save_record(
            changeset,
            actor=editor,
            kind="industrial-park",
            key=PARK,
            wanted={"province": "atlantis"},
        )
    assert refused.value.refusals[0] == Refusal(
        "industrial-park", PARK, "province", refused.value.refusals[0].message
    )
