"""The shop's pages at phone widths and in every text size, and what axe finds in them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.looking import Screen, chinese_of_ours, inspected
from tests.browser.till import Till

#: One walk through every step is a few seconds: axe looks at the narrowest of two sizes.
SCREENS = {
    "standard": (Screen(360, axe=True),),
    "elder": (Screen(360, axe=True), Screen(414)),
    "largest": (Screen(360),),
}


def each_step(page: Page, till: Till, look: Callable[[str], None]) -> None:
    """Walk through the pages of a shop as they look after each act."""
    request = till.request()
    page.goto(f"{till.url}/counter")
    page.locator(f"[data-request='{request['id']}']").wait_for()
    page.locator("[data-no-camera]").wait_for()
    look("ready")
    page.get_by_text("不能给，退回").click()
    look("declining")
    page.get_by_role("button", name="别的原因").click()
    page.locator("[data-step='declined']").wait_for()
    look("declined")
    page.get_by_role("link", name="扫下一个").click()
    page.locator("#code").fill("123")
    page.locator("#code").press("Enter")
    page.locator("#code-more").wait_for()
    look("digits missing")
    code = till.code()["payload"]
    page.locator("#code").fill(code)
    page.locator("#code").press("Enter")
    page.locator("[data-step='preview']").wait_for()
    look("preview")
    page.get_by_role("button", name="确认收").click()
    page.locator("[data-step='done']").wait_for()
    page.get_by_text("撤销这一笔").click()
    look("done")
    page.get_by_role("button", name="收错了").click()
    page.locator("[data-step='cancelled']").wait_for()
    look("cancelled")
    page.get_by_role("link", name="扫下一个").click()
    page.locator("#code").fill(code)
    page.locator("#code").press("Enter")
    page.locator("[data-step='refused']").wait_for()
    look("refused")
    for name in ("day", "shop", "card", "reports"):
        page.goto(f"{till.url}/counter/{name}")
        look(name)
    page.goto(f"{till.url}/counter/day")
    page.locator("a.ll-entry").first.click()
    page.wait_for_url("**/counter/receipts/*")
    look("receipt")


def opened(browser: Browser, till: Till, size: str, language: str = "zh") -> Page:
    page = till.open(browser)
    for name, value in (("size", size), ("lang", language)):
        page.context.add_cookies([{"name": name, "value": value, "url": till.url}])
    return page


@pytest.mark.parametrize("size", SCREENS)
def test_counter_fits_and_can_be_read(chromium: Browser, till: Till, size: str) -> None:
    page = opened(chromium, till, size)
    with inspected(page, size=size, screens=SCREENS[size], at_end=True) as seen:
        each_step(page, till, seen.look)


def test_english_has_no_chinese_of_ours(chromium: Browser, till: Till) -> None:
    """Names stay as they are; whatever else is Chinese was forgotten in the catalog."""
    page = opened(chromium, till, "standard", "en")
    with inspected(page, size="standard", language="en", screens=[Screen(360)]) as seen:
        for path in ("/counter", "/counter/day", "/counter/shop"):
            page.goto(f"{till.url}{path}")
            words = page.locator("main button, main label, main dt, main h1, .ll-foot a")
            seen.note(path, chinese_of_ours(words.all_inner_texts()))
