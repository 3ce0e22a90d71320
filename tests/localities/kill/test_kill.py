"""A process that dies in the midst of apply or import leaves the catalogue before it, or after."""

import os
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.localities.kill.importing import kills_of_imports
from tests.localities.kill.trial import Outcome, kills

POINTS = int(os.environ.get("KILL_POINTS", "5"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("killing", [kills, kills_of_imports], ids=["apply", "import"])
def test_killed_in_the_midst(killing: Callable[[int], Iterator[Outcome]]) -> None:
    outcomes = list(killing(POINTS))
    assert len(outcomes) == POINTS
    applied = sum(outcome.applied for outcome in outcomes)
    sys.stdout.write(f"{POINTS} kills, the catalogue whole each time; {applied} after it\n")
