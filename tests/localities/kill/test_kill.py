"""A process that dies in the midst of apply leaves the catalogue before it, or after it."""

import os
import sys

import pytest

from tests.localities.kill.trial import kills

POINTS = int(os.environ.get("KILL_POINTS", "5"))


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_midst_of_apply() -> None:
    outcomes = list(kills(POINTS))
    assert len(outcomes) == POINTS
    done = sum(outcome.finished for outcome in outcomes)
    sys.stdout.write(f"{POINTS} kills, the catalogue whole each time; {done} had finished before\n")
