"""The pages on provinces, parks and sources, from outside."""

import re
from urllib.parse import quote

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from localities.models import IndustrialPark, Province, Source

pytestmark = pytest.mark.django_db

LANGUAGES = ("ja", "en", "vi")
PROFILE = "sector=machinery&must=rental_factory"


def _rows(html: str) -> list[str]:
    """The addresses of the places or sources that the list names first in a row."""
    return re.findall(r'<th scope="row"><a href="/\w\w/[\w-]+/([\w-]+)/', html)


def _page(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, response.content[:500]
    return response.content.decode()


def _keep(model: type[Province] | type[IndustrialPark] | type[Source], count: int) -> None:
    keys = list(model.objects.order_by("key").values_list("key", flat=True)[:count])
    model.objects.exclude(key__in=keys).update(is_active=False)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("address", "model", "queries"),
    [
        ("/ja/provinces/", Province, 5),
        ("/ja/industrial-parks/", IndustrialPark, 5),
        ("/ja/sources/", Source, 2),
    ],
)
def test_list_reads_the_same_number_of_queries_with_one_row_and_three(
    client: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
    address: str,
    model: type[Province] | type[IndustrialPark] | type[Source],
    queries: int,
    rows: int,
) -> None:
    _keep(model, rows)
    client.get(address)  # what is kept for a catalogue version, names and ages, is made once
    with django_assert_num_queries(queries):
        html = _page(client, address)
    assert len(_rows(html)) == rows


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["provinces/", "industrial-parks/", "sources/"])
def test_lists_open_in_each_language(client: Client, language: str, path: str) -> None:
    html = _page(client, f"/{language}/{path}")
    assert f'<html lang="{language}">' in html
    assert len(_rows(html)) in {34, 50}


@pytest.mark.parametrize(
    "name", ["ビンズン", "びんずん", "Binh Duong", "Bình Dương", "bình dương", "ﾋﾞﾝｽﾞﾝ"]
)
def test_an_old_name_in_any_script_finds_the_province_of_today(client: Client, name: str) -> None:
    assert _rows(_page(client, f"/ja/provinces/?q={quote(name)}")) == ["ho-chi-minh"]


def test_lists_filter_sort_and_page(client: Client) -> None:
    south = _rows(_page(client, "/ja/provinces/?macro=south&sort=population"))
    assert south[0] == "ho-chi-minh"
    assert {"ha-noi", "da-nang"}.isdisjoint(south)
    last = _rows(_page(client, "/ja/industrial-parks/?page=5"))
    assert len(last) == 231 - 4 * 50
    with_units = _rows(_page(client, "/ja/industrial-parks/?rental_factory=true&sort=rent"))
    assert IndustrialPark.objects.filter(rental_factory=True).count() == len(with_units)


def test_filters_left_alone_do_not_filter(client: Client) -> None:
    blanks = "?q=&region=&priority_sector=&coastal=&sort=code"
    assert len(_rows(_page(client, f"/ja/provinces/{blanks}"))) == 34
    blanks = "?q=&province=&sector=&rental_factory=&unit_m2_max=&sort=province"
    assert len(_rows(_page(client, f"/ja/industrial-parks/{blanks}"))) == 50


def test_a_name_that_nobody_bears_says_so(client: Client) -> None:
    assert "No province matches" in _page(client, "/en/provinces/?q=Osaka")


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("/en/provinces/?colour=red", "colour"),
        ("/en/provinces/?page=0", "page"),
        ("/en/provinces/?page=99", "page"),
        ("/en/industrial-parks/?sort=luck", "sort"),
        ("/en/provinces/dong-nai/?colour=red", "colour"),
        ("/en/industrial-parks/long-duc/?colour=red", "colour"),
        ("/en/sources/?page=-1", "page"),
        ("/en/provinces/?profile=;", "profile"),
        ("/en/about/?colour=red", "colour"),
    ],
)
def test_a_part_of_the_address_that_no_page_takes_is_named(
    client: Client, address: str, named: str
) -> None:
    html = _page(client, address, 400)
    assert f"“{named}”" in html
    assert "Allowed" in html or "unknown" in html


def test_a_wrong_filter_is_told_beside_its_field(client: Client) -> None:
    html = _page(client, "/en/industrial-parks/?unit_m2_max=-5&status=haunted", 400)
    assert 'id="id_unit_m2_max-error"' in html
    assert 'id="id_status-error"' in html
    assert 'value="-5"' in html
    assert _rows(html) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_province_page_shows_what_is_known_with_sources(client: Client, language: str) -> None:
    html = _page(client, f"/{language}/provinces/dong-nai/")
    for section in ("traits", "asks", "strengths", "parks", "figures", "costs", "people"):
        assert f'id="{section}"' in html
    for section in ("agreements", "commitments", "transport", "desks"):
        assert f'id="{section}"' in html
    assert "ODbL 1.0" in html
    assert 'rel="external noopener noreferrer"' in html


def test_province_page_marks_figures_of_former_provinces(client: Client) -> None:
    html = _page(client, "/en/provinces/dong-nai/")
    assert re.search(r"former Binh Phuoc: [\d.]+", html)
    assert "former Dong Nai only" in html


def test_what_nobody_wrote_about_is_unknown_and_neither_no_nor_zero(client: Client) -> None:
    IndustrialPark.objects.filter(key="long-duc").update(clinic=None, japanese_tenants_count=None)
    html = _page(client, "/en/industrial-parks/long-duc/")
    clinic = re.search(r'<li class="([\w-]+)">Clinic: <strong>(.*?)</strong>', html)
    assert clinic is not None
    assert clinic[1] == "offer-unknown"
    assert "unknown" in clinic[2]
    tenants = re.search(r"<dt>Japanese tenants</dt>\s*<dd>(.*?)</dd>", html, re.S)
    assert tenants is not None
    assert "unknown" in tenants[1]


def test_park_page_tells_stated_distances_from_computed_ones(client: Client) -> None:
    html = _page(client, "/en/industrial-parks/long-duc/")
    stated, computed = html.split("Computed from positions")
    assert "34" in stated
    assert "As the crow flies" in computed


def test_a_former_provinces_address_leads_to_the_province_of_today(client: Client) -> None:
    response = client.get("/en/provinces/binh-duong/")
    assert response.status_code == 301
    assert response["Location"] == "/en/provinces/ho-chi-minh/?was=binh-duong"
    assert "has been a part of" in _page(client, response["Location"])


@pytest.mark.parametrize(
    "path", ["provinces/atlantis/", "industrial-parks/atlantis/", "sources/atlantis/"]
)
def test_a_place_that_does_not_exist_is_not_found(client: Client, path: str) -> None:
    assert "There is no such page" in _page(client, f"/en/{path}", 404)


def test_names_in_another_language_are_marked(client: Client) -> None:
    assert '<span lang="vi">Đồng Nai</span>' in _page(client, "/ja/provinces/dong-nai/")
    assert '<span lang="vi">' not in _page(client, "/vi/provinces/")


def test_places_keep_the_profile_and_lead_back_to_the_match(client: Client) -> None:
    carried = f"?profile={quote(PROFILE, safe='')}"
    for path, slug in (
        ("provinces/dong-nai/", "dong-nai"),
        ("industrial-parks/long-duc/", "dong-nai"),
    ):
        html = _page(client, f"/ja/{path}{carried}")
        back = PROFILE.replace("&", "&amp;")
        assert f'href="/ja/matching/results/?{back}#place-{slug}"' in html
        assert carried in html
    assert 'href="/ja/matching/"' in _page(client, "/ja/provinces/dong-nai/")


def test_source_page_lists_the_records_that_it_backs(client: Client) -> None:
    html = _page(client, "/en/sources/daiwahouse-co-jp-bda25bea/")
    assert "/en/industrial-parks/long-duc/" in html
    assert 'rel="external noopener noreferrer"' in html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["", "about/"])
def test_the_portals_own_pages_open(client: Client, language: str, path: str) -> None:
    html = _page(client, f"/{language}/{path}")
    assert f'<html lang="{language}">' in html


def test_language_switch_keeps_the_page_and_its_query(client: Client) -> None:
    html = _page(client, "/ja/provinces/?macro=south&sort=area")
    assert 'href="/vi/provinces/?macro=south&amp;sort=area"' in html


def test_about_page_lists_every_criterion_with_its_bounds(client: Client) -> None:
    from matching.engine.criteria import CRITERIA

    html = _page(client, "/en/about/")
    assert all(f'id="{criterion.code}"' in html for criterion in CRITERIA)


@pytest.mark.parametrize(
    "path",
    ["", "about/", "provinces/", "provinces/hue/", "industrial-parks/vsip-hue/", "matching/"],
)
def test_pages_hold_no_inline_script_or_style(client: Client, path: str) -> None:
    html = client.get(f"/ja/{path}").content.decode()
    assert not re.search(r"\sstyle=|\son\w+=|<style|<script(?![^>]*\ssrc=)", html)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", ["400.html", "403.html", "404.html", "500.html"])
def test_error_pages_stand_without_a_request(language: str, template: str) -> None:
    with translation.override(language):
        html = render_to_string(template)
    assert f'<html lang="{language}">' in html
    assert f'href="/{language}/"' in html


@pytest.mark.parametrize(
    ("path", "renamed"),
    [
        ("provinces/atlantis/", True),
        ("industrial-parks/atlantis/", True),
        ("sources/atlantis/", False),
        ("versions/99/", False),
    ],
)
def test_only_a_place_that_is_not_found_may_have_another_name(
    client: Client, path: str, renamed: bool
) -> None:
    answer = client.get(f"/ja/{path}")
    assert answer.status_code == 404
    assert ("2025年7月" in answer.content.decode()) is renamed
