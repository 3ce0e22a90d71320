"""The report in print: the page for the board is one sheet of A4, whatever was asked."""

import re
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from matching.forms import LISTS
from matching.snapshot import current
from tests.browser.conftest import Watched
from tests.browser.test_pages import LEVELS, MATCH

LANGUAGES = ("ja", "en", "vi")
A4_WIDTH, A4_HEIGHT = 595, 842  # in points
SMALL = "sector=fabricated-metal"
NONE_LEFT = "sector=machinery&floor_area_m2=9999999&must=floor_area&must=rental_factory"


def _long() -> str:
    """A question with many answers in every list, in the order that addresses have."""
    provinces = [place.slug for place in current().provinces][:8]
    sectors = [code for code in current().sectors if code != "fabricated-metal"][:8]
    lists = {
        "other_sectors": sectors,
        "purposes": ["export-to-japan", "supply-japanese-makers", "recruit-talent"],
        "entry_modes": ["rental-factory", "own-factory", "incubation", "joint-entry"],
        "talent_fields": ["mechanical", "electrical"],
        "services": ["one_stop_setup", "japanese_speaking_staff", "clinic"],
        "customer_provinces": provinces,
        "existing_ties": provinces,
    }
    assert set(lists) == set(LISTS)
    numbers = [("employees", "80"), ("floor_area_m2", "1500"), ("power_kva", "12345")]
    firm = [("sector", "fabricated-metal"), ("prefecture", "27"), ("stage", "prepare")]
    listed = [(name, value) for name, values in lists.items() for value in values]
    return urlencode([*firm, *numbers, *listed])


def _pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", pdf))


def _print(page: Page) -> bytes:
    return page.pdf(prefer_css_page_size=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_for_the_board_is_one_sheet_of_a4(window: Watched, language: str) -> None:
    for query in (MATCH, _long(), f"{_long()}&level=park", NONE_LEFT):
        page = window.open(f"/{language}/matching/report/?{query}")
        whole = _print(page)
        boxes = {tuple(map(round, map(float, box.split()))) for box in _boxes(whole)}
        assert boxes == {(0, 0, A4_WIDTH, A4_HEIGHT)}
        page.evaluate("document.querySelectorAll('.report-part').forEach(part => part.remove())")
        board = _print(page)
        assert _pages(board) == 1, query
        assert _pages(whole) > 2


def _boxes(pdf: bytes) -> list[str]:
    return [box.decode() for box in re.findall(rb"/MediaBox \[([^\]]*)\]", pdf)]


def test_the_detail_begins_on_a_page_of_its_own(window: Watched) -> None:
    page = window.open(f"/ja/matching/report/?{SMALL}")
    page.evaluate(
        "document.querySelectorAll('.report-part').forEach((part, at) => at && part.remove())"
    )
    assert _pages(_print(page)) == 2


def test_print_hides_what_only_a_screen_can_use(window: Watched) -> None:
    page = window.open(f"/ja/matching/report/?{SMALL}")
    assert page.locator(".report-tools").is_visible()
    assert not page.locator(".print-only").first.is_visible()
    page.emulate_media(media="print")
    assert not page.locator(".report-tools").is_visible()
    assert not page.locator(".top").is_visible()
    assert page.locator(".print-only").first.is_visible()
    address = page.locator(".report-sources a").first
    assert address.text_content() == address.get_attribute("href")


@pytest.mark.parametrize("window", [{"scripts": False}], indirect=True)
def test_report_needs_no_script(window: Watched) -> None:
    page = window.open(f"/ja/matching/results/?{SMALL}")
    page.get_by_role("link", name="稟議用レポート").click()
    expect(page.locator(".board-place")).to_have_count(5)


def test_the_links_follow_the_weights(window: Watched) -> None:
    page = window.open(f"/ja/matching/results/?{SMALL}")
    page.locator("#id_w_cost").fill("5")
    page.locator("#id_w_cost").dispatch_event("change")
    page.wait_for_url("**w_cost=5**")
    page.get_by_role("link", name="稟議用レポート").click()
    page.wait_for_url("**/report/**w_cost=5**")


def test_excel_is_downloaded(window: Watched) -> None:
    page = window.open(f"/ja/matching/report/?{SMALL}")
    with page.expect_download() as download:
        page.locator(".report-tools a", has_text="Excel").click()
    assert download.value.suggested_filename.endswith(".xlsx")


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing(window: Watched, language: str) -> None:
    page = window.open(f"/{language}/matching/report/?{MATCH}")
    result = Axe().run(page, options={"runOnly": list(LEVELS)})
    faults = [(f["id"], f["nodes"][0]["target"]) for f in result.response["violations"]]
    assert faults == []


@pytest.mark.parametrize("window", [{"width": 320}], indirect=True)
@pytest.mark.parametrize("language", LANGUAGES)
def test_report_does_not_scroll_sideways_on_a_phone(window: Watched, language: str) -> None:
    page = window.open(f"/{language}/matching/report/?{MATCH}")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 320
