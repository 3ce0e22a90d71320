"""The cache and the broker stop and come back: readers notice little, and no job is lost."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from django.conf import settings

from tests.matching.contract import example
from tests.portal.served import PATIENCE_S, Portal, free_port, prepared

MATCH = example(robustness=False)


class Redis:
    """A Redis of its own, which can be killed and started again; it keeps nothing."""

    def __init__(self) -> None:
        self.port = free_port()
        self.start()

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", "/tmp"]  # noqa: S108
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(["redis-server", *options], stdout=quiet, stderr=quiet)
        wait_until(self.answers)

    def answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def wait_until(true: Any) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.2)


@pytest.fixture
def redis() -> Iterator[Redis]:
    if which("redis-server") is None:
        pytest.skip("redis-server is not installed")
    started = Redis()
    try:
        yield started
    finally:
        started.kill()


def asked(portal: Portal, method: str, path: str, body: Any = None, **headers: str) -> Any:
    """The status and the body of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", portal.port, timeout=PATIENCE_S)
    content = {"Content-Type": "application/json"} if isinstance(body, dict) else {}
    sent = json.dumps(body) if isinstance(body, dict) else body
    try:
        connection.request(method, path, sent, {**content, **headers})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def token_of(portal: Portal, folder: Path) -> str:
    """An access token of a bank that may ask for many matches."""
    made = subprocess.run(
        [sys.executable, "-m", "tests.portal.a_client"],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "TSUNAGARI_VAR": str(folder)},
        check=True,
        capture_output=True,
        text=True,
    )
    basic = b64encode(":".join(made.stdout.split()).encode()).decode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    headers |= {"Authorization": f"Basic {basic}"}
    body = "grant_type=client_credentials"
    status, answer = asked(portal, "POST", "/api/v1/oauth/token/", body, **headers)
    assert status == 200, answer
    return str(json.loads(answer)["access_token"])


def test_redis_stops_and_comes_back_and_no_job_is_lost(redis: Redis, tmp_path: Path) -> None:
    with prepared(
        tmp_path,
        CACHE_URL=f"redis://127.0.0.1:{redis.port}/0",
        CELERY_BROKER_URL=f"redis://127.0.0.1:{redis.port}/1",
        JOBS_RESEND_AFTER_S="2",
        JOBS_SWEEP_EVERY_S="1",
    ) as portal:
        parts = portal.all_parts()
        bearer = {"Authorization": f"Bearer {token_of(portal, tmp_path)}"}

        def seen() -> tuple[int, int, int]:
            """The status of a read, of a match, and of many matches asked for."""
            status, answer = asked(portal, "POST", "/api/v1/match-jobs/", many, **bearer)
            jobs.append(json.loads(answer)["id"])
            read = asked(portal, "GET", "/api/v1/provinces/dong-nai/")[0]
            return read, asked(portal, "POST", "/api/v1/matches/", MATCH)[0], status

        def state(job: str) -> str:
            answer = asked(portal, "GET", f"/api/v1/match-jobs/{job}/", **bearer)[1]
            return str(json.loads(answer)["state"])

        many, jobs = {"profiles": [MATCH["profile"]]}, list[str]()
        assert seen() == (200, 200, 202)
        wait_until(lambda: state(jobs[0]) == "done")
        redis.kill()
        assert [seen() for _each in range(3)] == [(200, 200, 202)] * 3
        redis.start()
        assert seen() == (200, 200, 202)
        wait_until(lambda: {state(job) for job in jobs} == {"done"})
        assert portal.all_parts()[:3] == parts[:3]  # the web server is the one that was started
