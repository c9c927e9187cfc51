"""What may go wrong with a reversal, each with a stable code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from kernel.errors import Conflict, Forbidden, Invalid, WrongState


class NotReversible(Invalid):
    code = "not_reversible"
    zh = "这一笔来自一条记录，请撤下那条记录，不能冲回。"
    en = "This line comes from a recorded fact. Please strike the fact instead."


class NothingToReverse(Conflict):
    code = "nothing_to_reverse"
    zh = "这一笔已经没有积分，不用冲回。"
    en = "This line is worth nothing any more; there is nothing to take back."


class AlreadyReversed(Conflict):
    code = "already_reversed"
    zh = "这一笔已经冲回过，或者正等着确认。"
    en = "This line was reversed already, or its reversal waits to be confirmed."


class IllegalReversalStep(WrongState):
    code = "illegal_reversal_step"
    zh = "这一件现在是“{state}”，不能再办这一步。"
    en = "This reversal is {state_en}; this step is no longer possible."
    words: ClassVar[Mapping[str, tuple[str, str]]] = {
        "waiting": ("等待确认", "waiting"),
        "posted": ("已冲回", "posted"),
        "rejected": ("已退回", "rejected"),
    }


class ReversalSameBody(Forbidden):
    code = "same_body"
    zh = "提出和确认要由不同单位的两个人来办，请换一位。"
    en = "Asking and confirming are done by two people of different bodies."


class ReversalOwnHousehold(Forbidden):
    code = "own_household"
    zh = "涉及您本人或本户，请换一位来办。"
    en = "This concerns you or your household. Please leave it to somebody else."


class ReversalWhyMissing(Invalid):
    code = "reversal_why_missing"
    zh = "请写明理由。"
    en = "Please give the reason."
