"""Browsing and the map in real Chromium: by clicks, by keys, on a phone, without scripts."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import Watched
from tests.browser.test_pages import LANGUAGES, LEVELS

PAGES = {
    "map": "/map/?show=grdp_growth_pct&layer=airports",
    "parks-filtered": "/industrial-parks/?q=binh&rental_factory=true&airport_km_max=90",
    "parks-wrong": "/industrial-parks/?airport_km_max=-1&macro=south",
    "parks-cards": "/industrial-parks/?view=list&province=hue",
    "parks-map": "/industrial-parks/?view=map&province=hue",
    "provinces-map": "/provinces/?view=map&coastal=true",
}  # fmt: skip


@pytest.mark.parametrize(
    ("window", "language"),
    [({}, "ja"), ({}, "en"), ({}, "vi"), ({"width": 390}, "vi")],
    indirect=["window"],
)
def test_axe_finds_nothing(window: Watched, language: str) -> None:
    found = {}
    for name, path in PAGES.items():
        page = window.page
        page.goto(f"{window.host}/{language}{path}", wait_until="load")
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
        result = Axe().run(page, options={"runOnly": list(LEVELS)})
        faults = [
            (fault["id"], [node["target"] for node in fault["nodes"]][:4])
            for fault in result.response["violations"]
        ]
        if faults:
            found[name] = faults
    window.faults = [fault for fault in window.faults if "400 (Bad Request)" not in fault]
    assert found == {}


@pytest.mark.parametrize("window", [{"width": 320}], indirect=True)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_scrolls_sideways(window: Watched, language: str) -> None:
    wide = {}
    for name, path in PAGES.items():
        page = window.open(f"/{language}{path}")
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
        room = page.evaluate("document.documentElement.clientWidth")
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > room:
            wide[name] = width
    window.faults = [fault for fault in window.faults if "400 (Bad Request)" not in fault]
    assert wide == {}


@pytest.mark.parametrize("window", [{}, {"scripts": False}, {"width": 390}], indirect=True)
def test_parks_are_narrowed_down_shown_as_a_map_and_saved(window: Watched) -> None:
    page = window.open("/en/industrial-parks/")
    if page.get_by_text("Filters", exact=True).is_visible():
        page.get_by_text("Filters", exact=True).click()
    page.get_by_label("South").check()
    page.get_by_label("Rental factory").select_option("true")
    page.get_by_role("button", name="Show").last.click()
    heading = page.get_by_role("heading", level=2)
    expect(heading).to_have_text("17 parks")
    page.get_by_role("link", name="Map", exact=True).click()
    expect(heading).to_have_text("17 parks")
    expect(page.locator("svg.map a[href*='industrial-parks']").first).to_be_attached()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert download.value.suggested_filename == "industrial-parks.csv"
    page.get_by_role("link", name="Part of the country: South").click()
    expect(page).not_to_have_url(re.compile("macro"))
    expect(page.get_by_label("Rental factory")).to_have_value("true")


def test_the_map_is_recoloured_and_walked_by_keys(window: Watched) -> None:
    page = window.open("/ja/map/")
    page.get_by_label("塗り分ける指標").select_option("coverage")
    page.get_by_role("checkbox", name="空港").uncheck()
    page.get_by_role("button", name="表示").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/map/?show=coverage*")
    expect(page.get_by_role("checkbox", name="空港")).not_to_be_checked()
    expect(page.locator("svg.map .map-mark-airport")).to_have_count(0)
    page.get_by_role("link", name="地図を飛ばして表で見る").focus()
    page.keyboard.press("Tab")
    expect(page.locator("svg.map a").first).to_be_focused()
    province = page.locator("svg.map a[href$='/provinces/hue/']")
    province.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("フエ市")


def test_the_map_page_is_light(window: Watched) -> None:
    sizes: list[int] = []
    window.page.on("response", lambda response: sizes.append(len(response.body())))
    page = window.open("/ja/map/")
    page.wait_for_load_state("networkidle")
    assert page.locator("svg.map a").count() > 200
    assert sum(sizes) < 350_000  # uncompressed: a fifth of it is sent
