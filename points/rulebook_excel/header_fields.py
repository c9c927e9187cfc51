"""The sheet 总则: one field of the header, or one default of a kind of item, in each row."""

from __future__ import annotations

from collections.abc import Mapping

from points.rulebook_excel import clauses, headings, words
from points.rulebook_excel.columns import (
    INTEGER,
    NUMBER,
    TEXT,
    Column,
    Json,
    column,
    notation,
    word,
)

HEADER_SHEET = "总则"
REMARKS_SHEET = "说明"

HEADER_FIELDS: tuple[Column, ...] = (
    column("格式", "format", TEXT, "不用改。", required=True),
    column("编号", "code", TEXT, "字母、数字和 . _ -。", required=True),
    column("版本", "version", INTEGER, "1、2、3……", required=True),
    column("名称", "title", TEXT, "细则的名称。", required=True),
    column("地方", "place", TEXT, "哪里的细则。"),
    column("来源", "source", TEXT, "依据哪份文件。"),
    column("通过会议", "adopted.meeting", TEXT, "哪次会议通过。"),
    column("通过日期", "adopted.on", TEXT, "2026-08-20。"),
    column("生效日期", "effective_from", TEXT, "某月第一天：2026-09-01。", required=True),
    column("上级细则编号", "extends.code", TEXT, "附加在哪份细则之上。"),
    column("上级细则版本", "extends.version", INTEGER, "那份细则的版本。"),
    column("账户", "holder", word(words.HOLDERS), "积分记在居民、户或商户名下。", required=True),
    column("年度起始月", "year_starts_month", INTEGER, "1至12；不填就是1月。"),
    column("得分周期", "score.over", word(words.SCORE_PERIODS), "得分看多久。", required=True),
    column("得分下限", "score.floor", NUMBER, "得分最低算多少。"),
    column("得分上限", "score.ceiling", NUMBER, "得分最高算多少。"),
    column(
        "何时可兑换",
        "balance.spendable_from",
        word(words.SPENDABLE),
        "不填＝没有可以兑换的余额。",
    ),
    column("扣分对余额", "balance.deductions", word(words.DEDUCTIONS), "扣分怎样动余额。"),
    column("须留底分", "balance.spend_above", NUMBER, "只有超过它的部分可以兑换。"),
    column(
        "到期",
        "balance.expiry",
        notation(headings.expiry_text, headings.expiry_of),
        "36个月｜每年01-10｜季末后60天；不填＝不到期。",
    ),
    column(
        "累计量",
        "counters",
        notation(headings.counters_text, headings.counters_of),
        "积分之外累计的数量：hours=服务时长（小时）；用；隔开。",
    ),
    column(
        "不参评标签",
        "excluded_tags",
        notation(clauses.tags_text, clauses.tags_of),
        "有这些标签的人当期不发基础分、不排名。",
    ),
)
#: Rows of 总则 for one kind of item; an item's empty cell takes what stands here.
KIND_DEFAULTS: Mapping[str, str] = {
    kind: f"{kind_word}默认" for kind, kind_word in words.KINDS.codes.items()
}
ALL_DEFAULTS = "默认值"


def default_title(kind: str, field: Column) -> str:
    """``加分默认：计入``."""
    return f"{KIND_DEFAULTS[kind]}：{field.title}"


def default_unit(default: Json) -> str:
    code = default.get("unit")
    return words.UNITS.word(code) if code else ""
