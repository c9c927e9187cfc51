"""The items of a draft read back as sentences, also while other parts of it hold errors."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from points.rules.compiled import Item, Rulebook
from points.rules.compiling import rulebook_of
from points.rules.findings import Finding, errors_of
from points.rules.named_refusals import named_refusals
from points.rules.readback import read_back
from points.rules.schema import schema_findings

_ITEM = re.compile(r"items\[([^\]]*)\]")
#: Header of a document that holds nothing but items; an empty balance counts like any other.
_BARE: Mapping[str, Any] = {
    "format": "linli-rulebook/1",
    "code": "bare",
    "version": 1,
    "title": "-",
    "effective_from": "2026-01-01",
    "holder": "member",
    "base": [],
    "score": {"over": "month"},
    "balance": {"spendable_from": "recorded", "deductions": "below_zero"},
    "not_carried_over": [],
}


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """One item as people read it. Both texts are None while the item itself holds errors."""

    code: str
    name: str
    kind: str
    zh: str | None
    en: str | None


def of_document(document: Mapping[str, Any], rulebook: Rulebook | None) -> list[Sentence]:
    """One sentence per item, in the order of the document; ``rulebook`` where it was compiled."""
    readable = rulebook.items if rulebook is not None else _readable(document)
    by_code = {item.code: item for item in readable}
    return [_sentence(raw, by_code.get(raw["code"]), rulebook) for raw in document["items"]]


def _sentence(raw: Mapping[str, Any], item: Item | None, rulebook: Rulebook | None) -> Sentence:
    return Sentence(
        code=raw["code"],
        name=str(raw.get("name", "")),
        kind=str(raw.get("kind", "")),
        zh=read_back(item, "zh", rulebook) if item else None,
        en=read_back(item, "en", rulebook) if item else None,
    )


def _readable(document: Mapping[str, Any]) -> Sequence[Item]:
    """Items in which nothing is wrong by themselves, whatever is wrong elsewhere."""
    defaults = document.get("defaults", {})
    with_items = {**_BARE, "defaults": defaults, "items": document["items"]}
    found = [*named_refusals(with_items), *schema_findings(with_items)]
    if any(each.where.startswith("defaults") for each in errors_of(found)):
        return ()
    wrong = _item_codes(found)
    kept = [item for item in document["items"] if item["code"] not in wrong]
    if not kept:
        return ()
    return rulebook_of({**with_items, "items": kept}).items


def _item_codes(findings: Sequence[Finding]) -> set[str]:
    matches = (_ITEM.match(each.where) for each in errors_of(findings))
    return {match.group(1) for match in matches if match}
