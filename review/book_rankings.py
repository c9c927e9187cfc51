"""The rankings a rulebook names 细则里的排名: their own period, place, audience and top.

Like every public table they are computed from public rows alone (rules/disclosure.py). A ranking
by a counter (hours of service …) shows its top and nobody below.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from community import places
from kernel.access import Actor, Place
from kernel.points_value import rounded
from points.errors import RulebookMissing
from points.rules.compiled import Counter, Ranking, RankingUnit, Rulebook, Within
from points.rules.ranking import competition_ranks, places_in_top, top
from review import counter_rows, month_books, period_rows, sheets
from review.described_rankings import BookRanking, counter, described, tells_heads
from review.errors import RankingUnknown
from review.models import Sheet
from review.permissions import ReviewPermission
from review.ranking_sums import Key, Row, Sum, summed
from review.rules.disclosure import DEFAULT_TOP

HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class BookRow:
    """One row: ``group`` is the grid compared within, ``community`` where several are compared.

    Outside the top there is no rank and no label. ``score`` is None where a counter is compared,
    ``quantity`` where the score is.
    """

    group: int | None
    community: str | None
    rank: int | None
    household_code: str | None
    label: str | None
    grid_number: int | None
    score: Decimal | None
    quantity: Decimal | None


@dataclass(frozen=True, kw_only=True)
class BookTable:
    """One page of one ranking, from 1."""

    ranking: BookRanking
    months: tuple[str, ...]
    page: int
    pages: int
    total: int
    rows: list[BookRow]


@dataclass(frozen=True)
class _Asked:
    community_id: uuid.UUID
    month: str
    compiled: Rulebook
    ranking: Ranking
    #: The month has sheets under other rulebooks, too.
    is_beside: bool

    @property
    def described(self) -> BookRanking:
        return described(self.compiled, self.ranking, is_beside=self.is_beside)

    @property
    def tells_heads(self) -> bool:
        return tells_heads(self.ranking)

    @property
    def is_wide(self) -> bool:
        return self.ranking.within in (Within.STREET, Within.DISTRICT)

    @property
    def counter(self) -> Counter | None:
        """The counter that is compared; None for the score."""
        return counter(self.compiled, self.ranking.measure)


def listed(community_id: uuid.UUID, month: str, rulebook: str | None = None) -> list[BookRanking]:
    """The rankings of the month's first rulebook, or of the one named; empty without one.

    Raises SheetUnknown.
    """
    try:
        books = month_books.all_of(community_id, month)
    except RulebookMissing:
        return []
    compiled = month_books.chosen(books, rulebook).compiled
    return [described(compiled, each, is_beside=len(books) > 1) for each in compiled.rankings]


def public(
    community_id: uuid.UUID,
    month: str,
    code: str,
    page: int,
    limit: int,
    *,
    rulebook: str | None = None,
) -> BookTable:
    """A page of a public ranking. Raises RankingUnknown, NoticeMissing, SheetUnknown."""
    asked = _find(community_id, month, code, rulebook)
    if not asked.described.is_public:
        raise RankingUnknown()
    return _table(asked, page, limit)


def for_staff(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    month: str,
    code: str,
    page: int,
    limit: int,
    rulebook: str | None = None,
) -> BookTable:
    """A page of any ranking of the rulebook. Raises RankingUnknown, NoticeMissing, SheetUnknown.

    One for a tag that reaches beyond the community is for the officers of street or district.
    """
    place = places.place_of(community_id)
    actor.require(ReviewPermission.READ_MONTH, place)
    asked = _find(community_id, month, code, rulebook)
    if asked.is_wide and not asked.described.is_public:
        actor.require(ReviewPermission.READ_MONTH, _around(place, asked.ranking.within))
    return _table(asked, page, limit)


def _around(place: Place, within: Within) -> Place:
    street_id = place.street_id if within is Within.STREET else None
    return Place(district_id=place.district_id, street_id=street_id)


def _find(community_id: uuid.UUID, month: str, code: str, rulebook: str | None) -> _Asked:
    books = month_books.all_of(community_id, month)
    compiled = month_books.chosen(books, rulebook).compiled
    for each in compiled.rankings:
        if each.code == code:
            return _Asked(community_id, month, compiled, each, is_beside=len(books) > 1)
    raise RankingUnknown()


def _table(asked: _Asked, page: int, limit: int) -> BookTable:
    months: tuple[str, ...] = ()
    sums: dict[Key, Sum] = {}
    for sheet, name in _sheets(asked):
        read, rows = _rows(asked, sheet)
        months = months or read
        for key, each in summed(asked.compiled, asked.ranking, sheet, rows).items():
            each.community = name
            sums[key] = each
    ranked = _ranked(sums, asked)
    return BookTable(
        ranking=asked.described,
        months=months,
        page=page,
        pages=max(1, -(-len(ranked) // limit)),
        total=len(ranked),
        rows=ranked[(page - 1) * limit : page * limit],
    )


def _rows(asked: _Asked, sheet: Sheet) -> tuple[tuple[str, ...], Sequence[Row]]:
    """Months and rows of one community; none of one that counts something else by that code."""
    over, compared = asked.ranking.over, asked.counter
    if compared is None:
        return period_rows.of(sheet, over)
    compiled = month_books.of(sheet.community_id, sheet.month, sheet.rulebook_code).compiled
    own = counter(compiled, compared.code)
    if own is None or own.unit != compared.unit:
        return (), []
    return counter_rows.of(sheet, over, compared.code)


def _sheets(asked: _Asked) -> Iterator[tuple[Sheet, str]]:
    """The month's public sheet here; for a street or district of its other communities, too.

    Of those the sheet of the same unit, and where anybody may read how many a household is, only
    one that stands alone.
    """
    own = sheets.newest_public(asked.community_id, asked.month, asked.compiled.code)
    at = places.in_place(asked.community_id)
    yield own, at.community.name
    if not asked.is_wide:
        return
    is_alone = asked.tells_heads and asked.described.is_public
    for each in places.overview():
        is_near = each.district.id == at.district.id and (
            asked.ranking.within is Within.DISTRICT or each.street.id == at.street.id
        )
        if is_near and each.community.id != asked.community_id:
            found = sheets.public_of_unit(
                each.community.id, asked.month, own.unit, is_alone=is_alone
            )
            if found is not None:
                yield found, each.community.name


def _ranked(sums: dict[Key, Sum], asked: _Asked) -> list[BookRow]:
    ranking = asked.ranking
    groups: dict[int | None, dict[Key, Fraction]] = defaultdict(dict)
    for key, each in sums.items():
        by_grid = ranking.within is Within.GRID and ranking.unit is not RankingUnit.GRID
        groups[each.latest.grid_number if by_grid else None][key] = each.value
    rows: list[BookRow] = []
    for group in sorted(groups, key=lambda grid: (grid is None, grid or 0)):
        values = groups[group]
        ranks = top(competition_ranks(values), _places(asked, len(values)))
        inside = sorted(ranks, key=lambda key: (ranks[key], key.who, key.community_id))
        below = set() if asked.counter else values.keys() - ranks.keys()
        outside = sorted(below, key=lambda key: (key.who, key.community_id))
        rows += [_row(asked, group, sums[key], ranks.get(key)) for key in (*inside, *outside)]
    return rows


def _places(asked: _Asked, ranked: int) -> int:
    """By a counter people are named within a top only, also where the rulebook has none."""
    ranking = asked.ranking
    has_top = ranking.top_count is not None or ranking.top_percent is not None
    if asked.counter and not has_top and ranking.unit is not RankingUnit.GRID:
        return DEFAULT_TOP
    return places_in_top(ranking, ranked)


def _row(asked: _Asked, group: int | None, each: Sum, rank: int | None) -> BookRow:
    ranking = asked.ranking
    is_grid = ranking.unit is RankingUnit.GRID
    shows_label = ranking.unit is RankingUnit.MEMBER and rank is not None
    exact = Decimal(each.value.numerator) / Decimal(each.value.denominator)
    return BookRow(
        group=group,
        community=each.community if asked.is_wide else None,
        rank=rank,
        household_code=None if is_grid else each.latest.household_code,
        label=each.latest.label or None if shows_label else None,
        grid_number=each.latest.grid_number if is_grid or rank is not None else None,
        score=None if asked.counter else rounded(exact),
        quantity=exact.quantize(HUNDREDTH, ROUND_HALF_UP) if asked.counter else None,
    )
