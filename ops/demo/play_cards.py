"""A card from order to closing: printed, handed over, a PIN, a use, a refused second one."""

from __future__ import annotations

from ops.demo.cards_played import presses
from ops.demo.play_alliance import Shop
from ops.demo.play_calls import ADMIN, GRID_WORKER, RESIDENT, Answer, Play


def pay_by_card(play: Play, shop: Shop) -> Answer:
    """Returns the receipt of the one use that a shop and day allow."""
    card = _order(play)
    card_id = _hand_over(play, card)
    receipt = _use(play, shop, card, expect=200)
    _use(play, shop, card, expect="card_used_here_today")
    play.note("密码按位置传，网上没有数字", "the PIN travels as positions, never as digits")
    _close(play, card_id)
    return receipt


def _order(play: Play) -> Answer:
    """A batch of one card: ordered, printed, received."""
    batch = play.post(
        ADMIN, "card-batches", "订一批卡", "orders a batch of cards", body={"size": 1}
    )
    path = f"card-batches/{batch['id']}"
    sheet = play.post(
        ADMIN, f"{path}/print", "打印卡号和二维码", "prints numbers and codes",
        body={"version": batch["version"]}, expect=200,
    )  # fmt: skip
    play.post(
        ADMIN, f"{path}/receipt", "卡到了窗口", "has the cards in the office",
        body={"version": sheet["batch"]["version"]}, expect=200,
    )  # fmt: skip
    card: Answer = sheet["cards"][0]
    return card


def _hand_over(play: Play, card: Answer) -> str:
    """A line in the book, and the holder chooses a PIN on the screen at the window."""
    line = play.post(
        GRID_WORKER, "card-handovers", f"发卡 {card['number']}，记入登记簿",
        "hands the card over and writes it into the book",
        body={"card": card["payload"], "member_id": play.member_id(RESIDENT)},
    )  # fmt: skip
    keypad = play.post(
        GRID_WORKER, f"cards/{line['card_id']}/keypads", "打开密码键盘", "opens a shuffled keypad"
    )
    play.post(
        GRID_WORKER, "card-pins", "居民自己按两遍密码", "lets the holder type the PIN twice",
        body={
            "keypad_id": keypad["keypad_id"], "presses": presses(keypad["keys"]),
            "presses_again": presses(keypad["keys_again"]),
        },
        expect=200,
    )  # fmt: skip
    return str(line["card_id"])


def _use(play: Play, shop: Shop, card: Answer, *, expect: int | str) -> Answer:
    shown = play.post(
        shop.clerk, "/counter/cards/start", "扫卡，弹出乱序键盘", "scans the card",
        body={"card": card["payload"], "offer_id": shop.offer["id"]}, expect=200,
    )  # fmt: skip
    return play.post(
        shop.clerk, "/counter/cards/redeem", "居民按密码，核销", "redeems with the holder's PIN",
        body={"keypad_id": shown["keypad_id"], "presses": presses(shown["keys"])}, expect=expect,
    )  # fmt: skip


def _close(play: Play, card_id: str) -> None:
    """So that the demo stays as it was."""
    now = play.get(GRID_WORKER, f"cards/{card_id}", "查这张卡", "looks the card up")
    play.post(
        GRID_WORKER, f"cards/{card_id}/closing", "注销，积分还在账上",
        "takes it out of use; the points stay",
        body={"version": now["version"], "why": "演示结束"}, expect=200,
    )  # fmt: skip
