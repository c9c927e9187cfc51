"""At a shop's standing QR: a request is accepted, and one is declined with a reason."""

from __future__ import annotations

from ops.demo.play_alliance import Shop
from ops.demo.play_calls import RESIDENT, Answer, Play, Unexpected


def ask(play: Play, shop: Shop) -> Answer:
    """The resident scans the sheet at the till and chooses; the clerk's screen shows it."""
    asked = play.post(
        RESIDENT, f"merchants/{shop.code}/requests", f"扫店里的码，选“{shop.offer['title']}”",
        "scans the shop's standing QR and chooses an offer", body={"offer_id": shop.offer["id"]},
    )  # fmt: skip
    waiting = play.get(
        shop.clerk, "/counter/requests", "收银台上看到这一笔", "sees it on the counter's screen"
    )
    if [each["id"] for each in waiting["items"]] != [asked["id"]]:
        raise Unexpected(f"{asked['receipt_number']} should wait at the counter: {waiting}")
    return asked


def accept(play: Play, shop: Shop) -> Answer:
    """Redeemed by one press; a second press takes nothing more."""
    asked = ask(play, shop)
    receipt = play.post(
        shop.clerk, f"/counter/requests/{asked['id']}/redeem", "核销", "accepts it", expect=200
    )
    play.post(
        shop.clerk, f"/counter/requests/{asked['id']}/redeem", "又点了一次", "presses once more",
        expect="already_redeemed",
    )  # fmt: skip
    return receipt


def decline(play: Play, shop: Shop) -> None:
    """Sent away with a reason; the points are back at once."""
    asked = ask(play, shop)
    play.post(
        shop.clerk, f"/counter/requests/{asked['id']}/decline", "没货了，请回",
        "declines: sold out", body={"reason": "sold_out"}, expect=200,
    )  # fmt: skip
    seen = play.get(
        RESIDENT, f"redemptions/{asked['id']}", "手机上看到原因，积分退回",
        "reads the reason; the points are back",
    )  # fmt: skip
    if (seen["state"], seen["decline_reason"]) != ("withdrawn", "sold_out"):
        raise Unexpected(f"the reason should stand on the receipt: {seen}")
