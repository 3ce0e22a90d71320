"""The profile form and the results, from outside."""

import re
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from django.core.cache import cache
from django.http import QueryDict
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from localities.models import Province, Sector
from matching.forms import body
from matching.models import StoredSnapshot
from matching.snapshot import store

pytestmark = pytest.mark.django_db

# In the order that the portal gives to addresses.
SMALL = "sector=fabricated-metal"
LARGE = (
    "sector=fabricated-metal&prefecture=27&stage=prepare&employees=80&floor_area_m2=500"
    "&rent_budget_usd_m2_month=5&power_kva=300&workers=30&max_km_to_seaport=80"
    "&purposes=supply-japanese-makers&entry_modes=rental-factory&talent_fields=mechanical"
    "&services=one_stop_setup&customer_provinces=ho-chi-minh&must=rental_factory"
    "&must=japanese_speaking_staff&macro=south&macro=north&w_sector=3&w_hard=4&w_soft=5"
    "&w_talent=4&w_market=3&w_cost=2"
)


def _page(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, response.content[:500]
    return response.content.decode()


def _results(client: Client, query: str, language: str = "en") -> str:
    return _page(client, f"/{language}/matching/results/?{query}")


def _cards(html: str) -> list[str]:
    return re.findall(r'<article class="card[^"]*" id="place-([\w-]+)">', html)


def _error(html: str, field: str) -> str:
    found = re.search(rf'id="id_{field}-error">(.*?)</p>', html, re.S)
    assert found, f"no error beside {field}"
    return found[1]


@pytest.mark.parametrize("language", ["ja", "en", "vi"])
@pytest.mark.parametrize("query", [SMALL, LARGE, f"{LARGE}&level=park"])
def test_results_open_in_each_language(client: Client, language: str, query: str) -> None:
    html = _results(client, query, language)
    assert len(_cards(html)) == 10
    assert "ODbL 1.0" in html


@pytest.mark.parametrize("query", [SMALL, LARGE, f"{LARGE}&level=park"])
def test_page_and_api_give_the_same_numbers(client: Client, query: str) -> None:
    asked = body(QueryDict(query))
    api = client.post("/api/v1/matches/?lang=en", asked, content_type="application/json").json()
    html = _results(client, query, "en")
    shown = [
        _numbers(card) for card in re.findall(r'<article class="card.*?</article>', html, re.S)
    ]
    assert shown == [
        (
            each["place"]["slug"],
            f"{each['rank']}",
            f"{each['fit']:.0f}",
            f"{each['band'][1]:.0f}",
            f"{each['p_first'] * 100:.0f}",
            [f"{line['fit']:.0f}" for line in each["dimensions"].values() if line],
        )
        for each in api["results"]
    ]


def _numbers(card: str) -> tuple[object, ...]:
    """Slug, rank, fit, upper end of the band, chance of being first, and the dimensions."""
    plain = " ".join(re.sub(r"<[^>]+>", " ", card).split())
    fit = re.findall(r'class="fit-number">(\d+)<', card)[0]
    high = re.findall(r"confirmed \d+ · up to (\d+) if", plain) or [fit]
    return (
        re.findall(r'id="place-([\w-]+)"', card)[0],
        re.findall(r"Rank (\d+)", plain)[0],
        fit,
        high[0],
        re.findall(r"chance of being first (\d+)%", plain)[0],
        re.findall(r"<strong>(\d+)</strong></dd>", card),
    )


def test_all_34_provinces_are_accounted_for(client: Client) -> None:
    html = _results(client, LARGE)
    accounted = set(re.findall(r'id="place-([\w-]+)"', html))
    assert accounted == set(Province.objects.values_list("key", flat=True))


def test_every_park_is_accounted_for(client: Client) -> None:
    html = _results(client, f"{LARGE}&level=park")
    assert len(set(re.findall(r'id="place-([\w-]+)"', html))) == 231


def test_results_need_few_queries_cold_and_fewer_warm(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    address = f"/ja/matching/results/?{LARGE}"
    client.get(address)  # the snapshot of this version is stored
    store._load.cache_clear()
    cache.clear()
    with django_assert_max_num_queries(12):
        client.get(address)
    with django_assert_max_num_queries(4):
        client.get(address)


def test_the_first_reader_after_a_change_makes_the_snapshot(client: Client) -> None:
    StoredSnapshot.objects.all().delete()
    _results(client, SMALL)
    assert StoredSnapshot.objects.count() == 1


def test_sector_alone_is_enough_and_nothing_at_all_is_told(client: Client) -> None:
    assert _cards(_results(client, SMALL))
    html = _page(client, "/en/matching/results/", 400)
    assert "Choose what you make." in _error(html, "sector")


@pytest.mark.parametrize(
    ("query", "field", "told"),
    [
        ("sector=witchcraft", "sector", "list"),
        ("sector=machinery&prefecture=48", "prefecture", "list"),
        ("sector=machinery&floor_area_m2=-5", "floor_area_m2", "from 0.001 to 10,000,000"),
        ("sector=machinery&floor_area_m2=large", "floor_area_m2", "number"),
        ("sector=machinery&employees=2.5", "employees", "whole number"),
        ("sector=machinery&power_kva=1e400", "power_kva", "number is needed, for example 1,500.5"),
        ("sector=machinery&employees=1e400", "employees", "number is needed, for example 1500"),
        ("sector=machinery&sector=it-dx", "sector", "more than one answer"),
        ("sector=machinery&stage=enter&stage=operate", "stage", "more than one answer"),
        ("sector=machinery&power_kva=1&power_kva=2", "power_kva", "more than one answer"),
        ("sector=machinery&w_cost=1&w_cost=1", "w_cost", "more than one answer"),
        ("sector=machinery&level=park&level=park", "level", "more than one answer"),
        ("sector=machinery&w_hard=7", "w_hard", "5"),
        ("sector=machinery&w_sector=0&w_hard=0", "w_sector", "above 0"),
        ("sector=machinery&must=charm", "must", "charm"),
        ("sector=machinery&must=clinic&must=floor_area", "must", "Floor area"),
        ("sector=machinery&must=clinic&macro=moon", "macro", "moon"),
        ("sector=machinery&purposes=fun", "purposes", "list"),
        ("sector=machinery&level=moon", "level", "moon"),
    ],
)
def test_a_wrong_answer_is_told_beside_its_field(
    client: Client, query: str, field: str, told: str
) -> None:
    html = _page(client, f"/en/matching/results/?{query}", 400)
    assert told in _error(html, field)


def test_all_that_was_typed_is_kept_beside_an_error(client: Client) -> None:
    query = "sector=machinery&floor_area_m2=large&power_kva=300&must=clinic&stage=enter"
    html = _page(client, f"/en/matching/results/?{query}", 400)
    assert 'name="floor_area_m2" value="large"' in html
    assert 'name="power_kva" value="300"' in html
    for name, value in (("must", "clinic"), ("stage", "enter"), ("sector", "machinery")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in html


def test_an_unknown_part_of_the_address_is_named(client: Client) -> None:
    for path in ("matching/", "matching/results/"):
        assert "“colour”" in _page(client, f"/en/{path}?{SMALL}&colour=red", 400)


def test_addresses_lose_their_blanks_and_keep_the_rest(client: Client) -> None:
    query = "power_kva=+300+&sector=machinery&floor_area_m2=&must=clinic&must=clinic&w_hard="
    response = client.get(f"/ja/matching/results/?{query}")
    assert response.status_code == 302
    kept = parse_qsl(urlsplit(response["Location"]).query)
    assert kept == [("sector", "machinery"), ("power_kva", "300"), ("must", "clinic")]


@pytest.mark.parametrize(
    ("language", "typed", "plain"),
    [
        ("ja", "１,５００", "1500"),
        ("ja", "１，５００．５", "1500.5"),
        ("en", "1,500,000", "1500000"),
        ("en", "1,500.5", "1500.5"),
        ("en", "1 500", "1500"),
        ("en", "1.000", "1"),
        ("ja", "2.125", "2.1250"),
        ("vi", "5,5", "5.5"),
        ("vi", "1.000,5", "1000.5"),
        ("vi", "1.000.000", "1000000"),
        ("vi", "2,1250", "2.1250"),
        ("vi", "１.５００,２５", "1500.25"),
        ("vi", "1 500,5", "1500.5"),
    ],
)
def test_numbers_are_read_by_the_language_and_leave_plain(
    client: Client, language: str, typed: str, plain: str
) -> None:
    path = f"/{language}/matching/results/"
    response = client.get(f"{path}?sector=machinery&floor_area_m2={quote(typed)}")
    assert response.status_code == 302
    shared = response["Location"].partition("?")[2]
    assert shared == f"sector=machinery&floor_area_m2={plain}"
    for each in ("ja", "en", "vi"):
        html = _page(client, f"/{each}/matching/?{shared}")
        assert f'name="floor_area_m2" value="{plain}"' in html


def test_a_plain_number_is_the_same_in_every_language(client: Client) -> None:
    query = "sector=machinery&rent_budget_usd_m2_month=5.5&w_cost=2.1250"
    for language in ("ja", "en", "vi"):
        response = client.get(f"/{language}/matching/results/?{query}")
        assert response.status_code == 200
        question = response.context["question"]
        assert question.profile.rent_budget_usd_m2_month == 5.5
        assert question.weights["cost"] == 2.125


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("en", "5,5"),
        ("ja", "15,00"),
        ("en", "1,5000"),
        ("en", "0,500"),
        ("en", "1.500,5"),
        ("en", "1_000"),
        ("vi", "1,500.5"),
        ("vi", "1.00.000"),
        ("vi", "1,5,5"),
        ("vi", "0x10"),
        ("vi", "1" * 41),
    ],
)
def test_a_number_that_is_none_in_the_language_is_refused(
    client: Client, language: str, typed: str
) -> None:
    query = f"sector=machinery&floor_area_m2={typed}"
    html = _page(client, f"/{language}/matching/results/?{query}", 400)
    example = "1.500,5" if language == "vi" else "1,500.5"
    assert example in _error(html, "floor_area_m2")
    assert f'name="floor_area_m2" value="{typed}"' in html


@pytest.mark.parametrize(
    ("typed", "one", "other"),
    [("1.000", "1000", "1"), ("1,500", "1500", "1.5"), ("2.125", "2125", "2.1250")],
)
def test_a_number_with_two_readings_is_refused_with_both(
    client: Client, typed: str, one: str, other: str
) -> None:
    address = "/vi/matching/results/?sector=machinery&floor_area_m2="
    told = _error(_page(client, f"{address}{typed}", 400), "floor_area_m2")
    assert re.findall(r"\d[\d.,]*\d|\d", told) == [typed, one, other]
    for each in (one, other):
        assert client.get(f"{address}{each}").status_code == 200


def test_links_of_a_refusal_carry_plain_numbers(client: Client) -> None:
    response = client.get("/en/matching/results/?floor_area_m2=1,500&power_kva=5,5", follow=True)
    assert response.status_code == 400
    assert 'href="/vi/matching/results/?floor_area_m2=1500&amp;power_kva=5%2C5"' in (
        response.content.decode()
    )


def test_results_repeat_the_question_and_lead_back_to_the_form(client: Client) -> None:
    html = _results(client, LARGE, "ja")
    for chip in ("大阪府 · 80名", "準備中", "500㎡", "300 kVA", "必須：レンタル工場"):
        assert f">{chip}</span>" in html
    query = LARGE.replace("&", "&amp;")
    assert f'href="/ja/matching/?{query}"' in html


def test_reasons_name_source_and_date(client: Client) -> None:
    html = _results(client, LARGE)
    reasons = re.search(r'<ul class="reasons".*?</ul>', html, re.S)
    assert reasons is not None
    assert reasons[0].count("Source") >= reasons[0].count("<li>") > 0


def test_a_failed_must_have_is_listed_apart_with_its_fact(client: Client) -> None:
    html = _results(client, "sector=machinery&macro=north")
    apart = html.split("Fails a must-have")[1]
    assert "ho-chi-minh" in apart
    assert "ho-chi-minh" not in _cards(html)


def test_weights_change_the_ranking_and_stay_in_the_address(client: Client) -> None:
    market = _results(client, f"{SMALL}&w_market=5")
    cost = _results(client, f"{SMALL}&w_cost=5")
    assert _cards(market) != _cards(cost)
    assert 'name="w_market" min="0" max="5" step="0.1" value="5.0"' in market
    assert '<input type="hidden" name="sector" value="fabricated-metal">' in market


def test_a_match_is_no_recommendation_to_go(client: Client) -> None:
    assert "not a recommendation to go" in _results(client, SMALL).split("</main>")[0]


@pytest.mark.parametrize(
    ("word", "sector"),
    [
        ("切削", "fabricated-metal"),
        ("プレス加工", "fabricated-metal"),
        ("金型", "fabricated-metal"),
        ("熱処理", "fabricated-metal"),
        ("めっき", "fabricated-metal"),
        ("メッキ", "fabricated-metal"),
        ("縫製", "textiles-apparel"),
        ("ソフトウェア", "it-dx"),
        ("射出成形", "plastics-rubber"),
        ("24", "fabricated-metal"),
        ("may mặc", "textiles-apparel"),
        ("injection moulding", "plastics-rubber"),
        ("半導体", "semiconductors"),
    ],
)
def test_a_word_of_the_trade_finds_the_sector(client: Client, word: str, sector: str) -> None:
    html = _page(client, f"/ja/matching/?what={quote(word)}")
    first = re.search(r'<input type="radio" name="sector" value="([\w-]+)" checked', html)
    assert first is not None
    assert first[1] == sector


def test_a_word_that_means_nothing_leaves_the_list_of_sectors(client: Client) -> None:
    html = _page(client, "/en/matching/?what=qqqqqq")
    assert "Nothing was found" in html
    offered = re.findall(r'type="radio" name="sector" value="([\w-]+)"', html)
    assert set(offered) == set(Sector.objects.values_list("key", flat=True))


def test_form_is_filled_from_its_address(client: Client) -> None:
    html = _page(client, f"/ja/matching/?{LARGE}")
    assert re.search(r'<option value="fabricated-metal" selected', html)
    html = _page(client, f"/ja/matching/?step=4&{LARGE}")
    assert 'name="w_soft" value="5"' in html
    assert re.search(r'name="macro" value="south" [^>]*checked', html)


def test_results_hold_no_inline_script_or_style(client: Client) -> None:
    html = _results(client, LARGE)
    assert not re.search(r"\sstyle=|\son\w+=|<style|<script(?![^>]*\ssrc=)", html)


@pytest.mark.parametrize("parameters", [400, 10_000])
def test_an_address_without_measure_is_answered_briefly(client: Client, parameters: int) -> None:
    query = "&".join(f"a{number}=1" for number in range(parameters))
    response = client.get(f"/en/matching/results/?{query}")
    assert response.status_code == 400
    assert len(response.content) < 20_000
