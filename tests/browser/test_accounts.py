"""An account's life in real Chromium: signed up, confirmed, doubled, invited, used, and left."""

import json
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.sessions.models import Session
from django.core import mail
from playwright.sync_api import Page, expect

from localities.models import Stewardship
from matching.models import Match, StoredProfile
from portal.accounts import invitations
from portal.accounts.models import Invitation, Membership, Organisation, User
from tests.browser.conftest import Watched, follow
from tests.browser.test_pages import LANGUAGES, LEVELS
from tests.localities.people import Role, member, organisation
from tests.portal.signing import PASSWORD, code, confirmed, link_in_mail, with_app

QUERY = "sector=fabricated-metal&stage=consider"
TITLE = "Dies for Osaka"


@pytest.fixture
def people(window: Watched) -> Iterator[Watched]:
    """The window; whoever signed up in it is taken out afterwards."""
    mail.outbox.clear()
    yield window
    window.page.goto("about:blank")
    Session.objects.all().delete()
    for model in (Match, StoredProfile, Invitation, Membership, Stewardship, User, Organisation):
        model._default_manager.all().delete()


def looked_at(page: Page, found: dict[str, list[str]], name: str) -> None:
    """Writes down what is wrong with the page for who cannot see it, or has a small screen."""
    result = Axe().run(page, options={"runOnly": list(LEVELS)})
    faults = [
        f"{fault['id']}: {[node['target'] for node in fault['nodes']][:3]}"
        for fault in result.response["violations"]
    ]
    room, width = page.evaluate(
        "[document.documentElement.clientWidth, document.documentElement.scrollWidth]"
    )
    if width > room:
        faults.append("scrolls sideways")
    if faults:
        found[name] = faults


def press(page: Page) -> None:
    """Presses the first button of the page's form, and waits for the page that follows."""
    follow(page, ".account-form button:not([form])")


def sign_in(window: Watched, email: str, language: str = "en") -> Page:
    page = window.open(f"/{language}/account/login/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", PASSWORD)
    press(page)
    return page


@pytest.mark.parametrize("window", [{"width": 390}], indirect=True)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_company_signs_up_keeps_a_profile_and_leaves(people: Watched, language: str) -> None:
    found: dict[str, list[str]] = {}
    page = people.open(f"/{language}/account/signup/")
    looked_at(page, found, "signup")
    page.fill("[name=email]", "mai@example.org")
    for field in page.locator("[type=password]").all():
        field.fill(PASSWORD)
    press(page)
    looked_at(page, found, "sent")
    page = people.open(link_in_mail())
    looked_at(page, found, "confirm")
    follow(page, "main form button")
    if "/login/" in page.url:
        page = sign_in(people, "mai@example.org", language)
    expect(page).not_to_have_url(f"{people.host}/{language}/account/login/")
    people.open(f"/{language}/account/")
    looked_at(page, found, "account")

    people.open(f"/{language}/profiles/")
    looked_at(page, found, "no profiles")
    people.open(
        f"/{language}/profiles/new/?profile={QUERY.replace('=', '%3D').replace('&', '%26')}"
    )
    page.fill("[name=title]", TITLE)
    looked_at(page, found, "new")
    follow(page, "main form button")
    looked_at(page, found, "profile")
    profile = StoredProfile.objects.get(title=TITLE)
    assert profile.findable is False
    page.check("[name=findable]")
    press(page)
    profile.refresh_from_db()
    assert profile.findable is True
    follow(page, f'form[action$="/{profile.pk}/matches/"] button')
    expect(page.locator('a[href*="/matches/"]')).to_have_count(1)
    follow(page, 'a[href*="/matches/"]')
    looked_at(page, found, "moved")
    people.open(f"/{language}/profiles/")
    looked_at(page, found, "profiles")

    given = json.loads(page.request.get(f"{people.host}/{language}/account/data.json").text())
    assert [one["title"] for one in given["profiles"]] == [TITLE]
    assert given["profiles"][0]["officers_may_find"] is True
    people.open(f"/{language}/account/leave/")
    if "/reauthenticate/" in page.url:
        page.fill("[name=password]", PASSWORD)
        press(page)
    looked_at(page, found, "leave")
    follow(page, "main form button")
    expect(page.get_by_role("status").first).to_be_visible()
    assert (User.objects.count(), StoredProfile.objects.count(), Match.objects.count()) == (0, 0, 0)
    assert found == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_is_invited_becomes_an_officer_with_a_second_factor(
    people: Watched, language: str
) -> None:
    found: dict[str, list[str]] = {}
    osaka = organisation("osaka")
    head = with_app(confirmed(member("head", "administrator", osaka)))
    invitations.invite(
        head,
        osaka,
        "guest@example.org",
        Role.EDITOR,
        f"{people.host}/{language}/invitations/TOKEN/",
    )
    confirmed(User.objects.create_user("guest@example.org"))
    page = sign_in(people, "guest@example.org", language)
    people.open(link_in_mail())
    looked_at(page, found, "invitation")
    follow(page, "main form button")
    people.open(f"/{language}/desk/")  # not without a second factor
    if "/reauthenticate/" in page.url:
        looked_at(page, found, "reauthenticate")
        page.fill("[name=password]", PASSWORD)
        press(page)
    expect(page).to_have_url(f"{people.host}/{language}/account/second-factor/totp/activate/")
    looked_at(page, found, "activate")
    page.fill("[name=code]", "000000")
    press(page)
    expect(page.locator("[aria-invalid=true], [role=alert]").first).to_be_visible()
    people.faults[:] = [one for one in people.faults if "400" not in one]
    page.fill("[name=code]", code(page.input_value("#secret")))
    press(page)
    looked_at(page, found, "recovery codes")
    people.open(f"/{language}/account/second-factor/")
    looked_at(page, found, "second factor")
    people.open(f"/{language}/account/sessions/")
    looked_at(page, found, "sessions")
    people.open(f"/{language}/desk/")
    expect(page.locator("h1").first).to_be_visible()
    assert page.url == f"{people.host}/{language}/desk/"
    assert found == {}
    assert osaka.memberships.get(user__email="guest@example.org").role == "editor"


def test_an_administrator_invites_and_takes_back(people: Watched) -> None:
    found: dict[str, list[str]] = {}
    osaka = organisation("osaka")
    head = with_app(confirmed(member("head", "administrator", osaka)))
    page = sign_in(people, head.email)
    looked_at(page, found, "authenticate")
    page.fill("[name=code]", code())
    press(page)
    people.open("/en/organisations/osaka/people/")
    page.fill("[name=email]", "guest@example.org")
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("status")).to_contain_text("The invitation is on its way.")
    looked_at(page, found, "people")
    assert mail.outbox[-1].to == ["guest@example.org"]
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_role("status")).to_contain_text("The invitation is taken back.")
    assert found == {}
