"""A job that was running when its worker was killed is run again, whatever carries the messages."""

import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from kombu import Connection, Exchange, Queue

BROKERS = {
    "": None,
    "redis://127.0.0.1:6379/9": 6379,
    "amqp://guest:guest@127.0.0.1:5672//": 5672,
}


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(params=BROKERS, ids=["files", "redis", "rabbitmq"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """A migrated portal of its own, as environment variables."""
    port = BROKERS[request.param]
    if port and not answers(port):
        pytest.skip(f"nothing answers on port {port}")
    environment = portal_in(tmp_path)
    if request.param:
        environment["CELERY_BROKER_URL"] = request.param
    python(environment, "manage.py", "migrate", "--verbosity=0")
    yield environment
    if request.param:
        with Connection(request.param) as broker:
            name = environment["CELERY_QUEUE"]
            Queue(name, Exchange(name), name)(broker.default_channel).delete()
            Exchange(name)(broker.default_channel).delete()


def portal_in(folder: Path) -> dict[str, str]:
    """The environment of a portal in a folder of its own, with short patience."""
    return {
        "PATH": os.environ["PATH"],
        "TSUNAGARI_VAR": str(folder),
        "CELERY_QUEUE": f"test-{uuid.uuid4().hex}",
        "JOBS_HEARTBEAT_S": "1",
        "JOBS_DEAD_AFTER_S": "3",
        "JOBS_RESEND_AFTER_S": "2",
        "JOBS_SWEEP_EVERY_S": "1",
    }


def python(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        env=environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""


@contextmanager
def worker(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A worker process with children, all of them killed at the end."""
    command = ["-m", "celery", "-A", "tests.portal.slow_work", "worker", "--concurrency=1"]
    with (Path(environment["TSUNAGARI_VAR"]) / "worker.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, *command],
            env=environment,
            cwd=settings.BASE_DIR,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_until(true: Callable[[], bool], what: str, log: Path) -> None:
    deadline = time.monotonic() + 60
    while not true():
        if time.monotonic() > deadline:
            pytest.fail(f"{what} did not happen\n{log.read_text()}")
        time.sleep(0.2)


def test_job_of_a_killed_worker_is_run_again_and_ends_done(
    world: dict[str, str], tmp_path: Path
) -> None:
    begun, log = tmp_path / "begun", tmp_path / "worker.log"

    def times_begun() -> int:
        return len(begun.read_text().split()) if begun.exists() else 0

    def show(command: str = "show") -> str:
        return python(world, "-m", "tests.portal.slow_work", command, str(tmp_path))

    assert show("go") == "queued 0 0"
    with worker(world) as first:
        wait_until(lambda: times_begun() == 1, "the first run", log)
        assert show() == "running 1 0"
        kill(first)
    with worker(world):
        wait_until(lambda: times_begun() == 2, "the second run", log)
        (tmp_path / "go").touch()
        wait_until(lambda: show().startswith("done"), "the end", log)
    assert show() == "done 2 1"


@pytest.mark.parametrize("broker", ["redis://127.0.0.1:1/0", "amqp://guest@127.0.0.1:1//"])
def test_job_waits_for_a_broker_that_is_down(broker: str, tmp_path: Path) -> None:
    begun, log = tmp_path / "begun", tmp_path / "worker.log"
    portal = portal_in(tmp_path)
    python(portal, "manage.py", "migrate", "--verbosity=0")
    ask = ("-m", "tests.portal.slow_work", "go", str(tmp_path))
    assert python({**portal, "CELERY_BROKER_URL": broker}, *ask) == "queued 0 0"
    with worker(portal):
        wait_until(begun.exists, "the run after the broker came back", log)
