"""The rankings a rulebook names 细则里的排名: their own period, place, audience and top.

Like every public table they are computed from public rows alone (rules/disclosure.py). A ranking
for an assigned tag (重点人群 …) would tell who carries the tag: only the staff read it.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import sqlalchemy as sa

from community import places
from community.members import current
from community.models import Household, MemberKind, Membership
from kernel import tenancy
from kernel.access import Actor, Place
from kernel.database import db
from kernel.points_value import ZERO, rounded
from points import holders
from points.errors import RulebookMissing
from points.models import HolderKind
from points.rules.compiled import Ranking, RankingUnit, Rulebook, Within
from points.rules.ranking import competition_ranks, per_head, places_in_top, top
from review import month_books, period_rows, sheets
from review.errors import NoticeMissing, RankingUnknown
from review.models import Sheet
from review.period_rows import PublicMonthRow
from review.permissions import ReviewPermission
from review.rules.month_steps import last_day

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


@dataclass(frozen=True, kw_only=True)
class BookRow:
    """One row: ``group`` is the grid compared within, ``community`` where several are compared.

    Outside the top there is no rank and no label.
    """

    group: int | None
    community: str | None
    rank: int | None
    household_code: str | None
    label: str | None
    grid_number: int | None
    score: Decimal


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

    @property
    def is_wide(self) -> bool:
        return self.ranking.within in (Within.STREET, Within.DISTRICT)


@dataclass(frozen=True)
class _Key:
    """Who is compared: a member, a household or a grid of one community."""

    community_id: uuid.UUID
    who: str


@dataclass
class _Sum:
    latest: PublicMonthRow
    community: str = ""
    total: Decimal = ZERO
    heads: int = 1

    @property
    def value(self) -> Fraction:
        return per_head(self.total, self.heads)


def listed(community_id: uuid.UUID, month: str) -> list[BookRanking]:
    """The rankings of the members' rulebook in force in the month; empty without one."""
    try:
        compiled = month_books.of(community_id, month).compiled
    except RulebookMissing:
        return []
    return [_described(each) for each in compiled.rankings]


def public(community_id: uuid.UUID, month: str, code: str, page: int, limit: int) -> BookTable:
    """A page of a public ranking. Raises RankingUnknown, NoticeMissing."""
    asked = _find(community_id, month, code)
    if not _described(asked.ranking).is_public:
        raise RankingUnknown()
    return _table(asked, page, limit)


def for_staff(
    *, actor: Actor, community_id: uuid.UUID, month: str, code: str, page: int, limit: int
) -> BookTable:
    """A page of any ranking of the rulebook. Raises RankingUnknown, NoticeMissing.

    One for a tag that reaches beyond the community is for the officers of street or district.
    """
    place = places.place_of(community_id)
    actor.require(ReviewPermission.READ_MONTH, place)
    asked = _find(community_id, month, code)
    if asked.is_wide and not _described(asked.ranking).is_public:
        actor.require(ReviewPermission.READ_MONTH, _around(place, asked.ranking.within))
    return _table(asked, page, limit)


def _around(place: Place, within: Within) -> Place:
    street_id = place.street_id if within is Within.STREET else None
    return Place(district_id=place.district_id, street_id=street_id)


def _find(community_id: uuid.UUID, month: str, code: str) -> _Asked:
    compiled = month_books.of(community_id, month).compiled
    for each in compiled.rankings:
        if each.code == code:
            return _Asked(community_id, month, compiled, each)
    raise RankingUnknown()


def _described(ranking: Ranking) -> BookRanking:
    named = ranking.audience.any_of | ranking.audience.none_of
    return BookRanking(
        code=ranking.code,
        name=ranking.name,
        unit=ranking.unit,
        over=ranking.over,
        within=ranking.within,
        is_public=named <= _KINDS,
    )


def _table(asked: _Asked, page: int, limit: int) -> BookTable:
    months: tuple[str, ...] = ()
    sums: dict[_Key, _Sum] = {}
    for sheet, name in _sheets(asked):
        read, rows = period_rows.of(sheet, asked.ranking.over)
        months = months or read
        for key, each in _summed(asked, sheet, rows).items():
            each.community = name
            sums[key] = each
    ranked = _ranked(sums, asked)
    return BookTable(
        ranking=_described(asked.ranking),
        months=months,
        page=page,
        pages=max(1, -(-len(ranked) // limit)),
        total=len(ranked),
        rows=ranked[(page - 1) * limit : page * limit],
    )


def _sheets(asked: _Asked) -> Iterator[tuple[Sheet, str]]:
    """The month's public sheet here; for a street or district of its other communities, too."""
    own = sheets.newest_public(asked.community_id, asked.month)
    at = places.in_place(asked.community_id)
    yield own, at.community.name
    if not asked.is_wide:
        return
    for each in places.overview():
        is_near = each.district.id == at.district.id and (
            asked.ranking.within is Within.DISTRICT or each.street.id == at.street.id
        )
        if is_near and each.community.id != asked.community_id:
            try:
                yield sheets.newest_public(each.community.id, asked.month), each.community.name
            except NoticeMissing:
                continue


def _summed(asked: _Asked, sheet: Sheet, rows: list[PublicMonthRow]) -> dict[_Key, _Sum]:
    community_id, on, ranking = sheet.community_id, last_day(sheet.month), asked.ranking
    members = {row.member_id for row in rows}
    tags = holders.tags_of(community_id, HolderKind.MEMBER, members, on)
    excluded = holders.tagged(community_id, HolderKind.MEMBER, asked.compiled.excluded_tags, on)
    sums: dict[_Key, _Sum] = {}
    people: dict[_Key, set[uuid.UUID]] = defaultdict(set)
    for row in rows:
        is_meant = ranking.audience.has(tags.get(row.member_id, frozenset()))
        who = _who(row, ranking.unit)
        if who is None or not is_meant or row.member_id in excluded:
            continue
        key = _Key(community_id, who)
        each = sums.setdefault(key, _Sum(latest=row))
        each.latest = row
        each.total += row.score
        people[key].add(row.member_id)
    if ranking.per_head:
        is_household = ranking.unit is RankingUnit.HOUSEHOLD
        heads = _heads(community_id, on, excluded) if is_household else {}
        for key, counted in people.items():
            sums[key].heads = max(heads.get(key.who, 0), len(counted))
    return sums


def _who(row: PublicMonthRow, unit: RankingUnit) -> str | None:
    if unit is RankingUnit.GRID:
        return None if row.grid_number is None else str(row.grid_number)
    if unit is RankingUnit.HOUSEHOLD:
        return row.household_code if row.has_household else None
    # Sorts the rows without a rank by household code, which is all that is shown of them.
    return f"{row.household_code}/{row.member_id}"


def _heads(community_id: uuid.UUID, on: dt.date, excluded: set[uuid.UUID]) -> dict[str, int]:
    """Household code → members on a day who are not excluded; one statement."""
    rows = db.session.execute(
        tenancy.columns(Membership, community_id, Household.code, Membership.member_id)
        .join(
            Household,
            sa.and_(
                Household.community_id == Membership.community_id,
                Household.id == Membership.household_id,
            ),
        )
        .where(current(Membership, on))
    )
    found: dict[str, int] = defaultdict(int)
    for row in rows:
        found[row.code] += row.member_id not in excluded
    return found


def _ranked(sums: dict[_Key, _Sum], asked: _Asked) -> list[BookRow]:
    ranking = asked.ranking
    groups: dict[int | None, dict[_Key, Fraction]] = defaultdict(dict)
    for key, each in sums.items():
        by_grid = ranking.within is Within.GRID and ranking.unit is not RankingUnit.GRID
        groups[each.latest.grid_number if by_grid else None][key] = each.value
    rows: list[BookRow] = []
    for group in sorted(groups, key=lambda grid: (grid is None, grid or 0)):
        values = groups[group]
        ranks = top(competition_ranks(values), places_in_top(ranking, len(values)))
        inside = sorted(ranks, key=lambda key: (ranks[key], key.who, key.community_id))
        outside = sorted(values.keys() - ranks.keys(), key=lambda key: (key.who, key.community_id))
        rows += [_row(asked, group, sums[key], ranks.get(key)) for key in (*inside, *outside)]
    return rows


def _row(asked: _Asked, group: int | None, each: _Sum, rank: int | None) -> BookRow:
    ranking = asked.ranking
    is_grid = ranking.unit is RankingUnit.GRID
    shows_label = ranking.unit is RankingUnit.MEMBER and rank is not None
    value = each.value
    return BookRow(
        group=group,
        community=each.community if asked.is_wide else None,
        rank=rank,
        household_code=None if is_grid else each.latest.household_code,
        label=each.latest.label if shows_label else None,
        grid_number=each.latest.grid_number if is_grid or rank is not None else None,
        score=rounded(Decimal(value.numerator) / Decimal(value.denominator)),
    )
