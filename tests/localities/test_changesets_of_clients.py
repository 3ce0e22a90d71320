"""API clients draft and propose changesets over REST; people of the steward decide on them."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from localities.curation.apply import apply
from localities.models import Changeset, IndustrialPark
from portal.accounts import clients
from portal.accounts.models import ApiClient, User
from tests.localities.people import member, organisation
from tests.localities.test_changesets_api import PARK, ROOT, TENANTS, Officer, proposed, seen
from tests.localities.test_desk_queries import MOST
from tests.portal.test_api_clients import bearing, token

pytestmark = pytest.mark.django_db

SCOPE = "changeset:propose"
DECISIONS = ("apply", "return", "reject", "revert")


class Machine(Officer):
    """An API client with an access token."""

    def __init__(self, maker: User, of: str, name: str = "CRM", scope: str = SCOPE) -> None:
        self.made, secret = clients.make(maker, organisation(of), name, [scope])
        headers = bearing(token(self.made, secret)) | {"Accept-Language": "en"}
        Client.__init__(self, headers=headers)

    def proposed(self, *edits: Any) -> Any:
        """What it has drafted and proposed."""
        return proposed(self, *edits)


@pytest.fixture
def head() -> User:
    return member("head", "administrator", organisation("osaka", curates="dong-nai"))


@pytest.fixture
def crm(head: User) -> Machine:
    return Machine(head, "osaka")


@pytest.fixture
def reviewer(head: User) -> Officer:
    return Officer(member("reviewer", "reviewer", organisation("osaka")))


def problem(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["detail"]


def test_a_client_drafts_and_proposes_and_a_reviewer_applies(
    crm: Machine, reviewer: Officer
) -> None:
    own = crm.proposed()
    assert {name: own[name] for name in ("state", "author", "client", "organisation")} == {
        "state": "proposed",
        "author": None,
        "client": "CRM",
        "organisation": "osaka",
    }
    assert [(s["step"], s["actor"], s["client"], s["organisation"]) for s in own["steps"]] == [
        ("proposed", None, "CRM", "osaka")
    ]
    answer = reviewer.send("post", f"{own['number']}/apply/", **seen(own))
    assert answer.status_code == 200, answer.content
    assert IndustrialPark.objects.get(key=PARK).tenants_count == 71
    told = crm.get(f"{ROOT}{own['number']}/").json()
    assert (told["state"], told["client"], told["reviewing_organisation"]) == (
        "applied",
        "CRM",
        "osaka",
    )
    feed = Client().get("/api/v1/changes/?since=1")
    change = feed.json()["results"][0]
    assert (change["proposed_by"]["slug"], change["decided_by"]["slug"]) == ("osaka", "osaka")
    assert "CRM" not in feed.content.decode()


def test_a_returned_one_is_mended_and_proposed_again(crm: Machine, reviewer: Officer) -> None:
    own = crm.proposed()
    number = own["number"]
    reviewer.send("post", f"{number}/return/", {"comment": "Of which day?"}, **seen(own))
    told = crm.get(f"{ROOT}{number}/").json()
    assert (told["state"], told["review_comment"]) == ("returned", "Of which day?")
    edits = [{**TENANTS, "new": 72}]
    colleague = Officer(member("colleague", "editor", organisation("osaka")))
    taken = colleague.send("post", f"{number}/take-over/", **seen(told))
    assert taken.status_code == 403
    mended = crm.send("patch", f"{number}/", {"title": "Mended", "edits": edits}, **seen(told))
    assert (mended.status_code, mended.json()["title"]) == (200, "Mended")
    again = crm.send("post", f"{number}/propose/", **seen(mended.json()))
    assert again.json()["state"] == "proposed"
    assert [(s["step"], s["actor"], s["client"]) for s in again.json()["steps"]] == [
        ("proposed", None, "CRM"),
        ("returned", None, None),
        ("proposed", None, "CRM"),
    ]


def test_a_client_is_told_organisations_and_no_person(
    crm: Machine, head: User, reviewer: Officer
) -> None:
    own = proposed(Officer(member("editor", "editor", organisation("osaka"))))
    at = f"{ROOT}{own['number']}/"
    reviewer.send("post", f"{own['number']}/apply/", **seen(own))

    def persons(told: Any) -> list[Any]:
        return [told["author"], told["reviewer"], *(step["actor"] for step in told["steps"])]

    assert persons(reviewer.get(at).json()) == ["Editor", "Reviewer", "Editor", "Reviewer"]
    told = crm.get(at)
    assert persons(told.json()) == [None] * 4
    assert told.json()["reviewing_organisation"] == "osaka"
    for answer in (told, crm.get(ROOT)):
        assert not any(name in answer.content.decode() for name in ("Reviewer", "reviewer@"))


def test_a_client_withdraws_its_own(crm: Machine) -> None:
    own = crm.proposed()
    answer = crm.send("post", f"{own['number']}/withdraw/", **seen(own))
    assert (answer.status_code, answer.json()["state"]) == (200, "withdrawn")


@pytest.mark.parametrize("step", DECISIONS)
def test_a_client_decides_on_nothing(step: str, crm: Machine, reviewer: Officer) -> None:
    other = proposed(Officer(member("editor", "editor", organisation("osaka"))))
    for own in (crm.proposed(), other):
        answer = crm.send("post", f"{own['number']}/{step}/", {"comment": "x"}, **seen(own))
        assert problem(answer) == (403, "This is for people who sign in, not for API clients.")
        assert Changeset.objects.get(pk=own["number"]).state == "proposed"


def test_a_client_cannot_take_back_what_was_applied(crm: Machine, reviewer: Officer) -> None:
    own = crm.proposed()
    apply(Changeset.objects.get(pk=own["number"]), reviewer=reviewer.user)
    assert crm.send("post", f"{own['number']}/revert/", **seen(own)).status_code == 403


def test_a_client_leaves_what_others_of_its_organisation_wrote(crm: Machine, head: User) -> None:
    editor = Officer(member("editor", "editor", organisation("osaka")))
    shop = Machine(head, "osaka", "Shop")
    for own in (proposed(editor), shop.proposed()):
        number = own["number"]
        assert crm.get(f"{ROOT}{number}/").status_code == 200
        for method, address in (
            ("patch", f"{number}/"),
            ("post", f"{number}/propose/"),
            ("post", f"{number}/withdraw/"),
        ):
            body = {"title": "x"} if method == "patch" else {}
            assert crm.send(method, address, body, **seen(own)).status_code == 403, address
    own = crm.proposed()
    assert editor.send("patch", f"{own['number']}/", {"title": "x"}, **seen(own)).status_code == 403
    ended = Officer(head).send("post", f"{own['number']}/withdraw/", **seen(own))
    assert (ended.status_code, ended.json()["state"]) == (200, "withdrawn")


def test_a_client_sees_nothing_of_another_organisation(crm: Machine, reviewer: Officer) -> None:
    other = Machine(
        member("other", "administrator", organisation("hyogo", curates="hai-phong")), "hyogo"
    )
    own = crm.proposed()
    number = own["number"]
    for applied in (False, True):
        if applied:
            apply(Changeset.objects.get(pk=number), reviewer=reviewer.user)
        assert other.get(ROOT).json()["results"] == []
        assert other.get(f"{ROOT}?organisation=osaka").json()["results"] == []
        for address in (f"{number}/", f"{number}/edits/"):
            assert other.get(f"{ROOT}{address}").status_code == 404
        for method, address in (
            ("patch", f"{number}/"),
            ("post", f"{number}/propose/"),
            ("post", f"{number}/withdraw/"),
        ):
            body = {"title": "x"} if method == "patch" else {}
            assert other.send(method, address, body, **seen(own)).status_code == 404, address
    assert [each["number"] for each in crm.get(ROOT).json()["results"]] == [number]


def test_a_client_drafts_for_its_own_organisation_alone(crm: Machine) -> None:
    organisation("hyogo")
    body = {"title": "Trial", "organisation": "hyogo"}
    assert crm.send("post", "", body).status_code == 403
    assert not Changeset.objects.filter(client=crm.made).exists()
    answer = crm.send("post", "", {**body, "organisation": "osaka"})
    assert (answer.status_code, answer.json()["organisation"]) == (201, "osaka")


def test_a_revoked_client_is_refused_at_once(crm: Machine, head: User) -> None:
    own = crm.proposed()
    clients.revoke(head, crm.made)
    for answer in (crm.get(ROOT), crm.send("post", f"{own['number']}/withdraw/", **seen(own))):
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == (
            'Session, Bearer realm="api", error="invalid_token"'
        )
    assert Changeset.objects.get(pk=own["number"]).state == "proposed"


def test_nobody_is_told_both_ways_in() -> None:
    answer = Client().get(ROOT)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (
        401,
        'Session, Bearer realm="api"',
    )


def test_a_client_needs_the_scope(head: User) -> None:
    answer = Machine(head, "osaka", scope="match").send("post", "", {"title": "Trial"})
    assert problem(answer) == (403, "This needs an access token with the scope changeset:propose.")
    assert answer.headers["WWW-Authenticate"] == (
        'Bearer realm="api", error="insufficient_scope", scope="changeset:propose"'
    )
    assert not Changeset.objects.exclude(client=None).exists()


def test_a_client_names_the_revision_that_it_saw(crm: Machine) -> None:
    own = crm.send("post", "", {"title": "Trial", "edits": [TENANTS]}).json()
    address = f"{own['number']}/propose/"
    assert crm.send("post", address).status_code == 428
    assert crm.send("post", address, **{"If-Match": '"99"'}).status_code == 412
    assert crm.send("post", address, **seen(own)).status_code == 200


def test_an_idempotency_key_of_a_client_drafts_once(crm: Machine, head: User) -> None:
    body = {"title": "Trial", "edits": [TENANTS]}
    once, twice = (crm.send("post", "", body, **{"Idempotency-Key": "7"}) for _ in range(2))
    assert (once.status_code, twice.status_code, twice.json()) == (201, 201, once.json())
    assert twice.headers["Idempotency-Replayed"] == "true"
    assert Changeset.objects.filter(client=crm.made).count() == 1
    another = Machine(head, "osaka", "Shop").send("post", "", body, **{"Idempotency-Key": "7"})
    assert another.json()["number"] != once.json()["number"]


# Four eyes


@pytest.mark.parametrize("then", ["", "rotated", "revoked"])
def test_who_made_the_secret_does_not_decide(
    then: str, crm: Machine, head: User, reviewer: Officer
) -> None:
    own = crm.proposed()
    if then == "rotated":  # the secret of the head is gone, and what it got
        second = member("second", "administrator", organisation("osaka"))
        clients.rotate(second, crm.made, at_once=True)
    elif then == "revoked":
        clients.revoke(head, crm.made)
    for step in ("apply", "return", "reject"):
        address = f"{own['number']}/{step}/"
        answer = Officer(head).send("post", address, {"comment": "x"}, **seen(own))
        assert answer.status_code == 403, step
    assert Changeset.objects.get(pk=own["number"]).state == "proposed"
    answer = reviewer.send("post", f"{own['number']}/apply/", **seen(own))
    assert (answer.status_code, answer.json()["state"]) == (200, "applied")


def test_who_rotated_the_secret_does_not_decide_either(crm: Machine) -> None:
    own = crm.proposed()
    second = Officer(member("second", "administrator", organisation("osaka")))
    third = Officer(member("third", "administrator", organisation("osaka")))
    clients.rotate(second.user, crm.made)
    clients.rotate(third.user, Machine(third.user, "osaka", "Shop").made)
    address = f"{own['number']}/apply/"
    assert second.send("post", address, **seen(own)).status_code == 403
    assert third.send("post", address, **seen(own)).status_code == 200


# The desk


def test_the_desk_names_the_client_and_its_organisation(
    crm: Machine, head: User, reviewer: Officer
) -> None:
    own = crm.proposed()
    address = reverse("desk:changeset", args=[own["number"]])
    name = "Osaka · API client CRM"
    hint = "You made a secret of this API client, so somebody else decides on what it proposes."
    shown = reviewer.get(address).content.decode()
    assert (name in shown, "Approve and apply" in shown, hint in shown) == (True, True, False)
    shown = Officer(head).get(address).content.decode()
    assert (name in shown, "Approve and apply" in shown, hint in shown) == (True, False, True)
    for listed in ("desk:home", "desk:changesets"):
        assert name in reviewer.get(reverse(listed)).content.decode(), listed
    apply(Changeset.objects.get(pk=own["number"]), reviewer=reviewer.user)
    assert name in reviewer.get(reverse("desk:history")).content.decode()


def test_the_public_history_names_the_organisation_alone(crm: Machine, reviewer: Officer) -> None:
    apply(Changeset.objects.get(pk=crm.proposed()["number"]), reviewer=reviewer.user)
    for address in ("/en/versions/2/", f"/en/industrial-parks/{PARK}/history/"):
        shown = Client().get(address).content.decode()
        assert ("Osaka" in shown, "CRM" in shown) == (True, False), address


def test_the_desk_needs_as_many_queries_for_one_client_as_for_many(
    crm: Machine, head: User, reviewer: Officer
) -> None:
    def counted(number: int) -> dict[str, int]:
        addresses = {
            "home": reverse("desk:home"),
            "changesets": reverse("desk:changesets"),
            "changesets-mine": reverse("desk:changesets") + "?of=decide",
            "changeset": reverse("desk:changeset", args=[number]),
            "waiting": reverse("desk:worklist", args=["waiting"]),
            "api": ROOT,
        }
        found = {}
        for name, address in addresses.items():
            reviewer.get(address)
            with CaptureQueriesContext(connection) as context:
                assert reviewer.get(address).status_code == 200, name
            found[name] = len(context)
        return found

    few = counted(crm.proposed()["number"])
    for name in ("Shop", "Bank", "Site"):
        last = Machine(head, "osaka", name).proposed()["number"]
    assert counted(last) == few
    assert {name: count for name, count in few.items() if count > MOST} == {}


def test_a_client_keeps_its_changesets_when_it_is_revoked(crm: Machine, head: User) -> None:
    own = crm.proposed()
    clients.revoke(head, crm.made)
    told = Officer(head).get(f"{ROOT}{own['number']}/").json()
    assert (told["client"], ApiClient.objects.get(pk=crm.made.pk).name) == ("CRM", "CRM")
