"""What may go wrong when somebody leaves or is excluded, each with a stable code."""

from __future__ import annotations

from kernel.errors import Conflict, Invalid, NotFound


class HeirMissing(Invalid):
    code = "heir_missing"
    zh = "请写明积分留给同一户的哪一位居民。"
    en = "Please name the member of the household who gets the points."


class TargetMissing(Invalid):
    code = "target_missing"
    zh = "请写明迁入平台内的哪一个社区。"
    en = "Please name the community the points are carried over to."


class HeirLeft(Conflict):
    code = "heir_left"
    zh = "接收积分的人已不是同一社区的居民，请另行决定。"
    en = "Whoever was to get the points is no member any more. Please decide anew."


class CarriedUnknown(NotFound):
    code = "carried_unknown"
    zh = "没有找到这个结转号，或已经办理过。"
    en = "There are no points waiting under this number."


class NotExcludedTag(Invalid):
    code = "not_excluded_tag"
    zh = "现行细则里没有这个不参评标签，请从列出的里选。"
    en = "The rulebook in force excludes nobody by this tag. Please choose one of those listed."


class ExclusionPeriodWrong(Invalid):
    code = "exclusion_period_wrong"
    zh = "截止日期要在起始日期之后。"
    en = "The end must lie after the first day."


class ExclusionReasonMissing(Invalid):
    code = "exclusion_reason_missing"
    zh = "请写明不参评的原因。"
    en = "Please give the reason."


class ExclusionEnded(Conflict):
    code = "exclusion_ended"
    zh = "这次不参评已经结束。"
    en = "This exclusion has ended already."
