"""A portal that is served for a measurement, as `make run` serves it, and what it takes.

On SQLite in a temporary folder, or on what DATABASE_URL names: a database that may be thrown away.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import django

from tests.portal.served import Portal, descendants

KINDS = {"gunicorn": "web", "celery": "worker"}
T = TypeVar("T")


@contextmanager
def serving() -> Iterator[Portal]:
    """The portal, with a worker; this process reads and writes the same database."""
    with TemporaryDirectory() as folder:
        os.environ |= {"TSUNAGARI_VAR": folder, "DJANGO_SETTINGS_MODULE": "portal.settings"}
        kept = ("DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL")
        given = {name: os.environ[name] for name in kept if name in os.environ}
        given |= {"DEMO_ACCOUNTS": "false", "LOG_LEVEL": "ERROR", "PYTHONWARNINGS": "ignore"}
        os.environ |= given
        portal = Portal(Path(folder), **given)
        try:
            portal.wait_for("Ctrl-C")
            django.setup()
            yield portal
        finally:
            portal.process.terminate()
            portal.process.wait(60)


def timed(portal: Portal, name: str, work: Callable[[], T]) -> T:
    """Does the work; prints how long it took, and what a web process and a worker held at most."""
    for pid in descendants(portal.process.pid):
        Path(f"/proc/{pid}/clear_refs").write_text("5")  # proc(5): forgets the peak
    begun = time.perf_counter()
    result = work()
    took = time.perf_counter() - begun
    held = ", ".join(f"{kind} {peak:.0f} MB" for kind, peak in _peaks_mb(portal).items())
    print(f"  {name:24}{took:8.2f} s   {held}", flush=True)
    return result


def _peaks_mb(portal: Portal) -> dict[str, float]:
    found: dict[str, float] = {}
    for pid in descendants(portal.process.pid):
        command = Path(f"/proc/{pid}/cmdline").read_text()
        status = Path(f"/proc/{pid}/status").read_text()
        kind = next((told for word, told in KINDS.items() if word in command), "other")
        peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
        found[kind] = max(peak, found.get(kind, 0))
    return found
