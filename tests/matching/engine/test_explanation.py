"""Reasons, cautions, questions, and what would change the first place."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine.criteria import CODES, CRITERIA
from matching.engine.evaluation import evaluate
from matching.engine.explanation import cautions, reasons, targets
from matching.engine.facts import OFFERS
from matching.engine.requirements import MUST_HAVES
from matching.engine.result import Change, Result
from matching.engine.sensitivity import changes
from matching.engine.values import Cells
from tests.matching.engine.factory import (
    EVEN,
    SECTORS,
    ask,
    blank_facts,
    random_facts,
    random_requirements,
)

seeds = st.integers(0, 2**32 - 1)
METAL = SECTORS.index("fabricated-metal")
PRIORITY = CODES.index("sector.priority")


def priorities(*levels: float) -> dict[str, Any]:
    """Return priorities for metal work, one a province."""
    matrix = np.full((len(levels), 8), np.nan)
    matrix[:, METAL] = levels
    return {"priority": matrix, "parks_in": tuple(range(len(levels))), "provinces": len(levels)}


def rank_metal(levels: tuple[float, ...], **more: Any) -> Result:
    facts = blank_facts(**priorities(*levels), **more)
    return evaluate(facts, ask(facts, sector="fabricated-metal"), EVEN, draws=0)


def test_reasons_are_specific_and_the_highest_first() -> None:
    facts = random_facts(7, known=0.8)
    result = evaluate(facts, random_requirements(facts, 8), EVEN, draws=0)
    for place, named in enumerate(result.reasons):
        lifts = [result.contribution[place, c] for c in named]
        assert all(CRITERIA[c].specific for c in named)
        assert lifts == sorted(lifts, reverse=True)
        assert all(lift >= 0.1 for lift in lifts)
        left = [
            result.contribution[place, c]
            for c in range(len(CRITERIA))
            if CRITERIA[c].specific and c not in named
        ]
        assert len(named) == 4 or max(left) < 0.1


def test_a_place_alone_is_neither_lifted_nor_pulled_down() -> None:
    result = rank_metal((3,))
    assert result.fit[0] == result.mean_fit > 0
    assert (result.contribution == 0).all()
    assert (result.reasons, result.cautions) == (((),), ((),))


def test_of_two_places_each_is_held_against_the_other() -> None:
    value = np.repeat([[0.25], [1.0]], len(CRITERIA), axis=1)
    assert targets(value, np.array([0, 1])).tolist() == value[::-1].tolist()


def one_row(**contribution: float) -> np.ndarray:
    """Return contributions [1, C] by code (`__` for the dot), 0 where none is given."""
    row = np.zeros((1, len(CODES)))
    for name, points in contribution.items():
        row[0, CODES.index(name.replace("__", "."))] = points
    return row


def test_a_tenth_of_a_point_is_a_reason_and_equals_stand_as_declared() -> None:
    tenth = one_row(sector__priority=0.1, sector__cluster=0.0999, soft__support=9)
    assert reasons(tenth) == ((PRIORITY,),)
    assert type(reasons(tenth)[0][0]) is int  # goes into JSON

    specific = [index for index, criterion in enumerate(CRITERIA) if criterion.specific]
    assert reasons(np.ones((2, len(CRITERIA)))) == (tuple(specific[:4]),) * 2


def cautioned(value: float, spread: float, unknown: float, contribution: float) -> list[int]:
    """Return the cautions of a place of such cells, where those of three others are worth 0.6."""
    shape = (4, len(CRITERIA))
    cells = Cells(np.full(shape, 0.6), np.zeros(shape), np.zeros(shape))
    for part, number in zip(cells, (value, unknown, spread), strict=True):
        part[1] = number
    found = cautions(np.full(shape, contribution), cells, np.arange(4))
    assert found[0] == found[2] == found[3] == ()
    assert all(caution.target_value == pytest.approx(0.6) for caution in found[1])
    return [caution.criterion for caution in found[1]]


def test_a_caution_stays_below_the_others_at_its_best_and_weighs_a_tenth_of_a_point() -> None:
    specific = [index for index, criterion in enumerate(CRITERIA) if criterion.specific]

    assert cautioned(0.2, 0.1, 0.2, -0.1) == specific[:3]
    assert cautioned(0.2, 0.1, 0.2, -0.0999) == []
    assert cautioned(0.2, 0.3, 0.2, -0.1) == []
    assert cautioned(0.1, 0.1, 0.5, -0.1) == []


def test_a_fact_that_is_level_with_the_others_at_its_best_is_no_caution() -> None:
    every = np.ones((2, len(CRITERIA)))
    value, unknown = every * np.array([[0.25], [1]]), every * np.array([[0.75], [0]])
    assert cautions(-every, Cells(value, unknown, 0 * every), np.arange(2)) == ((), ())


def test_a_caution_is_a_known_fact_and_has_the_mean_of_the_others_as_its_target() -> None:
    result = rank_metal((3, 1, np.nan))

    assert result.cautions[0] == result.cautions[2] == ()
    (caution,) = result.cautions[1]
    assert caution.criterion == PRIORITY
    assert caution.contribution == pytest.approx(result.contribution[1, PRIORITY])
    assert caution.target_value == pytest.approx(0.5)


@settings(max_examples=60, deadline=None)
@given(seeds, st.sampled_from(["province", "park"]))
def test_at_the_point_of_change_two_places_are_first_and_beside_it_one(
    seed: int, level: str
) -> None:
    facts = random_facts(seed, known=0.8)
    req = random_requirements(facts, seed + 1)
    weights = np.random.default_rng(seed).uniform(0.2, 5, 6)
    before = evaluate(facts, req, weights, level=level, draws=0)
    for change in before.changes:
        beyond = np.sign(change.to - change.weight) * 1e-6
        leaders = []
        for at in (change.to - beyond, change.to, change.to + beyond):
            moved = weights.copy()
            moved[change.dimension] = min(max(at, 0), 5 + 1e-5)
            leaders.append(evaluate(facts, req, moved, level=level, draws=0))
        short, there, past = leaders
        assert short.order[0] == before.order[0]
        assert there.rank[change.first] == 1
        if 1e-5 < change.to < 5 - 1e-5:
            assert past.order[0] == change.first


@settings(max_examples=25, deadline=None)
@given(seeds, st.sampled_from(["province", "park"]), st.sampled_from([0.35, 0.8]))
def test_no_nearer_weight_changes_the_first_place(seed: int, level: str, known: float) -> None:
    """Sparse catalogues have parks that enter and leave as the weights move."""
    facts = random_facts(seed, known=known)
    req = random_requirements(facts, seed + 1)
    before = evaluate(facts, req, EVEN, level=level, draws=0)
    nearest = {change.dimension: abs(change.to - 2.0) for change in before.changes}
    for dimension in range(6):
        for weight in np.linspace(0, 5, 11):
            moved = EVEN.copy()
            moved[dimension] = weight
            then = evaluate(facts, req, moved, level=level, draws=0)
            if abs(weight - 2.0) < nearest.get(dimension, np.inf) - 1e-6:
                assert not ((then.rank == 1) & (before.rank != 1)).any()


def test_no_change_names_a_place_that_stays_behind_one_of_two_that_are_level_today() -> None:
    """Place 1 is level with 0 and ahead at less sector weight; 2 is level with 0 at 0."""
    facts = blank_facts(**priorities(3, 0, 1), tax_incentive=np.array([np.nan, 1, np.nan]))
    req = ask(facts, sector="fabricated-metal")
    only = frozenset(CODES) - {"sector.priority", "cost.incentives"}

    result = evaluate(facts, req, np.array([1.0, 0, 0, 0, 0, 3]), draws=0, disabled=only)

    assert result.rank.tolist() == [1, 1, 3]
    assert result.changes == ()


def test_a_place_that_shares_the_first_rank_is_no_change() -> None:
    result = rank_metal((3, 3))
    assert (result.rank.tolist(), result.changes) == ([1, 1], ())


def test_the_only_dimension_that_tells_places_apart_cannot_be_weighed_away() -> None:
    facts = blank_facts(**priorities(3, 1))
    req = ask(facts, sector="fabricated-metal")

    for weights in (EVEN, np.array([2.0, 0, 0, 0, 0, 0]), np.array([0.5, 0, 0, 0, 0, 0])):
        assert evaluate(facts, req, weights, draws=0).changes == ()


def test_a_dimension_without_weight_leaves_level_what_is_level_in_the_rest() -> None:
    facts = blank_facts(**priorities(3, 1), tax_incentive=np.array([1.0, 1.0]))
    req = ask(facts, sector="fabricated-metal")

    result = evaluate(facts, req, np.array([2, 0, 0, 0, 0, 0.5]), draws=0)

    assert result.changes == (Change(dimension=0, weight=2.0, to=0.0, first=1),)


@pytest.mark.parametrize("weights", [[0, 0, 0, 0, 0, 2.0], [0.5, 0, 0, 0, 0, 0]])
def test_places_that_are_level_need_no_change(weights: list[float]) -> None:
    """Only cost has weight, and nothing is known of it; then only the sector, known alike."""
    levels = (1, 3) if weights[5] else (3, 3)
    facts = blank_facts(**priorities(*levels))
    result = evaluate(facts, ask(facts, sector="fabricated-metal"), np.array(weights), draws=0)

    assert (result.rank.tolist(), result.changes) == ([1, 1], ())


def test_a_third_place_is_a_change_where_two_share_the_first_rank() -> None:
    facts = blank_facts(**priorities(3, 3, 1), tax_incentive=np.array([np.nan, np.nan, 1]))
    req = ask(facts, sector="fabricated-metal")
    alone = frozenset(CODES) - {"sector.priority", "cost.incentives"}

    result = evaluate(facts, req, np.array([3.0, 0, 0, 0, 0, 3]), draws=0, disabled=alone)

    # priority 1 against 1/3; a dimension of general criteria counts a third: 2/3 x = 3/3
    assert result.changes == (Change(dimension=0, weight=3.0, to=pytest.approx(1.5), first=2),)


def test_a_park_that_is_set_aside_takes_no_first_place() -> None:
    """The third would be first for its developer, were more known of it; the others leave before.

    Without sector weight nothing is known of any park's site that counts: nobody is first.
    """
    known = np.full((3, 8), np.nan)
    known[:2] = 0
    known[0, METAL] = 1
    facts = blank_facts(
        (0, 1, 2), target_sectors=known, japanese_developer=np.array([np.nan, np.nan, 1])
    )

    result = evaluate(facts, ask(facts, sector="fabricated-metal"), EVEN, level="park", draws=0)

    assert result.set_aside.tolist() == [2]
    assert result.changes == ()


def values_of(*rows: tuple[float, float]) -> np.ndarray:
    """Return rows that have values in the first two dimensions alone."""
    return np.pad(np.array(rows), ((0, 0), (0, 4)))


WEIGHTS = np.array([1.0, 2, 0, 0, 0, 0])
ALL = np.ones(4, dtype=bool)


def test_another_place_must_pass_every_row_of_the_first() -> None:
    """Place 1 passes the second row of place 0 at 1.6, and the first row never; place 2 both."""
    values = values_of((0.5, 1), (0, 0.9), (0.5, 0.5), (1, 0.3))

    found = changes(values, WEIGHTS, np.array([0, 0, 1, 2]), ALL, first=0)

    assert found == (
        Change(dimension=0, weight=1.0, to=pytest.approx(2.8), first=2),
        Change(dimension=1, weight=2.0, to=pytest.approx(5 / 7), first=2),
    )


def test_a_row_that_does_not_compete_is_no_hindrance() -> None:
    values = values_of((0.5, 1), (0, 0.9), (0.5, 0.5), (1, 0.3))
    competing = np.array([False, True, True, False])

    found = changes(values, WEIGHTS, np.array([0, 0, 1, 2]), competing, first=0)

    assert found == (
        Change(dimension=0, weight=1.0, to=pytest.approx(1.6), first=1),
        Change(dimension=1, weight=2.0, to=pytest.approx(1.25), first=1),
    )


def test_a_row_that_is_level_at_every_weight_is_no_hindrance() -> None:
    values = values_of((0.5, 0.5), (0.5, 0.4), (0, 0.9), (0.5, 0.5))

    found = changes(values, WEIGHTS, np.array([0, 0, 0, 1]), ALL, first=0)

    assert found == (
        Change(dimension=0, weight=1.0, to=pytest.approx(1.6), first=1),
        Change(dimension=1, weight=2.0, to=pytest.approx(1.25), first=1),
    )


def test_could_be_first_reads_the_upper_end_of_the_band() -> None:
    result = rank_metal((3, 1, np.nan))

    upper = result.band[:, 1]
    assert result.could_be_first.tolist() == [True, *(upper[1:] >= result.fit[0])]


def test_a_place_with_nothing_left_to_learn_cannot_be_first() -> None:
    other = frozenset(CODES) - {"sector.priority"}
    facts = blank_facts(**priorities(3, 1, np.nan))
    req = ask(facts, sector="fabricated-metal")

    result = evaluate(facts, req, EVEN, draws=0, disabled=other)

    assert result.fit == pytest.approx([100, 100 / 3, 0])
    assert result.could_be_first.tolist() == [True, False, True]


def test_the_upper_end_of_a_range_could_be_first() -> None:
    rent = np.array([[5.5, 5.5], [5, 7], [6.5, 7]])
    facts = blank_facts((0, 1, 2), factory_rent_usd_m2_month=rent)
    req = ask(facts, sector="machinery", rent_budget_usd_m2_month=5)

    result = evaluate(facts, req, EVEN, draws=0, disabled=frozenset(CODES) - {"cost.rent"})

    assert result.band == pytest.approx(np.array([[80, 80], [20, 100], [20, 40]]))
    assert result.could_be_first.tolist() == [True, True, False]


def test_a_place_to_be_confirmed_does_not_stand_in_the_way_of_one_that_meets_all() -> None:
    facts = blank_facts(**priorities(2, 3, 1), operating=np.array([1, np.nan, 1]))
    req = ask(facts, sector="fabricated-metal")

    result = evaluate(facts, req, EVEN, draws=0, disabled=frozenset(CODES) - {"sector.priority"})

    assert result.status.tolist() == [2, 1, 2]
    assert result.could_be_first.tolist() == [True, True, False]


def test_questions_are_blanks_that_reach_the_first_three_in_order() -> None:
    other = frozenset(CODES) - {"sector.priority", "sector.cluster"}
    strength = np.full((5, 8), np.nan)
    strength[:, METAL] = [3, np.nan, 1, np.nan, 0]
    facts = blank_facts(**priorities(3, 2, 2, 1, 1), strength=strength)
    req = ask(facts, sector="fabricated-metal")

    result = evaluate(facts, req, EVEN, draws=0, disabled=other)

    # fits: 100, 40, 53.3, 20, 20; a cluster of level 3 adds 40
    asked = [(q.place, CODES[q.criterion], q.could_reach_rank) for q in result.questions]
    assert asked == [(1, "sector.cluster", 2), (3, "sector.cluster", 2)]
    assert [q.gain for q in result.questions] == pytest.approx([40, 40])


def test_an_open_must_have_is_a_question_too() -> None:
    offers = np.full((2, len(OFFERS)), np.nan)
    offers[0, OFFERS.index("bank")] = 1
    facts = blank_facts(**priorities(1, 3), offers=offers)
    req = ask(facts, sector="fabricated-metal", must=["bank"])

    result = evaluate(facts, req, EVEN, draws=0)

    (question,) = [q for q in result.questions if q.must_have >= 0]
    assert (question.place, MUST_HAVES[question.must_have]) == (1, "bank")
    assert question.could_reach_rank == 1
    assert result.could_be_first.tolist() == [True, True]


def test_the_best_three_of_each_part_of_the_country() -> None:
    result = rank_metal(
        (1, 3, 2, 1, 2, 3, 3),
        province_macro=np.array([0, 0, 0, 0, 2, 2, 1]),
        operating=np.array([1.0, 1, 1, 1, 1, 1, 0]),
    )

    assert [part.tolist() for part in result.by_macro] == [[1, 2, 0], [], [5, 4]]


def test_a_province_could_be_first_by_a_park_that_does_not_stand_for_it_today() -> None:
    """Of province 0 the park at 40 stands; the one that nothing is known of could be best."""
    rent = np.array([[6.5, 6.5], [np.nan, np.nan], [5.5, 5.5]])
    facts = blank_facts((0, 0, 1), 2, factory_rent_usd_m2_month=rent)
    req = ask(facts, sector="machinery", rent_budget_usd_m2_month=5)

    result = evaluate(facts, req, EVEN, draws=0, disabled=frozenset(CODES) - {"cost.rent"})

    assert result.band == pytest.approx(np.array([[40, 40], [80, 80]]))
    assert result.could_be_first.tolist() == [True, True]
    assert (result.park.tolist(), result.first_by.tolist()) == ([0, 2], [1, 2])
    assert result.first_by_fit == pytest.approx([100, 80])


def test_a_province_could_be_first_by_the_park_that_stands_for_it_where_that_is_enough() -> None:
    """The park at 5 to 7 could be best as well as the one that nothing is known of."""
    rent = np.array([[5, 7], [np.nan, np.nan], [5.5, 5.5], [7, 7]])
    facts = blank_facts((0, 0, 1, 2), 3, factory_rent_usd_m2_month=rent)
    req = ask(facts, sector="machinery", rent_budget_usd_m2_month=5)

    result = evaluate(facts, req, EVEN, draws=0, disabled=frozenset(CODES) - {"cost.rent"})

    assert result.could_be_first.tolist() == [True, True, False]
    assert result.first_by.tolist() == [0, 2, -1]
    assert result.first_by_fit == pytest.approx([100, 80, np.nan], nan_ok=True)


@pytest.mark.parametrize("level", ["province", "park"])
@pytest.mark.parametrize("must", [["bank"], ["expressway"], ["bank", "power"]])
def test_a_question_that_reaches_the_first_rank_is_about_a_place_that_could_be_first(
    level: str, must: list[str]
) -> None:
    for seed in range(12):
        facts = random_facts(seed)
        req = random_requirements(facts, seed + 1)
        for code in must:
            req.must[0, MUST_HAVES.index(code)] = True
        result = evaluate(facts, req, EVEN, level=level, draws=0)
        for question in result.questions:
            assert question.could_reach_rank > 1 or result.could_be_first[question.place]


def test_a_fact_of_the_province_lifts_all_of_its_parks() -> None:
    """Parks 0 and 1 share a province whose priority is blank; park 1 stays behind park 0."""
    known = np.full((3, 8), 0.0)
    known[0, METAL] = 1
    facts = blank_facts((0, 0, 1), target_sectors=known, **_blank_priority(3, METAL))
    req = ask(facts, sector="fabricated-metal")
    only = frozenset(CODES) - {"sector.priority", "sector.park_targets"}

    result = evaluate(facts, req, EVEN, level="park", draws=0, disabled=only)

    found = {q.place: q.could_reach_rank for q in result.questions if q.criterion == PRIORITY}
    assert found.get(1) == 2


def _blank_priority(provinces: int, sector: int) -> dict[str, Any]:
    """Return a priority of 1 for the second province alone."""
    matrix = np.full((provinces, 8), np.nan)
    matrix[1, sector] = 1
    return {"priority": matrix}


def test_weight_on_dimensions_that_drop_out_alone_is_refused() -> None:
    facts = blank_facts()
    cost = frozenset(code for code in CODES if code.startswith("cost."))
    with pytest.raises(ValueError, match="weights"):
        evaluate(facts, ask(facts, sector="machinery"), np.eye(6)[5], draws=0, disabled=cost)
