"""axe-core finds nothing; the board works by keyboard and without script."""

from __future__ import annotations

import pytest

from tests.browser.conftest import OpenPage

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = """(rules) => axe.run({runOnly: rules}).then((result) => result.violations.map(
  (rule) => `${rule.id}: ${rule.nodes.slice(0, 3).map((node) => node.html).join(" | ")}`))"""


@pytest.mark.parametrize("size", ["standard", "elder"])
@pytest.mark.parametrize("width", [390, 1366])
def test_axe_finds_nothing(
    open_page: OpenPage, board: dict[str, str], axe: str, live_url: str, width: int, size: str
) -> None:
    page = open_page("/", width=width, size=size)
    findings = []
    for name, path in board.items():
        page.goto(f"{live_url}{path}")
        page.evaluate(axe)
        findings += [f"{name}: {finding}" for finding in page.evaluate(RUN_AXE, RULES)]
    assert findings == []


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
