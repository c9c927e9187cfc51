"""A clerk at the counter in a real Chromium: scan gun, camera, waiting requests, a cut network."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import qrcode
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.chromium import launched
from tests.browser.demo_site import OFFER
from tests.browser.till import Till

#: Seconds within which a request stands on the shop's screen (product.md section 6).
SHOWN_WITHIN = 2.0
PIN = "482715"


@pytest.fixture
def counter(chromium: Browser, till: Till) -> Iterator[Page]:
    page = till.open(chromium)
    yield page
    page.context.close()


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1, name=words)).to_be_visible()


def type_in(page: Page, text: str) -> None:
    """As a scan gun does: it types into whatever has the focus, and Enter at last."""
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_a_scan_gun_types_the_address_and_one_tap_redeems(counter: Page, till: Till) -> None:
    assert counter.evaluate("document.activeElement.id") == "code"
    type_in(counter, till.code()["payload"])
    heading(counter, OFFER)
    assert "另收" not in counter.locator("#counter").inner_text()
    before = counter.locator("#today").inner_text()
    counter.get_by_role("button", name="确认收 1 积分").click()
    heading(counter, "收到 1 积分")
    assert counter.locator("#today").inner_text() != before
    assert counter.locator(".ll-verdict").get_attribute("role") == "status"
    counter.get_by_role("link", name="扫下一个").click()
    heading(counter, "扫码核销")
    assert counter.evaluate("document.activeElement.id") == "code"


def test_digits_may_be_wide_and_gapped_and_must_be_eight(counter: Page, till: Till) -> None:
    type_in(counter, "4827 153")
    expect(counter.get_by_role("alert").filter(has_text="少了 1 位")).to_be_visible()
    assert counter.locator("#code").input_value() == "4827 153"
    counter.locator("#code").fill("")
    digits = till.code()["digits"]
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in digits)
    counter.locator("#code").fill(f"{wide[:4]} {wide[4:]}")
    counter.get_by_role("button", name="查询").click()
    heading(counter, OFFER)


def test_a_used_code_says_when_and_under_which_number(counter: Page, till: Till) -> None:
    code = till.code()["payload"]
    type_in(counter, code)
    counter.get_by_role("button", name="确认收").click()
    number = counter.locator(".ll-verdict .num-plain").inner_text().split()[-1]
    counter.get_by_role("link", name="扫下一个").click()
    heading(counter, "扫码核销")
    type_in(counter, code)
    heading(counter, "这个码用过了")
    refused = counter.locator("[data-step='refused']")
    assert refused.get_by_role("alert").count() == 1
    assert number in refused.inner_text()
    assert "没有收积分" in refused.inner_text()
    assert "本店" in refused.inner_text()


def test_a_network_cut_after_confirming_never_charges_twice(counter: Page, till: Till) -> None:
    """The server redeems, its answer is lost, and the page asks again with the same key."""
    before = till.balance()
    keys = []

    def lose_the_first_answer(route: Route) -> None:
        keys.append(route.request.post_data)
        if len(keys) == 1:
            assert route.fetch().status == 200
            route.abort("connectionreset")
        elif len(keys) == 2:
            route.abort("internetdisconnected")
        else:
            route.continue_()

    type_in(counter, till.code()["payload"])
    heading(counter, OFFER)
    counter.route("**/counter/redeem", lose_the_first_answer)
    counter.get_by_role("button", name="确认收").click()
    heading(counter, "正在查结果")
    heading(counter, "收到 1 积分")
    assert len(keys) == 3
    assert len(set(keys)) == 1
    assert till.balance() == before - 1


def test_leaving_the_page_while_the_answer_is_unknown_comes_back_to_it(
    counter: Page, till: Till
) -> None:
    before = till.balance()
    type_in(counter, till.code()["payload"])
    heading(counter, OFFER)
    counter.route("**/counter/redeem", lambda route: (route.fetch(), route.abort()))
    counter.get_by_role("button", name="确认收").click()
    heading(counter, "正在查结果")
    counter.unroute("**/counter/redeem")
    counter.reload()
    heading(counter, "收到 1 积分")
    assert till.balance() == before - 1


def test_a_look_without_network_stays_and_says_so(counter: Page, till: Till) -> None:
    counter.route("**/counter/preview", lambda route: route.abort())
    type_in(counter, till.code()["digits"])
    expect(counter.get_by_text("网络断了，没有查到")).to_be_visible()
    counter.unroute("**/counter/preview")
    counter.get_by_role("button", name="查询").click()
    heading(counter, OFFER)


def test_a_request_appears_announces_itself_and_is_redeemed(counter: Page, till: Till) -> None:
    with counter.expect_response(lambda answer: answer.status == 304):
        pass
    asked = till.request()
    since = time.monotonic()
    shown = counter.locator(f"[data-request='{asked['id']}']")
    shown.wait_for(timeout=SHOWN_WITHIN * 1000)
    assert time.monotonic() - since <= SHOWN_WITHIN
    assert OFFER in counter.locator("#announced").inner_text()
    assert counter.title().startswith("(1) ")
    assert asked["receipt_number"] in shown.inner_text()
    shown.get_by_role("button", name="确认收 1 积分").click()
    heading(counter, "收到 1 积分")
    expect(shown).to_have_count(0)


def test_a_request_is_sent_away_with_a_reason(counter: Page, till: Till) -> None:
    before = till.balance()
    asked = till.request()
    shown = counter.locator(f"[data-request='{asked['id']}']")
    shown.get_by_text("不能给，退回").click()
    shown.get_by_role("button", name="没货了").click()
    heading(counter, "已退回这个请求")
    assert till.balance() == before
    counter.goto(f"{till.url}/counter/day")
    assert "没货了" in counter.locator(".ll-entries").inner_text()


def test_a_card_is_paid_with_by_its_holders_fingers(counter: Page, till: Till) -> None:
    """The page sends places, never the PIN."""
    before = till.balance()
    card = till.card(PIN)
    type_in(counter, card["payload"])
    heading(counter, "换什么？")
    counter.get_by_role("button", name=OFFER).click()
    heading(counter, OFFER)
    pay = counter.get_by_role("button", name="按好了，付 1 积分")
    for digit in PIN[:3]:
        counter.locator("[data-keypad]").get_by_role("button", name=digit, exact=True).click()
    pay.click()
    expect(counter.get_by_text("密码要按满 6 位")).to_be_visible()
    counter.get_by_role("button", name="删一位").click()
    for digit in PIN[2:]:
        counter.locator("[data-keypad]").get_by_role("button", name=digit, exact=True).click()
    assert counter.locator("[data-pressed]").inner_text() == "●●●●●●"
    with counter.expect_request("**/counter/cards/redeem") as sent:
        pay.click()
    assert PIN not in (sent.value.post_data or "")
    heading(counter, "收到 1 积分")
    assert till.balance() == before - 1


def test_the_camera_reads_a_shown_code(chromium: Browser, till: Till, tmp_path: Path) -> None:
    film = tmp_path / "code.y4m"
    film.write_bytes(y4m(till.code()["payload"]))
    browser = launched(
        chromium.browser_type,
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )
    page = till.open(browser)
    heading(page, OFFER)
    page.get_by_role("button", name="确认收 1 积分").click()
    heading(page, "收到 1 积分")
    # The code is still before the camera: it is not asked for again.
    page.get_by_role("link", name="扫下一个").click()
    expect(page.get_by_text("对准居民手机上的码")).to_be_visible()
    heading(page, "扫码核销")
    browser.close()


def test_without_a_camera_a_photo_is_read(counter: Page, till: Till) -> None:
    expect(counter.get_by_role("heading", name="相机打不开")).to_be_visible()
    photo = counter.locator("[data-photo]")
    photo.set_input_files({"name": "wall.png", "mimeType": "image/png", "buffer": png(None)})
    expect(counter.get_by_text("照片里没有认出码")).to_be_visible()
    picture = png(till.code()["payload"])
    photo.set_input_files({"name": "code.png", "mimeType": "image/png", "buffer": picture})
    heading(counter, OFFER)


def test_without_script_digits_lead_to_a_receipt_and_back(chromium: Browser, till: Till) -> None:
    before = till.balance()
    page = till.open(chromium, java_script_enabled=False)
    page.locator("#code").fill(till.code()["digits"])
    page.get_by_role("button", name="查询").click()
    page.get_by_role("button", name="确认收 1 积分").click()
    assert till.balance() == before - 1
    page.get_by_text("撤销这一笔").click()
    page.get_by_role("button", name="收错了").click()
    heading(page, "已撤销这一笔")
    assert till.balance() == before
    page.context.close()


def test_signed_out_meanwhile_says_so(counter: Page, till: Till) -> None:
    counter.context.clear_cookies()
    counter.locator("#code").fill(till.code()["digits"])
    counter.get_by_role("button", name="查询").click()
    heading(counter, "登录过期了")


def png(payload: str | None) -> bytes:
    """A photo with a code, or of an empty wall."""
    picture = Image.new("RGB", (900, 700), "#d8d4c8")
    if payload is not None:
        picture.paste(drawn(payload), (220, 120))
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG")
    return buffer.getvalue()


def y4m(payload: str, frames: int = 10) -> bytes:
    """A film for Chromium's fake camera: the code held still."""
    picture = Image.new("RGB", (640, 480), "#40443f")
    code = drawn(payload).resize((360, 360))
    picture.paste(code, (140, 60))
    luma, *chroma = picture.convert("YCbCr").split()
    frame = luma.tobytes() + b"".join(plane.resize((320, 240)).tobytes() for plane in chroma)
    return b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420mpeg2\n" + (b"FRAME\n" + frame) * frames


def drawn(payload: str) -> Image.Image:
    code = qrcode.QRCode(box_size=9, border=4)
    code.add_data(payload)
    picture: Image.Image = code.make_image().get_image().convert("RGB")
    return picture
