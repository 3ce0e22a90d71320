"""The desk's pages through the client: who sees what, what each step does, and how many queries."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import translation

from localities.curation.apply import apply
from localities.curation.editing import (
    Backing,
    describe,
    drop_edits,
    save_record,
    save_source,
    set_active,
)
from localities.curation.propose import draft, propose
from localities.curation.review import comment_on, revert, send_back, withdraw
from localities.models import Changeset, IndustrialPark, Source, Step, Stewardship
from localities.queries import catalogue
from portal.accounts.models import Membership, User
from tests.localities.people import officer, operator, organisation, signed_in
from tests.matching.changing import update

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

PARK = "long-duc"  # in Dong Nai
SOURCE = {"title": "Visit of October 2026", "publisher": "Osaka Prefecture", "published": "2026-10"}
STEPS = (
    "comment", "propose", "withdraw", "take-over",
    "send-back", "reject", "apply", "settle", "revert",
)  # fmt: skip
SECRET = "Rents nobody may know of yet"


@pytest.fixture
def editor() -> User:
    operator()
    return officer("editor", "editor", "osaka", curates="dong-nai")


@pytest.fixture
def viewer(editor: User) -> User:
    return officer("viewer", "viewer", "osaka")


@pytest.fixture
def outsider() -> User:
    return officer("outsider", "administrator", "hyogo", curates="hue")


def edited(author: User, title: str = "Trial", of: str = "osaka", **wanted: Any) -> Changeset:
    changeset = draft(title, [], author=author, organisation=organisation(of))
    key = save_source(changeset, actor=author, values=SOURCE)
    return save_record(
        changeset,
        actor=author,
        kind="industrial-park",
        key=PARK,
        wanted=wanted or {"tenants_count": 71},
        backing=Backing(key, "p. 3", "2026-10-02"),
    )


def proposed(author: User, **wanted: Any) -> Changeset:
    return propose(edited(author, **wanted), actor=author)


def page(user: User, changeset: Changeset) -> Any:
    return signed_in(user).get(reverse("desk:changeset", args=[changeset.pk]))


def take(user: User, changeset: Changeset, step: str, **posted: Any) -> Any:
    data = {"revision": changeset.revision, "author": changeset.author_id or "", **posted}
    return signed_in(user).post(reverse(f"desk:{step}", args=[changeset.pk]), data)


def state(changeset: Changeset) -> str:
    return Changeset.objects.values_list("state", flat=True).get(pk=changeset.pk)


# Who sees what


def test_a_stranger_is_led_to_the_sign_in(editor: User) -> None:
    changeset = edited(editor, title=SECRET)
    for name in ("changeset", *STEPS):
        address = reverse(f"desk:{name}", args=[changeset.pk])
        answer = Client().get(address) if name == "changeset" else Client().post(address)
        assert (answer.status_code, SECRET in answer.content.decode()) == (302, False), name
        assert answer["Location"].startswith("/en/account/login/"), name


def test_a_company_sees_no_desk(editor: User) -> None:
    changeset = proposed(editor)
    company = User.objects.create_user("company@example.org")
    for name in ("changeset", *STEPS):
        address = reverse(f"desk:{name}", args=[changeset.pk])
        client = signed_in(company)
        answer = client.get(address) if name == "changeset" else client.post(address)
        assert answer.status_code == 403, name
    assert state(changeset) == "proposed"


def test_an_officer_without_a_second_factor_is_led_to_set_one_up(editor: User) -> None:
    changeset = edited(editor, title=SECRET)
    Authenticator.objects.filter(user=editor).delete()
    answer = page(editor, changeset)
    assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_activate_totp"))


def test_another_prefecture_sees_neither_draft_nor_proposal(editor: User, outsider: User) -> None:
    changeset = edited(editor, title=SECRET)
    for _round in range(2):
        assert page(outsider, changeset).status_code == 404
        for step in STEPS:
            answer = take(outsider, changeset, step, comment="let me in")
            assert answer.status_code == 404, step
            assert SECRET not in answer.content.decode(), step
        listed = signed_in(outsider).get(reverse("desk:changesets"), {"q": "Rents"})
        assert SECRET not in listed.content.decode()
        propose(changeset, actor=editor) if state(changeset) == "draft" else None
    assert (state(changeset), Step.objects.filter(kind="commented").count()) == ("proposed", 0)


def seen(user: User, changeset: Changeset) -> list[Any]:
    """The pages and the API on `changeset`: the status of each, and whether it is listed."""
    client, own = signed_in(user), f"/api/v1/changesets/{changeset.pk}/"
    pages = (reverse("desk:changeset", args=[changeset.pk]), own, f"{own}edits/")
    lists = (reverse("desk:changesets"), "/api/v1/changesets/")
    leaks = [SECRET in client.get(page).content.decode() for page in lists]
    return [*(client.get(page).status_code for page in pages), *leaks]


def test_others_read_no_comment_from_before_it_waited(editor: User, reviewer: User) -> None:
    outsider = officer("outsider", "editor", "hyogo", curates="hue")
    changeset = edited(editor)
    comment_on(changeset, actor=editor, text=SECRET)
    propose(changeset, actor=editor, comment="As seen in October")
    comment_on(changeset, actor=editor, text="Page 3")
    apply(changeset, reviewer=reviewer, comment="Thank you")
    said = (SECRET, "As seen in October", "Page 3", "Thank you")
    api = f"/api/v1/changesets/{changeset.pk}/"
    for reader, told in ((editor, [True] * 4), (outsider, [False, True, True, True])):
        text = page(reader, changeset).content.decode()
        steps = [step["text"] for step in signed_in(reader).get(api).json()["steps"]]
        assert [one in text for one in said] == told
        assert steps == [one for one, is_told in zip(said, told, strict=True) if is_told]


def test_the_admin_shows_staff_what_the_desk_shows_them(editor: User, outsider: User) -> None:
    changeset = edited(editor, title=SECRET)
    comment_on(changeset, actor=editor, text="Not yet")
    found = []
    for user in (editor, outsider):
        user.is_staff = user.is_superuser = True
        user.save()
        client = signed_in(user)
        lists = [
            client.get(reverse(f"admin:localities_{name}_changelist")).context["cl"].queryset
            for name in ("changeset", "edit", "step")
        ]
        drafts = [lists[0].filter(pk=changeset.pk)]
        drafts += [parts.filter(changeset=changeset) for parts in lists[1:]]
        found.append([part.exists() for part in drafts])
    assert found == [[True] * 3, [False] * 3]


@pytest.mark.parametrize("who", ["reviewer", "head"])
def test_others_see_what_waited_and_nothing_that_never_did(who: str, editor: User) -> None:
    author = officer("outsider", "editor", "hyogo", curates="hue")
    reader = officer(who, "reviewer", {"reviewer": "osaka", "head": "operator"}[who])
    open_, hidden = [200, 200, 200, True, True], [404, 404, 404, False, False]

    never = edited(author, title=SECRET, of="hyogo")
    assert seen(reader, never) == hidden
    withdraw(never, actor=author)
    assert (seen(reader, never), seen(author, never)) == (hidden, open_)
    never.delete()

    late = propose(edited(author, title=SECRET, of="hyogo"), actor=author)
    assert seen(reader, late) == open_
    send_back(late, reviewer=officer("judge", "reviewer", "osaka"), comment="Which page?")
    assert seen(reader, late) == open_
    describe(late, actor=author, comment="Mending it")
    assert (seen(reader, late), seen(author, late)) == (hidden, open_)
    withdraw(late, actor=author)
    assert seen(reader, late) == hidden
    late.delete()

    withdrawn = propose(edited(author, title=SECRET, of="hyogo"), actor=author)
    withdraw(withdrawn, actor=author)
    assert seen(reader, withdrawn) == open_


@pytest.mark.parametrize("action", ["update", "deactivate", "put back otherwise"])
def test_a_known_source_is_not_the_stewards_of_what_stands_beside_it(
    action: str, editor: User, reviewer: User
) -> None:
    nationwide = officer("kobe", "reviewer", "kobe")
    Stewardship.objects.create(key="all", organisation=organisation("kobe"))
    was = action != "put back otherwise"
    known = Source.objects.create(key="idle", title="Idle", is_active=was)
    changeset = edited(editor, title=SECRET)
    record = {"kind": "source", "key": known.key}
    if action == "deactivate":
        set_active(changeset, actor=editor, **record, active=False, reason="Unread")
    else:
        save_record(changeset, actor=editor, **record, wanted={"url": "https://evil.example/"})
    changeset = propose(changeset, actor=editor)
    for asked in (reviewer, nationwide):
        assert seen(asked, changeset) == [200, 200, 200, True, True]
        assert take(asked, changeset, "apply").status_code == 403
    assert state(changeset) == "proposed"
    take(officer("head", "reviewer", "operator"), changeset, "apply")
    assert state(changeset) == "applied"


def test_a_source_that_was_taken_out_comes_back_with_what_it_backs(
    editor: User, reviewer: User
) -> None:
    changeset = edited(editor)
    idle = changeset.edits.get(record_kind="source")
    Source.objects.create(key=idle.record, **idle.new, is_active=False)
    drop_edits(changeset, actor=editor, ids=[idle.pk])
    save_source(changeset, actor=editor, values=SOURCE)
    assert list(changeset.edits.order_by("-position").values_list("action", "record_kind")) == [
        ("reactivate", "source"),
        ("update", "industrial-park"),
    ]
    changeset = propose(changeset, actor=editor)
    take(reviewer, changeset, "apply")
    assert state(changeset) == "applied"


@pytest.mark.parametrize(
    ("who", "shown"),
    [
        ("viewer", {"comment"}),
        ("editor", {"comment", "withdraw"}),
        ("reviewer", {"comment", "reject", "send-back", "apply"}),
    ],
)
def test_the_page_offers_what_the_reader_may_do(
    who: str, shown: set[str], request: pytest.FixtureRequest, editor: User
) -> None:
    changeset = proposed(editor)
    text = page(request.getfixturevalue(who), changeset).content.decode()
    assert {
        step for step in STEPS if f'"{reverse(f"desk:{step}", args=[changeset.pk])}"' in text
    } == shown


@pytest.mark.parametrize(("who", "shown"), [("editor", True), ("viewer", False)])
def test_only_who_may_draft_is_led_to_forms(
    editor: User, viewer: User, who: str, shown: bool
) -> None:
    client = signed_in({"editor": editor, "viewer": viewer}[who])
    led = {
        reverse("desk:home"): reverse("desk:import"),
        reverse("desk:record-history", args=["industrial-park", PARK]): "/desk/edit/",
        f"{reverse('desk:worklist', args=['discrepancies'])}?of=all": "/desk/discrepancies/",
        f"{reverse('desk:worklist', args=['stale'])}?of=all": "/desk/edit/",
    }
    found = {address: form in client.get(address).content.decode() for address, form in led.items()}
    assert found == dict.fromkeys(led, shown)


def test_the_head_is_the_same_on_the_form_of_who_has_no_draft(editor: User) -> None:
    client = signed_in(editor)
    form = client.get(reverse("desk:edit", args=["industrial-park", PARK]))
    heads = [
        re.findall(r'href="([^"]+)"', re.split("</?nav", answer.content.decode())[1])
        for answer in (form, client.get(reverse("desk:home")))
    ]
    assert heads[0] == heads[1]
    assert reverse("desk:import") in heads[0]


@pytest.mark.parametrize("step", ["reject", "send-back", "apply"])
@pytest.mark.parametrize("who", ["editor", "viewer"])
def test_who_may_not_decide_changes_nothing(
    who: str, step: str, request: pytest.FixtureRequest, editor: User
) -> None:
    changeset = proposed(editor)
    answer = take(request.getfixturevalue(who), changeset, step, comment="why not")
    assert (answer.status_code, state(changeset)) == (403, "proposed")


# What a changeset says


def test_the_page_says_what_changes_in_the_readers_language(editor: User, reviewer: User) -> None:
    changeset = proposed(editor, tenants_count=1071, bank=None, rental_factory=False)
    with translation.override("ja"):
        answer = page(reviewer, changeset)
    lines = {line.edit.field: (line.before, line.after) for line in answer.context["opened"].lines}
    assert lines["tenants_count"] == ("70", "1,071")
    assert lines["rental_factory"] == ("はい", "いいえ")
    text = answer.content.decode()
    park = IndustrialPark.objects.get(key=PARK)
    assert f'<a href="/ja/industrial-parks/{PARK}/">{park.name_ja}</a>' in text
    assert "Visit of October 2026" in text
    assert f"v {catalogue.version() + 1}" in text


# Steps


def test_apply_makes_the_version_that_the_button_says(editor: User, reviewer: User) -> None:
    changeset = proposed(editor)
    before = catalogue.version()
    answer = take(reviewer, changeset, "apply", comment="Seen the list.")
    assert (answer.status_code, answer["Location"]) == (
        302,
        reverse("desk:changeset", args=[changeset.pk]),
    )
    assert (state(changeset), catalogue.version()) == ("applied", before + 1)
    assert IndustrialPark.objects.get(key=PARK).tenants_count == 71
    assert Changeset.objects.get(pk=changeset.pk).review_comment == "Seen the list."


def test_a_changed_revision_decides_nothing_and_keeps_the_comment(
    editor: User, reviewer: User
) -> None:
    changeset = proposed(editor)
    Changeset.objects.filter(pk=changeset.pk).update(revision=changeset.revision + 1)
    answer = take(reviewer, changeset, "apply", comment="Looks right to me")
    text = answer.content.decode()
    assert (answer.status_code, state(changeset)) == (409, "proposed")
    assert "has changed since you looked at it" in text
    assert ">Looks right to me</textarea>" in text


def test_a_decided_one_is_not_decided_again(editor: User, reviewer: User) -> None:
    changeset = proposed(editor)
    apply(changeset, reviewer=reviewer)
    answer = take(reviewer, changeset, "reject", comment="No, wait")
    text = answer.content.decode()
    assert (answer.status_code, state(changeset)) == (409, "applied")
    assert "meanwhile “Applied”" in text
    assert ">No, wait</textarea>" in text


@pytest.mark.parametrize("step", ["reject", "send-back", "comment"])
def test_a_reason_is_needed(step: str, editor: User, reviewer: User) -> None:
    changeset = proposed(editor)
    answer = take(reviewer, changeset, step, comment="   ")
    assert (answer.status_code, state(changeset)) == (400, "proposed")
    assert 'role="alert"' in answer.content.decode()


@pytest.mark.parametrize("step", ["comment", "propose", "withdraw", "apply", "reject"])
@pytest.mark.parametrize("comment", ["a\x00b", "a" * 2001], ids=["NUL", "long"])
def test_a_comment_that_cannot_be_kept_is_refused_at_every_step(
    step: str, comment: str, editor: User, reviewer: User
) -> None:
    changeset = edited(editor)
    taker = editor
    if step in ("apply", "reject"):
        changeset, taker = propose(changeset, actor=editor), reviewer
    before, steps = state(changeset), Step.objects.count()
    answer = take(taker, changeset, step, comment=comment)
    assert (answer.status_code, state(changeset)) == (400, before)
    assert Step.objects.count() == steps
    assert 'role="alert"' in answer.content.decode()


def test_an_empty_draft_is_not_proposed_and_the_reason_said(editor: User) -> None:
    empty = draft("Nothing yet", [], author=editor, organisation=organisation("osaka"))
    answer = take(editor, empty, "propose")
    assert (answer.status_code, state(empty)) == (400, "draft")
    assert "A changeset needs at least one edit." in answer.content.decode()


@pytest.mark.parametrize("revision", ["", "x", "-1", "²", "99999999999999999999"])
def test_a_decision_without_a_revision_is_refused(
    revision: str, editor: User, reviewer: User
) -> None:
    changeset = proposed(editor)
    answer = take(reviewer, changeset, "apply", revision=revision)
    assert (answer.status_code, state(changeset)) == (400, "proposed")


def test_sent_back_mended_and_proposed_again(editor: User, reviewer: User) -> None:
    changeset = proposed(editor)
    take(reviewer, changeset, "send-back", comment="Which page?")
    assert state(changeset) == "returned"
    assert "Which page?" in page(editor, changeset).content.decode()
    take(editor, changeset, "propose", comment="Page 3.")
    assert state(changeset) == "proposed"
    kinds = list(Step.objects.filter(changeset=changeset).values_list("kind", "text"))
    assert kinds == [("proposed", ""), ("returned", "Which page?"), ("proposed", "Page 3.")]


def offers(user: User, changeset: Changeset, step: str) -> bool:
    address = reverse(f"desk:{step}", args=[changeset.pk])
    return f'"{address}"' in page(user, changeset).content.decode()


def test_a_colleague_takes_over_what_was_sent_back_and_neither_author_decides(
    editor: User, reviewer: User, viewer: User
) -> None:
    first = officer("first", "reviewer", "osaka")
    second = officer("second", "reviewer", "osaka")
    changeset = proposed(first)
    assert not offers(second, changeset, "take-over")
    assert take(second, changeset, "take-over").status_code == 409
    take(reviewer, changeset, "send-back", comment="Which page?")

    officers = (first, second, editor, reviewer, viewer)
    able = [user.name for user in officers if offers(user, changeset, "take-over")]
    assert able == ["Second", "Editor", "Reviewer"]
    for user in (first, viewer):
        assert take(user, changeset, "take-over").status_code == 403
    take(second, changeset, "take-over", comment="First is away.")
    assert "First is away." in page(first, changeset).content.decode()
    assert take(first, changeset, "propose").status_code == 403
    take(second, changeset, "propose", comment="Page 3.")

    decides = {user.name: offers(user, changeset, "apply") for user in (first, second, reviewer)}
    assert decides == {"First": False, "Second": False, "Reviewer": True}
    for user in (first, second):
        assert take(user, changeset, "apply").status_code == 403
    take(reviewer, changeset, "apply")
    course = changeset.steps.values_list("kind", "actor__name", "text")
    assert (state(changeset), list(course)) == (
        "applied",
        [
            ("proposed", "First", ""),
            ("returned", "Reviewer", "Which page?"),
            ("taken_over", "Second", "First is away."),
            ("proposed", "Second", "Page 3."),
            ("applied", "Reviewer", ""),
        ],
    )


def test_a_colleague_who_comes_second_is_told_who_was_first(editor: User, reviewer: User) -> None:
    second, third = (officer(name, "reviewer", "osaka") for name in ("second", "third"))
    changeset = proposed(editor)
    take(reviewer, changeset, "send-back", comment="Which page?")
    take(second, changeset, "take-over")
    late = take(third, changeset, "take-over", comment="Editor is away.")
    told = "Nothing was done: Second has taken the changeset over meanwhile."
    text = late.content.decode()
    assert (late.status_code, told in text, "Editor is away." in text) == (409, True, True)
    assert take(third, changeset, "take-over", author="").status_code == 400
    changeset.refresh_from_db()
    assert changeset.author == second
    take(third, changeset, "take-over")
    changeset.refresh_from_db()
    assert changeset.author == third


def test_who_sent_it_back_may_take_it_over_and_decides_no_more(
    editor: User, reviewer: User
) -> None:
    changeset = proposed(editor)
    take(reviewer, changeset, "send-back", comment="Which page?")
    take(reviewer, changeset, "take-over")
    changeset.refresh_from_db()
    assert changeset.author == reviewer
    take(reviewer, changeset, "propose")
    judges = {user.name: take(user, changeset, "apply").status_code for user in (reviewer, editor)}
    assert (judges, state(changeset)) == ({"Reviewer": 403, "Editor": 403}, "proposed")


def test_the_steward_elsewhere_takes_nothing_over(editor: User, outsider: User) -> None:
    author = officer("author", "editor", "kobe")
    changeset = propose(edited(author, of="kobe"), actor=author)
    head = officer("head", "reviewer", "osaka")
    take(head, changeset, "send-back", comment="Which page?")
    assert not offers(head, changeset, "take-over")
    assert take(head, changeset, "take-over").status_code == 403
    assert take(outsider, changeset, "take-over").status_code == 404
    changeset.refresh_from_db()
    assert changeset.author == author


def test_a_draft_says_which_proposals_wait_on_its_records_to_those_who_may_see_them(
    editor: User, reviewer: User, outsider: User
) -> None:
    waits = proposed(editor, tenants_count=80, clinic=True)
    edited(reviewer, title=SECRET, tenants_count=90)
    note = f"Proposal #{waits.pk} waits on this record"
    drafts = {user: edited(user, of=of, tenants_count=71, bank=True)
              for user, of in ((editor, "osaka"), (outsider, "hyogo"))}  # fmt: skip
    told = {user.name: page(user, one).content.decode() for user, one in drafts.items()}
    assert {name: text.count(note) for name, text in told.items()} == {"Editor": 1, "Outsider": 0}
    assert [text.count("waits on this record") for text in told.values()] == [1, 0]
    assert "waits on this record" not in page(reviewer, waits).content.decode()
    withdraw(waits, actor=editor)
    assert "waits on this record" not in page(editor, drafts[editor]).content.decode()


def test_coordinates_are_shown_to_ten_metres(editor: User, reviewer: User) -> None:
    changeset = proposed(editor, lat=10.8443)
    apply(changeset, reviewer=reviewer)
    later = proposed(editor, lat=10.8412)
    found = [(line.before, line.after) for line in page(editor, later).context["opened"].lines]
    assert ("10.8443", "10.8412") in found


def test_a_conflict_is_shown_three_ways_and_settled(editor: User, reviewer: User) -> None:
    late = proposed(editor, tenants_count=75)
    apply(proposed(editor, tenants_count=73), reviewer=reviewer)
    answer = take(reviewer, late, "apply", comment="Fine by me")
    assert (answer.status_code, state(late)) == (409, "proposed")
    assert ">Fine by me</textarea>" in answer.content.decode()

    approval = reverse("desk:apply", args=[late.pk])
    assert approval not in page(reviewer, late).content.decode()
    clash = page(editor, late).context["opened"].clashes
    assert [(line.before, line.current, line.after) for line in clash] == [("70", "73", "75")]
    assert take(editor, late, "settle").status_code == 400
    choice = {f"edit-{clash[0].edit.pk}": "proposed"}
    assert take(editor, late, "settle", **choice).status_code == 400
    choice["version"] = str(catalogue.version())
    assert take(editor, late, "settle", **choice).status_code == 302
    assert page(editor, late).context["opened"].clashes == []
    assert approval in page(reviewer, late).content.decode()
    late.refresh_from_db()
    take(reviewer, late, "apply")
    assert IndustrialPark.objects.get(key=PARK).tenants_count == 75


def test_what_the_author_did_not_see_is_not_settled(editor: User, reviewer: User) -> None:
    late = proposed(editor, tenants_count=80)
    apply(proposed(editor, tenants_count=71), reviewer=reviewer)
    shown = page(editor, late)
    (clash,) = shown.context["opened"].clashes
    version = shown.context["opened"].version
    assert f'<input type="hidden" name="version" value="{version}">' in shown.content.decode()
    apply(proposed(editor, tenants_count=99), reviewer=reviewer)
    choice = {f"edit-{clash.edit.pk}": "proposed"}
    answer = take(editor, late, "settle", version=version, **choice)
    said = "the catalogue has changed again since you looked at it (Long Duc Industrial Park "
    text = answer.content.decode()
    assert (answer.status_code, said in text, ": 99). Look at it" in text) == (409, True, True)
    assert late.edits.get(field="tenants_count").old == 70

    apply(proposed(editor, clinic=True), reviewer=reviewer)  # another field: seen as it is
    seen = answer.context["opened"].version
    assert take(editor, late, "settle", version=seen, **choice).status_code == 302
    assert late.edits.get(field="tenants_count").old == 99


@pytest.mark.parametrize("number", ["²", "9" * 30, "-1", ""])
def test_a_number_that_is_none_settles_nothing(editor: User, reviewer: User, number: str) -> None:
    late = proposed(editor, tenants_count=75)
    apply(proposed(editor, tenants_count=73), reviewer=reviewer)
    choice = {f"edit-{number}": "proposed", "version": catalogue.version()}
    assert take(editor, late, "settle", **choice).status_code == 400
    assert take(editor, late, "settle", version=number).status_code == 400
    assert take(reviewer, late, "apply", revision=number).status_code == 400
    assert take(editor, late, "propose", revision=number).status_code == 409
    assert state(late) == "proposed"


def test_revert_drafts_the_reverse(editor: User, reviewer: User) -> None:
    changeset = proposed(editor)
    apply(changeset, reviewer=reviewer)
    answer = take(editor, changeset, "revert")
    back = Changeset.objects.get(reverts=changeset)
    assert answer["Location"] == reverse("desk:changeset", args=[back.pk])
    edit = back.edits.get(field="tenants_count")
    assert (edit.old, edit.new, back.state) == (71, 70, "draft")
    assert page(editor, changeset).context["opened"].may.revert is False


def test_who_is_forged_is_refused(editor: User, reviewer: User) -> None:
    changeset = proposed(editor)
    client = Client(enforce_csrf_checks=True)
    client.force_login(reviewer)
    address = reverse("desk:apply", args=[changeset.pk])
    assert client.post(address, {"revision": changeset.revision}).status_code == 403
    assert state(changeset) == "proposed"


# The first page


def test_the_first_page_lists_what_there_is_to_do(editor: User, reviewer: User) -> None:
    waiting = proposed(editor, tenants_count=75)
    returned = proposed(editor, tenants_count=76)
    take(reviewer, returned, "send-back", comment="Which page?")
    draft_one = edited(editor, title="Begun", bank=False)
    apply(proposed(editor, tenants_count=73), reviewer=reviewer)

    mine = signed_in(editor).get(reverse("desk:home")).context
    told = {
        name: [one.pk for one in getattr(mine["todo"], name)]
        for name in ("returned", "clashing", "waiting", "drafts")
    }
    assert told == {
        "returned": [returned.pk],
        "clashing": [waiting.pk],
        "waiting": [],
        "drafts": [draft_one.pk],
    }
    theirs = signed_in(reviewer).get(reverse("desk:home"))
    assert [one.pk for one in theirs.context["todo"].waiting] == [waiting.pk]
    assert theirs.context["opened"].changeset == waiting
    assert set(theirs.context["todo"].moved) == {waiting.pk}
    events = theirs.context["events"]
    assert [event.changeset.version for event in events] == [2, 1]
    assert [(line.before, line.after) for line in events[0].lines] == [("70", "73")]


def test_the_first_page_opens_nothing_of_others(editor: User, outsider: User) -> None:
    changeset = proposed(editor)
    Changeset.objects.filter(pk=changeset.pk).update(title=SECRET)
    client = signed_in(outsider)
    assert SECRET not in client.get(reverse("desk:home")).content.decode()
    answer = client.get(reverse("desk:home"), {"open": changeset.pk})
    assert (answer.status_code, SECRET in answer.content.decode()) == (404, False)
    assert client.get(reverse("desk:home"), {"open": "x"}).status_code == 400


def test_who_left_an_organisation_reads_and_ends_nothing_of_it(editor: User) -> None:
    begun = edited(editor, title=SECRET)
    waiting = proposed(editor, tenants_count=72)
    moved = Membership.objects.filter(user=editor)
    moved.update(organisation="operator", role="viewer")
    client, home = signed_in(editor), reverse("desk:home")
    first = client.get(home)
    assert (first.context["todo"].ordered, SECRET in first.content.decode()) == ([], False)
    assert client.get(home, {"open": begun.pk}).status_code == 404
    assert seen(editor, begun) == [404, 404, 404, False, False]

    text = page(editor, waiting).content.decode()
    assert reverse("desk:withdraw", args=[waiting.pk]) not in text
    api = client.post(
        f"/api/v1/changesets/{waiting.pk}/withdraw/",
        content_type="application/json",
        headers={"If-Match": f'"{waiting.revision}-proposed"'},
    )
    assert (take(editor, waiting, "withdraw").status_code, api.status_code) == (403, 403)
    assert state(waiting) == "proposed"
    moved.update(organisation="osaka")
    assert take(editor, waiting, "withdraw").status_code == 302


def test_stale_facts_are_those_of_the_places_that_one_curates(editor: User, outsider: User) -> None:
    for user, province in ((editor, "dong-nai"), (outsider, "hue")):
        todo = signed_in(user).get(reverse("desk:home")).context["todo"]
        assert {fact.province for fact in todo.stale} <= {province}
        assert len(todo.ledger.stale) > len(todo.stale)
    rows = signed_in(editor).get(
        reverse("desk:worklist", args=["stale"]), {"of": "all", "order": "overdue"}
    )
    shown = [row.fact.overdue for row in rows.context["part"].rows]
    assert shown == sorted(shown, reverse=True)
    assert rows.context["total"] == len(todo.ledger.stale)


def test_a_worklist_of_proposals_shows_only_what_may_be_seen(
    editor: User, reviewer: User, outsider: User
) -> None:
    changeset = proposed(editor)
    Changeset.objects.filter(pk=changeset.pk).update(title=SECRET)
    address = reverse("desk:worklist", args=["waiting"])
    assert SECRET in signed_in(reviewer).get(address).content.decode()
    assert SECRET not in signed_in(outsider).get(address).content.decode()
    assert signed_in(editor).get(reverse("desk:worklist", args=["none"])).status_code == 404


# History


def test_the_history_says_who_said_what_and_who_approved(editor: User, reviewer: User) -> None:
    apply(proposed(editor, tenants_count=73), reviewer=reviewer)
    address = reverse("desk:record-history", args=["industrial-park", PARK])
    answer = signed_in(editor).get(address)
    told = {one.field: one for one in answer.context["told"].fields}
    tenants = told["tenants_count"]
    assert (tenants.value, tenants.changeset.author, tenants.changeset.reviewer) == (
        "73",
        editor,
        reviewer,
    )
    assert tenants.source.title == SOURCE["title"]
    assert told["status"].changeset.version == 1
    assert told["status"].citations
    alone = signed_in(editor).get(address, {"field": "tenants_count"})
    assert [one.field for one in alone.context["fields"]] == ["tenants_count"]
    assert signed_in(editor).get(address, {"field": "nothing"}).status_code == 400
    assert signed_in(editor).get(address.replace(PARK, "no-park")).status_code == 404


def test_the_public_history_names_organisations_and_no_person(editor: User, reviewer: User) -> None:
    draft_title = "Only officers read this title"
    changeset = edited(editor, title=draft_title, tenants_count=73)
    apply(propose(changeset, actor=editor), reviewer=reviewer)
    for name, args in (
        ("park-history", [PARK]),
        ("province-history", ["dong-nai"]),
        ("version", [2]),
    ):
        answer = Client().get(reverse(f"localities:{name}", args=args))
        text = answer.content.decode()
        assert answer.status_code == 200
        assert "73" in text, name
        assert "Osaka" in text, name
        for hidden in ("Editor", "Reviewer", "example.org", draft_title):
            assert hidden not in text.replace("Reviewer's", ""), (name, hidden)
        assert "sessionid" not in answer.cookies


@pytest.mark.parametrize("language", ["ja", "en", "vi"])
def test_the_history_of_a_former_province_is_that_of_today(language: str) -> None:
    answer = Client().get(f"/{language}/provinces/binh-duong/history/")
    assert answer.status_code == 301
    assert answer["Location"] == f"/{language}/provinces/ho-chi-minh/history/"
    assert Client().get(f"/{language}/provinces/atlantis/history/").status_code == 404


def test_the_first_page_tells_what_the_proposer_said_last(editor: User, reviewer: User) -> None:
    changeset = propose(edited(editor, tenants_count=71), actor=editor, comment="Seen in May")
    home = reverse("desk:home")
    assert "Proposer's comment: Seen in May" in _bare(signed_in(reviewer).get(home))
    take(reviewer, changeset, "send-back", comment="71?")
    take(editor, changeset, "propose", comment="Counted anew")
    said = _bare(signed_in(reviewer).get(home))
    assert "Proposer's comment: Counted anew" in said
    assert "Seen in May" not in said


def _bare(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", answer.content.decode()).split()).replace(" :", ":")


def test_why_a_record_is_taken_out_is_told_to_the_reviewer_and_in_its_history(
    editor: User, reviewer: User
) -> None:
    why = "It never opened"
    gone = draft("Trial", [], author=editor, organisation=organisation("osaka"))
    park = {"kind": "industrial-park", "key": PARK}
    set_active(gone, actor=editor, **park, active=False)
    refused = take(editor, gone, "propose")
    assert refused.status_code == 400
    assert "A reason is needed: why is the record taken out?" in refused.content.decode()
    set_active(gone, actor=editor, **park, active=False, reason=why)
    take(editor, gone, "propose")
    assert f"Reason: {why}" in page(reviewer, gone).content.decode()
    take(reviewer, Changeset.objects.get(pk=gone.pk), "apply")
    told = (
        signed_in(reviewer).get(reverse("desk:record-history", args=list(park.values()))),
        Client().get(reverse("localities:province-history", args=["dong-nai"])),
        Client().get(reverse("localities:version", args=[2])),
    )
    assert [answer.content.decode().count(f"Reason: {why}") for answer in told] == [1, 1, 1]


def test_taking_an_adding_back_needs_no_reason_and_anything_else_does(
    editor: User, reviewer: User
) -> None:
    back = draft("Trial", [], author=editor, organisation=organisation("osaka"))
    park = {"kind": "industrial-park", "key": PARK}
    set_active(back, actor=editor, **park, active=False, reason="It never opened")
    apply(propose(back, actor=editor), reviewer=reviewer)
    again = draft("Trial", [], author=editor, organisation=organisation("osaka"))
    set_active(again, actor=editor, **park, active=True)
    added = apply(propose(again, actor=editor), reviewer=reviewer)

    taken_back = revert(added, actor=editor, organisation=organisation("osaka"))
    other = {"kind": "industrial-park", "key": "amata-bien-hoa"}
    set_active(taken_back, actor=editor, **other, active=False)
    assert take(editor, taken_back, "propose").status_code == 400
    taken_back.edits.filter(record="amata-bien-hoa").update(source_note="Closed")
    take(editor, taken_back, "propose")
    assert state(taken_back) == "proposed"


def test_a_record_that_moved_is_listed_for_both_provinces(editor: User, reviewer: User) -> None:
    head = officer("head", "reviewer", "operator")
    moved = apply(proposed(editor, province="hue", former_province=None), reviewer=head)

    def listed(province: str) -> tuple[list[int], list[int]]:
        client, asked = signed_in(editor), {"province": province, "organisation": "osaka"}
        page = client.get(reverse("desk:changesets"), asked)
        told = client.get("/api/v1/changesets/", asked).json()["results"]
        return [one.pk for one in page.context["part"].rows], [one["number"] for one in told]

    found = ([moved.pk], [moved.pk])
    assert listed("dong-nai") == listed("hue") == found
    assert listed("ha-noi") == ([], [])
    edits = signed_in(editor).get(f"/api/v1/changesets/{moved.pk}/").json()["edits"]
    places = {edit["field"]: (edit["province"], edit["other_province"]) for edit in edits}
    assert places["province"] == ("dong-nai", "hue")


def test_a_record_that_moved_is_in_the_history_of_both_provinces(
    editor: User, reviewer: User
) -> None:
    head = officer("head", "reviewer", "operator")
    apply(proposed(editor, province="hue", former_province=None), reviewer=head)
    apply(proposed(editor, tenants_count=71), reviewer=head)

    def told(province: str) -> list[list[int]]:
        pages = (
            Client().get(reverse("localities:province-history", args=[province])),
            signed_in(editor).get(reverse("desk:record-history", args=["province", province])),
        )
        return [[one.changeset.version for one in page.context["part"].rows] for page in pages]

    assert {name: told(name) for name in ("dong-nai", "hue", "ha-noi")} == {
        "dong-nai": [[2, 1]] * 2,
        "hue": [[3, 2, 1]] * 2,
        "ha-noi": [[1]] * 2,
    }


def test_a_proposal_is_not_in_the_public_history(editor: User) -> None:
    proposed(editor, tenants_count=7301)
    for name, slug in (("park-history", PARK), ("province-history", "dong-nai")):
        text = Client().get(reverse(f"localities:{name}", args=[slug])).content.decode()
        assert "7,301" not in text
    assert Client().get(reverse("localities:version", args=[2])).status_code == 404


def test_the_list_shows_what_its_page_would(editor: User) -> None:
    """A narrower stewardship goes before a broader one, in the list as on the page."""
    kobe = officer("kobe", "reviewer", "kobe", curates="dong-nai", record_kind="industrial-park")
    osaka = officer("colleague", "reviewer", "osaka")
    author = officer("author", "editor", "nara")
    changeset = propose(edited(author, of="nara", tenants_count=71), actor=author)
    for user, seen in ((kobe, True), (osaka, False), (author, True)):
        rows = signed_in(user).get(reverse("desk:changesets")).context["part"].rows
        assert (changeset in rows, page(user, changeset).status_code == 200) == (seen, seen)


# --- statistics -------------------------------------------------------------------------------


def test_statistics_say_how_much_is_known(viewer: User) -> None:
    def told(row: str) -> tuple[int, int]:
        page = signed_in(viewer).get("/en/desk/statistics/").content.decode()
        cells = page.partition(f">{row}<")[2].partition("</tr>")[0]
        [(known, every)] = re.findall(r"([\d,]+) / ([\d,]+)", cells)
        return int(known.replace(",", "")), int(every.replace(",", ""))

    parks, province, cities = told("Industrial parks"), told("Dong Nai"), told("Da Nang")
    fields = [f for f in IndustrialPark._meta.concrete_fields if f.null and not f.is_relation]
    rows = IndustrialPark.objects.filter(is_active=True)
    stated = sum(
        value is not None for row in rows.values_list(*(f.name for f in fields)) for value in row
    )
    assert parks == (stated, rows.count() * len(fields))
    assert IndustrialPark.objects.get(pk=PARK).interpreter is None
    update("industrial-park", PARK, "interpreter", None, False)
    assert told("Industrial parks") == (parks[0] + 1, parks[1])
    assert told("Dong Nai") == (province[0] + 1, province[1])
    assert told("Da Nang") == cities
