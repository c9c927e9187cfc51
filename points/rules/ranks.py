"""Points by rank 按名次计分: who gets what when a period closes.

The one exception to worth being a function of a holder's own facts: ranks look at all holders, so
they are computed once, from what is frozen (rulebook-format.md section 4, Closing awards).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from decimal import Decimal
from typing import TypeVar

from points.rules.ranking import competition_ranks

Who = TypeVar("Who", bound=Hashable)


def awards(
    quantities: Mapping[Who, Decimal], points: Sequence[Decimal]
) -> dict[Who, tuple[int, Decimal]]:
    """(rank, points) of those who get some, in the order of rank.

    ``quantities`` are those of everybody who competes, ``points`` those of the first, second,
    third …. Equals get the points of the rank they share; who has no quantity is not ranked.
    """
    ranked = {who: quantity for who, quantity in quantities.items() if quantity > 0}
    return {
        who: (rank, points[rank - 1])
        for who, rank in competition_ranks(ranked).items()
        if rank <= len(points)
    }
