"""What may be wrong on a rulebook's way from draft to adoption."""

from __future__ import annotations

from collections.abc import Sequence

from kernel.errors import Conflict, Forbidden, Invalid, NotFound

# --- steps


class IllegalRulebookStep(Conflict):
    code = "illegal_rulebook_step"
    zh = "这一版现在是“{state}”，不能{step}。"
    en = "This version is {state_en}; it cannot be {step_en} from there."


class NotEditable(Conflict):
    code = "rulebook_not_editable"
    zh = "这一版现在是“{state}”，不能改；征求意见中的请先收回修改，通过的请另起一版。"
    en = (
        "This version is {state_en} and cannot be edited. Take it back from consultation first, "
        "or start a new version."
    )


# --- drafts


class DraftExists(Conflict):
    code = "draft_exists"
    zh = "第 {version} 版已经有一份草稿，请打开那份草稿修改，或换一个版本号。"
    en = "A draft of version {version} exists. Edit that draft, or choose another version number."


class IdentityChanged(Invalid):
    code = "identity_changed"
    zh = "编号、版本号和适用对象（个人、家庭、商户）定下后不能改；要换请另起一份。"
    en = "Code, version and holder of a draft stay as they are. Start another draft instead."


class HolderChanged(Invalid):
    code = "holder_changed"
    zh = "编号“{code}”的细则是给“{holder}”用的，请换一个编号，或改回原来的适用对象。"
    en = "The rulebook {code} is for holders of kind {holder}. Use another code or that holder."


class NothingToStartFrom(NotFound):
    code = "nothing_to_start_from"
    zh = "没有可以照着起草的细则，请从空白或模板开始。"
    en = "There is no such rulebook to start from. Start from scratch or from a template."


# --- editing


class ItemUnknown(NotFound):
    code = "item_unknown"
    zh = "这份细则里没有编号“{code}”的项目。"
    en = "This rulebook has no item {code}."


class ItemCodeTaken(Conflict):
    code = "item_code_taken"
    zh = "这份细则里已经有编号“{code}”的项目，请换一个编号。"
    en = "This rulebook already has an item {code}. Please choose another code."


class PartUnknown(NotFound):
    code = "part_unknown"
    zh = "细则没有“{part}”这一部分。"
    en = "A rulebook has no part called {part}."


class PartNeeded(Invalid):
    code = "part_needed"
    zh = "“{part}”这一部分不能去掉。"
    en = "The part {part} cannot be removed."


# --- consultation


class ConsultationDatesWrong(Invalid):
    code = "consultation_dates_wrong"
    zh = "征求意见从今天或以后开始，截止日不能早于开始日，最长一年。"
    en = (
        "A consultation starts today or later, ends on or after that day, and lasts a year at most."
    )


class ConsultationNotOpen(Conflict):
    code = "consultation_not_open"
    zh = "现在不在征求意见的日期里（{starts_on} 至 {last_on}），这条意见没有记下。"
    en = "Comments are taken from {starts_on} to {last_on} only; this one was not kept."


class CounterIsForStaff(Forbidden):
    code = "counter_is_for_staff"
    zh = "窗口代写由工作人员登记；您自己的意见请直接提。"
    en = "Only staff write down comments at the counter. Please send your own comment directly."


class ConsultationRunning(Conflict):
    code = "consultation_running"
    zh = "征求意见到 {last_on} 才结束，请过了这一天再办。"
    en = "The consultation runs to the end of {last_on}. Please come back after that day."


class AdoptedDuringConsultation(Invalid):
    code = "adopted_during_consultation"
    zh = "通过日期要在征求意见结束（{last_on}）之后，请核对会议日期。"
    en = "The meeting has to come after the consultation, which ran to {last_on}. Check the date."


class CommentsMany(Conflict):
    code = "comments_many"
    zh = "您已经提了 {most} 条意见，请合并着说，或到窗口反映。"
    en = "You have sent {most} comments already. Please bring the rest to the counter together."


class ConsultationBrokenOff(Conflict):
    code = "consultation_broken_off"
    zh = "上一次征求意见中途收回了，请重新征求意见，期满后再通过。"
    en = "The last consultation was broken off. Consult again to the end before adopting."


class CommentsUnanswered(Conflict):
    code = "comments_unanswered"
    zh = "还有 {count} 条意见没有答复（第 {numbers} 条），请先逐条答复。"
    en = "{count} comments are not answered yet (no. {numbers}). Please answer each of them first."


class AnswerTooLate(Conflict):
    code = "answer_too_late"
    zh = "这一版已经{state}，不能再答复。"
    en = "This version is {state_en}; answers are closed."


# --- adoption


class VersionTaken(Conflict):
    code = "version_taken"
    zh = "第 {version} 版已经通过或撤回，不能再改；请用新的版本号提交。"
    en = "Version {version} was adopted or withdrawn. Please submit under a new version number."


class RulebookNotDraft(Conflict):
    code = "rulebook_not_draft"
    zh = "这一版已经通过或已被替代，不能再次通过。"
    en = "This version has already been adopted or superseded."


class EffectiveNotFirstDay(Invalid):
    code = "effective_not_first_day"
    zh = "生效日期要是某个月的第一天。"
    en = "A rulebook takes effect on the first day of a month."


class EffectiveInPast(Invalid):
    code = "effective_in_past"
    zh = "生效日期不能早于最早的未封账月份 {month}，也不能早于现行一版的生效日。"
    en = "It cannot take effect before the oldest open month {month}, nor before the present one."


class EffectiveTooFar(Invalid):
    code = "effective_too_far"
    zh = "生效日期最晚是 {latest}，请看年份写对了没有。"
    en = "It must take effect by {latest}. Please look at the year."


class OtherRulebookInForce(Conflict):
    code = "other_rulebook_in_force"
    zh = "本社区已有另一套同类细则“{title}”在执行；请作为它的新一版提交（用它的代码）。"
    en = "Another rulebook of this kind, {title}, is in force. Submit this as its next version."


class FactsAlreadyRecorded(Conflict):
    code = "facts_already_recorded"
    zh = "这一天之后已按现行一版记过分，请从下个月第一天起生效。"
    en = "The present version has already been used on or after that day. Take a later month."


class AdoptedInFuture(Invalid):
    code = "adopted_in_future"
    zh = "通过日期还没有到，请核对。"
    en = "The day of adoption has not come yet. Please check the date."


# --- parents


class ParentCodeTaken(Conflict):
    code = "issued_version_taken"
    zh = "“{code}”第 {version} 版已经发布，不能改；请用新的版本号发布。"
    en = "Version {version} of {code} has been issued. Please issue a new version number."


# --- guard-rails


class GuardRailsIssuerWrong(Invalid):
    code = "guard_rails_issuer_wrong"
    zh = "文件里的层级或版本号不对：应是“{level}”第 {version} 版。"
    en = "The document's level or version is not right: expected {level}, version {version}."


class GuardRailsInPast(Invalid):
    code = "guard_rails_in_past"
    zh = "护栏不能从过去的日子起执行，也不能早于上一版，请改生效日期。"
    en = "Guard-rails cannot begin in the past nor before their former version. Change the date."


# --- dry run


class NothingToRunOn(NotFound):
    code = "nothing_to_run_on"
    zh = "还没有记过分的月份，没有数据可以试算。"
    en = "There is no month with recorded facts to run on yet."


class MonthNotRunnable(Conflict):
    code = "month_not_over"
    zh = "{month} 还没有过完，请选以前的月份试算。"
    en = "{month} is not over. Please choose an earlier month."


def listed_numbers(numbers: Sequence[int], most: int = 10) -> str:
    """The first numbers as text: ``1、2、5 …``."""
    shown = "、".join(str(number) for number in numbers[:most])
    return f"{shown} …" if len(numbers) > most else shown
