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
    TOO_MANY_HELD = "too_many_held"
    REDEMPTION_BARRED = "redemption_barred"
    REDEMPTION_STOPPED = "redemption_stopped"
    REQUEST_WAITING = "request_waiting"
    REQUEST_EXPIRED = "request_expired"
    REQUEST_REDEEMED = "request_redeemed"
    REQUEST_WITHDRAWN = "request_withdrawn"
    CARD_UNKNOWN = "card_unknown"
    CARD_BLOCKED = "card_blocked"
    #: Blocked by hand, not by wrong PINs.
    CARD_STOPPED = "card_stopped"
    CARD_LOST = "card_lost"
    CARD_CLOSED = "card_closed"
    CARD_NOT_ACTIVE = "card_not_active"
    PIN_WRONG = "pin_wrong"
    CARD_DAY_AMOUNT = "card_day_amount"
    CARD_USED_HERE_TODAY = "card_used_here_today"
    #: What is missing stays unsaid: with the price it would tell the clerk the balance.
    CARD_POINTS_LACK = "card_points_lack"
    KEYPAD_EXPIRED = "keypad_expired"


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
        zh="现在不在优惠时段（{hours_zh}），请在时段内再来。",
        en="The offer is not open now ({hours_en}). Please come back then.",
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
        en="You had it as often as allowed ({times}). Choose another, or come back {again_en}.",
    ),
    Reason.MONTH_FULL: Sentences(
        zh="这家店本月 {cap} 积分已满，下月 1 日恢复，请换一家店。",
        en="The shop has reached its {cap} points of this month. Choose another shop.",
    ),
    Reason.INSUFFICIENT_POINTS: Sentences(
        zh="可用积分不够，还差 {missing}，请换一个优惠。",
        en="Spendable points missing: {missing}. Please choose another offer.",
    ),
    Reason.TOO_MANY_HELD: Sentences(
        zh="有 {holds} 笔还没兑完，先用掉或退回一笔，再选这个。",
        en="{holds} redemptions are still open. Use one or take it back first.",
    ),
    Reason.REDEMPTION_BARRED: Sentences(
        zh="按积分细则您现在暂停兑换，积分都在；怎样恢复请问社区。",
        en="The rulebook suspends redemption for you now; your points stay. Ask the community.",
    ),
    Reason.REDEMPTION_STOPPED: Sentences(
        zh="积分正在核对，暂停兑换，积分都在；恢复后再来，可以先问社区。",
        en="The points are being checked, redemption pauses, nothing is lost. Ask the community.",
    ),
    Reason.REQUEST_WAITING: Sentences(
        zh="您在这家店有一笔在等（{receipt_number}），请等店员，或先退回。",
        en="A request of yours waits here ({receipt_number}). Wait for the clerk or take it back.",
    ),
    Reason.REQUEST_EXPIRED: Sentences(
        zh="这一笔等过了时间，没收积分；请居民重新选一次。",
        en="This request has run out; no points were taken. Ask the holder to choose again.",
    ),
    Reason.REQUEST_REDEEMED: Sentences(
        zh="这一笔已经核销（{receipt_number}），没再收积分，不用再点。",
        en="This request was redeemed before (receipt {receipt_number}). Nothing more to do.",
    ),
    Reason.REQUEST_WITHDRAWN: Sentences(
        zh="这一笔已经退回，没收积分；要兑换请居民重新选。",
        en="This request was taken back; no points were taken. Ask the holder to choose again.",
    ),
    Reason.CARD_UNKNOWN: Sentences(
        zh="没有这张卡，没收积分；请核对卡号，或请居民到窗口问。",
        en="This card is not known; no points were taken. Check the number or ask the office.",
    ),
    Reason.CARD_BLOCKED: Sentences(
        zh="密码错 3 次，卡已锁，没收积分；请居民到窗口解锁。",
        en="Three wrong PINs: the card is blocked, no points were taken. Ask the office.",
    ),
    Reason.CARD_STOPPED: Sentences(
        zh="这张卡已锁，没收积分；请居民到窗口解锁。",
        en="The card is blocked; no points were taken. The office can unblock it.",
    ),
    Reason.CARD_LOST: Sentences(
        zh="这张卡已挂失，没收积分；请居民到窗口办找回或换卡。",
        en="The card is reported lost; no points were taken. Ask the office.",
    ),
    Reason.CARD_CLOSED: Sentences(
        zh="这张卡已停用，没收积分；请居民用新卡，或到窗口问。",
        en="The card is out of use; no points were taken. Use the new card or ask the office.",
    ),
    Reason.CARD_NOT_ACTIVE: Sentences(
        zh="这张卡还没设密码，没收积分；请居民先到窗口设密码。",
        en="The card has no PIN yet; no points were taken. Set one at the office.",
    ),
    Reason.PIN_WRONG: Sentences(
        zh="密码不对，没收积分；再试请重新刷卡，还能试 {tries_left} 次。",
        en="Wrong PIN; no points were taken. Scan again; tries left: {tries_left}.",
    ),
    Reason.CARD_DAY_AMOUNT: Sentences(
        zh="卡每天限 {cap} 积分，今天还剩 {left}；请换一个优惠。",
        en="A card spends at most {cap} points a day; left today: {left}. Choose another offer.",
    ),
    Reason.CARD_USED_HERE_TODAY: Sentences(
        zh="这张卡今天在本店用过了，请明天再来，或换一家店。",
        en="The card was used in this shop today. Come back tomorrow or choose another shop.",
    ),
    Reason.CARD_POINTS_LACK: Sentences(
        zh="可用积分不够，没收积分；请换一个优惠，余额请到窗口查。",
        en="The points do not suffice; none were taken. Choose another offer, or ask the office.",
    ),
    Reason.KEYPAD_EXPIRED: Sentences(
        zh="密码键盘过时了，没收积分；请重新刷卡，再输一次。",
        en="The keypad has run out; no points were taken. Scan the card and type again.",
    ),
}

#: Callers get one code for what is one thing to a program, however it is worded.
_SAME_CODE: Mapping[Reason, Reason] = {
    Reason.MONTH_FULL: Reason.LIMIT_REACHED,
    Reason.REQUEST_REDEEMED: Reason.ALREADY_REDEEMED,
    Reason.REQUEST_WITHDRAWN: Reason.WITHDRAWN,
    Reason.CARD_STOPPED: Reason.CARD_BLOCKED,
    Reason.CARD_POINTS_LACK: Reason.INSUFFICIENT_POINTS,
}
CODES: Mapping[Reason, str] = {reason: _SAME_CODE.get(reason, reason).value for reason in Reason}

#: per → when to come back, for {again_zh} and {again_en}
AGAIN: Mapping[str | None, tuple[str, str]] = {
    "day": ("明天", "tomorrow"),
    "week": ("下周", "next week"),
    "month": ("下月 1 日", "next month"),
    None: ("等有新的优惠时", "when there is a new offer"),
}
