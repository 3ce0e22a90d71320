"""The entry ladder: which small steps are on record at a park and in a province."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from localities.models import IndustrialPark
from localities.queries.evidence import Evidence
from matching import ladder
from matching.ladder import RUNGS, State

Shown = dict[str, tuple[State, list[tuple[str, str]]]]

NOTHING = dict.fromkeys(RUNGS, State.UNKNOWN)


def park(key: str = "a-park", **columns: Any) -> IndustrialPark:
    """A park of which only `columns` are on record."""
    return IndustrialPark(key=key, **{"status": "operating"} | columns)


def of_park(**columns: Any) -> tuple[dict[str, State], list[str]]:
    """The states of a park's rungs, and what it says."""
    rungs = ladder.of_park(park(**columns), Evidence())
    texts = [ground.text for rung in rungs for ground in rung.grounds]
    return {rung.code: rung.state for rung in rungs}, texts


def of_catalogue(province: str) -> Shown:
    """The ladder of a province of the catalogue: each rung's state, parks and facts."""
    parks = IndustrialPark.objects.filter(province=province, is_active=True)
    return {
        rung.code: (rung.state, [(ground.park.key, ground.text) for ground in rung.grounds])
        for rung in ladder.of_province(parks)
    }


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def test_park_of_which_nothing_is_known_denies_nothing() -> None:
    assert of_park() == (NOTHING, [])


@pytest.mark.parametrize(
    ("columns", "rung", "state", "text"),
    [
        ({"sublease_allowed": True}, "sublease", State.YES, "sublease is allowed"),
        ({"sublease_allowed": False}, "sublease", State.NO, "sublease is not allowed"),
        (
            {"incubation_without_company": True},
            "incubation",
            State.YES,
            "a start without a company of one's own is possible",
        ),
        (
            {"incubation_without_company": False},
            "incubation",
            State.NO,
            "no start without a company of one's own",
        ),
        (
            {"rental_factory": True, "rental_units_m2": [250, 500, 1000]},
            "rental-factory",
            State.YES,
            "rental units of 250–1,000 m²",
        ),
        (
            {"rental_factory": True, "rental_units_m2": [500]},
            "rental-factory",
            State.YES,
            "rental units of 500 m²",
        ),
        ({"rental_factory": True}, "rental-factory", State.YES, "rental factories, sizes unknown"),
        ({"rental_factory": False}, "rental-factory", State.NO, "no rental factory"),
        (
            {"rental_factory": True, "status": "planned"},
            "rental-factory",
            State.PLANNED,
            "rental factories, sizes unknown",
        ),
        ({"available_area_ha": 62.4}, "own-factory", State.YES, "62.4 ha of land free"),
        ({"available_area_ha": 0.0}, "own-factory", State.NO, "no land free"),
        (
            {"available_area_ha": 3.0, "occupancy_pct": 100.0},
            "own-factory",
            State.YES,
            "3 ha of land free",
        ),
        ({"occupancy_pct": 95.0}, "own-factory", State.YES, "95% of the land is taken"),
        ({"occupancy_pct": 100.0}, "own-factory", State.NO, "100% of the land is taken"),
        (
            {"occupancy_pct": 11.0, "status": "under-construction"},
            "own-factory",
            State.PLANNED,
            "11% of the land is taken",
        ),
    ],
)
def test_park_says_of_a_rung(columns: dict[str, Any], rung: str, state: State, text: str) -> None:
    assert of_park(**columns) == (NOTHING | {rung: state}, [text])


def joined(*parks: IndustrialPark) -> tuple[State, list[str]]:
    """What the rung of rental factories is in a province with these parks."""
    rung = ladder.of_province(parks)[RUNGS.index("rental-factory")]
    return rung.state, [ground.park.key for ground in rung.grounds]


@pytest.mark.django_db
def test_province_has_a_rung_where_one_park_has_it() -> None:
    yes, no = park("yes", rental_factory=True), park("no", rental_factory=False)
    planned = park("planned", rental_factory=True, status="planned")
    assert joined(no, planned, yes, park("silent")) == (State.YES, ["yes"])
    assert joined(no, planned) == (State.PLANNED, ["planned"])


@pytest.mark.django_db
def test_province_lacks_a_rung_only_where_every_park_says_so() -> None:
    first, second = park("first", rental_factory=False), park("second", rental_factory=False)
    assert joined(first, second) == (State.NO, ["first", "second"])
    assert joined(first, park("silent")) == (State.UNKNOWN, ["first"])
    assert joined() == (State.UNKNOWN, [])


@pytest.mark.django_db
def test_small_units_and_much_free_land_come_first() -> None:
    small = park("small", rental_factory=True, rental_units_m2=[100], available_area_ha=1.0)
    large = park("large", rental_factory=True, rental_units_m2=[900], available_area_ha=50.0)
    unsaid = park("unsaid", rental_factory=True, occupancy_pct=50.0)
    rungs = {rung.code: rung for rung in ladder.of_province([unsaid, large, small])}
    shown = {
        code: [ground.park.key for ground in rungs[code].grounds]
        for code in ("rental-factory", "own-factory")
    }
    assert shown == {
        "rental-factory": ["small", "large", "unsaid"],
        "own-factory": ["large", "small", "unsaid"],
    }


@pytest.mark.django_db
def test_ladder_of_a_province_of_the_catalogue() -> None:
    assert of_catalogue("dong-nai") == {
        "contract-production": (State.UNKNOWN, []),
        "sublease": (State.UNKNOWN, []),
        "incubation": (
            State.YES,
            [("long-duc", "a start without a company of one's own is possible")],
        ),
        "rental-factory": (
            State.YES,
            [
                ("nhon-trach-3", "rental units of 288–648 m²"),
                ("long-duc", "rental units of 512–1,042 m²"),
                ("loteco", "rental factories, sizes unknown"),
            ],
        ),
        "own-factory": (
            State.YES,
            [
                ("minh-hung-sikico", "80% of the land is taken"),
                ("minh-hung-3", "97.41% of the land is taken"),
            ],
        ),
    }


@pytest.mark.django_db
def test_every_fact_of_the_ladder_has_its_source() -> None:
    rungs = ladder.of_province(IndustrialPark.objects.filter(is_active=True))
    assert all(ground.citation for rung in rungs for ground in rung.grounds)


@pytest.mark.django_db
def test_ladder_costs_one_query_for_one_park_and_for_three(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for count in (1, 3):
        parks = list(IndustrialPark.objects.filter(province="dong-nai")[:count])
        with django_assert_num_queries(1):
            ladder.of_province(parks)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["ja", "en", "vi"])
def test_province_page_shows_the_ladder_and_links_the_check(client: Client, language: str) -> None:
    address = f"/{language}/provinces/ninh-binh/?profile=sector%3Dmachinery"
    shown = client.get(address).content.decode()
    assert shown.count('class="ladder-rung') == 5
    with translation.override(language):
        park_page = reverse("localities:park", args=["jasmec-dong-van-2"])
    assert shown.count(f'"{park_page}?profile=sector%3Dmachinery"') > 1
    assert f'"/{language}/readiness/?profile=sector%3Dmachinery"' in shown


@pytest.mark.django_db
def test_province_without_a_park_says_that_nothing_is_on_record(client: Client) -> None:
    IndustrialPark.objects.filter(province="ninh-binh").update(is_active=False)
    shown = client.get("/en/provinces/ninh-binh/").content.decode()
    assert shown.count('class="ladder-rung ladder-unknown"') == 5
    assert "not offered, on record" not in shown
