"""The code on a member's phone: read by a scanner, renewed, dead, offline, with a wrong clock."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.demo_site import COMMUNITY, OFFER, SHOP
from tests.browser.till import CLERK, MEMBER, Till

CHOICES = f"/me/{COMMUNITY}/shops/{SHOP}"
#: CSS pixels; what scanners at a counter want.
LEAST_QR = 200


def phone(browser: Browser, till: Till, *, size: str = "standard", **options: Any) -> Page:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="zh-CN", reduced_motion="reduce", **options
    )
    context.add_cookies([{"name": "size", "value": size, "url": till.url}])
    till.sign_in(context, MEMBER)
    return context.new_page()


def show_code(page: Page, till: Till) -> None:
    page.goto(f"{till.url}{CHOICES}")
    page.locator("button.ll-choice-row", has_text=OFFER).click()
    page.locator("svg.qr").wait_for()


@pytest.fixture
def page(chromium: Browser, till: Till) -> Iterator[Page]:
    """A phone with a code on it whose clock the test moves; the hold is taken back at the end."""
    opened = phone(chromium, till)
    opened.clock.install()
    held = till.hold()
    opened.goto(f"{till.url}/me/{COMMUNITY}/redemptions/{held}")
    opened.locator("svg.qr").wait_for()
    yield opened
    opened.context.close()
    till.withdraw(held)


def read(page: Page) -> str | None:
    """What a scanner reads off the screen."""
    found = zxingcpp.read_barcode(Image.open(io.BytesIO(page.screenshot())))
    return found.text if found else None


def digits(page: Page) -> str:
    return page.locator("#code-spoken").inner_text().replace(" ", "")


def at_counter(till: Till, act: str, code: str) -> httpx.Response:
    return httpx.post(
        f"{till.url}/api/v1/counter/{act}",
        json={"code": code},
        headers={
            "Authorization": f"Bearer {till.tokens[CLERK]}",
            "Idempotency-Key": f"{act}-{code[-20:]}",
        },
    )


@pytest.mark.parametrize("size", ["standard", "elder", "largest"])
def test_a_scanner_reads_the_screen(chromium: Browser, till: Till, size: str) -> None:
    opened = phone(chromium, till, size=size)
    show_code(opened, till)
    box = opened.locator("#code-qr").bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= LEAST_QR
    opened.locator("#code-qr").scroll_into_view_if_needed()
    payload = read(opened)
    assert payload is not None
    assert at_counter(till, "preview", payload).status_code == 200
    assert at_counter(till, "preview", digits(opened)).status_code == 200
    opened.locator("#withdraw button").click()
    opened.locator(".ll-verdict").wait_for()
    opened.context.close()


def test_it_renews_itself_in_time(page: Page) -> None:
    first, payload = digits(page), read(page)
    page.clock.fast_forward(50_000)
    assert digits(page) == first
    assert "is-late" in (page.locator("#code").get_attribute("class") or "")
    page.clock.fast_forward(6_000)
    expect(page.locator("#code-spoken")).not_to_have_text(" ".join(first))
    assert page.locator("#code-seconds").inner_text() in ("70", "69", "68")
    assert "is-late" not in (page.locator("#code").get_attribute("class") or "")
    assert read(page) not in (None, payload)


def test_another_code_is_one_press_away(page: Page) -> None:
    first = digits(page)
    page.get_by_role("button", name="换一个码").click()
    expect(page.locator("#code-spoken")).not_to_have_text(" ".join(first))
    page.get_by_role("button", name="换一个码").click()
    assert page.locator("#renew button").get_attribute("aria-busy") is None


def test_offline_it_says_so_dies_and_comes_back(page: Page) -> None:
    payload = read(page)
    page.context.set_offline(True)
    page.clock.fast_forward(3_000)
    expect(page.locator("#offline")).to_be_visible()
    assert read(page) == payload, "the code still works at the counter"
    page.clock.fast_forward(70_000)
    expect(page.get_by_text("这个码过时了")).to_be_visible()
    assert read(page) is None
    assert page.locator("svg.qr").count() == 0
    assert digits(page) == ""
    page.context.set_offline(False)
    page.get_by_role("button", name="重新连接").click()
    page.locator("svg.qr").wait_for()
    expect(page.locator("#offline")).to_be_hidden()
    assert read(page) not in (None, payload)


def test_redeemed_it_becomes_the_receipt(page: Page, till: Till) -> None:
    answer = at_counter(till, "redeem", digits(page))
    assert answer.status_code == 200, answer.text
    page.clock.fast_forward(2_500)
    expect(page.get_by_role("heading", level=1, name="兑换好了")).to_be_visible()
    assert answer.json()["receipt_number"] in page.locator("main").inner_text()
    assert page.locator("#hold").count() == 0, "nothing is asked any more"


def test_pressed_twice_it_is_one_hold(chromium: Browser, till: Till) -> None:
    opened = phone(chromium, till)

    def holds() -> int:
        opened.goto(f"{till.url}/me/{COMMUNITY}")
        return opened.locator(".ll-needs > li").count()

    before = holds()
    opened.goto(f"{till.url}{CHOICES}")
    opened.locator("button.ll-choice-row", has_text=OFFER).dblclick()
    opened.locator("svg.qr").wait_for()
    held = opened.url
    assert holds() == before + 1
    opened.goto(held)
    opened.locator("#withdraw button").click()
    opened.locator(".ll-verdict").wait_for()
    opened.context.close()


def test_a_clock_that_is_wrong_does_not_matter(chromium: Browser, till: Till) -> None:
    for minutes in (-5, 5):
        opened = phone(chromium, till)
        opened.clock.install(time=dt.datetime.now(dt.UTC) + dt.timedelta(minutes=minutes))
        show_code(opened, till)
        assert 60 <= int(opened.locator("#code-seconds").inner_text()) <= 70
        assert opened.locator("#hold-minutes").inner_text() == "10"
        opened.locator("#withdraw button").click()
        opened.locator(".ll-verdict").wait_for()
        opened.context.close()


def test_a_clock_set_while_it_runs_kills_no_code_late(page: Page) -> None:
    """The wall clock goes back an hour; the steady one goes on and the code still ends in time."""
    page.evaluate(
        "() => { const now = Date.prototype.getTime;"
        " Date.prototype.getTime = function () { return now.call(this) - 3600000; }; }"
    )
    # Not the browser's own "offline", which on a busy machine still lets a request through.
    page.route("**/*", lambda route: route.abort())
    page.clock.fast_forward(75_000)
    expect(page.get_by_text("这个码过时了")).to_be_visible()
    page.unroute_all(behavior="ignoreErrors")


def test_without_script_the_code_is_there_and_can_be_renewed(chromium: Browser, till: Till) -> None:
    opened = phone(chromium, till, java_script_enabled=False)
    show_code(opened, till)
    payload, first = read(opened), digits(opened)
    assert payload is not None
    opened.get_by_role("button", name="换一个码").click()
    assert digits(opened) != first
    assert read(opened) not in (None, payload)
    opened.get_by_role("link", name="看结果").click()
    opened.get_by_role("button", name="不兑换了").click()
    assert "已取消这次兑换" in opened.locator("main").inner_text()
    opened.context.close()


def test_a_request_at_the_shop_is_declined_with_a_reason(chromium: Browser, till: Till) -> None:
    opened = phone(chromium, till)
    opened.clock.install()
    opened.goto(f"{till.url}/m/{COMMUNITY}/{SHOP}")
    opened.get_by_role("link", name="选优惠，在这里兑换").click()
    opened.locator("button.ll-choice-row", has_text=OFFER).click()
    opened.locator("#hold-left").wait_for()
    redemption_id = opened.url.rsplit("/", 1)[1]
    declined = httpx.post(
        f"{till.url}/api/v1/counter/requests/{redemption_id}/decline",
        json={"reason": "closing"},
        headers={"Authorization": f"Bearer {till.tokens[CLERK]}"},
    )
    assert declined.status_code == 200, declined.text
    opened.clock.fast_forward(2_500)
    expect(opened.get_by_text("店里说要打烊了")).to_be_visible()
    opened.context.close()


def test_a_ticket_signs_in_and_leaves_the_address(chromium: Browser, till: Till) -> None:
    told = till.member.post("/me/web-sign-in").json()
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    opened = context.new_page()
    opened.goto(f"{till.url}{told['address']}")
    assert told["ticket"] not in opened.url
    expect(opened.locator("#ticket")).to_be_hidden()
    opened.get_by_role("button", name="进入").click()
    expect(opened.locator(".ll-measure--balance")).to_be_visible()
    context.close()
