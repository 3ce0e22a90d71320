"""A spreadsheet of 50,000 rows through the desk, from upload to apply: printed, never asserted.

The pages are asked in this process, a worker beside it does the jobs. The first file adds records,
the second changes most of them; a tenth of its rows is refused.

Run with `python -m tests.benchmarks.bench_imports [rows]`. See `serving` for the portal.
"""

import sys
import time
from collections.abc import Iterator
from datetime import date
from itertools import count, islice, product
from typing import Any

from tests.benchmarks.serving import serving, timed
from tests.portal.served import Portal

COLUMNS = ("indicator", "former_province", "period", "value__range")
FIRST_YEAR = 1990
Cells = tuple[str, str, str, float | str]


class Desk:
    """An editor and a reviewer at the pages of the desk."""

    def __init__(self, portal: Portal) -> None:
        from allauth.mfa.models import Authenticator
        from django.test import Client
        from django.test.utils import setup_test_environment

        from tests.localities.people import member, operator, organisation

        setup_test_environment()  # pages say what they were made of
        self._portal = portal
        people = (
            member("editor", "editor", organisation("osaka")),
            member("reviewer", "reviewer", operator()),
        )
        self.editor, self.reviewer = Client(), Client()
        for client, user in zip((self.editor, self.reviewer), people, strict=True):
            Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})
            client.force_login(user)

    def take(self, name: str, rows: list[Cells]) -> None:
        """Leads a file to the catalogue, and prints how long each step takes."""
        content = _workbook(rows)
        print(f"{len(rows):,} rows, {name}, {len(content) / 1e6:.1f} MB", flush=True)
        columns = self._post("upload", "/en/desk/import/", **_upload(content))
        form = self._get("name the columns", columns)
        check = self._post("columns named", columns, **_named(form.context["form"]))
        self._until_done("trial run", check)
        page = self._get("its page", check)
        print(f"  {page.context['file'].counts}")
        self._post("ask for the draft", check.replace("/check/", "/draft/"))
        self._until_done("draft", check)
        changeset = page.context["file"]
        changeset.refresh_from_db()
        address = f"/en/desk/changesets/{changeset.changeset_id}/"
        self._get("the changeset's page", address)
        self._post("propose", f"{address}propose/")
        self._get("the reviewer's page", address, self.reviewer)
        revision = changeset.changeset.revision
        self._post("apply", f"{address}apply/", self.reviewer, revision=str(revision))
        changeset.changeset.refresh_from_db()
        print(f"  {changeset.changeset.state}", flush=True)

    def _post(self, name: str, address: str, client: Any = None, **data: Any) -> str:
        """Where the answer leads to."""
        asked = client or self.editor
        answer = timed(self._portal, name, lambda: asked.post(address, data))
        if answer.status_code != 302:
            raise SystemExit(f"{address}: {answer.status_code}")
        return str(answer["Location"])

    def _get(self, name: str, address: str, client: Any = None) -> Any:
        """The page."""
        return timed(self._portal, name, lambda: (client or self.editor).get(address))

    def _until_done(self, name: str, address: str) -> None:
        """Looks at the page until the work is done, and prints what it showed of the progress."""
        shown: list[str] = []

        def look() -> None:
            while "job" in (page := self.editor.get(address)).context:
                job = page.context["job"]
                if job.state == "failed":
                    raise SystemExit(f"{address}: {job.error}")
                told = f"{job.progress_done:,}/{job.progress_total or 0:,} {job.state}"
                if shown[-1:] != [told]:
                    shown.append(told)
                time.sleep(1)

        timed(self._portal, name, look)
        if shown:
            print(f"  shown: {len(shown)} states, from {shown[0]} to {shown[-1]}", flush=True)


def main(rows: int) -> None:
    """Prints the times of both files."""
    with serving() as portal:
        desk = Desk(portal)
        first = list(islice(_added(), rows))
        desk.take("all new", first)
        desk.take("most of them changed", [_changed(at, row) for at, row in enumerate(first)])


def _added() -> Iterator[Cells]:
    """Values that the catalogue does not hold."""
    from localities.models import FormerProvince, Indicator, Observation

    held = set(Observation.objects.values_list("indicator", "former_province", "period"))
    indicators = list(Indicator.objects.order_by("key").values_list("key", "lowest"))
    places = list(FormerProvince.objects.order_by("key").values_list("key", flat=True))
    for year in map(str, count(FIRST_YEAR)):
        for (indicator, low), place in product(indicators, places):
            if (indicator, place, year) not in held:
                yield indicator, place, year, 1.0 if low is None else low


def _changed(at: int, row: Cells) -> Cells:
    """Every tenth stays, every tenth can't be read, the others say something else."""
    value = {0: row[3], 1: "many"}.get(at % 10, f"{row[3]}~{float(row[3]) + 0.5}")
    return *row[:3], value


def _workbook(rows: list[Cells]) -> bytes:
    from portal.sheets import Column, Sheet, workbook

    columns = [Column(title) for title in ("Indicator", "Place", "Period", "Value")]
    return workbook([Sheet("Values", columns, rows)], made=date(2026, 11, 1))


def _named(form: Any) -> dict[str, str]:
    """What the form of the columns holds, filled in."""
    held = {name: form[name].value() or "" for name in form.fields}
    named = {f"column_{at}": name for at, name in enumerate(COLUMNS)}
    return {**held, **named, "source_title": "Statistical yearbook"}


def _upload(content: bytes) -> dict[str, Any]:
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("values.xlsx", content)
    return {"kind": "observation", "organisation": "osaka", "file": file}


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
