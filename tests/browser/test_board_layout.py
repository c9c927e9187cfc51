"""No sideways scroll, nothing clipped, nothing small, at every width and text size."""

from __future__ import annotations

import pytest

from tests.browser.conftest import OpenPage

PHONES, DESKS = (360, 390, 414), (1024, 1366)
SIZES = [
    *[(width, size) for width in PHONES for size in ("standard", "elder", "largest")],
    *[(width, size) for width in DESKS for size in ("standard", "elder")],
]
#: English words are longer: the narrowest and widest of each size.
CASES = [
    *[(width, size, "zh") for width, size in SIZES],
    *[(360, size, "en") for size in ("standard", "elder", "largest")],
    (1366, "elder", "en"),
]
LEAST_TARGET = {"standard": 44, "elder": 60, "largest": 60}


@pytest.mark.parametrize(("width", "size", "language"), CASES)
def test_board_fits(
    open_page: OpenPage,
    board: dict[str, str],
    layout_checks: str,
    live_url: str,
    width: int,
    size: str,
    language: str,
) -> None:
    page = open_page("/", width=width, size=size, language=language)
    findings = []
    for name, path in board.items():
        if name == "print":
            continue
        page.goto(f"{live_url}{path}")
        for finding in page.evaluate(layout_checks, {"target": LEAST_TARGET[size]}):
            findings.append(f"{name}: {finding}")
    assert findings == []


@pytest.mark.parametrize("width", [390, 1366])
def test_old_phones_see_the_same(
    open_page: OpenPage, board: dict[str, str], live_url: str, width: int
) -> None:
    """Color functions that old WebViews drop must not matter."""
    page = open_page(board["notice"], width=width)
    modern = page.screenshot(full_page=True)

    def drop_color_functions(route: object) -> None:
        answer = route.fetch()  # type: ignore[attr-defined]
        css = answer.text()
        assert "light-dark(" in css
        for name in ("light-dark(", "oklch(", "color-mix("):
            css = css.replace(name, f"x-{name}")
        route.fulfill(response=answer, body=css)  # type: ignore[attr-defined]

    page.route("**/vendor/tabler.min.css*", drop_color_functions)
    page.goto(f"{live_url}{board['notice']}")
    assert page.screenshot(full_page=True) == modern
