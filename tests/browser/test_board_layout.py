"""Nothing clipped or small, no sideways scroll, nothing for axe, at every width and text size."""

from __future__ import annotations

import pytest

from tests.browser.conftest import OpenPage
from tests.browser.looking import Screen, inspected

PHONES, DESKS = (360, 390, 414), (1024, 1366)
#: Where axe looks, in the two sizes that are also for desks.
READ_AT = (390, 1366)
#: (text size, language) → widths. English words are longer: the narrowest and widest of each size.
WIDTHS = {
    ("standard", "zh"): (*PHONES, *DESKS),
    ("elder", "zh"): (*PHONES, *DESKS),
    ("largest", "zh"): PHONES,
    ("standard", "en"): (360,),
    ("elder", "en"): (360, 1366),
    ("largest", "en"): (360,),
}


@pytest.mark.parametrize(("size", "language"), WIDTHS)
def test_board_fits_and_can_be_read(
    open_page: OpenPage, board: dict[str, str], live_url: str, size: str, language: str
) -> None:
    is_read = language == "zh" and size != "largest"
    screens = [Screen(width, axe=is_read and width in READ_AT) for width in WIDTHS[size, language]]
    page = open_page("/", size=size, language=language)
    with inspected(page, size=size, language=language, screens=screens) as seen:
        for name, path in board.items():
            # The sheet for the printer has a width of its own.
            is_paper = name == "print"
            if is_paper and not is_read:
                continue
            page.goto(f"{live_url}{path}")
            seen.look(name, layout=not is_paper)


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
