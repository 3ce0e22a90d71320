"""gunicorn's threaded worker, with a deadline for a client to have sent its request.

Without one a client that sends half a request holds a thread for as long as it likes. A body gets
more time with each byte that came of it: an upload over a slow line is no attack.

An address may be longer than the 8 kB that gunicorn takes at most: it answers a longer one with a
bare English line, where the portal has a page in the reader's language.
"""

import socket
import threading
import time
from contextlib import suppress
from typing import Any

from gunicorn.http import message
from gunicorn.workers.gthread import ThreadWorker

LONGEST_REQUEST_LINE = 256 * 1024
message.MAX_REQUEST_LINE = LONGEST_REQUEST_LINE

DEADLINE_S = 10.0
SLOWEST_BYTES_S = 16_384  # of a body, beyond the deadline
LONGEST_S = 600.0
TICK_S = 0.5


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """Stops reading, but not answering, when a request's deadline is over."""

    def init_process(self) -> None:
        """Starts the thread that watches the deadlines, then serves."""
        self._deadlines: dict[Any, float] = {}
        threading.Thread(target=self._watch, name="deadlines", daemon=True).start()
        super().init_process()

    def handle(self, conn: Any) -> Any:
        """Serves one request of a connection, in a thread of the pool."""
        self._deadlines[conn] = time.monotonic() + DEADLINE_S
        try:
            return super().handle(conn)
        finally:
            self._deadlines.pop(conn, None)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answers a request whose head was read; its body moves the deadline as it comes."""
        unreader, latest = req.unreader, time.monotonic() + LONGEST_S

        def chunk(size_hint: int | None = None) -> bytes:
            part: bytes = type(unreader).chunk(unreader, size_hint)
            with suppress(KeyError):  # it was over in this very moment
                moved = self._deadlines[conn] + len(part) / SLOWEST_BYTES_S
                self._deadlines[conn] = min(moved, latest)
            return part

        unreader.chunk = chunk
        return super().handle_request(req, conn)

    def _watch(self) -> None:
        while True:
            time.sleep(TICK_S)
            now = time.monotonic()
            for conn, deadline in list(self._deadlines.items()):
                if now > deadline:
                    self._deadlines.pop(conn, None)
                    with suppress(OSError):
                        conn.sock.shutdown(socket.SHUT_RD)
