"""What the API answers with is JSON to the letter, and the same as the framework's own."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils.translation import gettext_lazy
from rest_framework.renderers import JSONRenderer

from portal.jobs.models import Job
from tests.portal.job_api import ToldView

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.portal.job_api")]
AT = datetime(2026, 11, 20, 10, 15, 0, 123456, UTC)


@pytest.fixture(autouse=True)
def _told() -> Iterator[None]:
    yield
    ToldView.told = None


def answer(client: Client, told: Any, **headers: str) -> Any:
    ToldView.told = told
    return client.get("/api/v1/told/", headers={"Accept-Language": "en", **headers})


def test_what_is_told_arrives_unchanged(client: Client) -> None:
    response = answer(client, {"a": [0.1, -0.0, 1e-7, 123456789012345680.0, 2**63, None, True]})
    assert response.content == (
        b'{"a":[0.1,-0.0,1e-7,1.2345678901234568e+17,9223372036854775808,null,true]}'
    )
    assert response.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "told",
    [
        {"at": AT, "day": date(2026, 11, 20), "size": Decimal("1.50"), "id": UUID(int=7)},
        [AT.replace(tzinfo=None), Job.State.DONE, gettext_lazy("Waiting"), (1, 2)],
        {"line\u2028separator\u2029": "ドンナイ省 Đồng Nai 😀", 7: "a key that is a number"},
        {"beyond 64 bits": 2**70},
        json.loads("[" * 300 + "]" * 300),
        [],
        "",
    ],
)
def test_it_is_what_the_framework_would_tell(client: Client, told: Any) -> None:
    assert answer(client, told).json() == json.loads(JSONRenderer().render(told))


def test_reader_may_ask_for_an_indent(client: Client) -> None:
    assert (
        answer(client, {"a": 1}, Accept="application/json; indent=2").content == b'{\n  "a": 1\n}'
    )


@pytest.mark.parametrize("number", ["nan", "inf", "-inf"])
def test_number_that_is_none_is_never_told_as_unknown(client: Client, number: str) -> None:
    client.raise_request_exception = False
    response = answer(client, {"results": [{"fit": float(number)}]})
    assert (response.status_code, response.json()["title"]) == (500, "Server error")
