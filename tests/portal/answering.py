"""A web server on this machine that answers as a test tells it, and keeps what it was asked."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class Answering:
    """Runs between `with` and its end; what it was not told about is a 404."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.bodies: list[bytes] = []
        self._answers: dict[str, tuple[int, bytes, dict[str, str]]] = {}
        self._only: dict[str, int] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    @property
    def address(self) -> str:
        """Its address without a path."""
        return f"http://127.0.0.1:{self.port}"

    def says(self, path: str, status: int, body: bytes = b"", **headers: str) -> None:
        """From now on it answers so at `path`."""
        self._answers[path] = (status, body, headers)

    def refuses_head(self, path: str, status: int = 405) -> None:
        """From now on it answers a HEAD there with `status`."""
        self._only[path] = status

    def answer(self, method: str, path: str) -> tuple[int, bytes, dict[str, str]]:
        """What it says to a request."""
        plain = path.partition("?")[0]
        if method == "HEAD" and plain in self._only:
            return self._only[plain], b"", {}
        return self._answers.get(plain, (404, b"", {}))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(own: Answering) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            own.asked.append((self.command, self.path))
            own.headers.append(dict(self.headers))
            if length := int(self.headers.get("Content-Length") or 0):
                own.bodies.append(self.rfile.read(length))
            status, body, headers = own.answer(self.command, self.path)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_HEAD = do_POST = _answer

        def log_message(self, *_args: Any) -> None:
            """Says nothing."""

    return Handler
