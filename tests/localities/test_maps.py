"""The map of the country: colours, layers, links and the tables beside it."""

import gzip
import re
from typing import Any

import pytest
from django.test import Client

from localities.models import Indicator, IndustrialPark, Observation, Province, TransportNode

pytestmark = pytest.mark.django_db

MARK = r'class="map-mark map-mark-(\w+)" d='


def _map(client: Client, query: str = "", status: int = 200) -> str:
    response = client.get(f"/en/map/{query}")
    assert response.status_code == status, response.content[:500]
    return response.content.decode()


def _drawing(html: str) -> str:
    """The map itself, without its legend."""
    return html.split('<svg class="map"')[1].split("</svg>")[0]


def _hatched(html: str) -> set[str]:
    pattern = r'href="/en/provinces/([\w-]+)/"[^>]*><path class="map-province map-none"'
    return set(re.findall(pattern, _drawing(html)))


def test_every_place_with_a_position_is_marked_and_leads_to_its_page(client: Client) -> None:
    drawn = _drawing(_map(client))
    parks = set(re.findall(r'href="/en/industrial-parks/([\w-]+)/"', drawn))
    placed = IndustrialPark.objects.filter(is_active=True, lat__isnull=False)
    assert parks == set(placed.values_list("key", flat=True))
    kinds = re.findall(MARK, drawn)
    for kind in ("seaport", "airport"):
        nodes = TransportNode.objects.filter(is_active=True, node_kind=kind, lat__isnull=False)
        assert kinds.count(kind) == nodes.count() > 0
    assert len(set(re.findall(r'<a class="map-link" href="/en/provinces/([\w-]+)/"', drawn))) == 34
    assert drawn.count("<title>") == drawn.count("<path") - 1  # the hatching has none


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ("?layer=", set()),
        ("?layer=&layer=parks", {"park"}),
        ("?layer=seaports&layer=airports", {"seaport", "airport"}),
        ("", {"park", "seaport", "airport"}),
    ],
)
def test_layers_are_switched_by_the_address(client: Client, query: str, kinds: set[str]) -> None:
    html = _map(client, query)
    assert set(re.findall(MARK, _drawing(html))) == kinds
    ticked = set(re.findall(r'name="layer" value="(\w+)s" checked', html))
    assert ticked == kinds


def test_what_is_not_known_is_hatched_and_said_so(client: Client) -> None:
    html = _map(client)
    with_parks = set(
        IndustrialPark.objects.filter(is_active=True).values_list("province", flat=True)
    )
    every = set(Province.objects.values_list("key", flat=True))
    assert _hatched(html) == every - with_parks != set()
    assert html.count('<span class="unknown">no data</span>') == len(every - with_parks)


def test_the_table_says_what_the_map_shows_with_period_and_source(client: Client) -> None:
    html = _map(client, "?show=grdp_growth_pct&layer=")
    own = Observation.objects.filter(indicator="grdp_growth_pct", province="quang-ninh")
    newest = max(own, key=lambda observation: observation.period)
    row = re.search(r'<th scope="row"><a href="/en/provinces/quang-ninh/".*?</tr>', html, re.S)
    assert row is not None
    assert f">{newest.value_min:g}</td>" in row[0]
    assert newest.period in row[0]
    assert 'rel="external noopener noreferrer"' in row[0]
    shape = re.search(r'<a class="map-link" href="/en/provinces/quang-ninh/"[^>]*>', html)
    assert shape is not None
    assert f"{newest.value_min:g}\u00a0%" in shape[0]


def test_a_whole_of_which_a_part_is_missing_stays_blank(client: Client) -> None:
    Observation.objects.filter(
        indicator="papi_law_and_order", former_province__province="an-giang"
    ).first().delete()  # type: ignore[union-attr]
    assert "an-giang" in _hatched(_map(client, "?show=papi_law_and_order&layer="))


@pytest.mark.parametrize("language", ["ja", "en", "vi"])
def test_every_indicator_can_be_shown(client: Client, language: str) -> None:
    for key in ("parks", "coverage", *Indicator.objects.values_list("key", flat=True)):
        html = client.get(f"/{language}/map/?show={key}&layer=").content.decode()
        assert f'<option value="{key}" selected>' in html
        assert "ODbL 1.0" in html


@pytest.mark.parametrize("query", ["?show=luck", "?layer=rivers", "?colour=red"])
def test_what_the_map_does_not_know_is_refused(client: Client, query: str) -> None:
    assert "Allowed" in _map(client, query, 400)


@pytest.mark.parametrize("query", ["", "?show=coverage", "?show=papi_law_and_order"])
def test_the_map_is_light_and_costs_few_queries(
    client: Client, django_assert_max_num_queries: Any, query: str
) -> None:
    with django_assert_max_num_queries(7):
        html = _map(client, query)
    assert len(gzip.compress(html.encode())) < 60_000


def test_a_provinces_map_holds_its_parks_ports_and_airports(client: Client) -> None:
    html = client.get("/en/provinces/hai-phong/").content.decode()
    drawn = _drawing(html)
    parks = IndustrialPark.objects.filter(province="hai-phong", is_active=True, lat__isnull=False)
    assert set(re.findall(r'href="/en/industrial-parks/([\w-]+)/"', drawn)) == set(
        parks.values_list("key", flat=True)
    )
    nodes = TransportNode.objects.filter(province="hai-phong", lat__isnull=False, is_active=True)
    assert len(re.findall(MARK, drawn)) == parks.count() + nodes.count()
    for park in parks:
        assert html.count(f"/en/industrial-parks/{park.key}/") >= 2  # on the map and in the list


def test_the_map_of_a_list_shows_what_was_found(client: Client) -> None:
    html = client.get("/en/industrial-parks/?view=map&macro=central").content.decode()
    found = IndustrialPark.objects.filter(is_active=True, province__region__macro="central")
    placed = set(found.filter(lat__isnull=False).values_list("key", flat=True))
    assert set(re.findall(r'href="/en/industrial-parks/([\w-]+)/"', _drawing(html))) == placed
    named = re.findall(r'<li><a href="/en/industrial-parks/([\w-]+)/"', html)
    assert set(named) == set(found.values_list("key", flat=True))
