"""A person's own profiles over REST: whole bodies, states, limits, and nobody else's."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from matching import profiles
from matching.models import Match, StoredProfile
from portal.accounts.models import User
from portal.api.models import KeptAnswer
from tests.portal.signing import said

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/profiles/"
QUESTION = {
    "profile": {
        "sector": "fabricated-metal",
        "other_sectors": ["machinery"],
        "prefecture": "27",
        "employees": 80,
        "stage": "prepare",
        "purposes": ["export-to-japan"],
        "floor_area_m2": 500,
        "rent_budget_usd_m2_month": 5.125,
    },
    "weights": {"hard": 4, "cost": 0.5},
    "must_haves": ["rental_factory", {"macro": ["south", "north"]}],
    "level": "park",
    "limit": 20,
}


def signed_in(name: str = "mai", lang: str = "en") -> Client:
    client = Client(headers={"Accept-Language": lang})
    client.force_login(User.objects.get_or_create(email=f"{name}@example.org")[0])
    return client


def send(client: Client, method: str, address: str, body: Any = None, **headers: str) -> Any:
    kwargs: dict[str, Any] = {"content_type": "application/json", "headers": headers}
    return getattr(client, method)(address, {} if body is None else body, **kwargs)


def kept(client: Client, title: str = "Dies", **question: Any) -> Any:
    body = {"title": title, "question": {**QUESTION, **question}}
    answer = send(client, "post", ROOT, body)
    assert answer.status_code == 201, answer.content
    return answer


@pytest.mark.parametrize("lang", ["ja", "en", "vi"])
def test_a_profile_is_kept_and_told_as_a_whole(lang: str) -> None:
    client = signed_in(lang=lang)
    answer = kept(client)
    body = answer.json()
    assert body == {
        "id": body["id"],
        "url": f"http://testserver{ROOT}{body['id']}/",
        "title": "Dies",
        "findable": False,
        "question": QUESTION,
        "created_at": body["created_at"],
        "updated_at": body["updated_at"],
    }
    assert answer.headers["Location"] == body["url"]
    assert answer.headers["Cache-Control"] == "private, no-store"
    again = client.get(body["url"])
    assert (again.json(), again.headers["ETag"]) == (body, answer.headers["ETag"])
    listed = {"next": None, "previous": None, "results": [body]}
    assert client.get(ROOT).json() == listed


def test_a_profile_of_the_api_is_one_of_the_pages_and_back() -> None:
    client = signed_in()
    body = kept(client).json()
    assert "Dies" in said(client.get(f"/en/profiles/{body['id']}/"))
    profiles.save(User.objects.get(), title="By page", query="sector=machinery&floor_area_m2=1,500")
    told = client.get(f"{ROOT}?ordering=title").json()["results"][0]
    assert told["question"] == {"profile": {"sector": "machinery", "floor_area_m2": 1500}}


def test_a_match_that_is_stored_takes_no_body() -> None:
    client = signed_in()
    profile = kept(client).json()
    answer = send(client, "post", f"{profile['url']}matches/?lang=en", {"limit": 3})
    error = {"pointer": "#/limit", "detail": "This address takes no body.", "code": "unknown"}
    assert (answer.status_code, answer.json()["errors"]) == (400, [error])
    assert not Match.objects.exists()


def test_the_stored_match_has_the_numbers_of_the_match() -> None:
    client = signed_in()
    profile = kept(client).json()
    answer = send(client, "post", f"{profile['url']}matches/", **{"Idempotency-Key": "k"})
    body = answer.json()
    asked = {**QUESTION, "limit": 500}
    match = send(client, "post", "/api/v1/matches/", asked).json()
    ranked = [line for line in body["ranking"] if line["rank"] is not None]
    assert ranked == [
        {"slug": each["place"]["slug"], "rank": each["rank"], "fit": each["fit"]}
        for each in match["results"]
    ]
    assert len(body["ranking"]) == sum(match["counts"].values())
    assert body["weights"] == match["weights"]
    assert body["url"] == answer.headers["Location"] == f"{profile['url']}matches/{body['id']}/"
    assert client.get(body["url"]).json() == body
    again = send(client, "post", f"{profile['url']}matches/", **{"Idempotency-Key": "k"})
    assert (again.content, Match.objects.count()) == (answer.content, 1)
    short = {name: value for name, value in body.items() if name != "ranking"}
    assert client.get(f"{profile['url']}matches/").json()["results"] == [short]


@pytest.mark.parametrize("by_page", [True, False])
def test_nothing_is_told_again_of_a_profile_that_was_deleted(by_page: bool) -> None:
    client = signed_in()
    body, other = ({"title": title, "question": QUESTION} for title in ("Dies", "Other"))
    answer = send(client, "post", ROOT, body, **{"Idempotency-Key": "k"})
    send(client, "post", ROOT, other, **{"Idempotency-Key": "k-2"})
    if by_page:
        client.post(f"/en/profiles/{answer.json()['id']}/delete/")
    else:
        seen = {"If-Match": answer.headers["ETag"]}
        assert send(client, "delete", answer.json()["url"], **seen).status_code == 204
    assert [kept.key for kept in KeptAnswer.objects.all()] == ["k-2"]
    assert [profile.title for profile in StoredProfile.objects.all()] == ["Other"]


def test_a_profile_changes_only_in_the_state_that_was_seen() -> None:
    client = signed_in()
    answer = kept(client)
    at, seen = answer.json()["url"], {"If-Match": answer.headers["ETag"]}
    assert send(client, "patch", at, {"title": "New"}).status_code == 428
    assert send(client, "delete", at).status_code == 428
    changed = send(client, "patch", at, {"title": "New", "findable": True}, **seen)
    assert (changed.status_code, changed.json()["title"]) == (200, "New")
    assert send(client, "patch", at, {"title": "Old"}, **seen).status_code == 412
    assert send(client, "delete", at, **seen).status_code == 412
    profile = StoredProfile.objects.get()
    assert (profile.title, profile.findable) == ("New", True)
    weak = {"If-Match": f"W/{changed.headers['ETag']}"}
    assert send(client, "patch", at, {"findable": False}, **weak).status_code == 412
    now = {"If-Match": f'"other", {changed.headers["ETag"]}'}
    assert send(client, "delete", at, **now).status_code == 204
    assert client.get(at).status_code == 404


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["#/title", "#/question"]),
        ([], ["#"]),
        ({"title": 7, "question": QUESTION}, ["#/title"]),
        ({"title": " ", "question": QUESTION}, ["#/title"]),
        ({"title": "x" * 121, "question": QUESTION}, ["#/title"]),
        ({"title": "x", "question": QUESTION, "owner": 1}, ["#/owner"]),
        ({"title": "x", "question": "sector=machinery"}, ["#/question"]),
        (
            {"title": "x", "question": {"profile": {"sector": "none"}}},
            ["#/question/profile/sector"],
        ),
        ({"title": "x", "question": {**QUESTION, "detail": "full"}}, ["#/question/detail"]),
        (
            {
                "title": "x",
                "question": {
                    "profile": {"sector": "machinery", "wastewater_m3_day": 5},
                    "must_haves": ["rental_factory", {"province": ["hue"]}],
                    "robustness": False,
                },
            },
            [
                "#/question/robustness",
                "#/question/profile/wastewater_m3_day",
                "#/question/must_haves/1/province",
            ],
        ),
    ],
)
@pytest.mark.parametrize("lang", ["ja", "en", "vi"])
def test_what_is_no_profile_is_pointed_at(body: Any, pointers: list[str], lang: str) -> None:
    answer = send(signed_in(lang=lang), "post", ROOT, body)
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == pointers
    assert not StoredProfile.objects.exists()


def test_others_find_nothing_and_strangers_sign_in() -> None:
    owner = signed_in()
    answer = kept(owner, "Secret dies")
    at, seen = answer.json()["url"], {"If-Match": answer.headers["ETag"]}
    match = send(owner, "post", f"{at}matches/").json()["url"]
    other = signed_in("lan")
    kept(other, "Mine")
    for refused in (
        other.get(at),
        send(other, "patch", at, {"title": "Stolen"}, **seen),
        send(other, "delete", at, **seen),
        other.get(f"{at}matches/"),
        send(other, "post", f"{at}matches/"),
        other.get(match),
        other.get(f"{ROOT}{uuid4()}/"),
    ):
        assert refused.status_code == 404
        assert b"Secret" not in refused.content
    assert [row["title"] for row in other.get(ROOT).json()["results"]] == ["Mine"]
    for address in (ROOT, at, f"{at}matches/", match):
        asked = {"Authorization": "Bearer x", "Accept-Language": "en"}
        refused = Client().get(address, headers=asked)
        detail = "This is for people who sign in, not for API clients."
        assert (refused.status_code, refused.json()["detail"]) == (401, detail)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.get(email="mai@example.org"))
    assert send(strict, "delete", at, **seen).status_code == 403
    assert (StoredProfile.objects.count(), Match.objects.count()) == (2, 1)


def test_who_keeps_the_most_may_try_again_after_deleting_one() -> None:
    client = signed_in()
    StoredProfile.objects.bulk_create(
        StoredProfile(owner=User.objects.get(), title=str(number), query="sector=machinery")
        for number in range(profiles.MOST)
    )
    body = {"title": "x", "question": QUESTION}
    full = send(client, "post", ROOT, body, **{"Idempotency-Key": "k"})
    detail = "You can keep at most 50 profiles."
    assert (full.status_code, full.json()["detail"]) == (409, detail)
    StoredProfile.objects.first().delete()  # type: ignore[union-attr]
    assert send(client, "post", ROOT, body, **{"Idempotency-Key": "k"}).status_code == 201


def test_pages_of_profiles_hold_each_once() -> None:
    client = signed_in()
    now = timezone.now()
    StoredProfile.objects.bulk_create(
        StoredProfile(
            owner=User.objects.get(), title="same", query="sector=machinery", updated_at=now
        )
        for _ in range(7)
    )
    seen: list[str] = []
    url: str | None = f"{ROOT}?page_size=2"
    while url:
        page = client.get(url).json()
        seen += [row["id"] for row in page["results"]]
        url = page["next"]
    assert sorted(seen) == sorted(
        str(key) for key in StoredProfile.objects.values_list("pk", flat=True)
    )
