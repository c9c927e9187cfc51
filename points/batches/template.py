"""The empty table of a batch, and what to fill in."""

from __future__ import annotations

from kernel.table_templates import TableTemplate
from points.batches.reading import COLUMNS, REQUIRED

MOST_ROWS = 5000

#: What to fill in, column by column.
_REMARKS = {
    "户号": "例如 0305。按户记分的细则只填户号；按居民记分时，有户的居民填户号和姓名。",
    "居民编号": "不住在小区的居民填编号，代替户号。",
    "姓名": "用来核对是不是同一个人；不要填身份证号和电话。",
    "积分": "必填。最多一位小数，不能是 0；只有“调整”可以填负数（扣减）。",
    "计入": "得分、余额，或两样：得分、余额。不填：期初只计余额，调整两样都计。",
    "事由": "调整必填，最多 200 字；期初不填就写“期初余额”。",
    "发生日期": "例如 2026-11-01；不填就是今天。",
}

TEMPLATE = TableTemplate(
    sheet="批量记账",
    remarks={column: _REMARKS[column] for column in COLUMNS},
    required=REQUIRED,
    closing=f"一次最多 {MOST_ROWS} 行，一人（户）一行，不要合并单元格。",
)
