"""The shop's pages at phone widths and in every text size, and what axe finds in them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.test_board_accessibility import RULES, RUN_AXE
from tests.browser.test_board_layout import LEAST_TARGET
from tests.browser.till import Till

#: One walk through every step is a few seconds: axe looks at the narrowest of two sizes.
CASES = [
    (360, "standard", True),
    (360, "elder", True),
    (360, "largest", False),
    (414, "elder", False),
]


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


def opened(browser: Browser, till: Till, width: int, size: str, language: str = "zh") -> Page:
    page = till.open(browser)
    page.set_viewport_size({"width": width, "height": 844})
    for name, value in (("size", size), ("lang", language)):
        page.context.add_cookies([{"name": name, "value": value, "url": till.url}])
    return page


@pytest.mark.parametrize(("width", "size", "with_axe"), CASES)
def test_counter_fits_and_can_be_read(
    chromium: Browser, till: Till, layout_checks: str, axe: str, width: int, size: str,
    with_axe: bool,
) -> None:  # fmt: skip
    page = opened(chromium, till, width, size)
    findings: list[str] = []

    def look(name: str) -> None:
        found = page.evaluate(layout_checks, {"target": LEAST_TARGET[size]})
        if with_axe:
            # At the end of a page the sticky foot covers nothing.
            page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
            page.evaluate(axe)
            found += page.evaluate(RUN_AXE, RULES)
        findings.extend(f"{name}: {finding}" for finding in found)

    each_step(page, till, look)
    page.context.close()
    assert findings == []


def test_english_has_no_chinese_of_ours(chromium: Browser, till: Till) -> None:
    """Names stay as they are; whatever else is Chinese was forgotten in the catalog."""
    page = opened(chromium, till, 360, "standard", "en")
    for path in ("/counter", "/counter/day", "/counter/shop"):
        page.goto(f"{till.url}{path}")
        labels = page.locator("main button, main label, main dt, main h1, .ll-foot a")
        for words in labels.all_inner_texts():
            assert not any("\u4e00" <= sign <= "\u9fff" for sign in words), f"{path}: {words}"
    page.context.close()
