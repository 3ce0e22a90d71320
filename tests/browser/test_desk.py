"""The desk in real Chromium, signed in: no accessibility fault, nothing scrolls sideways.

Signing in with a second factor has tests of its own; here the session is made beside.
"""

from collections.abc import Iterator
from importlib import import_module

import pytest
from allauth.mfa.models import Authenticator
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from localities.curation.editing import Backing, save_record, save_source
from localities.curation.propose import draft, propose
from localities.models import Changeset, Stewardship
from portal.accounts.models import Membership, Organisation, User
from tests.browser.conftest import Watched
from tests.browser.test_pages import LANGUAGES, LEVELS
from tests.localities.people import member, operator, organisation

PHONE = {"width": 390}
WITHOUT_SCRIPTS = {"scripts": False}
SOURCE = {"title": "Visit of October 2026", "url": "https://example.org/1", "published": "2026-10"}


def _proposal(editor: User) -> Changeset:
    changeset = draft("Long Duc", [], author=editor, organisation=organisation("osaka"))
    backing = Backing(save_source(changeset, actor=editor, values=SOURCE), "p. 3", "2026-10")
    wanted = {"tenants_count": 1071, "bank": True, "notes_en": "Fourteen lots. " * 12}
    save_record(
        changeset,
        actor=editor,
        kind="industrial-park",
        key="long-duc",
        wanted=wanted,
        backing=backing,
    )
    return propose(changeset, actor=editor, comment="Seen on the spot")


@pytest.fixture
def proposal(window: Watched) -> Iterator[Changeset]:
    """A proposal that the reviewer who is signed in may decide on; taken out afterwards."""
    operator()
    osaka = organisation("osaka", curates="dong-nai")
    editor, reviewer = member("editor", "editor", osaka), member("reviewer", "reviewer", osaka)
    Authenticator.objects.create(
        user=reviewer, type=Authenticator.Type.TOTP, data={"secret": "none"}
    )
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(reviewer.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = reviewer.get_session_auth_hash()
    session.save()
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key}
    window.page.context.add_cookies([{**cookie, "url": window.host}])
    yield _proposal(editor)
    window.page.goto("about:blank")
    Changeset.objects.filter(author=editor).delete()
    Session.objects.all().delete()
    Stewardship.objects.all().delete()
    Membership.objects.all().delete()
    Authenticator.objects.all().delete()
    User.objects.filter(pk__in=[editor.pk, reviewer.pk]).delete()
    Organisation.objects.all().delete()


@pytest.mark.parametrize("window", [{}, PHONE], indirect=True, ids=["wide", "phone"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    window: Watched, proposal: Changeset, language: str
) -> None:
    pages = {
        "home": "/desk/",
        "changesets": "/desk/changesets/",
        "changeset": f"/desk/changesets/{proposal.pk}/",
        "worklist": "/desk/worklists/stale/",
        "waiting": "/desk/worklists/waiting/",
        "history": "/desk/history/",
        "record": "/desk/history/industrial-park/long-duc/",
        "statistics": "/desk/statistics/",
        "public": "/industrial-parks/long-duc/history/",
        "version": "/versions/1/",
    }
    found = {}
    for name, path in pages.items():
        page = window.open(f"/{language}{path}")
        result = Axe().run(page, options={"runOnly": list(LEVELS)})
        faults = [
            (fault["id"], [node["target"] for node in fault["nodes"]][:4])
            for fault in result.response["violations"]
        ]
        room = page.evaluate("document.documentElement.clientWidth")
        if page.evaluate("document.documentElement.scrollWidth") > room:
            faults.append(("scrolls sideways", []))
        if faults:
            found[name] = faults
    assert found == {}


@pytest.mark.parametrize("window", [WITHOUT_SCRIPTS], indirect=True)
def test_a_reviewer_sends_back_without_scripts(window: Watched, proposal: Changeset) -> None:
    page = window.open("/en/desk/")
    page.get_by_role("button", name="Send back").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why")
    assert all("400" in fault for fault in window.faults)  # the refusal itself
    window.faults.clear()
    page.get_by_label("Comment").fill("Which page of the price list?")
    page.get_by_role("button", name="Send back").click()
    expect(page.get_by_role("status")).to_contain_text("The changeset is sent back.")
    proposal.refresh_from_db()
    assert (proposal.state, proposal.review_comment) == (
        "returned",
        "Which page of the price list?",
    )
