"""A member's pages at phone widths and in every text size, and what axe finds in them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.demo_site import COMMUNITY, OFFER, SHOP
from tests.browser.looking import Screen, chinese_of_ours, inspected
from tests.browser.till import MEMBER, Till

HOME = f"/me/{COMMUNITY}"


def opened(browser: Browser, till: Till, size: str, language: str = "zh") -> Page:
    context = browser.new_context(
        viewport={"width": 360, "height": 844}, locale="zh-CN", reduced_motion="reduce"
    )
    for name, value in (("size", size), ("lang", language)):
        context.add_cookies([{"name": name, "value": value, "url": till.url}])
    return context.new_page()


def choose(page: Page) -> None:
    page.locator("button.ll-choice-row", has_text=OFFER).click()
    page.locator("#hold").wait_for()


def each_page(page: Page, till: Till, look: Callable[[str], None]) -> None:
    """Walk through a member's pages as they look after each act."""

    def go(name: str, path: str) -> None:
        page.goto(f"{till.url}{path}")
        look(name)

    go("sign-in", f"/sign-in?next={HOME}&ended=1")
    page.locator("#login_name").fill("nobody-here")
    page.locator("main button[type=submit]").first.click()
    page.locator("[role=alert]").wait_for()
    look("sign-in refused")
    go("enter", "/enter")
    till.sign_in(page.context, MEMBER)
    go("home", HOME)
    go("shops", f"{HOME}/shops")
    go("no shop", f"{HOME}/shops?q=没有这家")
    go("choices", f"{HOME}/shops/{SHOP}")
    choose(page)
    page.locator("svg.qr").wait_for()
    look("code")
    code = page.url
    page.route("**/*", lambda route: route.abort())
    page.locator("#offline").wait_for()
    look("offline")
    page.unroute_all(behavior="ignoreErrors")
    go("home with a hold", HOME)
    page.goto(code)
    page.locator("#withdraw button").click()
    page.locator(".ll-verdict").wait_for()
    look("returned")
    go("report form", f"{page.url.removeprefix(till.url)}/report")
    page.locator("main button[type=submit]").click()
    page.locator("#kind-more").wait_for()
    look("report form with an error")
    go("reports", f"{HOME}/reports")
    go("shop", f"/m/{COMMUNITY}/{SHOP}")
    go("choices at the shop", f"/m/{COMMUNITY}/{SHOP}/choose")
    choose(page)
    look("waiting")
    go("choices while one waits", f"/m/{COMMUNITY}/{SHOP}/choose")
    page.get_by_role("link", name="看这一笔").or_(page.get_by_role("link", name="See it")).click()
    page.locator("#withdraw button").click()
    page.locator(".ll-verdict").wait_for()
    go("list", f"{HOME}/redemptions")
    go("account", "/me?account=1")
    page.goto(f"{till.url}{HOME}/proxies")
    page.evaluate("document.querySelectorAll('main details').forEach((one) => one.open = true)")
    look("proxies")


@pytest.mark.parametrize("size", ["standard", "elder", "largest"])
def test_member_pages_fit_and_can_be_read(chromium: Browser, till: Till, size: str) -> None:
    screens = [Screen(360), Screen(414)]
    if size != "largest":
        # Tall enough that the tabs at the foot of the screen lie over nothing.
        screens.append(Screen(390, 3000, layout=False, axe=True))
    page = opened(chromium, till, size)
    with inspected(page, size=size, screens=screens) as seen:
        each_page(page, till, seen.look)


def test_english_fits_and_has_no_chinese_of_ours(chromium: Browser, till: Till) -> None:
    """Names stay as they are; whatever else is Chinese was forgotten in the catalog."""
    page = opened(chromium, till, "standard", "en")
    with inspected(page, size="standard", language="en", screens=[Screen(360)]) as seen:

        def look(name: str) -> None:
            seen.look(name)
            words = page.locator(
                "main .btn, main label, main dt, main h2[id], .ll-foot a, .ll-tabs a"
            )
            seen.note(name, chinese_of_ours(words.all_inner_texts()))

        each_page(page, till, look)
