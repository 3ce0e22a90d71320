"""POST /api/v1/matches/: the contract's example and its sums, and every kind of bad input."""

import json
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client

from localities.models import IndustrialPark, Province
from matching import matchmaking
from matching.models import StoredSnapshot
from portal.accounts.models import User
from tests.matching.changing import update
from tests.matching.contract import ask, example, plots

pytestmark = pytest.mark.django_db


def test_matches_example_accounts_for_every_province(client: Client) -> None:
    answer = ask(client, example(limit=500)).json()
    ranked = {line["place"]["slug"] for line in answer["results"]}
    excluded = {line["place"]["slug"] for line in answer["excluded"]}
    assert ranked | excluded == set(Province.objects.values_list("key", flat=True))
    assert not ranked & excluded
    assert answer["counts"] == {
        "ranked": len(ranked),
        "excluded": len(excluded),
        "too_little_data": 0,
    }


def test_the_same_question_gets_the_same_answer_until_the_catalogue_changes(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = example(robustness=False, detail="reasons")
    others = [
        example(robustness=False, detail="reasons", weights={"cost": 1}),
        {**body, "limit": 9},
    ]
    first = ask(client, body)
    told = [ask(client, each).content for each in others]
    with monkeypatch.context() as patched:
        patched.setattr(matchmaking, "answer", None)  # so that it can't be made once more
        again = ask(client, {name: body[name] for name in reversed(body)})
        assert again.content == first.content
        assert (again.headers["Content-Type"], again.headers["Catalogue-Version"]) == (
            "application/json",
            str(first.json()["catalogue_version"]),
        )
        assert [ask(client, each).content for each in others] == told
    assert len({first.content, *told}) == 3
    assert ask(client, body, lang="ja").json()["results"][0]["place"]["name"] == "ドンナイ市"
    secure = client.post("/api/v1/matches/?lang=en", body, "application/json", secure=True)
    assert secure.json()["results"][0]["place"]["url"].startswith("https://")
    update("industrial-park", "long-duc", "interpreter", None, False)
    assert ask(client, body).json()["catalogue_version"] == first.json()["catalogue_version"] + 1


def test_matches_at_park_level_accounts_for_every_park(client: Client) -> None:
    answer = ask(client, example(level="park", limit=500, detail="reasons")).json()
    groups = [
        {line["place"]["slug"] for line in answer[name]}
        for name in ("results", "excluded", "too_little_data")
    ]
    assert set.union(*groups) == set(IndustrialPark.objects.values_list("key", flat=True))
    assert sum(map(len, groups)) == 231
    assert [len(group) for group in groups] == [
        answer["counts"][name] for name in ("ranked", "excluded", "too_little_data")
    ]


@pytest.mark.parametrize("level", ["province", "park"])
@pytest.mark.parametrize("weights", [None, {"cost": 0.5}, example()["weights"]])
def test_matches_sums_hold(client: Client, level: str, weights: Any) -> None:
    answer = ask(client, example(level=level, limit=500, weights=weights)).json()
    for line in answer["results"] + answer["too_little_data"]:
        weight = sum(c["weight"] for c in line["criteria"])
        confirmed = sum(c["weight"] * (c["value"] or 0) for c in line["criteria"])
        assert line["fit"] == pytest.approx(100 * confirmed / weight, abs=1e-6)
        moved = sum(c["contribution"] for c in line["criteria"])
        assert moved == pytest.approx(line["fit"] - answer["mean_fit"], abs=1e-6)
        spread = 100 * sum(c["weight"] * c["spread"] for c in line["criteria"])
        blank = 100 * sum(c["weight"] * c["unknown"] for c in line["criteria"])
        ends = [line["fit"] - spread, line["fit"] + blank + spread]
        assert line["band"] == pytest.approx(ends, abs=1e-6)
        for c in line["criteria"]:
            assert (c["value"] is None) == (c["unknown"] > 1 - 1e-9)


def test_matches_order_is_status_then_fit_then_slug(client: Client) -> None:
    lines = ask(client, example(limit=500)).json()["results"]
    keys = [(line["to_be_confirmed"], -line["fit"], line["place"]["slug"]) for line in lines]
    assert keys == sorted(keys)
    assert lines[0]["rank"] == 1
    for before, after in pairwise(lines):
        same = keys[lines.index(before)][:2] == keys[lines.index(after)][:2]
        assert (before["rank"] == after["rank"]) == same


def test_matches_province_has_the_fit_of_its_best_park(client: Client) -> None:
    for line in ask(client, example(limit=500)).json()["results"]:
        if line["best_park"]:
            assert line["best_park"]["fit"] == line["fit"]


def test_matches_must_haves_are_met_or_asked_about(client: Client) -> None:
    for line in ask(client, example(limit=500)).json()["results"]:
        states = {must["code"]: must["status"] for must in line["must_haves"]}
        assert set(states) == {"rental_factory", "japanese_speaking_staff", "macro", "operating"}
        assert set(states.values()) <= {"met", "unknown"}
        assert line["to_be_confirmed"] == ("unknown" in states.values())
        for must in line["must_haves"]:
            assert (must["question"] is None) == (must["status"] == "met")


def test_matches_excluded_name_the_failed_condition(client: Client) -> None:
    excluded = ask(client, example(must_haves=[{"macro": ["south"]}])).json()["excluded"]
    ha_noi = next(line for line in excluded if line["place"]["slug"] == "ha-noi")
    assert [(failed["code"], failed["fact"]) for failed in ha_noi["failed"]] == [("macro", "North")]


def test_matches_same_question_same_bytes(client: Client) -> None:
    assert ask(client, example()).content == ask(client, example()).content


def test_matches_without_robustness_leaves_the_draws_out(client: Client) -> None:
    plain = ask(client, example(robustness=False)).json()
    drawn = ask(client, example()).json()
    for line in plain["results"]:
        assert (line["p_first"], line["p_top3"], line["expected_rank"]) == (None, None, None)
    assert [line["fit"] for line in plain["results"]] == [line["fit"] for line in drawn["results"]]


def test_matches_reasons_leave_the_criteria_out(client: Client) -> None:
    line = ask(client, example(detail="reasons")).json()["results"][0]
    assert "criteria" not in line
    assert line["reasons"]


def test_matches_every_known_fact_is_told_with_its_source(client: Client) -> None:
    for line in ask(client, example(limit=500)).json()["results"]:
        for criterion in line["criteria"]:
            assert (criterion["fact"] is None) == (criterion["value"] is None), criterion["code"]
            assert (criterion["source"] is None) == (criterion["fact"] is None), criterion["code"]


def test_source_of_a_fact_is_one_of_the_catalogue(client: Client) -> None:
    told = [each["source"] for each in ask(client, example()).json()["results"][0]["criteria"]]
    sources = {each["slug"]: each for each in told if each}
    assert sources
    for slug, source in sources.items():
        record = client.get(f"/api/v1/sources/{slug}/").json()
        assert source == {name: {**record, "key": slug}[name] for name in source}


@pytest.mark.parametrize("lang", ["ja", "en", "vi"])
def test_matches_speak_the_readers_language(client: Client, lang: str) -> None:
    response = ask(client, example(), lang)
    names = {"ja": "ホーチミン市", "en": "Ho Chi Minh City", "vi": "Hồ Chí Minh"}
    slugs = {line["place"]["slug"]: line["place"]["name"] for line in response.json()["results"]}
    assert slugs["ho-chi-minh"] == names[lang]
    assert response.headers["Content-Language"] == lang
    assert response.headers["Catalogue-Version"] == "1"


def test_matches_default_weights_are_the_surveys(client: Client) -> None:
    def weights(stage: str) -> dict[str, float]:
        body = example(weights=None, profile__stage=stage, robustness=False)
        return ask(client, body).json()["weights"]

    assert weights("consider") == weights("prepare")
    for stage in ("prepare", "enter", "operate"):
        assert sum(weights(stage).values()) == pytest.approx(12, abs=0.05)
        assert weights(stage)["sector"] == weights(stage)["hard"] == 2
    # Before entry 22.1 + 8.4 + 4.6 of the 75.5 percent named were about the market.
    assert weights("prepare")["market"] == round(8 * 35.1 / 75.5, 2)


BAD = {
    "sector": (example(profile__sector="sushi"), "#/profile/sector", "fabricated-metal"),
    "no sector": ({"profile": {}}, "#/profile/sector", ""),
    "no profile": ({}, "#/profile", ""),
    "prefecture": (example(profile__prefecture="48"), "#/profile/prefecture", "47"),
    "area": (example(profile__floor_area_m2=-1), "#/profile/floor_area_m2", "from 0.001 to"),
    "text for a number": (example(profile__power_kva="300"), "#/profile/power_kva", "number"),
    "true for a number": (example(profile__workers=True), "#/profile/workers", "whole number"),
    "weight": (example(weights={"cost": 7}), "#/weights/cost", "0 to 5"),
    "weights": (example(weights={"cost": 0}), "#/weights", "above 0"),
    "unknown weight": (example(weights={"luck": 1}), "#/weights/luck", "sector"),
    "megabyte": (example(profile__sector="x" * 900_000), "#/profile/sector", "machinery"),
    "NUL": (example(profile__sector="it\x00dx"), "#/profile/sector", "NUL"),
    "unknown key": (example(mood="good"), "#/mood", "profile"),
    "unknown key inside": (example(profile__mood="good"), "#/profile/mood", "sector"),
    "must-have": (example(must_haves=["sushi"]), "#/must_haves/0", "rental_factory"),
    "must-have number": (example(must_haves=[3]), "#/must_haves/0", "rental_factory"),
    "macro": (
        example(must_haves=["bank", {"macro": ["north", "east"]}]),
        "#/must_haves/1/macro/1",
        "“east” is not allowed; allowed: north, central, south.",
    ),
    "macro number": (
        example(must_haves=[{"macro": [3]}]),
        "#/must_haves/0/macro/0",
        "A text is needed; allowed: north, central, south.",
    ),
    "macro text": (
        example(must_haves=[{"macro": "north"}]),
        "#/must_haves/0/macro",
        "Allowed is a list of north, central, south.",
    ),
    "province": (example(must_haves=[{"province": []}]), "#/must_haves/0/province", "dong-nai"),
    "place": (
        example(must_haves=[{"makro": ["north"]}]),
        "#/must_haves/0/makro",
        "Unknown key; allowed are macro, province.",
    ),
    "two places": (
        example(must_haves=[{"macro": ["north"], "province": ["ha-noi"]}]),
        "#/must_haves/0",
        "An object names either macro or province; give one object for each.",
    ),
    "no place": (example(must_haves=[{}]), "#/must_haves/0", "either macro or province"),
    "second macro": (
        example(must_haves=[{"macro": ["north"]}, {"macro": ["south"]}]),
        "#/must_haves/1",
        "“macro” stands once, with everything that is accepted.",
    ),
    "second province": (
        example(must_haves=[{"province": ["hue"]}, "bank", {"province": ["hue"]}]),
        "#/must_haves/2",
        "“province” stands once, with everything that is accepted.",
    ),
    "must-have list": (example(must_haves=[["bank"]]), "#/must_haves/0", "Allowed: "),
    "null must-have": (example(must_haves=[None]), "#/must_haves/0", "Null is not allowed here."),
    "many services": (example(profile__services=["x"] * 51), "#/profile/services", "at most 50"),
    "many must-haves": (example(must_haves=["x"] * 51), "#/must_haves", "at most 50 items"),
    "many macros": (
        example(must_haves=[{"macro": ["x"] * 51}]),
        "#/must_haves/0/macro",
        "at most 50 items",
    ),
    "employees": (example(profile__employees=0), "#/profile/employees", "from 1 to 1,000,000"),
    "limit": (example(limit=0), "#/limit", "1"),
    "level": (example(level="country"), "#/level", "province, park"),
    "services": (example(profile__services=["sushi"]), "#/profile/services/0", "bank"),
    "needs": (
        example(profile__rent_budget_usd_m2_month=None, must_haves=["rent_within_budget"]),
        "#/must_haves/0",
        "rent_budget_usd_m2_month",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_matches_refuse_bad_input_by_name(client: Client, case: str) -> None:
    body, pointer, allowed = BAD[case]
    response = ask(client, body)
    assert (response.status_code, response.headers["Content-Type"]) == (
        400,
        "application/problem+json",
    )
    problem = response.json()
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert allowed in problem["errors"][0]["detail"]


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"null", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b'{"profile": {"sector": "it-dx", "power_kva": NaN}}', "application/json", 400),
        (b'{"profile": {"sector": "it-dx", "power_kva": 1e999}}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b" " * 3_000_000, "application/json", 413),
        (b"sector=it-dx", "application/x-www-form-urlencoded", 415),
    ],
)
def test_matches_refuse_what_is_no_question(
    client: Client, content: bytes, content_type: str, status: int
) -> None:
    response = client.post("/api/v1/matches/", content, content_type=content_type)
    assert response.status_code == status
    assert response.json()["status"] == status


def test_matches_refuse_an_unknown_parameter(client: Client) -> None:
    response = client.post("/api/v1/matches/?sector=it-dx", "{}", content_type="application/json")
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, "?sector")


@pytest.mark.parametrize("lang", ["ja", "en", "vi"])
def test_matches_refuse_every_list_at_once_in_few_words(client: Client, lang: str) -> None:
    lists = (
        "other_sectors purposes entry_modes talent_fields services customer_provinces existing_ties"
    )
    wrong = ["\1" * 500] * 50
    body = example(
        profile={"sector": "it-dx", **dict.fromkeys(lists.split(), wrong)},
        must_haves=[{"province": wrong}, *wrong[1:]],
    )
    response = ask(client, body, lang)
    assert response.status_code == 400
    assert len(response.content) < 64_000
    assert response.json()["errors"][-1]["code"] == "more"


def test_schema_says_that_a_weight_left_out_is_0(client: Client) -> None:
    schemas = client.get("/api/v1/schema/").json()["components"]["schemas"]
    assert "left out is 0" in schemas["WeightsRequest"]["description"]
    assert "left out is 0" in schemas["QuestionRequest"]["properties"]["weights"]["description"]


def test_matches_store_nothing(client: Client) -> None:
    ask(client, example())
    before = (User.objects.count(), StoredSnapshot.objects.count())
    ask(client, example())
    ask(client, example(profile__sector="sushi"))
    assert (User.objects.count(), StoredSnapshot.objects.count()) == before


def test_matches_tell_the_neighbour_where_its_buyers_count(client: Client) -> None:
    answer = ask(client, example(must_haves=[], limit=500)).json()
    tuyen_quang = next(r for r in answer["results"] if r["place"]["slug"] == "tuyen-quang")
    buyers = next(c for c in tuyen_quang["criteria"] if c["code"] == "market.buyers")
    assert buyers["value"] > 0.5
    assert buyers["fact"].startswith("Industries next door, in Phu Tho, that buy from your field: ")


def test_matches_tell_a_zone_for_small_firms_that_the_entry_mode_asks_for(client: Client) -> None:
    answer = ask(client, example(level="park", limit=500, must_haves=[])).json()
    long_duc = next(r for r in answer["results"] if r["place"]["slug"] == "long-duc")
    offers = next(c for c in long_duc["criteria"] if c["code"] == "hard.offers")
    assert (offers["value"], offers["fact"]) == (
        1.0,
        "Facilities and ways of entry you look for, all on record: "
        "rental factory, zone for small firms",
    )


@pytest.mark.parametrize("level", ["province", "park"])
def test_matches_in_full_carry_what_the_plots_are_drawn_from(client: Client, level: str) -> None:
    answer = ask(client, example(level=level, limit=500)).json()
    lines = {line["place"]["slug"]: line for line in answer["results"]}
    order = list(lines)

    assert [each["slug"] for each in answer["trade_off"]] == order
    share = answer["weights"]["cost"] / sum(answer["weights"].values())
    drawn = [each for each in answer["trade_off"] if each["cost"] is not None]
    for each in answer["trade_off"]:
        cost = lines[each["slug"]]["dimensions"]["cost"]
        assert (each["cost"] is None) == (cost["coverage"] < 0.5)
        assert each["front"] == (
            each in drawn
            and not any(
                other["cost"] >= each["cost"]
                and other["others"] >= each["others"]
                and (other["cost"], other["others"]) != (each["cost"], each["others"])
                for other in drawn
            )
        )
        if each["cost"] is not None:
            fit = share * each["cost"] + (1 - share) * each["others"]
            assert fit == pytest.approx(lines[each["slug"]]["fit"], abs=1e-6)

    assert [each["slug"] for each in answer["rank_acceptability"]] == order[:10]
    for each in answer["rank_acceptability"]:
        assert len(each["shares"]) == 10
        assert each["shares"][0] == lines[each["slug"]]["p_first"]
        assert sum(each["shares"][:3]) == pytest.approx(lines[each["slug"]]["p_top3"])

    firsts = {slug: line["p_first"] for slug, line in lines.items() if line["p_first"]}
    assert {each["slug"]: each["p_first"] for each in answer["central_weights"]} == firsts
    for each in answer["central_weights"]:
        assert sum(each["weights"].values()) == pytest.approx(1)


def test_matches_leave_out_plots_that_were_not_asked_for(client: Client) -> None:
    brief = ask(client, example(detail="reasons")).json()
    firm = ask(client, example(robustness=False)).json()
    alone = ask(client, example(weights={"cost": 1})).json()
    assert plots(brief) == set()
    assert plots(firm) == {"trade_off", "rank_acceptability", "central_weights"}
    assert (firm["rank_acceptability"], firm["central_weights"]) == (None, None)
    assert firm["trade_off"]
    assert (alone["trade_off"], len(alone["rank_acceptability"])) == (None, 10)


def test_a_stranger_s_long_answer_in_full_detail_counts_as_many(settings: Any) -> None:
    settings.API_RATES = {"match": "20/day"}
    cost = 1 + IndustrialPark.objects.filter(is_active=True).count() // 50

    def left(**changes: Any) -> int:
        answer = ask(Client(), example(robustness=False, **changes))
        assert answer.status_code == 200
        return int(answer.headers["RateLimit"].split(";")[1].removeprefix("r="))

    assert cost > 1
    assert left(detail="full", limit=500) == 19
    assert left(detail="full", limit=49, level="park") == 18
    assert left(detail="reasons", limit=500, level="park") == 17
    assert left(detail="full", limit=500, level="park") == 17 - cost
    settings.API_RATES = {"match": f"{4 + cost}/day"}
    refused = ask(Client(), example(robustness=False, limit=499, level="park"))
    assert refused.status_code == 429
    assert refused.headers["RateLimit"].startswith('"match";r=0;')


def test_a_character_set_other_than_utf_8_is_refused() -> None:
    address, body = "/api/v1/matches/?lang=en", json.dumps(example())
    latin = Client().post(address, body, content_type="application/json; charset=iso-8859-1")
    own = Client().post(address, body, content_type='application/json; charset="UTF-8"')
    text = "Bodies are taken in UTF-8 alone; send it as charset=utf-8."
    assert (latin.status_code, latin.json()["detail"], own.status_code) == (415, text, 200)


def test_where_nothing_is_known_unknown_is_one() -> None:
    for level in ("province", "park"):
        answer = ask(Client(), example(level=level, limit=500, robustness=False)).json()
        criteria = [each for place in answer["results"] for each in place["criteria"]]
        assert {each["unknown"] for each in criteria if each["value"] is None} == {1}
