"""How many places qualify under each of many sets of must-haves at once."""

from __future__ import annotations

import numpy as np

from matching.engine.facts import Facts, Ints
from matching.engine.must_haves import FAILED, MET, UNKNOWN, States, statuses
from matching.engine.prepared import prepare
from matching.engine.requirements import Requirements

STATES = (MET, UNKNOWN, FAILED)


def counts(facts: Facts, req: Requirements) -> tuple[Ints, Ints]:
    """Return [P, 3] twice, of provinces and of parks: how many meet, may meet and fail.

    A place fails where one condition fails on record, and meets where all are met on record; a
    province stands as its best park does (`places.best_rows`).
    """
    prepared = prepare(facts)
    rows = statuses(prepared, req)
    padded = np.pad(rows, ((0, 0), (0, 1)), constant_values=FAILED)
    provinces = padded[:, prepared.rows_of].max(axis=2)
    return _counted(provinces), _counted(rows[:, : facts.parks])


def _counted(states: States) -> Ints:
    """Return [P, 3]: the places [P, N] in each of STATES."""
    return np.stack([(states == state).sum(axis=1) for state in STATES], axis=1)
