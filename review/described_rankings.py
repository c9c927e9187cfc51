"""What a ranking of a rulebook is, and who may read it.

Two kinds only the staff read: one for an assigned tag (重点人群 …) would tell who carries the tag;
one of households per head, where members have rows on this sheet or on another one of the month,
how many of a household have none: its rows added up, divided by what it has per head.
"""

from __future__ import annotations

from dataclasses import dataclass

from community.models import MemberKind
from points.models import HolderKind
from points.rules.compiled import Counter, Ranking, RankingUnit, Rulebook

_KINDS = frozenset(str(kind) for kind in MemberKind)


@dataclass(frozen=True, kw_only=True)
class BookRanking:
    """One ranking of the rulebook in force; ``is_public`` where anybody may read it."""

    code: str
    name: str
    unit: str
    over: str
    within: str
    is_public: bool
    #: ``score``, or the code of a counter with its name and unit.
    measure: str
    counter_name: str | None
    counter_unit: str | None


def tells_heads(ranking: Ranking) -> bool:
    """Whoever knows what a household has can tell how many it was divided by."""
    return ranking.per_head and ranking.unit is RankingUnit.HOUSEHOLD


def _tells_who_is_below(compiled: Rulebook, ranking: Ranking, *, is_beside: bool) -> bool:
    """Whoever knows how many a household is can count which of its rows are missing."""
    return tells_heads(ranking) and (is_beside or compiled.holder == HolderKind.MEMBER)


def described(compiled: Rulebook, ranking: Ranking, *, is_beside: bool) -> BookRanking:
    """``is_beside``: the month has sheets under other rulebooks, too."""
    named = ranking.audience.any_of | ranking.audience.none_of
    measured = counter(compiled, ranking.measure)
    return BookRanking(
        code=ranking.code,
        name=ranking.name,
        unit=ranking.unit,
        over=ranking.over,
        within=ranking.within,
        is_public=named <= _KINDS
        and not _tells_who_is_below(compiled, ranking, is_beside=is_beside),
        measure=ranking.measure,
        counter_name=measured.name if measured else None,
        counter_unit=measured.unit if measured else None,
    )


def counter(compiled: Rulebook, measure: str) -> Counter | None:
    """The counter that is compared; None for the score."""
    return next((each for each in compiled.counters if each.code == measure), None)
