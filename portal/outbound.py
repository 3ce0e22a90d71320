"""Requests that the portal sends to others: guarded, bounded, never to a private machine.

Addresses come from people (sources, webhooks), so a name is resolved once, every address that it
leads to must be public, and the connection goes to one of those: a name that changes its mind
between the look and the call gains nothing. Redirects are never followed by themselves.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from threading import Event, Timer
from urllib.parse import SplitResult, quote, urlsplit

from django.conf import settings

USER_AGENT = "Tsunagari/1.0"
MOST_BYTES = 64 * 1024
_NAT64 = IPv6Network("64:ff9b::/96")
_PORTS = {"http": 80, "https": 443}


class ForbiddenTarget(Exception):
    """The address is none that the portal calls; the text says why, in English for the logs."""


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

    Raises ForbiddenTarget before anything is sent, and Unreachable.
    """
    parts = checked(url)
    sent = {"User-Agent": USER_AGENT, "Accept": "*/*", "Connection": "close", **(headers or {})}
    connection = _connection(parts, timeout_s)
    try:
        with _deadline(connection, timeout_s) as over:
            connection.request(method, _path(parts), body, sent)
            answer = connection.getresponse()
            content = answer.read(most_bytes) if most_bytes else b""
        if over.is_set():
            raise TimeoutError(f"no whole answer in {timeout_s:g} s")
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
            raise ForbiddenTarget(f"{host} leads to {address}, which is not public")
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


def _connection(parts: SplitResult, timeout_s: float) -> HTTPConnection:
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    if parts.scheme == "https":
        return _GuardedTLS(host, port, timeout=timeout_s)
    return _Guarded(host, port, timeout=timeout_s)


class _Guarded(HTTPConnection):
    """Connects to an address that was judged, not to whatever the name says next."""

    def connect(self) -> None:
        self.sock = _socket(self.host, self.port, self.timeout)


class _GuardedTLS(HTTPSConnection):
    """The same with TLS; the certificate is that of the name."""

    def connect(self) -> None:
        plain = _socket(self.host, self.port, self.timeout)
        self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)


def _socket(host: str, port: int, timeout_s: float | None) -> socket.socket:
    last: OSError | None = None
    for address in public_addresses(host, port)[:2]:
        try:
            return socket.create_connection((address, port), timeout_s)
        except OSError as error:
            last = error
    raise last or OSError("no address")


@contextmanager
def _deadline(connection: HTTPConnection, timeout_s: float) -> Iterator[Event]:
    """Cuts the line when the time is up: a server that drips would else hold it for ever."""
    over = Event()

    def cut() -> None:
        over.set()
        if (sock := connection.sock) is not None:
            try:
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
            except OSError:
                return

    timer = Timer(timeout_s, cut)
    timer.daemon = True
    timer.start()
    try:
        yield over
    finally:
        timer.cancel()
