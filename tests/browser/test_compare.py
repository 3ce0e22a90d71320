"""Places side by side and the shortlist in real Chromium: by keys, without scripts, on a phone."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.test_pages import LANGUAGES, LEVELS

WITHOUT_SCRIPTS = {"scripts": False}
PHONE = {"width": 390}
MATCH = "sector=fabricated-metal&stage=prepare&floor_area_m2=500&must=rental_factory"
CARRIED = f"profile={MATCH.replace('=', '%3D').replace('&', '%26')}"
PROVINCES = "place=dong-nai&place=hai-phong&place=ho-chi-minh&place=bac-ninh"
PAGES = (
    "/compare/",
    f"/compare/?{PROVINCES}&{CARRIED}&units=tsubo",
    "/compare/?place=long-duc&place=amata-bien-hoa",
    "/shortlist/",
    f"/shortlist/?keep=dong-nai&keep=long-duc&{CARRIED}",
)


def _keep(page: Page, *names: str) -> None:
    for name in names:
        page.goto(f"{page.url.partition('/ja/')[0]}/ja/{name}/")
        page.get_by_role("button", name="候補に保存").click()
        expect(page.get_by_role("status")).to_contain_text("候補リストに保存しました")


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing(window: Watched, language: str) -> None:
    _keep(window.open("/ja/"), "provinces/dong-nai", "industrial-parks/long-duc")
    found = {}
    for path in PAGES:
        page = window.open(f"/{language}{path}")
        result = Axe().run(page, options={"runOnly": list(LEVELS)})
        if faults := result.response["violations"]:
            found[path] = [(f["id"], [n["target"] for n in f["nodes"]][:4]) for f in faults]
    assert found == {}


@pytest.mark.parametrize("window", [{"width": 320}, PHONE], indirect=True)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_scrolls_sideways_on_a_phone(window: Watched, language: str) -> None:
    _keep(window.open("/ja/"), "industrial-parks/amata-bien-hoa")
    for path in PAGES:
        page = window.open(f"/{language}{path}")
        room = page.evaluate("document.documentElement.clientWidth")
        assert page.evaluate("document.documentElement.scrollWidth") <= room, path


@pytest.mark.parametrize("window", [PHONE], indirect=True)
def test_on_a_phone_the_places_stand_under_each_other_in_each_row(window: Watched) -> None:
    page = window.open(f"/ja/compare/?{PROVINCES}&{CARRIED}")
    row = page.locator(".compare-group tbody tr").first
    boxes = [cell.bounding_box() for cell in row.locator("td").all()]
    assert len(boxes) == 4
    tops = [box["y"] for box in boxes if box]
    assert tops == sorted(tops)
    assert len(set(tops)) == 4
    assert len({box["x"] for box in boxes if box}) == 1


@pytest.mark.parametrize("window", [{}, WITHOUT_SCRIPTS, PHONE], indirect=True)
def test_from_the_ranking_to_places_side_by_side(window: Watched) -> None:
    page = window.open(f"/ja/matching/results/?{MATCH}")
    cards = page.locator("article.card")
    names = [cards.nth(place).locator("h3").inner_text() for place in (0, 2)]
    for place in (0, 2):
        cards.nth(place).get_by_role("checkbox").check()
    page.get_by_role("button", name="選んだ候補地を比較").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("候補地の比較")
    expect(page.locator(".compare-name")).to_have_text(names)
    page.get_by_label("比較に追加する候補地").select_option("can-tho")
    page.get_by_role("button", name="追加").click()
    expect(page.locator(".compare-name")).to_have_count(3)
    page.get_by_role("link", name="坪", exact=True).click()
    expect(page).to_have_url(re.compile("units=tsubo"))
    expect(page.locator(".compare-name")).to_have_count(3)
    page.get_by_role("link", name="順位一覧に戻る").click()
    expect(cards.first).to_be_visible()


def test_the_button_keeps_in_place_and_the_ranking_stays(window: Watched) -> None:
    page = window.open(f"/ja/matching/results/?{MATCH}")
    card = page.locator("article.card").nth(1)
    name = card.locator("h3").inner_text()
    card.get_by_role("button", name="候補に保存").click()
    expect(card.get_by_role("status")).to_contain_text("保存しました")
    assert "/matching/results/" in page.url
    card.get_by_role("link", name="候補リストへ").click()
    expect(page.locator("li.kept h3")).to_have_text(name)


@pytest.mark.parametrize("window", [{}, WITHOUT_SCRIPTS, PHONE], indirect=True)
def test_notes_order_dropping_and_the_link(window: Watched) -> None:
    page = window.open("/ja/")
    _keep(page, "provinces/dong-nai", "provinces/hai-phong", "industrial-parks/long-duc")
    page.locator("#note-dong-nai").fill("10月に見学")
    page.locator("#kept-hai-phong").get_by_role("button", name="上へ").click()
    expect(page.locator("li.kept h3").first).to_have_text("ハイフォン市")
    expect(page.locator("#note-dong-nai")).to_have_value("10月に見学")
    page.locator("#kept-long-duc summary").click()
    page.locator("#reason-long-duc").select_option("cost")
    page.locator("#kept-long-duc").get_by_role("button", name="見送る").click()
    expect(page.locator("li.kept-dropped")).to_contain_text("費用が高い")
    page.get_by_role("link", name="リンクを開く").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("共有された候補リスト")
    expect(page.locator("li.kept").nth(1)).to_contain_text("10月に見学")
    expect(page.locator("textarea")).to_have_count(0)


def test_the_shortlist_by_keys_alone(window: Watched) -> None:
    page = window.open("/ja/provinces/dong-nai/")
    page.get_by_role("button", name="候補に保存").focus()
    page.keyboard.press("Enter")
    note = page.locator("#note-dong-nai")
    expect(note).to_be_visible()
    for _press in range(40):
        page.keyboard.press("Tab")
        if note.evaluate("field => field === document.activeElement"):
            break
    page.keyboard.type("静かな町")
    save = page.get_by_role("button", name="メモを保存").last
    for _press in range(12):
        page.keyboard.press("Tab")
        if save.evaluate("button => button === document.activeElement"):
            break
    page.keyboard.press("Space")
    expect(page.get_by_role("status")).to_have_text("メモを保存しました。")
    expect(note).to_have_value("静かな町")
