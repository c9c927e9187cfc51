"""A quota and its slots: what is limited, what was taken, and how the cap is shared out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Quota:
    """One limited thing in one period. ``cap`` counts its smallest unit, over all slots."""

    kind: str
    code: str
    cell: str
    cap: int
    slots: int = 1


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What was taken from which row, so that exactly that is given back."""

    code: str
    cell: str
    slot: int
    amount: int

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def shares(quota: Quota, used: Mapping[int, int], *, slot: int, amount: int) -> dict[int, int]:
    """Slot → its share once ``amount`` more is used in ``slot``; {} when the cap does not cover it.

    Each keeps what is ``used`` in it and gets its part of what is free then; slots of a time when
    there were more of them keep what they used and get nothing.
    """
    free = quota.cap - sum(used.values()) - amount
    if free < 0:
        return {}
    each, rest = divmod(free, quota.slots)
    return {
        one: count
        + (amount if one == slot else 0)
        + (each + (one < rest) if one < quota.slots else 0)
        for one, count in used.items()
    }
