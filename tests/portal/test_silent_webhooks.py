"""A webhook that takes the call and says nothing holds up no other work."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.portal.answering import Answering
from tests.portal.served import PATIENCE_S, Portal, prepared

ASKED = """
from portal.accounts.models import Organisation
from portal.jobs.queue import enqueue
from portal.webhooks import endpoints
organisation = Organisation.objects.first()
endpoint, _secret = endpoints.make(organisation, "http://127.0.0.1:{port}/", ["catalogue.changed"])
for _number in range(12):
    endpoints.send_test(endpoint)
enqueue("portal.webhooks.purge", unique_key="other-work")
"""
SEEN = """
from portal.jobs.models import Job
from portal.webhooks.models import Attempt
print(Job.objects.get(unique_key="other-work").state, Attempt.objects.count())
"""

TWO = """
from portal.accounts.models import Organisation
from portal.webhooks import endpoints
organisation = Organisation.objects.first()
for path, count in (("slow", 5), ("quick", 1)):
    address = "{address}/" + path
    endpoint, _secret = endpoints.make(organisation, address, ["catalogue.changed"])
    for _number in range(count):
        print(endpoints.send_test(endpoint).message)
"""


class Holding(Answering):
    """Keeps what comes to /slow waiting until something comes to /quick."""

    def __init__(self) -> None:
        super().__init__()
        self.at_once = self.most_at_once = 0
        self._quick, self._lock = threading.Event(), threading.Lock()

    def answer(self, method: str, path: str) -> Any:
        if path == "/quick":
            self._quick.set()
            return 204, b"", {}
        self._count(1)
        self._quick.wait(PATIENCE_S)
        self._count(-1)
        return 204, b"", {}

    def _count(self, more: int) -> None:
        with self._lock:
            self.at_once += more
            self.most_at_once = max(self.most_at_once, self.at_once)


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    with prepared(tmp_path, OUTBOUND_PRIVATE="true") as served:
        yield served


def test_a_silent_webhook_holds_up_no_other_work(portal: Portal, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=64) as silent:
        said(tmp_path, ASKED.format(port=silent.getsockname()[1]))
        deadline = time.monotonic() + PATIENCE_S
        while (seen := said(tmp_path, SEEN).split())[0] != "done":
            assert time.monotonic() < deadline
    assert int(seen[1]) < 12


def test_a_webhook_gets_one_message_at_a_time_in_order(portal: Portal, tmp_path: Path) -> None:
    with Holding() as receiver:
        *slow, quick = said(tmp_path, TWO.format(address=receiver.address)).split()
        deadline = time.monotonic() + PATIENCE_S
        while len(receiver.headers) < 6:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    came = [each["webhook-id"] for each in receiver.headers]
    assert receiver.most_at_once == 1
    assert [each for each in came if each != quick] == slow


def said(folder: Path, code: str) -> str:
    """What some lines of code print, beside the portal in a folder."""
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "--command", code],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "TSUNAGARI_VAR": str(folder), "OUTBOUND_PRIVATE": "true"},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout
