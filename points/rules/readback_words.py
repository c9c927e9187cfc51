"""Words for codes of the format, (Chinese, English), as they stand in a sentence."""

from __future__ import annotations

from collections.abc import Mapping

from points.rules.periods import Period

Both = tuple[str, str]
Words = Mapping[str, Both]

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
PER: Mapping[Period, Both] = {
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
OVER: Mapping[Period, Both] = {
    Period.MONTH: ("按月累计", "added up over the month"),
    Period.QUARTER: ("按季累计", "added up over the quarter"),
    Period.HALF_YEAR: ("按半年累计", "added up over the half-year"),
    Period.YEAR: ("按年累计", "added up over the year"),
    Period.EVER: ("一直累计", "added up without end"),
}

#: Tags an audience may name; where lists of members have a word, it is the same.
TAGS: Words = {
    "resident": ("小区居民", "residents"),
    "in_service_party_member": ("在职党员", "party members at work"),
    "grid_worker": ("网格员", "grid workers"),
    "property_staff": ("物业服务人员", "property staff"),
    "new_employment_worker": ("新就业群体", "gig workers"),
    "relocated_household": ("易地搬迁户", "relocated households"),
    "party_member": ("党员", "party members"),
    "recorder": ("记录员", "recorders"),
    "student": ("学生", "students"),
    "key_person": ("重点人群", "people looked after specially"),
    "minor": ("未成年人", "minors"),
    "student_away": ("外出求学", "students away"),
    "moved_away": ("已迁出", "who moved away"),
    "deceased": ("已故", "the deceased"),
}

#: Whose accounts: the subject of a limit in Chinese, and who has the account.
HOLDERS: Mapping[str, tuple[str, str, str]] = {
    "member": ("每人", "居民个人", "members"),
    "household": ("每户", "户", "households"),
    "merchant": ("每家商户", "商户", "merchants"),
}

BENEFICIARIES: Words = {
    "household": ("本户", "the household"),
    "head": ("户主", "the head of the household"),
    "each_member": ("户内每位成员", "each member of the household"),
    "named": ("指定的人", "persons who are named"),
}
RELATIONS: Words = {
    "spouse": ("配偶", "spouse"),
    "child": ("子女", "child"),
    "parent": ("父母", "parent"),
    "organization_head": ("组织负责人", "head of the organization"),
    "partner_in_deed": ("共同行为人", "who acted together"),
}

VETO_UNTIL: Words = {
    "corrected": ("改正之前", "until corrected"),
    "end_of_year": ("到当年年底", "until the end of the year"),
    "end_of_next_year": ("到次年年底", "until the end of the next year"),
}
VETO_BONUSES: Words = {
    "kept": ("加分照计", "bonuses are kept"),
    "held": ("加分暂缓", "bonuses are held"),
    "lost": ("加分作废", "bonuses are lost"),
}
VETO_EFFECTS: Words = {
    "score_zero": ("得分计零", "the score reads 0"),
    "bar_honors": ("停评优", "no honors"),
    "bar_redemption": ("停兑换", "no redemption"),
}
PUBLICATIONS: Words = {
    "named": ("署名公布", "published by name"),
    "anonymous": ("匿名公布", "published without the name"),
    "hidden": ("不公布", "not published"),
}
RANKED_WITHIN: Words = {
    "community": ("全社区", "the community"),
    "grid": ("本网格", "the grid"),
}

#: The period of a score or a ranking.
SCORE_OVER: Words = {
    "month": ("每月", "each month"),
    "quarter": ("每季度", "each quarter"),
    "half_year": ("每半年", "each half-year"),
    "year": ("每年", "each year"),
    "ever": ("一直累计的", "from the beginning"),
    "valid": ("有效期内的", "of the records still valid"),
}
#: How the score itself is read.
SCORE_READ: Words = {
    "month": ("得分按月计算", "the score counts one month"),
    "quarter": ("得分按季度计算", "the score counts one quarter"),
    "half_year": ("得分按半年计算", "the score counts one half-year"),
    "year": ("得分按年计算", "the score counts one year"),
    "ever": ("得分一直累计", "the score adds up from the beginning"),
    "valid": ("得分只看有效期内的记录", "the score counts the records still valid"),
}
MEASURES: Words = {
    "score": ("得分", "score"),
    "score_per_head": ("户人均得分", "score per head"),
    "balance": ("可用积分", "balance"),
}
TIER_EFFECTS: Words = {
    "bar_honors": ("停评优", "no honors"),
    "bar_redemption": ("停兑换", "no redemption"),
    "badge": ("有标识", "a badge"),
    "priority": ("活动候补优先", "first on waiting lists of activities"),
    "offer_access": ("可享专属优惠", "access to special offers"),
}
RANKING_UNITS: Words = {
    "member": ("居民", "members"),
    "household": ("户", "households"),
    "grid": ("网格", "grids"),
}
RANKING_PLACES: Words = {
    "grid": ("本网格", "the grid"),
    "community": ("本社区", "the community"),
    "street": ("本街道", "the street"),
    "district": ("本区", "the district"),
}
COUNTS_IN: Words = {"score": ("得分", "score"), "balance": ("可用积分", "balance")}
DEDUCTIONS: Words = {
    "never": ("扣分不动可用积分", "deductions leave the balance alone"),
    "to_zero": ("扣分扣到零为止", "deductions stop at 0"),
    "below_zero": ("扣分可以扣成负数", "deductions may leave a debt"),
}
