"""An add-on list on a pinned parent (叠加): two documents joined to one that stands alone.

Parent's items, base, limits, conflicts and counters come first; everything else (score, balance,
tiers, rankings, tags left out) is the child's own. Each document's defaults are filled into its own
items before they are joined, so that a child never changes what its parent's items mean. Selectors
such as ``*deduction`` are resolved after joining and reach both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from points.rules.findings import Finding, RulebookRefused, error

Json = Mapping[str, Any]

#: Lists that are joined, by the key of the document.
JOINED = ("base", "items", "limits", "conflicts", "counters")
#: What has to be the same in both: accounts, and the year in which limits count.
_SHARED = {
    "holder": ("账户", "holder", None),
    "year_starts_month": ("年度起始月", "year_starts_month", 1),
}


def join(child: Json, parent: Json) -> dict[str, Any]:
    """The whole rulebook of ``child``, without ``extends`` and ``defaults``.

    Both documents have the right shape, and ``parent`` stands alone (itself joined, where it
    extends another). Raises RulebookRefused: ``extends_itself``, ``extends_other_parent``,
    ``parent_not_joined``, ``extends_other_holder``, ``extends_other_year_starts_month``,
    ``duplicate_code``.
    """
    problems = [*_parent(child, parent), *_differences(child, parent), *_twice(child, parent)]
    if problems:
        raise RulebookRefused(problems)
    joined = {key: value for key, value in child.items() if key not in ("extends", "defaults")}
    for key in JOINED:
        if key in child or key in parent:
            joined[key] = [*_entries(parent, key), *_entries(child, key)]
    return joined


def _entries(document: Json, key: str) -> list[Any]:
    entries = document.get(key, [])
    return [_spelled_out(item, document) for item in entries] if key == "items" else entries


def _spelled_out(item: Json, document: Json) -> dict[str, Any]:
    """The item with its document's defaults; an explicit ``null`` has cleared what it names."""
    default = document.get("defaults", {}).get(item["kind"], {})
    return {key: value for key, value in {**default, **item}.items() if value is not None}


def _parent(child: Json, parent: Json) -> Iterator[Finding]:
    said = child.get("extends", {})
    if child["code"] == parent["code"]:
        yield error(
            "extends_itself",
            "extends.code",
            "细则不能叠加在自己之上，请换一个编号。",
            "A rulebook cannot extend itself; please give it a code of its own.",
        )
    elif said and (said["code"], said["version"]) != (parent["code"], parent["version"]):
        yield error(
            "extends_other_parent",
            "extends",
            f"写的是“{said['code']}”第 {said['version']} 版，取到的是“{parent['code']}”第 "
            f"{parent['version']} 版。",
            f'It names "{said["code"]}" version {said["version"]}, but this is '
            f'"{parent["code"]}" version {parent["version"]}.',
        )
    if "extends" in parent:
        yield error(
            "parent_not_joined",
            "extends",
            "上级细则自己还叠加在别的细则上，应先与它合并。",
            "The parent itself extends a rulebook; it has to be joined first.",
        )


def _differences(child: Json, parent: Json) -> Iterator[Finding]:
    for key, (zh, en, otherwise) in _SHARED.items():
        ours, theirs = child.get(key, otherwise), parent.get(key, otherwise)
        if ours != theirs:
            yield error(
                f"extends_other_{key}",
                key,
                f"“{zh}”与上级细则不同（{ours}，上级是 {theirs}），叠加的细则要写成一样。",
                f"{en} differs from the parent's ({ours}, there {theirs}); both have to be equal.",
            )


def _twice(child: Json, parent: Json) -> Iterator[Finding]:
    for key in JOINED:
        taken = {entry["code"] for entry in parent.get(key, ())}
        for entry in child.get(key, ()):
            if entry["code"] in taken:
                yield error(
                    "duplicate_code",
                    f"{key}[{entry['code']}]",
                    f"上级细则“{parent['title']}”已经有编号“{entry['code']}”，请换一个编号。",
                    f'The parent "{parent["title"]}" has the code "{entry["code"]}" already; '
                    "please take another.",
                )
