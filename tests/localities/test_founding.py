"""The operator's administrators found and close organisations, and name who curates what."""

import html
import re
from typing import Any

import pytest
from django.test import Client

from localities.curation.apply import apply
from localities.curation.propose import propose
from localities.models import Changeset, Edit, Stewardship
from localities.rules import standing
from portal.accounts.models import Invitation, Membership, Organisation, User
from tests.localities.people import member, officer, operator, organisation, signed_in
from tests.localities.test_desk import proposed
from tests.portal.signing import said as words

pytestmark = pytest.mark.django_db
FOUND = "/en/desk/organisations/"
STEWARDS = "/en/desk/stewardship/"
NARA = {
    "name_ja": "奈良県",
    "name_en": "Nara Prefecture",
    "name_vi": "Tỉnh Nara",
    "kind": "prefecture",
    "key": "nara-pref",
}
NAMED = {
    "organisation": "osaka",
    "provinces": ["dong-nai", "hue"],
    "kinds": ["industrial-park"],
    "title": "Agreement between Osaka and the operator",
    "published": "2026-10-02",
}


@pytest.fixture
def head() -> Client:
    """The browser of an administrator of the operator."""
    operator()
    return signed_in(officer("head", "administrator", "operator"))


def said(answer: Any) -> str:
    """What the page says, apostrophes and all."""
    return html.unescape(words(answer))


def mistakes(answer: Any) -> list[str]:
    """What the page says is wrong."""
    text = answer.content.decode()
    return re.findall(r'<p class="error" id="[^"]*">([^<]*)</p>', text)


# --- founding ----------------------------------------------------------------------------------
def test_an_organisation_is_founded_and_its_administrator_invited(head: Client) -> None:
    answer = head.post(FOUND, NARA, follow=True)
    assert "The organisation is founded. Invite its first people." in said(answer)
    made = Organisation.objects.values().get(key="nara-pref")
    assert made == {**NARA, "is_active": True}
    head.post(
        "/en/organisations/nara-pref/people/", {"email": "a@nara.example", "role": "administrator"}
    )
    assert list(Invitation.objects.values_list("organisation", "role")) == [
        ("nara-pref", "administrator")
    ]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"key": "Nara Pref!"}, "Enter a valid “slug”"),
        ({"key": "operator"}, "There is an organisation of this short name already."),
        ({"kind": "operator"}, "Select a valid choice"),
        ({"kind": ""}, "This field is required."),
        ({"name_ja": ""}, "This field is required."),
        ({"name_en": "x" * 161}, "at most 160"),
        ({"name_en": "a\x00b"}, "Null characters are not allowed."),
    ],
)
def test_what_is_no_organisation_is_refused(head: Client, wrong: dict[str, str], says: str) -> None:
    answer = head.post(FOUND, {**NARA, **wrong})
    assert answer.status_code == 400
    assert [
        text[: len(says)] if text.startswith(says) else says in text for text in mistakes(answer)
    ]
    assert any(says in text for text in mistakes(answer)), mistakes(answer)
    assert list(Organisation.objects.values_list("key", flat=True)) == ["operator"]


def test_an_organisation_gets_other_names(head: Client) -> None:
    organisation("osaka")
    names = {"name_ja": "大阪府", "name_en": "Osaka Prefecture", "name_vi": "Phủ Osaka"}
    head.post(f"{FOUND}osaka/", names)
    found = Organisation.objects.values(*names).get(key="osaka")
    assert found == names
    assert head.post(f"{FOUND}osaka/", {**names, "name_en": ""}).status_code == 400
    assert Organisation.objects.values(*names).get(key="osaka") == names


# --- closing -----------------------------------------------------------------------------------
def test_a_closed_organisation_rests_and_comes_back(head: Client) -> None:
    editor = signed_in(officer("editor", "editor", "osaka"))
    user = User.objects.get(email="editor@example.org")
    draft = proposed(user)
    Changeset.objects.filter(pk=draft.pk).update(state="draft")
    assert "The organisation is closed." in said(head.post(f"{FOUND}osaka/close/", follow=True))
    assert editor.get("/en/desk/").status_code == 403
    assert not standing(user).roles
    assert head.get("/en/organisations/osaka/people/").status_code == 404
    assert "The organisation is open again." in said(
        head.post(f"{FOUND}osaka/reopen/", follow=True)
    )
    assert editor.get(f"/en/desk/changesets/{draft.pk}/").status_code == 200
    assert list(Membership.objects.filter(organisation="osaka").values_list("role")) == [
        ("editor",)
    ]


def test_an_organisation_with_open_work_is_not_closed(head: Client) -> None:
    osaka = organisation("osaka", curates="dong-nai")
    number = proposed(member("editor", "editor", osaka)).pk
    answer = head.post(f"{FOUND}osaka/close/")
    assert answer.status_code == 409
    told = said(answer)
    assert "Work of this organisation is open: see below." in told
    assert f"Its changesets wait for a decision, or were sent back: #{number}" in told
    assert "It is named as steward in 1 place." in told
    assert Organisation.objects.get(key="osaka").is_active


def test_the_operator_is_never_closed(head: Client) -> None:
    answer = head.post(f"{FOUND}operator/close/")
    assert answer.status_code == 409
    assert "The operator of the portal can't be closed." in said(answer)
    assert Organisation.objects.get(key="operator").is_active


# --- naming stewards ---------------------------------------------------------------------------
def last() -> Changeset:
    """The newest changeset."""
    return Changeset.objects.latest("pk")


def decided(made: Changeset) -> None:
    """Proposed by its author and applied by a second person of the operator."""
    assert made.author is not None
    propose(made, actor=made.author)
    second = User.objects.filter(email="second@example.org").first()
    apply(made, reviewer=second or member("second", "reviewer", operator()))


def named() -> dict[tuple[str | None, str | None], str]:
    """Who is named for what, by place and kind."""
    found = Stewardship.objects.filter(is_active=True)
    return {(one.province_id or one.park_id, one.record_kind): one.organisation_id for one in found}


def test_stewards_are_named_by_a_changeset_that_a_second_person_applies(head: Client) -> None:
    organisation("osaka")
    answer = head.post(STEWARDS, NAMED)
    made = last()
    assert answer.headers["Location"] == f"/en/desk/changesets/{made.pk}/"
    assert (made.state, made.organisation_id, made.title) == (
        "draft",
        "operator",
        "Stewardship: Osaka",
    )
    assert named() == {}
    page = said(head.get(f"/en/desk/changesets/{made.pk}/"))
    assert "Agreement between Osaka and the operator" in page
    decided(made)
    assert named() == {
        ("dong-nai", "industrial-park"): "osaka",
        ("hue", "industrial-park"): "osaka",
    }


def test_who_operates_parks_is_named_for_them(head: Client) -> None:
    organisation("osaka")
    told = {**NAMED, "provinces": [], "parks": ["long-duc", "amata-bien-hoa"], "kinds": ["all"]}
    head.post(STEWARDS, told)
    decided(last())
    assert named() == {("long-duc", None): "osaka", ("amata-bien-hoa", None): "osaka"}
    page = said(head.get(STEWARDS))
    assert "Long Duc Industrial Park · All kinds · Osaka" in page
    ended = {"step": "end", "ended": ["all-kinds-at-amata-bien-hoa"], "reason": "Sold"}
    head.post(STEWARDS, ended)
    decided(last())
    assert named() == {("long-duc", None): "osaka"}


def test_a_new_steward_takes_the_place_of_the_one_before(head: Client) -> None:
    organisation("hyogo", curates="dong-nai")
    organisation("osaka")
    head.post(STEWARDS, {**NAMED, "provinces": ["dong-nai"], "kinds": ["all"]})
    decided(last())
    assert named() == {("dong-nai", None): "osaka"}
    answer = head.post(STEWARDS, {**NAMED, "provinces": ["dong-nai"], "kinds": ["all"]})
    assert answer.status_code == 400
    assert "Osaka curates all of this already." in said(answer)
    assert Changeset.objects.count() == 2  # the initial load, and the one before


def test_a_stewardship_ends_and_can_be_named_again(head: Client) -> None:
    organisation("osaka", curates="dong-nai")
    ended = {"step": "end", "ended": ["osaka-dong-nai-none"]}
    refused = head.post(STEWARDS, ended)
    assert refused.status_code == 400
    assert "A reason is needed: why is the record taken out?" in said(refused)
    head.post(STEWARDS, {**ended, "reason": "The agreement has ended"})
    assert [edit.reason for edit in last().edits.all()] == ["The agreement has ended"]
    decided(last())
    assert named() == {}
    head.post(STEWARDS, {**NAMED, "provinces": ["dong-nai"], "kinds": ["all"]})
    decided(last())
    assert named() == {("dong-nai", None): "osaka"}
    assert Stewardship.objects.count() == 1  # the one that was there is back


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"organisation": ""}, "Choose one of the list."),
        ({"organisation": "nobody"}, "Select a valid choice"),
        ({"provinces": []}, "Choose at least one."),
        ({"provinces": ["all", "hue"]}, "Choose all of them, or single ones: not both."),
        ({"provinces": ["binh-duong"]}, "Select a valid choice"),
        ({"parks": ["long-duc"]}, "Choose provinces or single parks: not both."),
        ({"provinces": [], "parks": ["no-park"]}, "Select a valid choice"),
        ({"kinds": ["citation"]}, "Select a valid choice"),
        ({"title": ""}, "This field is required."),
        ({"published": "soon"}, "“soon” is not a period."),
        ({"published": ""}, "This field is required."),
        ({"url": "no address"}, "Enter a valid URL."),
        ({"step": "end", "ended": []}, "Choose at least one."),
        ({"step": "end", "ended": ["none", "a\x00"]}, "Choose at least one."),
    ],
)
def test_what_names_no_steward_is_refused(head: Client, wrong: dict[str, Any], says: str) -> None:
    organisation("osaka")
    answer = head.post(STEWARDS, {**NAMED, **wrong})
    assert answer.status_code == 400
    assert says in said(answer)
    assert not Changeset.objects.exclude(version=1).exists()


def test_stewards_are_the_operators_matter_whoever_curates_the_rest(head: Client) -> None:
    osaka = organisation("osaka")
    Stewardship.objects.create(key="all-of-it", organisation=osaka)
    client = signed_in(officer("reviewer", "reviewer", "osaka"))
    head.post(STEWARDS, NAMED)
    made = last()
    assert made.author is not None
    propose(made, actor=made.author)
    assert client.get(f"/en/desk/changesets/{made.pk}/").status_code == 404
    answer = client.post(f"/en/desk/changesets/{made.pk}/apply/", {"revision": made.revision})
    assert answer.status_code == 404
    assert not Edit.objects.filter(changeset__state="applied", record_kind="stewardship").exists()


@pytest.mark.parametrize("language", ["ja", "en", "vi"])
def test_who_may_is_led_there_and_nobody_else(head: Client, language: str) -> None:
    organisation("osaka")
    account = head.get(f"/{language}/account/").content.decode()
    people = head.get(f"/{language}/organisations/osaka/people/").content.decode()
    assert f'href="/{language}/desk/organisations/"' in account
    assert f'href="/{language}/desk/stewardship/"' in account
    assert f'href="/{language}/desk/organisations/osaka/"' in people
    other = signed_in(officer("boss", "administrator", "osaka"))
    assert "/desk/organisations/" not in other.get(f"/{language}/account/").content.decode()
    assert (
        "/desk/organisations/"
        not in other.get(f"/{language}/organisations/osaka/people/").content.decode()
    )
    assert other.get(f"/{language}/desk/organisations/").status_code == 403
    assert other.get(f"/{language}/desk/stewardship/").status_code == 403
