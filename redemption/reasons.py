"""Why a redemption is refused, each with what to say and what to do (screens.md section 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """The closed list of stable codes; a test asks for a sentence for each."""

    CODE_UNKNOWN = "code_unknown"
    CODE_EXPIRED = "code_expired"
    ALREADY_REDEEMED = "already_redeemed"
    WITHDRAWN = "withdrawn"
    WRONG_MERCHANT = "wrong_merchant"
    SELF_DEALING = "self_dealing"
    OFFER_NOT_AVAILABLE = "offer_not_available"
    AGREEMENT_NOT_ACTIVE = "agreement_not_active"
    OUTSIDE_HOURS = "outside_hours"
    NOT_IN_AUDIENCE = "not_in_audience"
    SOLD_OUT = "sold_out"
    LIMIT_REACHED = "limit_reached"
    MONTH_FULL = "month_full"
    INSUFFICIENT_POINTS = "insufficient_points"
    REDEMPTION_BARRED = "redemption_barred"


@dataclass(frozen=True, kw_only=True)
class Sentences:
    """Format strings; the refusal's extra facts fill them."""

    zh: str
    en: str


SENTENCES: Mapping[Reason, Sentences] = {
    Reason.CODE_UNKNOWN: Sentences(
        zh="没有这个码，没收积分；请居民点“再出示一个码”。",
        en="This code is not known; no points were taken. Ask for a new code.",
    ),
    Reason.CODE_EXPIRED: Sentences(
        zh="这个码过时了，没收积分；请居民点“再出示一个码”。",
        en="This code has run out; no points were taken. Ask for a new code.",
    ),
    Reason.ALREADY_REDEEMED: Sentences(
        zh="这个码用过了（{receipt_number}），没再收积分；请再出示一个码。",
        en="This code was used before (receipt {receipt_number}). Ask for a new code.",
    ),
    Reason.WITHDRAWN: Sentences(
        zh="居民已退回这一笔，没收积分；要兑换请重新出示码。",
        en="The holder took this back; no points were taken. Ask for a new code.",
    ),
    Reason.WRONG_MERCHANT: Sentences(
        zh="不是本店的码，没有收积分；请居民在手机上改选本店。",
        en="This code is for another shop. Ask the holder to choose this shop.",
    ),
    Reason.SELF_DEALING: Sentences(
        zh="不能给自己或家里人核销，请另一位店员来办。",
        en="Nobody redeems for themselves or their household. Ask another clerk.",
    ),
    Reason.OFFER_NOT_AVAILABLE: Sentences(
        zh="这个优惠现在停了，请换一个优惠。",
        en="This offer is not available now. Please choose another one.",
    ),
    Reason.AGREEMENT_NOT_ACTIVE: Sentences(
        zh="这家店的协议停用了，请换一家店，或打社区电话。",
        en="This shop's agreement is not in force. Choose another shop or call the community.",
    ),
    Reason.OUTSIDE_HOURS: Sentences(
        zh="现在不在优惠时段（{hours}），请在时段内再来。",
        en="The offer is not open now ({hours}). Please come back then.",
    ),
    Reason.NOT_IN_AUDIENCE: Sentences(
        zh="这个优惠只给指定的居民，请换一个优惠。",
        en="This offer is for certain members only. Please choose another one.",
    ),
    Reason.SOLD_OUT: Sentences(
        zh="这个优惠兑完了，请换一个优惠，或{again_zh}再来。",
        en="This offer is sold out. Choose another one, or come back {again_en}.",
    ),
    Reason.LIMIT_REACHED: Sentences(
        zh="这个优惠您已兑满 {times} 次，请换一个，或{again_zh}再来。",
        en="You had this offer {times} times already. Choose another, or come back {again_en}.",
    ),
    Reason.MONTH_FULL: Sentences(
        zh="这家店本月 {cap} 积分已满，下月 1 日恢复，请换一家店。",
        en="The shop has reached its {cap} points of this month. Choose another shop.",
    ),
    Reason.INSUFFICIENT_POINTS: Sentences(
        zh="可用积分不够，还差 {missing}，请换一个优惠。",
        en="You lack {missing} spendable points. Please choose another offer.",
    ),
    Reason.REDEMPTION_BARRED: Sentences(
        zh="按积分细则您现在暂停兑换，积分都在；怎样恢复请问社区。",
        en="The rulebook suspends redemption for you now; your points stay. Ask the community.",
    ),
}

#: The monthly cap is a limit as well: callers get one code for both.
CODES: Mapping[Reason, str] = {
    reason: Reason.LIMIT_REACHED.value if reason is Reason.MONTH_FULL else reason.value
    for reason in Reason
}

#: per → when to come back, for {again_zh} and {again_en}
AGAIN: Mapping[str | None, tuple[str, str]] = {
    "day": ("明天", "tomorrow"),
    "week": ("下周", "next week"),
    "month": ("下月 1 日", "next month"),
    None: ("等有新的优惠时", "when there is a new offer"),
}
