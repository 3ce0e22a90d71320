"""Editing a record by keyboard alone, and the form without an accessibility fault."""

import re
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.plugin import DjangoDbBlocker

from localities.models import Changeset, Edit
from portal.accounts.models import Membership, Organisation, User
from tests.browser.conftest import Watched, follow
from tests.browser.test_pages import LANGUAGES, LEVELS

PARK = "/desk/edit/industrial-park/long-duc/"
NEW = "/desk/add/investment-priority/?province=dong-nai"


@pytest.fixture
def officer(window: Watched, django_db_blocker: DjangoDbBlocker) -> Iterator[User]:
    """An editor, signed in in the window; what they wrote is taken out again."""
    organisation = Organisation.objects.create(
        key="editing", kind="prefecture", name_ja="試験県", name_en="Trial Prefecture"
    )
    user = User.objects.create_user("editing@example.org", name="Editor")
    Membership.objects.create(user=user, organisation=organisation, role="editor")
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    window.page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": window.host}]
    )
    yield user
    Edit.objects.filter(changeset__author=user).delete()
    Changeset.objects.filter(author=user).delete()
    Membership.objects.filter(user=user).delete()
    user.delete()
    organisation.delete()


def faults(page: Page) -> list[tuple[str, list[str]]]:
    result = Axe().run(page, options={"runOnly": list(LEVELS)})
    return [
        (fault["id"], [node["target"] for node in fault["nodes"]][:4])
        for fault in result.response["violations"]
    ]


@pytest.mark.parametrize(
    "window", [{"width": 1400}, {"width": 390}], indirect=True, ids=["wide", "phone"]
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_is_without_fault(window: Watched, officer: User, language: str) -> None:
    page = window.open(f"/{language}{PARK}")
    page.fill("#record-tenants_count", "71")
    follow(page, ".edit-bar button")
    expect(page.locator("#record-tenants_count-marks")).to_be_visible()
    found = {"park": faults(page)}
    page.goto(f"{window.host}/{language}{NEW}")
    found["new"] = faults(page)
    assert found == {"park": [], "new": []}
    room, width = page.evaluate(
        "[document.documentElement.clientWidth, document.documentElement.scrollWidth]"
    )
    assert width <= room


@pytest.mark.parametrize("window", [{"scripts": False}], indirect=True)
def test_a_value_is_edited_and_mended_by_keyboard(window: Watched, officer: User) -> None:
    page = window.open(f"/ja{PARK}")
    page.locator("#record-tenants_count").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("７１")
    page.keyboard.press("Enter")  # saves, as the first button of the form does
    expect(page.locator("#record-tenants_count")).to_have_value("71")
    draft = Changeset.objects.get(author=officer)
    assert [(edit.field, edit.old, edit.new) for edit in draft.edits.all()] == [
        ("tenants_count", 70, 71)
    ]

    page.locator("#find").focus()
    page.keyboard.type("Daiwa House")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator('input[name="source"][value="daiwahouse-co-jp-bda25bea"]').focus()
    page.keyboard.press("Space")
    expect(page.locator('input[name="again"][value="tenants_count"]')).to_be_checked()
    page.locator('input[name="as_of"]').focus()  # the source has no date
    page.keyboard.type("2026-10")
    page.locator('button[value="propose"]').focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{window.host}/ja/desk/changesets/{draft.pk}/")
    draft.refresh_from_db()
    assert draft.state == "proposed"


@pytest.mark.parametrize("window", [{"scripts": False}], indirect=True)
def test_a_value_is_confirmed_by_keyboard(window: Watched, officer: User) -> None:
    page = window.open(f"/ja{PARK}")
    tick = page.get_by_role("checkbox", name="まだ正しい : 入居企業数", exact=True)
    page.locator("#record-tenants_count").focus()
    page.keyboard.press("Tab")
    expect(tick).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator("#record-tenants_count-marks")).to_contain_text("確認済み：70")
    expect(tick).to_be_checked()
    assert edits(officer) == [("tenants_count", 70, None)]
    tick.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator("#record-tenants_count-marks")).to_have_count(0)
    assert edits(officer) == []


def edits(of: User) -> list[tuple[str, object, str | None]]:
    """What the person's drafts say of fields, and from which source."""
    own = Edit.objects.filter(changeset__author=of).exclude(record_kind="source")
    return [(edit.field, edit.new, edit.source_id) for edit in own.order_by("changeset", "field")]


def test_what_is_typed_is_kept_as_one_goes(window: Watched, officer: User) -> None:
    page = window.open(f"/en{PARK}")
    page.fill("#record-tenants_count", "71")
    expect(page.locator(".edit-saved")).to_contain_text("Saved at")
    expect(page.locator("#record-tenants_count-marks")).to_contain_text("70 → 71")
    draft = Changeset.objects.get(author=officer)
    expect(page).to_have_url(f"{window.host}/en{PARK}?draft={draft.pk}")
    page.close()

    window.page = page.context.new_page()
    page = window.open(f"/en{PARK}")
    expect(page.locator("#record-tenants_count")).to_have_value("71")
    assert edits(officer) == [("tenants_count", 71, None)]
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_a_wrong_value_stays_beside_its_reason_and_keeps_no_other_from_being_saved(
    window: Watched, officer: User
) -> None:
    page = window.open(f"/en{PARK}")
    page.fill("#record-tenants_count", "about seventy")
    page.fill("#record-japanese_tenants_count", "12")
    expect(page.locator("#record-tenants_count-error")).to_be_visible()
    expect(page.locator("#record-tenants_count")).to_have_value("about seventy")
    expect(page.locator("#record-tenants_count")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#edit-state")).to_contain_text("What is marked is not saved.")
    assert edits(officer) == [("japanese_tenants_count", 12, None)]

    page.fill("#record-tenants_count", "72")
    expect(page.locator("#record-tenants_count-error")).to_have_count(0)
    expect(page.locator(".edit-saved")).to_be_visible()
    assert edits(officer) == [("japanese_tenants_count", 12, None), ("tenants_count", 72, None)]
    assert Changeset.objects.filter(author=officer).count() == 1


def test_a_source_that_is_told_later_backs_what_was_kept_before(
    window: Watched, officer: User
) -> None:
    page = window.open(f"/en{PARK}")
    page.fill("#record-tenants_count", "71")
    expect(page.locator(".edit-saved")).to_be_visible()
    page.click(".edit-new summary")
    page.fill("#source_title", "A visit")
    expect(page.locator("#draft-changes")).to_contain_text("A visit")
    page.fill("#source_title", "A visit in October")
    expect(page.locator("#draft-changes")).to_contain_text("A visit in October")
    page.fill("#source_published", "2026-10-02")
    page.click('button[value="propose"]')
    expect(page).to_have_url(re.compile(r"/en/desk/changesets/\d+/$"))
    made = Edit.objects.filter(changeset__author=officer, record_kind="source")
    assert [edit.new["title"] for edit in made] == ["A visit in October"]
    assert edits(officer) == [("tenants_count", 71, made.get().record)]


def test_a_new_record_is_kept_once_it_has_what_it_needs(window: Watched, officer: User) -> None:
    page = window.open("/en/desk/add/industrial-park/?province=dong-nai")
    page.fill("#record-name_en", "Trial Park")
    expect(page.locator("#edit-state")).to_contain_text("Not saved yet. Still needed:")
    expect(page.locator(".error")).to_have_count(0)
    page.fill("#record-name_ja", "試験工業団地")
    page.select_option("#record-status", "operating")
    expect(page.locator(".edit-saved")).to_be_visible()
    draft = Changeset.objects.get(author=officer)
    address = f"{window.host}/en/desk/edit/industrial-park/trial-park/?draft={draft.pk}"
    expect(page).to_have_url(address)
    page.fill("#record-tenants_count", "3")
    expect(page.locator("#edit-state")).to_contain_text("revision 3")
    page.click(".edit-bar button")
    expect(page).to_have_url(address)
    expect(page.locator("#record-tenants_count")).to_have_value("3")
    assert [edit.record for edit in draft.edits.all()] == ["trial-park"]
