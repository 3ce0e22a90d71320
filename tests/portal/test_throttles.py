"""Limits are told before they are met, and a reader over the limit is told when to come back."""

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.portal.job_api")]


@pytest.fixture(autouse=True)
def rates(settings: object) -> None:
    cache.clear()
    settings.API_RATES = {"read": "2/minute", "match": "1/hour"}  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def clock() -> object:
    with time_machine.travel("2026-11-21T10:00:20Z", tick=False) as traveller:
        yield traveller


def limits(client: Client, **extra: str) -> tuple[int, str | None, str | None, str | None]:
    response = client.get("/api/v1/jobs/", **extra)
    told = ("RateLimit-Policy", "RateLimit", "Retry-After")
    return response.status_code, *(response.headers.get(name) for name in told)


def test_reader_over_the_limit_waits_for_the_next_window(
    client: Client, clock: time_machine.Traveller
) -> None:
    policy = '"read";q=2;w=60'
    assert limits(client) == (200, policy, '"read";r=1;t=40', None)
    assert limits(client) == (200, policy, '"read";r=0;t=40', None)
    assert limits(client) == (429, policy, '"read";r=0;t=40', "40")
    clock.shift(40)
    assert limits(client) == (200, policy, '"read";r=1;t=60', None)


def test_refusal_is_a_problem(client: Client) -> None:
    for _each in range(2):
        client.get("/api/v1/jobs/")
    response = client.get("/api/v1/jobs/?lang=en")
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json() == {
        "type": "about:blank",
        "title": "Too many requests",
        "status": 429,
        "detail": "Too many requests; please try again in 40 seconds.",
        "errors": [],
    }


def test_readers_and_scopes_are_counted_apart(client: Client) -> None:
    for _each in range(3):
        client.get("/api/v1/jobs/")
    assert client.post("/api/v1/echo/", {}, "application/json").status_code == 400
    assert limits(client, REMOTE_ADDR="203.0.113.9")[0] == 200


def test_addresses_of_one_ipv6_network_are_one_reader(client: Client) -> None:
    found = [limits(client, REMOTE_ADDR=f"2001:db8::{n}")[0] for n in range(3)]
    assert found == [200, 200, 429]
    assert limits(client, REMOTE_ADDR="2001:db8:0:1::1")[0] == 200


def test_forwarded_address_counts_behind_a_proxy_only(client: Client) -> None:
    found = [limits(client, HTTP_X_FORWARDED_FOR=f"203.0.113.{n}")[0] for n in range(3)]
    assert found == [200, 200, 429]
