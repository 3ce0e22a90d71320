"""What blanks could still change: who could be first, and what to ask whom."""

from __future__ import annotations

import numpy as np

from matching.engine.facts import Bools, Floats, Ints
from matching.engine.must_haves import MET, UNKNOWN, States
from matching.engine.places import order_key
from matching.engine.requirements import MUST_HAVES, PLACE_MUST_HAVES
from matching.engine.result import Question

TOP = 3
MOST_QUESTIONS = 10
_NEARLY = 1e-9
_OF_PROVINCE = [MUST_HAVES.index(code) for code in PLACE_MUST_HAVES if code != "operating"]


def could_be_first(fit: Floats, upper: Floats, status: States, ranked: Bools) -> Bools:
    """Return [N]: places that would be first if their own blanks turned out well.

    `upper` [N] is the upper end of the band; the others stay as they are. A place is held against
    the places that meet everything; where there are none, it would be the only one to.
    """
    met = ranked & (status == MET)
    strongest = _best_other(np.where(met, fit, -np.inf))
    return ranked & (upper >= strongest - _NEARLY)


def _best_other(fit: Floats) -> Floats:
    """Return [N]: the highest value among all other places."""
    if len(fit) < 2:
        return np.full(len(fit), -np.inf)
    first = int(fit.argmax())
    best = np.full(len(fit), fit[first])
    best[first] = np.delete(fit, first).max()
    return best


def questions(
    gain: Floats,
    fit: Floats,
    status: States,
    rank: Ints,
    conditions: Ints,
    states: States,
    shared: tuple[Ints, Bools] | None = None,
) -> tuple[Question, ...]:
    """Return the blanks that could move a place up into the first three, strongest first.

    `gain` [N, C]: points of fit that a blank would add at its best; `rank` [N], 0 not ranked;
    `conditions` [m] and `states` [N, m] of must-haves. A must-have to be confirmed counts as
    confirmed together with the place's other open ones. `shared`: who owns facts [N] that several
    places read (their province), and the criteria [C] that read such facts.
    """
    asked = _about_criteria(gain, fit, status, rank, shared) + _about_conditions(
        fit, status, rank, conditions, states, None if shared is None else shared[0]
    )
    asked.sort(key=lambda q: (q.could_reach_rank, -q.gain, q.place, q.criterion, q.must_have))
    return tuple(asked[:MOST_QUESTIONS])


def _about_criteria(
    gain: Floats, fit: Floats, status: States, rank: Ints, shared: tuple[Ints, Bools] | None
) -> list[Question]:
    """Return the questions about blanks of criteria."""
    key = order_key(status, fit)
    reach = _reach(order_key(status[:, None], fit[:, None] + gain), key, rank)
    moves = (gain > 0) & (rank > 0)[:, None] & (reach <= TOP) & (reach < rank[:, None])
    found = []
    for n, c in zip(*np.nonzero(moves), strict=True):
        reached = int(reach[n, c])
        if shared is not None and shared[1][c]:
            # The fact lifts its neighbours as well: those ahead stay ahead.
            to = key[n] + gain[n, c] + _NEARLY
            lifted = (shared[0] == shared[0][n]) & (rank > 0) & (key <= to)
            reached += int((lifted & (key + gain[:, c] > to)).sum())
        if reached <= TOP and reached < rank[n]:
            found.append(Question(int(n), int(c), -1, float(gain[n, c]), reached))
    return found


def _about_conditions(
    fit: Floats,
    status: States,
    rank: Ints,
    conditions: Ints,
    states: States,
    owner: Ints | None,
) -> list[Question]:
    """Return the questions about must-haves to be confirmed."""
    confirmed = order_key(np.full_like(status, MET), fit)
    reach = _reach(confirmed[:, None], order_key(status, fit), rank)[:, 0]
    if owner is not None:
        reach = reach + _lifted_along(confirmed, status, rank, conditions, states, owner)
    moves = (status == UNKNOWN) & (rank > 0) & (reach <= TOP) & (reach < rank)
    return [
        Question(
            int(n),
            -1,
            int(conditions[m]),
            0.0,
            int(reach[n]),
            together=int((states[n] == UNKNOWN).sum()),
        )
        for n in np.flatnonzero(moves)
        for m in np.flatnonzero(states[n] == UNKNOWN)
    ]


def _lifted_along(
    confirmed: Floats, status: States, rank: Ints, conditions: Ints, states: States, owner: Ints
) -> Ints:
    """Return [N]: how many pass a place by what is confirmed for it, and for their province.

    Its parks share the facts of a province: they meet all with it where they lack nothing else.
    """
    of_province = np.isin(conditions, _OF_PROVINCE)
    open_here = states == UNKNOWN
    shared = open_here & of_province
    # [N, N]: of row n's open conditions, those of the province; does column m lack another?
    enough = ~(open_here[None, :, :] & ~shared[:, None, :]).any(axis=2)
    along = enough & (owner[:, None] == owner[None, :]) & ((status == UNKNOWN) & (rank > 0))[None]
    return np.asarray((along & (confirmed[None, :] > confirmed[:, None] + _NEARLY)).sum(axis=1))


def _reach(lifted: Floats, key: Floats, rank: Ints) -> Ints:
    """Return [N, m]: the rank of each place with its key lifted, all others as they are."""
    standing = np.sort(key[rank > 0])
    above = len(standing) - np.searchsorted(standing, lifted + _NEARLY, side="right")
    return np.asarray(above + 1)
