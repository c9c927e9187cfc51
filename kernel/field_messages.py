"""Chinese sentences for what marshmallow and our own fields say about one field.

The English text is the key, because that is what the library gives; a test walks through every
message of every field used in the API and sees it translated.
"""

from __future__ import annotations

import re

NOT_ONE_DECIMAL = "Points have at most one decimal place."
NOT_TWO_DECIMALS = "Quantities have at most two decimal places."
NOT_POSITIVE = "Points must be greater than 0."
TOO_MANY_POINTS = "Points must be at most 100,000."
NOT_A_NUMBER = "Not a number."
BAD_MONTH = "Not a month like 2026-11."
NOT_STORABLE = "Contains a character that cannot be kept."
BLANK = "Only blanks. Please write something."

_SENTENCES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(f"^{pattern}$", re.DOTALL), chinese)
    for pattern, chinese in (
        (r"Missing data for required field\.", "这一项要填。"),
        (r"Field may not be null\.", "这一项不能为空。"),
        (r"Unknown field\.", "没有这一项，请去掉。"),
        (re.escape(NOT_ONE_DECIMAL), "积分最多一位小数。"),
        (re.escape(NOT_TWO_DECIMALS), "数量最多两位小数。"),
        (re.escape(NOT_POSITIVE), "积分要大于 0。"),
        (re.escape(TOO_MANY_POINTS), "积分最多 100,000。"),
        (re.escape(NOT_A_NUMBER), "请填数字。"),
        (re.escape(BAD_MONTH), "月份请写成 2026-11 这样。"),
        (re.escape(NOT_STORABLE), "有不能保存的字符，请删去后再试。"),
        (re.escape(BLANK), "只有空白，请写上内容。"),
        (r"Not a valid integer\.", "请填整数。"),
        (r"Not a valid number\.", "请填数字。"),
        (r"Not a valid string\.", "请填文字。"),
        (r"Not a valid boolean\.", "请填是或否。"),
        (r"Not a valid UUID\.", "编号的格式不对。"),
        (r"Not a valid date\.", "日期请写成 2026-11-21 这样。"),
        (r"Not a valid time\.", "时刻请写成 09:30 这样。"),
        (r"Not a valid datetime\.", "时间的格式不对。"),
        (r"Not a valid aware datetime\.", "时间要写明时区，例如 2026-11-21T09:30:00+08:00。"),
        (r"Not a valid list\.", "这里要填一个列表。"),
        (r"Not a valid mapping type\.", "这里要填一组内容。"),
        (r"Not a valid enum\.", "请从给出的选项里选。"),
        (r"Not a valid file\.", "请选一个文件。"),
        (r"Invalid input type\.", "内容的格式不对，请发送一个 JSON 对象。"),
        (r"Invalid value\.", "内容不对，请改一改。"),
        (r"Number too large\.", "数字太大。"),
        (r"Must be one of: (.+)\.", r"请从这些里选：\1。"),
        (r"Shorter than minimum length (\d+)\.", r"至少 \1 个字。"),
        (r"Longer than maximum length (\d+)\.", r"最多 \1 个字。"),
        (r"Length must be between (\d+) and (\d+)\.", r"要 \1 到 \2 个字（或项）。"),
        (r"Length must be (\d+)\.", r"要正好 \1 个字。"),
        (r"Must be greater than or equal to (\S+)\.", r"不能小于 \1。"),
        (r"Must be less than or equal to (\S+)\.", r"不能大于 \1。"),
        (
            r"Must be greater than or equal to (\S+(?: \S+)?) and "
            r"less than or equal to (\S+(?: \S+)?)\.",
            r"要在 \1 到 \2 之间。",
        ),
        (r"Must be greater than (\S+)\.", r"要大于 \1。"),
        (r"String does not match expected pattern\.", "写法不对，请检查。"),
        (r"Invalid JSON body\.", "发来的内容不是 JSON。"),
    )
)


def is_translated(message: str) -> bool:
    return any(pattern.match(message) for pattern, _ in _SENTENCES)


def translated(message: str) -> str:
    """The Chinese sentence, or the English one where none is known."""
    for pattern, chinese in _SENTENCES:
        if pattern.match(message):
            return pattern.sub(chinese, message)
    return message
