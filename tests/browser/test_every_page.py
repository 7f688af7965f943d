"""Every page that the rail leads to: keeps the policy, reads well, fits a phone."""

import pytest
from playwright.sync_api import Page

from tests.browser.axe import faults
from tests.browser.conftest import DESK, PHONE, OpenPage, sign_in

ROLES = (
    "话务员",
    "受理员",
    "派单员",
    "值班长",
    "处置人员",
    "单位负责人",
    "分管区领导",
    "采集员",
    "核查员",
    "事项管理员",
    "安全管理员",
    "系统管理员",
    "审计员",
)
PUBLIC = ("/", "/report/", "/sign-in")


def told_of(page: Page, address: str) -> list[str]:
    """Return what is wrong with the page, by its address."""
    page.goto(address)
    found = [f"{address}: {fault}" for fault in faults(page)]
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return found + ([f"{address}: {wide} px too wide"] if wide > 0 else [])


def _first_case(page: Page) -> list[str]:
    """Return the pages of the newest case that this person sees."""
    page.goto("/desk/cases/")
    row = page.locator("main a[data-row]").first
    if not row.count():
        return []
    address = row.get_attribute("href") or ""
    return [address, f"{address}print", f"{address}viewings"]


@pytest.mark.parametrize(("viewport", "scheme"), [(DESK, "light"), (PHONE, "dark")])
def test_pages_of_staff(open_page: OpenPage, viewport: dict[str, int], scheme: str) -> None:
    told: dict[str, list[str]] = {}
    for role in ROLES:
        page = open_page(viewport=viewport, color_scheme=scheme)
        sign_in(page, role)
        rail = page.locator(".desk > .rail a")
        addresses = [link.get_attribute("href") or "" for link in rail.all()]
        assert addresses
        addresses += ["/desk/queue/sent/"] if role == "派单员" else []
        addresses += _first_case(page) if "/desk/cases/" in addresses else []
        for address in addresses:
            if address not in told:
                told[address] = told_of(page, address)
    assert [fault for faults_there in told.values() for fault in faults_there] == []


@pytest.mark.parametrize("address", PUBLIC)
def test_pages_of_everyone(open_page: OpenPage, address: str) -> None:
    page = open_page(viewport=PHONE, is_mobile=True, has_touch=True)
    assert told_of(page, address) == []
