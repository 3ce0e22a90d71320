"""The portal's door, its health and its refusals, from outside."""

import re
from typing import Any

import pytest
from django.test import Client

from localities.models import Catalogue

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("wish", "home"),
    [
        ("", "/ja/"),
        ("vi-VN,en;q=0.5", "/vi/"),
        ("fr", "/ja/"),
        ("en-US", "/en/"),
        ("en;q=0", "/ja/"),
        ("ja;q=0, *", "/en/"),
    ],
)
def test_door_leads_to_the_readers_language(client: Client, wish: str, home: str) -> None:
    response = client.get("/", headers={"Accept-Language": wish})
    assert (response.status_code, response.headers["Location"]) == (302, home)
    assert set(response.headers["Vary"].split(", ")) == {"Accept-Language", "Cookie"}


def test_living_portal_says_its_release(client: Client) -> None:
    assert client.get("/health/live/").json() == {"status": "ok", "release": "0.2.0"}


def test_portal_with_a_catalogue_is_ready(client: Client) -> None:
    Catalogue.objects.update_or_create(id=1, defaults={"version": 3})
    response = client.get("/health/")
    assert response.status_code == 200
    assert response.json() == {
        "status": "ok",
        "release": "0.2.0",
        "checks": {
            "database": {"ok": True},
            "migrations": {"ok": True, "pending": 0},
            "catalogue": {"ok": True, "version": 3},
        },
    }


def test_portal_without_a_catalogue_is_not_ready(client: Client) -> None:
    Catalogue.objects.update(version=0)
    response = client.get("/health/ready/")
    assert response.status_code == 503
    assert response.json()["checks"]["catalogue"] == {"ok": False, "version": 0}


@pytest.mark.parametrize(
    "path",
    ["/ja/none\0/", "/ja/?q=%00", "/?x=a%00b", "/en/?" + "&".join(["a=1"] * 501)],
    ids=["path", "query", "root", "too-many"],
)
def test_page_request_that_cannot_be_read_is_refused(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 400
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]


def test_a_form_with_too_much_text_is_a_413(client: Client) -> None:
    text = "a=" + "x" * 2_500_000
    form = "application/x-www-form-urlencoded"
    client.get("/en/account/login/")
    token = client.cookies["csrftoken"].value
    strict = Client(enforce_csrf_checks=True, headers={"Cookie": f"csrftoken={token}"})
    answer = strict.post("/en/account/login/", text, form)
    lead = re.findall(r'<p class="lead">(.*?)</p>', answer.content.decode())
    assert (answer.status_code, lead) == (
        413,
        ["The form holds more text than the portal takes."],
    )


def test_page_names_the_parameter_that_holds_a_nul(client: Client) -> None:
    html = client.get("/en/matching/?sector=%00&what=a").content.decode()
    assert re.findall(r"The part “(.*?)” of the address holds a NUL character", html) == ["sector"]
    assert "%00" not in html


def test_cookie_with_a_nul_is_refused(client: Client) -> None:
    response = client.get("/ja/", headers={"Cookie": 'sessionid="abcdefgh\\000"'})
    assert response.status_code == 400


@pytest.mark.parametrize("given", ["", "with space", "a" * 101, "é"])
def test_request_gets_an_id_where_it_has_no_good_one(client: Client, given: str) -> None:
    answers = [client.get("/health/live/", headers={"X-Request-ID": given}) for _each in "ab"]
    ids = [answer.headers["X-Request-ID"] for answer in answers]
    assert all(len(each) == 32 and each.isalnum() for each in ids)
    assert ids[0] != ids[1]


def test_request_keeps_its_id(client: Client) -> None:
    response = client.get("/health/live/", headers={"X-Request-ID": "a-b_c.1"})
    assert response.headers["X-Request-ID"] == "a-b_c.1"


def test_answers_carry_the_headers_that_keep_browsers_safe(client: Client) -> None:
    headers: Any = client.get("/health/live/").headers
    assert set(headers["Content-Security-Policy"].split("; ")) == {
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    }
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
