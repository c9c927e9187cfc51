"""Words of the cells for the codes of the format, and back."""

from __future__ import annotations

from collections.abc import Mapping

from points.rulebook_excel.marks import NotUnderstood
from points.rules.readback_words import TAGS
from points.rules.readback_words import UNITS as SAID_UNITS


class Words:
    """A closed list: each code has one word; some words are read, never written."""

    def __init__(self, words: Mapping[str, str], also: Mapping[str, str] | None = None) -> None:
        self.codes = dict(words)
        self._by_word = {word: code for code, word in words.items()} | dict(also or {})

    def word(self, code: str) -> str:
        return self.codes[code]

    def code(self, word: str) -> str:
        """Raises NotUnderstood, naming the words there are."""
        if word not in self._by_word:
            known = "、".join(self.codes.values())
            raise NotUnderstood(
                f"“{word}”不认识，只能写：{known}。", f'"{word}" is not one of: {known}.'
            )
        return self._by_word[word]

    def __contains__(self, word: str) -> bool:
        return word in self._by_word

    def listed(self) -> list[str]:
        return list(self.codes.values())

    def pattern(self) -> str:
        """Alternatives for a regular expression, longest first."""
        return "|".join(sorted(self._by_word, key=len, reverse=True))


KINDS = Words({"bonus": "加分", "deduction": "扣分", "record": "记录"})
SUBJECTS = Words(
    {
        "volunteering": "志愿服务",
        "environment": "环境卫生",
        "mutual_aid": "邻里互助",
        "public_affairs": "公共事务",
        "public_safety": "公共安全",
        "public_property": "公共财物",
        "dispute_mediation": "纠纷调解",
        "culture_sports": "文化体育",
        "education": "学习教育",
        "family": "家庭",
        "honors": "荣誉表彰",
        "donation": "捐助",
        "defense": "国防",
        "party_duty": "党员义务",
        "recording_duty": "记录职责",
        "neighborly_conduct": "邻里行为",
        "honesty": "诚信",
        "work": "劳动",
        "merchant_conduct": "商户经营",
        "other": "其他",
        "petition": "信访",
        "speech": "言论",
        "assembly": "集会",
        "religion": "宗教",
        "family_planning": "计划生育",
        "relative_conduct": "亲属行为",
        "public_service": "基本公共服务",
        "legal_remedy": "法律救济",
        "health_condition": "健康状况",
        "private_debt": "民间债务",
    }
)
UNITS = Words({code: words[0] for code, words in SAID_UNITS.items()})
ORIGINS = Words({"district": "区", "street": "街道", "community": "社区"})
HOLDERS = Words({"member": "居民", "household": "户", "merchant": "商户"})
COUNTS = Words({"score": "得分", "balance": "余额"})
PUBLICATIONS = Words({"named": "署名", "anonymous": "匿名", "hidden": "不公开"})
YES_NO = Words({"true": "是", "false": "否"})

PERIODS = Words(
    {"month": "月", "quarter": "季", "half_year": "半年", "year": "年"},
    {"季度": "quarter"},
)
BASE_PERIODS = Words({"once": "一次", **PERIODS.codes}, {"季度": "quarter"})
RANKING_PERIODS = Words({**PERIODS.codes, "ever": "一直"}, {"季度": "quarter"})
SCORE_PERIODS = Words({**PERIODS.codes, "ever": "一直", "valid": "有效期内"}, {"季度": "quarter"})
AWARD_PERIODS = Words(
    {
        "each": "每次",
        "month": "按月累计",
        "quarter": "按季累计",
        "half_year": "按半年累计",
        "year": "按年累计",
        "ever": "一直累计",
    }
)
LIMIT_PERIODS = Words(
    {
        "deed": "每行为",
        "activity": "每活动",
        "day": "每天",
        "week": "每周",
        "month": "每月",
        "quarter": "每季",
        "half_year": "每半年",
        "year": "每年",
        "ever": "总共",
    },
    {"每日": "day", "每季度": "quarter", "每次活动": "activity", "累计": "ever"},
)
ACROSS = Words({"holder": "每账户", "person": "每人", "household": "每户"})
WITHIN_AWARD = Words({"community": "全社区", "grid": "本网格"})

BENEFICIARIES = Words(
    {
        "actor": "本人",
        "household": "本户",
        "head": "户主",
        "each_member": "每位成员",
        "named": "指定",
    }
)
RELATIONS = Words(
    {
        "spouse": "配偶",
        "child": "子女",
        "parent": "父母",
        "organization_head": "组织负责人",
        "partner_in_deed": "共同行为人",
    }
)
ROLES = Words(
    {
        "member": "居民",
        "grid_worker": "网格员",
        "panelist": "评议组",
        "community_admin": "社区",
        "street_officer": "街道",
        "merchant_owner": "商户",
    }
)
EVIDENCE = Words(
    {
        "photo": "照片",
        "live_photo": "现场照片",
        "check_in": "签到",
        "certificate": "证书",
        "official_letter": "正式函件",
        "receipt": "收据",
        "platform_record": "平台记录",
        "both_parties": "双方确认",
        "mediation_file": "调解记录",
        "activity_notice": "活动通知",
        "rating_sheet": "评分表",
        "warning_record": "提醒记录",
        "recorder_confirmation": "记录人确认",
        "committee_confirmation": "居委会确认",
        "other_document": "其他材料",
    }
)
VETO_BONUSES = Words({"kept": "加分照计", "held": "加分暂缓", "lost": "加分作废"})
VETO_EFFECTS = Words({"score_zero": "得分计零", "bar_honors": "停评优", "bar_redemption": "停兑换"})
VETO_ENDS = Words({"corrected": "至整改", "end_of_year": "至年底", "end_of_next_year": "至次年底"})
TIER_EFFECTS = Words(
    {
        "bar_honors": "停评优",
        "bar_redemption": "停兑换",
        "badge": "标识",
        "priority": "优先",
        "offer_access": "专享优惠",
    }
)
MEASURES = Words({"score": "得分", "score_per_head": "户人均得分", "balance": "余额"})
SAME = Words({"deed": "同一行为", "activity": "同一活动"})
RANKING_UNITS = Words({"member": "居民", "household": "户", "grid": "网格"})
RANKING_PLACES = Words({"grid": "网格", "community": "社区", "street": "街道", "district": "区"})
JOINERS = Words({"full": "全额", "next_period": "下期起"})
SPENDABLE = Words({"recorded": "记录后", "sealed": "封账后"})
DEDUCTIONS = Words({"never": "不扣余额", "to_zero": "扣到零为止", "below_zero": "可以扣成负数"})
LEFT_OUT = Words(
    {
        "process": "属于流程",
        "incomplete_source": "来源不全",
        "reads_another_ledger": "引用其他账本",
        "needs_hysteresis": "需要记忆的双线",
        "wipes_on_redemption": "兑换即清零",
        "averages_grades": "等级取平均",
        "withdraws_benefit": "取消待遇",
        "limits_participation": "限制参与",
        "deregisters": "注销资格",
        "blacklists": "黑名单",
        "political_nomination": "政治推荐",
        "forbidden_subject": "禁止事项",
        "deduction_on_relative": "扣亲属的分",
        "self_approval": "自记自审",
        "open_ended": "无边界条款",
        "other": "其他",
    }
)

_TAG_CODES = {word: tag for tag, (word, _english) in TAGS.items()}


def tag_word(tag: str) -> str:
    """A tag without a word of its own is written by its code."""
    return TAGS[tag][0] if tag in TAGS else tag


def tag_code(word: str) -> str:
    if word in _TAG_CODES:
        return _TAG_CODES[word]
    if word.isascii() and word.replace("_", "").isalnum():
        return word
    known = "、".join(_TAG_CODES)
    raise NotUnderstood(
        f"“{word}”不是已知的标签，可以写：{known}，或标签的代码。",
        f'"{word}" is not a tag; write one of {known}, or a tag\'s code.',
    )
