"""The sliders of the results in real Chromium: the whole page follows, focus and scroll stay."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched

FIRM = (
    "sector=fabricated-metal&prefecture=27&stage=prepare&floor_area_m2=500"
    "&rent_budget_usd_m2_month=5&must=rental_factory"
)
PHONE = {"width": 390}
# What stands on the page, without the fields of the form and the room they take.
SHOWN = """() => {
  const copy = document.body.cloneNode(true);
  copy.querySelectorAll("script, #weights, #weights-failed").forEach((part) => part.remove());
  copy.querySelectorAll("[class='']").forEach((part) => part.removeAttribute("class"));
  return copy.innerHTML.replace(/\\s+/g, " ");
}"""


def _drag(page: Page, weight: str, key: str) -> None:
    """Moves a slider by the keyboard and waits for the page that follows."""
    page.locator(f"#id_w_{weight}").focus()
    with page.expect_response(lambda response: "/matching/results/" in response.url):
        page.keyboard.press(key)
    expect(page.locator("#ranking.htmx-request")).to_have_count(0)
    page.wait_for_function("!document.querySelector('.htmx-settling, .htmx-swapping')")


@pytest.mark.parametrize("window", [{}, PHONE], indirect=True)
@pytest.mark.parametrize("level", ["province", "park"])
def test_all_of_the_page_follows_a_slider(window: Watched, level: str) -> None:
    page = window.open(f"/ja/matching/results/?{FIRM}&level={level}")
    before = page.evaluate(SHOWN)
    _drag(page, "cost", "End")
    page.wait_for_url(re.compile("w_cost=5"))
    moved = page.evaluate(SHOWN)
    assert moved != before
    page.reload()
    assert page.evaluate(SHOWN) == moved


@pytest.mark.parametrize("window", [{}, PHONE], indirect=True)
def test_focus_scroll_and_what_is_unfolded_stay(window: Watched) -> None:
    page = window.open(f"/ja/matching/results/?{FIRM}")
    page.locator("#plot-cost-table > summary").click()
    page.evaluate("window.scrollTo(0, document.querySelector('#weights').offsetTop - 100)")
    slider = page.locator("#id_w_cost")
    slider.focus()
    where = slider.bounding_box()
    _drag(page, "cost", "End")
    expect(slider).to_be_focused()
    expect(page.locator("#plot-cost-table")).to_have_attribute("open", "")
    assert slider.bounding_box() == where


def test_what_comes_first_is_announced_in_a_region_that_stays(window: Watched) -> None:
    page = window.open(f"/en/matching/results/?{FIRM}")
    status = page.locator("#ranking-status")
    page.evaluate("document.querySelector('#ranking-status').before = 'the same element'")
    expect(status).to_contain_text("first: Dong Nai")
    _drag(page, "market", "Home")
    _drag(page, "talent", "End")
    first = page.locator("article.card h3").first.inner_text()
    expect(status).to_contain_text(f"first: {first}")
    assert page.evaluate("document.querySelector('#ranking-status').before") == "the same element"


def test_weights_that_are_all_nothing_are_refused_in_words(window: Watched) -> None:
    page = window.open(f"/en/matching/results/?{FIRM}&w_cost=1")
    cards = page.locator("article.card").count()
    page.locator("#id_w_cost").focus()
    with page.expect_response(lambda response: response.status == 400):
        page.keyboard.press("Home")
    expect(page.locator("#weights-failed")).to_contain_text("a weight above 0")
    assert page.locator("article.card").count() == cards
    _drag(page, "cost", "End")
    expect(page.locator("#weights-failed")).to_be_empty()
    window.faults = [fault for fault in window.faults if "400" not in fault]


def test_back_leads_to_the_weights_before(window: Watched) -> None:
    page = window.open(f"/en/matching/results/?{FIRM}")
    before = page.url
    shown = page.evaluate(SHOWN)
    _drag(page, "cost", "End")
    page.wait_for_url(re.compile("w_cost=5"))
    page.go_back()
    expect(page).to_have_url(before)
    expect(page.locator("output[for=id_w_cost]")).not_to_have_text("5")
    page.wait_for_function(f"shown => ({SHOWN})() === shown", arg=shown)


def test_a_mark_of_the_plot_is_reached_by_keys_and_leads_to_its_place(window: Watched) -> None:
    page = window.open(f"/en/matching/results/?{FIRM}")
    mark = page.locator("a.plot-link").last
    mark.focus()
    expect(mark).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"#place-[\w-]+$"))
    expect(page.locator(f"#{page.url.partition('#')[2]}")).to_be_in_viewport()
