"""Words for codes of the format, (Chinese, English), as they stand in a sentence."""

from __future__ import annotations

from collections.abc import Mapping

from points.rules.periods import Period

Words = Mapping[str, tuple[str, str]]

UNITS: Words = {
    "time": ("次", "time"),
    "person": ("人", "person"),
    "person_time": ("人次", "attendance"),
    "hour": ("小时", "hour"),
    "minute": ("分钟", "minute"),
    "lesson": ("课时", "lesson"),
    "day": ("天", "day"),
    "kilogram": ("公斤", "kilogram"),
    "yuan": ("元", "yuan"),
    "square_meter": ("平方米", "square meter"),
    "piece": ("件", "piece"),
}

ROLES: Words = {
    "member": ("居民本人", "the resident"),
    "grid_worker": ("网格员", "a grid worker"),
    "panelist": ("评议组", "the review panel"),
    "community_admin": ("社区", "the community office"),
    "street_officer": ("街道", "the street office"),
    "merchant_owner": ("商户负责人", "the merchant"),
}

EVIDENCE: Words = {
    "photo": ("照片", "a photo"),
    "live_photo": ("现场照片", "a photo taken on the spot"),
    "check_in": ("签到", "a check-in"),
    "certificate": ("证书", "a certificate"),
    "official_letter": ("正式函件", "an official letter"),
    "receipt": ("收据", "a receipt"),
    "platform_record": ("平台记录", "a platform record"),
    "both_parties": ("双方确认", "word of both sides"),
    "mediation_file": ("调解记录", "a mediation file"),
    "activity_notice": ("活动通知", "the activity's notice"),
    "rating_sheet": ("评分表", "a rating sheet"),
    "warning_record": ("提醒记录", "a record of the warning"),
    "recorder_confirmation": ("记录人确认", "the recorder's word"),
    "committee_confirmation": ("居委会确认", "the committee's word"),
    "other_document": ("其他材料", "another document"),
}

#: A limit's period: 每人每月最多 …, at most … a month.
PER: Mapping[Period, tuple[str, str]] = {
    Period.DEED: ("每次行为", "for one deed"),
    Period.ACTIVITY: ("每次活动", "for one activity"),
    Period.DAY: ("每天", "a day"),
    Period.WEEK: ("每周", "a week"),
    Period.MONTH: ("每月", "a month"),
    Period.QUARTER: ("每季度", "a quarter"),
    Period.HALF_YEAR: ("每半年", "a half-year"),
    Period.YEAR: ("每年", "a year"),
    Period.EVER: ("总共", "in all"),
}

#: A running total's period: 按月累计, added up over the month.
OVER: Mapping[Period, tuple[str, str]] = {
    Period.MONTH: ("按月累计", "added up over the month"),
    Period.QUARTER: ("按季累计", "added up over the quarter"),
    Period.HALF_YEAR: ("按半年累计", "added up over the half-year"),
    Period.YEAR: ("按年累计", "added up over the year"),
    Period.EVER: ("一直累计", "added up without end"),
}
