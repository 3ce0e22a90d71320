"""A request with an Idempotency-Key has one effect and one answer, however often it comes."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone
from rest_framework.exceptions import NotFound, Throttled

from portal.accounts.models import User
from portal.api.idempotency import purge
from portal.api.models import KeptAnswer
from portal.api.problems import FaultyState
from portal.api.tasks import ask_for_purge
from portal.jobs.models import Job
from portal.jobs.running import run_waiting
from tests.portal.job_api import StoringView

pytestmark = [pytest.mark.usefixtures("no_jobs"), pytest.mark.urls("tests.portal.job_api")]
ADDRESS = "/api/v1/stored-jobs/"


@pytest.fixture(autouse=True)
def step() -> Iterator[Callable[[Callable[[], object]], None]]:
    """Tells what the view does after it has stored its job."""

    def then(work: Callable[[], object]) -> None:
        StoringView.next_step = staticmethod(work)

    yield then
    then(lambda: None)


def reader(name: str = "mai") -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(User.objects.get_or_create(email=f"{name}@example.org")[0])
    return client


def send(client: Client, kind: str = "one", key: str | None = "k-1", **headers: str) -> Any:
    """The answer to a request that stores a job."""
    headers |= {} if key is None else {"Idempotency-Key": key}
    body = {"kind": kind, "note": [1, {"a": None}]}
    return client.post(ADDRESS, body, content_type="application/json", headers=headers)


def stored() -> int:
    return Job.objects.count()


def fails(error: BaseException) -> Callable[[], object]:
    def work() -> object:
        raise error

    return work


def test_the_same_request_has_one_effect_and_one_answer() -> None:
    client = reader()
    first = send(client)
    again = send(client, **{"Accept-Language": "vi"})
    assert (first.status_code, stored()) == (201, 1)
    assert first.json() == {"number": first.json()["number"], "kind": "one", "state": "Waiting"}
    assert (again.status_code, again.content) == (201, first.content)
    told = ("Location", "Content-Type", "Content-Language", "Catalogue-Version", "Vary")
    assert {name: again.headers[name] for name in told} == {
        name: first.headers[name] for name in told
    }
    assert first.headers["Content-Language"] == "en"
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers


def test_the_order_and_the_spaces_of_a_body_make_no_other_request() -> None:
    client = reader()
    first = send(client)
    body = '{"note" : [1, {"a":null}], "kind":"one"}'
    again = client.post(
        ADDRESS, body, content_type="application/json", headers={"Idempotency-Key": "k-1"}
    )
    assert (again.content, stored()) == (first.content, 1)


def test_without_a_key_each_request_stores() -> None:
    client = reader()
    assert [send(client, key=None).status_code for _ in range(2)] == [201, 201]
    assert (stored(), KeptAnswer.objects.count()) == (2, 0)


@pytest.mark.parametrize(
    ("body", "query"),
    [
        ({"kind": "two"}, ""),
        ({"kind": ["one"]}, ""),
        ({"kind": "one", "note": [1, {"a": 0}]}, ""),
        ({"kind": "one", "note": [1, {"a": None}]}, "?lang=en"),
    ],
)
def test_another_request_with_the_same_key_is_refused(body: Any, query: str) -> None:
    client = reader()
    send(client)
    answer = client.post(
        ADDRESS + query, body, content_type="application/json", headers={"Idempotency-Key": "k-1"}
    )
    assert (answer.status_code, stored()) == (422, 1)
    assert answer.json()["detail"] == "This Idempotency-Key stands for another request."


def test_a_key_belongs_to_who_sends_it() -> None:
    first, other = send(reader()), send(reader("lan"))
    assert (first.status_code, other.status_code, stored()) == (201, 201, 2)
    assert "Idempotency-Replayed" not in other.headers


@pytest.mark.parametrize("key", ["", "k" * 256, "ключ", "a\tb"])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    answer = send(reader(), key=key)
    assert (answer.status_code, stored()) == (400, 0)
    text = "An Idempotency-Key has 1 to 255 printable ASCII characters."
    assert answer.json()["detail"] == text


def test_a_refusal_undoes_the_effect_and_is_told_again(step: Any) -> None:
    client = reader()
    step(fails(NotFound("There is none.")))
    first = send(client)
    step(lambda: None)
    again = send(client)
    assert (first.status_code, first.json()["detail"], stored()) == (404, "There is none.", 0)
    assert (again.status_code, again.content) == (404, first.content)
    assert again.headers["Content-Type"] == "application/problem+json"
    assert send(client, "two").status_code == 422


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (FaultyState(), 409),
        (FaultyState(status=412), 412),
        (Throttled(), 429),
        (RuntimeError("a programming error"), 500),
    ],
)
def test_what_may_go_better_next_time_may_be_tried_again(
    step: Any, error: Exception, status: int
) -> None:
    client = reader()
    client.raise_request_exception = False
    step(fails(error))
    assert (send(client).status_code, stored(), KeptAnswer.objects.count()) == (status, 0, 0)
    step(lambda: None)
    assert (send(client).status_code, stored()) == (201, 1)


@pytest.mark.django_db(transaction=True)
def test_a_second_request_is_told_that_the_first_is_in_flight(step: Any) -> None:
    client, begun, go_on = reader(), threading.Event(), threading.Event()
    answers: list[Any] = []

    def first() -> None:
        try:
            answers.append(send(client))
        finally:
            connection.close()

    step(lambda: (begun.set(), go_on.wait(20)))
    thread = threading.Thread(target=first)
    thread.start()
    assert begun.wait(20)
    second = send(client)
    go_on.set()
    thread.join()
    assert (second.status_code, second.headers["Retry-After"]) == (409, "2")
    assert "still in work" in second.json()["detail"]
    assert (answers[0].status_code, stored()) == (201, 1)
    assert send(client).content == answers[0].content


def test_a_request_whose_process_died_is_done_by_a_later_one(step: Any) -> None:
    client = reader()
    step(fails(SystemExit()))
    with pytest.raises(SystemExit):
        send(client)
    assert (stored(), KeptAnswer.objects.get().status) == (0, None)
    assert send(client).status_code == 409
    step(lambda: None)
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert send(client).status_code == 201
    assert stored() == 1


def test_a_slow_request_that_was_taken_over_has_no_effect(step: Any) -> None:
    client = reader()
    taken_over: list[Any] = []

    def overtaken() -> None:
        step(lambda: None)
        with time_machine.travel(timezone.now() + timedelta(seconds=61)):
            taken_over.append(send(client))

    step(overtaken)
    slow = send(client)
    assert (slow.status_code, slow.headers["Retry-After"]) == (409, "2")
    assert taken_over[0].status_code == 201


def test_a_key_is_free_again_after_a_day() -> None:
    client = reader()
    send(client)
    with time_machine.travel(timezone.now() + timedelta(hours=23, minutes=59)):
        assert send(client, "two").status_code == 422
        purge()
        assert KeptAnswer.objects.count() == 1
    with time_machine.travel(timezone.now() + timedelta(hours=24, minutes=1)):
        assert send(client, "two").status_code == 201
        assert (stored(), KeptAnswer.objects.count()) == (2, 1)


def test_old_answers_are_deleted_every_hour() -> None:
    send(reader())
    send(reader(), key="k-2")
    KeptAnswer.objects.filter(key="k-1").update(begun_at=timezone.now() - timedelta(hours=25))
    Job.objects.update(state="done", finished_at=timezone.now())
    with time_machine.travel(timezone.now(), tick=False) as now:
        ask_for_purge()
        ask_for_purge()
        assert run_waiting() == 1
        now.shift(timedelta(hours=1))
        ask_for_purge()
        assert run_waiting() == 1
    assert [kept.key for kept in KeptAnswer.objects.all()] == ["k-2"]
    assert json.loads(KeptAnswer.objects.get().body)["kind"] == "one"
