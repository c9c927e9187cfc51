"""The empty table in which members are entered, and what to fill in."""

from __future__ import annotations

from community.import_rows import COLUMNS, REQUIRED
from community.member_import import MOST_ROWS
from community.member_rules import KIND_WORDS, TAG_WORDS
from kernel.table_templates import TableTemplate

#: What to fill in, column by column.
_REMARKS = {
    "姓名": "必填。只填姓名，不要填身份证号和电话。",
    "类别": "必填。"
    + "、".join(words[0] for words in KIND_WORDS.values())
    + "；有几个就用“、”隔开。",
    "网格": "网格的号数，例如 3。不住在小区的人可以不填。",
    "户号": "例如 0305。没有登记过的户要同时填网格；不住在小区的人不填。",
    "标签": "、".join(TAG_WORDS.values()) + "；可以不填。",
    "加入日期": "例如 2026-11-01；不填就是今天。",
    "满60岁年份": "只填年份，例如 2020；可以不填。",
}

TEMPLATE = TableTemplate(
    sheet="居民",
    remarks={column: _REMARKS[column] for column in COLUMNS},
    required=REQUIRED,
    closing=f"一次最多 {MOST_ROWS} 人，一人一行，不要合并单元格。",
)
