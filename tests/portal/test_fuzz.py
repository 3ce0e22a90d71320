"""Schemathesis along the committed schema against a live server: every check, by both ways in.

FUZZ_EXAMPLES asks for a long run (`make fuzz`): so many examples of each operation, other ones
each time. Without it the run is the same each time.
"""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.core.servers.basehttp import WSGIRequestHandler
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from matching import profiles
from portal import outbound
from portal.accounts import clients
from portal.accounts.models import Scope
from portal.webhooks import endpoints
from tests.localities.people import member, officer, organisation, signed_in

HERE = Path(__file__).parent
EXAMPLES = os.environ.get("FUZZ_EXAMPLES")
# How many examples the bounded run takes: chains of steps along links need more than single ones.
BOUNDED = {"examples,coverage,fuzzing": 5, "stateful": 40}
PLENTY = 1_000_000
FOR_PEOPLE = "/(profiles|apply|return|reject|revert)/"


@pytest.fixture(autouse=True)
def _a_room_without_walls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody outside is called; what a person or an organisation may keep has no bound here."""

    def away(*args: object, **kwargs: object) -> None:
        raise outbound.Unreachable("Nobody is there.")

    monkeypatch.setattr(outbound, "send", away)
    monkeypatch.setattr(endpoints, "MOST_ENDPOINTS", PLENTY)
    monkeypatch.setattr(profiles, "MOST", PLENTY)
    monkeypatch.setattr(profiles, "MOST_MATCHES", PLENTY)
    monkeypatch.setattr(WSGIRequestHandler, "disable_nagle_algorithm", True)


def attack(url: str, folder: Path, *options: str) -> None:
    """Fails with what Schemathesis tells where it finds anything."""
    for phases, count in BOUNDED.items():
        amount = [f"--max-examples={EXAMPLES or count}"]
        same = [] if EXAMPLES else ["--generation-deterministic"]
        run(url, folder, f"--phases={phases}", *amount, *same, *options)


def run(url: str, folder: Path, *options: str) -> None:
    """One run."""
    ran = subprocess.run(
        [
            Path(sys.executable).parent / "schemathesis",
            f"--config-file={HERE / 'schemathesis.toml'}",
            "run",
            settings.BASE_DIR / "docs" / "openapi.json",
            f"--url={url}",
            "--checks=all",
            *options,
        ],
        cwd=folder,
        env={**os.environ, "no_proxy": "*", "PYTHONPATH": str(settings.BASE_DIR)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout


def test_an_api_client_finds_no_fault(live_server: LiveServer, tmp_path: Path) -> None:
    osaka = organisation("osaka", curates="dong-nai")
    head = member("head", "administrator", osaka)
    client, secret = clients.make(head, osaka, "CRM", [str(scope) for scope in Scope])
    asked = {"client_id": client.client_id, "client_secret": secret}
    form = urlencode({"grant_type": "client_credentials", **asked})
    told = Client().post("/api/v1/oauth/token/", form, "application/x-www-form-urlencoded")
    bearer = f"Authorization: Bearer {told.json()['access_token']}"
    attack(
        live_server.url,
        tmp_path,
        "-H",
        bearer,
        f"--exclude-path-regex={FOR_PEOPLE}",
    )


def test_an_officer_finds_no_fault(live_server: LiveServer, tmp_path: Path) -> None:
    token = "a" * 32
    client = signed_in(officer("head", "administrator", "osaka", curates="dong-nai"))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    attack(
        live_server.url,
        tmp_path,
        "-H",
        f"Cookie: sessionid={session}; csrftoken={token}",
        "-H",
        f"X-CSRFToken: {token}",
        "--include-path-regex=/(profiles|changesets)/",
    )
