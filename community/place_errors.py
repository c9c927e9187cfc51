"""What may be wrong with the code of a place."""

from __future__ import annotations

from kernel.errors import Conflict, Invalid


class CodeInvalid(Invalid):
    code = "place_code_invalid"
    zh = "代码用 2 到 20 个小写字母或数字。"
    en = "A code has 2 to 20 lower-case letters or digits."


class CodeTaken(Conflict):
    code = "place_code_taken"
    zh = "这个代码已经用了，请换一个。"
    en = "This code is taken. Please choose another."
