"""Browsing provinces and parks: facets, ranges, ages, views and spreadsheets, from outside."""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable
from html import unescape
from io import BytesIO, StringIO
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from python_calamine import CalamineWorkbook

from localities.models import Citation, IndustrialPark, InvestmentPriority, Province

pytestmark = pytest.mark.django_db

LANGUAGES = ("ja", "en", "vi")


def _page(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, response.content[:500]
    return response.content.decode()


def _rows(html: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="/\w\w/[\w-]+/([\w-]+)/', html)


def _checks(html: str, name: str) -> dict[str, int]:
    """The choices of a facet of boxes to tick, and their counts."""
    pattern = rf'name="{name}" value="([\w-]+)"[^>]*><span>.*?facet-count">(\d+)<'
    return {value: int(count) for value, count in re.findall(pattern, html)}


def _options(html: str, name: str) -> dict[str, int]:
    """The choices of a facet that is a list, and their counts."""
    found = re.search(rf'<select[^>]* name="{name}".*?</select>', html, re.S)
    assert found is not None
    pattern = r'value="(\w+)"[^>]*>[^<]*\((\d+)\)'
    return {value: int(count) for value, count in re.findall(pattern, found[0])}


def _nonzero(counts: dict[str, int]) -> dict[str, int]:
    return {value: count for value, count in counts.items() if count}


Test = Callable[[Any], bool]
# Filters in an address, and what each says of a park in words of our own.
PARK_FILTERS: dict[str, tuple[str, Test]] = {
    "macro": ("macro=south", lambda p: p.province.region.macro == "south"),
    "province": (
        "province=dong-nai&province=ho-chi-minh",
        lambda p: p.province_id in {"dong-nai", "ho-chi-minh"},
    ),
    "sector": (
        "sector=machinery&sector=unknown",
        lambda p: not p.target_sectors.all() or "machinery" in _sectors(p),
    ),
    "status": ("status=operating", lambda p: p.status == "operating"),
    "rental_factory": ("rental_factory=unknown", lambda p: p.rental_factory is None),
    "airport_km_max": (
        "airport_km_max=40",
        lambda p: p.airport_km is not None and p.airport_km <= 40,
    ),
}
PARK_CHOICES: dict[str, Callable[[Any], Iterable[str]]] = {
    "macro": lambda p: [p.province.region.macro],
    "province": lambda p: [p.province_id],
    "sector": lambda p: _sectors(p) or ["unknown"],
    "status": lambda p: [p.status],
    "rental_factory": lambda p: [_state(p.rental_factory)],
    "bank": lambda p: [_state(p.bank)],
}


def _sectors(park: IndustrialPark) -> list[str]:
    return [sector.key for sector in park.target_sectors.all()]


def _state(value: bool | None) -> str:
    return "unknown" if value is None else str(value).lower()


@pytest.mark.parametrize(
    "used",
    [
        (),
        ("macro",),
        ("macro", "status"),
        ("province", "rental_factory"),
        ("sector", "macro"),
        ("airport_km_max", "status", "macro"),
        tuple(PARK_FILTERS),
    ],
)
def test_a_facet_counts_what_each_choice_would_leave(client: Client, used: tuple[str, ...]) -> None:
    parks = list(
        IndustrialPark.objects.filter(is_active=True)
        .select_related("province__region")
        .prefetch_related("target_sectors")
    )
    query = "&".join(PARK_FILTERS[name][0] for name in used)
    html = _page(client, f"/en/industrial-parks/?{query}")
    for facet, choices in PARK_CHOICES.items():
        others = [PARK_FILTERS[name][1] for name in used if name != facet]
        left = [park for park in parks if all(test(park) for test in others)]
        wanted = Counter(choice for park in left for choice in choices(park))
        read = _options if facet in {"rental_factory", "bank"} else _checks
        assert _nonzero(read(html, facet)) == dict(wanted), facet
    total = sum(all(PARK_FILTERS[name][1](park) for name in used) for park in parks)
    assert f"{total} park" in html


def test_facets_of_provinces_count_alike(client: Client) -> None:
    html = _page(client, "/en/provinces/?macro=north&priority_sector=machinery")
    asking = set(
        InvestmentPriority.objects.filter(is_active=True, sector="machinery").values_list(
            "province", flat=True
        )
    )
    everywhere = list(Province.objects.select_related("region"))
    macros = Counter(p.region.macro for p in everywhere if p.key in asking)
    assert _nonzero(_checks(html, "macro")) == dict(macros)
    north = {p.key for p in everywhere if p.region.macro == "north"}
    wanted = Counter(
        InvestmentPriority.objects.filter(is_active=True, province__in=north)
        .values_list("province", "sector")
        .distinct()
        .values_list("sector", flat=True)
    )
    assert _nonzero(_checks(html, "priority_sector")) == dict(wanted)
    coastal = Counter(_state(p.coastal) for p in everywhere if p.key in asking & north)
    assert _nonzero(_options(html, "coastal")) == dict(coastal)


def test_a_priority_that_was_taken_out_finds_no_province(client: Client) -> None:
    key = InvestmentPriority.objects.filter(sector="machinery").values_list("province", flat=True)[
        0
    ]
    InvestmentPriority.objects.filter(province=key).update(is_active=False)
    assert key not in _rows(_page(client, "/en/provinces/?priority_sector=machinery"))
    assert key in _rows(_page(client, "/en/provinces/?priority_sector=unknown"))


@pytest.mark.parametrize(
    "address",
    [
        "/ja/provinces/?macro=south&region=southeast&priority_sector=machinery&coastal=true"
        "&population_min=1&seaport_km_max=500&freshness=current&freshness=stale",
        "/ja/industrial-parks/?q=binh&macro=south&province=ho-chi-minh&sector=machinery"
        "&status=operating&rental_factory=true&unit_m2_max=5000&freshness=current",
        "/ja/industrial-parks/?view=list",
        "/ja/industrial-parks/?view=map",
        "/ja/provinces/?view=map",
    ],
)
@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_in_any_view_costs_fewer_than_eight_queries(
    client: Client, django_assert_max_num_queries: Any, address: str, rows: int
) -> None:
    for model in (IndustrialPark, Province):
        keys = model.objects.order_by("-key").values_list("key", flat=True)[:rows]
        model.objects.exclude(key__in=list(keys)).update(is_active=False)
    client.get(address)
    with django_assert_max_num_queries(7):
        client.get(address)


def test_a_range_says_what_is_known_and_may_keep_what_is_not(client: Client) -> None:
    html = _page(client, "/en/industrial-parks/")
    known = [km for km in IndustrialPark.objects.values_list("airport_km", flat=True) if km]
    hint = re.search(r'id="id_airport_km_max-hint">(.*?)</p>', html)
    assert hint is not None
    assert hint[1] == f"on record: {min(known):g}–{max(known):g} · unknown: {231 - len(known)}"
    narrow = _page(client, "/en/industrial-parks/?airport_km_max=10")
    near = IndustrialPark.objects.filter(airport_km__lte=10).count()
    assert f"{near} parks" in narrow
    kept = _page(client, "/en/industrial-parks/?airport_km_max=10&keep_unknown=true")
    assert f"{near + 231 - len(known)} parks" in kept


@pytest.mark.parametrize(
    ("language", "typed", "plain"),
    [("vi", "1.000,5", "1000.5"), ("ja", "１，０００", "1000"), ("en", "1,000.5", "1000.5")],
)
def test_a_number_is_read_as_its_readers_type_it(
    client: Client, language: str, typed: str, plain: str
) -> None:
    response = client.get(
        f"/{language}/industrial-parks/?airport_km_max={quote(typed)}&macro=south"
    )
    assert response.status_code == 302
    address = f"/{language}/industrial-parks/?airport_km_max={plain}&macro=south"
    assert response["Location"] == address
    assert f'value="{plain}"' in _page(client, address)


def test_a_number_that_could_be_two_is_refused_with_both(client: Client) -> None:
    html = unescape(_page(client, "/vi/industrial-parks/?airport_km_max=1.000&macro=south", 400))
    error = re.search(r'id="id_airport_km_max-error">(.*?)</p>', html)
    assert error is not None
    assert "1000" in error[1]
    assert re.search(r"\b1\b", error[1])
    assert 'value="1.000"' in html
    assert 'value="south" checked' in html  # nothing of what was valid is lost
    assert _rows(html) == []
    assert client.get("/api/v1/industrial-parks/?airport_km_max=1.000&lang=vi").status_code == 200


@pytest.mark.parametrize(
    "query", ["colour=red", "freshness=rotten", "keep_unknown=perhaps", "seaport_km_max=-1"]
)
@pytest.mark.parametrize("place", ["provinces", "industrial-parks"])
def test_page_spreadsheet_and_api_refuse_alike(client: Client, place: str, query: str) -> None:
    for address in (f"/en/{place}/", f"/en/{place}.csv", f"/en/{place}.xlsx", f"/api/v1/{place}/"):
        assert client.get(f"{address}?{query}").status_code == 400, address


@pytest.mark.parametrize(
    "name", ["ビンズン", "びんずん", "Binh Duong", "Bình Dương", "ﾋﾞﾝｽﾞﾝ", "Tỉnh Bình Dương"]
)
def test_an_old_name_finds_the_parks_there(client: Client, name: str) -> None:
    found = _rows(_page(client, f"/ja/industrial-parks/?q={quote(name)}"))
    of_today = IndustrialPark.objects.filter(is_active=True, province="ho-chi-minh")
    assert set(of_today.values_list("key", flat=True)) <= set(found)


@time_machine.travel("2026-11-21")
def test_freshness_is_told_by_the_shelf_life(client: Client) -> None:
    dates: dict[str, list[str]] = {}
    cited = Citation.objects.filter(is_active=True, record_kind="industrial-park")
    for park, published in cited.values_list("record", "source__published"):
        dates.setdefault(park, []).append(published or "")
    # A year ends with its last day, so 24 months before November 2026 is November 2024.
    whole = {park: max(date if date[4:] else f"{date}-12" for date in all_dates if date)
             for park, all_dates in dates.items() if any(all_dates)}  # fmt: skip
    current = {park for park, date in whole.items() if date[:7] >= "2024-11"}
    html = _page(client, "/en/industrial-parks/?freshness=stale")
    assert set(_rows(html)) == whole.keys() - current
    assert _checks(html, "freshness") == {
        "current": len(current),
        "stale": len(whole) - len(current),
        "unknown": 231 - len(whole),
    }
    assert html.count('<span class="tag tag-care">old</span>') == len(whole) - len(current)


def test_figures_grow_old_with_the_day(client: Client) -> None:
    with time_machine.travel("2026-11-21"):
        today = _checks(_page(client, "/en/provinces/"), "freshness")
    with time_machine.travel("2036-11-21"):
        later = _checks(_page(client, "/en/provinces/"), "freshness")
    assert today["current"] > 0
    assert later == {"current": 0, "stale": 34, "unknown": 0}


@pytest.mark.parametrize("view", ["table", "list", "map"])
def test_each_view_shows_the_same_places(client: Client, view: str) -> None:
    html = _page(client, f"/en/provinces/?macro=central&view={view}")
    found = html.split('class="panel browse-found"')[1]
    links = set(re.findall(r'<(?:th scope="row"|h3|li)><a href="/en/provinces/([\w-]+)/', found))
    assert links == set(
        Province.objects.filter(region__macro="central").values_list("key", flat=True)
    )
    assert re.search(rf'href="\?[^"]*view={view}[^"]*" aria-current="true"', html)


def test_a_chip_takes_its_filter_out(client: Client) -> None:
    html = _page(
        client, "/en/industrial-parks/?macro=south&macro=north&rental_factory=true&sort=rent"
    )
    chips = re.findall(r'<a class="chip" href="([^"]*)">', html)
    assert {unescape(chip) for chip in chips} == {
        "?macro=north&rental_factory=true&sort=rent",
        "?macro=south&rental_factory=true&sort=rent",
        "?macro=south&macro=north&sort=rent",
    }


def _csv(client: Client, address: str) -> list[list[str]]:
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.reader(StringIO(text, newline="")))


def _xlsx(client: Client, address: str) -> list[list[Any]]:
    response = client.get(address)
    assert response.status_code == 200
    assert "attachment" in response["Content-Disposition"]
    return (
        CalamineWorkbook.from_filelike(BytesIO(response.content)).get_sheet_by_index(0).to_python()
    )


@pytest.mark.parametrize(
    ("place", "query"),
    [
        ("provinces", "macro=south&sort=population"),
        ("industrial-parks", "rental_factory=true&sort=rent"),
        ("industrial-parks", "sort=airport"),
    ],
)
def test_a_spreadsheet_holds_what_is_shown_on_all_pages(
    client: Client, place: str, query: str
) -> None:
    shown: list[str] = []
    for number in range(1, 6):
        response = client.get(f"/en/{place}/?{query}&page={number}")
        if response.status_code != 200:
            break
        shown += _rows(response.content.decode())
    written = _csv(client, f"/en/{place}.csv?{query}")
    at = written[0].index("On the portal")
    assert [row[at].strip("/").rsplit("/", 1)[-1] for row in written[1:]] == shown
    book = _xlsx(client, f"/en/{place}.xlsx?{query}")
    assert book[0] == written[0]
    assert [row[at] for row in book[1:]] == [row[at] for row in written[1:]]
    assert [row[-1] for row in book[1:]] == [row[-1] for row in written[1:]]


def test_a_spreadsheet_names_the_sources_with_address_and_date(client: Client) -> None:
    titles, row = _csv(client, "/en/industrial-parks.csv?q=Long%20Duc")[:2]
    park = IndustrialPark.objects.get(key="long-duc")
    cells = dict(zip(titles, row, strict=True))
    assert cells["Park"] == park.name_en
    assert cells["Rental factories"] == "has it"
    assert cells["Smallest rental unit (m²)"] == str(park.rental_units_m2[0])
    assert float(cells["Seaport, as stated (km)"]) == park.seaport_km
    lines = cells["All sources"].splitlines()
    cited = Citation.objects.filter(
        is_active=True, record_kind="industrial-park", record="long-duc"
    )
    sources = {citation.source for citation in cited.select_related("source")}
    assert len(lines) == len(sources) > 0
    for source in sources:
        line = next(line for line in lines if line.lstrip("'").startswith(source.title))
        assert str(source.published or "date unknown") in line
        assert line.endswith(source.url or ")")


def test_a_spreadsheet_says_unknown_and_never_zero(client: Client) -> None:
    IndustrialPark.objects.filter(key="long-duc").update(airport_km=None, seaport_km=0)
    titles, row = _xlsx(client, "/en/industrial-parks.xlsx?q=Long%20Duc")[:2]
    cells = dict(zip(titles, row, strict=True))
    assert cells["Airport, as stated (km)"] == "unknown"
    assert cells["Seaport, as stated (km)"] == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_spreadsheets_speak_the_readers_language(client: Client, language: str) -> None:
    titles = _csv(client, f"/{language}/provinces.csv")[0]
    assert titles == [str(title) for title in _xlsx(client, f"/{language}/provinces.xlsx")[0]]
    assert ("出典一覧" in titles) == (language == "ja")
    assert len(_csv(client, f"/{language}/provinces.csv")) == 35


def test_a_list_leads_to_its_spreadsheets_with_the_same_filters(client: Client) -> None:
    html = _page(client, "/en/industrial-parks/?macro=south&sort=rent&view=list&page=1")
    assert 'href="/en/industrial-parks.csv?macro=south&amp;sort=rent"' in html
    assert 'href="/en/industrial-parks.xlsx?macro=south&amp;sort=rent"' in html


def test_spreadsheets_cost_the_same_for_one_row_and_all(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for query in ("", "?q=Long%20Duc"):
        client.get(f"/en/industrial-parks.xlsx{query}")
        with django_assert_num_queries(6):
            client.get(f"/en/industrial-parks.xlsx{query}")


def test_province_page_is_read_once_a_version(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first = _page(client, "/en/provinces/dong-nai/")
    with django_assert_num_queries(3):  # the version, the map's names, the ladder's sources
        assert _page(client, "/en/provinces/dong-nai/") == first
    with django_assert_num_queries(3):
        assert "ドンナイ" in _page(client, "/ja/provinces/dong-nai/")


def test_park_page_shows_its_own_ladder(client: Client, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(7):
        html = _page(client, "/en/industrial-parks/long-duc/")
    ladder = html.split('id="ladder"')[1].split("</section>")[0]
    assert ladder.count('class="ladder-rung') == 5
    assert "rental units of" in ladder
    assert "/en/industrial-parks/long-duc/" not in ladder


def test_what_was_right_in_an_address_is_not_lost(client: Client) -> None:
    html = _page(client, "/en/provinces/?macro=south&colour=red&q=dong", 400)
    assert 'href="/en/provinces/?macro=south&amp;q=dong"' in html
    html = _page(client, "/en/provinces/?macro=south&page=zero", 400)
    assert 'href="/en/provinces/?macro=south"' in html
    assert 'href="/en/provinces/"' in _page(client, "/en/provinces/?page=zero", 400)
