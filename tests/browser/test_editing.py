"""Editing a record by keyboard alone, and the form without an accessibility fault."""

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
from tests.browser.conftest import Watched
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
    page.click(".edit-bar button")
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
    page.locator('input[name="again"][value="tenants_count"]').focus()
    page.keyboard.press("Space")
    page.locator('button[value="propose"]').focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{window.host}/ja/desk/changesets/{draft.pk}/")
    draft.refresh_from_db()
    assert draft.state == "proposed"
