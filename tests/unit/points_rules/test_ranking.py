"""Ranks and means."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from points.rules.compiled import Ranking, RankingUnit
from points.rules.periods import Period
from points.rules.ranking import competition_ranks, per_head, places_in_top, top

RANKS = [
    ([], []),
    ([5], [1]),
    ([5, 5, 3], [1, 1, 3]),  # two firsts: 1, 1, 3
    ([9, 7, 7, 4], [1, 2, 2, 4]),
    ([4, 7, 9, 7], [4, 2, 1, 2]),
    ([-1, 0, -1], [2, 1, 2]),
    ([3, 3, 3], [1, 1, 1]),
]


@pytest.mark.parametrize(("scores", "ranks"), RANKS, ids=range(len(RANKS)))
def test_equals_share_a_rank(scores: list[int], ranks: list[int]) -> None:
    found = competition_ranks({n: Decimal(score) for n, score in enumerate(scores)})
    assert [found[n] for n in range(len(scores))] == ranks


def test_means_are_compared_unrounded() -> None:
    # 10/3 = 3.333… and 33.3/10 = 3.33 would both show as 3.3.
    ranks = competition_ranks(
        {"a": per_head(Decimal("33.3"), 10), "b": per_head(Decimal(10), 3), "c": Fraction(20, 6)}
    )
    assert ranks == {"b": 1, "c": 1, "a": 3}


def _ranking(count: int | None = None, percent: str | None = None) -> Ranking:
    return Ranking(
        code="r",
        name="排名",
        unit=RankingUnit.MEMBER,
        over=Period.MONTH,
        top_count=count,
        top_percent=None if percent is None else Decimal(percent),
    )


@pytest.mark.parametrize(
    ("ranking", "ranked", "places"),
    [
        (_ranking(), 7, 7),
        (_ranking(count=50), 7, 50),
        (_ranking(percent="10"), 39, 3),
        (_ranking(percent="10"), 9, 1),
        (_ranking(percent="0.5"), 1000, 5),
    ],
)
def test_places_in_the_top(ranking: Ranking, ranked: int, places: int) -> None:
    assert places_in_top(ranking, ranked) == places


def test_a_tie_at_the_edge_is_inside() -> None:
    ranks = competition_ranks({n: Decimal(score) for n, score in enumerate([9, 7, 7, 4])})
    assert top(ranks, 2) == {0: 1, 1: 2, 2: 2}
    assert top(ranks, 3) == {0: 1, 1: 2, 2: 2}
    assert top(ranks, 1) == {0: 1}
