"""Ranks: equals share one (1, 2, 2, 4), and a tie at the edge of the top is inside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import Generic, TypeVar

from points.rules.compiled import Ranking, Within

Who = TypeVar("Who", bound=Hashable)


@dataclass(frozen=True, kw_only=True)
class Competitor(Generic[Who]):
    """One holder or grid that may be ranked.

    ``value`` is the measure of the ranking's period; ``heads`` count only people without an
    excluded tag; ``areas`` names the grid, street … it lies in.
    """

    who: Who
    value: Decimal
    heads: int = 1
    tags: frozenset[str] = frozenset()
    areas: Mapping[Within, Hashable] = field(default_factory=dict)


@dataclass(frozen=True)
class Place(Generic[Who]):
    """``rank`` in the area ``within``; ``in_top`` where the ranking names a top."""

    who: Who
    within: Hashable
    rank: int
    in_top: bool


def ranked(
    ranking: Ranking, competitors: Iterable[Competitor[Who]], excluded_tags: Collection[str] = ()
) -> list[Place[Who]]:
    """Everybody of the ranking's audience, each against those of the same area.

    In the order of areas as they come, and of rank. Who has an excluded tag is left out; nobody
    lives outside the community, so that all without an area are compared with each other.
    """
    excluded = frozenset(excluded_tags)
    by_area: dict[Hashable, dict[Who, Decimal | Fraction]] = defaultdict(dict)
    for each in competitors:
        if each.tags & excluded or not ranking.audience.has(each.tags):
            continue
        value = per_head(each.value, max(each.heads, 1)) if ranking.per_head else each.value
        by_area[each.areas.get(ranking.within)][each.who] = value
    places = []
    for area, values in by_area.items():
        inside = places_in_top(ranking, len(values))
        places += [
            Place(who, area, rank, rank <= inside)
            for who, rank in competition_ranks(values).items()
        ]
    return places


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
