"""What may go wrong with a batch and its rows, each with a stable code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from kernel.errors import Conflict, Forbidden, Invalid, WrongState


class BatchTwice(Conflict):
    code = "batch_twice"
    zh = "同样内容的表已经上传过，请先看那一份（同一批不会记两次）。"
    en = "A table of the same content was uploaded before. Please look at that one first."


class IllegalBatchStep(WrongState):
    code = "illegal_batch_step"
    zh = "这一批现在是“{state}”，不能再办这一步。"
    en = "This batch is {state_en}; this step is no longer possible."
    words: ClassVar[Mapping[str, tuple[str, str]]] = {
        "waiting": ("等待确认", "waiting"),
        "posted": ("已记账", "posted"),
        "rejected": ("已退回", "rejected"),
        "withdrawn": ("已撤回", "withdrawn"),
    }


class SameBody(Forbidden):
    code = "same_body"
    zh = "上传和确认要由不同单位的两个人来办，请换一位。"
    en = "Uploading and confirming are done by two people of different bodies."


class BatchOwnHousehold(Forbidden):
    code = "own_household"
    zh = "表里有您本人或本户的行，请换一位来确认。"
    en = "Some rows concern you or your household. Please ask somebody else to confirm."


class BatchWhyMissing(Invalid):
    code = "batch_why_missing"
    zh = "退回要写明理由，上传的人会看到。"
    en = "Rejecting needs a reason; whoever uploaded the batch will read it."


class HolderNotSupported(Invalid):
    code = "holder_not_supported"
    zh = "这套细则按商户记分，没有余额，不能批量记账。"
    en = "This rulebook is for merchants, who have no balance; there is no batch for it."


# --- rows: each becomes an error of its cell


class WhoMissing(Invalid):
    code = "who_missing"
    zh = "请填户号或居民编号，好认出是谁。"
    en = "Please fill in the household code or the member's public code."


class HouseholdUnknown(Invalid):
    code = "household_unknown"
    zh = "没有这个户号，请核对。"
    en = "There is no household of this code. Please check."


class HouseholdEmpty(Invalid):
    code = "household_empty"
    zh = "这一户现在没有人住，积分记给它不会出现在任何公示里，请核对户号。"
    en = "Nobody lives in this household now: its points would stand on no sheet. Please check."


class MemberUnknown(Invalid):
    code = "member_unknown"
    zh = "没有这位居民，请核对编号、户号和姓名。"
    en = "There is no such member. Please check code, household and name."


class NameMismatch(Invalid):
    code = "name_mismatch"
    zh = "姓名和登记的不一样，请核对是不是同一个人。"
    en = "The name is not the one on record. Please check that it is the same person."


class MemberAmbiguous(Invalid):
    code = "member_ambiguous"
    zh = "这一户有两位同名的居民，请改填居民编号。"
    en = "Two members of this household have this name. Please use the public code."


class NameMissing(Invalid):
    code = "name_missing"
    zh = "请填姓名，用来核对是不是同一个人。"
    en = "Please fill in the name, so that the person can be checked."


class OwnRow(Invalid):
    code = "own_household"
    zh = "涉及您本人或本户，请由别人另行上传。"
    en = "This concerns you or your household. Please leave the row to somebody else."


class PointsUnreadable(Invalid):
    code = "points_unreadable"
    zh = "积分要填数字，例如 8 或 8.5。"
    en = "Points are a number such as 8 or 8.5."


class PointsZero(Invalid):
    code = "points_zero"
    zh = "积分不能是 0，请删掉这一行。"
    en = "Points cannot be 0. Please remove the row."


class PointsNotOneDecimal(Invalid):
    code = "not_one_decimal"
    zh = "积分最多一位小数。"
    en = "Points have at most one decimal place."


class TooManyPoints(Invalid):
    code = "too_many_points"
    zh = "积分太大，一行最多 100,000。"
    en = "Too many points; at most 100,000 in one row."


class OpeningNegative(Invalid):
    code = "opening_negative"
    zh = "期初余额不能是负数；扣减请用“调整”。"
    en = "An opening balance cannot be negative. Use an adjustment for what is taken."


class CountsUnknown(Invalid):
    code = "counts_in_unknown"
    zh = "“计入”只能填得分、余额，或者两样（得分、余额）。"
    en = "This column takes 得分 (score), 余额 (balance) or both."


class NoBalance(Invalid):
    code = "no_balance"
    zh = "这套细则没有余额，只能计入得分。"
    en = "This rulebook has no balance; points count in the score only."


class RowReasonMissing(Invalid):
    code = "reason_missing"
    zh = "请写明事由。"
    en = "Please write down the reason."


class ReasonTooLong(Invalid):
    code = "reason_too_long"
    zh = "事由太长，最多 {most} 字。"
    en = "The reason is too long; at most {most} characters."


class DateUnreadable(Invalid):
    code = "date_unreadable"
    zh = "日期请填成 2026-11-01 的样子。"
    en = "Please write the date like 2026-11-01."


class DateInFuture(Invalid):
    code = "date_in_future"
    zh = "日期不能晚于今天。"
    en = "The date cannot be later than today."


class DateTooOld(Invalid):
    code = "date_too_old"
    zh = "日期太早了，请核对年份。"
    en = "The date is too long ago. Please check the year."
