"""Requests that the portal sends to others: guarded, bounded, never to a private machine.

Addresses come from people (sources, webhooks), so a name is resolved once, every address that it
leads to must be public, and the connection goes to one of those: a name that changes its mind
between the look and the call gains nothing. Redirects are never followed by themselves.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from threading import Timer
from time import monotonic
from urllib.parse import SplitResult, quote, urlsplit

import structlog
from django.conf import settings

USER_AGENT = "Tsunagari/1.0"
MOST_BYTES = 64 * 1024
_NAT64 = IPv6Network("64:ff9b::/96")
_log = structlog.get_logger(__name__)
_PORTS = {"http": 80, "https": 443}


class ForbiddenTarget(Exception):
    """The address is none that the portal calls.

    The text says why, in English. It is shown to whoever gave the address, so it does not say where
    a name leads: names of a closed network are nobody else's business.
    """


class Unreachable(Exception):
    """No answer: no such name, no connection, a broken or too slow answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; names of headers in small letters, the body cut at what was asked for."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def send(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    timeout_s: float = 10.0,
    most_bytes: int = MOST_BYTES,
) -> Answer:
    """Sends one request and reads at most `most_bytes` of its answer, all within `timeout_s`.

    The name's lookup alone may take longer, as long as the machine's resolver lets it. Raises
    ForbiddenTarget before anything is sent, and Unreachable.
    """
    parts = checked(url)
    sent = {"User-Agent": USER_AGENT, "Accept": "*/*", "Connection": "close", **(headers or {})}
    deadline = _Deadline(timeout_s)
    connection = _connection(parts, deadline)
    try:
        connection.connect()
        with deadline.cutting(connection.sock):
            connection.request(method, _path(parts), body, sent)
            answer = connection.getresponse()
            content = answer.read(most_bytes) if most_bytes else b""
        named = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, named, content)
    except ForbiddenTarget:
        raise
    except (OSError, HTTPException, ValueError) as error:
        raise Unreachable(f"{type(error).__name__}: {error}"[:200]) from error
    finally:
        connection.close()


def checked(url: str) -> SplitResult:
    """The parts of an address of the web. Raises ForbiddenTarget for any other one."""
    if not url.isprintable() or " " in url:
        raise ForbiddenTarget("an address with a space or a control character in it")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ForbiddenTarget(str(error)) from error
    if parts.scheme not in _PORTS or not parts.hostname or port == 0:
        raise ForbiddenTarget("an address of http or https is needed")
    if parts.username is not None or parts.password is not None:
        raise ForbiddenTarget("an address with a user name or a password in it")
    return parts


def public_addresses(host: str, port: int) -> list[str]:
    """The addresses of `host`. Raises ForbiddenTarget if one is not public, Unreachable if none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"{host} has no address") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        if not settings.OUTBOUND_PRIVATE and not is_public(address):
            _log.warning("target_forbidden", host=host, address=address)
            raise ForbiddenTarget(f"{host} leads to an address that may not be called")
    return addresses


def is_public(address: str) -> bool:
    """Whether a numeric address is one of the open internet, also behind IPv6 translations."""
    ip = ip_address(address.partition("%")[0])
    inner: IPv4Address | None = None
    if isinstance(ip, IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if ip in _NAT64:
            inner = IPv4Address(int(ip) & 0xFFFFFFFF)
    judged: tuple[IPv4Address | IPv6Address, ...] = (inner,) if inner else (ip,)
    return all(one.is_global and not one.is_multicast for one in judged)


def _path(parts: SplitResult) -> str:
    """Path and query as they go over the wire: letters of other scripts are escaped."""
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=-._~")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=-._~?[]")
    return f"{path}?{query}" if query else path


class _Deadline:
    """The end of the time that a whole request has."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._end = monotonic() + timeout_s

    def left_s(self) -> float:
        """What is left of it. Raises TimeoutError where nothing is."""
        if (left := self._end - monotonic()) <= 0:
            raise TimeoutError(f"no whole answer in {self._timeout_s:g} s")
        return left

    @contextmanager
    def cutting(self, line: socket.socket) -> Iterator[None]:
        """Cuts the line when the time is up: a server that drips would else hold it for ever.

        Raises TimeoutError at the end where that happened.
        """

        def cut() -> None:
            with suppress(OSError):
                socket.socket.shutdown(line, socket.SHUT_RDWR)

        timer = Timer(self.left_s(), cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
        self.left_s()


def _connection(parts: SplitResult, deadline: _Deadline) -> HTTPConnection:
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    kind = _GuardedTLS if parts.scheme == "https" else _Guarded
    return kind(host, port, deadline)


class _Guarded(HTTPConnection):
    """Connects to an address that was judged, not to whatever the name says next."""

    def __init__(self, host: str, port: int, deadline: _Deadline) -> None:
        super().__init__(host, port)
        self.deadline = deadline

    def connect(self) -> None:
        self.sock = _socket(self.host, self.port, self.deadline)


class _GuardedTLS(_Guarded):
    """The same with TLS; the certificate is that of the name."""

    default_port = HTTPSConnection.default_port

    def connect(self) -> None:
        super().connect()
        self.sock.settimeout(self.deadline.left_s())
        context = ssl.create_default_context()
        self.sock = context.wrap_socket(self.sock, server_hostname=self.host)
        self.sock.settimeout(self.deadline.left_s())


def _socket(host: str, port: int, deadline: _Deadline) -> socket.socket:
    last: OSError | None = None
    for address in public_addresses(host, port)[:2]:
        try:
            return socket.create_connection((address, port), deadline.left_s())
        except OSError as error:
            last = error
    raise last or OSError("no address")
