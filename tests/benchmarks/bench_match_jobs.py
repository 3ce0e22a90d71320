"""Times of a match job of 100,000 profiles, sent over HTTP: printed, never asserted.

Run with `python -m tests.benchmarks.bench_match_jobs [profiles]`. See `serving` for the portal.
"""

import csv
import http.client
import json
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from io import StringIO
from statistics import median
from typing import Any

from tests.benchmarks.serving import serving, timed
from tests.matching.contract import EXAMPLE
from tests.portal.served import Portal

SECTORS = ("fabricated-metal", "machinery", "electronics", "plastics-rubber", "food-processing")
FORMS = {"text/csv": "csv", "application/x-ndjson": "ndjson"}


class System:
    """What a bank's own system does: asks over HTTP with an access token."""

    def __init__(self, portal: Portal) -> None:
        from portal.accounts import clients
        from tests.localities.people import member, organisation

        own = organisation("bank", "support-organisation")
        head = member("head-bank", "administrator", own)
        client, secret = clients.make(head, own, "CRM", ["match:batch"])
        basic = b64encode(f"{client.client_id}:{secret}".encode()).decode()
        self._portal = portal
        self._headers = {
            "Authorization": f"Basic {basic}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        token = self.json("POST", "/api/v1/oauth/token/", b"grant_type=client_credentials")
        self._headers = {"Authorization": f"Bearer {token['access_token']}"}

    def json(self, method: str, address: str, body: bytes = b"", **headers: str) -> Any:
        """The answer, read as JSON."""
        return json.loads(b"".join(self.parts(method, address, body, **headers)))

    def parts(
        self, method: str, address: str, body: bytes = b"", **headers: str
    ) -> Iterator[bytes]:
        """The answer as it comes."""
        connection = http.client.HTTPConnection("127.0.0.1", self._portal.port, timeout=600)
        connection.request(method, address, body, {**self._headers, **headers})
        answer = connection.getresponse()
        while part := answer.read(65_536):
            yield part
        if answer.status >= 300:
            raise SystemExit(f"{method} {address}: {answer.status}")
        connection.close()


def main(profiles: int) -> None:
    """Prints how long each step of a match job takes, and how much memory, for CSV and NDJSON."""
    with serving() as portal:
        system = System(portal)
        for content_type, form in FORMS.items():
            body = (_csv if form == "csv" else _ndjson)(profiles)
            print(f"{profiles:,} profiles as {form}, {len(body) / 1e6:.1f} MB", flush=True)
            job = timed(
                portal,
                "accept",
                lambda body=body, kind=content_type: system.json(
                    "POST", "/api/v1/match-jobs/", body, **{"Content-Type": kind}
                ),
            )
            address = f"/api/v1/match-jobs/{job['id']}/"
            timed(portal, "match", lambda address=address: _wait(system, address))
            _print_blocks(job["id"])
            for asked in FORMS.values():
                results = f"{address}results/?form={asked}"
                size = timed(
                    portal,
                    f"results as {asked}",
                    lambda results=results: sum(map(len, system.parts("GET", results))),
                )
                print(f"  {'':24}{size / 1e6:8.2f} MB")


def _wait(system: System, address: str) -> None:
    while (told := system.json("GET", address))["state"] != "done":
        if told["state"] == "failed":
            raise SystemExit("the match job failed")
        time.sleep(0.5)


def _print_blocks(key: str) -> None:
    """How long a worker was at each block, and how long it was at none."""
    from portal.jobs.models import Job

    rows = Job.objects.filter(kind="matching.block", arguments__match_job=key)
    found = sorted(rows.values_list("started_at", "finished_at"))
    times = [(ended - begun).total_seconds() for begun, ended in found]
    between = (found[-1][1] - found[0][0]).total_seconds() - sum(times)
    print(
        f"  {len(times)} blocks: median {median(times):.2f} s, longest {max(times):.2f} s,"
        f" between them {between:.2f} s in all"
    )


def _rows(profiles: int) -> Iterator[dict[str, Any]]:
    """Profiles alike in size, of which no two ask the same."""
    for number in range(profiles):
        yield {
            **EXAMPLE["profile"],
            "sector": SECTORS[number % len(SECTORS)],
            "employees": 20 + number % 300,
            "floor_area_m2": 300 + number % 5_000,
            "max_km_to_seaport": 40 + number % 83,
        }


def _csv(profiles: int) -> bytes:
    text = StringIO()
    names = ["id", *EXAMPLE["profile"], "must_haves"]
    writer = csv.DictWriter(text, names)
    writer.writeheader()
    for number, row in enumerate(_rows(profiles)):
        cells = {
            name: ";".join(value) if isinstance(value, list) else value
            for name, value in row.items()
        }
        writer.writerow({"id": f"F-{number}", **cells, "must_haves": "japanese_speaking_staff"})
    return text.getvalue().encode()


def _ndjson(profiles: int) -> bytes:
    rows = (
        {"id": f"F-{number}", "profile": row, "must_haves": EXAMPLE["must_haves"]}
        for number, row in enumerate(_rows(profiles))
    )
    return "".join(f"{json.dumps(row)}\n" for row in rows).encode()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
