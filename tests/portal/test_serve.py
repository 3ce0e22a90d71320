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
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

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


def test_both_processes_count_wrong_passwords_together(portal: Portal) -> None:
    portal.wait_for("Tsunagari answers on")
    address = f"http://127.0.0.1:{portal.port}/en/account/login/"
    cookies = CookieJar()
    browser = build_opener(HTTPCookieProcessor(cookies))
    browser.open(address).read()
    token = next(each.value for each in cookies if each.name == "csrftoken")
    form = {"login": "mai@example.org", "password": "not it", "csrfmiddlewaretoken": str(token)}
    told = [browser.open(address, urlencode(form).encode()).read() for _attempt in range(14)]
    assert [b"Too many attempts" in each for each in told] == [False] * 5 + [True] * 9
