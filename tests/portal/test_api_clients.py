"""API clients: made for an organisation, known by a secret, let in by an access token."""

from base64 import b64encode
from collections.abc import Collection
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from oauth2_provider.models import AccessToken

from portal.accounts import clients
from portal.accounts.models import ApiClient
from tests.localities.people import member, organisation

pytestmark = pytest.mark.django_db

TOKEN = "/api/v1/oauth/token/"
FORM = "application/x-www-form-urlencoded"


def made(scopes: Collection[str] = ("match", "match:batch")) -> tuple[ApiClient, str]:
    """A client of Osaka, and its secret."""
    osaka = organisation("osaka")
    return clients.make(member("head", "administrator", osaka), osaka, "CRM", scopes)


def ask(name: str, secret: str, **form: str) -> Any:
    """The answer of the token endpoint to name and secret."""
    basic = b64encode(f"{name}:{secret}".encode()).decode()
    body = urlencode({"grant_type": "client_credentials", **form})
    headers = {"Authorization": f"Basic {basic}"}
    return Client().post(TOKEN, body, content_type=FORM, headers=headers)


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


def test_a_wrong_secret_gets_none() -> None:
    client, _secret = made()
    answer = ask(client.client_id, "wrong")
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="api", charset="UTF-8"'
    assert not AccessToken.objects.exists()
