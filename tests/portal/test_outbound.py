"""What the portal sends to others: never to a private machine, never for longer than it says."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from portal.outbound import Answer, ForbiddenTarget, Unreachable, checked, is_public, send
from tests.portal.answering import Answering

SLOW_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


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
        "http://\x84",
        "http://exam\tple.org/",
        "http://example.org/a b",
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
    with pytest.raises(
        ForbiddenTarget, match=r"^rebinding\.example leads to an address that may not be called$"
    ):
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


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(("lookup_s", "handshake_s"), [(0, 0), (0.4, 0), (0.15, 0.25)])
def test_a_server_that_drips_is_cut_off(
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    scheme: str,
    lookup_s: float,
    handshake_s: float,
) -> None:
    """Each sign comes soon enough, all of them too late; whatever took the time before."""
    settings.OUTBOUND_PRIVATE = True
    certificate = certified(tmp_path, "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    resolve, sent = socket.getaddrinfo, bytearray()

    def resolve_slowly(host: str, *args: Any, **kwargs: Any) -> list[Any]:
        if host == "localhost":
            time.sleep(lookup_s)
            host = "127.0.0.1"
        return resolve(host, *args, **kwargs)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(
            target=drip, args=(listening, scheme, handshake_s, certificate, sent), daemon=True
        )
        thread.start()
        with monkeypatch.context() as patched:
            patched.setattr(socket, "getaddrinfo", resolve_slowly)
            with pytest.raises(Unreachable):
                send("GET", f"{scheme}://localhost:{listening.getsockname()[1]}/", timeout_s=0.3)
        listening.shutdown(socket.SHUT_RDWR)  # nobody may have come
        thread.join()
    assert len(sent) < len(SLOW_ANSWER)


def drip(
    listening: socket.socket, scheme: str, handshake_s: float, certificate: Path, sent: bytearray
) -> None:
    """An answer that comes letter by letter, to its end if one waits for it."""
    line: socket.socket
    try:
        line, _peer = listening.accept()
        if scheme == "https":
            time.sleep(handshake_s)
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(certificate)
            line = context.wrap_socket(line, server_side=True)
        with line:
            line.recv(65536)
            for letter in SLOW_ANSWER:
                line.sendall(bytes([letter]))
                sent.append(letter)
                time.sleep(0.05)
    except OSError:
        return


def certified(folder: Path, name: str) -> Path:
    """A file with a certificate of `name` by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    form = serialization.Encoding.PEM
    path.write_bytes(
        certificate.public_bytes(form)
        + key.private_bytes(form, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


def test_an_answer_over_tls_comes_whole(
    settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings.OUTBOUND_PRIVATE = True
    certificate = certified(tmp_path, "localhost")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"https://localhost:{listening.getsockname()[1]}/"
        thread = threading.Thread(
            target=drip, args=(listening, "https", 0, certificate, bytearray()), daemon=True
        )
        thread.start()
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert send("GET", address, timeout_s=60).status == 200
        thread.join()
