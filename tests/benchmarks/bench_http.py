"""Rates of the API over HTTP against an empty view on the same server: printed, never asserted.

Run with `python -m tests.benchmarks.bench_http [seconds]`. It prepares a portal of its own in a
temporary folder (SQLite, or what DATABASE_URL names), serves it by gunicorn as `manage.py serve`
does, and asks from four connections that stay open. Each measurement takes its turn in every one
of three rounds; a ratio is that of the median rates. Profiles are new ones each time but where the
table says so; pages and records take turns. What asks takes processor time, too, so on a machine
with few processors all rates are lower than the server's own, and the ratios nearer to 1.
"""

import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, cycle
from statistics import median, quantiles
from typing import Any

from tests.matching.contract import example

HOST, PORT = "127.0.0.1", 8077
CONNECTIONS, ROUNDS = 4, 3
GOALS = {"match": 0.3, "etag": 0.7, "list": 0.15}
SECTORS = ("fabricated-metal", "machinery", "electronics", "plastics-rubber", "food-processing")

Asked = tuple[str, str, bytes | None, dict[str, str]]  # method, address, body, headers


@dataclass
class Seen:
    """What one measurement saw: seconds a request took, and requests a second."""

    times_s: list[float]
    rate: float


def main(seconds: float) -> None:
    """Prints the rate of each kind of request, its ratio to the empty view's, and its latencies."""
    with tempfile.TemporaryDirectory() as folder:
        server = _serve(folder)
        try:
            kinds = {
                "empty": cycle([("GET", "/api/v1/empty/", None, {})]),
                "match": _matches("reasons"),
                "full": _matches("full"),
                "again": cycle([next(_matches("reasons"))]),
                "etag": cycle(_details()),
                "list": cycle(_pages()),
            }
            for asked in kinds.values():
                _measure(asked, min(seconds, 1.0))  # what is kept is kept from here on
            seen: dict[str, list[Seen]] = {name: [] for name in kinds}
            for _round in range(ROUNDS):
                for name, asked in kinds.items():
                    seen[name].append(_measure(asked, seconds))
        finally:
            server.terminate()
            server.wait()
    _print(seen)


def _serve(folder: str) -> subprocess.Popen[bytes]:
    """A portal of its own, ready to answer."""
    environment = os.environ | {
        "TSUNAGARI_VAR": folder,
        "DJANGO_SETTINGS_MODULE": "tests.benchmarks.http_settings",
        "API_RATE_READ": "1000000000/minute",
        "API_RATE_MATCH": "1000000000/minute",
        "LOG_LEVEL": "ERROR",
        "PYTHONWARNINGS": "ignore",
    }
    prepare = [sys.executable, "manage.py", "prepare"]
    subprocess.run(prepare, env=environment, check=True, stdout=subprocess.DEVNULL)
    command = [sys.executable, "-m", "gunicorn", "portal.wsgi:application"]
    options = {
        "bind": f"{HOST}:{PORT}",
        "worker-class": "portal.web_worker.PatientWorker",
        "workers": "2",
        "threads": "16",
        "log-level": "error",
    }
    flags = ["--no-control-socket", *(f"--{key}={value}" for key, value in options.items())]
    server = subprocess.Popen([*command, *flags], env=environment)
    for _attempt in range(300):
        try:
            if _ask(_connection(), ("GET", "/health/ready/", None, {}))[0] == 200:
                return server
        except OSError:
            time.sleep(0.2)
    server.kill()
    raise SystemExit("the server does not answer")


def _matches(detail: str) -> Iterator[Asked]:
    """Profiles, alike in size, of which none asks what another did: no answer is kept already."""
    for number in count():
        body = example(
            robustness=False,
            detail=detail,
            profile__sector=SECTORS[number % len(SECTORS)],
            profile__employees=20 + number % 100,
            profile__floor_area_m2=300 + number,
            profile__rent_budget_usd_m2_month=3 + number % 100 / 20,
            profile__max_km_to_seaport=40 + number % 100,
        )
        content = {"Content-Type": "application/json"}
        yield "POST", "/api/v1/matches/", json.dumps(body).encode(), content


def _details() -> Iterator[Asked]:
    """Every province, by a reader who has it already."""
    connection = _connection()
    _status, headers, body = _ask(connection, ("GET", "/api/v1/provinces/", None, {}))
    for record in json.loads(body)["results"]:
        address = f"/api/v1/provinces/{record['slug']}/"
        _status, headers, _body = _ask(connection, ("GET", address, None, {}))
        yield "GET", address, None, {"If-None-Match": headers["ETag"]}


def _pages() -> Iterator[Asked]:
    """Every page of fifty industrial parks, one behind the other."""
    connection, address = _connection(), "/api/v1/industrial-parks/"
    while address:
        yield "GET", address, None, {}
        following = json.loads(_ask(connection, ("GET", address, None, {}))[2])["next"]
        address = following and following.partition(f"{PORT}")[2]


def _measure(asked: Iterator[Asked], seconds: float) -> Seen:
    """Asks from every connection for `seconds`."""
    lock, times = threading.Lock(), []
    end = time.perf_counter() + seconds

    def ask_on() -> None:
        connection = _connection()
        while time.perf_counter() < end:
            with lock:
                following = next(asked)
            begun = time.perf_counter()
            status = _ask(connection, following)[0]
            times.append(time.perf_counter() - begun)
            if status not in (200, 304):
                raise SystemExit(f"{following[1]} was answered with {status}")

    begun = time.perf_counter()
    threads = [threading.Thread(target=ask_on) for _each in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Seen(times, len(times) / (time.perf_counter() - begun))


def _connection() -> http.client.HTTPConnection:
    return http.client.HTTPConnection(HOST, PORT, timeout=60)


def _ask(connection: http.client.HTTPConnection, asked: Asked) -> tuple[int, Any, bytes]:
    method, address, body, headers = asked
    connection.request(method, address, body, headers)
    response = connection.getresponse()
    return response.status, response.headers, response.read()


def _print(seen: dict[str, list[Seen]]) -> None:
    names = {
        "empty": "an empty view",
        "match": "a new match, no draws",
        "full": "the same, in full detail",
        "again": "a match asked for again",
        "etag": "a province, 304",
        "list": "fifty parks",
    }
    rates = {name: median(one.rate for one in each) for name, each in seen.items()}
    print(f"{'':26}{'rate/s':>9}{'ratio':>8}{'goal':>7}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}")
    for name, each in seen.items():
        cuts = quantiles((1_000 * time for one in each for time in one.times_s), n=100)
        ratio = rates[name] / rates["empty"]
        goal = f"{GOALS[name]:.2f}" if name in GOALS else ""
        print(
            f"{names[name]:26}{rates[name]:9.1f}{ratio:8.3f}{goal:>7}"
            f"{cuts[49]:9.1f}{cuts[94]:9.1f}{cuts[98]:9.1f}"
        )


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 4.0)
