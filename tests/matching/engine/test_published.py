"""The whole engine against published worked examples of the weighted sum."""

from __future__ import annotations

import numpy as np

from matching.engine.criteria import CODES
from matching.engine.evaluation import evaluate
from tests.matching.engine.factory import SECTORS, ask, blank_facts

METAL = SECTORS.index("fabricated-metal")
OSAKA = 26  # JIS X 0401 code 27
KEPT = {"hard.seaport", "soft.prefecture_tie", "cost.rent", "sector.cluster"}


def test_triantaphyllous_example_of_the_weighted_sum() -> None:
    """Three alternatives, four criteria (Triantaphyllou 2000, Multi-Criteria Decision Making
    Methods: A Comparative Study, Kluwer; also the example of Wikipedia's 'Weighted sum model').

    | weight | 0.20 | 0.15 | 0.40 | 0.25 | score |
    |--------|------|------|------|------|-------|
    | A1     | 25   | 20   | 15   | 30   | 21.5  |
    | A2     | 10   | 30   | 20   | 30   | 22.0  |
    | A3     | 30   | 10   | 30   | 10   | 22.0  |

    Each column is played by a criterion whose value is the cell over 30: a distance to the seaport
    between the limit asked for (1) and twice that (0), a tie of level 3, 2 or 1, a rent between
    the budget (1) and half as much again (0), and a strength of level 3 or 1.
    """
    c1, c2, c3, c4 = np.array([[25, 20, 15, 30], [10, 30, 20, 30], [30, 10, 30, 10]]).T / 30
    ties, strengths = np.full((3, 47), np.nan), np.full((3, len(SECTORS)), np.nan)
    ties[:, OSAKA], strengths[:, METAL] = 3 * c2, 3 * c4
    rents = 4.0 * (1 + (1 - c3) / 2)
    facts = blank_facts(
        parks_in=(0, 1, 2),
        provinces=3,
        km_to_seaport=100 * (2 - c1),
        tie_level=ties,
        factory_rent_usd_m2_month=np.stack([rents, rents], axis=1),
        strength=strengths,
    )
    asked = ask(
        facts,
        sector="fabricated-metal",
        prefecture="27",
        max_km_to_seaport=100,
        rent_budget_usd_m2_month=4,
    )
    # sector, hard, soft, talent, market, cost
    weights = np.array([0.25, 0.20, 0.15, 0, 0, 0.40])

    result = evaluate(facts, asked, weights, draws=0, disabled=frozenset(CODES) - KEPT)

    np.testing.assert_allclose(result.fit, 100 * np.array([21.5, 22, 22]) / 30, atol=1e-9)
    assert result.rank.tolist() == [3, 1, 1]
    assert result.order.tolist() == [1, 2, 0]


def test_hwang_and_yoons_example_of_simple_additive_weighting() -> None:
    """Four fighter aircraft, six criteria (Hwang & Yoon 1981, Multiple Attribute Decision Making:
    Methods and Applications, Springer, Lecture Notes in Economics and Mathematical Systems 186).

    | weight | 0.2 | 0.1  | 0.1   | 0.1 (cost) | 0.2 | 0.3 | score |
    |--------|-----|------|-------|------------|-----|-----|-------|
    | A1     | 2.0 | 1500 | 20000 | 5.5        | 5   | 9   | 0.835 |
    | A2     | 2.5 | 2700 | 18000 | 6.5        | 3   | 5   | 0.709 |
    | A3     | 1.8 | 2000 | 21000 | 4.5        | 7   | 7   | 0.852 |
    | A4     | 2.2 | 1800 | 20000 | 5.0        | 5   | 5   | 0.738 |

    A cell is its share of the best of its column (for the cost the other way round), rounded to two
    decimals as there; each dimension plays one column, by one criterion.
    """
    cells = np.array(
        [
            [2.0, 1500, 20000, 1 / 5.5, 5, 9],
            [2.5, 2700, 18000, 1 / 6.5, 3, 5],
            [1.8, 2000, 21000, 1 / 4.5, 7, 7],
            [2.2, 1800, 20000, 1 / 5.0, 5, 5],
        ]
    )
    c1, c2, c3, c4, c5, c6 = np.round(cells / cells.max(axis=0), 2).T
    strengths, ties, people = np.full((4, len(SECTORS)), np.nan), *np.full((2, 4, 47), np.nan)
    strengths[:, METAL], ties[:, OSAKA], people[:, OSAKA] = 3 * c1, 3 * c3, c4
    customer = np.tile((300 - 270 * c5)[:, None], 4)
    rents = 4.0 * (1 + (1 - c6) / 2)
    facts = blank_facts(
        parks_in=(0, 1, 2, 3),
        provinces=4,
        strength=strengths,
        km_to_seaport=100 * (2 - c2),
        tie_level=ties,
        people_tie=people,
        km_to_provinces=customer,
        factory_rent_usd_m2_month=np.stack([rents, rents], axis=1),
    )
    asked = ask(
        facts,
        sector="fabricated-metal",
        prefecture="27",
        customer_provinces=["province-02"],
        max_km_to_seaport=100,
        rent_budget_usd_m2_month=4,
    )
    kept = KEPT | {"talent.people_tie", "market.customers_near"}

    result = evaluate(
        facts, asked, np.array([2.0, 1, 1, 1, 2, 3]), draws=0, disabled=frozenset(CODES) - kept
    )

    assert np.round(result.fit / 100, 3).tolist() == [0.835, 0.709, 0.852, 0.738]
    assert result.order.tolist() == [2, 0, 3, 1]
