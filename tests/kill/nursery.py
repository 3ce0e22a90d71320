"""A process that has the portal loaded, and works in children that are born to be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60
NAME = f"nursery of {os.getpid()}"  # by which PostgreSQL knows what its children are connected to


@dataclass(frozen=True, slots=True)
class Life:
    """How long a child was at work, and whether it came to the end."""

    seconds: float
    finished: bool


class Nursery:
    """Has children do a function of a module, with a text."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def work(
        self, function: Callable[[str], object], text: str, kill_after_s: float | None = None
    ) -> Life:
        """Has a child do the work, killed after a time; waits until nothing of it is left."""
        assert self._process.stdin is not None
        order = f"{function.__module__}.{function.__qualname__} {text}"
        self._process.stdin.write(f"{order}\n")
        self._process.stdin.flush()
        pid = int(self._told("ready"))
        begun = time.monotonic()
        if kill_after_s is not None:
            time.sleep(kill_after_s)
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        status = int(self._told("ended"))
        took = time.monotonic() - begun
        assert status in (0, signal.SIGKILL), f"{order}: {status}"
        _wait_for_its_transaction()
        return Life(took, status == 0)

    def _told(self, word: str) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline().split()
        assert line[:1] == [word], line
        return line[1]


@contextmanager
def nursery() -> Iterator[Nursery]:
    """A nursery on the database of this process."""
    connection.ensure_connection()
    process = subprocess.Popen(  # this interpreter, our own module
        [sys.executable, "-m", "tests.kill.victim"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": _address(), "PGAPPNAME": NAME},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Nursery(process)
    finally:
        process.communicate()


def _wait_for_its_transaction() -> None:
    """A dead client's backend ends its statement before it notices; SQLite is the client itself."""
    if connection.vendor != "postgresql":
        return
    deadline = time.monotonic() + PATIENCE_S
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT query FROM pg_stat_activity WHERE application_name = %s", [NAME])
            if not (left := cursor.fetchall()):
                return
            assert time.monotonic() < deadline, left
            time.sleep(0.01)


def _address() -> str:
    """The database of this process, for another one."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    host, port = settings["HOST"] or "localhost", settings["PORT"] or 5432
    secret = f":{settings['PASSWORD']}" if settings["PASSWORD"] else ""
    return f"postgres://{settings['USER']}{secret}@{host}:{port}/{settings['NAME']}"
