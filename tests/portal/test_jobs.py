"""Jobs are asked for, run once, and leave a row that says how they ended."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as portal_settings
from django.utils import timezone

from matching.models import MatchJob, StoredSnapshot
from portal.jobs.models import Job
from portal.jobs.purge import ask_for_purge
from portal.jobs.queue import enqueue, sweep
from portal.jobs.registry import job
from portal.jobs.running import LostJob, Progress, run, run_waiting
from tests.localities.people import organisation

pytestmark = pytest.mark.usefixtures("no_jobs")
RUNS: list[dict[str, Any]] = []


@job("test-note")
def note(progress: Progress, **arguments: Any) -> None:
    """Notes its arguments; fails where they say so."""
    RUNS.append(arguments)
    progress.report(1, 2)
    if arguments.get("wrong"):
        raise ValueError("this is wrong")
    progress.report(2, 2)


@job("test-usurped")
def lose(progress: Progress) -> None:
    """Goes on although another worker took the job over in the meantime."""
    Job.objects.update(attempts=7)
    progress.report(1, 1)


@pytest.fixture(autouse=True)
def runs() -> list[dict[str, Any]]:
    RUNS.clear()
    return RUNS


def ending(found: Job) -> tuple[str, int, int, int | None, str, bool]:
    found.refresh_from_db()
    ended = found.finished_at is not None
    done, total = found.progress_done, found.progress_total
    return found.state, found.attempts, done, total, found.error, ended


def aged(found: Job, **ages_s: int) -> None:
    """Turns back the clock of a job's row."""
    ago = {name: timezone.now() - timedelta(seconds=age) for name, age in ages_s.items()}
    Job.objects.filter(pk=found.pk).update(**ago)


def test_job_is_sent_when_its_transaction_commits(
    django_capture_on_commit_callbacks: Any, runs: list[dict[str, Any]]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        asked = enqueue("test-note", place="dong-nai")
        assert ending(asked) == ("queued", 0, 0, None, "", False)
    assert runs == [{"place": "dong-nai"}]
    assert ending(asked) == ("done", 1, 2, 2, "", True)


def test_job_that_is_not_due_waits_for_the_sweep_after_its_time(
    django_capture_on_commit_callbacks: Any, runs: list[dict[str, Any]]
) -> None:
    due = timezone.now() + timedelta(days=7)
    with django_capture_on_commit_callbacks(execute=True):
        asked = enqueue("test-note", not_before=due)
    assert (sweep(), run_waiting(), runs) == (0, 0, [])
    aged(asked, sent_at=portal_settings.JOBS_RESEND_AFTER_S + 1)
    assert sweep() == 1
    assert len(runs) == 1


def test_job_that_raises_has_failed_and_says_why() -> None:
    asked = enqueue("test-note", wrong=True)
    assert run_waiting() == 1
    assert ending(asked) == ("failed", 1, 1, 2, "ValueError: this is wrong", True)


def test_job_that_ended_is_not_run_again(runs: list[dict[str, Any]]) -> None:
    asked = enqueue("test-note")
    for _each in range(3):
        run(str(asked.pk))
    assert len(runs) == 1


def test_unknown_kind_is_refused_when_asked_for() -> None:
    with pytest.raises(LookupError, match="no kind of jobs named 'none'"):
        enqueue("none")
    assert not Job.objects.exists()


def test_unique_job_is_asked_for_once(runs: list[dict[str, Any]]) -> None:
    first = enqueue("test-note", unique_key="dump-1")
    assert enqueue("test-note", unique_key="dump-1") == first
    assert run_waiting() == 1
    assert enqueue("test-note", unique_key="dump-1") == first
    assert run_waiting() == 0
    assert runs == [{}]


def test_unique_job_that_failed_waits_again_when_asked_for() -> None:
    asked = enqueue("test-note", unique_key="dump-1", wrong=True)
    run_waiting()
    enqueue("test-note", unique_key="dump-1")
    assert ending(asked) == ("queued", 0, 0, None, "", False)


def test_unique_job_that_is_done_runs_again_for_who_asks_for_it_again(
    runs: list[dict[str, Any]],
) -> None:
    asked = enqueue("test-note", unique_key="dump-1")
    for count in (1, 2, 3):
        run_waiting()
        assert len(runs) == count
        for _twice in range(2):
            assert enqueue("test-note", unique_key="dump-1", again=True) == asked
        assert ending(asked) == ("queued", 0, 0, None, "", False)


def test_worker_that_lost_its_job_leaves_the_row_to_the_other() -> None:
    asked = enqueue("test-usurped")
    run_waiting()
    assert ending(asked) == ("running", 7, 0, None, "", False)


def test_progress_of_a_lost_job_is_refused() -> None:
    with pytest.raises(LostJob):
        Progress(enqueue("test-note").pk, attempt=1).report(1)


@pytest.mark.parametrize(
    ("row", "ages_s", "sent"),
    [
        ({"state": "queued"}, {"sent_at": 301}, 1),
        ({"state": "queued"}, {"sent_at": 299}, 0),
        ({"state": "queued", "sent_at": None}, {}, 1),
        ({"state": "running"}, {"sent_at": 301, "heartbeat_at": 61}, 1),
        ({"state": "running"}, {"sent_at": 301, "heartbeat_at": 59}, 0),
        ({"state": "done"}, {"sent_at": 999, "finished_at": 900}, 0),
    ],
)
def test_sweep_sends_what_no_worker_has(
    row: dict[str, Any], ages_s: dict[str, int], sent: int, settings: Any
) -> None:
    settings.JOBS_RESEND_AFTER_S = 300
    now = timezone.now()
    ended = {"finished_at": now} if row["state"] == "done" else {}
    found = Job.objects.create(
        kind="test-note", **{"sent_at": now, "heartbeat_at": now} | ended | row
    )
    aged(found, **ages_s)
    assert sweep() == sent
    assert (ending(found)[0] == "done") == (sent == 1 or row["state"] == "done")


def test_job_that_its_workers_keep_dying_over_is_given_up(runs: list[dict[str, Any]]) -> None:
    attempts = portal_settings.JOBS_MAX_ATTEMPTS
    found = Job.objects.create(
        kind="test-note", state="running", attempts=attempts, heartbeat_at=timezone.now()
    )
    aged(found, heartbeat_at=61)
    sweep()
    error = f"given up: {attempts} workers died over it"
    assert ending(found) == ("failed", attempts + 1, 0, None, error, True)
    assert runs == []


def test_jobs_that_ended_long_ago_are_deleted_unless_a_row_refers_to_them() -> None:
    month_s = 30 * 24 * 3600
    old, failed, young, referred, waiting = (
        enqueue("test-note", name=name, wrong=name == "failed")
        for name in ("old", "failed", "young", "referred", "waiting")
    )
    for each in (old, failed, young, referred):
        run(str(each.pk))
        aged(each, created_at=month_s + 60, finished_at=month_s + 60)
    aged(young, created_at=month_s + 60, finished_at=month_s - 60)
    aged(waiting, created_at=2 * month_s, sent_at=2 * month_s)
    MatchJob.objects.create(
        organisation=organisation("osaka"),
        work=referred,
        snapshot=StoredSnapshot.objects.create(
            catalogue_version=1, layout=0, digest="0", content=b""
        ),
        level="province",
        limit=1,
        rows_total=1,
        catalogue_version=1,
        expires_at=timezone.now(),
    )
    ask_for_purge()
    ask_for_purge()
    run(str(Job.objects.get(kind="portal.jobs.purge").pk))
    kept = Job.objects.exclude(kind="portal.jobs.purge").values_list("arguments__name", flat=True)

    assert sorted(kept) == ["referred", "waiting", "young"]
    assert Job.objects.get(kind="portal.jobs.purge").progress_done == 2
