"""
Pictures of every page, to be looked at: wide and phone, Chinese and English, light and dark.

BASE_URL=http://127.0.0.1:8000 python -m tests.browser.shots [folder]; in `shots/` else.
"""

import os
import re
import shutil
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from urllib.parse import unquote, urlsplit

from playwright.sync_api import Browser, Page, StorageState, sync_playwright

from tests.browser.conftest import ARGUMENTS, DESK, PHONE, sign_in

PUBLIC = ("/", "/report/", "/sign-in", "/no-such-page")
STAFF = ("/desk/", "/styleguide", "/preferences", "/no-such-page")
ROLES = (
    "受理员",
    "派单员",
    "值班长",
    "处置人员",
    "核查员",
    "单位负责人",
    "分管区领导",
    "事项管理员",
    "安全管理员",
    "审计员",
)
VARIANTS = tuple(product((("wide", DESK), ("phone", PHONE)), ("zh-CN", "en"), ("light", "dark")))


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "shots")
    folder.mkdir(parents=True, exist_ok=True)
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        for file, taken in _all_shots(browser, folder):
            sys.stdout.write(f"\r{taken} {file.name:<70.70}")
            sys.stdout.flush()
        browser.close()
    sys.stdout.write("\n")


def _all_shots(browser: Browser, folder: Path) -> Iterator[tuple[Path, int]]:
    taken = 0
    signed_in = {role: signed_in_as(browser, role) for role in ROLES}
    for (size, viewport), language, scheme in VARIANTS:
        options = {"viewport": viewport, "locale": language, "color_scheme": scheme}
        for role in (None, *ROLES):
            context = browser.new_context(
                base_url=os.environ["BASE_URL"],
                storage_state=signed_in[role] if role else None,
                **options,  # type: ignore[arg-type]
            )
            page = context.new_page()
            for address in _addresses(page, role):
                page.goto(address)
                name = re.sub(r"\W+", "-", unquote(urlsplit(address).path)).strip("-") or "home"
                file = folder / f"{role or '市民'}-{name}-{size}-{language[:2]}-{scheme}.png"
                page.screenshot(path=file, full_page=size == "phone")
                taken += 1
                yield file, taken
            context.close()


def signed_in_as(browser: Browser, role: str) -> StorageState:
    """Sign in where the page names the roles in Chinese; the session serves any language."""
    context = browser.new_context(base_url=os.environ["BASE_URL"], locale="zh-CN")
    sign_in(context.new_page(), role)
    state = context.storage_state()
    context.close()
    return state


def _addresses(page: Page, role: str | None) -> list[str]:
    """Return what to look at: fixed pages, all of the rail, and the first case of each list."""
    if role is None:
        return list(PUBLIC)
    page.goto("/desk/")
    found = list(STAFF) if role == "派单员" else ["/desk/"]
    rail = [a.get_attribute("href") or "" for a in page.locator(".desk > .rail a").all()]
    for address in rail:
        if address not in found:
            found.append(address)
        page.goto(address)
        first = page.locator("main a.row, main .data tbody a").first
        href = first.get_attribute("href") if first.count() else None
        if href and href.startswith("/") and href not in found:
            found.append(href)
    return found


if __name__ == "__main__":
    main()
