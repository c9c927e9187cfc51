"""The sheet that Chromium prints: as many pages as rows need, and a code that can be read."""

from __future__ import annotations

import io
import unicodedata

import zxingcpp
from PIL import Image
from playwright.sync_api import Page
from pypdf import PdfReader

from tests.browser.conftest import OpenPage
from web.board import paper


def printed(page: Page) -> PdfReader:
    return PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True, print_background=True)))


def test_paper_has_the_pages_its_rows_need(open_page: OpenPage, board: dict[str, str]) -> None:
    page = open_page(board["print"], width=1024)
    breaks = page.locator(".rk--next").count()
    pdf = printed(page)
    # The end of the notice may need a page of its own.
    assert len(pdf.pages) in (1 + breaks, 2 + breaks)
    assert f"共 {len(pdf.pages)} " in pdf.pages[-1].extract_text()
    rows = page.locator("table.rk td.n").all_inner_texts()
    total = page.locator("section.rest").count() * paper.ROWS_FULL * paper.COLUMNS
    assert len(rows) <= total + paper.COLUMNS * (paper.ROWS_FIRST + paper.ROWS_FULL)


def test_every_page_says_what_it_belongs_to(open_page: OpenPage, board: dict[str, str]) -> None:
    page = open_page(board["print"], width=1024)
    digest = page.locator("section.end").inner_text().split("摘要应是 ")[1][:19]
    for number, sheet in enumerate(printed(page).pages, start=1):
        # A font may draw "ff" of a digest as one sign.
        text = unicodedata.normalize("NFKC", sheet.extract_text())
        assert digest in text
        assert f"第 {number} " in text


def test_the_code_on_paper_and_on_the_page_opens_the_notice(
    open_page: OpenPage, board: dict[str, str]
) -> None:
    for name in ("print", "notice"):
        page = open_page(board[name], width=1024)
        picture = Image.open(io.BytesIO(page.locator("svg.qr").screenshot()))
        code = zxingcpp.read_barcode(picture)
        assert code is not None, name
        assert code.text.endswith(board["past"])
