"""The portal's own address: where it is named, and who says so when it is missing."""

import subprocess
import sys
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from portal import env


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("https://portal.example", "https://portal.example"),
        ("https://portal.example/", "https://portal.example"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("", "http://default.example"),
    ],
)
def test_a_site_is_an_address_without_a_path(
    given: str, read: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITE", given)
    assert env.site("SITE", "http://default.example") == read


@pytest.mark.parametrize(
    "given",
    ["portal.example", "ftp://portal.example", "https://", "https://a.example/b", "https://a?b"],
)
def test_what_is_no_site_stops_the_start(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE", given)
    with pytest.raises(ImproperlyConfigured, match=r"SITE is .*https://portal\.example is needed"):
        env.site("SITE", "http://default.example")


def test_the_embedded_portal_is_where_it_listens() -> None:
    code = "from django.conf import settings; print(settings.SITE)"
    environment = {"HOST": "127.0.0.2", "PORT": "8123", "DJANGO_SETTINGS_MODULE": "portal.settings"}
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert ran.stdout == "http://127.0.0.2:8123\n"


@pytest.mark.parametrize(
    ("https", "site", "said"),
    [
        (True, "http://127.0.0.1:8000", ["portal.W001"]),
        (True, "https://portal.example", []),
        (False, "http://127.0.0.1:8000", []),
    ],
)
def test_a_site_that_was_forgotten_is_told_before_it_serves(
    https: bool, site: str, said: list[str], settings: Any
) -> None:
    settings.HTTPS, settings.SITE = https, site
    found = run_checks(tags=["security"], include_deployment_checks=True)
    assert [each.id for each in found if each.id == "portal.W001"] == said


@pytest.mark.django_db
def test_the_first_invitation_leads_to_the_site(
    django_capture_on_commit_callbacks: Any,
) -> None:
    call = ["found_operator", "--email", "chief@example.org", "--language", "en"]
    with django_capture_on_commit_callbacks(execute=True):
        call_command(*call, stdout=StringIO())
    assert "http://127.0.0.1:8000/en/invitations/" in str(mail.outbox[0].body)
