"""Webhooks: managed by API clients, written with what happens, signed, retried, given up on."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import transaction
from django.test import Client
from standardwebhooks import Webhook, WebhookVerificationError

from localities.curation.apply import apply
from localities.curation.propose import draft, propose
from localities.curation.review import reject
from localities.models import Changeset, Edit, Source
from portal import outbound
from portal.accounts import clients
from portal.accounts.models import Organisation
from portal.api.models import KeptAnswer
from portal.jobs.models import Job
from portal.jobs.queue import sweep
from portal.webhooks import events, signing
from portal.webhooks.models import Attempt, Delivery, Endpoint, FormerSecret
from portal.webhooks.tasks import ask_for_due
from tests.localities.people import member, operator, organisation
from tests.portal.answering import Answering
from tests.portal.test_api_clients import ask
from tests.portal.working import deliver

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_jobs")]

ROOT = "/api/v1/webhooks/"
EVENTS = ["catalogue.changed", "changeset.decided", "match_job.finished"]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class System(Client):
    """An organisation's system with an access token; its scopes are parted by spaces."""

    def __init__(self, key: str = "osaka", scope: str = "webhook") -> None:
        own = organisation(key)
        head = member(f"head-{key}", "administrator", own)
        client, secret = clients.make(head, own, "CRM", scope.split())
        token = ask(client.client_id, secret).json()["access_token"]
        super().__init__(headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"})

    def send(self, method: str, address: str = "", body: Any = None, **headers: str) -> Any:
        """The answer to a JSON body."""
        path = address if address.startswith("/") else f"{ROOT}{address}"
        sent = {} if body is None else body
        return getattr(self, method)(path, sent, "application/json", headers=headers)

    def listens(self, url: str, *wanted: str) -> Any:
        """A new webhook, as it is told."""
        answer = self.send("post", "", {"url": url, "events": list(wanted or EVENTS)})
        assert answer.status_code == 201, answer.content
        return answer.json()

    def changes(self, webhook: str, etag: str | None = None, **wanted: Any) -> Any:
        """The answer to a change of a webhook as it stands, or as it was seen with `etag`."""
        address = f"{ROOT}{webhook}/"
        seen = {"If-Match": etag or self.get(address).headers["ETag"]}
        return self.patch(address, wanted, "application/json", headers=seen)


@pytest.fixture(autouse=True)
def _site(settings: Any) -> None:
    settings.SITE = "https://portal.example"


@pytest.fixture
def system() -> System:
    return System()


def verified(receiver: Answering, secret: str, at: int = -1) -> Any:
    """A message that came, as the package of the standard reads it."""
    return Webhook(secret).verify(receiver.bodies[at], receiver.headers[at])


def proposed() -> Changeset:
    """A change of Osaka's editor that waits for review."""
    osaka = organisation("osaka", curates="dong-nai")
    source = Source.objects.filter(is_active=True).order_by("key").first()
    edit = Edit(
        action="update",
        record_kind="industrial-park",
        record="long-duc",
        field="tenants_count",
        old=70,
        new=71,
        source=source,
    )
    author = member("editor", "editor", osaka)
    return propose(draft("T", [edit], author=author, organisation=osaka), actor=author)


def test_a_request_that_comes_twice_gets_the_secret_again_which_is_not_kept(
    system: System,
) -> None:
    body = {"url": "https://crm.example.jp/hook", "events": ["catalogue.changed"]}
    made, again = [system.send("post", "", body, **{"Idempotency-Key": "k"}) for _ in range(2)]
    assert (again.status_code, again.content) == (201, made.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Cache-Control"] == "private, no-store"
    own = Endpoint.objects.get()
    address, secret = f"{own.pk}/rotate/", made.json()["secret"]
    turned, twice = [system.send("post", address, **{"Idempotency-Key": "r"}) for _ in range(2)]
    assert (twice.status_code, twice.content) == (200, turned.content)
    assert turned.json()["secret"] != secret
    assert system.send("post", "", body, **{"Idempotency-Key": "k"}).json()["secret"] == secret
    own.refresh_from_db()
    assert signing.secret(own.salt) == turned.json()["secret"]
    assert not KeptAnswer.objects.filter(body__contains="whsec_").exists()


def test_a_refusal_is_told_again_as_it_was(system: System) -> None:
    body = {"url": "https://10.0.0.1/", "events": ["catalogue.changed"]}
    first, again = [system.send("post", "", body, **{"Idempotency-Key": "k"}) for _ in range(2)]
    assert (first.status_code, again.status_code, again.content) == (400, 400, first.content)


def test_a_test_event_that_is_asked_for_twice_is_sent_once(system: System) -> None:
    made = system.listens("https://crm.example.jp/hook")
    sent, again = [
        system.send("post", f"{made['id']}/test/", **{"Idempotency-Key": "k"}) for _ in range(2)
    ]
    assert (again.status_code, again.content) == (202, sent.content)
    assert Delivery.objects.count() == 1


def test_an_address_that_takes_no_body_refuses_one(system: System) -> None:
    made = system.listens("https://crm.example.jp/hook")
    text = "This address takes no body."
    at_the_key = {"pointer": "#/limit", "detail": text, "code": "unknown"}
    for step in ("test", "rotate", f"deliveries/{made['id']}/resend"):
        for body, error in (
            ({"limit": 3}, at_the_key),
            ([1], {"pointer": "#", "detail": text, "code": "invalid"}),
        ):
            answer = system.send("post", f"{made['id']}/{step}/?lang=en", body)
            assert (answer.status_code, answer.json()["errors"]) == (400, [error])
    assert not Delivery.objects.exists()


def test_a_webhook_is_made_with_a_secret_that_is_shown_once(system: System) -> None:
    answer = system.send(
        "post", "", {"url": "https://crm.example.jp/hook", "events": ["catalogue.changed"]}
    )
    made = answer.json()
    secret = made.pop("secret")
    address = f"{ROOT}{made['id']}/"

    assert (answer.status_code, answer.headers["Location"]) == (201, f"http://testserver{address}")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert made == {
        "id": made["id"],
        "url": "https://crm.example.jp/hook",
        "events": ["catalogue.changed"],
        "active": True,
        "delivered_at": None,
        "disabled_at": None,
        "created_at": made["created_at"],
    }
    assert secret.startswith("whsec_")
    assert system.get(address).json() == made
    assert system.get(ROOT).json() == {"next": None, "previous": None, "results": [made]}
    kept = Endpoint.objects.values().get()
    assert secret.removeprefix("whsec_") not in repr(kept)


def test_webhooks_have_no_order_to_choose(system: System) -> None:
    answer = system.get(f"{ROOT}?ordering=x")
    assert (answer.status_code, answer.json()["detail"]) == (
        400,
        "Unknown query parameter; allowed are cursor, lang, page_size.",
    )


def test_a_webhook_is_changed_and_removed(system: System) -> None:
    made = system.listens("https://crm.example.jp/hook")
    changed = system.changes(made["id"], events=EVENTS[:1], active=False)

    assert (changed.json()["events"], changed.json()["active"]) == (EVENTS[:1], False)
    assert system.send("post", f"{made['id']}/test/").status_code == 409
    assert system.send("delete", f"{made['id']}/").status_code == 204
    assert system.get(f"{ROOT}{made['id']}/").status_code == 404


def test_a_change_of_a_webhook_names_the_state_that_was_seen(system: System) -> None:
    made = system.send("post", "", {"url": "https://crm.example.jp/a", "events": EVENTS})
    own, etag = made.json()["id"], made.headers["ETag"]
    assert system.get(f"{ROOT}{own}/").headers["ETag"] == etag
    assert system.send("patch", f"{own}/", {"active": False}).status_code == 428

    first = system.changes(own, etag, url="https://crm.example.jp/b")
    late = system.changes(own, etag, url="https://crm.example.jp/c")
    assert (first.status_code, late.status_code) == (200, 412)
    assert late.json()["detail"] == "This has been changed since; look at it again."
    assert Endpoint.objects.get().url == "https://crm.example.jp/b"
    assert system.changes(own, first.headers["ETag"], active=False).status_code == 200


def test_a_delivery_does_not_change_the_etag_of_its_webhook(
    system: System, receiver: Answering
) -> None:
    made = system.listens(f"{receiver.address}/hook")
    before = system.get(f"{ROOT}{made['id']}/").headers["ETag"]
    system.send("post", f"{made['id']}/test/")
    deliver()
    after = system.get(f"{ROOT}{made['id']}/")
    assert (after.json()["delivered_at"] is None, after.headers["ETag"]) == (False, before)


def test_others_do_not_get_at_it(system: System) -> None:
    own = system.listens("https://crm.example.jp/hook")["id"]
    other = System("hyogo")
    theirs = other.listens("https://hyogo.example.jp/hook")["id"]

    assert [one["id"] for one in other.get(ROOT).json()["results"]] == [theirs]
    for method, address in (
        ("get", f"{own}/"),
        ("patch", f"{own}/"),
        ("delete", f"{own}/"),
        ("post", f"{own}/rotate/"),
        ("post", f"{own}/test/"),
        ("get", f"{own}/deliveries/"),
    ):
        assert other.send(method, address).status_code == 404, (method, address)
        assert Client().generic(method, ROOT + address).status_code == 401
    assert System("kyoto", scope="match").get(ROOT).status_code == 403


@pytest.mark.parametrize(
    "url",
    [
        "http://crm.example.jp/hook",
        "ftp://crm.example.jp/",
        "https://127.0.0.1/",
        "https://[::ffff:10.0.0.1]/",
        "https://100.64.0.1/",
        "https://169.254.169.254/latest/",
        "https://localhost/",
        "https://user:secret@crm.example.jp/",
        "https://localhost./",
        "https://machine/",
        "https://machine.internal/",
        "https://127.1/",
        "https://0x7f.0x1/",
        "https://a..example.jp/",
        "https://-.example.jp/",
        "https://crm.example.jp/hook#part",
        "https://crm.example.jp/ho\nok",
        "https://crm.example.jp/ho ok",
        "hook",
    ],
)
def test_an_address_that_is_not_of_the_open_internet_is_refused(system: System, url: str) -> None:
    answer = system.send("post", "", {"url": url, "events": EVENTS})

    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {
            "pointer": "#/url",
            "detail": "An address of the open internet is needed that begins with https:// and"
            " holds no password, at most 500 characters.",
            "code": "invalid",
        }
    ]
    assert not Endpoint.objects.exists()


@pytest.mark.parametrize("wanted", [[], ["x"], "catalogue.changed", ["test"], None])
def test_unknown_events_are_refused(system: System, wanted: Any) -> None:
    answer = system.send("post", "", {"url": "https://crm.example.jp/", "events": wanted})

    assert (answer.status_code, Endpoint.objects.count()) == (400, 0)


def test_an_organisation_has_so_many_and_no_more(system: System) -> None:
    for number in range(20):
        system.listens(f"https://crm.example.jp/{number}")
    answer = system.send("post", "", {"url": "https://crm.example.jp/", "events": EVENTS})

    assert (answer.status_code, answer.json()["detail"]) == (
        409,
        "An organisation has at most 20 webhooks.",
    )


def test_an_applied_changeset_is_told_signed_and_thin(system: System, receiver: Answering) -> None:
    made = system.listens(f"{receiver.address}/hook")
    change = proposed()
    apply(change, reviewer=member("reviewer", "reviewer", organisation("osaka")))
    deliver()
    told = {body["type"]: body for body in (json.loads(each) for each in receiver.bodies)}
    sent = [verified(receiver, made["secret"], at) for at in range(len(receiver.bodies))]

    assert len(sent) == 2
    assert told["catalogue.changed"]["data"] == {
        "version": 2,
        "records_count": told["catalogue.changed"]["data"]["records_count"],
        "changes": "https://portal.example/api/v1/changes/?since=1",
    }
    assert told["changeset.decided"]["data"] == {
        "number": change.pk,
        "state": "applied",
        "version": 2,
        "changeset": f"https://portal.example/api/v1/changesets/{change.pk}/",
    }
    with pytest.raises(WebhookVerificationError):
        verified(receiver, System("hyogo").listens("https://x.example/")["secret"])


def test_a_decision_is_told_to_the_organisation_that_proposed_alone(receiver: Answering) -> None:
    System("osaka").listens(f"{receiver.address}/hook")
    System("hyogo").listens(f"{receiver.address}/other")
    change = proposed()
    reviewer = member("reviewer", "reviewer", organisation("osaka"))
    reject(change, reviewer=reviewer, comment="Not so")
    deliver()

    assert [path for _method, path in receiver.asked] == ["/hook"]
    assert json.loads(receiver.bodies[0])["data"]["state"] == "rejected"
    assert "Not so" not in receiver.bodies[0].decode()


def test_what_is_taken_back_is_not_told(system: System, receiver: Answering) -> None:
    system.listens(f"{receiver.address}/hook")
    with transaction.atomic():
        events.match_job_finished("osaka", job="1", state="done", match_job="/x/")
        transaction.set_rollback(True)
    deliver()

    assert (Delivery.objects.count(), receiver.asked) == (0, [])


def test_a_finished_batch_is_told_to_its_organisation(system: System, receiver: Answering) -> None:
    made = system.listens(f"{receiver.address}/hook", "match_job.finished")
    events.match_job_finished("osaka", job="7", state="done", match_job="/api/v1/match-jobs/7/")
    events.match_job_finished("hyogo", job="8", state="done", match_job="/api/v1/match-jobs/8/")
    deliver()

    assert len(receiver.bodies) == 1
    assert verified(receiver, made["secret"])["data"] == {
        "id": "7",
        "state": "done",
        "match_job": "https://portal.example/api/v1/match-jobs/7/",
    }


def test_what_waits_for_a_closed_organisation_is_told_when_it_is_open_again(
    system: System, receiver: Answering
) -> None:
    system.listens(f"{receiver.address}/hook", "match_job.finished")
    events.match_job_finished("osaka", job="7", state="done", match_job="/x/")
    Organisation.objects.filter(key="osaka").update(is_active=False)
    deliver()
    assert (Delivery.objects.count(), receiver.asked) == (1, [])
    Organisation.objects.filter(key="osaka").update(is_active=True)
    deliver()
    assert receiver.asked == [("POST", "/hook")]


def test_a_rotated_secret_signs_beside_the_one_before_for_a_day(
    system: System, receiver: Answering
) -> None:
    made = system.listens(f"{receiver.address}/hook")
    new = system.send("post", f"{made['id']}/rotate/").json()["secret"]
    system.send("post", f"{made['id']}/test/")
    deliver()

    assert new != made["secret"]
    assert verified(receiver, new) == verified(receiver, made["secret"])
    FormerSecret.objects.update(until=datetime.now(UTC) - timedelta(seconds=1))
    system.send("post", f"{made['id']}/test/")
    deliver()
    assert verified(receiver, new)["type"] == "test"
    with pytest.raises(WebhookVerificationError):
        verified(receiver, made["secret"])


def test_every_secret_of_the_last_day_signs(receiver: Answering) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        system = System()
        made = system.listens(f"{receiver.address}/hook")
        secrets = [made["secret"]]
        for _ in range(3):
            secrets.append(system.send("post", f"{made['id']}/rotate/").json()["secret"])
        clock.shift(timedelta(hours=23, minutes=59))
        events.catalogue_changed(version=2, records_count=1, changes="/x/")
        deliver()
        assert [verified(receiver, each)["data"]["version"] for each in secrets] == [2] * 4
        clock.shift(timedelta(minutes=1))
        events.catalogue_changed(version=3, records_count=1, changes="/x/")
        deliver()
        assert named(receiver)[-1]["Webhook-Signature"].count("v1,") == 1
        assert verified(receiver, secrets[-1])["data"]["version"] == 3


def test_a_secret_is_rotated_ten_times_a_day_and_no_more(system: System) -> None:
    made = system.listens("https://crm.example.jp/hook")
    address = f"{made['id']}/rotate/"
    answers = [system.send("post", address) for _ in range(11)]
    assert [each.status_code for each in answers] == [200] * 10 + [409]
    assert answers[-1].json()["detail"] == (
        "The secret was rotated 10 times within 24 hours; use the newest."
    )
    assert Endpoint.objects.get().former_secrets.count() == 10


def test_the_log_tells_each_try_and_a_resend_keeps_the_id(
    system: System, receiver: Answering
) -> None:
    receiver.says("/hook", 500, b"\0oops" + b"x" * 1000)
    made = system.listens(f"{receiver.address}/hook")
    sent = system.send("post", f"{made['id']}/test/")
    deliver()
    log = f"{ROOT}{made['id']}/deliveries/"
    (told,) = system.get(log).json()["results"]
    (attempt,) = told["attempts"]

    assert sent.status_code == 202
    assert (told["event"], told["state"]) == ("test", "waiting")
    assert (attempt["status"], attempt["error"]) == (500, "")
    assert attempt["answer"] == "�oops" + "x" * 495
    assert told["next_try_at"] is not None
    receiver.says("/hook", 204)
    Delivery.objects.update(state="failed", due_at=None)
    assert system.send("post", f"{log}{told['id']}/resend/").json()["state"] == "waiting"
    deliver()
    (told,) = system.get(log).json()["results"]
    assert (told["state"], [one["status"] for one in told["attempts"]]) == ("delivered", [204, 500])
    ids = {headers["Webhook-Id"] for headers in named(receiver)}
    assert ids == {told["message"]}


def named(receiver: Answering) -> list[dict[str, str]]:
    """The headers that came, their names written alike."""
    return [{name.title(): each for name, each in one.items()} for one in receiver.headers]


def test_tests_and_resends_have_a_limit_of_their_own(
    system: System, receiver: Answering, settings: Any
) -> None:
    settings.API_CLIENT_RATES = {"read": "100/day", "call": "2/day"}
    made = system.listens(f"{receiver.address}/hook")
    sent = [system.send("post", f"{made['id']}/test/") for _each in range(2)]
    resend = f"{made['id']}/deliveries/{sent[0].json()['id']}/resend/"

    assert [answer.status_code for answer in sent] == [202, 202]
    assert [answer.headers["RateLimit-Policy"] for answer in sent] == ['"call";q=2;w=86400'] * 2
    assert system.send("post", resend).status_code == 429
    assert system.get(f"{ROOT}{made['id']}/").status_code == 200
    assert Delivery.objects.count() == 2


def test_a_job_that_runs_twice_sends_once(system: System, receiver: Answering) -> None:
    made = system.listens(f"{receiver.address}/hook")
    system.send("post", f"{made['id']}/test/")
    deliver()
    Job.objects.filter(kind=events.DELIVER).update(state="queued", finished_at=None)
    deliver()

    assert len(receiver.bodies) == Attempt.objects.count() == 1


def test_a_try_is_taken_over_from_a_worker_that_died(system: System, receiver: Answering) -> None:
    made = system.listens(f"{receiver.address}/hook")
    system.send("post", f"{made['id']}/test/")
    ask_for_due()
    seen = datetime.now(UTC)
    Job.objects.update(state="running", attempts=1, sent_at=seen, heartbeat_at=seen)
    deliver()
    assert receiver.asked == []
    with time_machine.travel(seen + timedelta(seconds=61), tick=False):
        sweep()
    assert receiver.asked == [("POST", "/hook")]


def test_events_come_in_their_order_though_one_is_tried_again(
    system: System, receiver: Answering
) -> None:
    system.listens(f"{receiver.address}/hook")
    receiver.says("/hook", 500)
    events.catalogue_changed(version=2, records_count=1, changes="/x/")
    deliver()
    receiver.says("/hook", 204)
    for version in (3, 4, 5):
        events.catalogue_changed(version=version, records_count=1, changes="/x/")
    deliver()
    Delivery.objects.update(due_at=datetime.now(UTC))
    deliver()
    versions = [json.loads(each)["data"]["version"] for each in receiver.bodies]
    assert versions == [2, 3, 4, 5, 2]


def test_turns_that_begin_anew_hold_nothing_up(system: System, receiver: Answering) -> None:
    made = system.listens(f"{receiver.address}/hook")
    for _each in range(2):
        system.send("post", f"{made['id']}/test/")
        deliver()
        Endpoint.objects.update(turn=0)
    assert receiver.asked == [("POST", "/hook")] * 2


def test_a_message_that_cannot_be_sent_holds_up_none_behind_it(
    system: System, receiver: Answering, monkeypatch: pytest.MonkeyPatch
) -> None:
    system.listens(f"{receiver.address}/hook")
    sent = outbound.send
    monkeypatch.setattr(outbound, "send", broken)
    events.catalogue_changed(version=2, records_count=1, changes="/x/")
    deliver()
    monkeypatch.setattr(outbound, "send", sent)
    events.catalogue_changed(version=3, records_count=1, changes="/x/")
    deliver()
    assert [json.loads(each)["data"]["version"] for each in receiver.bodies] == [3]
    assert Attempt.objects.filter(error="RuntimeError").count() == 1


def broken(*_args: object, **_options: object) -> outbound.Answer:
    raise RuntimeError


def test_what_was_stopped_before_its_first_try_can_be_sent_again(
    system: System, receiver: Answering
) -> None:
    made = system.listens(f"{receiver.address}/hook")
    sent = system.send("post", f"{made['id']}/test/").json()["id"]
    ask_for_due()
    system.changes(made["id"], active=False)
    deliver()
    system.changes(made["id"], active=True)
    system.send("post", f"{made['id']}/deliveries/{sent}/resend/")
    deliver()
    assert receiver.asked == [("POST", "/hook")]


def test_redirects_are_not_followed_and_count_as_a_failure(
    system: System, receiver: Answering
) -> None:
    receiver.says("/hook", 302, b"", Location=f"{receiver.address}/inside")
    made = system.listens(f"{receiver.address}/hook")
    system.send("post", f"{made['id']}/test/")
    deliver()

    assert receiver.asked == [("POST", "/hook")]
    assert Delivery.objects.get().state == "waiting"


def test_a_target_that_became_private_is_not_called(
    system: System, receiver: Answering, settings: Any
) -> None:
    made = system.listens(f"{receiver.address}/hook")
    system.send("post", f"{made['id']}/test/")
    settings.OUTBOUND_PRIVATE = False
    deliver()
    Endpoint.objects.update(url=f"https://127.0.0.1:{receiver.port}/hook")
    Delivery.objects.update(due_at=datetime.now(UTC))
    deliver()
    errors = [one.error for one in Attempt.objects.order_by("pk")]

    assert receiver.asked == []
    assert errors == [
        "ForbiddenTarget: https is needed",
        "ForbiddenTarget: 127.0.0.1 leads to an address that may not be called",
    ]


def test_after_three_days_the_webhook_is_disabled_and_its_administrators_told(
    system: System, receiver: Answering, django_capture_on_commit_callbacks: Any
) -> None:
    receiver.says("/hook", 503)
    made = system.listens(f"{receiver.address}/hook")
    waits = []
    with time_machine.travel(NOON, tick=False) as clock:
        events.catalogue_changed(version=2, records_count=1, changes="/x/")
        events.catalogue_changed(version=3, records_count=1, changes="/x/")
        first = Delivery.objects.order_by("pk").first()
        assert first is not None
        Delivery.objects.exclude(pk=first.pk).update(due_at=NOON + timedelta(days=30))
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            while Endpoint.objects.filter(is_active=True).exists():
                deliver()
                first.refresh_from_db()
                if first.due_at:
                    waits.append((first.due_at - datetime.now(UTC)).total_seconds() / 60)
                    clock.move_to(first.due_at)
        ended = datetime.now(UTC)

    assert waits == [1, 3, 9, 27, 81, 243, 729, 1080, 1080, 1080]
    assert timedelta(days=3) <= ended - NOON < timedelta(days=3, hours=1)
    assert len(receiver.bodies) == 11
    assert len({one["Webhook-Id"] for one in named(receiver)}) == 1
    assert len(set(receiver.bodies)) == 1
    assert set(Delivery.objects.values_list("state", flat=True)) == {"failed"}
    assert Endpoint.objects.get().disabled_at == ended
    assert [one.to for one in mail.outbox] == [["head-osaka@example.org"]]
    page = f"/organisations/osaka/webhooks/{made['id']}/"
    for text in (f"deliver to {receiver.address}/hook of Osaka for three days", "osaka（日）"):
        assert text in mail.outbox[0].body
    for language in ("ja", "en", "vi"):
        assert f"https://portal.example/{language}{page}" in mail.outbox[0].body
    assert made["secret"] not in mail.outbox[0].body
    again = system.changes(made["id"], active=True).json()
    assert (again["active"], again["disabled_at"]) == (True, None)


def test_one_event_that_is_never_taken_does_not_disable_what_takes_others(
    system: System, receiver: Answering
) -> None:
    receiver.says("/hook", 500)
    system.listens(f"{receiver.address}/hook")
    events.catalogue_changed(version=2, records_count=1, changes="/x/")
    Delivery.objects.update(attempts_count=10)
    Endpoint.objects.update(delivered_at=datetime.now(UTC) + timedelta(seconds=1))
    deliver()

    assert Delivery.objects.get().state == "failed"
    assert Endpoint.objects.get().is_active


def test_an_address_that_says_gone_is_disabled_at_once(system: System, receiver: Answering) -> None:
    receiver.says("/hook", 410)
    system.listens(f"{receiver.address}/hook")
    events.catalogue_changed(version=2, records_count=1, changes="/x/")
    deliver()

    assert not Endpoint.objects.get().is_active
    assert Delivery.objects.get().state == "failed"


def test_a_webhook_that_is_switched_off_hears_nothing_later(
    system: System, receiver: Answering
) -> None:
    made = system.listens(f"{receiver.address}/hook")
    system.send("post", f"{made['id']}/test/")
    system.changes(made["id"], active=False)
    events.catalogue_changed(version=2, records_count=1, changes="/x/")
    deliver()
    system.changes(made["id"], active=True)
    deliver()

    assert receiver.asked == []
    assert [one.state for one in Delivery.objects.all()] == ["failed"]


def test_an_organisation_that_left_is_told_nothing(system: System, receiver: Answering) -> None:
    system.listens(f"{receiver.address}/hook")
    Organisation.objects.filter(key="osaka").update(is_active=False)
    operator()
    events.catalogue_changed(version=2, records_count=1, changes="/x/")

    assert not Delivery.objects.exists()
