"""What a caller of this package may do wrong, each with a stable code."""

from __future__ import annotations

from kernel.errors import Conflict, Forbidden, Invalid, NotFound

# --- the month's steps


class MonthNotOver(Conflict):
    code = "month_not_over"
    zh = "{month} 还没有过完，最早 {earliest} 可以封账。"
    en = "{month} is not over yet; it can be frozen from {earliest} on."


class SheetOutdated(Conflict):
    code = "sheet_outdated"
    zh = "签署以后得分有变动，请退回评议组重新签署。"
    en = "Scores changed after the signature. Please send the sheet back to be signed again."


class SameHands(Forbidden):
    code = "same_hands"
    zh = "您签署过这张月表，监督确认要由另外的人办理。"
    en = "You signed this sheet; somebody else has to countersign it."


class WhyTooShort(Invalid):
    code = "why_too_short"
    zh = "退回的理由请写够 {least} 个字。"
    en = "Please give at least {least} characters of reasons for sending it back."


class NoticeDaysMissing(Conflict):
    code = "notice_days_missing"
    zh = "社区还没有定公示几个工作日，请先在设置里填写，再发布公示。"
    en = "The community has not set how many working days a notice lasts. Please set it first."


class NoticeRunning(Conflict):
    code = "notice_running"
    zh = "公示期还没有满，{until} 以后可以归档。"
    en = "The notice is still running; the month can be sealed after {until}."


# --- sheets, notices and rankings


class SheetMissing(NotFound):
    code = "sheet_missing"
    zh = "这个月还没有月表，签署以后才有。"
    en = "This month has no sheet yet; it is made when the month is signed."


class SheetUnknown(NotFound):
    code = "sheet_unknown"
    zh = "这个月没有这份细则的月表，请从这个月公示的月表里选。"
    en = "The month has no sheet under this rulebook; please choose one of the month's sheets."


class NoticeMissing(NotFound):
    code = "notice_missing"
    zh = "这个月还没有公示。"
    en = "This month has not been put on notice yet."


class RankingUnknown(NotFound):
    code = "ranking_unknown"
    zh = "没有这张可以看的排名，请从细则的排名里选。"
    en = "There is no such ranking to read; please choose one the rulebook names."


class RowNotPublic(NotFound):
    """One answer for rows that are not public and for rows that do not exist."""

    code = "row_not_public"
    zh = "没有查到可以公开的一行：请核对户号和姓，或者登录查看自己的得分，也可以打社区电话。"
    en = (
        "No public row matches. Please check household code and surname, sign in to see your own"
        " score, or call the community."
    )


class OwnRowMissing(NotFound):
    code = "own_row_missing"
    zh = "这个月的月表上没有您的一行，可以提出异议，或打社区电话。"
    en = "You have no row on this month's sheet. You may object, or call the community."


# --- objections


class NotOnNoticeYet(Conflict):
    code = "not_on_notice_yet"
    zh = "{month} 还没有公示，公示以后才能提异议；现在有疑问请找网格员。"
    en = "{month} is not on notice yet. Until then please ask your grid worker."


class NoticeClosed(Conflict):
    code = "notice_closed"
    zh = "{month} 的公示期已过，不能再提异议；仍有出入请打社区电话或到窗口反映。"
    en = "The notice of {month} is over. Please call the community or come to the counter."


class LineNotOfMonth(Invalid):
    code = "line_not_of_month"
    zh = "这一条不在这个月的月表上，请核对。"
    en = "This line does not stand on this month's sheet."


class SubjectMissing(Invalid):
    code = "subject_missing"
    zh = "请写明是对哪一行、哪一条提异议。"
    en = "Please name the row or the line the objection is about."


class LineAndMissing(Invalid):
    code = "line_and_missing"
    zh = "漏记的异议不用选记录；认为记错了，请选“记错了”。"
    en = "A missing line cannot name a line. If a line is wrong, choose wrong."


class AlreadyObjected(Conflict):
    code = "already_objected"
    zh = "对这一条您已经提过异议，正在办理，请等书面答复。"
    en = "You have an open objection to this line already. Please wait for the written reply."


class ObjectionClosed(Conflict):
    code = "objection_closed"
    zh = "这件异议已经办结，不能再改。"
    en = "This objection has been closed and cannot be changed."


class ConflictOfInterest(Forbidden):
    code = "conflict_of_interest"
    zh = "您记录、审核过这一条，或涉及本人、本户，请回避，由别人办理。"
    en = "You recorded or approved this, or it concerns your household. Leave it to somebody else."


class ReplyTooShort(Invalid):
    code = "reply_too_short"
    zh = "书面答复请写够 {least} 个字，说明核对了什么、怎么定的。"
    en = "Please write a reply of at least {least} characters: what was checked, what was decided."


class CorrectionMissing(Invalid):
    code = "correction_missing"
    zh = "采纳异议要写明怎么更正。"
    en = "Upholding needs the correction that follows from it."


class CorrectionNotWanted(Invalid):
    code = "correction_not_wanted"
    zh = "不采纳时不能更正记录。"
    en = "A dismissed objection corrects nothing."


class CorrectionUnfit(Invalid):
    code = "correction_unfit"
    zh = "记错了请更正或撤下这一条，漏记了请补记，并写明是哪一条。"
    en = "A wrong line is amended or struck, a missing one recorded; name which one."
