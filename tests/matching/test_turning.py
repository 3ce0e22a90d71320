"""What would end a caution, in words: true at the very number that is printed."""

import json
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.utils import translation

from matching import matchmaking, snapshot
from matching.engine.criteria import CODES
from matching.engine.evaluation import evaluate
from matching.engine.turning import Turning, Turnings
from matching.method_tables import PROFILES
from matching.questions import read_question
from matching.requirements import requirements_of, weights_of
from matching.sentences.reading import Reading
from matching.sentences.turning import ends_at, told_as
from tests.matching.contract import ask, example
from tests.matching.turned import is_caution, turned

pytestmark = pytest.mark.django_db
_UNIT = {"hard.free_land": 1e4, "hard.power": 1e3, "cost.wage": 1e6}
_MEASURED = ("hard.", "cost.", "market.customers_near")


def _profile(name: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads((PROFILES / f"{name}.json").read_text(encoding="utf-8"))
    return body


@pytest.mark.parametrize("level", ["province", "park"])
@pytest.mark.parametrize("name", sorted(path.stem for path in PROFILES.iterdir()))
def test_at_what_is_printed_it_is_a_caution_no_longer(name: str, level: str) -> None:
    """Every criterion that is a caution anywhere, at some of the places that it is one of."""
    known = snapshot.current()
    question = read_question(_profile(name) | {"level": level}, snapshot=known)
    facts, req = known.facts, requirements_of(question, known.facts)
    weights = weights_of(question, facts)
    result = evaluate(facts, req, weights, level=level, draws=0)
    turnings, tried = Turnings(facts, req, result), 0
    for criterion, code in enumerate(CODES):
        for place in islice(_cautioned(result, criterion), 0, None, 29):
            (caution,) = [c for c in result.cautions[place] if c.criterion == criterion]
            turning = turnings.of(place, criterion, caution.target_value)
            assert turning is not None, code
            then = turned(facts, req, result, place, criterion, _as_printed(code, turning))
            after = evaluate(then, req, weights, level=level, draws=0)
            assert not is_caution(after, place, criterion), (code, turning)
            tried += 1
    assert tried


def _cautioned(result: Any, criterion: int) -> Any:
    return (
        place
        for place, found in enumerate(result.cautions)
        if any(caution.criterion == criterion for caution in found)
    )


def _as_printed(code: str, turning: Turning) -> Turning:
    measured = code.startswith(_MEASURED) and not code.endswith("offers")
    if not measured:
        return turning
    number, _decimals = told_as(code, turning.fact, most=turning.most)
    return replace(turning, fact=number * _UNIT.get(code, 1.0))


@pytest.mark.parametrize(
    ("code", "fact", "most", "told"),
    [
        ("hard.seaport", 79.99, True, 79),
        ("hard.seaport", 80.0, True, 80),
        ("hard.airport", 7.68, True, 7.6),
        ("cost.rent", 4.369, True, 4.36),
        ("cost.wage", 4_919_000.0, True, 4.91),
        ("hard.unit_size", 419.9, True, 419),
        ("hard.unit_size", 350.1, False, 351),
        ("hard.free_land", 6_100.0, False, 0.7),
        ("hard.power", 1_210.0, False, 1.3),
        ("hard.water", 400.0000000001, False, 400),
    ],
)
def test_a_number_is_rounded_towards_the_better_side(
    code: str, fact: float, most: bool, told: float
) -> None:
    assert told_as(code, fact, most=most)[0] == pytest.approx(told)


_METAL, _MACHINERY = "fabricated-metal", "machinery"


@pytest.mark.parametrize(
    ("code", "turning", "ja", "en", "vi"),
    [
        (
            "hard.seaport",
            Turning(80.9, most=True),
            "80 km 以内",
            "within 80 km",
            "nếu trong vòng 80 km",
        ),
        (
            "hard.free_land",
            Turning(12_345),
            "1.3 ha 以上",
            "with 1.3 ha or more",
            "nếu còn từ 1,3 ha trở lên",
        ),
        (
            "cost.wage",
            Turning(4_919_000, most=True),
            "月491万ドン以下",
            "at 4.91 million VND a month or less",
            "nếu từ 4,91 triệu đồng/tháng trở xuống",
        ),
        (
            "hard.unit_size",
            Turning(1_275.5, most=True),
            "1,275㎡ 以下の区画がある",
            "with a unit of 1,275 m² or less",
            "nếu có xưởng từ 1.275 m² trở xuống",
        ),
        (
            "market.customers_near",
            Turning(120.3, most=True, keys=(0,), among=2),
            "2省・市のうち1か所まで 120 km 以内",
            "within 120 km of 1 of the 2 provinces",
            "nếu cách 1 trong 2 tỉnh, thành phố không quá 120 km",
        ),
        (
            "soft.offers",
            Turning(2, among=3),
            "ご希望の3項目のうち2項目を確認できる",
            "if 2 of the 3 things you want were confirmed",
            "nếu xác nhận được 2/3 điều mong muốn",
        ),
        (
            "talent.fields",
            Turning(1, keys=(0,), among=1),
            "{field}を学べる教育機関が1校ある",
            "if a school there taught: {field}",
            "nếu có 1 trường tại đây đào tạo: {field}",
        ),
        (
            "market.suppliers",
            Turning(3, keys=(-1, -2)),
            "「{a}」と「{b}」が主力産業",
            "if “{a}” and “{b}” were among its leading industries",
            "nếu “{a}” và “{b}” là ngành chủ lực tại đây",
        ),
    ],
)
def test_what_would_end_it_is_one_clause_in_each_language(
    code: str, turning: Turning, ja: str, en: str, vi: str
) -> None:
    known = snapshot.current()
    question = read_question(example(), snapshot=known)
    at = Reading(known, question, requirements_of(question, known.facts), 0, 0)
    codes = known.facts.sector_codes
    pair = (codes.index(_METAL), codes.index(_MACHINERY))
    turning = replace(turning, keys=pair) if min(turning.keys, default=0) < 0 else turning
    for language, text in (("ja", ja), ("en", en), ("vi", vi)):
        with translation.override(language):
            names = {"a": at.sector_name(pair[0]), "b": at.sector_name(pair[1])}
            field = _field(known.facts.talent_field_codes[0])
            assert ends_at(code, turning, at) == text.format(**names, field=field)


def _field(code: str) -> str:
    from localities.models import TalentField

    return str(TalentField(code).label)


def test_every_level_of_every_criterion_has_words() -> None:
    known = snapshot.current()
    question = read_question(example(), snapshot=known)
    at = Reading(known, question, requirements_of(question, known.facts), 0, 0)
    tops = {
        "sector.priority": 3,
        "sector.asks_japan": 1,
        "sector.cluster": 3,
        "sector.customers": 3,
        "sector.park_targets": 1,
        "sector.park_customers": 1,
        "sector.cooperation": 2,
        "soft.prefecture_tie": 3,
        "soft.home_desk": 1,
        "talent.people_tie": 1,
        "market.buyers": 3,
        "market.suppliers": 3,
    }
    with translation.override("en"):
        texts = [
            ends_at(code, Turning(level, keys=(0,)), at)
            for code, top in tops.items()
            for level in range(1, top + 1)
        ]
    assert all(text.startswith("if ") and "%" not in text for text in texts)


def test_a_caution_of_the_answer_says_where_it_ends(client: Client) -> None:
    body = example(profile__floor_area_m2=150, must_haves=[], limit=34)

    answers = ask(client, body).json()["results"]

    ends = [c["ends_at"] for row in answers for c in row["cautions"]]
    assert len(ends) > 30
    told = [end for end in ends if end]
    assert all(end.startswith(("within ", "with ", "at ", "if ")) for end in told)
    silent = {c["criterion"] for r in answers for c in r["cautions"] if not c["ends_at"]}
    assert silent <= {"power_shortage"}


def test_the_card_tells_where_a_caution_ends(client: Client) -> None:
    for language, words in (
        ("ja", "なら懸念ではなくなります"),
        ("en", "→ no longer a caution "),
        ("vi", "→ không còn là điểm cần lưu ý "),
    ):
        page = client.get(f"/{language}/matching/results/?sector=machinery&max_km_to_seaport=50")
        assert page.status_code == 200
        assert words in page.content.decode()


def test_a_shortage_of_power_has_no_end_of_its_own() -> None:
    """It is known only as bad: no figure says how little would be enough."""
    known = snapshot.current()
    question = read_question(example(must_haves=[], limit=34), snapshot=known)
    answer = matchmaking.answer(question, snapshot=known, language="en")
    found = [c for r in answer.results for c in r.cautions if c.criterion == "power_shortage"]
    assert found
    assert all(line.ends_at is None for line in found)
    assert not np.isnan(answer.results[0].fit)


OSAKA = (
    "sector=fabricated-metal&other_sectors=machinery&prefecture=27&stage=prepare&employees=80"
    "&floor_area_m2=500&rent_budget_usd_m2_month=5&power_kva=300&water_m3_day=20&workers=30"
    "&wage_budget_usd_month=350&max_km_to_seaport=80&purposes=supply-japanese-makers"
    "&entry_modes=rental-factory&talent_fields=mechanical&services=one_stop_setup"
    "&customer_provinces=ho-chi-minh"
)


def test_a_band_that_ends_below_the_first_fit_names_the_park_that_could_still_be_first(
    client: Client,
) -> None:
    """A province is shown with the band of its best park; another of its parks may reach higher."""
    body = example(must_haves=[], weights=None, limit=34)
    rows = ask(client, body).json()["results"]
    lead = max(row["fit"] for row in rows)
    by_another = [row for row in rows if row["could_be_first_by"]]
    assert by_another
    for row in rows:
        other = row["could_be_first_by"]
        assert row["could_be_first"] == (row["band"][1] >= lead or other is not None)
        if other:
            assert row["band"][1] < lead <= other["fit"]
            assert other["slug"] != row["best_park"]["slug"]
            assert other["url"].startswith("http")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ja", "別の工業団地なら1位の可能性"),
        ("en", "Could still be first by another of its parks"),
        ("vi", "Vẫn có thể đứng đầu nhờ khu khác trong tỉnh"),
    ],
)
def test_the_card_names_the_park_that_could_still_be_first(
    client: Client, language: str, words: str
) -> None:
    page = client.get(f"/{language}/matching/results/?{OSAKA}", follow=True).content.decode()
    assert words in page


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ja", "の未確認の必須条件2項目をすべて確認できれば最高"),
        ("en", "if the 2 open must-haves of "),
        ("vi", "nếu xác nhận được cả 2 điều kiện bắt buộc còn bỏ ngỏ của "),
    ],
)
def test_the_page_says_that_a_rank_takes_all_open_must_haves(
    client: Client, language: str, words: str
) -> None:
    address = f"/{language}/matching/results/?{OSAKA}&must=clinic&must=training_centre"
    assert words in client.get(address, follow=True).content.decode()


def test_the_answer_counts_the_must_haves_that_a_rank_takes(client: Client) -> None:
    found = ask(client, example(must_haves=["clinic", "training_centre"])).json()
    open_of = {
        row["place"]["slug"]: [m["code"] for m in row["must_haves"] if m["status"] == "unknown"]
        for row in found["results"]
    }
    asked = [line for line in found["ask"] if line["criterion"] in {"clinic", "training_centre"}]
    assert {line["together"] for line in asked} == {1, 2}
    for line in asked:
        assert line["together"] == len(open_of[line["place"]["slug"]])
