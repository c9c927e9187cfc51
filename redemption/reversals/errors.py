"""What may go wrong with a reviewed reversal, each with a stable code."""

from __future__ import annotations

from kernel.errors import Conflict, Forbidden, Invalid


class ReversalReasonMissing(Invalid):
    code = "reversal_reason_missing"
    zh = "请写明理由，再交上去。"
    en = "Please give the reason."


class StillCancellable(Conflict):
    code = "still_cancellable"
    zh = "还在 {minutes} 分钟之内，请店员直接撤销，不用复核。"
    en = "It is less than {minutes} minutes ago: a clerk can cancel it without a review."


class ReversalAsked(Conflict):
    code = "reversal_asked"
    zh = "这一笔已经在复核，或者积分已退回，不用再提。"
    en = "A reversal of this was asked for already, or the points are back."


class ReversalDecided(Conflict):
    code = "reversal_decided"
    zh = "这一件已经有结论，不能再改。"
    en = "This has been decided already."


class ReversalSamePerson(Forbidden):
    code = "same_person"
    zh = "提出和复核要由两个人来办，请换一位。"
    en = "Asking and deciding are done by two people. Please leave it to somebody else."


class ReversalOwnCircle(Forbidden):
    code = "own_household"
    zh = "涉及您本人、家里人或自己的店，请换一位来办。"
    en = "This concerns you, your household or your shop. Please leave it to somebody else."
