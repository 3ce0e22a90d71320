"""The schema of the API: one document, committed, of which clients can be made."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator

from tests.portal.test_webhooks import EVENTS, System

SCHEMA = Path("docs/openapi.json")


@cache
def committed() -> Any:
    """The schema as it is committed."""
    return json.loads(SCHEMA.read_text())


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["ja", "en", "vi"])
def test_the_schema_served_is_the_one_committed(language: str) -> None:
    answer = Client().get("/api/v1/schema/", headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert json.loads(answer.content) == committed(), "run 'make schema'"


def test_every_reference_leads_somewhere() -> None:
    text = SCHEMA.read_text()
    named = {part.split('"')[0] for part in text.split('"$ref": "#/components/schemas/')[1:]}
    assert named - set(committed()["components"]["schemas"]) == set()


def test_it_has_no_words_of_older_schemas() -> None:
    assert '"nullable"' not in SCHEMA.read_text()


def told_by(answer: Any, operation: str) -> Any:
    """The JSON of an answer, which is what the schema says of the operation's success."""
    content = operations()[operation]["responses"]["200"]["content"]
    schema = content["application/json"]["schema"]
    told, shared = answer.json(), {"components": committed()["components"]}
    wrong = Draft202012Validator({**schema, **shared}).iter_errors(told)
    assert [f"{each.json_path}: {each.message}" for each in wrong] == [], operation
    return told


def lists_open_to_all() -> list[tuple[str, str]]:
    """The operations that list what anybody may read, with their addresses."""
    return [
        (each["get"]["operationId"], address)
        for address, each in committed()["paths"].items()
        if "{" not in address
        and {} in each.get("get", {}).get("security", ())
        and "page_size" in str(each["get"])
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(("operation", "address"), lists_open_to_all())
def test_the_first_and_the_last_page_are_as_the_schema_says(operation: str, address: str) -> None:
    reader = Client()
    page = told_by(reader.get(f"{address}?page_size=1"), operation)
    assert page["previous"] is None
    while page["next"]:
        answer = reader.get(re.sub(r"page_size=1$", "page_size=200", page["next"]))
        page = answer.json()
        if page["next"] is None:
            assert told_by(answer, operation)["previous"]


@pytest.mark.django_db
def test_pages_of_ones_own_are_as_the_schema_says() -> None:
    system = System()
    assert told_by(system.get("/api/v1/webhooks/"), "webhooks_list")["results"] == []
    for name in ("a", "b"):
        system.send("post", "", {"url": f"https://{name}.example/", "events": EVENTS})
    first = told_by(system.get("/api/v1/webhooks/?page_size=1"), "webhooks_list")
    last = told_by(system.get(first["next"]), "webhooks_list")
    assert [first["previous"], bool(last["previous"]), last["next"]] == [None, True, None]


def operations() -> dict[str, Any]:
    """The operations by their names."""
    paths = committed()["paths"].values()
    return {each["operationId"]: each for path in paths for each in path.values()}


def headers(operation: str, status: int) -> set[str]:
    """The headers of an answer, but for those that only some answers have."""
    responses = operations()[operation]["responses"]
    told = responses.get(str(status)) or responses["default"]
    sometimes = {"Idempotency-Replayed"} | ({"Retry-After"} if status != 429 else set())
    return set(told["headers"]) - sometimes


@pytest.mark.django_db
def test_answers_have_the_headers_that_the_schema_tells(settings: Any) -> None:
    rates = {"read": "100/day", "match": "1/day", "call": "1/day"}
    settings.API_RATES = settings.API_CLIENT_RATES = rates
    known, system, reader = set(committed()["components"]["headers"]), System(), Client()
    made = system.send("post", "", {"url": "https://a.example/", "events": EVENTS})
    own = f"/api/v1/webhooks/{made.json()['id']}/"
    park = "/api/v1/industrial-parks/long-duc/"
    etag = reader.get(park).headers["ETag"]
    question = {"profile": {"sector": "machinery"}, "robustness": False}

    def match() -> Any:
        return reader.post("/api/v1/matches/", question, content_type="application/json")

    answers = {
        ("webhooks_create", 201): made,
        ("webhooks_read", 200): system.get(own),
        ("webhooks_rotate", 200): system.send("post", f"{own}rotate/"),
        ("webhooks_test", 202): system.send("post", f"{own}test/"),
        ("webhooks_change", 200): system.changes(made.json()["id"], active=False),
        ("webhooks_change", 428): system.send("patch", own, {"active": True}),
        ("webhooks_list", 200): system.get("/api/v1/webhooks/"),
        ("webhooks_remove", 204): system.send("delete", own),
        ("provinces_list", 200): reader.get("/api/v1/provinces/"),
        ("industrial_parks_retrieve", 304): reader.get(park, headers={"If-None-Match": etag}),
        ("industrial_parks_retrieve", 404): reader.get("/api/v1/industrial-parks/none/"),
        ("dumps_list", 200): reader.get("/api/v1/dumps/"),
        ("matches_create", 200): match(),
        ("matches_create", 429): match(),
    }
    for (operation, status), answer in answers.items():
        assert answer.status_code == status, operation
        assert known & set(answer.headers) == headers(operation, status), operation


def test_every_operation_says_in_a_line_what_it_does() -> None:
    summaries = {name: each["summary"] for name, each in operations().items()}
    assert len(set(summaries.values())) == len(summaries)
    assert summaries["industrial_parks_list"] == "Industrial parks: a page of records"
    assert summaries["match_jobs_retrieve"] == "Match jobs: how far a match job is"


def links(operation: str) -> dict[str, Any]:
    """Where an operation's success leads, with the parameters."""
    responses = operations()[operation]["responses"]
    return {
        name: link["parameters"]
        for told in responses.values()
        for name, link in told.get("links", {}).items()
    }


def test_links_lead_from_what_was_made_or_listed_to_what_can_be_done_with_it() -> None:
    key, etag = {"key": "$response.body#/id"}, {"If-Match": "$response.header.ETag"}
    assert links("profiles_create") == {
        "profiles_read": key,
        "profiles_change": {**key, **etag},
        "profiles_delete": {**key, **etag},
        "profiles_matches_list": key,
        "profiles_matches_create": key,
    }
    asked = {"key": "$request.path.key"}
    assert links("profiles_read") == {
        "profiles_change": {**asked, **etag},
        "profiles_delete": {**asked, **etag},
    }
    assert links("sectors_list") == {"sectors_retrieve": {"slug": "$response.body#/results/0/slug"}}
    assert links("webhook_deliveries_list") == {
        "webhook_deliveries_resend": {
            "webhook": "$request.path.webhook",
            "delivery": "$response.body#/results/0/id",
        }
    }


def test_every_link_leads_to_an_operation_that_takes_its_parameters() -> None:
    known = operations()
    for name in known:
        for target, parameters in links(name).items():
            taken = {each["name"] for each in known[target].get("parameters", [])}
            assert parameters.keys() <= taken, (name, target)
