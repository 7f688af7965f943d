"""
Fixtures for tests in a real browser against a real running instance (BASE_URL).

No test here touches the database: it does what a person does. A page that breaks its content
security policy, logs an error or throws fails the test that opened it.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
_REPORT = """addEventListener("securitypolicyviolation", (event) => {
  complainOfPolicy(`${event.violatedDirective} ${event.blockedURI} in ${document.URL}`);
});"""


class Watch:
    """Hears what pages complain of; what a test provokes on purpose it names beforehand."""

    def __init__(self, context: BrowserContext) -> None:
        self.complaints: list[str] = []
        # Drawing without a graphics card is slow, and the browser says so.
        self._expected = [re.compile("favicon.ico"), re.compile(r"\[\.WebGL-.*GL Driver Message")]
        context.expose_function("complainOfPolicy", lambda said: self._hear(f"CSP: {said}"))
        context.add_init_script(_REPORT)
        context.on("console", self._hear_console)
        context.on("weberror", lambda error: self._hear(f"thrown: {error.error}"))

    def expect(self, pattern: str) -> None:
        """Take complaints that match for the point of this test, such as a 404."""
        self._expected.append(re.compile(pattern))

    def _hear_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._hear(f"console: {message.text} at {message.location.get('url', '')}")

    def _hear(self, complaint: str) -> None:
        if not any(pattern.search(complaint) for pattern in self._expected):
            self.complaints.append(complaint)


OpenPage: TypeAlias = Callable[..., Page]


@pytest.fixture(scope="session")
def base_url() -> str:
    address = os.environ.get("BASE_URL")
    if not address:
        pytest.skip("BASE_URL names no running instance")
    return address.rstrip("/")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not path:
        pytest.skip("no Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, base_url: str) -> Iterator[OpenPage]:
    """Opens a page of its own, with its own cookies: open_page(viewport=PHONE, locale="en")."""
    opened: list[tuple[BrowserContext, Watch]] = []

    def open_one(**options: Any) -> Page:
        chosen = {"viewport": DESK, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"} | options
        context = chromium.new_context(base_url=base_url, **chosen)
        watch = Watch(context)
        opened.append((context, watch))
        page = context.new_page()
        page.watch = watch  # type: ignore[attr-defined]
        return page

    yield open_one
    complaints = [complaint for _context, watch in opened for complaint in watch.complaints]
    for context, _watch in opened:
        context.close()
    assert not complaints


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A wide window, nobody signed in."""
    return open_page()


@pytest.fixture
def phone(open_page: OpenPage) -> Page:
    """A phone with a touch screen, nobody signed in."""
    return open_page(viewport=PHONE, has_touch=True, is_mobile=True)


def watch_of(page: Page) -> Watch:
    """Return the watch over this page, to say what is expected."""
    watch = getattr(page, "watch", None)
    assert isinstance(watch, Watch)
    return watch


def sign_in(page: Page, role: str, back: str = "/desk/") -> None:
    """Sign in with one click of the demo as somebody of this role: sign_in(page, "派单员")."""
    page.goto(f"/sign-in?next={back}")
    of_role = page.locator("main div", has=page.get_by_role("heading", name=role, exact=True))
    of_role.get_by_role("button").first.click()
    page.wait_for_url(re.compile(re.escape(back) + "$"))


def sign_in_as(page: Page, name: str) -> None:
    """Sign in with one click of the demo as this person: sign_in_as(page, "沈受理")."""
    page.goto("/sign-in?next=/desk/")
    page.get_by_role("button", name=name).click()
    page.wait_for_url(re.compile("/desk/$"))
