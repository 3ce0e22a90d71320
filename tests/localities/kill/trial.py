"""One kill after the other, at random points of apply; the catalogue is held to whole versions."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction

from localities.curation.propose import draft, propose
from localities.models import Catalogue, Changeset, Edit, IndustrialPark

ROOT = Path(__file__).parents[3]
PARKS = 60  # records that every changeset changes: an apply lasts long enough to be hit in it
SEED = 4711
LONGEST_S = 120.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one killed process left: the version, and the values found in all parks."""

    killed_after_s: float
    version: int
    values: frozenset[int | None]
    finished: bool


def kills(points: int, seed: int = SEED) -> Iterator[Outcome]:
    """Kills `points` processes, each while it applies; raises AssertionError for a torn catalogue.

    An unhindered process is timed first: the points lie between nothing and all of its work.
    """
    chance = random.Random(seed)  # points in time, no secrets
    whole = _run(_proposed(), None).killed_after_s
    for _point in range(points):
        yield _run(_proposed(), chance.uniform(0, 1.1 * whole))


def _proposed() -> Changeset:
    """A changeset that gives every park the number of the next version."""
    parks = list(IndustrialPark.objects.order_by("key").values_list("key", "tenants_count")[:PARKS])
    new = 1000 + Changeset.objects.count()
    edits = [
        Edit(
            action="update",
            record_kind="industrial-park",
            record=key,
            field="tenants_count",
            old=old,
            new=new,
        )
        for key, old in parks
    ]
    return propose(draft("A trial", edits))


def _run(changeset: Changeset, kill_after_s: float | None) -> Outcome:
    before, old = _version(), _values()
    new = frozenset({changeset.edits.values_list("new", flat=True)[0]})
    process = subprocess.Popen(  # this interpreter, our own module
        [sys.executable, "-m", "tests.localities.kill.victim", str(changeset.pk)],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": _address()},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    begun = time.monotonic()
    if kill_after_s is None:
        process.wait(LONGEST_S)
    else:
        time.sleep(kill_after_s)
        process.send_signal(signal.SIGKILL)
        process.wait(LONGEST_S)
    took = time.monotonic() - begun
    process.stdout.close()
    connection.close()
    with transaction.atomic():  # what the dead process began has ended once its lock is free
        Catalogue.objects.select_for_update().get()
    outcome = Outcome(took, _version(), _values(), process.returncode == 0)
    _check(changeset, before, old, new, outcome)
    return outcome


def _check(
    changeset: Changeset,
    before: int,
    old: frozenset[int | None],
    new: frozenset[int | None],
    outcome: Outcome,
) -> None:
    """Raises AssertionError unless all of the changeset stands, or nothing of it."""
    changeset.refresh_from_db()
    applied = changeset.state == Changeset.State.APPLIED
    wanted = (before + 1, new) if applied else (before, old)
    assert (outcome.version, outcome.values) == wanted, outcome
    assert changeset.version == (before + 1 if applied else None)
    assert applied or not outcome.finished
    versions = Changeset.objects.filter(version__isnull=False).order_by("version")
    assert list(versions.values_list("version", flat=True)) == list(range(1, outcome.version + 1))


def _version() -> int:
    return Catalogue.objects.get().version


def _values() -> frozenset[int | None]:
    parks = IndustrialPark.objects.order_by("key").values_list("tenants_count", flat=True)[:PARKS]
    return frozenset(parks)


def _address() -> str:
    """The database of this process, for another one."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    host, port = settings["HOST"] or "localhost", settings["PORT"] or 5432
    secret = f":{settings['PASSWORD']}" if settings["PASSWORD"] else ""
    return f"postgres://{settings['USER']}{secret}@{host}:{port}/{settings['NAME']}"
