"""What a webhook is sent is what the schema and the guide say of it."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from localities.curation.apply import apply
from portal.webhooks.models import TEST
from tests.localities.people import member, organisation
from tests.portal.answering import Answering
from tests.portal.test_api_guide import blocks
from tests.portal.test_webhooks import EVENTS, System, proposed
from tests.portal.working import deliver

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_jobs")]

SCHEMA = json.loads(Path("docs/openapi.json").read_text())
ALL = {*EVENTS, TEST}


def described() -> dict[str, Any]:
    """The body of each webhook's request in the schema."""
    return {
        event: operations["post"]["requestBody"]["content"]["application/json"]
        for event, operations in SCHEMA["webhooks"].items()
    }


def examples() -> dict[str, Any]:
    """The example of each message in the schema."""
    return {
        event: example["value"]
        for event, body in described().items()
        for example in body["examples"].values()
    }


def names(value: Any) -> Any:
    """The names of members, however deep."""
    return {name: names(each) for name, each in value.items()} if isinstance(value, dict) else None


@pytest.fixture
def sent(receiver: Answering, settings: Any) -> dict[str, Any]:
    """One message of each kind, as it came."""
    settings.SITE = "https://portal.example"
    system = System("osaka", "webhook match:batch")
    made = system.listens(f"{receiver.address}/hook")
    system.send("post", f"{made['id']}/test/")
    apply(proposed(), reviewer=member("reviewer", "reviewer", organisation("osaka")))
    profiles = {"profiles": [{"profile": {"sector": "machinery"}}]}
    assert system.send("post", "/api/v1/match-jobs/", profiles).status_code == 202
    for _ in range(2):  # what the first finishes is told by the second
        deliver()
    return {body["type"]: body for body in map(json.loads, receiver.bodies)}


def test_messages_are_as_the_schema_says(sent: dict[str, Any]) -> None:
    assert set(sent) == set(described()) == ALL
    for event, body in described().items():
        schema = {**body["schema"], "components": SCHEMA["components"]}
        checker = Draft202012Validator.FORMAT_CHECKER
        Draft202012Validator(schema, format_checker=checker).validate(sent[event])
    assert {event: names(each) for event, each in sent.items()} == {
        event: names(each) for event, each in examples().items()
    }


def test_addresses_in_messages_are_whole(sent: dict[str, Any]) -> None:
    changed, decided, finished = (sent[event]["data"] for event in EVENTS)
    root = "https://portal.example/api/v1"
    assert changed["changes"] == f"{root}/changes/?since=1"
    assert decided["changeset"] == f"{root}/changesets/{decided['number']}/"
    assert finished["match_job"] == f"{root}/match-jobs/{finished['id']}/"


def test_the_guide_shows_each_message_of_the_schema() -> None:
    shown = [json.loads(block) for block in blocks("json")]
    messages = [each for each in shown if isinstance(each, dict) and each.get("type") in ALL]
    assert {each["type"]: each for each in messages} == examples()
