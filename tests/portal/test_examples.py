"""The examples of the schema: the portal takes every body, and answers as every answer says."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import jsonschema
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import MULTIPART_CONTENT

from portal.accounts import clients
from portal.accounts.models import Scope
from tests.localities.people import member, officer, organisation, signed_in
from tests.portal.test_schema import committed, operations

FORM = "application/x-www-form-urlencoded"
Scene = tuple[Client, dict[str, Any], dict[str, str]]  # who asks, where, with which headers


@dataclass
class World:
    """Who may send examples, and what they are about."""

    basic: str
    system: Client
    editor: Client
    reviewer: Client

    def of_system(self) -> Scene:
        """An API client."""
        return self.system, {}, {}

    def of_person(self) -> Scene:
        """Somebody who is signed in."""
        return self.editor, {}, {}

    def of_anybody(self) -> Scene:
        """Name and secret of a client beside what is sent."""
        return Client(), {}, {"Authorization": f"Basic {self.basic}"}

    def of_webhook(self) -> Scene:
        """A webhook that there is."""
        made = self.post(self.system, "webhooks_create")
        return self.system, {"webhook": made.json()["id"]}, {"If-Match": made.headers["ETag"]}

    def of_profile(self) -> Scene:
        """A profile that is kept."""
        made = self.post(self.editor, "profiles_create")
        return self.editor, {"key": made.json()["id"]}, {"If-Match": made.headers["ETag"]}

    def of_draft(self) -> Scene:
        """A draft, with its editor."""
        made = self.post(self.editor, "changesets_create")
        return self.editor, {"number": made.json()["number"]}, {"If-Match": made.headers["ETag"]}

    def of_proposed(self) -> Scene:
        """A changeset that waits, with who may decide on it."""
        return self.after(self.of_draft(), "changesets_propose")

    def of_returned(self) -> Scene:
        """A changeset that was sent back, with a colleague of its author."""
        return self.after(self.of_proposed(), "changesets_return")

    def of_applied(self) -> Scene:
        """A changeset that is in the catalogue."""
        return self.after(self.of_proposed(), "changesets_apply")

    def after(self, scene: Scene, operation: str) -> Scene:
        """What a step leads to, for the reviewer."""
        client, where, headers = scene
        taken = self.post(client, operation, where, headers)
        return self.reviewer, where, {"If-Match": taken.headers["ETag"]}

    @staticmethod
    def post(
        client: Client,
        operation: str,
        where: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Any:
        """The answer to the first example of an operation."""
        told = operations()[operation]
        kind, [example, *_others] = next(iter(bodies(told).items()))
        answer = send(client, "post", address(operation, where or {}), kind, example, headers or {})
        assert answer.status_code < 300, answer.content
        return answer


SCENES: dict[str, Callable[[World], Scene]] = {
    "matches_create": World.of_system,
    "match_jobs_create": World.of_system,
    "webhooks_create": World.of_system,
    "webhooks_change": World.of_webhook,
    "oauth_token": World.of_anybody,
    "profiles_create": World.of_person,
    "profiles_change": World.of_profile,
    "changesets_create": World.of_person,
    "changesets_change": World.of_draft,
    "changesets_propose": World.of_draft,
    "changesets_withdraw": World.of_draft,
    "changesets_take_over": World.of_returned,
    "changesets_apply": World.of_proposed,
    "changesets_return": World.of_proposed,
    "changesets_reject": World.of_proposed,
    "changesets_revert": World.of_applied,
}


@pytest.fixture
def world(db: None) -> World:
    osaka = organisation("osaka", curates="dong-nai")
    head = member("head", "administrator", osaka)
    client, secret = clients.make(head, osaka, "CRM", [str(scope) for scope in Scope])
    basic = b64encode(f"{client.client_id}:{secret}".encode()).decode()
    form, headers = "grant_type=client_credentials", {"Authorization": f"Basic {basic}"}
    told = Client().post("/api/v1/oauth/token/", form, FORM, headers=headers)
    return World(
        basic,
        Client(headers={"Authorization": f"Bearer {told.json()['access_token']}"}),
        signed_in(officer("editor", "editor", "osaka")),
        signed_in(officer("reviewer", "reviewer", "osaka")),
    )


def bodies(operation: dict[str, Any]) -> dict[str, list[Any]]:
    """By content type, the examples of what an operation takes."""
    content = operation.get("requestBody", {}).get("content", {})
    return {kind: values_of(told) for kind, told in content.items()}


def values_of(content: dict[str, Any]) -> list[Any]:
    """The examples of one content type."""
    return [example["value"] for example in content.get("examples", {}).values()]


def address(operation: str, where: dict[str, Any]) -> str:
    """The address of an operation."""
    for path, found in committed()["paths"].items():
        if operation in [each["operationId"] for each in found.values()]:
            return path.format(**where)
    raise LookupError(operation)


def send(
    client: Client, method: str, path: str, kind: str, body: Any, headers: dict[str, str]
) -> Any:
    """The answer to a body of a content type."""
    if kind == FORM:
        body = urlencode(body)
    if kind == "multipart/form-data":
        file = SimpleUploadedFile("profiles.csv", body["file"].encode(), "text/csv")
        return client.post(path, {"file": file}, MULTIPART_CONTENT, headers=headers)
    return getattr(client, method)(path, body, kind, headers=headers)


def test_every_body_has_an_example() -> None:
    taking = {name: bodies(each) for name, each in operations().items() if "requestBody" in each}
    assert [(name, kind) for name, each in taking.items() for kind in each if not each[kind]] == []
    assert taking.keys() == SCENES.keys()


@pytest.mark.parametrize("operation", sorted(SCENES))
def test_the_portal_takes_every_example(world: World, operation: str) -> None:
    told = operations()[operation]
    path = next(each for each in committed()["paths"].values() if told in each.values())
    method = next(method for method, each in path.items() if each == told)
    [success] = [int(status) for status in told["responses"] if status.startswith("2")]
    for kind, examples in bodies(told).items():
        for example in examples:
            client, where, headers = SCENES[operation](world)
            answer = send(client, method, address(operation, where), kind, example, headers)
            assert answer.status_code == success, answer.content


def test_every_example_of_an_answer_is_as_the_schema_says() -> None:
    schema = committed()
    seen = 0
    for operation in operations().values():
        for answer in operation["responses"].values():
            for told in answer.get("content", {}).values():
                for example in values_of(told):
                    rules = {**told["schema"], "components": schema["components"]}
                    jsonschema.validate(example, rules)
                    seen += 1
    assert seen >= 12
