"""What a shop prints: one sheet, or one small card, whose code a scanner reads."""

from __future__ import annotations

import io

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from tests.browser.demo_site import COMMUNITY, SHOP
from tests.browser.till import ADMIN, CLERK, OWNER, Till

#: Millimetres of each paper, and the least width of its code.
PAPERS = {
    "sheet": (210, 297),
    "plaque": (105, 148),
    "plaque?paper=a5": (148, 210),
}
LEAST_CODE = 60
MM_PER_POINT = 25.4 / 72
MM_PER_PX = 25.4 / 96


def opened(browser: Browser, till: Till, paper: str, login: str = OWNER) -> Page:
    context = browser.new_context(viewport={"width": 1024, "height": 900}, locale="zh-CN")
    till.sign_in(context, login)
    page = context.new_page()
    answer = page.goto(f"{till.url}/shops/{COMMUNITY}/{SHOP}/{paper}")
    assert answer is not None
    assert answer.status == 200
    return page


@pytest.mark.parametrize("paper", PAPERS)
def test_it_is_one_page_of_its_size_and_its_code_is_read(
    chromium: Browser, till: Till, paper: str
) -> None:
    page = opened(chromium, till, paper)
    pdf = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True, print_background=True)))
    assert len(pdf.pages) == 1
    box = pdf.pages[0].mediabox
    size = (float(box.width) * MM_PER_POINT, float(box.height) * MM_PER_POINT)
    assert size == pytest.approx(PAPERS[paper], abs=1)
    page.emulate_media(media="print")
    code = page.locator(".standing svg")
    shown = code.bounding_box()
    assert shown is not None
    assert shown["width"] * MM_PER_PX >= LEAST_CODE
    read = zxingcpp.read_barcode(Image.open(io.BytesIO(code.screenshot())))
    assert read is not None
    assert read.text.endswith(f"/m/{COMMUNITY}/{SHOP}")
    page.context.close()


@pytest.mark.parametrize("login", [OWNER, CLERK, ADMIN])
def test_the_shop_and_the_community_print_it(chromium: Browser, till: Till, login: str) -> None:
    page = opened(chromium, till, "sheet", login)
    text = page.locator("main").inner_text()
    assert "老邢家常菜" in text
    assert "没带手机" in text
    assert "积分" in page.locator(".offers").inner_text()
    page.context.close()
