"""A shop joins: merchant and people, an offer, one text signed by both sides, and its leaving."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from secrets import token_hex

from ops.demo.play_calls import ADMIN, PUBLIC, Answer, Person, Play

TERM = dt.timedelta(days=365)


@dataclass(frozen=True, kw_only=True)
class Shop:
    """The shop of this run; ``offer`` as accepted, ``agreement`` as signed by both."""

    merchant_id: str
    code: str
    joined: Answer
    owner: Person
    clerk: Person
    offer: Answer
    agreement: Answer


def open_shop(play: Play) -> Shop:
    """Enter a merchant, seat its people, propose, sign on both sides, accept."""
    code = f"hua-{token_hex(3)}"
    joined = play.post(
        ADMIN, "merchants", "请一家花店加入联盟", "enters a flower shop into the alliance",
        body={
            "code": code, "name": "云中花店（演示）", "trade": "花店",
            "address": "怡居苑西区东门", "joined_on": play.today.isoformat(),
        },
    )  # fmt: skip
    merchant_id = joined["merchant"]["id"]
    owner = _seat(play, merchant_id, Person(f"{code}-owner", "店主", "shop owner"))
    clerk = _seat(play, merchant_id, Person(f"{code}-clerk", "店员", "clerk"))
    proposed = play.post(
        owner, "offers", "提出优惠：绿萝一盆，平时 12 元，1 积分加 6 元",
        "proposes a pot plant for 1 point and 6 yuan instead of 12",
        body={
            "merchant_id": merchant_id, "title": "绿萝一盆", "kind": "points_plus_cash",
            "ordinary_price_cents": 1200, "alliance_price_cents": 600, "points": 1,
            "valid_from": play.today.isoformat(),
        },
    )  # fmt: skip
    agreement = _sign_on_both_sides(play, merchant_id, owner, proposed["id"])
    offer = play.post(
        ADMIN, f"offers/{proposed['id']}/acceptance", "接受这项优惠", "accepts the offer",
        body={"version": proposed["version"]}, expect=200,
    )  # fmt: skip
    play.get(
        PUBLIC, f"/public/communities/{play.community}/merchants/{code}",
        "在公示栏上看到这家店", "finds the shop on the public board",
    )  # fmt: skip
    return Shop(
        merchant_id=merchant_id, code=code, joined=joined, owner=owner, clerk=clerk,
        offer=offer, agreement=agreement,
    )  # fmt: skip


def close_shop(play: Play, shop: Shop) -> None:
    """End the agreement and let the shop leave, so that the demo stays as it was."""
    play.post(
        ADMIN, f"agreements/{shop.agreement['id']}/end", "协议提前结束", "ends the agreement",
        body={"version": shop.agreement["version"], "why": "演示结束"}, expect=200,
    )  # fmt: skip
    play.post(
        ADMIN, f"merchants/{shop.merchant_id}/leaving", "花店退出联盟", "lets the shop leave",
        body={
            "version": shop.joined["version"], "why": "演示结束",
            "left_on": play.today.isoformat(),
        },
        expect=200,
    )  # fmt: skip


def _seat(play: Play, merchant_id: str, person: Person) -> Person:
    role = "merchant_owner" if person.login.endswith("-owner") else "merchant_clerk"
    account = play.post(
        ADMIN, "accounts", f"开一个{person.zh}账号", f"makes an account for the {person.en}",
        body={
            "login_name": person.login, "password": play.password,
            "display_name": f"花店{person.zh}",
        },
    )  # fmt: skip
    play.post(
        ADMIN, "role-grants", f"授予{person.zh}身份", f"grants the role of the {person.en}",
        body={
            "account_id": account["id"], "role": role, "merchant_id": merchant_id,
            "granted_from": play.today.isoformat(),
        },
    )  # fmt: skip
    return person


def _sign_on_both_sides(play: Play, merchant_id: str, owner: Person, offer_id: str) -> Answer:
    draft = play.post(
        ADMIN, "agreements", "起草积分兑换协议", "drafts the redemption agreement",
        body={
            "merchant_id": merchant_id, "represented_by": "花店店主",
            "valid_from": play.today.isoformat(), "valid_to": (play.today + TERM).isoformat(),
            "monthly_cap": 300, "offer_ids": [offer_id],
        },
    )  # fmt: skip
    path = f"agreements/{draft['id']}"
    read = play.get(owner, path, "读协议原文", "reads the text before signing")
    signed = read
    for person, party in ((owner, "merchant"), (ADMIN, "community")):
        body = {"party": party, "text_sha256": read["text_sha256"]}
        signed = play.post(
            person, f"{path}/signatures", "在同一份文本上签字", "signs the same text", body=body
        )
    play.post(
        owner, f"{path}/signatures", "再签一次", "signs once more",
        body={"party": "merchant", "text_sha256": read["text_sha256"]}, expect="already_signed",
    )  # fmt: skip
    return signed
