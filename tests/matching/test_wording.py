"""Sentences read as a consultant would write them, in each language, and say what the fact says."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from django.utils import translation

from matching import snapshot as snapshots
from matching.matchmaking import answer, evaluate_question
from matching.questions import Profile, Question
from matching.sentences import SENTENCES, Readings
from matching.sentences.reading import listed, millions, sizes, span
from tests.matching.changing import update

pytestmark = pytest.mark.django_db

FIRM: dict[str, Any] = {
    "sector": "fabricated-metal",
    "prefecture": "27",
    "employees": 80,
    "stage": "prepare",
    "entry_modes": ("rental-factory",),
    "purposes": ("export-to-japan",),
    "floor_area_m2": 500,
    "rent_budget_usd_m2_month": 4.5,
    "water_m3_day": 20,
    "wage_budget_usd_month": 350,
    "workers": 30,
    "talent_fields": ("mechanical", "chemistry"),
    "services": ("japanese_speaking_staff", "customs_office_on_site"),
    "max_km_to_seaport": 80,
    "existing_ties": ("dong-nai",),
}


def _answer(
    language: str,
    *,
    level: str = "province",
    must_haves: Any = (),
    **changes: Any,
) -> Any:
    question = Question(
        Profile(**{**FIRM, **changes}),
        level=level,
        limit=500,
        detail="full",
        must_haves=must_haves,
        robustness=False,
    )
    return answer(question, snapshot=snapshots.current(), language=language)


def _line(found: Any, slug: str) -> Any:
    lines = (*found.results, *found.too_little_data)
    return next(line for line in lines if line.place.slug == slug)


def _fact(code: str, slug: str, language: str, level: str = "province", **changes: Any) -> str:
    line = _line(_answer(language, level=level, **changes), slug)
    return next(str(each.fact) for each in line.criteria if each.code == code)


def _facts(code: str, slug: str, level: str = "province", **changes: Any) -> tuple[str, ...]:
    return tuple(_fact(code, slug, each, level, **changes) for each in ("en", "ja", "vi"))


def _texts(language: str, **changes: Any) -> Iterator[str]:
    for line in (found := _answer(language, **changes)).results:
        yield from (each.fact for each in line.criteria if each.fact)
        yield from (each.text for each in (*line.reasons, *line.cautions))
    yield from (each.question for each in found.ask)


@pytest.mark.parametrize("level", ["province", "park"])
def test_a_firm_is_told_what_it_would_be_told_if_none_had_asked_before(level: str) -> None:
    known = snapshots.current()
    firms: tuple[dict[str, Any], ...] = (
        {},
        {"sector": "food-processing"},
        {"other_sectors": ("machinery",)},
        {"prefecture": "13"},
        {"employees": 800},
        {"entry_modes": ("own-factory",), "workers": None},
        {"services": ("bank", "clinic")},
        {"talent_fields": ("welding",)},
        {"customer_provinces": ("ha-noi",)},
        {"customer_provinces": ("da-nang", "can-tho")},
        {"existing_ties": ("hai-phong",)},
        {"water_m3_day": 70, "floor_area_m2": 900, "rent_budget_usd_m2_month": 3.0},
        {"wage_budget_usd_month": 200},
    )
    for changes in firms:
        profile = Profile(**{**FIRM, **changes})
        question = Question(profile, level=level, limit=40, detail="full", robustness=False)
        told = answer(question, snapshot=known, language="ja")
        assert told == answer(question, snapshot=replace(known), language="ja")


# Names


def test_a_vietnamese_reader_gets_the_english_name_of_a_japanese_partner() -> None:
    assert _facts("soft.prefecture_tie", "ho-chi-minh") == (
        "It has signed a memorandum with Osaka City",
        "大阪市と覚書を締結",
        "Đã ký biên bản ghi nhớ với Osaka City",
    )


@pytest.mark.parametrize("level", ["province", "park"])
def test_no_vietnamese_sentence_holds_japanese(level: str) -> None:
    texts = list(_texts("vi", level=level))
    assert len(texts) > 500
    assert [text for text in texts if any("぀" <= sign <= "鿿" for sign in text)] == []


def test_a_stated_port_and_airport_go_by_the_name_of_the_reader() -> None:
    assert _facts("hard.airport", "thang-long-vinh-phuc", "park", max_km_to_airport=60) == (
        "Noi Bai International Airport is 20 km away",
        "ノイバイ国際空港まで20 km",
        "Cách Cảng hàng không quốc tế Nội Bài 20 km",
    )


# Numbers


@pytest.mark.parametrize(
    ("language", "expected"), [("en", "4.5 million"), ("ja", "450万"), ("vi", "4,5 triệu")]
)
def test_large_amounts_are_counted_as_the_reader_counts(language: str, expected: str) -> None:
    with translation.override(language):
        assert millions((4_500_000, 4_500_000), 1) == expected


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ((5_508_000_000, 5_508_000_000), "55.08億"),
        ((50_140_000_000, 50_140_000_000), "501.4億"),
        ((1_900_000, 2_040_000), "190～204万"),
        ((2_000_000, np.nan), "最低200万"),
    ],
)
def test_japanese_counts_by_ten_thousands(amounts: Any, expected: str) -> None:
    with translation.override("ja"):
        assert millions(amounts, 2) == expected


def test_both_ends_of_a_range_have_as_many_places() -> None:
    with translation.override("en"):
        assert span((6.36, 7.0), 2) == "6.36–7.00"
        assert span((5.0, 6.0), 2) == "5–6"


def test_sizes_stand_apart_without_commas() -> None:
    with translation.override("vi"):
        assert sizes((500.0, 1000.0, 24912.0)) == "500 / 1.000 / 24.912"


@pytest.mark.parametrize(
    ("language", "one", "two"),
    [
        ("en", "a, b and 1 more", "a, b and 2 more"),
        ("ja", "a、bほか1項目", "a、bほか2項目"),
        ("vi", "a, b và 1 mục khác", "a, b và 2 mục khác"),
    ],
)
def test_a_cut_list_says_how_many_it_leaves_out(language: str, one: str, two: str) -> None:
    with translation.override(language):
        assert listed("ab", most=2) in ("a, b", "a、b")
        assert (listed("abc", most=2), listed("abcd", most=2)) == (one, two)


def test_names_with_a_comma_or_an_and_stand_between_semicolons() -> None:
    with translation.override("en"):
        assert listed(["Logistics, ports and aviation", "Steel"]) == (
            "Logistics, ports and aviation; Steel"
        )


# One thing and several


def test_one_school_is_never_and_others() -> None:
    assert _facts("talent.japanese", "dong-nai") == (
        "One school teaches Japanese: Lac Hong University",
        "日本語を教える教育機関1校（ラックホン大学）",
        "Một trường dạy tiếng Nhật: Trường Đại học Lạc Hồng",
    )
    assert _facts("talent.japanese", "da-nang") == (
        "4 schools teach Japanese, such as University of Foreign Language Studies, "
        "The University of Danang",
        "日本語を教える教育機関4校（ダナン外国語大学など）",
        "4 trường dạy tiếng Nhật, trong đó có Trường Đại học Ngoại ngữ, Đại học Đà Nẵng",
    )


def test_a_school_is_named_for_the_field_that_it_teaches() -> None:
    assert _facts("talent.fields", "ho-chi-minh") == (
        "Taught there: Mechanical engineering (such as at Cao Thang Technical College), Chemistry",
        "現地で学べる分野：機械工学（カオタン技術短期大学など）、化学",
        "Lĩnh vực được đào tạo tại đây: Cơ khí (như tại Trường Cao đẳng Kỹ thuật Cao Thắng), "
        "Hóa học",
    )


def test_an_organisation_is_not_said_to_do_what_others_do() -> None:
    assert _fact("soft.support", "ninh-binh", "en") == (
        "Help in Japanese on the spot (Advice, Company set-up, Care after entry): Ha Nam Japan Desk"
    )
    assert _fact("soft.support", "dong-nai", "en") == (
        "Help in Japanese on the spot (Advice, Company set-up, Recruiting, Care after entry): "
        "Dong Nai Japan Desk (former Kansai Desk) and elsewhere"
    )


def test_japanese_projects_take_a_counter_and_a_plural() -> None:
    supplier = {"purposes": ("supply-japanese-makers",)}
    found = {each: _answer(each, **supplier) for each in ("en", "ja", "vi")}
    told = {
        tuple(
            next(
                c.fact for c in _line(found[each], line.place.slug).criteria if c.code == criterion
            )
            for each in found
        )
        for criterion in ("market.japanese_makers",)
        for line in found["en"].results
    }
    assert {
        (
            "10 Japanese investment projects",
            "日系投資案件10件",
            "10 dự án đầu tư của Nhật Bản",
        ),
        (
            "At least 19 Japanese investment projects",
            "日系投資案件19件以上",
            "Ít nhất 19 dự án đầu tư của Nhật Bản",
        ),
    } <= told


# What is offered, and what is not


def test_offers_are_counted_and_what_is_not_offered_is_told() -> None:
    wanted = {"services": ("japanese_speaking_staff", "customs_office_on_site")}
    assert _facts("soft.offers", "nhon-trach-3", "park", **wanted) == (
        "Services you look for, 1 of 2 on record: Japanese-speaking staff",
        "希望する支援サービスは2項目中1項目を確認済み：日本語対応スタッフ",
        "Dịch vụ hỗ trợ mong muốn, đã ghi nhận 1 trên 2: nhân viên nói tiếng Nhật",
    )
    update("industrial-park", "nhon-trach-3", "customs_office_on_site", None, False)
    assert _fact("soft.offers", "nhon-trach-3", "en", "park", **wanted) == (
        "Services you look for, 1 of 2 on record: Japanese-speaking staff; "
        "on record as not offered: customs office on site"
    )


@pytest.mark.parametrize(
    ("language", "label"),
    [
        ("en", "Incentives of the site"),
        ("ja", "立地の優遇措置"),
        ("vi", "Ưu đãi của địa điểm"),
    ],
)
def test_an_incentive_on_record_is_not_said_to_be_one_of_tax(language: str, label: str) -> None:
    """Long Duc's is a month free of rent."""
    criteria = _line(_answer(language, level="park"), "long-duc").criteria
    assert next(c.label for c in criteria if c.code == "cost.incentives") == label


def test_all_of_a_kind_that_is_wanted_is_told_of_that_kind_alone() -> None:
    assert _facts("soft.offers", "long-duc", "park") == (
        "Services you look for, all on record: Japanese-speaking staff, customs office on site",
        "希望する支援サービスはすべて確認済み：日本語対応スタッフ、団地内の税関",
        "Dịch vụ hỗ trợ mong muốn, đã ghi nhận đủ: nhân viên nói tiếng Nhật, hải quan tại chỗ",
    )
    # Long Duc says nothing of the help with recruiting that a firm with workers needs.
    assert _fact("talent.offers", "long-duc", "en", "park") == "None"
    assert _facts("hard.offers", "long-duc", "park") == (
        "Facilities and ways of entry you look for, all on record: "
        "rental factory, zone for small firms",
        "希望する施設・入居形態はすべて確認済み：レンタル工場、中小企業専用区画",
        "Cơ sở và hình thức vào khu mong muốn, đã ghi nhận đủ: "
        "nhà xưởng cho thuê, khu dành cho doanh nghiệp nhỏ",
    )


@pytest.mark.parametrize(
    ("language", "wage"),
    [
        (
            "en",
            "Minimum wage (highest zone of the province): 5.31 million VND a month "
            "(your pay budget: 350 USD, about 9.10 million VND)",
        ),
        (
            "ja",
            "最低賃金（域内で最も高い地域）月531万ドン（貴社の賃金予算350 USD＝約910万ドン）",
        ),
        (
            "vi",
            "Lương tối thiểu (vùng cao nhất tại địa phương): 5,31 triệu đồng/tháng "
            "(ngân sách lương của quý công ty: 350 USD, khoảng 9,10 triệu đồng)",
        ),
    ],
)
def test_a_wage_and_a_budget_stand_in_one_currency(language: str, wage: str) -> None:
    assert _fact("cost.wage", "dong-nai", language) == wage


def test_a_survey_names_the_top_of_its_scale() -> None:
    assert _facts("soft.integrity", "dong-nai") == (
        "Citizens' survey PAPI on the control of corruption: 6.58–6.71 of 10 points",
        "住民調査PAPI・汚職の抑制6.58～6.71点（10点満点）",
        "Khảo sát người dân PAPI về kiểm soát tham nhũng: 6,58–6,71 trên 10 điểm",
    )


def test_waste_water_that_is_reckoned_is_told_as_such() -> None:
    assert _fact("hard.wastewater", "long-duc", "en", "park") == (
        "Waste-water treatment of the park: 9,000 m³ a day "
        "(you discharge about 16 m³, reckoned from your water)"
    )
    assert _fact("hard.wastewater", "long-duc", "en", "park", wastewater_m3_day=15) == (
        "Waste-water treatment of the park: 9,000 m³ a day (you discharge 15 m³)"
    )


def test_no_need_is_no_need_of_0() -> None:
    line = _line(_answer("en", level="park", must_haves=("power",)), "long-duc")
    power = next(must for must in line.must_haves if must.code == "power")
    assert power.fact == "Power supply of the park: 110 MVA"


# Cautions and questions


def test_a_caution_says_against_what_it_is_low() -> None:
    line = _line(_answer("en", level="park"), "long-hau")
    assert {
        "Industries next door, in Dong Nai, that buy from your field: Industrial machinery and "
        "precision instruments; Electronic components and devices; Fabricated metal, dies and "
        "surface treatment – below the average of the places compared"
    } <= {caution.text for caution in line.cautions}


def test_what_is_not_offered_speaks_for_itself() -> None:
    question = Question(Profile(**FIRM), level="park", robustness=False)
    read = snapshots.current()
    readings = Readings.of(read, question, evaluate_question(question, snapshot=read))
    place = read.facts.park_slugs.index("minh-duc-industrial-park")
    with translation.override("en"):
        stated = SENTENCES["soft.offers"](readings.at(place))
    assert stated is not None
    assert (stated.text, stated.plainly_bad) == (
        "On record as not offered: customs office on site",
        True,
    )


@pytest.mark.parametrize(
    ("language", "questions"),
    [
        (
            "en",
            {
                "bank": "Does Loteco (Long Binh Techno Park) offer a bank?",
                "power": "Can Loteco (Long Binh Techno Park) supply 300 kVA of power?",
            },
        ),
        (
            "ja",
            {
                "bank": "ロテコ工業団地(ロンビン・テクノパーク)に"
                "次の設備・サービス・制度はありますか：銀行",
                "power": "ロテコ工業団地(ロンビン・テクノパーク)で"
                "300 kVAの電力供給を受けられますか",
            },
        ),
    ],
)
def test_a_must_have_to_be_confirmed_is_a_question(
    language: str, questions: dict[str, str]
) -> None:
    codes = tuple(questions)
    found = _answer(language, level="park", must_haves=codes, power_kva=300)
    line = _line(found, "loteco")
    assert {must.code: must.question for must in line.must_haves if must.question} == questions


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "A shortage of power was reported (May–June 2023)"),
        ("ja", "電力不足の報告あり（2023年5月～6月）"),
        ("vi", "Từng có ghi nhận thiếu điện (từ tháng 5 đến tháng 6/2023)"),
    ],
)
def test_a_period_is_written_in_the_language_of_the_reader(language: str, told: str) -> None:
    found = _answer(language)
    assert told in {caution.text for line in found.results for caution in line.cautions}
