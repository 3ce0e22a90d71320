"""An API client that sends match jobs, for tests."""

import json
from base64 import b64encode
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from portal.accounts import clients
from portal.jobs.running import run_waiting
from portal.webhooks.models import Endpoint
from tests.localities.people import member, organisation

JOBS = "/api/v1/match-jobs/"
CSV, NDJSON = "text/csv", "application/x-ndjson"


class System:
    """A bank's system that has an access token."""

    def __init__(self, key: str = "bank", lang: str = "en", scope: str = "match:batch") -> None:
        own = organisation(key, "support-organisation")
        head = member(f"head-{key}", "administrator", own)
        client, secret = clients.make(head, own, "CRM", [scope])
        basic = b64encode(f"{client.client_id}:{secret}".encode()).decode()
        asked = Client().post(
            "/api/v1/oauth/token/",
            "grant_type=client_credentials",
            content_type="application/x-www-form-urlencoded",
            headers={"Authorization": f"Basic {basic}"},
        )
        token = asked.json()["access_token"]
        self.client = Client(headers={"Authorization": f"Bearer {token}", "Accept-Language": lang})

    def send(self, body: Any, content_type: str = "", query: str = "", **headers: str) -> Any:
        """Sends a CSV file, NDJSON, or anything else as JSON."""
        kind = content_type or "application/json"
        data = body if isinstance(body, str | bytes) else json.dumps(body)
        return self.client.post(JOBS + query, data, content_type=kind, headers=headers)

    def send_file(self, name: str, content: bytes, content_type: str, query: str = "") -> Any:
        """Sends a form with a file."""
        file = SimpleUploadedFile(name, content, content_type)
        return self.client.post(JOBS + query, {"file": file})

    def done(self, body: Any, content_type: str = "", query: str = "") -> dict[str, Any]:
        """Sends a job, lets a worker do it, and returns what is told of it then."""
        sent = self.send(body, content_type, query)
        assert sent.status_code == 202, sent.content
        run_waiting()
        told: dict[str, Any] = self.get(sent.headers["Location"]).json()
        return told

    def get(self, address: str, **headers: str) -> Any:
        return self.client.get(address, headers=headers)

    def delete(self, address: str) -> Any:
        return self.client.delete(address)

    def results(self, told: dict[str, Any], **headers: str) -> list[dict[str, Any]]:
        """The lines of the results."""
        return [json.loads(line) for line in self.text(told, **headers).splitlines()]

    def text(self, told: dict[str, Any], query: str = "", **headers: str) -> str:
        """The results as they are sent."""
        answer = self.get(told["results_url"] + query, **headers)
        assert answer.status_code == 200, answer.content
        return b"".join(answer.streaming_content).decode()


def lines(rows: list[Any]) -> str:
    """The rows as NDJSON."""
    return "".join(f"{json.dumps(row)}\n" for row in rows)


def listens(key: str) -> None:
    """An endpoint of an organisation, which nothing can be delivered to."""
    own = organisation(key)
    Endpoint.objects.create(
        organisation=own, url="https://nobody.invalid/", events=["match_job.finished"], salt="x"
    )
