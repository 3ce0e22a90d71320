"""Questions and chances of a ranking written out: fits, gains and states by hand."""

from __future__ import annotations

import numpy as np
import pytest

from matching.engine.questions import could_be_first, questions
from matching.engine.requirements import MUST_HAVES
from matching.engine.result import Question

NO_CONDITIONS = np.zeros(0, np.intp)


def ranked(places: int, aside: int = 0) -> np.ndarray:
    """Return ranks 1, 2, 3 and so on, and 0 for places set aside."""
    return np.array([*range(1, places + 1), *[0] * aside])


def test_a_blank_is_asked_where_it_lifts_its_place_into_the_first_three() -> None:
    fit = np.array([90, 80, 79.5, 60, 50, 10])  # the last is set aside
    gain = np.array([[5, 0], [15, 9], [0.6, 0], [19.6, 30.5], [12, 0], [85, 0]])
    states = np.zeros((6, 0), dtype=np.int8)

    found = questions(gain, fit, np.full(6, 2, np.int8), ranked(5, 1), NO_CONDITIONS, states)

    assert found == (
        Question(3, 1, -1, 30.5, 1),
        Question(1, 0, -1, 15, 1),
        Question(2, 0, -1, 0.6, 2),
        Question(3, 0, -1, 19.6, 3),
    )


def test_an_open_condition_is_asked_where_its_place_would_reach_the_first_three() -> None:
    fit = np.array([90.0, 80, 50, 70, 60, 40])
    status = np.array([2, 2, 2, 1, 1, 1], dtype=np.int8)
    states = np.array([[2, 2], [2, 2], [2, 2], [1, 2], [1, 1], [1, 1]], dtype=np.int8)

    found = questions(np.zeros((6, 0)), fit, status, ranked(6), np.array([4, 7]), states)

    assert found == (
        Question(3, -1, 4, 0, 3),
        Question(4, -1, 4, 0, 3, together=2),
        Question(4, -1, 7, 0, 3, together=2),
    )


def test_no_condition_is_asked_of_the_first_or_of_a_place_set_aside() -> None:
    fit, status = np.array([90.0, 80, 99]), np.ones(3, dtype=np.int8)
    states = np.ones((3, 1), dtype=np.int8)

    found = questions(np.zeros((3, 0)), fit, status, ranked(2, 1), np.array([4]), states)

    assert found == (Question(1, -1, 4, 0, 1),)


EXPRESSWAY, BANK = MUST_HAVES.index("expressway"), MUST_HAVES.index("bank")


@pytest.mark.parametrize(
    "of_park", [BANK, MUST_HAVES.index("procurement"), MUST_HAVES.index("operating")]
)
@pytest.mark.parametrize(
    ("open_too", "reached"),
    [
        ([2, 2, 2], [2, 3, 4]),  # what is known of the road for one is known for all three
        ([1, 2, 2], [2, 2, 3]),  # the first lacks its bank still
        ([1, 1, 2], [2, 2, 2]),  # what the second learns of its bank tells nothing of the first's
        ([2, 2, 1], [2, 3, 4]),
    ],
)
def test_a_condition_on_the_province_is_confirmed_for_all_of_its_parks(
    open_too: list[int], reached: list[int], of_park: int
) -> None:
    """Park 0 meets all; 1 to 3 share a province of which no road is known, 4 has one of its own."""
    fit = np.array([90.0, 80, 70, 60, 50])
    states = np.array([[2, 2], *[[1, bank] for bank in open_too], [1, 2]], dtype=np.int8)
    province = np.array([0, 1, 1, 1, 2])

    found = questions(
        np.zeros((5, 0)),
        fit,
        states.min(axis=1),
        ranked(5),
        np.array([EXPRESSWAY, of_park]),
        states,
        (province, np.zeros(0, dtype=bool)),
    )

    could = {q.place: q.could_reach_rank for q in found if q.must_have == EXPRESSWAY}
    # 1 is second already, and 4 passes the others, whose road stays unknown
    wanted = {place: rank for place, rank in zip((1, 2, 3), reached, strict=True) if rank < 4}
    wanted = {place: rank for place, rank in wanted.items() if rank < place + 1}
    assert could == wanted | {4: 2}


@pytest.mark.parametrize(
    ("fit", "states", "ranks", "province", "expected"),
    [
        # a park of the same province that meets all stands ahead once, not twice
        ([90, 60, 80], [2, 2, 1], [1, 2, 3], [1, 0, 1], {2: 2}),
        # a park of it that is set aside passes nobody
        ([90, 60, 80, 85], [2, 2, 1, 1], [1, 2, 3, 0], [0, 0, 1, 1], {2: 2}),
        # where no place meets all, the first is confirmed along with its neighbour too
        ([90, 80, 70], [1, 1, 1], [1, 2, 3], [1, 2, 1], {1: 1, 2: 2}),
    ],
)
def test_who_is_confirmed_along(
    fit: list[int],
    states: list[int],
    ranks: list[int],
    province: list[int],
    expected: dict[int, int],
) -> None:
    status = np.array(states, dtype=np.int8)

    found = questions(
        np.zeros((len(fit), 0)),
        np.array(fit, dtype=float),
        status,
        np.array(ranks),
        np.array([EXPRESSWAY]),
        status[:, None],
        (np.array(province), np.zeros(0, dtype=bool)),
    )

    assert {q.place: q.could_reach_rank for q in found} == expected


@pytest.mark.parametrize(
    ("fit", "gain", "aside", "expected"),
    [
        ([90, 80, 70], [0, 10, 0], 0, {1: 1}),  # level with the first is first
        ([90, 80, 99], [0, 15, 0], 1, {1: 1}),  # a place set aside is in nobody's way
        ([90, 80, 79], [0, 5, 5], 0, {2: 2}),
    ],
)
def test_the_rank_that_a_blank_could_reach(
    fit: list[int], gain: list[int], aside: int, expected: dict[int, int]
) -> None:
    found = questions(
        np.array(gain, dtype=float)[:, None],
        np.array(fit, dtype=float),
        np.full(3, 2, np.int8),
        ranked(3 - aside, aside),
        NO_CONDITIONS,
        np.zeros((3, 0), dtype=np.int8),
    )
    assert {q.place: q.could_reach_rank for q in found} == expected


def test_a_blank_that_lifts_the_place_ahead_as_well_is_not_asked() -> None:
    """Places 1 and 2 share the fact: the second stays behind the first by it, on rank 3."""
    found = questions(
        np.array([[0.0], [5], [5]]),
        np.array([90.0, 80, 79]),
        np.full(3, 2, np.int8),
        ranked(3),
        NO_CONDITIONS,
        np.zeros((3, 0), dtype=np.int8),
        (np.array([0, 1, 1]), np.array([True])),
    )
    assert found == ()


def test_a_neighbour_that_is_not_ranked_stands_in_nobodys_way() -> None:
    """Places 1 and 2 share the fact; the second of them is set aside, whatever the fact adds."""
    fit, gain = np.array([90.0, 80, 79]), np.array([[0.0], [15], [17]])
    shared = (np.array([0, 1, 1]), np.array([True]))
    states = np.zeros((3, 0), dtype=np.int8)

    found = questions(
        gain, fit, np.full(3, 2, np.int8), ranked(2, 1), NO_CONDITIONS, states, shared
    )

    assert found == (Question(1, 0, -1, 15, 1),)


def test_ten_questions_are_the_most() -> None:
    gain = np.zeros((2, 12))
    gain[1] = np.arange(20, 32)
    states = np.zeros((2, 0), dtype=np.int8)

    found = questions(
        gain, np.array([50.0, 40]), np.full(2, 2, np.int8), ranked(2), NO_CONDITIONS, states
    )

    assert [q.criterion for q in found] == [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]


@pytest.mark.parametrize(
    ("upper", "status", "aside", "expected"),
    [
        ([60, 59], [2, 2], [], [True, False]),
        ([60, 60], [2, 2], [], [True, True]),
        ([60, 65, 70], [1, 1, 1], [], [True, True, True]),
        ([60, 55, 70], [1, 1, 1], [], [True, True, True]),
        ([60, 55, 70], [1, 1, 2], [], [True, True, True]),
        ([60, 55, 70], [2, 1, 1], [], [True, False, True]),
        ([60, 55, 70], [2, 2, 2], [0], [False, True, True]),
        ([60], [2], [], [True]),
        ([0], [2], [], [True]),
    ],
)
def test_could_be_first(
    upper: list[float], status: list[int], aside: list[int], expected: list[bool]
) -> None:
    """Fits of 60, 50 and 40; the second of the set-aside case is held against the third alone."""
    fit = np.array([60.0, 50, 40])[: len(upper)]
    standing = np.ones(len(upper), dtype=bool)
    standing[aside] = False

    found = could_be_first(fit, np.array(upper, float), np.array(status, np.int8), standing)

    assert found.tolist() == expected
