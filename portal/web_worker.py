"""gunicorn's threaded worker, in which no thread waits for a slow client.

A request gets a thread when it has come: its head, and its body if that is short. A longer body is
read by the thread, in half of the threads at most. An answer that its reader does not take at once
is kept and sent on without the thread. What waits for a client waits in the worker's main loop.

A client that lets us wait has ten seconds, and gets more with each byte that moves: a slow line is
no attack.

An address may be longer than the 8 kB that gunicorn takes at most: it answers a longer one with a
bare English line, where the portal has a page in the reader's language.
"""

from __future__ import annotations

import errno
import re
import selectors
import socket
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from enum import Enum, auto
from functools import partial
from typing import Any

from gunicorn.http import message
from gunicorn.workers.gthread import TConn, ThreadWorker

from portal.web_line import Line

LONGEST_REQUEST_LINE = 256 * 1024
message.MAX_REQUEST_LINE = LONGEST_REQUEST_LINE

LINGER_S = 2.0  # for a client to have read its answer and to close
LONGEST_HEAD = 512 * 1024
SHORT_BODY = 64 * 1024
_TICK_S = 0.5

_HEAD_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,15})[ \t]*\r\n", re.IGNORECASE)
_ASKS_FIRST = re.compile(rb"\r\n(?:expect|transfer-encoding):", re.IGNORECASE)


class Connection(TConn):  # type: ignore[misc]
    """A connection whose request is on its way, has a thread, or was answered."""

    sock: Line
    since = until = 0.0  # from when and until when the main loop waits for its client


class Come(Enum):
    """How much of a request is here."""

    IN_PART = auto()
    WHOLE = auto()
    UP_TO_A_LONG_BODY = auto()

    @classmethod
    def of(cls, came: bytearray) -> Come:
        """How much of a request `came` is; the parser says whether it is any good."""
        end = came.find(_HEAD_END)
        if end < 0:
            return cls.IN_PART if len(came) <= LONGEST_HEAD else cls.WHOLE
        head = bytes(came[: end + 2])
        found = _LENGTH.search(head)
        length = int(found[1]) if found else 0
        if length > SHORT_BODY or _ASKS_FIRST.search(head):
            return cls.UP_TO_A_LONG_BODY
        return cls.WHOLE if len(came) >= end + len(_HEAD_END) + length else cls.IN_PART


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """Waits for clients in its main loop: for requests, for readers of answers, and at the end."""

    def init_process(self) -> None:
        """Begins with nobody to wait for, then serves."""
        self._awaited: set[Connection] = set()
        self._long: set[Connection] = set()
        self._long_to_come: deque[Connection] = deque()
        self._looked_at = 0.0
        super().init_process()

    def accept(self, listener: Any) -> None:
        """Takes a new connection."""
        try:
            accepted, address = listener.accept()
        except OSError as error:
            if error.errno in (errno.EAGAIN, errno.ECONNABORTED):
                return
            raise
        self.nr_conns += 1
        self.enqueue_req(Connection(self.cfg, Line(accepted), address, listener.getsockname()))

    def enqueue_req(self, conn: Connection) -> None:
        """Waits for a request, a part of which may have come behind the one before."""
        conn.init()
        conn.sock.setblocking(False)
        conn.sock.be_patient()
        conn.since = time.monotonic()
        conn.sock.came += conn.parser.unreader.take_buffered()
        if not self._receive(conn):
            self._await(conn, selectors.EVENT_READ, self._receive_on)

    def finish_request(self, conn: Connection, fs: Any) -> None:
        """Sends on what the reader has not taken; then waits for another request, or ends."""
        if conn in self._long:
            self._long.remove(conn)
            if self._long_to_come:
                self._start_long(self._long_to_come.popleft())
        if conn.sock.unsent:
            conn.sock.setblocking(False)
            conn.sock.be_patient()
            self._await(conn, selectors.EVENT_WRITE, partial(self._send_on, answered=fs))
        elif not fs.cancelled() and fs.exception() is None and fs.result():
            super().finish_request(conn, fs)
        else:
            self._leave(conn)

    def murder_pending(self) -> None:
        """Ends the connections whose clients let us wait for too long."""
        now = time.monotonic()
        if now >= self._looked_at + _TICK_S:
            self._looked_at = now
            for conn in [each for each in self._awaited if each.until < now]:
                self._end(conn)

    def _receive(self, conn: Connection) -> bool:
        """Takes what has come of a request; whether the main loop has to wait for no more of it."""
        line = conn.sock
        part = b"" if line.has_ended else line.take()
        if part == b"" and not line.came:
            self._end(conn)
            return True
        line.came += part or b""
        come = Come.WHOLE if part == b"" else Come.of(line.came)
        if come is Come.IN_PART:
            self._count(conn, len(part or b""))
            return False
        conn.parser.unreader.unread(bytes(line.came))
        line.came.clear()
        if come is Come.WHOLE:
            super().enqueue_req(conn)
        elif len(self._long) < max(1, self.cfg.threads // 2):
            self._start_long(conn)
        else:
            self._long_to_come.append(conn)
        return True

    def _receive_on(self, conn: Connection) -> None:
        if self._receive(conn):
            self._forget(conn)

    def _start_long(self, conn: Connection) -> None:
        self._long.add(conn)
        super().enqueue_req(conn)

    def _send_on(self, conn: Connection, answered: Any) -> None:
        try:
            self._count(conn, conn.sock.send_on())
        except OSError:
            self._end(conn)
            return
        if not conn.sock.unsent:
            self._forget(conn)
            self.finish_request(conn, answered)

    def _leave(self, conn: Connection) -> None:
        """Ends our side, then waits a moment for the other: at once, it could lose its answer."""
        with suppress(OSError):
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.patience_s = LINGER_S
            self._await(conn, selectors.EVENT_READ, self._listen_on)
            return
        self._end(conn)

    def _listen_on(self, conn: Connection) -> None:
        if conn.sock.take() == b"":
            self._end(conn)

    def _await(self, conn: Connection, event: int, then: Callable[[Connection], None]) -> None:
        self._awaited.add(conn)
        conn.since = time.monotonic()
        self._count(conn, 0)
        self.poller.register(conn.sock, event, lambda _sock: then(conn))

    def _count(self, conn: Connection, moved: int) -> None:
        now = time.monotonic()
        conn.sock.waited(now - conn.since, moved)
        conn.since, conn.until = now, now + conn.sock.patience_s

    def _forget(self, conn: Connection) -> None:
        if conn in self._awaited:
            self._awaited.remove(conn)
            self.poller.unregister(conn.sock)

    def _end(self, conn: Connection) -> None:
        self._forget(conn)
        self.nr_conns -= 1
        conn.close()
