"""What may go wrong with a report, each with a stable code."""

from __future__ import annotations

from kernel.errors import Conflict, Forbidden, Invalid


class WordsMissing(Invalid):
    code = "report_words_missing"
    zh = "选“其他”时请写明是什么事，300 字以内。"
    en = "Please describe what happened, in up to 300 characters."


class TooLateToReport(Conflict):
    code = "too_late_to_report"
    zh = "已过 {days} 天，不能再提这一笔；请打社区电话。"
    en = "More than {days} days have passed. Please call the community."


class AlreadyReported(Conflict):
    code = "already_reported"
    zh = "这一笔已经有一件在办，请看办理到哪一步。"
    en = "A report of this redemption is being dealt with. Please look how far it is."


class ReportClosed(Conflict):
    code = "report_closed"
    zh = "这一件已经办结，不能再改。"
    en = "This report is closed."


class AlreadyReplied(Conflict):
    code = "already_replied"
    zh = "本店已经答复过这一件，请等社区的结论。"
    en = "The shop has replied already. Please wait for the community's decision."


class NotHeardYet(Conflict):
    code = "merchant_not_heard"
    zh = "商户还没有答复，期限到 {due_zh}；过了期限再认定属实。"
    en = "The shop may still reply until {due_on}. Uphold the report after that."


class AnswerTooShort(Invalid):
    code = "answer_too_short"
    zh = "答复少于 {least} 个字，请写明查到什么、怎么办。"
    en = "The answer is shorter than {least} characters. Say what was found and what follows."


class ReplyMissing(Invalid):
    code = "reply_missing"
    zh = "请写明店里的情况，再交上去。"
    en = "Please say what happened at the shop."


class SummaryMissing(Invalid):
    code = "summary_missing"
    zh = "请用几句话写明要商户说明什么，不写是谁提的。"
    en = "Please word what the shop should explain, without saying who reports it."


class OnlyWhenUpheld(Invalid):
    code = "only_when_upheld"
    zh = "只有认定属实，才能记提醒或申请退回积分。"
    en = "A warning or a reversal follows only from a report that is upheld."


class ReportConflict(Forbidden):
    code = "conflict_of_interest"
    zh = "这一件涉及您、您家、您的店，或由您记下，请换一位来办。"
    en = "This concerns you, your household or shop, or you wrote it down. Leave it to another."
