"""One file through the whole desk: imported, sent back, mended, applied, seen, and taken back."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.cache import cache
from django.core.management import call_command
from playwright.sync_api import Page, expect

from localities.models import Catalogue, Changeset
from portal.accounts.models import User
from tests.browser.conftest import Watched, follow
from tests.localities.people import member, operator, organisation
from tests.matching.contract import example
from tests.portal.signing import PASSWORD, code, confirmed, with_app

PARK = "long-duc"
WISH = example(level="park", limit=500, detail="reasons", robustness=False)


@pytest.fixture
def officers(window: Watched) -> Iterator[tuple[User, User]]:
    """An editor and a reviewer of the steward; afterwards the catalogue is as it was loaded."""
    operator()
    osaka = organisation("osaka", curates="dong-nai")
    yield tuple(
        with_app(confirmed(member(name, name, osaka)))  # type: ignore[misc]
        for name in ("editor", "reviewer")
    )
    window.page.goto("about:blank")
    call_command("flush", interactive=False, verbosity=0)
    call_command("load_catalogue", verbosity=0, skip_checks=True)
    cache.clear()


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """A list as an office writes it: a title, headings in two rows, full-width digits, 坪, 不明."""
    path = tmp_path / "ドンナイ省 団地一覧.xlsx"
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("一覧")
    page.write(0, 0, "工業団地調査(令和8年10月)")
    page.merge_range(1, 0, 2, 0, "団地名")
    page.merge_range(1, 1, 1, 2, "規模")
    page.write_row(2, 1, ["総面積(坪)", "入居企業数"])
    page.merge_range(1, 3, 1, 4, "サービス")
    page.write_row(2, 3, ["日本語対応スタッフ", "銀行"])
    page.write_row(3, 0, ["ロンドウック工業団地", "８３１，８７５坪", "７１社", "なし", "不明"])
    book.close()
    return path


def someone(window: Watched, user: User) -> Watched:
    """A window of their own, in which `user` signs in with password and authenticator app."""
    browser = window.page.context.browser
    assert browser is not None
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    context.set_default_timeout(30_000)
    own = Watched(context, window.host)
    page = own.open("/ja/account/login/")
    page.fill("[name=login]", user.email)
    page.fill("[name=password]", PASSWORD)
    follow(page, ".account-form button")
    page.fill("[name=code]", code())
    follow(page, ".account-form button:not([form])")
    expect(page).to_have_url(f"{window.host}/ja/account/")
    return own


def step(page: Page, name: str, comment: str = "") -> None:
    """Takes a step with the changeset that is open."""
    if comment:
        page.fill("#comment", comment)
    follow(page, f'button[formaction$="/{name}/"]')
    expect(page.get_by_role("status").first).to_be_visible()


def told(window: Watched) -> dict[str, Any]:
    """What the page, the API and a match say of the park."""
    page = window.page
    park = page.request.get(f"{window.host}/api/v1/industrial-parks/{PARK}/?lang=ja")
    match = page.request.post(f"{window.host}/api/v1/matches/?lang=ja", data=WISH)
    assert (park.status, match.status) == (200, 200), (park.text(), match.text())
    answer = match.json()
    groups = ("results", "excluded", "too_little_data")
    window.open(f"/ja/industrial-parks/{PARK}/")
    return {
        "etag": park.headers["etag"],
        "park": {
            name: park.json()[name]
            for name in ("tenants_count", "total_area_ha", "japanese_speaking_staff", "bank")
        },
        "match": [
            (group, line.get("rank"), line.get("fit"))
            for group in groups
            for line in answer[group]
            if line["place"]["slug"] == PARK
        ],
        "page": page.locator("main").inner_text(),
    }


def test_an_imported_list_is_reviewed_applied_and_taken_back(
    window: Watched, officers: tuple[User, User], workbook: Path
) -> None:
    before = told(window)
    editor, reviewer = (someone(window, user) for user in officers)

    page = editor.open("/ja/desk/import/")
    page.set_input_files("[name=file]", workbook)
    follow(page, ".import-form button")
    page.fill("[name=source_title]", "現地訪問記録 2026年10月")
    page.fill("[name=source_published]", "2026-10")
    page.fill("[name=source_note]", "3頁")
    follow(page, ".import-actions button")
    expect(page.locator(".stats dd")).to_have_text(["0", "1", "0", "0"])
    follow(page, ".import-actions button")
    step(page, "propose", "10月の現地訪問で確認しました。")
    changeset = Changeset.objects.get(author=officers[0])
    address = f"/ja/desk/changesets/{changeset.pk}/"
    proposed = changeset.edits.filter(record_kind="industrial-park")
    assert dict(proposed.values_list("field", "new")) == {
        "total_area_ha": 275.0,
        "tenants_count": 71,
        "japanese_speaking_staff": False,
        "bank": None,
    }

    page = reviewer.open("/ja/desk/")
    expect(page.locator("main")).to_contain_text(f"変更セット #{changeset.pk}")
    page = reviewer.open(address)
    expect(page.locator("main")).to_contain_text("10月の現地訪問で確認しました。")
    step(page, "send-back", "入居企業数は何社ですか。")

    page = editor.open(f"/ja/desk/edit/industrial-park/{PARK}/?draft={changeset.pk}")
    page.fill("#record-tenants_count", "７２")
    page.get_by_role("radio", name="現地訪問記録 2026年10月").check()
    page.fill("#note", "4頁")
    follow(page, ".edit-bar button")
    page = editor.open(address)
    expect(page.locator("main")).to_contain_text("入居企業数は何社ですか。")
    step(page, "propose", "72社です。")
    assert told(window) == before

    page = reviewer.open(address)
    step(page, "apply", "確認しました。")
    after = told(window)
    assert after["park"] == {**before["park"], **told_by(changeset)}
    assert after["park"]["tenants_count"] == 72
    assert after["etag"] != before["etag"]
    assert [line[0] for line in before["match"]] == ["results"]
    assert [line[0] for line in after["match"]] == ["excluded"]
    assert "72" in after["page"]
    assert after["page"] != before["page"]
    window.open(f"/ja/industrial-parks/{PARK}/history/")
    history = window.page.locator("main").inner_text()
    assert "v 2" in history
    assert "72" in history
    assert "Osaka" not in history
    assert "Editor" not in history  # organisations, never people
    page = reviewer.open(f"/ja/desk/history/industrial-park/{PARK}/")
    expect(page.locator("main")).to_contain_text("Editor")
    expect(page.locator("main")).to_contain_text("現地訪問記録 2026年10月")

    page = editor.open(address)
    follow(page, 'button[formaction$="/revert/"]')
    back = Changeset.objects.get(reverts=changeset)
    expect(page).to_have_url(f"{window.host}/ja/desk/changesets/{back.pk}/")
    step(page, "propose")
    expect(page.locator('button[formaction$="/apply/"]')).to_have_count(0)  # not one's own
    page = reviewer.open(f"/ja/desk/changesets/{back.pk}/")
    step(page, "apply", "戻します。")
    again = told(window)
    assert {name: again[name] for name in ("park", "match")} == {
        name: before[name] for name in ("park", "match")
    }
    assert again["etag"] not in (before["etag"], after["etag"])
    assert Catalogue.objects.get().version == 3
    assert (editor.faults, reviewer.faults) == ([], [])
    for one in (editor, reviewer):
        one.page.context.close()


def told_by(changeset: Changeset) -> dict[str, Any]:
    """What the changeset says of the park by now."""
    edits = changeset.edits.filter(record_kind="industrial-park")
    return json.loads(json.dumps(dict(edits.values_list("field", "new"))))  # type: ignore[no-any-return]
