"""Receipt numbers as people write and read them out: ten characters without I, L, O and U."""

from __future__ import annotations

import re

from kernel.errors import Invalid
from kernel.ids import RECEIPT_ALPHABET, RECEIPT_LENGTH

_GAPS = re.compile(r"[\s\-·]")
#: What is heard or read for another character (Crockford's base 32).
_MISREAD = str.maketrans("ILO", "110")


class ReceiptNumberUnreadable(Invalid):
    code = "receipt_number_unreadable"
    zh = "编号是 {length} 位数字和字母，请照凭证上的再输一次。"
    en = "A receipt number has {length} digits and letters. Please type it as on the receipt."


def read(text: str, *, field: str = "number") -> str:
    """The number as it is stored; ReceiptNumberUnreadable where the text can be none.

    Small letters, full-width characters, gaps, and I, L, O for 1, 1, 0 are understood.
    """
    narrow = "".join(
        chr(ord(sign) - 0xFEE0) if "！" <= sign <= "～" else sign for sign in text
    ).upper()
    number = _GAPS.sub("", narrow).translate(_MISREAD)
    if len(number) != RECEIPT_LENGTH or any(sign not in RECEIPT_ALPHABET for sign in number):
        raise ReceiptNumberUnreadable(field=field, length=RECEIPT_LENGTH)
    return number
