"""A real Chromium over the running product with a small demo in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import UNOPTIMIZED, launched
from tests.browser.till import Till

HERE = Path(__file__).parent
FIRST_AND_ALL_PAGES_SECONDS = 300

OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Who comes first waits for the demo, too; a walk through every page is one test."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(FIRST_AND_ALL_PAGES_SECONDS))


@pytest.fixture(scope="session")
def live_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the running product."""
    from tests.browser.demo_site import demo_site

    with demo_site(tmp_path_factory.mktemp("demo")) as url:
        yield url


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launched(playwright.chromium, UNOPTIMIZED)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, live_url: str) -> Iterator[OpenPage]:
    """Open a page of the board at a width, a text size and a language; console errors fail."""
    contexts = []
    complaints: list[str] = []

    def open_at(
        path: str,
        *,
        width: int = 390,
        size: str = "standard",
        language: str = "zh",
        script: bool = True,
    ) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 844},
            locale="zh-CN",
            reduced_motion="reduce",
            java_script_enabled=script,
        )
        contexts.append(context)
        context.add_cookies(
            [
                {"name": "size", "value": size, "url": live_url},
                {"name": "lang", "value": language, "url": live_url},
            ]
        )
        page = context.new_page()
        page.on(
            "console",
            lambda message: complaints.append(message.text) if message.type == "error" else None,
        )
        answer = page.goto(f"{live_url}{path}")
        assert answer is not None
        assert answer.status == 200, path
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def till(live_url: str) -> Iterator[Till]:
    """A member with a phone, and the cookies of a shop."""
    with Till.at(live_url) as found:
        yield found


@pytest.fixture(scope="session")
def board(chromium: Browser, live_url: str) -> dict[str, str]:
    """The addresses of one community's board that is on notice: name → path."""
    page = chromium.new_page(locale="zh-CN")
    page.goto(live_url)
    notice = page.locator("a.ll-entry:has(.ll-mark--notice)").first.get_attribute("href")
    assert notice, "no community is on notice"
    page.goto(f"{live_url}{notice}")
    printed = page.locator("a[href$='/print']").first.get_attribute("href")
    shop = page.locator("a.ll-entry[href*='/merchants/']").first.get_attribute("href")
    page.close()
    assert printed
    assert shop
    return {
        "district": "/",
        "notice": notice,
        "households": f"{notice}?unit=household",
        "grids": f"{notice}?unit=grid",
        "not found": f"{notice}?household=9999&surname=王",
        "past": printed.removesuffix("/print"),
        "notices": f"{notice}notices",
        "ranking": f"{notice}ranking",
        "rankings": f"{notice}rankings",
        "hours": f"{notice}rankings?ranking=year-service",
        "within grids": f"{notice}rankings?ranking=month-grid-members",
        "objection": f"{notice}objection",
        "merchants": f"{notice}merchants",
        "merchant": shop,
        "rulebook": f"{notice}rulebook",
        "print": printed,
    }
