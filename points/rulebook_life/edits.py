"""Edits of a rulebook document, item by item and part by part; the document given is not changed.

Everything here is plain data (points.rules.document): what an edit means is found afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from points.rulebook_life.errors import ItemCodeTaken, ItemUnknown, PartNeeded, PartUnknown

Json = dict[str, Any]

#: Parts of the header that are edited as a whole; → whether the part may be left out.
PARTS: Mapping[str, bool] = {
    "title": False,
    "place": True,
    "source": True,
    "effective_from": False,
    "extends": True,
    "year_starts_month": True,
    "base": False,
    "score": False,
    "balance": True,
    "counters": True,
    "defaults": True,
    "limits": True,
    "conflicts": True,
    "tiers": True,
    "rankings": True,
    "excluded_tags": True,
    "not_carried_over": False,
}


def item(document: Mapping[str, Any], code: str) -> Json:
    """The item with this code (the first, where the draft has two); raises ItemUnknown."""
    found: Json = document["items"][_position(document, code)]
    return found


def with_new_item(document: Mapping[str, Any], new: Json, *, position: int | None) -> Json:
    """``new`` at ``position`` (from 1), else at the end; raises ItemCodeTaken."""
    if _is_taken(document, new.get("code")):
        raise ItemCodeTaken(field="item.code", code=new["code"])
    items = list(document["items"])
    items.insert(len(items) if position is None else position - 1, new)
    return {**document, "items": items}


def with_item(document: Mapping[str, Any], code: str, changed: Json) -> Json:
    """``changed`` in the place of the item with ``code``; it may take a new code.

    Raises ItemUnknown, ItemCodeTaken.
    """
    at = _position(document, code)
    if changed.get("code") != code and _is_taken(document, changed.get("code")):
        raise ItemCodeTaken(field="item.code", code=changed["code"])
    items = list(document["items"])
    items[at] = changed
    return {**document, "items": items}


def without_item(document: Mapping[str, Any], code: str) -> Json:
    """Without the item; raises ItemUnknown."""
    at = _position(document, code)
    items = document["items"]
    return {**document, "items": [*items[:at], *items[at + 1 :]]}


def part(document: Mapping[str, Any], name: str) -> object:
    """A part of the header, None where the document does not have it; raises PartUnknown."""
    if name not in PARTS:
        raise PartUnknown(part=name)
    return document.get(name)


def with_part(document: Mapping[str, Any], name: str, value: object) -> Json:
    """The part set to ``value``, or left out where that is None.

    Raises PartUnknown, PartNeeded.
    """
    if name not in PARTS:
        raise PartUnknown(part=name)
    if value is not None:
        return {**document, name: value}
    if not PARTS[name]:
        raise PartNeeded(field="value", part=name)
    return {key: kept for key, kept in document.items() if key != name}


def _is_taken(document: Mapping[str, Any], code: object) -> bool:
    """``code`` may be anything: that it is no code at all is found afterwards."""
    return any(each["code"] == code for each in document["items"])


def _position(document: Mapping[str, Any], code: str) -> int:
    for position, each in enumerate(document["items"]):
        if each["code"] == code:
            return position
    raise ItemUnknown(code=code)
