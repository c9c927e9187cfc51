"""The office on a phone: a card from the printer into a hand, and every section at both sizes."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from tests.browser.demo_site import COMMUNITY
from tests.browser.looking import Screen, chinese_of_ours, inspected
from tests.browser.till import ADMIN, SUPERVISOR, Till

HOME = f"/office/{COMMUNITY}"
PIN = "482715"
MM_PER_PX = 25.4 / 96
#: A card, and the least width of its code with the white around it.
CARD, LEAST_CODE = (85.6, 54), 32
#: Sections of the office with what stands in them in the demo.
SECTIONS = (
    "", "/cards", "/cards?q=王", "/card-batches", "/card-handovers", "/card-notices",
    "/card-notices?show=called", "/hand-over", "/hand-over?q=王", "/reports", "/reports?number=12",
    "/merchant-records", "/window", "/window?q=王", "/receipts", "/receipts?number=ABC",
    "/reversals", "/refusals", "/refusals?from=2026-11-02&to=2026-11-01", "/alarms", "/pairs",
    "/stops",
)  # fmt: skip


def opened(
    browser: Browser, till: Till, size: str = "standard", login: str = ADMIN, language: str = "zh"
) -> Page:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="zh-CN", reduced_motion="reduce"
    )
    for name, value in (("size", size), ("lang", language)):
        context.add_cookies([{"name": name, "value": value, "url": till.url}])
    till.sign_in(context, login)
    return context.new_page()


def first(page: Page, till: Till, section: str, kind: str) -> None:
    """Open the first one of a list."""
    page.goto(f"{till.url}{HOME}/{section}")
    page.locator(f"a.ll-entry[href*='/{kind}/']").first.click()
    page.wait_for_url(re.compile(f"/{kind}/"))


def press(page: Page) -> None:
    """What the holder's finger does on the layout that is shown."""
    for digit in PIN:
        page.locator("[data-turn]:visible [data-press]", has_text=digit).click()


def test_a_card_from_the_printer_into_a_hand(chromium: Browser, till: Till) -> None:
    page = opened(chromium, till)
    page.goto(f"{till.url}{HOME}/card-batches")
    page.get_by_label("几张").fill("11")
    page.get_by_role("button", name="订这一批").click()
    page.get_by_role("button", name="印 11 张卡").click()
    number, token = sheet_is_right(page, till)
    page.get_by_role("link", name="回到这一批").click()
    page.get_by_role("button", name="收到了，可以发").click()
    page.get_by_text("可以发了").wait_for()
    page.goto(f"{till.url}{HOME}/hand-over?q=王")
    page.locator("a.ll-entry", has_not_text="已有卡").first.click()
    page.get_by_label("哪一张卡").fill(token)
    page.get_by_role("button", name="发卡，记进登记簿").click()
    page.get_by_role("button", name="请居民设密码").click()
    press(page)
    page.get_by_text("再按一遍").wait_for()
    press(page)
    with page.expect_request(re.compile("/pin/choice")) as sent:
        page.get_by_role("button", name="设好密码").click()
    assert PIN not in (sent.value.post_data or "")
    page.get_by_text("密码设好了").wait_for()
    assert number in page.locator("h1").inner_text()
    page.get_by_text("挂失", exact=True).click()
    page.get_by_role("button", name="挂失这张卡").click()
    page.get_by_text("已挂失，这张卡马上不能用了。").wait_for()
    page.context.close()


def sheet_is_right(page: Page, till: Till) -> tuple[str, str]:
    """Eleven cards of the right size on two sheets, each read; number and address of the first."""
    page.locator(".sheet").first.wait_for()
    pdf = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True, print_background=True)))
    assert len(pdf.pages) == 2
    page.emulate_media(media="print")
    cards = page.locator(".card")
    assert cards.count() == 11
    box = cards.first.bounding_box()
    assert box is not None
    assert (box["width"] * MM_PER_PX, box["height"] * MM_PER_PX) == pytest.approx(CARD, abs=0.3)
    tokens = []
    for card in cards.all():
        code = card.locator("svg")
        shown = code.bounding_box()
        assert shown is not None
        assert shown["width"] * MM_PER_PX >= LEAST_CODE
        read = zxingcpp.read_barcode(Image.open(io.BytesIO(code.screenshot())))
        assert read is not None
        assert f"/k/{COMMUNITY}/" in read.text
        tokens.append(read.text)
    assert len(set(tokens)) == 11
    number = cards.first.locator(".number").inner_text()
    page.emulate_media(media="screen")
    return number, tokens[0]


def each_page(page: Page, till: Till, sections: Iterable[str], look: Callable[[str], None]) -> None:
    """The sections as they stand, then one of each kind with its forms open."""
    for section in sections:
        page.goto(f"{till.url}{HOME}{section}")
        look(section or "home")
    page.goto(f"{till.url}{HOME}")
    page.locator(".ll-officemenu > summary").click()
    look("menu")
    for section, kind in (
        ("cards?state=active", "cards"), ("card-batches", "card-batches"),
        ("reports?state=filed", "reports"), ("receipts?state=redeemed", "receipts"),
        ("reversals", "reversals"),
    ):  # fmt: skip
        first(page, till, section, kind)
        page.evaluate("document.querySelectorAll('main details').forEach((one) => one.open = true)")
        look(f"one of {kind}")
    first(page, till, "cards?state=active", "cards")
    page.goto(f"{page.url}/replacement")
    look("replacement")
    page.goto(f"{till.url}{HOME}/window?q=王")
    page.locator("a.ll-entry").first.click()
    page.locator("#receipt_number").fill("ABC")
    page.locator("main form[method=post] button[type=submit]").click()
    page.locator("#receipt_number-more").or_(page.locator("#kind-more")).first.wait_for()
    look("window form with an error")
    page.goto(f"{till.url}/k/{COMMUNITY}/anything")
    look("found card")


@pytest.mark.parametrize("size", ["standard", "elder"])
def test_every_section_fits_and_can_be_read(chromium: Browser, till: Till, size: str) -> None:
    # What a search finds or refuses is laid out alike; the larger size is where it could break.
    sections = SECTIONS if size == "elder" else [each for each in SECTIONS if "?" not in each]
    page = opened(chromium, till, size)
    with inspected(page, size=size, screens=[Screen(390, axe=True)]) as seen:
        each_page(page, till, sections, seen.look)


def test_a_supervisor_decides_what_the_administration_asked(chromium: Browser, till: Till) -> None:
    page = opened(chromium, till, login=SUPERVISOR)
    first(page, till, "reversals?state=asked", "reversals")
    page.locator("input[value=decline]").check()
    page.get_by_label("理由").fill("监控里看到已经给了东西。")
    page.get_by_role("button", name="写好了，定下来").click()
    page.get_by_text("监控里看到已经给了东西。").wait_for()
    assert page.get_by_role("button", name="写好了，定下来").count() == 0
    page.context.close()


def test_english_has_no_chinese_of_ours(chromium: Browser, till: Till) -> None:
    """Names stay as they are; whatever else is Chinese was forgotten in the catalog."""
    page = opened(chromium, till, language="en")
    with inspected(page, size="standard", language="en", screens=[Screen(390)]) as seen:
        for section in SECTIONS:
            page.goto(f"{till.url}{HOME}{section}")
            words = page.locator(
                "main .btn, main label, main dt, main h1, main h2, .ll-officemenu a"
            )
            seen.note(section or "home", chinese_of_ours(words.all_inner_texts()))
