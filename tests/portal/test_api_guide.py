"""The guide of the API: its commands work as they stand in it."""

import os
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer
from standardwebhooks import Webhook

from localities.models import Changeset
from matching.batch.results import HEAD
from matching.models import MatchJob
from matching.ranking_table import PLACE
from portal import settings as defaults
from portal.accounts import clients
from tests.localities.people import member, organisation

GUIDE = Path("docs/api.md")
SECRET = "whsec_" + "c2VjcmV0" * 4


def blocks(language: str) -> list[str]:
    """The code of one language, in the guide's order."""
    return re.findall(rf"```{language}\n(.*?)```", GUIDE.read_text(), re.DOTALL)


def test_the_commands_work_one_after_the_other(live_server: LiveServer, tmp_path: Path) -> None:
    osaka = organisation("osaka")
    scopes = ["match", "match:batch", "changeset:propose", "webhook"]
    client, secret = clients.make(member("head", "administrator", osaka), osaka, "CRM", scopes)
    names = {"CLIENT_ID": client.client_id, "CLIENT_SECRET": secret}
    address, *_others = blocks("text")
    where = address.replace("https://portal.example", live_server.url)
    script = "\n".join(["set -euo pipefail", where, *blocks("sh")])
    ran = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env={**os.environ, **names, "no_proxy": "*"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert re.search(r"^1 .+ [0-9.]+ \[[0-9.]+, [0-9.]+\]$", ran.stdout, re.MULTILINE)
    assert {"34 provinces", "304"} <= set(ran.stdout.splitlines())
    assert '"slug":"fabricated-metal"' in ran.stdout
    assert [(one.state, one.client) for one in Changeset.objects.exclude(client=None)] == [
        ("proposed", client)
    ]
    job = MatchJob.objects.get()  # of the CSV; the other one was deleted
    assert (job.rows_total, job.limit) == (2, 2)


def test_a_csv_has_the_columns_that_the_guide_names() -> None:
    names = re.findall(r"`(\w+)_1`", GUIDE.read_text())
    assert tuple(names) == PLACE
    assert [name for name in HEAD if f"`{name}`" not in GUIDE.read_text()] == []


def test_the_rates_are_those_of_the_settings() -> None:
    rows = re.findall(
        r"^\| [^|]+ \| `(\w+)` \| (\S*) ?\| (\S*) ?\|$", GUIDE.read_text(), re.MULTILINE
    )
    told = {name: (anybody, client) for name, anybody, client in rows}
    anybody, clients_own = defaults.API_RATES, defaults.API_CLIENT_RATES
    assert told.keys() == anybody.keys() | clients_own.keys()
    for name, (rate, clients_rate) in told.items():
        assert rate in ("", anybody.get(name))
        assert clients_rate in ("", clients_own.get(name))
        assert rate or clients_rate
    assert told["read"] == (anybody["read"], clients_own["read"])
    assert told["match"] == (anybody["match"], clients_own["match"])


@pytest.mark.django_db
def test_the_docs_page_leads_to_the_guide_and_the_change_log() -> None:
    reader, page = Client(), Client().get("/api/v1/docs/").content.decode()
    for name in ("guide", "changes"):
        assert f'href="/api/v1/docs/{name}/"' in page
        answer = reader.get(f"/api/v1/docs/{name}/")
        assert (answer.status_code, answer.headers["Content-Type"]) == (
            200,
            "text/plain; charset=utf-8",
        )


@pytest.mark.django_db
def test_the_served_documents_are_those_of_the_repository_with_links_that_lead_on() -> None:
    reader, root = Client(), "http://testserver/api/v1"
    links = {
        "](openapi.json)": f"]({root}/schema/)",
        "](api-changes.md)": f"]({root}/docs/changes/)",
        "](api.md#versions-and-deprecation)": f"]({root}/docs/guide/#versions-and-deprecation)",
        "[matching.md](matching.md)": "matching.md",
        "[data-model.md](data-model.md)": "data-model.md",
    }
    for name, document in {"guide": GUIDE, "changes": Path("docs/api-changes.md")}.items():
        wanted = document.read_text()
        for link, served in links.items():
            wanted = wanted.replace(link, served)
        text = reader.get(f"/api/v1/docs/{name}/").content.decode()
        assert text == wanted
        for address in re.findall(r"\]\(([^)#]+)", text):
            if address.startswith(root):
                assert reader.get(address).status_code == 200
            else:
                assert address.startswith("https://")


def test_the_check_of_a_signature_tells_genuine_messages_from_others() -> None:
    [code] = blocks("python")
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 - the guide's own lines
    now, body = datetime.now(UTC), b'{"type": "catalogue.changed"}'
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": "v1,AAAA " + Webhook(SECRET).sign("msg_1", now, body.decode()),
    }
    old = {**headers, "webhook-timestamp": "1700000000"}
    assert [
        names["is_genuine"](SECRET, headers, body),
        names["is_genuine"](SECRET, headers, body + b" "),
        names["is_genuine"]("whsec_" + "b3RoZXI=" * 4, headers, body),
        names["is_genuine"](SECRET, old, body),
    ] == [True, False, False, False]
