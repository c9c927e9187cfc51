"""What changed between two versions of a rulebook, item by item, as data and as sentences.

Pure: two documents in (points.rules.document), frozen values out. Items are told apart by their
code, with the defaults of their own version filled in; their order says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Json = Mapping[str, Any]
#: The readback of an item in a language, None while it holds errors: (code, language) → text.
ReadBack = Callable[[str, str], str | None]

#: field of an item → what people call it
ITEM_FIELDS: Mapping[str, tuple[str, str]] = {
    "name": ("名称", "name"),
    "category": ("类别", "category"),
    "group": ("分组", "group"),
    "kind": ("加扣", "kind"),
    "subject": ("主题", "subject"),
    "origin": ("来源层级", "origin"),
    "unit": ("单位", "unit"),
    "quantity": ("数量范围", "quantity"),
    "award": ("分值", "award"),
    "counts_in": ("计入", "what it counts in"),
    "feeds": ("累计到", "counter"),
    "audience": ("适用对象", "audience"),
    "beneficiary": ("受益人", "beneficiary"),
    "relations": ("受益人关系", "relations"),
    "limits": ("封顶", "limits"),
    "escalation": ("递进", "escalation"),
    "validity": ("有效期", "validity"),
    "recurs": ("未改续扣", "recurrence"),
    "veto": ("一票否决", "veto"),
    "recording": ("录入要求", "recording"),
    "publication": ("公开方式", "publication"),
    "note": ("备注", "note"),
    "source_codes": ("来源编号", "source codes"),
}
#: part of the header → what people call it; version and adoption differ by nature
HEADER_PARTS: Mapping[str, tuple[str, str]] = {
    "title": ("标题", "title"),
    "place": ("地方", "place"),
    "source": ("来源", "source"),
    "holder": ("适用对象", "holder"),
    "extends": ("叠加的上级细则", "parent"),
    "year_starts_month": ("年度起始月", "first month of the year"),
    "base": ("基础分", "base points"),
    "score": ("得分口径", "score"),
    "balance": ("可用积分", "balance"),
    "counters": ("累计量", "counters"),
    "limits": ("共用封顶", "shared limits"),
    "conflicts": ("同一行为", "conflicts"),
    "tiers": ("等级", "tiers"),
    "rankings": ("排名", "rankings"),
    "excluded_tags": ("不参评标签", "excluded tags"),
    "not_carried_over": ("不采纳条款", "clauses left out"),
}


class Change(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    """One field before and after; None where a version does not have it."""

    field: str
    label_zh: str
    label_en: str
    before: object
    after: object


@dataclass(frozen=True, kw_only=True)
class ItemChange:
    """An item that is new, gone or different; ``fields`` only where it is different."""

    code: str
    name: str
    change: Change
    fields: tuple[FieldChange, ...]
    zh: str
    en: str


@dataclass(frozen=True, kw_only=True)
class Difference:
    """The header's changes, then the items' in the order of the newer version, gone ones last."""

    header: tuple[FieldChange, ...]
    items: tuple[ItemChange, ...]


def difference(
    before: Json, after: Json, said_before: ReadBack, said_after: ReadBack
) -> Difference:
    """What leads from ``before`` to ``after``."""
    return Difference(
        header=tuple(_fields(before, after, HEADER_PARTS)),
        items=tuple(_items(before, after, said_before, said_after)),
    )


def _items(
    before: Json, after: Json, said_before: ReadBack, said_after: ReadBack
) -> Iterator[ItemChange]:
    old, new = _by_code(before), _by_code(after)
    for code, item in new.items():
        if code not in old:
            yield _added(item, said_after)
        else:
            fields = tuple(_fields(old[code], item, ITEM_FIELDS))
            if fields:
                yield _changed(item, fields, said_before, said_after)
    for code, item in old.items():
        if code not in new:
            yield _removed(item, said_before)


def _by_code(document: Json) -> dict[str, dict[str, Any]]:
    """Items with the defaults of their kind filled in; an explicit null is no value."""
    given = document.get("defaults")
    defaults = given if isinstance(given, Mapping) else {}
    found: dict[str, dict[str, Any]] = {}
    for item in document["items"]:
        own = defaults.get(str(item.get("kind")))
        said = {**(own if isinstance(own, Mapping) else {}), **item}
        found[item["code"]] = {key: value for key, value in said.items() if value is not None}
    return found


def _fields(
    before: Json, after: Json, labels: Mapping[str, tuple[str, str]]
) -> Iterator[FieldChange]:
    for field, (zh, en) in labels.items():
        if before.get(field) != after.get(field):
            yield FieldChange(
                field=field,
                label_zh=zh,
                label_en=en,
                before=before.get(field),
                after=after.get(field),
            )


def _added(item: Json, said: ReadBack) -> ItemChange:
    zh, en = said(item["code"], "zh"), said(item["code"], "en")
    return ItemChange(
        code=item["code"],
        name=_name(item),
        change=Change.ADDED,
        fields=(),
        zh=f"新增“{_name(item)}”（{item['code']}）。{zh or ''}",
        en=f'New: "{_name(item)}" ({item["code"]}). {en or ""}'.rstrip(),
    )


def _removed(item: Json, said: ReadBack) -> ItemChange:
    zh, en = said(item["code"], "zh"), said(item["code"], "en")
    return ItemChange(
        code=item["code"],
        name=_name(item),
        change=Change.REMOVED,
        fields=(),
        zh=f"删去“{_name(item)}”（{item['code']}）。{f'原来是：{zh}' if zh else ''}",
        en=f'Removed: "{_name(item)}" ({item["code"]}). {f"It was: {en}" if en else ""}'.rstrip(),
    )


def _changed(
    item: Json, fields: tuple[FieldChange, ...], said_before: ReadBack, said_after: ReadBack
) -> ItemChange:
    code = item["code"]
    labels_zh = "、".join(field.label_zh for field in fields)
    labels_en = ", ".join(field.label_en for field in fields)
    return ItemChange(
        code=code,
        name=_name(item),
        change=Change.CHANGED,
        fields=fields,
        zh=f"“{_name(item)}”（{code}）改了{labels_zh}。"
        + _was_and_is(said_before(code, "zh"), said_after(code, "zh"), "原来：", "改为：", ""),
        en=f'"{_name(item)}" ({code}): changed {labels_en}. '
        + _was_and_is(said_before(code, "en"), said_after(code, "en"), "Before: ", "Now: ", " "),
    )


def _was_and_is(before: str | None, after: str | None, was: str, now: str, gap: str) -> str:
    """Nothing where an item cannot be read back, or reads the same in spite of the change."""
    if before is None or after is None or before == after:
        return ""
    return f"{was}{before}{gap}{now}{after}"


def _name(item: Json) -> str:
    return str(item.get("name", ""))
