"""Who dies in the midst of apply, import or a match job leaves what was before it, or after it."""

import os
import sys
from collections.abc import Callable, Iterator

import pytest

from portal.celery import app
from tests.kill.applying import Outcome, kills_of_apply
from tests.kill.importing import kills_of_imports
from tests.kill.match_jobs import kills_of_match_jobs

POINTS = int(os.environ.get("KILL_POINTS", "6"))
KILLS = {"apply": kills_of_apply, "import": kills_of_imports, "match-job": kills_of_match_jobs}


@pytest.fixture(autouse=True)
def _there_is_no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.conf, "task_always_eager", False)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kills", KILLS.values(), ids=KILLS)
def test_killed_in_the_midst(kills: Callable[[int], Iterator[Outcome]]) -> None:
    outcomes = list(kills(POINTS))
    assert len(outcomes) == POINTS
    done = sum(outcome.done for outcome in outcomes)
    sys.stdout.write(f"{POINTS} kills, nothing torn; {done} came when all was done\n")
