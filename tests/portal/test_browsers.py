"""Pages of other sites ask the API from a browser, as anybody."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db

ORIGIN = {"Origin": "https://prefecture.example"}
SHOWN = (
    "Content-Language, Link, Catalogue-Version, X-Request-ID, RateLimit-Policy, RateLimit, ETag, "
    "Location, Retry-After, Idempotency-Replayed"
)


@pytest.mark.parametrize(
    ("path", "status"),
    [("provinces/dong-nai/", 200), ("provinces/none/", 404), ("profiles/", 401)],
)
def test_every_origin_may_read_answers_and_refusals(path: str, status: int) -> None:
    answer = Client().get(f"/api/v1/{path}", headers=ORIGIN)
    assert answer.status_code == status
    told = {name: answer.headers[name] for name in answer.headers if name.startswith("Access-")}
    assert told == {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": SHOWN,
    }


def test_a_browser_is_let_post_a_match_without_a_token() -> None:
    asked = {"Access-Control-Request-Method": "POST", **ORIGIN}
    answer = Client().options("/api/v1/matches/", headers=asked)
    assert (answer.status_code, answer.content) == (204, b"")
    told = {name: answer.headers[name] for name in answer.headers if name.startswith("Access-")}
    assert told == {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": "GET, HEAD, POST",
        "Access-Control-Allow-Headers": (
            "Accept-Language, Content-Type, If-None-Match, X-Request-ID"
        ),
        "Access-Control-Max-Age": "86400",
    }


def test_pages_of_the_portal_are_for_itself() -> None:
    assert "Access-Control-Allow-Origin" not in Client().get("/en/about/", headers=ORIGIN).headers


def test_options_alone_stays_a_method_that_there_is_none_of() -> None:
    assert Client().options("/api/v1/matches/").status_code == 405
