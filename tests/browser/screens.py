"""``make screens``: the README's pictures, taken from real pages of a demo."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from ops.demo.stage import SeedSize
from tests.browser.chromium import launched
from tests.browser.demo_site import COMMUNITY, OFFER, SHOP, demo_site
from tests.browser.till import MEMBER, Till

OUT = Path(__file__).resolve().parents[2] / "docs" / "screens"
SIZE = SeedSize(members=200, density={"yjyx": 0.4}, other_density=0.03, sealed_share=0.5)
PHONE: ViewportSize = {"width": 390, "height": 844}
#: file name → address, width, height (None: the whole page), text size, language
SCREENS: dict[str, tuple[str, int, int | None, str, str]] = {
    "district": ("/", 1366, 760, "standard", "zh"),
    "board-desktop": ("/c/yjyx/", 1366, None, "standard", "zh"),
    "board-phone": ("/c/yjyx/", 390, 1700, "standard", "zh"),
    "board-elder": ("/c/yjyx/", 390, 1700, "elder", "zh"),
    "board-english": ("/c/yjyx/", 390, 1700, "standard", "en"),
    "objection": ("/c/yjyx/objection", 1366, 760, "standard", "zh"),
    "merchant": ("/c/yjyx/merchants/laoxing", 1366, 760, "standard", "zh"),
    "rulebook": ("/c/yjyx/rulebook", 1366, 1000, "standard", "zh"),
}


def main() -> int:
    """Take every picture; returns the exit code."""
    OUT.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        demo_site(Path(folder), SIZE) as url,
        sync_playwright() as playwright,
    ):
        browser = launched(playwright.chromium)
        for name in SCREENS:
            _take(browser, url, name)
            sys.stdout.write(f"docs/screens/{name}.png\n")
        with Till.at(url) as till:
            _take_counter(browser, till)
            _take_code(browser, till)
        browser.close()
    return 0


def _take(browser: Browser, url: str, name: str) -> None:
    path, width, height, size, language = SCREENS[name]
    context = browser.new_context(
        viewport={"width": width, "height": height or 900}, locale="zh-CN"
    )
    context.add_cookies(
        [
            {"name": "size", "value": size, "url": url},
            {"name": "lang", "value": language, "url": url},
        ]
    )
    page = context.new_page()
    page.goto(f"{url}{path}")
    page.screenshot(path=OUT / f"{name}.png", full_page=height is None)
    context.close()


def _take_counter(browser: Browser, till: Till) -> None:
    """The counter with a code that a scan gun has just typed."""
    page = till.open(browser)
    page.keyboard.type(till.code()["payload"])
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name=OFFER).wait_for()
    _keep(page, "counter-phone")


def _take_code(browser: Browser, till: Till) -> None:
    """A member's code for one offer."""
    context = browser.new_context(viewport=PHONE, locale="zh-CN", reduced_motion="reduce")
    till.sign_in(context, MEMBER)
    page = context.new_page()
    page.goto(f"{till.url}/me/{COMMUNITY}/shops/{SHOP}")
    page.locator("button.ll-choice-row", has_text=OFFER).click()
    page.locator("svg.qr").wait_for()
    _keep(page, "code-phone")


def _keep(page: Page, name: str) -> None:
    page.screenshot(path=OUT / f"{name}.png")
    page.context.close()
    sys.stdout.write(f"docs/screens/{name}.png\n")


if __name__ == "__main__":
    sys.exit(main())
