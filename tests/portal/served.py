"""A portal that runs as `manage.py serve` runs it, in a folder of its own."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings

PATIENCE_S = 120


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


class Portal:
    """A portal of its own in a folder of its own."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self.port = free_port()
        self.log = folder / "serve.log"
        environment = {
            "PATH": os.environ["PATH"],
            "TSUNAGARI_VAR": str(folder),
            "PORT": str(self.port),
            **variables,
        }
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=settings.BASE_DIR,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_for(self, text: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while text not in self.log.read_text():
            if self.process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"{text!r} was not said:\n{self.log.read_text()}")
            time.sleep(0.1)

    def status_of(self, path: str, timeout: float = 10) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()

    def parts(self) -> list[int]:
        """The processes that the supervisor started, and theirs."""
        return descendants(self.process.pid)

    def all_parts(self) -> list[int]:
        """The same, once there are gunicorn with two workers and Celery twice, once with one."""
        deadline = time.monotonic() + PATIENCE_S
        while len(parts := self.parts()) < 6:
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)
        return parts


def descendants(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [each for child in map(int, children) for each in [child, *descendants(child)]]


def is_alive(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


def prepare(folder: Path) -> None:
    """Prepares a portal in the folder, so that the next start takes seconds."""
    environment = {"PATH": os.environ["PATH"], "TSUNAGARI_VAR": str(folder)}
    command = [sys.executable, "manage.py", "prepare"]
    subprocess.run(command, cwd=settings.BASE_DIR, env=environment, check=True)


@contextmanager
def prepared(folder: Path, **variables: str) -> Iterator[Portal]:
    """A portal that has begun to answer; it ends with the block."""
    prepare(folder)
    portal = Portal(folder, **variables)
    try:
        portal.wait_for("Ctrl-C")
        yield portal
    finally:
        portal.process.terminate()
        portal.process.wait(30)
