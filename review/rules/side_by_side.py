"""Several sheets of one month side by side: none of them may give away what another hides.

Each sheet hides who is below base by leaving the row out. That protects as long as nobody can see
who ought to be there, and the other sheets of the month say just that. Three ways lead from one
to another:

* the household's code: household 0104 is below base on the households' sheet and missing there,
  but its members stand on the members' sheet under 0104. Whoever compares the codes knows. So a
  household stands on every sheet on which it has rows, or on none;
* the holder: a member who is below base under one members' rulebook, and listed under another;
* the label: the households' sheet calls 0104 by its head, 王*, and the members' sheet shows 李* of
  0104 but no 王*. So a household is called by somebody the members' sheets show.

A holder without a row hides nothing and is no trace of anything. A single sheet has no sides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Tied:
    """A row as far as the sheets of a month have to agree about it.

    ``key`` is unique over all sheets; ``who`` is the holder, the same on every sheet of one unit;
    ``household`` is the code that is published, None where the row has none.
    """

    key: str
    who: str
    household: str | None
    is_below: bool


@dataclass(frozen=True, kw_only=True)
class Resident:
    """A member with a masked label, in the order in which members speak for their household."""

    member: str
    label: str


def withheld(sheets: Sequence[Sequence[Tied]]) -> frozenset[str]:
    """Keys of the rows at or above base that are counted only, for the sake of another sheet.

    Holders first: that may leave a household without a row on one of the sheets.
    """
    if len(sheets) < 2:
        return frozenset()
    below = {row.who for rows in sheets for row in rows if row.is_below}
    missing: set[str | None] = set()
    for rows in sheets:
        missing |= {row.household for row in rows}.difference(
            row.household for row in rows if row.who not in below
        )
    missing.discard(None)
    return frozenset(
        row.key
        for rows in sheets
        for row in rows
        if not row.is_below and (row.who in below or row.household in missing)
    )


def speakers(shown: Iterable[tuple[str, Resident]]) -> dict[str, list[Resident]]:
    """household → its members whom the members' sheets show, in a fixed order."""
    found: dict[str, list[Resident]] = defaultdict(list)
    for household, resident in shown:
        found[household].append(resident)
    return {
        household: sorted(each, key=lambda one: one.member) for household, each in found.items()
    }


def called(head: Resident, shown: Sequence[Resident]) -> str:
    """The label a household's row has: its head's, unless only others of it are shown.

    Where nobody of it is shown, no members' sheet has a row of it that could be missed.
    """
    if not shown:
        return head.label
    return next((each for each in shown if each.member == head.member), shown[0]).label
