"""From bytes to a document: JSON in which nothing is ambiguous.

Numbers with a fraction become ``Decimal``; duplicate keys, NaN, over-long numbers, over-deep
nesting and text that is not UTF-8 are refused, each with its own code.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any, NoReturn

from points.rules.findings import RulebookRefused, error

MOST_BYTES = 1_000_000
DEEPEST = 20
#: Longer numbers are no amounts; Decimal("1E+999999") would take forever to write out.
_MOST_DIGITS = 15

#: A string that never ends matches, too: nothing is looked through twice.
_MARKS = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)
_BROKEN_TEXT = re.compile("[\x00\ud800-\udfff]")


def _refuse(code: str, zh: str, en: str, where: str = "") -> NoReturn:
    raise RulebookRefused([error(code, where, zh, en)])


def parse(text: str | bytes) -> dict[str, Any]:
    """The document as plain dicts and lists; raises RulebookRefused with one finding."""
    readable = _decoded(text)
    _check_depth(readable)
    try:
        document = json.loads(
            readable,
            parse_float=_fraction,
            parse_int=_whole,
            parse_constant=_constant,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as problem:
        _refuse(
            "not_json",
            f"第 {problem.lineno} 行第 {problem.colno} 个字附近不是正确的 JSON，"
            "请检查括号、引号和逗号。",
            f"Not JSON near line {problem.lineno}, column {problem.colno}. "
            "Please check brackets, quotes and commas.",
        )
    if not isinstance(document, dict):
        _refuse("not_an_object", "文件最外层应是一对花括号。", "The document has to be an object.")
    _check_text(document)
    return document


def _decoded(text: str | bytes) -> str:
    size = len(text) if isinstance(text, bytes) else len(text.encode("utf-8", "surrogatepass"))
    if size > MOST_BYTES:
        _refuse("too_large", "文件超过 1 MB。", "The file is larger than 1 MB.")
    if isinstance(text, str):
        return text.removeprefix("\ufeff")
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError:
        _refuse(
            "not_utf8",
            "文件不是 UTF-8 编码（可能是 GBK），请另存为 UTF-8 后再上传。",
            "The file is not UTF-8 (perhaps GBK). Please save it as UTF-8 and upload again.",
        )


def _check_depth(text: str) -> None:
    depth = 0
    for mark in _MARKS.finditer(text):
        if mark.group() in "[{":
            depth += 1
        elif mark.group() in "]}":
            depth -= 1
        if depth > DEEPEST:
            _refuse(
                "too_deep",
                f"括号套了 {DEEPEST} 层以上，细则用不到这么多层。",
                f"Brackets are nested more than {DEEPEST} deep; no rulebook needs that.",
            )


def _check_text(value: object) -> None:
    if isinstance(value, str):
        if _BROKEN_TEXT.search(value):
            _refuse(
                "broken_text",
                "文字里有无法保存的字符。",
                "Some text holds characters that cannot be stored.",
            )
    elif isinstance(value, dict):
        for key, inner in value.items():
            _check_text(key)
            _check_text(inner)
    elif isinstance(value, list):
        for inner in value:
            _check_text(inner)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            _refuse(
                "duplicate_json_key",
                f"同一处写了两个“{key}”，请只留一个。",
                f'"{key}" stands twice in one place. Please keep one.',
                where=key,
            )
        found[key] = value
    return found


def _fraction(digits: str) -> Decimal:
    number = Decimal(digits)
    if len(number.as_tuple().digits) > _MOST_DIGITS or abs(number.adjusted()) > _MOST_DIGITS:
        _too_long(digits)
    return number


def _whole(digits: str) -> int:
    if len(digits.lstrip("-")) > _MOST_DIGITS:
        _too_long(digits)
    return int(digits)


def _too_long(digits: str) -> NoReturn:
    shown = digits[:24]
    _refuse("number_too_long", f"数字 {shown} 太长。", f"The number {shown} is too long.")


def _constant(name: str) -> NoReturn:
    _refuse("not_a_number", f"{name} 不是数字。", f"{name} is not a number.")
