"""What a caller of this package may do wrong, each with a stable code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from kernel.errors import Conflict, Forbidden, IllegalStep, Invalid, NotFound

# --- months


class MonthUnknown(NotFound):
    code = "month_unknown"
    zh = "没有这个月份的账，请核对月份。"
    en = "There are no accounts for this month. Please check the month."


class NoOpenMonth(Conflict):
    code = "no_open_month"
    zh = "{month} 还没有开账，也没有更晚的开放月份，请先开账。"
    en = "{month} is not open and neither is a later month. Please open the month first."


class MonthSealed(Conflict):
    code = "month_sealed"
    zh = "{month} 已经归档，不能再改；有出入请走异议。"
    en = "{month} is sealed and cannot be changed here. Please raise an objection instead."


class IllegalMonthStep(IllegalStep):
    code = "illegal_month_step"
    zh = "这个月现在是“{state}”，不能直接到“{to}”，请刷新看看。"
    en = "This month is {state_en}; it cannot be {to_en} from there. Please refresh."
    words: ClassVar[Mapping[str, tuple[str, str]]] = {
        "open": ("记录中", "open"),
        "frozen": ("评议中", "frozen"),
        "signed": ("已评议", "signed"),
        "countersigned": ("已监督", "countersigned"),
        "on_notice": ("公示中", "on notice"),
        "sealed": ("已归档", "sealed"),
    }


# --- accounts


class HoldMissing(Conflict):
    code = "hold_missing"
    zh = "预留的积分不够这一笔，没有改动任何数据，请联系社区核对。"
    en = "The points held do not cover this. Nothing was changed; please ask the community."


# --- rulebooks


class RulebookMissing(NotFound):
    code = "rulebook_missing"
    zh = "这一天没有生效的积分细则。"
    en = "No rulebook is in force on this day."


# --- facts: the door


class ItemNotInForce(Invalid):
    code = "item_not_in_force"
    zh = "这个项目在发生那天没有生效，请核对项目和日期。"
    en = "This item was not in force on that day. Please check the item and the date."


class OccurredInFuture(Invalid):
    code = "occurred_in_future"
    zh = "发生日期还没有到，请核对。"
    en = "That day has not come yet. Please check the date."


class TooLate(Invalid):
    code = "too_late"
    zh = "已过补录期限，不能再记。"
    en = "The deadline for recording this has passed."


class QuantityOutOfRange(Invalid):
    code = "quantity_out_of_range"
    zh = "数量不在这个项目允许的范围内。"
    en = "The quantity is outside what this item allows."


class LevelMissing(Invalid):
    code = "level_missing"
    zh = "这个项目分档，请选一档。"
    en = "This item has levels. Please choose one."


class LevelUnknown(Invalid):
    code = "level_unknown"
    zh = "这个项目没有这一档，请从列出的里选。"
    en = "This item has no such level. Please choose one of those listed."


class ActivityMissing(Invalid):
    code = "activity_missing"
    zh = "这个项目要关联一次活动。"
    en = "This item needs the activity it belongs to."


class ReasonMissing(Invalid):
    code = "reason_missing"
    zh = "请写明事由。"
    en = "Please write down the reason."


class EvidenceMissing(Invalid):
    code = "evidence_missing"
    zh = "佐证不齐，请按项目要求补上。"
    en = "The evidence is not complete. Please add what the item asks for."


class RecorderNotAllowed(Forbidden):
    code = "recorder_not_allowed"
    zh = "这个项目不由您的身份记录，请找细则里写明的记录人；自己做的事请走申报。"
    en = "Your role does not record this item; the rulebook names who does. Claim your own deeds."


class BeneficiaryNotAllowed(Invalid):
    code = "beneficiary_not_allowed"
    zh = "这个项目不能记到这位居民名下。"
    en = "This item cannot be recorded for this member."


class SubjectMissing(Invalid):
    code = "subject_missing"
    zh = "请写明是谁的事：一位居民、一户或一家商户，只能选一个。"
    en = "Please name whose deed it is: one member, one household or one merchant."


class HouseholdUnknown(BeneficiaryNotAllowed):
    code = "household_unknown"
    zh = "那一天没有登记所在的户，请先核对居民和户的资料。"
    en = "No household is on record for that day. Please check the register first."


class HeadUnknown(BeneficiaryNotAllowed):
    code = "head_unknown"
    zh = "这一户那天没有登记户主（或不止一位），请先在居民资料里标明户主。"
    en = "The household has no head on record for that day, or several. Please mark one first."


class MerchantUnknown(BeneficiaryNotAllowed):
    code = "merchant_unknown"
    zh = "那一天本社区的联盟里没有这家商户，请核对。"
    en = "This merchant was not in the community's alliance on that day. Please check."


class BeneficiariesMissing(BeneficiaryNotAllowed):
    code = "beneficiaries_missing"
    zh = "这个项目的积分记给另外指定的人，请写明是谁、什么关系。"
    en = "The points of this item go to others. Please name them and their relation."


class RelationNotAllowed(BeneficiaryNotAllowed):
    code = "relation_not_allowed"
    zh = "这个项目不能记给这种关系的人，请从列出的关系里选。"
    en = "This item cannot go to a person of this relation. Please choose one of those listed."


class RulebookAmbiguous(Invalid):
    code = "rulebook_ambiguous"
    zh = "不止一套细则有这个项目编号，请写明按哪一套记。"
    en = "Several rulebooks have an item of this code. Please name the rulebook."


class ToldTooEarly(Invalid):
    code = "told_too_early"
    zh = "告知日期不能早于事情发生那天，也不能超过补录期限往前写。"
    en = "The member cannot have been told before it happened, nor longer ago than may be recorded."


class DateInFuture(Invalid):
    code = "date_in_future"
    zh = "这个日期还没有到，请核对。"
    en = "That day has not come yet. Please check the date."


class AlreadyTold(Conflict):
    code = "already_told"
    zh = "已经记过告知本人的日期。"
    en = "It is on record already that the member was told."


class CorrectedTooEarly(Invalid):
    code = "corrected_too_early"
    zh = "整改日期不能早于事情发生那天。"
    en = "It cannot have been put right before it happened."


class AlreadyCorrected(Conflict):
    code = "already_corrected"
    zh = "已经确认过整改。"
    en = "It has been confirmed already that this was put right."


class NothingToCorrect(Invalid):
    code = "nothing_to_correct"
    zh = "这个项目不需要确认整改。"
    en = "This item does not ask for anything to be put right."


class DuplicateFact(Conflict):
    code = "duplicate_fact"
    zh = "同一个人的同一件事已经记过了。"
    en = "The same deed of the same member is already recorded."


# --- facts: approval, decision, correction


class SelfApproval(Forbidden):
    code = "self_approval"
    zh = "自己记录的不能自己审核，请换一位。"
    en = "Nobody approves what they recorded. Please ask somebody else."


class OwnHousehold(Forbidden):
    code = "own_household"
    zh = "涉及本人或本户，请回避，由别人办理。"
    en = "This concerns you or your household. Please leave it to somebody else."


class ApproverNotAllowed(Forbidden):
    code = "approver_not_allowed"
    zh = "这个项目由“{role}”审核，请找有这个身份的人办理。"
    en = "This item is approved by the role {role}."


class AlreadyApproved(Conflict):
    code = "already_approved"
    zh = "您已经审核过，或审核人数已够。"
    en = "You have approved this already, or enough people have."


class FactStruck(Conflict):
    code = "fact_struck"
    zh = "这条记录已经撤下，不能再改。"
    en = "This record was struck and cannot be changed."


class NothingToDecide(Invalid):
    code = "nothing_to_decide"
    zh = "这个项目的分值是固定的，不需要评定。"
    en = "The points of this item are fixed; there is nothing to decide."


class DecidedOutOfRange(Invalid):
    code = "decided_out_of_range"
    zh = "评定的分值不在这个项目的范围或档距内。"
    en = "The points decided are outside the item's range or step."


class NothingChanged(Invalid):
    code = "nothing_changed"
    zh = "没有改动任何内容。"
    en = "Nothing would change."


class NotAFactLine(Invalid):
    code = "not_a_fact_line"
    zh = "这一笔不是一条记录，没有可改的内容：名次分只能整笔撤销，基础分和批量入账请由社区冲回。"
    en = "No recorded fact: points by rank can only be struck; base and batches are reversed."


class RankMovesByObjection(Invalid):
    code = "rank_moves_by_objection"
    zh = "名次分在关账时一次算定，只有对这一笔的异议成立才能撤销。"
    en = "Points by rank were computed at closing. Only an upheld objection to them moves them."


class RankAwardStruck(Conflict):
    code = "rank_award_struck"
    zh = "这一笔名次分已经撤销。"
    en = "These points by rank were taken back already."
