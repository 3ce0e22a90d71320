"""API clients: made for an organisation, known by a secret, let in by an access token."""

from base64 import b64encode
from collections.abc import Collection
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client
from oauth2_provider.models import AccessToken

from portal.accounts import clients
from portal.accounts.models import ApiClient, User
from tests.localities.people import member, organisation

pytestmark = pytest.mark.django_db

TOKEN = "/api/v1/oauth/token/"
MATCHES = "/api/v1/matches/?lang=en"
READ = "/api/v1/sectors/?lang=en&page_size=1"
WRONG_CLIENT = {
    "error": "invalid_client",
    "error_description": "The client's id or secret is wrong, or the client was revoked.",
}
FORM = "application/x-www-form-urlencoded"
PROFILE = {"profile": {"sector": "fabricated-metal"}, "limit": 1, "robustness": False}


def head() -> User:
    """An administrator of Osaka."""
    known = User.objects.filter(email="head@example.org").first()
    return known or member("head", "administrator", organisation("osaka"))


def made(scopes: Collection[str] = ("match", "match:batch")) -> tuple[ApiClient, str]:
    """A client of Osaka, and its secret."""
    return clients.make(head(), organisation("osaka"), "CRM", scopes)


def ask(name: str, secret: str, **form: str) -> Any:
    """The answer of the token endpoint to name and secret."""
    basic = b64encode(f"{name}:{secret}".encode()).decode()
    body = urlencode({"grant_type": "client_credentials", **form})
    headers = {"Authorization": f"Basic {basic}"}
    return Client().post(TOKEN, body, content_type=FORM, headers=headers)


def token(client: ApiClient, secret: str, **form: str) -> str:
    """An access token for the secret."""
    answer = ask(client.client_id, secret, **form)
    assert answer.status_code == 200, answer.content
    return str(answer.json()["access_token"])


def bearing(access: str) -> dict[str, str]:
    """The header of requests with the token."""
    return {"Authorization": f"Bearer {access}"}


def read(access: str) -> int:
    """The status of an open address, asked with the token."""
    return Client().get(READ, headers=bearing(access)).status_code


def test_the_right_secret_gets_a_token() -> None:
    client, secret = made()
    answer = ask(client.client_id, secret)
    told = answer.json()
    assert told == {
        "access_token": told["access_token"],
        "expires_in": 3600,
        "token_type": "Bearer",
        "scope": "match match:batch",
    }
    assert answer.headers["Cache-Control"] == "no-store"
    kept = AccessToken.objects.get()
    assert (kept.token, kept.application_id) == ("", client.pk)
    assert read(told["access_token"]) == 200


def test_a_secret_in_the_form_gets_a_token_too() -> None:
    client, secret = made()
    form = {"client_id": client.client_id, "client_secret": secret}
    body = urlencode({"grant_type": "client_credentials", **form})
    assert Client().post(TOKEN, body, content_type=FORM).status_code == 200


@pytest.mark.parametrize(
    ("header", "name"),
    [("Basic !!!", None), ("Basic YQ==", None), ("Digest x", None), ("", "nobody"), ("", "a\0b")],
)
def test_who_cannot_be_read_or_is_unknown_gets_no_token(header: str, name: str | None) -> None:
    made()
    form = {"grant_type": "client_credentials"}
    if name is not None:
        form |= {"client_id": name, "client_secret": "x\0"}
    headers = {"Authorization": header} if header else {}
    answer = Client().post(TOKEN, urlencode(form), content_type=FORM, headers=headers)
    assert (answer.status_code, answer.json()) == (401, WRONG_CLIENT)


def test_a_wrong_secret_gets_none() -> None:
    client, _secret = made()
    answer = ask(client.client_id, "wrong")
    assert (answer.status_code, answer.json()) == (401, WRONG_CLIENT)
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="api", charset="UTF-8"'
    assert not AccessToken.objects.exists()


def test_the_secret_of_another_client_is_a_wrong_one() -> None:
    client, _secret = made()
    _other, others = clients.make(head(), organisation("osaka"), "Shop", ["match"])
    assert ask(client.client_id, others).status_code == 401


@pytest.mark.parametrize(
    "grant", ["password", "authorization_code", "refresh_token", "implicit", "", "x"]
)
def test_no_other_grant_is_known(grant: str) -> None:
    client, secret = made()
    answer = ask(client.client_id, secret, grant_type=grant, username="a", password="b", code="c")
    error = "unsupported_grant_type" if grant else "invalid_request"
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert answer.json()["error_description"]


def test_a_scope_that_the_client_has_not_is_refused() -> None:
    client, secret = made(["match"])
    answer = ask(client.client_id, secret, scope="match webhook")
    assert (answer.status_code, answer.json()) == (
        400,
        {
            "error": "invalid_scope",
            "error_description": "A scope is unknown, or is none of the client's.",
        },
    )


def test_a_body_that_is_no_form_is_a_415() -> None:
    answer = Client().post(TOKEN, {"grant_type": "client_credentials"}, "application/json")
    assert (answer.status_code, answer.headers["Content-Type"]) == (415, "application/problem+json")


def test_a_body_that_is_too_long_is_a_413() -> None:
    answer = Client().post(TOKEN, "a=" + "x" * 3_000_000, content_type=FORM)
    assert (answer.status_code, answer.headers["Content-Type"]) == (413, "application/problem+json")


def test_a_token_that_is_none_is_a_401_also_where_none_is_needed() -> None:
    answer = Client().get(READ, headers=bearing("none"))
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api", error="invalid_token"'
    assert answer.json() == {
        "type": "about:blank",
        "title": "Not signed in",
        "status": 401,
        "detail": "The access token is unknown, has expired or has been revoked.",
        "errors": [],
    }


def test_a_token_ends_after_an_hour() -> None:
    client, secret = made()
    with time_machine.travel("2026-11-22T10:00:00Z", tick=False) as clock:
        access = token(client, secret)
        clock.shift(3599)
        assert read(access) == 200
        clock.shift(2)
        assert read(access) == 401
        token(client, secret)
    assert AccessToken.objects.count() == 1


def test_a_rotated_secret_is_good_for_a_day_and_its_tokens_go_on() -> None:
    client, old = made()
    with time_machine.travel("2026-11-22T10:00:00Z", tick=False) as clock:
        access = token(client, old)
        new = clients.rotate(head(), client)
        assert read(access) == 200
        clock.shift(86_399)
        assert [ask(client.client_id, each).status_code for each in (old, new)] == [200, 200]
        clock.shift(2)
        assert [ask(client.client_id, each).status_code for each in (old, new)] == [401, 200]


def test_a_leaked_secret_ends_at_once_with_its_tokens() -> None:
    client, old = made()
    access = token(client, old)
    new = clients.rotate(head(), client, at_once=True)
    assert read(access) == 401
    assert [ask(client.client_id, each).status_code for each in (old, new)] == [401, 200]


def test_a_revoked_client_is_refused_at_once() -> None:
    client, secret = made()
    access = token(client, secret)
    clients.revoke(head(), client)
    assert (read(access), ask(client.client_id, secret).status_code) == (401, 401)


def test_a_client_of_an_inactive_organisation_is_refused_at_once() -> None:
    client, secret = made()
    access = token(client, secret)
    osaka = organisation("osaka")
    osaka.is_active = False
    osaka.save()
    assert (read(access), ask(client.client_id, secret).status_code) == (401, 401)


def test_a_token_does_what_its_scopes_name() -> None:
    client, secret = made()

    def match(access: str) -> Any:
        headers = bearing(access)
        return Client().post(MATCHES, PROFILE, "application/json", headers=headers)

    assert match(token(client, secret, scope="match")).status_code == 200
    answer = match(token(client, secret, scope="match:batch"))
    assert answer.status_code == 403
    assert answer.headers["WWW-Authenticate"] == (
        'Bearer realm="api", error="insufficient_scope", scope="match"'
    )
    assert answer.json()["detail"] == "This needs an access token with the scope match."


def test_a_scope_that_is_taken_from_the_client_is_missing_at_once() -> None:
    client, secret = made()
    access = token(client, secret)
    ApiClient.objects.filter(pk=client.pk).update(scopes=["match:batch"])
    answer = Client().post(MATCHES, PROFILE, "application/json", headers=bearing(access))
    assert answer.status_code == 403


def test_a_client_is_no_officer() -> None:
    client, secret = made(["match", "match:batch", "changeset:propose", "webhook"])
    access = token(client, secret)
    for address in ("/en/desk/", "/en/organisations/osaka/people/"):
        answer = Client().get(address, headers=bearing(access))
        assert (answer.status_code, "/login/" in answer.headers["Location"]) == (302, True)


def test_a_client_has_a_rate_of_its_own(settings: Any) -> None:
    settings.API_RATES = {"read": "1/minute"}
    settings.API_CLIENT_RATES = {"read": "2/minute"}
    client, secret = made()
    with time_machine.travel("2026-11-22T10:00:20Z", tick=False):
        access = token(client, secret)
        assert [Client().get(READ).status_code for _each in range(2)] == [200, 429]
        assert [read(access) for _each in range(3)] == [200, 200, 429]
        other = Client().get(READ, headers=bearing(access), REMOTE_ADDR="203.0.113.9")
    assert other.status_code == 429
    assert other.headers["RateLimit-Policy"] == '"read";q=2;w=60'
    assert other.headers["RateLimit"] == '"read";r=0;t=40'
    assert other.headers["Retry-After"] == "40"


def test_wrong_tokens_count_against_the_address(settings: Any) -> None:
    settings.API_RATES = {"read": "2/minute"}
    with time_machine.travel("2026-11-22T10:00:20Z", tick=False):
        assert [read("none") for _each in range(3)] == [401, 401, 429]


def test_guessing_secrets_has_a_limit(settings: Any) -> None:
    settings.API_RATES = {"token": "2/minute"}
    client, _secret = made()
    with time_machine.travel("2026-11-22T10:00:20Z", tick=False):
        found = [ask(client.client_id, "wrong").status_code for _each in range(3)]
    assert found == [401, 401, 429]
