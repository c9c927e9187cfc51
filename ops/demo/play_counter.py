"""At the counter: a code is issued, shown, looked at, redeemed once, cancelled, withdrawn."""

from __future__ import annotations

import uuid

from ops.demo.play_alliance import Shop
from ops.demo.play_calls import RESIDENT, Answer, Person, Play, Unexpected

OTHER_CLERK = Person("laoxing-clerk", "别家店员", "clerk of another shop")


def issue(play: Play, shop: Shop) -> Answer:
    """The resident holds points for the offer and gets a code."""
    held = play.post(
        RESIDENT, "redemptions", f"为“{shop.offer['title']}”出示兑换码", "asks for a code",
        body={"offer_id": shop.offer["id"]},
    )  # fmt: skip
    play.note(
        f"冻结 {held['points']:g} 分十分钟；码 {held['code']['digits']}，"
        f"{held['code']['seconds_left']} 秒内有效",
        f"holds {held['points']:g} point for ten minutes; the code lives "
        f"{held['code']['seconds_left']} s",
    )
    return held


def redeem_once(play: Play, shop: Shop, other_clerk: Person = OTHER_CLERK) -> Answer:
    """Wrong shop, preview, redeem, the same request again, and a second scan."""
    held = issue(play, shop)
    shown = play.post(
        RESIDENT, f"redemptions/{held['id']}/code", "刷新兑换码", "shows the next code"
    )
    payload = {"code": shown["payload"]}
    _wrong_shop(play, other_clerk, payload)
    preview = play.post(
        shop.clerk, "/counter/preview", "先看一眼：什么优惠、还剩多少", "looks at the code",
        body=payload, expect=200,
    )  # fmt: skip
    key = str(uuid.uuid4())
    receipt = play.post(
        shop.clerk, "/counter/redeem", "核销", "redeems it", body=payload, expect=200, key=key
    )
    again = play.post(
        shop.clerk, "/counter/redeem", "网断了，同一请求再发一次", "repeats the same request",
        body=payload, expect=200, key=key,
    )  # fmt: skip
    if again != receipt or preview["receipt"]["receipt_number"] != receipt["receipt_number"]:
        raise Unexpected(f"the repeated request was answered differently: {again} {receipt}")
    refused = play.post(
        shop.clerk, "/counter/redeem", "同一个码再扫一次", "scans the same code again",
        body=payload, expect="already_redeemed",
    )  # fmt: skip
    if refused.get("receipt_number") != receipt["receipt_number"]:
        raise Unexpected(f"the refusal should name the receipt: {refused}")
    play.note(f"凭证号 {receipt['receipt_number']}", f"receipt {receipt['receipt_number']}")
    return receipt


def cancel(play: Play, shop: Shop, receipt: Answer) -> None:
    """Within fifteen minutes the clerk takes it back; the points return."""
    play.post(
        shop.clerk, f"/counter/redemptions/{receipt['id']}/cancellation", "撤销核销，积分退回",
        "cancels it; the points return", body={"reason": "mistake"}, expect=200,
    )  # fmt: skip


def withdraw(play: Play, shop: Shop) -> None:
    """The resident changes their mind before the scan."""
    held = issue(play, shop)
    play.post(
        RESIDENT, f"redemptions/{held['id']}/withdrawal", "不换了，退回", "takes the hold back",
        expect=200,
    )  # fmt: skip


def _wrong_shop(play: Play, other_clerk: Person, payload: Answer) -> None:
    play.post(
        other_clerk, "/counter/redeem", "扫了这个码", "scans the code",
        body=payload, expect="wrong_merchant",
    )  # fmt: skip
