"""The change feed: what a copy of the catalogue has to catch up with, and nothing about people."""

from typing import Any

import pytest
from django.test import Client

from localities.curation.apply import apply
from localities.curation.propose import draft, propose
from localities.curation.review import revert
from localities.curation.values import stored
from localities.models import KINDS, Changeset, Edit, Source
from portal.accounts.models import Organisation
from tests.localities.people import member, operator, organisation

pytestmark = pytest.mark.django_db

ROOT = "/api/v1/changes/"
SERVER = "http://testserver"
PARK = "long-duc"
SECRETS = ("Secret title", "Secret comment", "Secret word", "Editor", "Reviewer")


def steward() -> Organisation:
    """Osaka, which curates Dong Nai, with an editor and a reviewer."""
    if found := Organisation.objects.filter(key="osaka").first():
        return found
    osaka = organisation("osaka", curates="dong-nai")
    operator()
    member("editor", "editor", osaka)
    member("reviewer", "reviewer", osaka)
    return osaka


def changed(*edits: Edit, back: Changeset | None = None) -> Changeset:
    """A changeset of Osaka's editor, applied by its reviewer."""
    osaka = steward()
    people = {one.user.name: one.user for one in osaka.memberships.select_related("user")}
    begun = (
        revert(back, actor=people["Editor"], organisation=osaka)
        if back
        else draft(
            "Secret title",
            edits,
            author=people["Editor"],
            organisation=osaka,
            comment="Secret comment",
        )
    )
    proposed = propose(begun, actor=people["Editor"], comment="Secret word")
    return apply(proposed, reviewer=people["Reviewer"], comment="Secret word")


def source() -> Source:
    found = Source.objects.filter(is_active=True).order_by("key").first()
    assert found is not None
    return found


def tenants(old: int, new: int) -> Edit:
    return Edit(
        action="update",
        record_kind="industrial-park",
        record=PARK,
        field="tenants_count",
        old=old,
        new=new,
        source=source(),
        source_note="p. 3",
        as_of="2026-10-02",
    )


def taken_out() -> Edit:
    return Edit(
        action="deactivate", record_kind="industrial-park", record=PARK, source_note="Closed"
    )


def read(client: Client, address: str) -> Any:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_change_is_told_as_a_whole_and_names_organisations_alone(client: Client) -> None:
    made = changed(tenants(70, 71))
    answer = client.get(f"{ROOT}?since=1")
    osaka = {"slug": "osaka", "name_ja": "osaka（日）", "name_en": "Osaka", "name_vi": ""}
    body = answer.json()
    own = body["results"][0]["edits"]

    assert made.decided_at is not None
    assert answer.headers["Catalogue-Version"] == "2"
    assert own[0] == {
        "action": "update",
        "kind": "industrial-park",
        "key": PARK,
        "field": "tenants_count",
        "old": 70,
        "new": 71,
        "source": source().key,
        "note": "p. 3",
        "as_of": "2026-10-02",
        "province": "dong-nai",
        "other_province": None,
        "park": "long-duc",
    }
    assert {edit["kind"] for edit in own[1:]} <= {"citation"}
    assert body == {
        "next": None,
        "previous": None,
        "results": [
            {
                "version": 2,
                "applied_at": body["results"][0]["applied_at"],
                "proposed_by": osaka,
                "decided_by": osaka,
                "reverts": None,
                "edits_count": len(own),
                "edits": own,
                "edits_url": f"{SERVER}{ROOT}2/edits/",
                "dump_url": None,
            }
        ],
    }
    assert not [word for word in SECRETS if word in answer.content.decode()]
    assert read(client, f"{ROOT}2/edits/")["results"] == own


def test_the_initial_load_points_to_the_dump(client: Client) -> None:
    (first,) = read(client, ROOT)["results"]

    assert (first["version"], first["edits"]) == (1, None)
    assert first["edits_count"] == Edit.objects.count()
    assert first["dump_url"] == f"{SERVER}/api/v1/dumps/"


def test_versions_come_in_order_page_by_page_with_deactivations_and_reverts(
    client: Client,
) -> None:
    changed(tenants(70, 71))
    out = changed(taken_out())
    changed(back=out)
    first = read(client, f"{ROOT}?since=1&page_size=2")
    second = read(client, first["next"])
    told = [
        (one["version"], one["reverts"], one["edits"][0]["action"])
        for one in [*first["results"], *second["results"]]
    ]

    assert told == [(2, None, "update"), (3, None, "deactivate"), (4, 3, "reactivate")]
    assert second["next"] is None
    assert read(client, second["previous"])["results"] == first["results"]


def test_undecided_changes_are_not_told(client: Client) -> None:
    osaka = organisation("osaka", curates="dong-nai")
    editor = member("editor", "editor", osaka)
    propose(draft("Later", [tenants(70, 71)], author=editor, organisation=osaka), actor=editor)

    assert read(client, f"{ROOT}?since=1")["results"] == []


def test_a_version_of_many_edits_is_read_by_pages(client: Client) -> None:
    names = [
        Edit(action="update", record_kind="source", record=key, field="publisher", old=old, new="X")
        for key, old in Source.objects.order_by("key").values_list("key", "publisher")[:201]
    ]
    assert len(names) == 201
    apply(propose(draft("Many", names)))
    (told,) = read(client, f"{ROOT}?since=1")["results"]
    address, seen = told["edits_url"] + "?page_size=150", []
    while address:
        page = read(client, address)
        seen += [edit["key"] for edit in page["results"]]
        address = page["next"]

    assert (told["edits"], told["edits_count"]) == (None, 201)
    assert seen == [edit.record for edit in names]


def test_a_copy_that_follows_the_feed_equals_the_catalogue(client: Client) -> None:
    steward()
    copy = {
        (kind, key): {"active": one.active, **one.values}
        for kind, model in KINDS.items()
        for key, one in stored(model).items()
    }
    changed(tenants(70, 71))
    changed(taken_out())
    for change in read(client, f"{ROOT}?since=1")["results"]:
        for edit in change["edits"]:
            record = copy.setdefault((edit["kind"], edit["key"]), {"active": True})
            if edit["action"] == "create":
                record |= edit["new"]
            elif edit["action"] == "update":
                assert record[edit["field"]] == edit["old"]
                record[edit["field"]] = edit["new"]
            else:
                record["active"] = edit["action"] == "reactivate"

    for kind, model in KINDS.items():
        for key, one in stored(model).items():
            known = {**dict.fromkeys(one.values), **copy.pop((kind, key))}
            assert known == {"active": one.active, **one.values}
    assert copy == {}


def test_a_reader_who_is_up_to_date_gets_nothing_and_304(client: Client) -> None:
    changed(tenants(70, 71))
    answer = client.get(f"{ROOT}?since=2")
    again = client.get(f"{ROOT}?since=2", headers={"If-None-Match": answer.headers["ETag"]})

    assert answer.json() == {"next": None, "previous": None, "results": []}
    assert (again.status_code, again.content) == (304, b"")


def test_an_organisations_new_name_makes_a_new_answer(client: Client) -> None:
    changed(tenants(70, 71))
    before = client.get(f"{ROOT}?since=1").headers["ETag"]
    Organisation.objects.filter(key="osaka").update(name_en="Osaka Prefecture")

    assert client.get(f"{ROOT}?since=1", headers={"If-None-Match": before}).status_code == 200


@pytest.mark.parametrize("since", ["3", "99", "999999999", "9999999999", "9" * 5000])
def test_a_since_that_is_still_to_come_is_refused(client: Client, since: str) -> None:
    changed(tenants(70, 71))
    answer = client.get(ROOT, {"since": since}, headers={"Accept-Language": "en"})

    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {
            "pointer": "?since",
            "detail": "There is no such version yet; the present one is 2.",
            "code": "too_large",
        }
    ]


@pytest.mark.parametrize("since", ["", "-1", "1.5", "two", "１"])
def test_a_since_that_is_no_version_is_refused(client: Client, since: str) -> None:
    answer = client.get(ROOT, {"since": since}, headers={"Accept-Language": "en"})

    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {
            "pointer": "?since",
            "detail": "The number of a catalogue version is needed: 0, 1, 2 and so on.",
            "code": "invalid",
        }
    ]


@pytest.mark.parametrize("version", ["0", "3", "9" * 30])
def test_the_edits_of_a_version_that_is_none_are_not_there(client: Client, version: str) -> None:
    changed(tenants(70, 71))

    assert client.get(f"{ROOT}{version}/edits/").status_code == 404


def test_the_feed_asks_the_same_number_of_questions_for_one_change_and_for_three(
    client: Client, django_assert_num_queries: Any
) -> None:
    changed(tenants(70, 71))
    with django_assert_num_queries(4):
        client.get(f"{ROOT}?since=1")
    changed(tenants(71, 72))
    changed(tenants(72, 73))
    with django_assert_num_queries(4):
        client.get(f"{ROOT}?since=1")
