"""What the portal sends to others: never to a private machine, never for longer than it says."""

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from portal.outbound import Answer, ForbiddenTarget, Unreachable, checked, is_public, send
from tests.portal.answering import Answering


@pytest.fixture
def server() -> Iterator[Answering]:
    with Answering() as running:
        yield running


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ],
)
def test_private_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8"])
def test_addresses_of_the_open_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/",
        "file:///etc/passwd",
        "//example.org/",
        "http://",
        "http://user:secret@example.org/",
        "http://example.org:99999/",
        "http://[::1/",
        "",
    ],
)
def test_only_plain_addresses_of_the_web_are_called(url: str) -> None:
    with pytest.raises(ForbiddenTarget):
        checked(url)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1"])
def test_a_machine_of_ones_own_is_not_called(server: Answering, host: str) -> None:
    with pytest.raises((ForbiddenTarget, Unreachable)):
        send("GET", f"http://{host}:{server.port}/")
    assert server.asked == []


def test_a_name_that_leads_inside_is_not_called(
    server: Answering, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where only one of its addresses does, or the second look would say otherwise."""

    def resolve(*_args: Any, **_kwargs: Any) -> list[Any]:
        family = socket.AF_INET, socket.SOCK_STREAM, 6, ""
        return [(*family, ("8.8.8.8", 80)), (*family, ("127.0.0.1", 80))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(ForbiddenTarget, match=r"127\.0\.0\.1"):
        send("GET", "http://rebinding.example/")
    assert server.asked == []


def test_an_answer_comes_whole_and_redirects_are_not_followed(
    server: Answering, settings: Any
) -> None:
    settings.OUTBOUND_PRIVATE = True
    server.says("/a", 301, b"over there", Location="http://127.0.0.1:1/")
    answer = send("GET", f"{server.address}/a?q=é", headers={"X-Name": "1"})
    assert answer == Answer(301, answer.headers, b"over there")
    assert answer.headers["location"] == "http://127.0.0.1:1/"
    assert server.asked == [("GET", "/a?q=%C3%A9")]
    assert server.headers[0]["User-Agent"].startswith("Tsunagari/")


def test_a_body_is_sent_and_an_answer_is_cut(server: Answering, settings: Any) -> None:
    settings.OUTBOUND_PRIVATE = True
    server.says("/big", 200, b"x" * 10_000)
    assert send("POST", f"{server.address}/big", body=b"{}", most_bytes=10).body == b"x" * 10
    assert server.bodies == [b"{}"]


def test_nobody_there_is_told(settings: Any) -> None:
    settings.OUTBOUND_PRIVATE = True
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(Unreachable):
        send("GET", f"http://127.0.0.1:{port}/")


def test_a_server_that_drips_is_cut_off(settings: Any) -> None:
    """Each sign comes soon enough; all of them together would take for ever."""
    settings.OUTBOUND_PRIVATE = True
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            line, _peer = listening.accept()
            with line:
                try:
                    line.sendall(b"HTTP/1.1 200 OK\r\n")
                    while not over.wait(0.05):
                        line.sendall(b"X")
                except OSError:
                    return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        with pytest.raises(Unreachable):
            send("GET", f"http://127.0.0.1:{listening.getsockname()[1]}/", timeout_s=0.3)
        over.set()
        thread.join()
