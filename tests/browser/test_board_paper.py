"""The sheet that Chromium prints: as many pages as rows need, and a code that can be read."""

from __future__ import annotations

import io
from math import ceil

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
    top = page.locator("table.rk:not(section table)").count()
    rest = page.locator("section.rk--next").count()
    pdf = printed(page)
    assert len(pdf.pages) in (top + rest, top + rest + 1)  # the end may need a page of its own
    last = pdf.pages[-1].extract_text()
    assert f"{len(pdf.pages)}" in last
    listed = page.locator("section.rk--next td.n").count()
    if listed > paper.ROWS_HEADED * paper.COLUMNS:
        left = listed - paper.ROWS_HEADED * paper.COLUMNS
        assert rest == 1 + ceil(left / (paper.ROWS_FULL * paper.COLUMNS))


def test_every_page_says_what_it_belongs_to(open_page: OpenPage, board: dict[str, str]) -> None:
    page = open_page(board["print"], width=1024)
    digest = page.locator("section.end").inner_text().split("摘要应是 ")[1][:19]
    for number, sheet in enumerate(printed(page).pages, start=1):
        text = sheet.extract_text()
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
