"""What closes with a month: exclusions put right, points by rank, and the tier of everybody."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from community.models import MemberTag
from kernel import tenancy
from kernel.database import db
from points import accounts, grants, ledger_check, standings
from points.errors import NoOpenMonth
from points.facts import FactView
from points.grants import exclusions, rank_awards
from points.models import (
    AccountingMonth,
    Entry,
    MonthlyScore,
    MonthState,
    PointsAccount,
    PointsLine,
)
from points.reversals import acts as reversals
from tests.integration.points import world as books
from tests.integration.review.world import DEED, MONTH, RECORDED, ReviewWorld

D = Decimal
FROM = dt.date(2026, 10, 1)
LITTER = {
    "code": "LITTER", "name": "捡垃圾", "kind": "bonus", "subject": "environment",
    "unit": "kilogram", "award": {"type": "ranks", "points": [50, 30, 20], "over": "month"},
}  # fmt: skip
TIERS: list[dict[str, Any]] = [
    {"name": "五星", "when": [{"measure": "score", "above": 15}], "effects": ["badge"]},
    {"name": "四星", "when": [{"measure": "score", "above": 5, "at_most": 15}]},
    {"name": "暂停", "when": [{"measure": "score", "at_most": 5}], "effects": ["bar_redemption"]},
]


def book(world: ReviewWorld, **changes: Any) -> ReviewWorld:
    """The community with a rulebook of October that has these parts."""
    world.adopt(version=2, effective_from=FROM, **changes)
    return world


def tag(world: ReviewWorld, member_id: uuid.UUID, since: dt.date, until: dt.date | None) -> None:
    db.session.add(
        MemberTag(
            community_id=world.community_id, member_id=member_id, tag="student",
            valid_from=since, valid_to=until,
        )
    )  # fmt: skip
    db.session.flush()


def column(world: ReviewWorld, wanted: Any) -> set[Any]:
    """Every value of one column in the community."""
    table = wanted.class_
    found = sa.select(wanted).where(table.community_id == world.community_id)
    return set(db.session.scalars(found))


def holders_of(world: ReviewWorld) -> list[PointsAccount]:
    statement = tenancy.select(PointsAccount, world.community_id)
    return list(db.session.scalars(statement.where(PointsAccount.kind == "holder")))


def scores(world: ReviewWorld, month: str = MONTH) -> dict[uuid.UUID, Decimal]:
    rows = db.session.scalars(
        sa.select(MonthlyScore).where(
            MonthlyScore.community_id == world.community_id, MonthlyScore.month == month
        )
    )
    return {row.member_id: row.base + row.bonus - row.deduction for row in rows if row.member_id}


def test_the_tags_of_the_last_day_decide_who_keeps_the_base(unscored: ReviewWorld) -> None:
    world = book(unscored, excluded_tags=["student"])
    away, back, here = (world.resident(code) for code in ("A0201", "A0202", "A0203"))
    tag(world, back, dt.date(2026, 9, 1), dt.date(2026, 10, 20))
    world.grant()
    assert scores(world) == {away: D(10), here: D(10)}
    tag(world, away, dt.date(2026, 10, 20), None)
    world.bring(MonthState.FROZEN)
    assert scores(world) == {away: D(0), back: D(10), here: D(10)}
    again = exclusions.settle(
        actor=world.admin, now=RECORDED, community_id=world.community_id, month=MONTH
    )
    assert again == 0
    causes = column(world, Entry.cause)
    assert causes == {"base_grant", "excluded"}
    assert ledger_check.check(world.community_id) == []


def test_points_by_rank_are_paid_once_into_the_next_month(unscored: ReviewWorld) -> None:
    world = book(unscored, items=[*books.items(), LITTER])
    people = {code: world.resident(code) for code in ("A0201", "A0202", "A0203", "A0204")}
    for code, kilograms in (("A0201", 9), ("A0202", 9), ("A0203", 4), ("A0204", 1)):
        world.record(people[code], "LITTER", quantity=D(kilograms), occurred_on=DEED, now=RECORDED)
    world.bring(MonthState.FROZEN)
    # Two firsts have rank 1 and 50 each; the next is third and gets 20; the fourth nothing.
    assert scores(world, "2026-11") == {
        people["A0201"]: D(50), people["A0202"]: D(50), people["A0203"]: D(20),
    }  # fmt: skip
    assert set(scores(world).values()) <= {D(0)}
    again = rank_awards.award_ranks(
        actor=world.admin, now=RECORDED, community_id=world.community_id, month=MONTH
    )
    assert again == 0
    belongs = column(world, Entry.belongs_month)
    assert belongs == {MONTH}
    assert ledger_check.check(world.community_id) == []


def test_a_rank_counts_what_is_left_of_a_quantity(unscored: ReviewWorld) -> None:
    """Cut at its limit, without what was cancelled; a veto suspends it like any bonus."""
    capped = {**LITTER, "limits": [{"max_quantity": 5, "per": "day"}]}
    absent = {
        "code": "ABSENT", "name": "没有去", "kind": "record", "subject": "environment",
    }  # fmt: skip
    veto = {
        "code": "VETO", "name": "私搭乱建", "kind": "deduction", "subject": "environment",
        "award": {"type": "fixed", "points": 1},
        "veto": {"until": "end_of_year", "bonuses": "lost", "effects": ["bar_honors"]},
    }  # fmt: skip
    conflict = {"code": "no-show", "items": ["LITTER"], "same": "deed", "cancelled_by": ["ABSENT"]}
    world = book(unscored, items=[*books.items(), capped, absent, veto], conflicts=[conflict])
    much, steady, gone, barred = (
        world.resident(code) for code in ("A0201", "A0202", "A0203", "A0204")
    )
    day = dt.timedelta(days=1)

    def litter(who: uuid.UUID, kilograms: int, on: dt.date = DEED) -> FactView:
        return world.record(who, "LITTER", quantity=D(kilograms), occurred_on=on, now=RECORDED)

    litter(much, 30)
    litter(steady, 4)
    litter(steady, 4, DEED + day)
    deed = litter(gone, 5)
    world.record(gone, "ABSENT", deed=deed.id, occurred_on=DEED, now=RECORDED)
    world.record(barred, "VETO", occurred_on=DEED - day, now=RECORDED)
    litter(barred, 5)
    world.bring(MonthState.FROZEN)
    assert scores(world, "2026-11") == {steady: D(50), much: D(30)}
    assert ledger_check.check(world.community_id) == []


def test_a_rank_needs_an_open_month_to_be_paid_into(unscored: ReviewWorld) -> None:
    world = book(unscored, items=[*books.items(), LITTER])
    world.record(world.resident("A0201"), "LITTER", quantity=D(2), occurred_on=DEED, now=RECORDED)
    world.bring(MonthState.FROZEN, "2026-09")
    november = "2026-11"
    world.step(MonthState.FROZEN, november, now=dt.datetime(2026, 12, 2, 1, tzinfo=dt.UTC))
    with pytest.raises(NoOpenMonth):
        world.step(MonthState.FROZEN, now=dt.datetime(2026, 12, 2, 1, tzinfo=dt.UTC))


def test_the_seal_writes_the_tier_and_bars_who_it_bars(unscored: ReviewWorld) -> None:
    world = book(unscored, tiers=TIERS)
    best, middle, low, none = (
        world.resident("A0201", bonus="16"), world.resident("A0202", bonus="15"),
        world.resident("A0203", bonus="5"), world.resident("A0204"),
    )  # fmt: skip
    world.bring(MonthState.ON_NOTICE)
    assert column(world, MonthlyScore.tier) == {None}
    world.step(MonthState.SEALED)
    tiers = {
        row.member_id: row.tier
        for row in db.session.scalars(
            sa.select(MonthlyScore).where(MonthlyScore.community_id == world.community_id)
        )
    }
    assert tiers == {best: "五星", middle: "四星", low: "暂停"}
    barred = {row.holder_id for row in holders_of(world) if row.is_barred_by_tier}
    assert barred == {low}
    assert none not in tiers


def test_a_household_is_barred_below_70_and_restored_at_70(unscored: ReviewWorld) -> None:
    world = unscored
    tiers = [
        {"name": "正常", "when": [{"measure": "score", "at_least": 70}]},
        {"name": "暂停评优", "when": [{"measure": "score", "below": 70}],
         "effects": ["bar_honors", "bar_redemption"]},
    ]  # fmt: skip
    base = [{"code": "home", "name": "基础分", "points": 70, "per": "once",
             "counts_in": ["score"], "joiners": "full"}]  # fmt: skip
    world.adopt(
        code="homes", holder="household", base=base, tiers=tiers, score={"over": "ever"},
        balance=None, effective_from=dt.date(2026, 9, 1),
        items=[
            {"code": "H-BAD", "name": "乱扔垃圾", "kind": "deduction", "subject": "environment",
             "award": {"type": "fixed", "points": 2},
             "recording": {"recorders": ["grid_worker"], "reason_required": True}},
            {"code": "H-GOOD", "name": "打扫", "kind": "bonus", "subject": "environment",
             "award": {"type": "fixed", "points": 2}},
        ],
    )  # fmt: skip
    member = world.resident("A0201")
    grants.grant_base(
        community_id=world.community_id, month="2026-09", now=RECORDED, actor=world.admin
    )
    world.record(
        member, "H-BAD", occurred_on=dt.date(2026, 9, 20), now=RECORDED, reason="已劝阻两次"
    )
    standings.seal_tiers(community_id=world.community_id, month="2026-09")
    found = [each for each in holders_of(world) if each.is_barred_by_tier]
    assert len(found) == 1
    world.record(member, "H-GOOD", occurred_on=DEED, now=RECORDED)
    db.session.execute(
        tenancy.update(AccountingMonth, world.community_id)
        .where(AccountingMonth.month == "2026-09")
        .values(state=MonthState.SEALED, frozen_at_utc=RECORDED, sealed_at_utc=RECORDED)
    )
    standings.seal_tiers(community_id=world.community_id, month=MONTH)
    db.session.refresh(found[0])
    assert not found[0].is_barred_by_tier


def test_a_base_of_a_share_of_the_last_year_waits_for_its_seal(unscored: ReviewWorld) -> None:
    world = book(
        unscored,
        base=[{"code": "carry", "name": "上月得分的两成", "percent_of_last": 20, "per": "month",
               "counts_in": ["score", "balance"], "joiners": "full"}],
    )  # fmt: skip
    good, bad = world.resident("A0201", bonus="7"), world.resident("A0202")
    world.deduct(bad)

    def grant() -> int:
        return grants.grant_base(
            community_id=world.community_id, month="2026-11", now=RECORDED, actor=world.admin
        )

    assert grant() == 0  # October is not sealed yet
    world.bring(MonthState.SEALED)
    assert (grant(), grant()) == (1, 0)
    # 20 % of 7 is 1.4; below zero gives nothing.
    assert scores(world, "2026-11") == {good: D("1.4")}
    assert accounts.for_member(world.community_id, bad).debt == D(10)
    assert ledger_check.check(world.community_id) == []


VALID: dict[str, Any] = {
    "score": {"over": "valid"},
    "items": [
        {"code": "SHARED", "name": "打扫楼道", "kind": "bonus", "subject": "environment",
         "award": {"type": "fixed", "points": 2}, "validity": {"months": 12},
         "limits": [{"max_points": 3, "per": "month", "across": "household"}]},
    ],
}  # fmt: skip


def tiers_at_least(points: int) -> list[dict[str, Any]]:
    return [
        {"name": "够", "when": [{"measure": "score", "at_least": points}]},
        {"name": "不够", "when": [{"measure": "score", "below": points}]},
    ]


def sealed_tiers(world: ReviewWorld) -> dict[uuid.UUID | None, str | None]:
    rows = db.session.scalars(
        sa.select(MonthlyScore).where(
            MonthlyScore.community_id == world.community_id, MonthlyScore.month == MONTH
        )
    )
    return {row.member_id: row.tier for row in rows}


def test_a_base_that_was_reversed_is_not_valid_any_more(unscored: ReviewWorld) -> None:
    world = book(unscored, **VALID, tiers=tiers_at_least(10))
    wrong, right = world.resident("A0201"), world.resident("A0202")
    world.grant()
    line_id = db.session.scalars(
        tenancy.columns(PointsLine, world.community_id, PointsLine.id).where(
            PointsLine.member_id == wrong
        )
    ).one()
    by: dict[str, Any] = {"now": RECORDED, "community_id": world.community_id}
    asked = reversals.ask(actor=world.admin, line_id=line_id, reason="重复登记", **by)
    reversals.confirm(actor=world.supervisor, reversal_id=asked.id, version=asked.version, **by)
    world.bring(MonthState.SEALED)
    assert sealed_tiers(world) == {wrong: "不够", right: "够"}


def test_a_base_for_the_balance_alone_is_no_score(unscored: ReviewWorld) -> None:
    base = [{"code": "spend", "name": "消费分", "points": 10, "per": "month",
             "counts_in": ["balance"], "joiners": "full"}]  # fmt: skip
    world = book(unscored, **VALID, tiers=tiers_at_least(10), base=base)
    who = world.resident("A0201")
    world.grant()
    world.bring(MonthState.SEALED)
    assert sealed_tiers(world) == {who: "不够"}


def test_a_household_is_read_as_one_whatever_page_it_stands_on(
    unscored: ReviewWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standings, "BATCH", 1)
    world = book(unscored, **VALID, base=[], tiers=tiers_at_least(2))
    first, second = world.resident("A0201"), world.resident("A0201", name="李四")
    for who in (first, second):
        world.record(who, "SHARED", occurred_on=DEED, now=RECORDED)
    assert scores(world) == {first: D(2), second: D(1)}
    world.bring(MonthState.SEALED)
    assert sealed_tiers(world) == {first: "够", second: "不够"}
