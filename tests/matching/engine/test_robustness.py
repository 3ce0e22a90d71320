"""SMAA-2 against exact small cases and against a second, brute-force implementation."""

from __future__ import annotations

import numpy as np
import pytest

from matching.engine.evaluation import evaluate
from matching.engine.facts import DIMENSIONS
from matching.engine.robustness import (
    CONCENTRATION,
    DRAWS,
    SEED,
    Ranged,
    analyse,
    draw_fits,
    draw_weights,
    ranged_facts,
    standard_error,
)
from tests.matching.engine.factory import EVEN, ask, blank_facts, random_facts, random_requirements

NOTHING = Ranged(np.zeros(0, np.intp), np.zeros(0), np.zeros((0, 2)))


def rng() -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(SEED))


def run(inside: np.ndarray, weights: np.ndarray, draws: int = 20000):
    """Analyse rows that are places of their own, with dimension values `inside` [R, 6]."""
    source = rng()
    drawn = draw_weights(weights, draws, source)
    fits = draw_fits(inside, np.ones(6), drawn, NOTHING, source)
    places = np.arange(len(inside))
    return analyse(fits, drawn, places, places, len(inside)), drawn


def test_two_places_that_mirror_each_other_are_first_half_of_the_time() -> None:
    inside = np.array([[1.0, 0, 0, 0, 0, 0], [0, 1.0, 0, 0, 0, 0]])
    found, _ = run(inside, np.array([1.0, 1, 0, 0, 0, 0]))

    error = 4 * standard_error(np.array([0.5]), found.draws)[0]
    assert found.p_first == pytest.approx([0.5, 0.5], abs=error)
    assert found.p_top3.tolist() == [1, 1]
    assert found.expected_rank.sum() == pytest.approx(3)
    assert found.central_weights[0, 0] == pytest.approx(found.central_weights[1, 1], abs=0.01)
    assert found.central_weights[0, 0] > 0.5 > found.central_weights[0, 1]


def test_a_beta_tail_known_in_closed_form() -> None:
    """With alpha (2, 1) the first weight w has density 2 w: P(w > 1/2) = 3/4."""
    weights = np.array([2.0, 1, 0, 0, 0, 0])
    drawn = rng().standard_gamma([2.0, 1.0], (40000, 2))
    drawn = np.pad(drawn / drawn.sum(axis=1, keepdims=True), ((0, 0), (0, 4)))
    inside = np.array([[1.0, 0, 0, 0, 0, 0], [0, 1.0, 0, 0, 0, 0]])
    fits = draw_fits(inside, np.ones(6), drawn, NOTHING, rng())

    found = analyse(fits, drawn, np.arange(2), np.arange(2), 2)

    assert found.p_first[0] == pytest.approx(0.75, abs=4 * standard_error(np.array(0.75), 40000))
    assert weights[0] / weights.sum() == pytest.approx(drawn[:, 0].mean(), abs=0.01)


def test_a_place_that_leads_everywhere_is_always_first_and_equals_share() -> None:
    inside = np.array([[0.9] * 6, [0.5] * 6, [0.5] * 6])
    found, _ = run(inside, EVEN)

    assert found.p_first.tolist() == [1, 0, 0]
    assert found.expected_rank.tolist() == [1, 2, 2]
    assert found.acceptability.tolist() == [[1, 0, 0], [0, 1, 0], [0, 1, 0]]
    assert np.isnan(found.central_weights[1:]).all()


def test_zero_weights_stay_zero_and_the_spread_is_that_of_the_concentration() -> None:
    drawn = draw_weights(np.array([3.0, 1, 0, 0, 0, 2]), 20000, rng())

    assert (drawn[:, 2:5] == 0).all()
    assert drawn.sum(axis=1) == pytest.approx(np.ones(20000))
    share = np.array([3, 1, 0, 0, 0, 2]) / 6
    assert drawn.mean(axis=0) == pytest.approx(share, abs=0.005)
    assert drawn.std(axis=0) == pytest.approx(np.sqrt(share * (1 - share) / 31), abs=0.003)


def test_drawn_fits_worked_by_hand() -> None:
    """Dimensions count by their drawn weight and their pull; a fit is out of 100."""
    inside = np.array([[1.0, 0.5, 0, 0, 0, 0], [0, 1.0, 0, 0, 0, 0]])
    pull = np.array([1, 1 / 3, 1, 1, 1, 0])
    drawn = np.array([[0.5, 0.5, 0, 0, 0, 0], [0.2, 0.6, 0, 0, 0, 0.2]])

    fits = draw_fits(inside, pull, drawn, NOTHING, rng())

    assert fits == pytest.approx(np.array([[87.5, 75], [25, 50]]))


def test_ranks_of_drawn_fits_counted_by_hand() -> None:
    """Place 1 of four is not ranked; place 0 has two rows. Five draws."""
    fits = np.array(
        [
            [10.0, 10, 90, 10, 10],
            [50.0, 20, 10, 50, 60],
            [40.0, 30, 20, 60, 70],
            [30.0, 40, 30, 60, 80],
        ]
    )
    drawn = np.eye(6)[:5]

    found = analyse(fits, drawn, np.array([0, 0, 2, 3]), np.array([0, 2, 3]), 4)

    nan = [np.nan] * 6
    assert found.draws == 5
    np.testing.assert_allclose(found.p_first, [0.4, np.nan, 0.2, 0.6])
    np.testing.assert_allclose(found.p_top3, [1, np.nan, 1, 1])
    np.testing.assert_allclose(found.expected_rank, [2.2, np.nan, 2, 1.6])
    np.testing.assert_allclose(
        found.acceptability, [[0.4, 0, 0.6], [np.nan] * 3, [0.2, 0.6, 0.2], [0.6, 0.2, 0.2]]
    )
    np.testing.assert_allclose(
        found.central_weights,
        [[0.5, 0, 0.5, 0, 0, 0], nan, [0, 0, 0, 1, 0, 0], [0, 1 / 3, 0, 1 / 3, 1 / 3, 0]],
    )


def test_ranged_facts_are_drawn_once_for_all_rows_that_read_them() -> None:
    within = np.zeros(50)
    within[[0, 7]] = [0.5, 1.0]
    spread = np.zeros((50, 3))
    spread[0] = [0.2, 0.2, 0.4]  # a province fact: rows 0 and 1 share province 0
    spread[7] = [0.1, 0.1, 0.0]  # a site fact: each row has its own
    site = np.array([7])

    found = ranged_facts(within, spread, np.array([0, 0, 1]), site)

    assert found.amplitude.tolist() == [0.1, 0.2, 0.1, 0.1]
    assert found.reader.tolist() == [[1, 1, 0], [0, 0, 1], [1, 0, 0], [0, 1, 0]]


@pytest.mark.parametrize("level", ["province", "park"])
def test_the_whole_analysis_agrees_with_brute_force(level: str) -> None:
    facts = random_facts(11, known=0.9)
    req = random_requirements(facts, 12)
    weights = np.array([3.0, 4, 5, 0, 3, 2])
    result = evaluate(facts, req, weights, level=level)
    assert result.robustness is not None

    theirs = brute_force(facts, req, weights, level, result)

    np.testing.assert_allclose(result.robustness.p_first, theirs["first"], atol=1e-12)
    np.testing.assert_allclose(result.robustness.p_top3, theirs["top3"], atol=1e-12)
    np.testing.assert_allclose(result.robustness.expected_rank, theirs["rank"], atol=1e-12)
    np.testing.assert_allclose(result.robustness.central_weights, theirs["central"], atol=1e-9)


def brute_force(facts, req, weights, level, result) -> dict[str, np.ndarray]:
    """Rank park by park and draw by draw, without vectors, from the cells of a park-level run."""
    parks = evaluate(facts, req, weights, level="park", draws=0)
    alone = evaluate(facts, req, weights, level="province", draws=0)
    source = rng()
    drawn = draw_weights(weights, DRAWS, source)
    dimension_of = [DIMENSIONS.index(c.split(".")[0]) for c in _codes()]
    rows = _competing(parks, alone, facts, level, result)
    noise = _noise(rows, parks, alone, facts, source)
    places = np.flatnonzero(result.rank > 0).tolist()
    # What no draw changes: per row and dimension the weight, the value, and the ranged facts.
    parts = []
    for number, (place, run_, index) in enumerate(rows):
        inside = []
        for d in range(6):
            codes = [c for c in range(len(dimension_of)) if dimension_of[c] == d]
            share = sum(run_.weights[c] for c in codes)
            if share == 0:
                continue
            used = [c for c in codes if run_.weights[c]]
            value = sum(run_.weights[c] / share * np.nan_to_num(run_.value[index, c]) for c in used)
            moving = [(c, run_.weights[c] / share) for c in used if run_.spread[index, c]]
            pull = share / weights[d]  # equal to the pull up to one common factor
            inside.append((d, pull, value, moving))
        parts.append((number, place, inside))
    ranks = np.zeros((DRAWS, len(places)))
    for draw in range(DRAWS):
        best = dict.fromkeys(places, -1.0)
        for number, place, inside in parts:
            total = pulled = 0.0
            for d, pull, value, moving in inside:
                moved = sum(share * noise(number, c, draw) for c, share in moving)
                total += drawn[draw, d] * pull * (value + moved)
                pulled += drawn[draw, d] * pull
            best[place] = max(best[place], round(100 * total / pulled, 9))
        fits = [best[place] for place in places]
        ranks[draw] = [1 + sum(other > fit for other in fits) for fit in fits]
    return _shares(ranks, drawn, places, len(result.fit))


def _codes() -> tuple[str, ...]:
    from matching.engine.criteria import CODES

    return CODES


def _competing(parks, alone, facts, level, result) -> list[tuple[int, object, int]]:
    """Return (place, run, index in the run) of every row that competes, place by place."""
    rows: list[tuple[int, object, int]] = []
    for place in np.flatnonzero(result.rank > 0):
        if level == "park":
            rows.append((int(place), parks, int(place)))
            continue
        homes = np.flatnonzero((facts.park_province == place) & (parks.status > 0))
        rows += [(int(place), parks, int(park)) for park in homes]
        if result.park[place] < 0:
            rows.append((int(place), alone, int(place)))
    return rows


def _noise(rows, parks, alone, facts, source):
    """Draw one number per ranged fact, in the order of criteria and of who reads it."""
    from matching.engine.criteria import CRITERIA

    spreads = np.array([run_.spread[index] * (run_.weights > 0) for _, run_, index in rows]).T
    owners = np.array(
        [
            [
                number if c.level == "park" else _province(rows[number], parks, facts)
                for number in range(len(rows))
            ]
            for c in CRITERIA
        ]
    )
    readers = sorted({(c, owners[c, r]) for c, r in zip(*np.nonzero(spreads), strict=True)})
    uniform = source.uniform(-1.0, 1.0, (len(readers), DRAWS))
    line = {reader: number for number, reader in enumerate(readers)}

    def noise(row: int, criterion: int, draw: int) -> float:
        half = spreads[criterion, row]
        return half * uniform[line[criterion, owners[criterion, row]], draw] if half else 0.0

    return noise


def _province(row, parks, facts) -> int:
    place, run_, index = row
    return int(facts.park_province[index]) if run_ is parks else place


def _shares(ranks: np.ndarray, drawn: np.ndarray, places: list[int], count: int) -> dict:
    """Count ranks one by one."""
    answer = {name: np.full(count, np.nan) for name in ("first", "top3", "rank")}
    answer["central"] = np.full((count, 6), np.nan)
    for column, place in enumerate(places):
        mine = ranks[:, column]
        answer["first"][place] = (mine == 1).sum() / len(mine)
        answer["top3"][place] = (mine <= 3).sum() / len(mine)
        answer["rank"][place] = mine.sum() / len(mine)
        if (mine == 1).any():
            answer["central"][place] = drawn[mine == 1].mean(axis=0)
    return answer


def test_two_runs_give_the_same_bytes() -> None:
    facts = random_facts(4)
    req = random_requirements(facts, 5)

    one, two = (evaluate(facts, req, EVEN).robustness for _ in range(2))

    assert one is not None
    assert two is not None
    for name in ("p_first", "p_top3", "expected_rank", "acceptability", "central_weights"):
        assert getattr(one, name).tobytes() == getattr(two, name).tobytes()


def test_draws_can_be_left_out_and_places_not_ranked_hold_nothing() -> None:
    facts = blank_facts((0, 1, 2), operating=np.array([1.0, 0, 1]))
    req = ask(facts, sector="machinery")

    assert evaluate(facts, req, EVEN, draws=0).robustness is None
    found = evaluate(facts, req, EVEN, draws=10).robustness
    assert found is not None
    np.testing.assert_array_equal(found.p_first, [1, np.nan, 1])


def test_parks_that_are_set_aside_are_not_drawn() -> None:
    known = np.full((2, 8), np.nan)
    known[1] = 0
    facts = blank_facts((0, 1), 3, target_sectors=known)
    found = evaluate(facts, ask(facts, sector="machinery"), EVEN, level="park", draws=10).robustness
    assert found is not None
    np.testing.assert_array_equal(found.p_first, [np.nan, 1])


def test_one_park_among_two_provinces_is_first() -> None:
    facts = blank_facts((0,), 2, target_sectors=np.ones((1, 8)))
    found = evaluate(facts, ask(facts, sector="machinery"), EVEN, level="park", draws=10).robustness
    assert found is not None
    assert found.p_first.tolist() == [1]


def test_two_thousand_draws_of_concentration_thirty_are_what_the_docs_say() -> None:
    facts = random_facts(4)
    found = evaluate(facts, random_requirements(facts, 5), EVEN).robustness
    assert found is not None
    assert (found.draws, DRAWS, CONCENTRATION) == (2000, 2000, 30)


def test_the_standard_error_of_two_thousand_draws() -> None:
    assert standard_error(np.array([0.5, 0.1])) == pytest.approx([0.01118, 0.00671], abs=1e-5)
