"""Changesets over REST: whole bodies, revisions, clashes, refusals, and who sees what."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from localities.curation.apply import apply
from localities.models import Catalogue, Changeset, IndustrialPark
from portal.accounts.models import User
from tests.localities.people import member, operator, organisation

pytestmark = pytest.mark.django_db

ROOT = "/api/v1/changesets/"
PARK = "long-duc"  # in Dong Nai
CITATION = "industrial-park--long-duc--1"
SOURCE = {"title": "Visit of October 2026", "publisher": "Osaka Prefecture", "published": "2026-10"}
TENANTS = {
    "kind": "industrial-park",
    "key": PARK,
    "field": "tenants_count",
    "new": 71,
    "source": SOURCE,
    "note": "p. 3",
    "as_of": "2026-10-02",
}


class Officer(Client):
    """A client that is signed in as an officer with a second factor."""

    def __init__(self, user: User) -> None:
        super().__init__(headers={"Accept-Language": "en"})
        self.user = user
        Authenticator.objects.get_or_create(user=user, type="totp", defaults={"data": {}})
        self.force_login(user)

    def send(self, method: str, address: str, body: Any = None, **headers: str) -> Any:
        """The answer to a JSON body."""
        kwargs: dict[str, Any] = {"content_type": "application/json", "headers": headers}
        return getattr(self, method)(f"{ROOT}{address}", {} if body is None else body, **kwargs)


@pytest.fixture
def editor() -> Officer:
    return Officer(member("editor", "editor", organisation("osaka", curates="dong-nai")))


@pytest.fixture
def reviewer(editor: Officer) -> Officer:
    return Officer(member("reviewer", "reviewer", organisation("osaka")))


def begun(editor: Officer, *edits: Any) -> Any:
    answer = editor.send("post", "", {"title": "Trial", "edits": list(edits or [TENANTS])})
    assert answer.status_code == 201, answer.content
    return answer.json()


def proposed(editor: Officer, *edits: Any) -> Any:
    own = begun(editor, *edits)
    answer = editor.send("post", f"{own['number']}/propose/", **seen(own))
    assert answer.status_code == 200, answer.content
    return answer.json()


def seen(changeset: Any) -> dict[str, str]:
    return {"If-Match": f'"{changeset["revision"]}-{changeset["state"]}"'}


def test_a_draft_is_told_as_a_whole(editor: Officer) -> None:
    answer = editor.send(
        "post", "", {"title": "Visit", "comment": "Of October", "edits": [TENANTS]}
    )
    body = answer.json()
    number, made_at = body["number"], body["created_at"]
    source = body["edits"][0]["key"]

    assert answer.status_code == 201
    assert answer.headers["Location"] == f"http://testserver{ROOT}{number}/"
    assert answer.headers["ETag"] == f'"{body["revision"]}-draft"'
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert body == {
        "number": number,
        "url": f"http://testserver{ROOT}{number}/",
        "state": "draft",
        "revision": body["revision"],
        "version": None,
        "title": "Visit",
        "comment": "Of October",
        "author": "Editor",
        "client": None,
        "organisation": "osaka",
        "reviewer": None,
        "reviewing_organisation": None,
        "review_comment": "",
        "reverts": None,
        "created_at": made_at,
        "proposed_at": None,
        "decided_at": None,
        "edits_count": 2,
        "edits": [
            {
                "action": "create",
                "kind": "source",
                "key": source,
                "field": "",
                "old": None,
                "new": {**SOURCE, "url": None},
                "source": None,
                "note": "",
                "as_of": None,
                "province": None,
                "other_province": None,
                "park": None,
            },
            {
                "action": "update",
                "kind": "industrial-park",
                "key": PARK,
                "field": "tenants_count",
                "old": 70,
                "new": 71,
                "source": source,
                "note": "p. 3",
                "as_of": "2026-10-02",
                "province": "dong-nai",
                "other_province": None,
                "park": PARK,
            },
        ],
        "steps": [],
    }
    assert editor.get(f"{ROOT}{number}/").json() == body
    assert editor.get(f"{ROOT}{number}/edits/").json() == {
        "next": None,
        "previous": None,
        "results": body["edits"],
    }
    listed = {name: value for name, value in body.items() if name not in ("edits", "steps")}
    assert editor.get(f"{ROOT}?state=draft").json() == {
        "next": None,
        "previous": None,
        "results": [listed],
    }


@pytest.mark.parametrize(
    ("query", "allowed"),
    [
        ("state=x", "Allowed: draft, proposed, applied, returned, rejected, withdrawn."),
        ("kind=x", "Allowed: source, region, sector, province"),
        ("province=x", "dong-nai"),
        ("province=binh-duong", "dong-nai"),
        ("park=x", "long-duc"),
        ("organisation=x", "osaka"),
    ],
)
def test_a_filter_by_what_there_is_not_names_what_there_is(
    editor: Officer, query: str, allowed: str
) -> None:
    begun(editor)
    answer = editor.get(f"{ROOT}?{query}", headers={"Accept-Language": "en"})
    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == (f"?{query.partition('=')[0]}", "invalid_choice")
    assert allowed in error["detail"]


def test_changesets_are_found_by_what_they_are_about(editor: Officer) -> None:
    number = begun(editor)["number"]
    drafts = f"{ROOT}?state=draft&kind=industrial-park"
    for query in ("province=dong-nai", f"park={PARK}", "organisation=osaka"):
        told = editor.get(f"{drafts}&{query}").json()["results"]
        assert [each["number"] for each in told] == [number], query
    for query in ("province=hue", "park=la-son"):
        assert editor.get(f"{drafts}&{query}").json()["results"] == []


def test_a_changeset_goes_from_draft_to_the_catalogue_and_back(
    editor: Officer, reviewer: Officer
) -> None:
    own = proposed(editor)
    number = own["number"]
    assert (own["state"], [step["step"] for step in own["steps"]]) == ("proposed", ["proposed"])

    returned = reviewer.send(
        "post", f"{number}/return/", {"comment": "It says 72."}, **seen(own)
    ).json()
    assert (returned["state"], returned["review_comment"]) == ("returned", "It says 72.")
    mended = editor.send(
        "patch",
        f"{number}/",
        {"title": "Mended", "edits": [{**TENANTS, "new": 72}]},
        **seen(returned),
    ).json()
    assert mended["title"] == "Mended"
    assert [edit["new"] for edit in mended["edits"][1:]] == [72]
    assert mended["revision"] > returned["revision"]
    again = editor.send("post", f"{number}/propose/", {"comment": "72 now"}, **seen(mended)).json()
    answer = reviewer.send("post", f"{number}/apply/", {"comment": "Good."}, **seen(again))
    applied = answer.json()
    assert (applied["state"], applied["version"], applied["reviewer"]) == ("applied", 2, "Reviewer")
    assert answer.headers["Catalogue-Version"] == "2"
    assert [(s["step"], s["actor"], s["text"]) for s in applied["steps"]] == [
        ("proposed", "Editor", ""),
        ("returned", "Reviewer", "It says 72."),
        ("proposed", "Editor", "72 now"),
        ("applied", "Reviewer", "Good."),
    ]
    assert IndustrialPark.objects.get(pk=PARK).tenants_count == 72

    answer = editor.send("post", f"{number}/revert/", **seen(applied))
    back = answer.json()
    assert (answer.status_code, back["reverts"], back["state"]) == (201, number, "draft")
    back = editor.send("post", f"{back['number']}/propose/", **seen(back)).json()
    reviewer.send("post", f"{back['number']}/apply/", **seen(back))
    assert IndustrialPark.objects.get(pk=PARK).tenants_count == 70
    assert Catalogue.objects.get().version == 3


def test_edits_round_trip(editor: Officer) -> None:
    own = begun(editor)
    for changed in ({}, {"province": "hue", "other_province": "hue", "park": None}):
        edits = [edit | changed for edit in own["edits"]]
        answer = editor.send("patch", f"{own['number']}/", {"edits": edits}, **seen(own))
        assert answer.json()["edits"] == own["edits"]
        own = answer.json()


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (None, 428),
        ("*", 428),
        ('"99"', 412),
        ("W/{etag}", 412),
        ("3-proposed", 412),
        ("nonsense", 412),
    ],
)
@pytest.mark.parametrize(
    ("who", "method", "step", "body"),
    [
        ("editor", "patch", "", {"title": "Other"}),
        ("editor", "post", "withdraw/", {}),
        ("editor", "post", "propose/", {}),
        ("reviewer", "post", "apply/", {}),
        ("reviewer", "post", "return/", {"comment": "No"}),
        ("reviewer", "post", "reject/", {"comment": "No"}),
        ("editor", "post", "revert/", {}),
    ],
)
def test_a_change_names_the_revision_that_was_seen(
    editor: Officer,
    reviewer: Officer,
    header: str | None,
    status: int,
    who: str,
    method: str,
    step: str,
    body: Any,
) -> None:
    own = proposed(editor)
    before = editor.get(f"{ROOT}{own['number']}/").json()
    etag = seen(own)["If-Match"]
    headers = {} if header is None else {"If-Match": header.format(etag=etag)}
    officer = {"editor": editor, "reviewer": reviewer}[who]
    answer = officer.send(method, f"{own['number']}/{step}", body, **headers)
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert editor.get(f"{ROOT}{own['number']}/").json() == before


def test_the_etag_of_a_draft_does_not_stand_for_what_became_of_it(editor: Officer) -> None:
    drafted = begun(editor)
    at = f"{drafted['number']}/"
    told = editor.send("post", f"{at}propose/", **seen(drafted))
    stale = editor.send("post", f"{at}withdraw/", **seen(drafted))
    now = Changeset.objects.get(pk=drafted["number"])
    assert (stale.status_code, now.state) == (412, "proposed")
    etag = told.headers["ETag"]
    done = editor.send("post", f"{at}withdraw/", **{"If-Match": etag})
    assert (done.status_code, done.json()["state"]) == (200, "withdrawn")
    revision = drafted["revision"]
    assert [etag, done.headers["ETag"]] == [f'"{revision}-proposed"', f'"{revision}-withdrawn"']


def test_a_clash_tells_what_was_is_and_would_be(editor: Officer, reviewer: Officer) -> None:
    first, second = proposed(editor), proposed(editor, {**TENANTS, "new": 75})
    reviewer.send("post", f"{first['number']}/apply/", **seen(first))
    answer = reviewer.send("post", f"{second['number']}/apply/", **seen(second))
    assert answer.status_code == 409
    at = [edit["field"] for edit in second["edits"]].index("tenants_count")
    assert answer.json() == {
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "detail": "The catalogue says something else by now.",
        "errors": [
            {
                "pointer": f"#/edits/{at}",
                "detail": "The catalogue says something else by now.",
                "code": "clash",
                "base": 70,
                "current": 71,
                "proposed": 75,
            }
        ],
    }
    assert Catalogue.objects.get().version == 2


def test_what_a_state_does_not_allow_is_a_conflict(editor: Officer, reviewer: Officer) -> None:
    own = begun(editor)
    reviewed = reviewer.send("post", f"{own['number']}/apply/", **seen(own))
    assert reviewed.status_code == 409
    assert reviewed.json()["detail"] == (
        "This can't be done with a changeset in this state: Draft."
    )
    own = proposed(editor)
    assert editor.send("patch", f"{own['number']}/", {"title": "x"}, **seen(own)).status_code == 409


def test_nobody_decides_on_their_own(editor: Officer) -> None:
    both = Officer(member("both", "administrator", organisation("osaka")))
    own = proposed(both)
    for step, body in (
        ("apply/", {}),
        ("return/", {"comment": "x"}),
        ("reject/", {"comment": "x"}),
    ):
        assert both.send("post", f"{own['number']}/{step}", body, **seen(own)).status_code == 403
    assert Catalogue.objects.get().version == 1


def test_a_colleague_takes_over_what_was_sent_back_and_no_author_decides(
    reviewer: Officer,
) -> None:
    osaka = organisation("osaka")
    names = ("first", "second", "third")
    first, second, third = (Officer(member(name, "reviewer", osaka)) for name in names)
    viewer = Officer(member("viewer", "viewer", osaka))
    own = proposed(first)
    number = own["number"]
    refused = second.send("post", f"{number}/take-over/", **seen(own))
    assert refused.status_code == 409
    back = reviewer.send("post", f"{number}/return/", {"comment": "Which page?"}, **seen(own))
    own = back.json()
    for officer in (first, viewer):
        assert officer.send("post", f"{number}/take-over/", **seen(own)).status_code == 403
    answer = second.send("post", f"{number}/take-over/", {"comment": "Away"}, **seen(own))
    assert (answer.status_code, answer.json()["author"]) == (200, "Second")
    taken = {"If-Match": answer.headers["ETag"]}
    assert taken == {"If-Match": f'"{own["revision"]}-returned-1"'}
    assert third.send("post", f"{number}/take-over/", **seen(own)).status_code == 412
    step = answer.json()["steps"][-1]
    assert (step["step"], step["actor"], step["text"]) == ("taken_over", "Second", "Away")
    lost = first.send("patch", f"{number}/", {"title": "Mine"}, **taken)
    assert lost.status_code == 403
    again = second.send("post", f"{number}/propose/", **taken)
    waiting = {"If-Match": again.headers["ETag"]}
    for author in (first, second):
        assert author.send("post", f"{number}/apply/", **waiting).status_code == 403
    assert reviewer.send("post", f"{number}/apply/", **waiting).status_code == 200


@pytest.mark.parametrize(
    ("edit", "pointer", "code"),
    [
        ({"new": 140.5}, "#/edits/0/new", "refused"),
        ({"field": "no_such_field"}, "#/edits/0/new", "refused"),
        ({"key": "no-such-park"}, "#/edits/0/key", "does_not_exist"),
        ({"field": ""}, "#/edits/0/field", "field"),
        ({"source": "no-such-source"}, "#/edits/0/source", "does_not_exist"),
        ({"source": {**SOURCE, "url": "nowhere"}}, "#/edits/0/source/url", "refused"),
        ({"action": "create", "field": "", "new": {}}, "#/edits/0/key", "exists"),
        ({"action": "create", "field": "", "new": 3, "key": "x"}, "#/edits/0/new", "invalid"),
        (
            {"action": "create", "field": "", "new": {"name_en": 3}, "key": "x"},
            "#/edits/0/new/name_en",
            "refused",
        ),
    ],
)
def test_an_edit_that_the_catalogue_cannot_hold_is_pointed_at(
    editor: Officer, edit: Any, pointer: str, code: str
) -> None:
    answer = editor.send("post", "", {"title": "Trial", "edits": [{**TENANTS, **edit}]})
    assert answer.status_code == 422, answer.content
    assert (pointer, code) in [(e["pointer"], e["code"]) for e in answer.json()["errors"]]
    assert not Changeset.objects.filter(author=editor.user).exists()


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "#/title", "required"),
        ({"title": "x" * 201}, "#/title", "max_length"),
        ({"title": "x", "shape": 1}, "#/shape", "unknown"),
        (
            {"title": "x", "edits": [{**TENANTS, "kind": "user"}]},
            "#/edits/0/kind",
            "invalid_choice",
        ),
        (
            {
                "title": "x",
                "edits": [{"kind": "citation", "key": CITATION, "action": "deactivate"}],
            },
            "#/edits/0/kind",
            "invalid_choice",
        ),
        ({"title": "x", "edits": [{**TENANTS, "who": 1}]}, "#/edits/0/who", "unknown"),
        ({"title": "x", "edits": {}}, "#/edits", "not_a_list"),
        (
            {"title": "x", "edits": [{**TENANTS, "source": {}}]},
            "#/edits/0/source/title",
            "required",
        ),
    ],
)
def test_a_wrong_body_is_pointed_at(editor: Officer, body: Any, pointer: str, code: str) -> None:
    answer = editor.send("post", "", body)
    assert answer.status_code == 400
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [(pointer, code)]


@pytest.mark.parametrize(
    ("edit", "detail"),
    [
        (
            {"field": "status", "new": "open"},
            "“open” is not known here; allowed are operating, under-construction, planned.",
        ),
        ({"field": "tenants"}, "“tenants” is not known here; allowed are accounting_tax, "),
    ],
)
def test_what_is_not_known_is_told_with_what_is(editor: Officer, edit: Any, detail: str) -> None:
    answer = editor.send("post", "", {"title": "x", "edits": [{**TENANTS, **edit}]})
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["detail"].startswith(detail)


def test_one_field_stands_once(editor: Officer) -> None:
    answer = editor.send("post", "", {"title": "x", "edits": [TENANTS, TENANTS]})
    assert answer.status_code == 422
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [
        ("#/edits/1", "repeated")
    ]


def test_a_draft_without_an_edit_is_not_proposed(editor: Officer) -> None:
    own = editor.send("post", "", {"title": "Trial", "edits": []}).json()
    answer = editor.send("post", f"{own['number']}/propose/", **seen(own))
    assert answer.status_code == 400
    text = "A changeset needs at least one edit."
    assert answer.json()["errors"] == [{"pointer": "#", "detail": text, "code": "required"}]


def test_a_value_without_a_source_is_not_proposed(editor: Officer) -> None:
    own = begun(editor, {**TENANTS, "source": None})
    answer = editor.send("post", f"{own['number']}/propose/", **seen(own))
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"pointer": "#/edits/0/new", "detail": "A source is needed.", "code": "refused"}
    ]


def test_a_record_is_not_taken_out_without_a_reason(editor: Officer) -> None:
    gone = {"kind": "industrial-park", "key": PARK, "action": "deactivate"}
    own = begun(editor, gone)
    answer = editor.send("post", f"{own['number']}/propose/", **seen(own))
    assert answer.status_code == 422
    text = "A reason is needed: why is the record taken out?"
    assert answer.json()["errors"] == [{"pointer": "#/edits/0", "detail": text, "code": "refused"}]
    told = proposed(editor, {**gone, "note": "It never opened"})
    assert [(edit["action"], edit["note"]) for edit in told["edits"]] == [
        ("deactivate", "It never opened")
    ]


def _anonymous() -> Client:
    return Client()


def _company() -> Client:
    client = Client()
    client.force_login(User.objects.create_user("company@example.org"))
    return client


def _without_second_factor() -> Client:
    client = Client()
    client.force_login(member("plain", "reviewer", organisation("osaka")))
    return client


@pytest.mark.parametrize(
    ("client", "status"), [(_anonymous, 401), (_company, 403), (_without_second_factor, 403)]
)
def test_only_officers_with_a_second_factor_get_in(
    editor: Officer, client: Callable[[], Client], status: int
) -> None:
    own = proposed(editor)
    who = client()
    for address in ("", f"{own['number']}/", f"{own['number']}/edits/"):
        answer = who.get(f"{ROOT}{address}")
        assert answer.status_code == status
        assert "Trial" not in answer.content.decode()
    for step in ("propose/", "withdraw/", "apply/", "return/", "reject/", "revert/"):
        answer = who.post(
            f"{ROOT}{own['number']}/{step}",
            {"comment": "x"},
            content_type="application/json",
            headers=seen(own),
        )
        assert answer.status_code == status
    assert Changeset.objects.get(pk=own["number"]).state == "proposed"


def test_another_organisations_drafts_are_not_there(editor: Officer) -> None:
    own = begun(editor)
    for officer in (
        Officer(member("hyogo", "administrator", organisation("hyogo", curates="hai-phong"))),
        Officer(member("head", "administrator", operator())),
    ):
        assert officer.get(f"{ROOT}?state=draft").json()["results"] == []
        for address in (f"{own['number']}/", f"{own['number']}/edits/"):
            assert officer.get(f"{ROOT}{address}").status_code == 404
        for step in ("propose/", "withdraw/", "apply/", "revert/"):
            answer = officer.send("post", f"{own['number']}/{step}", **seen(own))
            assert answer.status_code == 404
    assert Changeset.objects.get(pk=own["number"]).state == "draft"


def test_viewers_read_and_do_not_draft(editor: Officer) -> None:
    viewer = Officer(member("viewer", "viewer", organisation("osaka")))
    own = begun(editor)
    assert viewer.get(f"{ROOT}{own['number']}/").status_code == 200
    assert viewer.send("post", "", {"title": "x"}).status_code == 403
    assert viewer.send("patch", f"{own['number']}/", {"title": "x"}, **seen(own)).status_code == 403
    assert viewer.send("post", f"{own['number']}/withdraw/", **seen(own)).status_code == 403


def test_an_editor_of_several_organisations_names_one(editor: Officer) -> None:
    member("editor", "editor", organisation("hyogo"))
    answer = editor.send("post", "", {"title": "x"})
    assert answer.status_code == 400
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [
        ("#/organisation", "required")
    ]
    answer = editor.send("post", "", {"title": "x", "organisation": "hyogo"})
    assert answer.json()["organisation"] == "hyogo"
    assert editor.send("post", "", {"title": "x", "organisation": "kobe"}).status_code == 403


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (f"kind=industrial-park&key={PARK}&state=draft", 1),
        ("kind=source&province=dong-nai&state=draft", 0),
        ("province=dong-nai&state=draft", 1),
        ("organisation=osaka", 1),
        ("state=applied", 1),
        ("state=applied&organisation=osaka", 0),
    ],
)
def test_filters(editor: Officer, query: str, found: int) -> None:
    begun(editor)
    assert len(editor.get(f"{ROOT}?{query}").json()["results"]) == found


def test_the_first_version_is_read_by_pages(editor: Officer) -> None:
    first = Changeset.objects.get(version=1)
    body = editor.get(f"{ROOT}{first.pk}/").json()
    assert (len(body["edits"]), body["edits_count"]) == (1000, first.edits.count())
    page = editor.get(f"{ROOT}{first.pk}/edits/?page_size=200").json()
    assert page["results"] == body["edits"][:200]
    assert editor.get(page["next"]).json()["results"] == body["edits"][200:400]


def test_the_desk_and_the_api_do_the_same(editor: Officer, reviewer: Officer) -> None:
    own = proposed(editor)
    apply(Changeset.objects.get(pk=own["number"]), reviewer=reviewer.user)
    body = editor.get(f"{ROOT}{own['number']}/").json()
    assert (body["state"], body["version"], body["reviewing_organisation"]) == (
        "applied",
        2,
        "osaka",
    )


def test_an_unknown_parameter_is_refused(editor: Officer) -> None:
    assert editor.get(f"{ROOT}?colour=red").status_code == 400
