"""The board works by keyboard and without script, in the text size that its reader wants."""

from __future__ import annotations

from tests.browser.conftest import OpenPage


def test_a_row_is_found_without_script(open_page: OpenPage, board: dict[str, str]) -> None:
    page = open_page(board["notice"], script=False)
    row = page.locator(".ll-rank__who").first.inner_text()
    label, household = row.split()[0], row.split()[-1]
    page.get_by_label("户号后 4 位").fill(household[-4:])
    page.get_by_label("姓", exact=True).fill(label.removesuffix("*"))
    page.get_by_role("button", name="找").click()
    assert household in page.locator(".ll-found").first.inner_text()
    assert page.locator("tr.is-me").count() >= 1


def test_the_first_tab_stop_skips_to_the_content(
    open_page: OpenPage, board: dict[str, str]
) -> None:
    page = open_page(board["notice"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "ll-skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_larger_text_is_one_link_away_and_comes_back(
    open_page: OpenPage, board: dict[str, str]
) -> None:
    page = open_page(board["notice"])
    page.locator("header").get_by_role("link", name="长辈版").click()
    assert page.locator("html").get_attribute("data-size") == "elder"
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 23
    page.locator("header").get_by_role("link", name="标准版").click()
    assert page.locator("html").get_attribute("data-size") == "standard"
