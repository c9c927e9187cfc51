"""Ranks: equals share one (1, 2, 2, 4), and a tie at the edge of the top is inside."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import TypeVar

from points.rules.compiled import Ranking

Who = TypeVar("Who", bound=Hashable)


def per_head(total: Decimal, heads: int) -> Fraction:
    """The exact mean: compared unrounded, rounded only where it is shown. ``heads`` ≥ 1."""
    return Fraction(total) / heads


def competition_ranks(scores: Mapping[Who, Decimal | Fraction]) -> dict[Who, int]:
    """Rank by falling score, starting at 1; keys in the order of rank, equals as they came."""
    exact = {who: Fraction(score) for who, score in scores.items()}
    ranks: dict[Who, int] = {}
    rank, last = 0, None
    for place, who in enumerate(sorted(exact, key=lambda who: exact[who], reverse=True), start=1):
        if exact[who] != last:
            rank, last = place, exact[who]
        ranks[who] = rank
    return ranks


def places_in_top(ranking: Ranking, ranked_count: int) -> int:
    """How many places the top has: N, or floor(% × ranked) but at least 1, else all."""
    if ranking.top_count is not None:
        return ranking.top_count
    if ranking.top_percent is not None:
        share = (ranking.top_percent * ranked_count / 100).to_integral_value(rounding=ROUND_FLOOR)
        return max(1, int(share))
    return ranked_count


def top(ranks: Mapping[Who, int], places: int) -> dict[Who, int]:
    """Those with rank ≤ ``places``: more than ``places`` where the edge is tied."""
    return {who: rank for who, rank in ranks.items() if rank <= places}
