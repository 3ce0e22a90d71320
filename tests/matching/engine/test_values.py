"""Value functions at and between their anchor points."""

from __future__ import annotations

import numpy as np
import pytest

from matching.engine.points import UNIT_FIT, UNIT_WITHIN
from matching.engine.values import known, measured, membership, piecewise, ramp

nan = np.nan


def test_piecewise_is_flat_outside_and_keeps_the_unknown() -> None:
    facts = np.array([0.0, 20, 85, 150, 900, nan])
    np.testing.assert_allclose(piecewise(facts, ((20, 1.0), (150, 0.0))), [1, 1, 0.5, 0, 0, nan])


def test_measured_takes_the_middle_of_a_range_and_the_confirmed_part_of_an_open_one() -> None:
    facts = np.array([[4, 4], [2, 6], [4, nan], [nan, 4], [nan, nan]])
    cells = measured(facts, ((0, 0.0), (8, 1.0)))
    assert cells.value.tolist() == [0.5, 0.5, 0.5, 0, 0]
    assert cells.spread.tolist() == [0, 0.25, 0, 0, 0]
    assert cells.unknown.tolist() == [0, 0, 0.5, 0.5, 1]


def test_ramp_serves_many_profiles_and_both_directions() -> None:
    rent = np.array([4.0, 5, 6.25, 7.5, 9])
    budget = np.array([[5.0], [10.0]])
    np.testing.assert_allclose(
        ramp(rent, budget, budget * 1.5), [[1, 1, 0.5, 0, 0], [1, 1, 1, 1, 1]]
    )
    np.testing.assert_allclose(
        ramp(np.array([0.0, 4, 22, 40, 99]), np.array([[40.0]]), np.array([[4.0]])),
        [[0, 0, 0.5, 1, 1]],
    )


@pytest.mark.parametrize(
    ("units", "value"),
    [
        ([500, nan], 1.0),
        ([750, nan], 1.0),
        ([1125, nan], 0.5),
        ([1500, nan], 0.0),
        ([250, nan], 0.6),
        ([100, nan], 0.0),
        ([250, 500], 1.0),
        ([50, 9000], 0.8),
    ],
)
def test_membership_of_an_area_in_the_units_on_offer(units: list[float], value: float) -> None:
    found = membership(np.array([500.0]), np.array([units]), UNIT_FIT, UNIT_WITHIN)
    assert found == pytest.approx(np.array([[value]]))


def test_known_splits_blanks_from_values() -> None:
    cells = known(np.array([0.3, nan, 0.0]))
    assert (cells.value.tolist(), cells.unknown.tolist()) == ([0.3, 0, 0], [0, 1, 0])
