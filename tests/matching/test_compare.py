"""Places side by side, from outside."""

import html as entities
import re
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from localities.models import Citation, CostBenchmark, IndustrialPark, Source

pytestmark = pytest.mark.django_db

PROFILE = "sector=fabricated-metal&stage=prepare&floor_area_m2=500&must=rental_factory"
CARRIED = f"profile={quote(PROFILE, safe='')}"
PROVINCES = "place=dong-nai&place=hai-phong"
PARKS = "place=long-duc&place=amata-bien-hoa"


@pytest.fixture(autouse=True)
def _nothing_kept_from_another_test() -> None:
    cache.clear()


def _page(client: Client, query: str, status: int = 200, language: str = "en") -> str:
    response = client.get(f"/{language}/compare/?{query}")
    assert response.status_code == status, (response.status_code, response.headers)
    return response.content.decode()


def _columns(html: str) -> list[str]:
    head = html.partition("compare-overview")[2].partition("</thead>")[0]
    return re.findall(r'class="compare-name" href="/\w\w/[\w-]+/([\w-]+)/', head)


def _text(html: str) -> str:
    plain = entities.unescape(re.sub(r"<[^>]+>", " ", html)).replace("\xa0", " ")
    return " ".join(plain.split())


def _row(html: str, label: str, group: str = "facts") -> list[str]:
    """The cells of a row, as text."""
    for row in re.findall(r"<tr>(.*?)</tr>", html.partition(f'id="group-{group}-')[2], re.S):
        if f'<th scope="row">{label}</th>' in row:
            return [_text(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)]
    raise AssertionError(label)


@pytest.mark.parametrize("language", ["ja", "en", "vi"])
@pytest.mark.parametrize("query", ["", PROVINCES, PARKS, f"{PROVINCES}&{CARRIED}"])
def test_comparison_opens_in_each_language(client: Client, language: str, query: str) -> None:
    html = _page(client, query, language=language)
    assert _columns(html) == re.findall("place=([a-z-]+)", query)


def test_without_a_profile_it_shows_what_is_on_record_with_its_source(client: Client) -> None:
    html = _page(client, PARKS)
    sizes = IndustrialPark.objects.get(key="long-duc").rental_units_m2
    assert sizes == [512, 768, 960, 1042]
    found = _row(html, "Sizes of rental units")
    assert found[0].startswith("512–1,042 m² Source")
    assert found[1] == "unknown"
    assert "group-fit-" not in html


def test_with_a_profile_it_judges_as_the_match_does(client: Client) -> None:
    body = {
        "profile": {"sector": "fabricated-metal", "stage": "prepare", "floor_area_m2": 500},
        "must_haves": ["rental_factory"],
        "detail": "full",
        "limit": 34,
    }
    api = client.post(
        "/api/v1/matches/",
        body,
        content_type="application/json",
        headers={"Accept-Language": "en"},
    ).json()
    by_slug = {result["place"]["slug"]: result for result in api["results"]}
    expected = [by_slug["dong-nai"], by_slug["hai-phong"]]
    html = _page(client, f"{PROVINCES}&{CARRIED}")
    overview = html.partition("compare-overview")[2].partition("</table>")[0]
    fits = re.findall(r'class="fit-number">(\d+)<', overview)
    assert fits == [f"{result['fit']:.0f}" for result in expected]
    ranks = re.findall(r'data-label="[^"]+"><span class="value">(\d+)</span></td>', overview)
    assert ranks == [str(result["rank"]) for result in expected]
    chances = re.findall(r'<span class="value">(\d+%)</span>', overview)
    assert chances == [f"{result['p_first'] * 100:.0f}%" for result in expected]
    for result in expected:
        for criterion in result["criteria"]:
            assert entities.escape(criterion["label"]) in html
            assert criterion["fact"] is None or entities.escape(criterion["fact"]) in html


def test_what_differs_stands_before_what_is_alike_and_unknown(client: Client) -> None:
    html = _page(client, "place=dong-nai&place=ho-chi-minh")
    transport = html.partition('id="group-facts-transport"')[2].partition("</section>")[0]
    differing, _fold, folded = transport.partition('<details class="compare-alike">')
    assert "Deep seaport" in differing
    same = re.findall(r'<th scope="row">(.*?)</th>', folded)
    for label in same:
        first, second = (
            re.sub(r" Source.*", "", cell) for cell in _row(transport_only(html), label)
        )
        assert first == second
    assert same or "unknown for all" in folded


def transport_only(html: str) -> str:
    """The page cut to the group of transport, as `_row` reads it."""
    part = html.partition('id="group-facts-transport"')[2].partition("</section>")[0]
    return f'id="group-facts-transport"{part}'


def test_a_place_against_itself_has_no_difference(client: Client) -> None:
    response = client.get("/en/compare/?place=dong-nai&place=dong-nai")
    assert response.status_code == 302
    assert response.headers["Location"] == "/en/compare/?place=dong-nai"


def test_tsubo_are_400_of_121_square_metres(client: Client) -> None:
    html = _page(client, f"{PARKS}&units=tsubo")
    assert _row(html, "Sizes of rental units")[0].startswith("154.88–315.2 tsubo")
    park = IndustrialPark.objects.get(key="long-duc")
    low = park.factory_rent_usd_m2_month_min
    assert low is not None
    rent = _row(html, "Factory rent")[0]
    assert rent.startswith(f"from {low * 400 / 121:.2f} USD/tsubo/month")


def test_without_a_rate_dollars_alone_are_offered_and_the_page_says_why(client: Client) -> None:
    html = _page(client, PARKS)
    assert "no exchange rate with a date and a source is on record" in html
    refused = _page(client, f"{PARKS}&currency=jpy", 400)
    assert "“jpy” is no choice for “currency”" in refused
    assert _columns(refused) == ["long-duc", "amata-bien-hoa"]


def _enter_rate(low: float, high: float, period: str | None, *, sourced: bool = True) -> None:
    key = f"rate-{period}"
    CostBenchmark.objects.create(
        key=key,
        place="Viet Nam",
        item="exchange-rate-jpy-per-usd",
        value_min=low,
        value_max=high,
        unit="JPY/USD",
        period=period,
    )
    if sourced:
        Citation.objects.create(
            key=f"{key}-0",
            source=Source.objects.order_by("key")[0],
            record_kind="cost-benchmark",
            record=key,
            position=0,
        )


def test_a_rate_on_record_turns_dollars_and_names_its_date(client: Client) -> None:
    _enter_rate(100, 100, "2024-03")
    _enter_rate(150, 150, "2026-03")
    _enter_rate(999, 999, "2026-09", sourced=False)
    html = _page(client, f"{PARKS}&currency=jpy")
    low = IndustrialPark.objects.get(key="long-duc").factory_rent_usd_m2_month_min
    assert low is not None
    assert _row(html, "Factory rent")[0].startswith(f"from {low * 150:.0f} JPY/m²/month")
    assert "Converted at 150 JPY for a US dollar (2026-03)." in html


def test_a_rate_without_a_date_is_none(client: Client) -> None:
    _enter_rate(150, 150, None)
    assert "Currency" in _page(client, PARKS)
    _page(client, f"{PARKS}&currency=jpy", 400)


def test_a_fifth_place_is_told_and_the_first_four_stay(client: Client) -> None:
    slugs = ["dong-nai", "hai-phong", "ho-chi-minh", "bac-ninh", "da-nang"]
    html = _page(client, "&".join(f"place={slug}" for slug in slugs), 400)
    assert _columns(html) == slugs[:4]
    assert "Left out: Da Nang" in html


def test_a_strange_slug_is_named_and_the_others_stay(client: Client) -> None:
    html = _page(client, f"{PROVINCES}&place=%3Cb%3Eatlantis", 400)
    assert "“&lt;b&gt;atlantis” is not in the catalogue." in html
    assert _columns(html) == ["dong-nai", "hai-phong"]


def test_a_former_provinces_slug_leads_to_todays_with_a_note(client: Client) -> None:
    response = client.get(f"/en/compare/?place=dong-nai&place=binh-duong&{CARRIED}")
    assert response.status_code == 302
    query = parse_qs(urlsplit(response.headers["Location"]).query)
    assert query == {
        "place": ["dong-nai", "ho-chi-minh"],
        "was": ["binh-duong"],
        "profile": [PROFILE],
    }
    html = client.get(response.headers["Location"]).content.decode()
    assert "“binh-duong” is a former province" in html


def test_provinces_and_parks_are_not_mixed_and_each_can_be_compared(client: Client) -> None:
    html = _page(client, f"{PROVINCES}&{PARKS}", 400)
    assert _columns(html) == ["dong-nai", "hai-phong"]
    link = re.search(r'<a href="(\?[^"]+)">Compare these parks</a>', html)
    assert link
    other = _page(client, entities.unescape(link[1])[1:])
    assert _columns(other) == ["long-duc", "amata-bien-hoa"]


@pytest.mark.parametrize(
    "tampered",
    ["sector=witchcraft", "sector=machinery&colour=red", "a" * 5000, "&".join(["must=bank"] * 400)],
    ids=["value", "name", "long", "many"],
)
def test_a_tampered_profile_is_told_and_the_record_stays(client: Client, tampered: str) -> None:
    html = _page(client, f"{PROVINCES}&profile={quote(tampered, safe='')}", 400)
    assert "The profile in the address cannot be read" in html
    assert _columns(html) == ["dong-nai", "hai-phong"]
    assert "group-facts-figures" in html


def test_an_unknown_parameter_is_named(client: Client) -> None:
    assert "“colour”" in _page(client, f"{PROVINCES}&colour=red", 400)


def test_blanks_and_defaults_are_taken_out_of_the_address(client: Client) -> None:
    response = client.get(f"/en/compare/?place=&{PROVINCES}&units=m2&currency=usd&profile=")
    assert response.status_code == 302
    assert response.headers["Location"] == f"/en/compare/?{PROVINCES}"


def test_warm_pages_need_few_queries(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    four = "place=dong-nai&place=hai-phong&place=ho-chi-minh&place=bac-ninh"
    client.get(f"/en/compare/?{four}&{CARRIED}")
    with django_assert_max_num_queries(3):
        _page(client, f"{four}&{CARRIED}")
    cache.clear()
    with django_assert_max_num_queries(16):
        _page(client, f"{four}&{CARRIED}")


def test_the_page_may_be_kept_by_shared_caches(client: Client) -> None:
    response = client.get(f"/en/compare/?{PROVINCES}&{CARRIED}")
    assert "Cookie" not in response.headers.get("Vary", "")
    assert response.cookies == {}


def test_the_ranking_leads_to_the_first_three(client: Client) -> None:
    results = client.get(f"/en/matching/results/?{PROFILE}").content.decode()
    first = re.findall(r'<article class="card[^"]*" id="place-([\w-]+)">', results)[:3]
    link = re.search(r'href="([^"]+)">Compare the first three</a>', results)
    assert link
    html = client.get(entities.unescape(link[1])).content.decode()
    assert _columns(html) == first
    assert re.findall(r'name="place" value="([\w-]+)" form="compare-chosen"', results)[:3] == first
