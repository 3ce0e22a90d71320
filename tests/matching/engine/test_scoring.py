"""Weights, fit, band and coverage, worked by hand and against pymcdm."""

from __future__ import annotations

import numpy as np
import pytest
from pymcdm.methods import WSM

from matching.engine.criteria import CODES, CRITERIA
from matching.engine.criterion import Linear
from matching.engine.evaluation import evaluate
from matching.engine.facts import DIMENSIONS, OFFERS
from matching.engine.prepared import Layer
from matching.engine.requirements import Requirements
from matching.engine.scoring import applying, weigh, weighted
from matching.engine.switches import one
from tests.matching.engine.factory import (
    EVEN,
    SECTORS,
    ask,
    blank_facts,
    random_facts,
    random_requirements,
)


def table(rows: int, columns: int, cells: dict[tuple[int, int], float]) -> np.ndarray:
    """Return a matrix of blanks with the given cells."""
    matrix = np.full((rows, columns), np.nan)
    for place, value in cells.items():
        matrix[place] = value
    return matrix


def as_it_is(column: np.ndarray, cost: bool = False) -> np.ndarray:
    """Tell pymcdm that values are on a common scale already."""
    return column


def column(code: str) -> int:
    return CODES.index(code)


METAL = SECTORS.index("fabricated-metal")


def test_a_fit_worked_by_hand() -> None:
    """Sector alone weighs: priority 3, asks Japan 1, cluster 2, customers 3, park 2 + 1.5, tie 0.5.

    Province 0 has priority 3 (value 1) and strength 2 (value 2/3) on record, its park names the
    sector (1) and machinery, which buys 0.9 of it with the sector's own 0.3: 1 - 0.1 x 0.7 = 0.93.
    """
    facts = blank_facts(
        parks_in=(0,),
        provinces=2,
        priority=table(2, 8, {(0, METAL): 3}),
        strength=table(2, 8, {(0, METAL): 2}),
        target_sectors=np.where(
            np.isin(np.arange(8), [METAL, SECTORS.index("machinery")]), 1.0, 0.0
        )[None, :],
    )
    weights = np.array([1.0, 0, 0, 0, 0, 0])

    result = evaluate(facts, ask(facts, sector="fabricated-metal"), weights, draws=0)

    own_customers = 0.3 * 2 / 3  # metal works buy from each other, and are a strength of level 2
    summed = 3 * 1 + 2 * 2 / 3 + 3 * own_customers + 2 * 1 + 1.5 * 0.93
    assert result.fit == pytest.approx([100 * summed / 13, 0])
    blanks = 100 * (1 + 0.5) / 13
    assert result.band == pytest.approx(
        np.array([[result.fit[0], result.fit[0] + blanks], [0, 100]])
    )
    assert result.coverage_province == pytest.approx([(3 + 2 + 3) / 9.5, 0])
    assert result.coverage_site == pytest.approx([1, 0])
    assert result.mean_fit == pytest.approx(result.fit[0] / 2)
    assert result.dimension_coverage[:, 0] == pytest.approx([1 - (1 + 0.5) / 13, 0])
    assert result.dimension_fit[:, 0] == pytest.approx(result.fit)
    assert result.rank.tolist() == [1, 2]
    assert result.park.tolist() == [0, -1]
    assert (result.level, result.dimension_weights.tolist()) == ("province", [1, 0, 0, 0, 0, 0])


def test_weights_follow_dimension_local_share_and_the_cap_on_general_criteria() -> None:
    facts = blank_facts()
    req = ask(facts, sector="machinery", prefecture="27", purposes=["supply-japanese-makers"])

    weights = weigh(applying(req), np.array([[3.0, 4, 5, 4, 3, 2]]))

    general = np.array([not criterion.specific for criterion in CRITERIA])
    for number, dimension in enumerate(DIMENSIONS):
        inside = np.array([criterion.dimension == dimension for criterion in CRITERIA])
        within = weights.within[0][inside]
        assert within.sum() == pytest.approx(1)
        alone = weights.within[0][inside & ~general].sum() == 0
        assert weights.pull[0, number] == pytest.approx(1 / 3 if alone else 1)
        if not alone:
            used = applying(req)[0] & inside
            local = np.array([criterion.weight for criterion in CRITERIA])
            plain = local[used & general].sum() / local[used].sum()
            held = weights.within[0][inside & general].sum()
            assert held == pytest.approx(min(plain, 1 / 3))
    effective = np.array([3, 4 / 3, 5, 4, 3, 2 / 3])
    per_dimension = [
        sum(w for w, c in zip(weights.criterion[0], CRITERIA, strict=True) if c.dimension == d)
        for d in DIMENSIONS
    ]
    assert per_dimension == pytest.approx(effective / effective.sum())


@pytest.mark.parametrize(
    ("kept", "within", "pull"),
    [
        ({"talent.offers", "talent.japanese"}, [2 / 3, 1 / 3], 1),
        ({"talent.offers"}, [1, 0], 1),
        ({"talent.japanese"}, [0, 1], 1 / 3),
        (set(), [0, 0], 0),
    ],
)
def test_small_local_weights_divide_a_dimension_too(
    kept: set[str], within: list[float], pull: float
) -> None:
    """Locally 0.75 and, of a general criterion, 0.5: more than a third of the two."""
    req = ask(blank_facts(), sector="machinery", services=["training_centre"])

    weights = weigh(applying(req, frozenset(CODES) - kept), np.full((1, 6), 0.1))

    columns = [column("talent.offers"), column("talent.japanese")]
    assert weights.within[0, columns] == pytest.approx(within)
    assert weights.criterion[0, columns] == pytest.approx(within)
    assert weights.pull[0] == pytest.approx([0, 0, 0, pull, 0, 0])


def test_a_dimension_without_criteria_drops_out() -> None:
    facts = blank_facts()
    cost = frozenset(code for code in CODES if code.startswith("cost."))

    result = evaluate(facts, ask(facts, sector="machinery"), EVEN, draws=0, disabled=cost)

    assert result.dimension_applies.tolist() == [True] * 5 + [False]
    assert np.isnan(result.dimension_fit[:, 5]).all()
    assert np.isnan(result.dimension_coverage[:, 5]).all()
    assert result.weights.sum() == pytest.approx(1)


def test_offers_are_the_share_of_the_wanted_ones_that_is_confirmed() -> None:
    offers = table(3, len(OFFERS), {})
    offers[0, OFFERS.index("one_stop_setup")] = 1
    offers[1, OFFERS.index("one_stop_setup")] = 1
    offers[1, OFFERS.index("interpreter")] = 0
    facts = blank_facts(parks_in=(0, 1, 2), offers=offers)
    req = ask(facts, sector="machinery", services=["one_stop_setup", "interpreter"])

    result = evaluate(facts, req, EVEN, draws=0, level="park")

    soft = column("soft.offers")
    assert result.unknown[:, soft].tolist() == [0.5, 0, 1]
    np.testing.assert_array_equal(result.value[:, soft], [0.5, 0.5, np.nan])


def test_a_range_counts_at_the_middle_of_its_values_and_widens_the_band() -> None:
    rent = np.array([[5.0, 7.5], [5.0, 5.0], [np.nan, np.nan]])
    facts = blank_facts(parks_in=(0, 1, 2), factory_rent_usd_m2_month=rent)
    req = ask(facts, sector="machinery", rent_budget_usd_m2_month=5.0)
    weights = np.array([0, 0, 0, 0, 0, 1.0])

    result = evaluate(facts, req, weights, draws=0, level="park")

    code = column("cost.rent")
    np.testing.assert_array_equal(result.value[:, code], [0.5, 1.0, np.nan])
    assert result.spread[:, code].tolist() == [0.5, 0, 0]
    weight = 100 * result.weights[code]
    assert result.fit == pytest.approx([weight / 2, weight, 0])
    assert result.band[:, 0] == pytest.approx([0, weight, 0], abs=1e-8)


def test_at_least_counts_what_is_confirmed_and_leaves_the_rest_unknown() -> None:
    facts = blank_facts(japanese_projects=np.array([[100, np.nan], [100, 100], [np.nan, np.nan]]))
    req = ask(facts, sector="machinery", purposes=["supply-japanese-makers"])

    result = evaluate(facts, req, EVEN, draws=0)

    code = column("market.japanese_makers")
    assert result.value[:2, code] == pytest.approx([0.7, 0.7])
    assert result.unknown[:, code] == pytest.approx([0.3, 0, 1])


def test_at_least_counts_the_worst_of_a_rent_too_and_asking_twice_changes_nothing() -> None:
    """A rent of 4.5 or more is worth nothing for certain; one of 6.25 or less is worth a half."""
    rent = np.array([[4.5, np.nan], [np.nan, 6.25], [np.nan, np.nan]])
    facts = blank_facts(parks_in=(0, 1, 2), factory_rent_usd_m2_month=rent)
    req = ask(facts, sector="machinery", rent_budget_usd_m2_month=5.0)

    for _ in range(2):
        result = evaluate(facts, req, EVEN, draws=0, level="park")
        code = column("cost.rent")
        np.testing.assert_array_equal(result.value[:, code], [np.nan, 0.5, np.nan])
        assert result.unknown[:, code].tolist() == [1, 0.5, 1]
        assert result.spread[:, code].tolist() == [0, 0, 0]


def test_equal_fits_share_a_rank_and_stand_in_the_order_of_slugs() -> None:
    facts = blank_facts(
        parks_in=(0, 1, 2, 3), provinces=4, priority=table(4, 8, {(2, METAL): 3, (0, METAL): 1})
    )

    result = evaluate(facts, ask(facts, sector="fabricated-metal"), EVEN, draws=0)

    assert result.rank.tolist() == [2, 3, 1, 3]
    assert result.order.tolist() == [2, 0, 1, 3]


def test_a_province_is_its_best_park_and_never_a_mixture() -> None:
    offers = table(2, len(OFFERS), {})
    offers[0, OFFERS.index("one_stop_setup")] = 1
    offers[1, OFFERS.index("interpreter")] = 1
    offers[1, OFFERS.index("bank")] = 1
    facts = blank_facts(parks_in=(0, 0), provinces=1, offers=offers)
    req = ask(facts, sector="machinery", services=["one_stop_setup", "interpreter", "bank"])

    province = evaluate(facts, req, EVEN, draws=0)
    parks = evaluate(facts, req, EVEN, draws=0, level="park")

    assert province.park.tolist() == [1]
    assert province.fit[0] == parks.fit[1] > parks.fit[0]


def test_too_little_data_stands_apart_at_park_level_and_is_marked_at_province_level() -> None:
    known = np.zeros((3, 8))
    known[0] = np.nan
    facts = blank_facts(
        parks_in=(0, 1, 1), target_sectors=known, japanese_developer=np.array([np.nan, 1, 0])
    )
    req = ask(facts, sector="machinery")

    parks = evaluate(facts, req, EVEN, draws=0, level="park")
    provinces = evaluate(facts, req, EVEN, draws=0)

    assert parks.too_little.tolist() == [True, False, False]
    assert parks.set_aside.tolist() == [0]
    assert sorted(parks.order.tolist()) == [1, 2]
    assert provinces.too_little.tolist() == [True, False, True]
    assert sorted(provinces.order.tolist()) == [0, 1, 2]


def test_a_failed_park_with_data_does_not_speak_for_its_province() -> None:
    known = np.zeros((2, 8))
    known[0] = np.nan
    facts = blank_facts(
        parks_in=(0, 0),
        provinces=1,
        target_sectors=known,
        japanese_developer=np.array([np.nan, 1]),
        operating=np.array([1.0, 0]),
    )

    result = evaluate(facts, ask(facts, sector="machinery"), EVEN, draws=0)

    assert (result.park.tolist(), result.too_little.tolist()) == ([0], [True])


def test_a_province_has_too_little_only_where_all_its_parks_have() -> None:
    known = np.zeros((2, 8))
    known[0] = np.nan
    facts = blank_facts(
        parks_in=(0, 0), provinces=1, target_sectors=known, japanese_developer=np.array([1, 0])
    )

    result = evaluate(facts, ask(facts, sector="machinery"), EVEN, draws=0)

    assert (result.park.tolist(), result.too_little.tolist()) == ([0], [False])


def test_a_failed_park_is_excluded_and_not_set_aside() -> None:
    """The first park fails and has data, the second fails without, the third has none."""
    known = np.zeros((3, 8))
    known[1:] = np.nan
    facts = blank_facts((0, 1, 2), target_sectors=known, operating=np.array([0.0, 0, 1]))

    result = evaluate(facts, ask(facts, sector="machinery"), EVEN, draws=0, level="park")

    assert result.too_little.tolist() == [False, True, True]
    assert (result.excluded.tolist(), result.set_aside.tolist()) == ([0, 1], [2])


def test_a_catalogue_without_parks_has_no_park_to_rank() -> None:
    facts = blank_facts((), 2)
    result = evaluate(facts, ask(facts, sector="machinery"), EVEN, level="park")
    assert (result.order.tolist(), result.mean_fit, result.robustness) == ([], 0, None)


def test_the_weighted_sum_agrees_with_pymcdm() -> None:
    """Random matrices in the place of tables, against an independent implementation, to 1e-12."""
    general = [
        i for i, c in enumerate(CRITERIA) if isinstance(c.value, Linear) and c.value.key is one
    ]
    n, none = len(general), np.zeros(0, dtype=np.intp)
    req = Requirements.empty(blank_facts(), 5)
    for seed in range(20):
        rng = np.random.default_rng(seed)
        matrix, weights = rng.random((50, n)), np.zeros((5, len(CRITERIA)))
        weights[:, general] = rng.dirichlet(np.ones(n), 5)
        blank = np.zeros((n, 50))
        rows = tuple((index, slice(row, row + 1)) for row, index in enumerate(general))
        layer = Layer(
            np.array(general), rows, matrix.T, blank, blank, none, (), none, np.zeros((0, 50))
        )

        ours = weighted(layer, req, weights, {}).value

        for profile, mine in zip(weights[:, general], ours, strict=True):
            theirs = WSM(normalization_function=as_it_is)(matrix, profile, np.ones(n))
            np.testing.assert_allclose(mine, theirs, rtol=0, atol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_fits_of_a_whole_run_agree_with_pymcdm(seed: int) -> None:
    facts = random_facts(seed)
    result = evaluate(facts, random_requirements(facts, seed), EVEN, draws=0, level="park")
    used = result.weights > 0

    theirs = WSM(normalization_function=as_it_is)(
        np.nan_to_num(result.value)[:, used], result.weights[used], np.ones(used.sum())
    )

    # fits are rounded to nine decimals, so that equal means equal
    np.testing.assert_allclose(result.fit, 100 * theirs, rtol=0, atol=1e-9)


@pytest.mark.parametrize("weights", [[0] * 6, [1, 1, 1, 1, 1, -1], [1] * 5])
def test_weights_that_say_nothing_are_refused(weights: list[float]) -> None:
    facts = blank_facts()
    with pytest.raises(ValueError, match=r"^weights: six numbers of 0 or more, not all zero$"):
        evaluate(facts, ask(facts, sector="machinery"), np.array(weights, dtype=float))


def test_many_profiles_are_for_the_batch() -> None:
    facts = blank_facts()
    with pytest.raises(ValueError, match=r"^evaluate takes one profile; batch\.match_many takes"):
        evaluate(facts, Requirements.empty(facts, 2), EVEN)
