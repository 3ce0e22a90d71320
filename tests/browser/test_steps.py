"""The profile's four steps in real Chromium: clicks, keys, no scripts, a phone, axe."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.test_pages import LANGUAGES, LEVELS

WITHOUT_SCRIPTS = {"scripts": False}
PHONE = {"width": 390}
ANSWERS = (
    "sector=fabricated-metal&prefecture=27&stage=prepare&employees=80&floor_area_m2=500"
    "&must=rental_factory&macro=south"
)
STATES = {
    "sectors": "what=%E5%88%87%E5%89%8A",
    "near": "what=%E7%86%B1%E5%87%A6%E9%87%8C",
    "unknown": "what=qqqqqq",
    **{f"step {step}": f"step={step}&{ANSWERS}" for step in (1, 2, 3, 4)},
    "wrong": f"step=2&{ANSWERS.replace('=500', '=-5')}",
    "none left": "step=4&sector=machinery&max_km_to_seaport=0&max_km_to_airport=0"
    "&must=seaport_within_km&must=airport_within_km&macro=central",
}


def _on(page: Page, step: str) -> None:
    page.locator(".profile-bar").get_by_role("button", name=f"次へ：{step}").click()
    expect(page.locator("[aria-current=step]")).to_contain_text(step)


def _fill_in(page: Page) -> None:
    """All four steps from the front page, and the results."""
    page.get_by_label("何を作っていますか").fill("めっき")
    page.get_by_role("button", name="はじめる").click()
    expect(page.get_by_role("radio", name="金属製品・金型・表面処理")).to_be_checked()
    page.get_by_label("国内の従業員数").fill("８０")
    page.get_by_role("radio", name="準備中").check()
    _on(page, "用地・建物")
    page.get_by_label("床面積").fill("500")
    _on(page, "人材")
    page.get_by_label("採用するワーカー").fill("30")
    _on(page, "必須条件と重視点")
    page.locator("input[name=must][value=rental_factory]").check()
    page.locator("input[name=must][value=floor_area]").check()


def _number(page: Page) -> int:
    return int(page.locator("#left .left-number").first.inner_text())


@pytest.mark.parametrize("window", [{}, WITHOUT_SCRIPTS, PHONE], indirect=True)
def test_four_steps_lead_to_the_results_and_back(window: Watched) -> None:
    page = window.open("/ja/")
    _fill_in(page)
    page.locator(".profile-bar").get_by_role("button", name="戻る").click()
    expect(page.get_by_label("採用するワーカー")).to_have_value("30")
    page.get_by_role("navigation", name="入力のステップ").get_by_role("button").first.click()
    expect(page.get_by_label("国内の従業員数")).to_have_value("80")
    page.get_by_role("button", name="候補地を見る").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("貴社に合う候補地")
    query = page.url.partition("?")[2]
    assert query == (
        "sector=fabricated-metal&stage=prepare&employees=80&floor_area_m2=500&workers=30"
        "&must=rental_factory&must=floor_area"
    )
    page.get_by_role("link", name="条件を変更").first.click()
    expect(page.locator("[aria-current=step]")).to_contain_text("製品・取引先")
    expect(page.locator("#said")).to_contain_text("500㎡")


def test_ticking_a_must_have_counts_at_once_and_changes_the_address(window: Watched) -> None:
    page = window.open(f"/ja/matching/?step=4&{ANSWERS}")
    before = _number(page)
    north = page.locator("input[name=macro][value=north]")
    with page.expect_response(lambda response: "macro=north" in response.url):
        north.check()
    expect(page.locator("#said")).to_contain_text("北部")
    assert _number(page) > before
    expect(north).to_be_focused()
    expect(page.locator("#left-short")).to_contain_text(f"残り {_number(page)}省・市")
    page.wait_for_url(re.compile(r"step=4&.*macro=north&macro=south"))
    shown = page.locator("#left-sme_zone").inner_text()
    page.reload()
    assert page.locator("#left-sme_zone").inner_text() == shown


@pytest.mark.parametrize("window", [WITHOUT_SCRIPTS], indirect=True)
def test_a_button_counts_without_scripts(window: Watched) -> None:
    page = window.open(f"/ja/matching/?step=4&{ANSWERS}")
    before = _number(page)
    page.locator("input[name=macro][value=north]").check()
    with page.expect_navigation():
        page.get_by_role("button", name="件数を更新").click()
    expect(page.locator("input[name=macro][value=north]")).to_be_checked()
    assert _number(page) > before


def test_the_steps_by_keys_alone(window: Watched) -> None:
    page = window.open("/ja/matching/")
    page.get_by_label("何を作っていますか").focus()
    page.keyboard.type("縫製")
    page.keyboard.press("Enter")
    expect(page.get_by_role("radio", name="繊維・衣服・皮革")).to_be_checked()
    page.get_by_role("button", name="次へ：用地・建物").focus()
    page.keyboard.press("Enter")
    page.get_by_label("床面積").focus()
    page.keyboard.type("500")
    page.keyboard.press("Enter")  # on to the next step
    expect(page.locator("[aria-current=step]")).to_contain_text("人材")
    page.get_by_label("採用するワーカー").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[aria-current=step]")).to_contain_text("必須条件と重視点")
    page.locator("input[name=must][value=rental_factory]").focus()
    page.keyboard.press("Space")
    page.get_by_label("コスト").focus()
    page.keyboard.type("5")
    page.keyboard.press("Enter")  # the last step leads to the results
    expect(page.locator("article.card").first).to_be_visible()
    assert page.url.endswith(
        "?sector=textiles-apparel&floor_area_m2=500&must=rental_factory&w_cost=5"
    )


def test_a_wrong_number_is_told_beside_its_field(window: Watched) -> None:
    page = window.open("/ja/matching/?step=2&sector=machinery")
    page.get_by_label("床面積").fill("-5")
    _press_and_be_refused(page)
    expect(page.locator("[aria-current=step]")).to_contain_text("用地・建物")
    expect(page.get_by_label("床面積")).to_have_value("-5")
    expect(page.locator("#id_floor_area_m2-error")).to_contain_text("0.001")
    # Chromium writes a line for every page that is answered with 400.
    window.faults[:] = [fault for fault in window.faults if "status of 400" not in fault]


def _press_and_be_refused(page: Page) -> None:
    with page.expect_navigation() as navigation:
        page.get_by_role("button", name="次へ：人材").click()
    response = navigation.value
    assert response is not None
    assert response.status == 400


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_any_step(window: Watched, language: str) -> None:
    found = {}
    for name, query in STATES.items():
        page = window.open(f"/{language}/matching/?{query}")
        result = Axe().run(page, options={"runOnly": list(LEVELS)})
        faults = [
            (fault["id"], [node["target"] for node in fault["nodes"]][:4])
            for fault in result.response["violations"]
        ]
        if faults:
            found[name] = faults
    assert found == {}
    window.faults[:] = [fault for fault in window.faults if "status of 400" not in fault]


@pytest.mark.parametrize("window", [{"width": 320}], indirect=True)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_step_scrolls_sideways_on_a_phone(window: Watched, language: str) -> None:
    wide = {}
    for name, query in STATES.items():
        page = window.open(f"/{language}/matching/?{query}")
        room = page.evaluate("document.documentElement.clientWidth")
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > room:
            wide[name] = width
    assert wide == {}
    window.faults[:] = [fault for fault in window.faults if "status of 400" not in fault]
