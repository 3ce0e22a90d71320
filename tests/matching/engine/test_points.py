"""What a profile's numbers ask of a place: the fact worth 1 and the fact worth 0."""

from __future__ import annotations

import pytest

from matching.engine.criteria import CODES, CRITERIA
from matching.engine.criterion import Ramp
from tests.matching.engine.factory import ask, blank_facts


@pytest.mark.parametrize(
    ("code", "wishes", "one", "zero"),
    [
        ("cost.rent", {"rent_budget_usd_m2_month": 4}, 4, 6),
        ("cost.rent", {"rent_budget_usd_m2_month": 0}, 1e-9, 1.5e-9),
        ("cost.wage", {"wage_budget_usd_month": 0}, 2.6e-5 / 1.7, 2.6e-5),
        ("hard.power", {"power_kva": 0}, 4e-8, 4e-9),
        ("hard.free_land", {"floor_area_m2": 0}, 4e-9, 1e-9),
        ("cost.wage", {"wage_budget_usd_month": 340}, 5_200_000, 8_840_000),
        ("hard.power", {"power_kva": 300}, 12_000, 1_200),
        ("hard.water", {"water_m3_day": 20}, 800, 80),
        ("hard.wastewater", {"water_m3_day": 20}, 640, 64),
        ("hard.wastewater", {"water_m3_day": 20, "wastewater_m3_day": 30}, 1_200, 120),
        ("hard.free_land", {"floor_area_m2": 500}, 2_000, 500),
        ("hard.seaport", {"max_km_to_seaport": 30}, 30, 60),
        ("hard.seaport", {"max_km_to_seaport": 0}, 1, 2),
        ("hard.seaport", {}, 20, 150),
        ("hard.airport", {"max_km_to_airport": 45}, 45, 90),
        ("hard.airport", {}, 20, 150),
    ],
)
def test_points_of_a_profile(code: str, wishes: dict[str, float], one: float, zero: float) -> None:
    kind = CRITERIA[CODES.index(code)].value
    assert isinstance(kind, Ramp)
    found = kind.points(ask(blank_facts(), sector="machinery", **wishes))
    assert [points.tolist() for points in found] == [
        pytest.approx([one], rel=1e-12),
        pytest.approx([zero], rel=1e-12),
    ]
