"""After the redemption: a report with reply and outcome, a reversal that a second body decides."""

from __future__ import annotations

import datetime as dt

from ops.demo.play_alliance import Shop
from ops.demo.play_calls import (
    ADMIN,
    RESIDENT,
    SECOND_SUPERVISOR,
    SUPERVISOR,
    Answer,
    Play,
    Unexpected,
)

OUTCOME = "与店主和居民当面核对，当天给的花盆确有裂口，情况属实。"


def report(play: Play, shop: Shop, receipt: Answer) -> Answer:
    """Filed with the receipt, worded for the shop, replied to; returns it with the reply."""
    filed = play.post(
        RESIDENT, "redemption-reports", f"凭 {receipt['receipt_number']} 投诉：货不对板",
        "reports wrong goods with the receipt",
        body={
            "redemption_id": receipt["id"], "kind": "wrong_goods", "shares_words": False,
            "text": "说好一盆绿萝，给的盆子是裂的。",
        },
    )  # fmt: skip
    path = f"redemption-reports/{filed['id']}"
    worded = play.post(
        ADMIN, f"{path}/summary", "写明要商户说明什么，不写是谁", "words it for the shop",
        body={"version": filed["version"], "summary": "居民反映花盆有裂口，请说明。"}, expect=200,
    )  # fmt: skip
    return play.post(
        shop.owner, f"/counter/reports/{filed['id']}/reply", "商户答复", "replies for the shop",
        body={"version": worded["version"], "text": "搬运时磕了，愿意退。"}, expect=200,
    )  # fmt: skip


def uphold(play: Play, replied: Answer, *, asks_reversal: bool) -> Answer:
    """Decided in writing, with a warning; with ``asks_reversal`` the points are asked back."""
    decided = play.post(
        ADMIN, f"redemption-reports/{replied['id']}/decision", "书面结论：属实，记提醒一次",
        "upholds it in writing, with a warning",
        body={
            "version": replied["version"], "outcome": "upheld", "answer": OUTCOME,
            "warns": True, "asks_reversal": asks_reversal,
        },
        expect=200,
    )  # fmt: skip
    seen = play.get(
        RESIDENT,
        f"redemption-reports/{replied['id']}",
        "看到答复和结论",
        "reads the reply and the outcome",
    )
    if seen["answer"] != OUTCOME or not seen["is_warned"]:
        raise Unexpected(f"the outcome should be read by who reported: {seen}")
    return decided


def give_back_after_a_report(play: Play, replied: Answer) -> None:
    """Upheld after the window: a supervisor agrees, and the points return to their holder."""
    before = _balance(play)
    decided = uphold(play, replied, asks_reversal=True)
    play.post(
        ADMIN, f"redemption-reversals/{decided['reversal_id']}/decision",
        "想自己复核自己提的", "tries to decide what the administration asked for",
        body={"version": 1, "approves": True, "why": "同意"}, expect="forbidden",
    )  # fmt: skip
    play.post(
        SUPERVISOR, f"redemption-reversals/{decided['reversal_id']}/decision",
        "监督组复核同意，积分退回", "approves; the points return",
        body={"version": 1, "approves": True, "why": "商户承认，凭证相符。"}, expect=200,
    )  # fmt: skip
    if _balance(play) <= before:
        raise Unexpected(f"the points should be back: {before} before and after")


def decline_an_older_one(play: Play) -> None:
    """Any redemption after its window: asked for by the office, declined by a supervisor."""
    found = play.get(
        ADMIN, "receipts", "翻看以前的核销", "looks through earlier redemptions",
        query={"state": "redeemed", "limit": "100"},
    )  # fmt: skip
    receipt = next((each for each in found["items"] if _is_beyond(play, each)), None)
    if receipt is None:
        play.note("没有过了撤销时限的核销", "no redemption is beyond its window")
        return
    asked = play.post(
        ADMIN, "redemption-reversals", f"{receipt['receipt_number']} 过了 15 分钟，申请退回",
        "asks for a reversal after the window",
        body={"redemption_id": receipt["id"], "reason": "居民说没有拿到，请核对。"},
    )  # fmt: skip
    path = f"redemption-reversals/{asked['id']}"
    seen = play.get(SUPERVISOR, path, "看凭证和理由", "reads receipt and reason")
    play.post(
        SECOND_SUPERVISOR if seen["must_stay_out"] else SUPERVISOR, f"{path}/decision",
        "不同意退回，写明理由", "declines with a reason",
        body={"version": asked["version"], "approves": False, "why": "店里留有签收，凭证相符。"},
        expect=200,
    )  # fmt: skip


def _is_beyond(play: Play, receipt: Answer) -> bool:
    """Redeemed so long ago that no clerk can cancel it, and never asked back."""
    age = play.now() - dt.datetime.fromisoformat(receipt["resolved_at_utc"])
    is_left_alone = receipt["cancelled_at_utc"] is None and receipt["reversal_state"] is None
    return is_left_alone and age > dt.timedelta(hours=1)


def _balance(play: Play) -> float:
    mine = play.get(RESIDENT, "me/points", "看可用积分", "looks at the balance")
    return float(mine["spendable"])
