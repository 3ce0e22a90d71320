"""The counts of places that qualify are those that the results then show."""

import pytest
from django.test import Client

from matching import snapshot
from matching.qualifying import OFFERED, Count, qualifying
from matching.questions import Question, read_question

pytestmark = pytest.mark.django_db

PROFILE = {
    "sector": "fabricated-metal",
    "floor_area_m2": 500,
    "rent_budget_usd_m2_month": 4,
    "max_km_to_seaport": 60,
    "max_km_to_airport": 80,
}
NUMBERS = "&".join(f"{name}={value}" for name, value in PROFILE.items())
QUESTIONS = [
    [],
    ["rental_factory"],
    ["rental_factory", "japanese_speaking_staff", "power"],
    ["floor_area", "rent_within_budget"],
    ["seaport_within_km", "airport_within_km", "expressway"],
    [{"macro": ["north"]}],
    ["sme_zone", {"macro": ["central", "south"]}],
]


def _question(must_haves: list[object], **profile: object) -> Question:
    data = {"profile": {**PROFILE, **profile}, "must_haves": must_haves}
    return read_question(data, snapshot=snapshot.current())


def _shown(client: Client, musts: list[object], level: str) -> Count:
    """What the page of results lists for the same must-haves."""
    parts = [f"must={must}" for must in musts if isinstance(must, str)]
    parts += [f"macro={code}" for must in musts if isinstance(must, dict) for code in must["macro"]]
    response = client.get(f"/en/matching/results/?{'&'.join([NUMBERS, *parts])}&level={level}")
    assert response.status_code == 200
    answer = response.context["answer"]
    standing = [*answer.results, *answer.too_little_data]
    confirm = sum(line.to_be_confirmed for line in standing)
    return Count(len(standing) - confirm, confirm, len(answer.excluded))


@pytest.mark.parametrize("level", ["province", "park"])
@pytest.mark.parametrize("musts", QUESTIONS)
def test_the_count_is_what_the_results_show(
    client: Client, musts: list[object], level: str
) -> None:
    found = qualifying(_question(musts), snapshot=snapshot.current())
    assert found.now.of(level) == _shown(client, musts, level)


@pytest.mark.parametrize("code", ["sme_zone", "rent_within_budget", "expressway", "wastewater"])
def test_a_must_have_more_is_counted_as_the_results_then_show_it(client: Client, code: str) -> None:
    before: list[object] = ["rental_factory", {"macro": ["north", "south"]}]
    found = qualifying(_question(before), snapshot=snapshot.current())
    one = next(condition for condition in found.conditions if condition.code == code)
    assert not one.on
    assert one.with_it.province == _shown(client, [*before, code], "province")
    assert one.with_it.park == _shown(client, [*before, code], "park")


def test_each_must_have_is_counted_as_a_question_of_its_own() -> None:
    known = snapshot.current()
    base = ["power", "japanese_speaking_staff", {"macro": ["south"]}]
    found = qualifying(_question(base), snapshot=known)
    assert [condition.code for condition in found.conditions] == list(OFFERED)
    for condition in found.conditions:
        plain = [code for code in base if code != condition.code]
        assert condition.on == (condition.code in base)
        for musts, counted in (
            (plain, condition.without),
            ([*plain, condition.code], condition.with_it),
        ):
            assert qualifying(_question(musts), snapshot=known).now == counted, condition.code
    north, _centre, south = found.macros
    wider = [*base[:2], {"macro": ["north", "south"]}]
    assert north.with_it == qualifying(_question(wider), snapshot=known).now
    assert (north.on, south.on) == (False, True)
    assert south.without == qualifying(_question(base[:2]), snapshot=known).now


def test_a_measured_must_have_without_its_number_names_what_it_lacks() -> None:
    found = qualifying(_question([], floor_area_m2=None), snapshot=snapshot.current())
    lacking = {one.code: one.lacks for one in found.conditions if one.lacks}
    assert lacking == {"floor_area": "floor_area_m2"}


def test_the_must_have_that_frees_most_is_to_relax_first() -> None:
    musts: list[object] = ["seaport_within_km", "rent_within_budget", {"macro": ["central"]}]
    numbers = {"max_km_to_seaport": 0, "rent_budget_usd_m2_month": 4}
    known = snapshot.current()
    found = qualifying(_question(musts, **numbers), snapshot=known)
    freed = [one.without.park.left for one in found.to_relax("park")]
    assert freed == sorted(freed, reverse=True)
    assert found.to_relax("park")[0].code == "seaport_within_km"
    assert all(count > found.now.park.left for count in freed)


def test_nothing_asked_leaves_nothing_to_relax() -> None:
    assert qualifying(_question([]), snapshot=snapshot.current()).to_relax("province") == []
