"""A client's line: how long it may let us wait, and what it has not taken yet.

A client has ten seconds, and gets them back with the bytes that move: a slow line is no attack.
"""

import errno
import select
import socket
import threading
import time
from contextlib import suppress
from typing import Any

PATIENCE_S = 10.0
SLOWEST_BYTES_S = 16_384  # each second's worth of bytes gives back a second
LONGEST_S = 600.0  # to wait for one request or one answer, all in all
MOST_UNSENT = 8_000_000  # bytes of an answer, before its thread waits for the reader
MOST_UNSENT_IN_ALL = 128_000_000  # of all answers of a process
UNSENT_IN_KERNEL = 128 * 1024  # else megabytes that nobody takes would count as sent
_PART = 64 * 1024


class Line(socket.socket):
    """The socket of a connection. `patience_s`: how long it may still let us wait.

    `came` is what has been received of a request that has no thread yet, `unsent` what has been
    answered and not been taken yet.
    """

    def __init__(self, accepted: socket.socket) -> None:
        kind = accepted.family, accepted.type, accepted.proto
        super().__init__(*kind, fileno=accepted.detach())
        if hasattr(socket, "TCP_NOTSENT_LOWAT"):
            with suppress(OSError):  # no TCP
                self.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_IN_KERNEL)
        self.came, self.unsent = bytearray(), bytearray()
        self._counted = 0
        self.has_ended = False
        self.be_patient()

    def be_patient(self) -> None:
        """Begins to count anew."""
        self.patience_s, self._left_s = PATIENCE_S, LONGEST_S

    def waited(self, seconds: float, moved: int) -> None:
        """Counts a wait, and the bytes that came of it."""
        self._left_s -= seconds
        earned = self.patience_s - seconds + moved / SLOWEST_BYTES_S
        self.patience_s = min(earned, PATIENCE_S, self._left_s)

    def recv(self, size: int, flags: int = 0) -> bytes:
        """What comes, waited for; nothing once that takes too long, as where the client ended."""
        if self.has_ended or not self._wait(select.POLLIN):
            part = b""
        else:
            part = super().recv(size, flags)
            self.waited(0, len(part))
        self.has_ended = not part  # else what comes late would be taken for another request
        return part

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Sends what is taken at once and keeps the rest; waits where too much is kept already.

        Raises OSError.
        """
        self.unsent += data
        self.send_on()
        while self._is_full():
            if not self._wait(select.POLLOUT):
                raise BrokenPipeError(errno.EPIPE, "the reader does not take the answer")
            self.waited(0, self.send_on())

    def send_on(self) -> int:
        """Sends as much of what is kept as is taken at once. Raises OSError."""
        sent = 0
        with suppress(BlockingIOError):
            while self.unsent:
                with memoryview(self.unsent) as view:
                    part = self.send(view[:_PART], socket.MSG_DONTWAIT)
                del self.unsent[:part]
                sent += part
        self._count()
        return sent

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        """Sends a file as any other answer. Raises OSError."""
        file.seek(offset)
        content = file.read(-1 if count is None else count)
        self.sendall(content)
        return len(content)

    def take(self) -> bytes | None:
        """What has come; None where nothing has, nothing where the client has ended."""
        try:
            return super().recv(_PART, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return None
        except OSError:
            return b""

    def close(self) -> None:
        """Drops what nobody took, too."""
        self.unsent.clear()
        self._count()
        super().close()

    def _wait(self, event: int) -> bool:
        """Whether the line was ready before its patience was over."""
        begun, poll = time.monotonic(), select.poll()
        poll.register(self, event)
        ready = poll.poll(max(0.0, self.patience_s) * 1000)
        self.waited(time.monotonic() - begun, 0)
        return bool(ready)

    def _is_full(self) -> bool:
        kept = len(self.unsent)
        return kept > MOST_UNSENT or (kept > 0 and _Unsent.count > MOST_UNSENT_IN_ALL)

    def _count(self) -> None:
        if len(self.unsent) != self._counted:
            with _Unsent.lock:
                _Unsent.count += len(self.unsent) - self._counted
                self._counted = len(self.unsent)


class _Unsent:
    """What all lines of this process keep, in bytes."""

    lock = threading.Lock()
    count = 0
