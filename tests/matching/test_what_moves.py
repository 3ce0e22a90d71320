"""No place moves another: a new park moves its own province, a fact those who read it."""

from typing import Any

import pytest
from django.test import Client

from tests.matching.changing import create, update
from tests.matching.contract import ask, example

pytestmark = pytest.mark.django_db

PARK: dict[str, Any] = {
    "name_ja": "新しい工業団地",
    "name_en": "Brand New Industrial Park",
    "name_vi": "Khu công nghiệp Mới",
    "province": "lai-chau",
    "status": "operating",
    "lat": 22.39,
    "lon": 103.46,
    "location_precision": "commune",
    "rental_factory": True,
    "japanese_speaking_staff": True,
    "one_stop_setup": True,
    "rental_units_m2": [500],
    "factory_rent_usd_m2_month_min": 2.0,
}


def _fits(client: Client, **changes: Any) -> dict[str, float]:
    answer = ask(client, example(must_haves=[], limit=500, robustness=False, **changes)).json()
    return {line["place"]["slug"]: line["fit"] for line in answer["results"]}


def test_adding_a_park_moves_its_own_province_alone(client: Client) -> None:
    before = _fits(client)
    create("industrial-park", "brand-new", PARK)
    after = _fits(client)
    assert {slug for slug in after if after[slug] != before[slug]} == {"lai-chau"}
    assert after["lai-chau"] > before["lai-chau"]


def test_adding_a_park_moves_no_other_park(client: Client) -> None:
    before = _fits(client, level="park")
    create("industrial-park", "brand-new", PARK)
    after = _fits(client, level="park")
    assert after.keys() - before.keys() == {"brand-new"}
    assert {slug: after[slug] for slug in before} == before


def test_changing_a_fact_moves_the_places_that_read_it(client: Client) -> None:
    before = _fits(client, level="park")
    update("industrial-park", "long-duc", "factory_rent_usd_m2_month_min", 5.0, 6.5)
    after = _fits(client, level="park")
    assert {slug for slug in after if after[slug] != before[slug]} == {"long-duc"}
    assert after["long-duc"] < before["long-duc"]


def test_a_wage_moves_its_province_and_the_parks_in_it(client: Client) -> None:
    key = "ca-mau-minimum-wage-zone-max-vnd-month-2026"
    before, provinces = _fits(client, level="park"), _fits(client)
    update("observation", key, "value_max", 4_730_000.0, 9_000_000.0)
    after = _fits(client, level="park")
    moved = {slug for slug in after if after[slug] != before[slug]}
    parks = client.get("/api/v1/industrial-parks/?province=ca-mau").json()["results"]
    assert moved <= {park["slug"] for park in parks}
    now = _fits(client)
    assert {slug for slug in now if now[slug] != provinces[slug]} == {"ca-mau"}


def test_a_range_counts_at_its_middle_and_widens_the_band(client: Client) -> None:
    def long_duc() -> Any:
        answer = ask(client, example(level="park", limit=500, robustness=False)).json()
        return next(line for line in answer["results"] if line["place"]["slug"] == "long-duc")

    def rent(line: Any) -> Any:
        return next(c for c in line["criteria"] if c["code"] == "cost.rent")

    exact = long_duc()
    update("industrial-park", "long-duc", "factory_rent_usd_m2_month_max", None, 7.5)
    ranged = long_duc()
    # Budget 5: 5.0 is worth 1 and 7.5 is worth 0, so the range counts one half.
    assert rent(exact)["value"] == 1
    assert rent(ranged)["value"] == pytest.approx(0.5)
    half = 100 * rent(exact)["weight"] / 2
    assert ranged["fit"] == pytest.approx(exact["fit"] - half)
    assert ranged["band"][0] == pytest.approx(exact["band"][0] - 2 * half)
    assert ranged["band"][1] == pytest.approx(exact["band"][1])


def test_a_new_version_is_answered_at_once(client: Client) -> None:
    assert ask(client, example()).headers["Catalogue-Version"] == "1"
    update("province", "ca-mau", "name_en", "Ca Mau", "Ca Mau Province")
    response = ask(client, example(limit=500, must_haves=[]))
    assert response.headers["Catalogue-Version"] == "2"
    assert response.json()["catalogue_version"] == 2
    names = {line["place"]["name"] for line in response.json()["results"]}
    assert "Ca Mau Province" in names
