"""The desk's pages through the client: who sees what, what each step does, and how many queries."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import translation

from localities.curation.apply import apply
from localities.curation.editing import Backing, save_record, save_source
from localities.curation.propose import draft, propose
from localities.models import Changeset, IndustrialPark, Step
from localities.queries import catalogue
from portal.accounts.models import User
from tests.localities.people import member, operator, organisation

pytestmark = pytest.mark.django_db

PARK = "long-duc"  # in Dong Nai
SOURCE = {"title": "Visit of October 2026", "publisher": "Osaka Prefecture", "published": "2026-10"}
STEPS = (
    "comment", "propose", "withdraw", "send-back", "reject", "apply", "settle", "revert"
)  # fmt: skip
SECRET = "Rents nobody may know of yet"


def officer(name: str, role: str, of: str, **curates: str) -> User:
    user = member(name, role, organisation(of, **curates))
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return user


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def editor() -> User:
    operator()
    return officer("editor", "editor", "osaka", curates="dong-nai")


@pytest.fixture
def reviewer(editor: User) -> User:
    return officer("reviewer", "reviewer", "osaka")


@pytest.fixture
def viewer(editor: User) -> User:
    return officer("viewer", "viewer", "osaka")


@pytest.fixture
def outsider() -> User:
    return officer("outsider", "administrator", "hyogo", curates="hue")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


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
    data = {"revision": changeset.revision, **posted}
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


def test_a_conflict_is_shown_three_ways_and_settled(editor: User, reviewer: User) -> None:
    late = proposed(editor, tenants_count=75)
    apply(proposed(editor, tenants_count=73), reviewer=reviewer)
    answer = take(reviewer, late, "apply", comment="Fine by me")
    assert (answer.status_code, state(late)) == (409, "proposed")
    assert ">Fine by me</textarea>" in answer.content.decode()

    clash = page(editor, late).context["opened"].clashes
    assert [(line.before, line.current, line.after) for line in clash] == [("70", "73", "75")]
    assert take(editor, late, "settle").status_code == 400
    answer = take(editor, late, "settle", **{f"edit-{clash[0].edit.pk}": "proposed"})
    assert answer.status_code == 302
    assert page(editor, late).context["opened"].clashes == []
    late.refresh_from_db()
    take(reviewer, late, "apply")
    assert IndustrialPark.objects.get(key=PARK).tenants_count == 75


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
