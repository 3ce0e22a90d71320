"""`manage.py serve`: one command serves, tells where, and leaves nothing behind."""

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.portal.served import Portal, is_alive, prepare


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a portal has been prepared."""
    folder = tmp_path_factory.mktemp("prepared")
    prepare(folder)
    return folder


@pytest.fixture
def portal(prepared: Path, tmp_path: Path) -> Iterator[Portal]:
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    served = Portal(tmp_path)
    try:
        yield served
    finally:
        if served.process.poll() is None:
            served.process.terminate()
            served.process.wait(30)


@pytest.mark.skipif(not Path("/proc").exists(), reason="reads the processes from /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_all_of_a_portal_stops_with_it(portal: Portal, number: signal.Signals) -> None:
    portal.wait_for(f"http://127.0.0.1:{portal.port}/")
    assert portal.status_of("/health/") == 200
    parts = portal.all_parts()
    portal.process.send_signal(number)
    portal.process.wait(30)
    deadline = time.monotonic() + 30
    while any(is_alive(pid) for pid in parts) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert [pid for pid in parts if is_alive(pid)] == []
    assert portal.process.returncode == (-number if number == signal.SIGKILL else 0)
    with socket.create_server(("127.0.0.1", portal.port)):
        pass


def test_part_that_dies_stops_the_rest_with_a_word(portal: Portal) -> None:
    portal.wait_for("Ctrl-C")
    web, *rest = portal.parts()
    os.kill(web, signal.SIGKILL)
    assert portal.process.wait(30) == 1
    assert "the web server ended with status -9; stopping the rest." in portal.log.read_text()
    assert not any(is_alive(pid) for pid in rest)


def test_slow_clients_hold_nobody_up_for_long(portal: Portal) -> None:
    portal.wait_for("Ctrl-C")
    halves = [
        b"GET / HTTP/1.1\r\nHo",
        b"POST /api/v1/matches/ HTTP/1.1\r\nContent-Length: 9\r\n\r\n{",
    ]
    slow = []
    for number in range(40):
        client = socket.create_connection(("127.0.0.1", portal.port))
        client.sendall(halves[number % 2])
        slow.append(client)
    assert portal.status_of("/health/live/", timeout=60) == 200
    for client in slow:
        client.close()


def test_a_body_that_comes_over_a_slow_line_is_waited_for(portal: Portal) -> None:
    """Longer than the deadline of a head, though no client may be silent so long."""
    portal.wait_for("Ctrl-C")
    body = b'{"profile": {"sector": "it-dx"}, "robustness": false}'
    part, count = 8 * 1024 * b" ", 28
    connection = http.client.HTTPConnection("127.0.0.1", portal.port, timeout=60)
    connection.putrequest("POST", "/api/v1/matches/")
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Content-Length", str(count * len(part) + len(body)))
    connection.endheaders()
    for _part in range(count):
        time.sleep(0.45)
        connection.send(part)
    connection.send(body)
    assert connection.getresponse().status == 200
    connection.close()


@pytest.mark.parametrize("port", ["taken", "0x50", "70000"])
def test_port_that_cannot_be_used_is_said_at_once(port: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        number = str(other.getsockname()[1]) if port == "taken" else port
        done = subprocess.run(
            [sys.executable, "manage.py", "serve"],
            cwd=settings.BASE_DIR,
            env={"PATH": os.environ["PATH"], "TSUNAGARI_VAR": str(tmp_path), "PORT": number},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert re.search(rf"(?i)port.*{number}", done.stderr)
    assert not list(tmp_path.glob("*.sqlite3"))


def test_ten_thousand_parameters_get_the_page_of_the_portal(portal: Portal) -> None:
    """gunicorn alone would answer an address beyond 4 kB with a line of English."""
    portal.wait_for("Tsunagari answers on")
    query = "&".join(f"parameter{number}=1" for number in range(10_000))
    connection = http.client.HTTPConnection("127.0.0.1", portal.port, timeout=30)
    connection.request("GET", f"/vi/provinces/?{query}")
    response = connection.getresponse()
    page = response.read().decode()
    connection.close()
    assert (response.status, '<html lang="vi"' in page) == (400, True)
