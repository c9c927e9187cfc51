"""What a caller of this package may do wrong and what leaves no trace; refusals that are kept
stand in refusals.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from kernel.errors import Conflict, Forbidden, Invalid, NotFound, TooMany, WrongState


class RedemptionUnknown(NotFound):
    code = "redemption_unknown"
    zh = "没有这一笔兑换，请核对编号。"
    en = "There is no such redemption. Please check the receipt number."


class NotHeld(WrongState):
    code = "not_held"
    zh = "这一笔{state}，不能再改；要兑换请重新选一个优惠。"
    en = "This redemption is already {state_en}. Please choose an offer again."
    words: ClassVar[Mapping[str, tuple[str, str]]] = {
        "redeemed": ("已兑换", "redeemed"),
        "withdrawn": ("已退回", "withdrawn"),
        "expired": ("过时了", "expired"),
    }


class RequestWaits(Conflict):
    code = "request_waiting"
    zh = "您在这家店有一笔在等，请等店员，或先退回那一笔。"
    en = "A request of yours waits at this shop. Wait for the clerk or take it back."


class NoLiveCode(Conflict):
    code = "no_live_code"
    zh = "这个码过时了，请点“再出示一个码”。"
    en = "The code has run out. Please ask for a new one."


class NotRedeemed(Conflict):
    code = "not_redeemed"
    zh = "这一笔没有核销，不用撤销。"
    en = "This was not redeemed, so there is nothing to cancel."


class AlreadyCancelled(Conflict):
    code = "already_cancelled"
    zh = "这一笔已经撤销过，积分已退回居民。"
    en = "This has been cancelled already and the points are back."


class TooLateToCancel(Conflict):
    code = "too_late_to_cancel"
    zh = "已过 {minutes} 分钟，不能在店里撤销，请居民联系社区复核。"
    en = "More than {minutes} minutes have passed. Please ask the community to review it."


class CodeUnreadable(Invalid):
    code = "code_unreadable"
    zh = "这不是兑换码。请扫居民手机上的码，或输满 8 位数字。"
    en = "This is not a redemption code. Scan the code shown or type its 8 digits."


class GuessingPaused(TooMany):
    code = "guessing_paused"
    zh = "输错的数字太多，{retry_after} 秒内不能手工输入；请扫居民手机上的码。"
    en = "Too many wrong digits: scan the code, or type again in {retry_after} seconds."


class NoCounter(Invalid):
    code = "no_counter"
    zh = "请先登录到一家店（登录时写明社区和商户）。"
    en = "Please sign in to one shop first (name the community and the merchant)."


class OwnHousehold(Forbidden):
    code = "own_household"
    zh = "涉及您本人或家里人，请另一位店员来撤销。"
    en = "This concerns you or your household. Please ask another clerk."


# --- lists and reports


class DaysReversed(Invalid):
    code = "days_reversed"
    zh = "开始的日子（{first}）在结束的日子（{last}）之后，请调过来。"
    en = "The first day ({first}) is after the last one ({last}). Please swap them."


class TooManyDays(Invalid):
    code = "too_many_days"
    zh = "一次最多看 {most} 天，请分几次看。"
    en = "At most {most} days at once. Please look at fewer."


# --- stops


class NotStopped(Conflict):
    code = "not_stopped"
    zh = "本社区现在没有暂停兑换，不用恢复。"
    en = "Redemption is not stopped in this community; there is nothing to lift."


class CheckNotClean(Conflict):
    code = "check_not_clean"
    zh = "暂停以后还没有一次对账是平的；请先查清差错，再对一次账。"
    en = "No ledger check since the stop was clean. Find the mismatch and check again first."


class ReasonMissing(Invalid):
    code = "why_missing"
    zh = "恢复兑换要写明理由。"
    en = "Lifting the stop needs a reason."
