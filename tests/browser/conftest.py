"""Real Chromium on a live server. A test fails on any console error and on any foreign request.

The tests run where /usr/bin/chromium is installed. Where it is not they are skipped, which the
summary says; with BROWSER_TESTS=required they fail instead.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer
from pytest_django.plugin import DjangoDbBlocker

from matching.models import StoredSnapshot

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]
# Playwright runs an event loop in this thread; Django would take it for an async view.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    if not CHROMIUM.exists():
        if os.environ.get("BROWSER_TESTS") == "required":
            pytest.fail(f"{CHROMIUM} is missing, and BROWSER_TESTS=required")
        pytest.skip(f"browser tests not run: {CHROMIUM} is not installed")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield chromium
        chromium.close()


class Watched:
    """A browser window whose console errors and foreign requests are written down."""

    def __init__(self, context: BrowserContext, host: str) -> None:
        self.page: Page = context.new_page()
        self.host = host
        self.faults: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("request", self._asked)

    def _heard(self, message: object) -> None:
        kind, text = getattr(message, "type", ""), getattr(message, "text", "")
        if kind in {"error", "warning"}:
            self.faults.append(f"console: {text}")

    def _asked(self, request: object) -> None:
        url = getattr(request, "url", "")
        if not url.startswith((self.host, "data:")):
            self.faults.append(f"foreign request: {url}")

    def open(self, address: str) -> Page:
        """The page at `address` of the live server."""
        self.page.goto(self.host + address, wait_until="load")
        return self.page


def follow(page: Page, what: str) -> None:
    """Presses the first of what leads to another page, and waits until that one is there."""
    with page.expect_navigation():
        page.locator(what).first.click()


@pytest.fixture
def db() -> None:
    """The database of the session, without a transaction: the server's threads read it too.

    pytest-django makes a test database only where a test asks for `db` or is marked.
    """


@pytest.fixture(scope="session")
def server(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A live server on the catalogue of the session.

    Pages only read, so the database need not be emptied and loaded anew after every test, as the
    fixture `live_server` would; what they do write, the stored snapshot, `window` takes out.
    """
    with django_db_blocker.unblock():
        live = LiveServer("127.0.0.1")
    yield live.url
    with django_db_blocker.unblock():
        live.stop()


@pytest.fixture
def window(
    request: pytest.FixtureRequest,
    browser: Browser,
    server: str,
    db: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[Watched]:
    """A window of 1400 px; `@pytest.mark.parametrize("window", [{...}], indirect=True)` changes it.

    Reads `width` (1400) and `scripts` (True).
    """
    wish = getattr(request, "param", {})
    context = browser.new_context(
        viewport={"width": wish.get("width", 1400), "height": 1000},
        java_script_enabled=wish.get("scripts", True),
    )
    context.set_default_timeout(15_000)
    watched = Watched(context, server)
    with django_db_blocker.unblock():
        yield watched
        context.close()
        StoredSnapshot.objects.all().delete()
    assert watched.faults == []
