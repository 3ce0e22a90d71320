"""The way of a small maker through the portal: by clicks, by keys, without scripts, on a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched

WITHOUT_SCRIPTS = {"scripts": False}
PHONE = {"width": 390}
LARGE = (
    "sector=fabricated-metal&prefecture=27&stage=prepare&employees=80&floor_area_m2=500"
    "&must=rental_factory"
)


def _first(page: Page) -> str:
    return str(page.locator("article.card").first.get_attribute("id"))


def _ask(page: Page) -> None:
    """From the front page to the results, by clicks."""
    page.get_by_label("何を作っていますか").fill("めっき")
    page.get_by_role("button", name="はじめる").click()
    expect(page.get_by_role("radio", name="金属製品・金型・表面処理")).to_be_checked()
    page.get_by_label("国内の従業員数").fill("８０")
    page.get_by_role("radio", name="準備中").check()
    page.get_by_role("button", name="必須条件と重視点").click()
    page.locator("input[name=must][value=rental_factory]").check()
    page.get_by_role("button", name="候補地を見る").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("貴社に合う候補地")


@pytest.mark.parametrize("window", [{}, WITHOUT_SCRIPTS, PHONE], indirect=True)
def test_from_what_a_firm_makes_to_a_park_and_back(window: Watched) -> None:
    page = window.open("/ja/")
    _ask(page)
    expect(page.locator("article.card")).to_have_count(10)
    first = _first(page)
    page.locator("article.card").first.locator(".card-foot a").click()
    expect(page.get_by_role("heading", name="支援サービス")).to_be_visible()
    page.get_by_role("link", name="貴社の条件での適合度を見る").click()
    expect(page).to_have_url(re.compile(f"#{first}$"))
    assert _first(page) == first


@pytest.mark.parametrize("window", [WITHOUT_SCRIPTS], indirect=True)
def test_weights_rank_again_by_a_button_without_scripts(window: Watched) -> None:
    page = window.open(f"/ja/matching/results/?{LARGE}&w_market=5&w_cost=0")
    before = _first(page)
    page.goto(page.url.replace("w_market=5", "w_market=0").replace("w_cost=0", "w_cost=5"))
    page.get_by_role("button", name="この重みで並べ直す").click()
    expect(page).to_have_url(re.compile("w_cost=5$"))
    assert "sector=fabricated-metal" in page.url
    assert _first(page) != before


def test_a_slider_ranks_again_at_once_and_changes_the_address(window: Watched) -> None:
    page = window.open(f"/ja/matching/results/?{LARGE}")
    slider = page.locator("#id_w_soft")
    slider.focus()
    with page.expect_response(lambda response: "w_soft=5&" in response.url):
        page.keyboard.press("End")
    expect(page.locator("output[for=id_w_soft]")).to_have_text("5")
    page.wait_for_url(re.compile("w_soft=5"))
    expect(page.locator("article.card")).to_have_count(10)
    expect(slider).to_be_focused()


def test_the_journey_by_keys_alone(window: Watched) -> None:
    page = window.open("/ja/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="本文へ移動")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("何を作っていますか")).to_be_focused()
    page.keyboard.type("縫製")
    page.keyboard.press("Enter")
    expect(page.get_by_role("radio", name="繊維・衣服・皮革")).to_be_checked()
    page.get_by_role("button", name="候補地を見る").focus()
    page.keyboard.press("Enter")
    expect(page.locator("article.card")).to_have_count(10)


def test_the_map_is_reached_by_keys_and_leads_to_the_place(window: Watched) -> None:
    page = window.open(f"/en/matching/results/?{LARGE}")
    province = page.locator("svg.map a").last
    province.focus()
    expect(province).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"#place-[\w-]+$"))


def test_the_language_changes_and_the_question_stays(window: Watched) -> None:
    page = window.open(f"/ja/matching/results/?{LARGE}")
    first = _first(page)
    page.get_by_role("link", name="Tiếng Việt").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nơi phù hợp với quý công ty")
    assert LARGE.split("&")[0] in page.url
    assert _first(page) == first


def test_an_old_name_finds_its_place(window: Watched) -> None:
    page = window.open("/ja/provinces/")
    page.get_by_label("名称").fill("びんずん")
    page.get_by_role("button", name="表示").first.click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="ホーチミン市").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("ホーチミン市")
