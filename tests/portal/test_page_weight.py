"""The first load of each page: under 150 kB on the way and under 8 queries once the cache is warm.

Style sheets and scripts count as they are served: compressed once by WhiteNoise, at gzip's best.
"""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db

MOST_BYTES = 150_000
MOST_QUERIES = 7
FIRM = (
    "sector=fabricated-metal&prefecture=27&stage=prepare&employees=80&floor_area_m2=500"
    "&rent_budget_usd_m2_month=5&power_kva=300&workers=30&purposes=supply-japanese-makers"
    "&entry_modes=rental-factory&services=one_stop_setup&must=rental_factory"
)
PAGES = {
    "home": "/",
    "profile": f"/matching/?{FIRM}",
    "results": f"/matching/results/?{FIRM}",
    "results of parks": f"/matching/results/?{FIRM}&level=park",
    "results without wishes": "/matching/results/?sector=fabricated-metal&level=park",
    "province": "/provinces/ho-chi-minh/",
    "park": "/industrial-parks/long-duc/",
    "provinces": "/provinces/",
    "parks": "/industrial-parks/",
    "sources": "/sources/",
    "about": "/about/",
}


def _static(address: str) -> int:
    """Bytes of a static file as it is served."""
    path = finders.find(address.removeprefix("/static/"))
    assert isinstance(path, str), f"no static file {address}"
    content = Path(path).read_bytes()
    return min(len(gzip.compress(content, 9)), len(content))


def _parts(html: str) -> list[str]:
    """The addresses of what a browser loads with the page."""
    return re.findall(r'<(?:link[^>]*? href|script[^>]*? src|img[^>]*? src)="([^"]+)"', html)


@pytest.mark.parametrize("language", ["ja", "vi"])
@pytest.mark.parametrize("name", PAGES)
def test_first_load_is_light(client: Client, name: str, language: str) -> None:
    response = client.get(f"/{language}{PAGES[name]}", headers={"Accept-Encoding": "gzip"})
    assert response.status_code == 200
    parts = _parts(gzip.decompress(response.content).decode())
    assert any(part.endswith("base.css") for part in parts)
    assert all(part.startswith("/static/") for part in parts)
    weights = {name: len(response.content), **{part: _static(part) for part in parts}}
    assert sum(weights.values()) < MOST_BYTES, weights


@pytest.mark.parametrize("name", PAGES)
def test_warm_page_asks_few_queries(
    client: Client, name: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.get(f"/ja{PAGES[name]}")
    with django_assert_max_num_queries(MOST_QUERIES):
        client.get(f"/ja{PAGES[name]}")
