"""Every page in real Chromium: no accessibility fault, no sideways scroll, no inline styles."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Watched

LANGUAGES = ("ja", "en", "vi")
MATCH = "sector=fabricated-metal&stage=prepare&floor_area_m2=500&must=rental_factory&macro=south"
PAGES = {
    "home": "/",
    "about": "/about/",
    "provinces": "/provinces/",
    "province": "/provinces/dong-nai/",
    "parks": "/industrial-parks/",
    "park": "/industrial-parks/long-duc/",
    "sources": "/sources/",
    "organisations": "/organisations/",
    "source": "/sources/daiwahouse-co-jp-bda25bea/",
    "profile": "/matching/?what=%E5%88%87%E5%89%8A",
    "results": f"/matching/results/?{MATCH}",
    "results-parks": f"/matching/results/?{MATCH}&level=park",
}
LEVELS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing(window: Watched, language: str) -> None:
    found = {}
    for name, path in PAGES.items():
        page = window.open(f"/{language}{path}")
        page.evaluate(
            "document.querySelectorAll('.plots details').forEach((d) => { d.open = true })"
        )
        result = Axe().run(page, options={"runOnly": list(LEVELS)})
        faults = [
            (fault["id"], [node["target"] for node in fault["nodes"]][:4])
            for fault in result.response["violations"]
        ]
        if faults:
            found[name] = faults
    assert found == {}


@pytest.mark.parametrize("window", [{"width": 320}], indirect=True)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_scrolls_sideways_on_a_phone(window: Watched, language: str) -> None:
    wide = {}
    for name, path in PAGES.items():
        page = window.open(f"/{language}{path}")
        room = page.evaluate("document.documentElement.clientWidth")
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > room:
            wide[name] = width
    assert wide == {}
