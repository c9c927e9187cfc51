"""What a text needs before it can be kept as a draft: who it is, and items that can be named.

A draft may hold errors, but it must be possible to find its place among the versions and to edit
it item by item. Everything else is said as a finding and waits for its author.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from points.models import HolderKind
from points.rulebook_text import canonical
from points.rules.document import parse
from points.rules.findings import Finding, RulebookRefused, error

FORMAT = "linli-rulebook/1"
#: As rulebook.schema.json has it; a code stands in addresses, too.
CODE_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}\Z")
HOLDERS = (HolderKind.MEMBER, HolderKind.HOUSEHOLD, HolderKind.MERCHANT)
MOST_VERSION = 1_000_000
LONGEST_TITLE = 400
MOST_ITEMS = 500


def keepable(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document as it is read back from its canonical text.

    Raises RulebookRefused where it cannot be kept at all, or has grown too large or too deep.
    """
    problems = [*_identity(document), *_items(document)]
    if problems:
        raise RulebookRefused(problems)
    return parse(canonical(document))


def _identity(document: Mapping[str, Any]) -> Iterator[Finding]:
    if document.get("format") != FORMAT:
        yield error(
            "value_not_allowed", "format", f"只能是：{FORMAT}。", f"Has to be one of: {FORMAT}."
        )
    code = document.get("code")
    if not isinstance(code, str) or not CODE_PATTERN.match(code):
        yield _wrong_code("code")
    version = document.get("version")
    is_whole = isinstance(version, int) and not isinstance(version, bool)
    if not is_whole or not 1 <= int(version or 0) <= MOST_VERSION:
        yield error(
            "out_of_range", "version", "版本号应是 1 起的整数。", "Has to be a number from 1 on."
        )
    title = document.get("title")
    if not isinstance(title, str) or not title.strip() or len(title) > LONGEST_TITLE:
        yield error("field_missing", "title", "要有标题。", "A title is needed.")
    if document.get("holder") not in HOLDERS:
        listed = "、".join(HOLDERS)
        yield error("value_not_allowed", "holder", f"只能是：{listed}。", f"One of: {listed}.")


def _items(document: Mapping[str, Any]) -> Iterator[Finding]:
    items = document.get("items")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        yield error("wrong_type", "items", "项目应是一张清单。", "Items have to be a list.")
        return
    if len(items) > MOST_ITEMS:
        yield error(
            "out_of_range", "items", f"最多 {MOST_ITEMS} 项。", f"{MOST_ITEMS} items at most."
        )
    for position, item in enumerate(items, start=1):
        code = item.get("code")
        if not isinstance(code, str) or not CODE_PATTERN.match(code):
            yield _wrong_code(f"items[{position}].code")
    codes = Counter(item["code"] for item in items if isinstance(item.get("code"), str))
    for code, times in codes.items():
        if times > 1:
            yield error(
                "duplicate_code",
                f"items[{code}]",
                f"编号“{code}”用了 {times} 次，请改成不同的编号。",
                f'The code "{code}" is used {times} times; please make them differ.',
            )


def _wrong_code(where: str) -> Finding:
    return error(
        "wrong_shape",
        where,
        "编号用字母、数字、点和横线，最多 40 个字符。",
        "A code is letters, digits, dots and dashes, 40 at most.",
    )
