"""Rankings that a rulebook names, as the reading functions would return them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

from tests.unit.web import samples
from web.board.book_ranking_views import (
    Awaited,
    BookMeasure,
    BookRankGroup,
    BookRankingsPage,
    BookRankRow,
    BookRankTable,
    PeriodLink,
)
from web.board.ranking_views import RankingLink
from web.board.views import Pages

NAMES = {"members": "居民月排名", "homes": "家庭季度排名", "hours": "服务时长榜", "new": "新排名"}
SCORE = BookMeasure(counter=None, counter_unit=None, is_per_head=False)
HOURS = BookMeasure(counter="服务时长", counter_unit="小时", is_per_head=False)
NOBODY = BookRankRow(
    value=Decimal(0), rank=None, label=None, grid_number=None, household_code=None, community=None
)
MEMBERS = tuple(
    replace(NOBODY, value=Decimal(value), rank=rank, label=label, grid_number=3,
            household_code=code)
    for value, rank, label, code in (
        ("30", 1, "王*", "0301"), ("22", 2, "李*", "0302"), ("22", 2, "张*", "0303"),
    )
)  # fmt: skip
HOMES = (replace(NOBODY, value=Decimal("86.5"), rank=1, grid_number=8, household_code="0809"),)
REST = (replace(NOBODY, value=Decimal("15"), household_code="0304"),)


def period(month: str, first: str | None, last: str | None, *, chosen: bool = True) -> PeriodLink:
    return PeriodLink(month=month, first_month=first, last_month=last, is_chosen=chosen)


def table(rows: tuple[BookRankRow, ...], **changes: Any) -> BookRankTable:
    plain = BookRankTable(
        unit="member",
        sentence="居民月排名：居民在本社区按每月得分排名，取前 3 名。",
        measure=SCORE,
        months=("2026-10",),
        groups=(BookRankGroup(grid=None, ranked=rows, rest=REST),),
        pages=Pages(number=1, count=1),
    )
    return replace(plain, **changes)


def empty() -> BookRankingsPage:
    """No ranking, no period, nothing on notice."""
    return BookRankingsPage(
        community=samples.COMMUNITY, books=(), rankings=(), chosen=None, withheld=(), periods=(),
        later=None, earlier=None, table=None, awaited=None,
    )  # fmt: skip


def page(code: str) -> BookRankingsPage:
    """Months, a quarter over two years, everything so far; ``new`` was not in force then."""
    periods, shown = {
        "members": (
            (
                period("2026-10", "2026-10", "2026-10"),
                period("2026-09", "2026-09", "2026-09", chosen=False),
            ),
            table(MEMBERS),
        ),
        "homes": (
            (period("2026-12", "2026-11", "2027-01"),),
            table(HOMES, unit="household", months=("2026-11", "2026-12")),
        ),
        "hours": (
            (period("2026-10", None, None),),
            table((replace(MEMBERS[0], value=Decimal("5.25")),), measure=HOURS),
        ),
        "new": ((period("2026-10", "2026-10", "2026-10"),), None),
    }[code]
    return replace(
        empty(),
        rankings=tuple(RankingLink(code=each, name=name) for each, name in NAMES.items()),
        chosen=RankingLink(code=code, name=NAMES[code]),
        withheld=("重点人群排名",),
        periods=periods,
        earlier="2025-10",
        table=shown,
        awaited=Awaited(month="2026-11", due_on=dt.date(2026, 12, 10)),
    )
