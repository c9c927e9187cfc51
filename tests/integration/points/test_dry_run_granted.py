"""Dry runs of what facts alone do not give: points by rank, and base points given once."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest

from community.models import Grid, MemberTag
from kernel import tenancy
from kernel.database import db
from kernel.ids import new_id
from points import grants
from points.grants import rank_awards
from points.grants.due import last_day
from points.models import PointsAccount, PointsLine, RankAward
from points.rulebook_life import dry_runs
from points.rulebook_life.dry_run_results import DryRun
from tests.integration.points.rulebook_acts import draft
from tests.integration.points.world import NOW, World, items

D = Decimal
OCTOBER = "2026-10"
DAY = dt.date(2026, 10, 15)
DECEMBER_1 = dt.datetime(2026, 12, 1, 4, 0, tzinfo=dt.UTC)


def litter(*points: int, **award: Any) -> dict[str, Any]:
    """Kilograms by rank, at most five a day."""
    return {
        "code": "LITTER", "name": "捡拾垃圾", "kind": "bonus", "subject": "environment",
        "unit": "kilogram", "limits": [{"max_quantity": 5, "per": "day"}],
        "award": {"type": "ranks", "points": list(points), "over": "month", **award},
    }  # fmt: skip


def once(points: int, **fields: Any) -> dict[str, Any]:
    return {
        "code": "welcome", "name": "入册分", "points": points, "per": "once",
        "counts_in": ["score", "balance"], **fields,
    }  # fmt: skip


def in_force(world: World, **book: Any) -> None:
    """September to November open under a rulebook of these parts."""
    world.adopt(**book)
    for month in ("2026-09", OCTOBER, "2026-11"):
        world.open_month(month)


def run(world: World, *, month: str = OCTOBER, now: dt.datetime = NOW, **book: Any) -> DryRun:
    return dry_runs.dry_run(
        actor=world.admin, now=now, community_id=world.community_id, month=month,
        version_id=draft(world, **book).id,
    )  # fmt: skip


def grant(world: World, month: str) -> None:
    """On the last day of the month."""
    now = dt.datetime.combine(last_day(month), dt.time(4), tzinfo=dt.UTC)
    grants.grant_base(community_id=world.community_id, month=month, now=now, actor=world.admin)


def granted(world: World, code: str, month: str) -> Decimal:
    """What grants of a month gave of a base."""
    rows = db.session.scalars(
        tenancy.columns(PointsLine, world.community_id, PointsLine.posted).where(
            PointsLine.item_code == code, PointsLine.belongs_month == month
        )
    )
    return sum(rows, D(0))


def changes(found: DryRun) -> dict[str, tuple[Decimal, Decimal]]:
    """Name → score before and after."""
    return {each.name: (each.before.score, each.after.score) for each in found.changed}


def people(world: World, *names: str) -> dict[str, uuid.UUID]:
    return {name: world.member(name=name) for name in names}


def collect(world: World, who: uuid.UUID, kilograms: int, on: dt.date = DAY) -> None:
    world.record(who, "LITTER", quantity=D(kilograms), occurred_on=on)


Collected = tuple[World, dict[str, uuid.UUID]]


class TestRanks:
    @pytest.fixture
    def collected(self, bare_world: World) -> Collected:
        """张 9 in one day, of which 5 count; 李 and 王 6 in two days; 赵 1."""
        in_force(bare_world, items=[litter(5, 3, 1)], base=[])
        who = people(bare_world, "张", "李", "王", "赵")
        collect(bare_world, who["张"], 9)
        for name in ("李", "王"):
            collect(bare_world, who[name], 3)
            collect(bare_world, who[name], 3, DAY + dt.timedelta(days=1))
        collect(bare_world, who["赵"], 1)
        return bare_world, who

    def test_who_would_get_what_by_rank(self, collected: Collected) -> None:
        """Two firsts, the next is third: 5, 5, 1. Under the draft 8, 8, 2 and 1 for the fourth."""
        found = run(collected[0], items=[litter(8, 4, 2, 1)], base=[])
        assert changes(found) == {
            "李": (D(5), D(8)), "王": (D(5), D(8)), "张": (D(1), D(2)), "赵": (D(0), D(1)),
        }  # fmt: skip
        for before, after in (
            (found.before.by_rank, found.after.by_rank),
            (found.before.score, found.after.score),
            (found.before.balance, found.after.balance),
            (found.items[0].before, found.items[0].after),
        ):
            assert (before, after) == (D(11), D(19))
        assert (found.items[0].code, found.items[0].facts) == ("LITTER", 6)

    def test_before_is_what_the_freeze_awards(self, collected: Collected) -> None:
        world, who = collected
        rank_awards.award_ranks(
            actor=world.admin, now=NOW, community_id=world.community_id, month=OCTOBER
        )
        awarded = db.session.execute(
            tenancy.columns(
                RankAward, world.community_id, PointsAccount.holder_id, RankAward.points
            ).join(PointsAccount, PointsAccount.id == RankAward.account_id)
        )
        names = {holder_id: name for name, holder_id in who.items()}
        found = run(world, items=[litter(9)], base=[])
        assert {names[row.holder_id]: row.points for row in awarded} == {
            each.name: each.before.by_rank for each in found.changed
        }

    def test_within_a_grid_each_has_its_own_first(self, collected: Collected) -> None:
        """孙 collects 1 alone in a second grid: shares the fourth place, then is first."""
        world, _ = collected
        grid = Grid(community_id=world.community_id, id=new_id(), name="二网格", number=2)
        db.session.add(grid)
        db.session.flush()
        world.grid_id = grid.id
        collect(world, world.member(name="孙"), 1)
        found = run(world, items=[litter(5, 3, 1, within="grid")], base=[])
        assert changes(found) == {"孙": (D(0), D(5))}

    def test_who_is_excluded_under_the_draft_makes_room(self, collected: Collected) -> None:
        """Without 李, 王 is the only first, 张 second and 赵 third."""
        world, who = collected
        tag(world, who["李"], dt.date(2026, 1, 1))
        found = run(world, items=[litter(5, 3, 1)], base=[], excluded_tags=["student"])
        assert changes(found) == {
            "李": (D(5), D(0)), "张": (D(1), D(3)), "赵": (D(0), D(1)),
        }  # fmt: skip

    def test_a_quarter_is_ranked_by_all_of_it_and_only_when_it_closes(
        self, bare_world: World
    ) -> None:
        """Quarters end in October where the year begins in February: 李 2 + 4, 张 5."""
        quarterly = litter(5, 3, over="quarter")
        in_force(bare_world, items=[quarterly], base=[], year_starts_month=2)
        who = people(bare_world, "张", "李")
        collect(bare_world, who["张"], 5)
        collect(bare_world, who["李"], 2, dt.date(2026, 9, 1))
        collect(bare_world, who["李"], 4)
        raised = litter(6, 3, over="quarter")
        found = run(bare_world, items=[raised], base=[], year_starts_month=2)
        assert changes(found) == {"李": (D(5), D(6))}
        assert (found.before.by_rank, found.after.by_rank) == (D(8), D(9))
        later = run(bare_world, items=[raised], base=[], version=3)
        assert (later.before.by_rank, later.after.by_rank) == (D(8), D(0))


class TestBase:
    @pytest.fixture
    def joined(self, bare_world: World) -> World:
        """老张 was granted the base in September; 小李 came in October, 小王 in November."""
        in_force(bare_world, items=items("FREE"), base=[once(20)])
        bare_world.member(name="老张")
        grant(bare_world, "2026-09")
        bare_world.member(name="小李", joined_on=dt.date(2026, 10, 10))
        bare_world.member(name="小王", joined_on=dt.date(2026, 11, 2))
        return bare_world

    def test_once_is_for_those_whose_account_opened_in_the_month(self, joined: World) -> None:
        found = run(joined, items=items("FREE"), base=[once(25)])
        assert changes(found) == {"小李": (D(20), D(25))}
        assert (found.before.base, found.after.base) == (D(20), D(25))
        assert (found.before.balance, found.after.balance) == (D(20), D(25))
        grant(joined, OCTOBER)
        assert found.before.base == granted(joined, "welcome", OCTOBER)

    def test_a_base_that_is_new_in_the_draft_reaches_everybody(self, joined: World) -> None:
        other = once(4, code="thanks")
        found = run(joined, items=items("FREE"), base=[once(20), other])
        assert changes(found) == {"老张": (D(0), D(4)), "小李": (D(20), D(24))}

    def test_who_joins_within_a_period_gets_its_base_once(self, bare_world: World) -> None:
        """The quarter began in October: in November 3 for 小王 alone, under the draft 5."""
        quarterly = {**once(3), "code": "quarterly", "per": "quarter"}
        in_force(bare_world, items=items("FREE"), base=[quarterly])
        bare_world.member(name="老张")
        grant(bare_world, OCTOBER)
        bare_world.member(name="小王", joined_on=dt.date(2026, 11, 2))
        raised = {**quarterly, "points": 5}
        found = run(bare_world, month="2026-11", now=DECEMBER_1, items=items("FREE"), base=[raised])
        assert changes(found) == {"小王": (D(3), D(5))}

    def test_the_last_day_of_a_period_says_who_is_excluded(self, bare_world: World) -> None:
        """张 becomes a student on the 20th and has no base of October, but that of the quarter."""
        monthly = {**once(10), "code": "monthly", "per": "month", "joiners": "next_period"}
        book = [monthly, {**monthly, "code": "quarterly", "per": "quarter", "points": 4}]
        in_force(bare_world, items=items("FREE"), base=book)
        tag(bare_world, bare_world.member(name="张"), dt.date(2026, 10, 20))
        found = run(bare_world, items=items("FREE"), base=book, excluded_tags=["student"])
        assert changes(found) == {"张": (D(14), D(4))}


def tag(world: World, member_id: uuid.UUID, since: dt.date) -> None:
    db.session.add(
        MemberTag(
            community_id=world.community_id, member_id=member_id, tag="student", valid_from=since
        )
    )
    db.session.flush()


def test_the_statements_do_not_grow_with_people(bare_world: World, count_statements: Any) -> None:
    in_force(bare_world, items=[litter(5, 3, 1)], base=[once(20)])
    drafted = draft(bare_world, items=[litter(6, within="grid")], base=[once(25)])

    def counted(names: str) -> tuple[int, int]:
        for each in people(bare_world, *names).values():
            collect(bare_world, each, 1)
        with count_statements() as seen:
            found = dry_runs.dry_run(
                actor=bare_world.admin, now=NOW, community_id=bare_world.community_id,
                month=OCTOBER, version_id=drafted.id,
            )  # fmt: skip
        return found.holder_count, len(seen)

    few, of_few = counted("张李")
    many, of_many = counted("王赵孙周吴郑")
    assert (few, many, of_many) == (2, 8, of_few)
