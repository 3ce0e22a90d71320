"""Clients that let a portal wait hold nobody up: neither with requests nor with answers.

What they must not hold up is asked while they hang on. That it was answered meanwhile, and not
after they had been cut off, shows in that their lines are still open then.
"""

import http.client
import json
import select
import socket
import time
from collections.abc import Iterator

import pytest

from tests.portal.served import PATIENCE_S, Portal, prepared

POST = b"POST /api/v1/matches/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
LONG = POST + b"Content-Length: 2000000\r\n\r\n"
PARTS = [
    b"",
    b"GET / HTTP/1.1\r\nHo",
    POST + b"Content-Length: 9\r\n\r\n{",
    LONG + b"{",
]
DUMP = "/api/v1/dumps/2/catalogue.ndjson"  # 3 MB; the stewards of the demonstration make it 2
MOST_THREADS = 32
LIVES = b"GET /health/live/ HTTP/1.1\r\nHost: localhost\r\n"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    folder = tmp_path_factory.mktemp("prepared")
    with prepared(folder, API_RATE_DUMP="1000/minute") as served:
        yield served


@pytest.fixture
def lines(portal: Portal) -> Iterator[list[socket.socket]]:
    """Many more lines than the portal has threads, at the ends of which little is kept."""
    opened = []
    for _number in range(3 * MOST_THREADS):
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32768)
        line.settimeout(PATIENCE_S)
        line.connect(("127.0.0.1", portal.port))
        opened.append(line)
    yield opened
    for line in opened:
        line.close()


def assert_answers(portal: Portal) -> None:
    """That each of its processes answers."""
    for _each in range(8):
        assert portal.status_of("/api/v1/sectors/basic-metals/", timeout=PATIENCE_S) == 200


def all_open(lines: list[socket.socket]) -> bool:
    """Whether nothing has come over any line, not even its end."""
    return select.select(lines, [], [], 0)[0] == []


def test_parts_of_requests_hold_nobody_up(portal: Portal, lines: list[socket.socket]) -> None:
    for number, line in enumerate(lines):
        line.sendall(PARTS[number % len(PARTS)])

    assert_answers(portal)
    assert all_open(lines)


def test_long_bodies_that_do_not_come_leave_threads_to_others(
    portal: Portal, lines: list[socket.socket]
) -> None:
    for line in lines:
        line.sendall(LONG)

    assert_answers(portal)
    assert all_open(lines)


def test_readers_who_do_not_read_hold_nobody_up(portal: Portal, lines: list[socket.socket]) -> None:
    asking, request = lines[: MOST_THREADS + 4], dump(portal)
    for line in asking:
        line.sendall(request)
    for line in asking:
        assert line.recv(12) == b"HTTP/1.1 200"

    assert_answers(portal)
    assert has_whole_answer(lines[0])


def has_whole_answer(line: socket.socket) -> bool:
    """Whether what comes over a line, but for its first letters, is an answer to its end."""
    with line.makefile("rb") as come:
        headers = http.client.parse_headers(come)
        length = int(headers["Content-Length"])
        return len(come.read(length)) == length


def dump(portal: Portal) -> bytes:
    """A request for an answer of megabytes, which the portal has by now."""
    deadline = time.monotonic() + PATIENCE_S
    while portal.status_of(DUMP) != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return f"GET {DUMP} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def test_who_stops_reading_is_cut_off(portal: Portal, lines: list[socket.socket]) -> None:
    lines[0].sendall(dump(portal))
    assert lines[0].recv(12) == b"HTTP/1.1 200"
    time.sleep(15)
    assert not has_whole_answer(lines[0])


def test_who_does_not_hang_up_holds_nobody_up(portal: Portal, lines: list[socket.socket]) -> None:
    for line in lines:
        line.sendall(LIVES + b"Connection: close\r\n\r\n")
    for line in lines:
        assert line.recv(12) == b"HTTP/1.1 200"

    assert_answers(portal)


def test_a_body_that_comes_over_a_slow_line_is_waited_for(portal: Portal) -> None:
    """Longer than a client that sends nothing is waited for."""
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


@pytest.mark.parametrize("size", [1, 50_000, 200_000])
@pytest.mark.parametrize("headers", [{}, {"Expect": "100-continue"}])
def test_a_body_that_comes_in_pieces_is_read_whole(
    portal: Portal, size: int, headers: dict[str, str]
) -> None:
    body = b'{"profile": {"sector": "it-dx"}, "robustness": false}' + size * b" "
    request = [
        "POST /api/v1/matches/ HTTP/1.1",
        "Host: localhost",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    sent = "\r\n".join([*request, "", ""]).encode() + body
    with socket.create_connection(("127.0.0.1", portal.port), PATIENCE_S) as line:
        for beginning in range(0, len(sent), 7919):
            line.sendall(sent[beginning : beginning + 7919])
            time.sleep(0.01)
        answer = http.client.HTTPResponse(line)
        answer.begin()
        assert (answer.status, json.loads(answer.read())["level"]) == (200, "province")


def test_requests_that_come_at_once_are_answered_in_turn(portal: Portal) -> None:
    with socket.create_connection(("127.0.0.1", portal.port), PATIENCE_S) as line:
        line.sendall((LIVES + b"\r\n") * 3 + LIVES)
        line.sendall(b"Connection: close\r\n\r\n")
        came = b"".join(iter(lambda: line.recv(65536), b""))
    assert came.count(b"HTTP/1.1 200 OK") == 4
