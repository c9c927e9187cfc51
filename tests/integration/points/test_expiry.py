"""Points die on their day and not before, once, and never those that are held."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from kernel import clock, tenancy, unit_of_work
from kernel.database import db
from kernel.ids import new_id
from points import accounts, expiry, facts, ledger_check, months, transfers
from points.models import MonthState, PointsAccount, Transfer
from tests.integration.points.world import World, empty_world, items
from tests.support.backend import Backend

D = Decimal
DAY = dt.date(2026, 11, 21)


def noon(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, 4, tzinfo=dt.UTC)


NOON = noon(DAY)
YEAR_END = noon(dt.date(2026, 12, 31))
NEW_YEAR = noon(dt.date(2027, 1, 1))


def expiring_by_year() -> World:
    return expiring({"end_of": "year"})


@pytest.fixture
def world(backend: Backend, session: Any) -> World:
    return backend.remembered(expiring_by_year)


def expiring(rule: dict[str, Any], **balance: Any) -> World:
    world = empty_world(new_id().hex[-12:])
    world.adopt(
        items=[*items("FREE", "RANGE", "BAD")],
        balance={
            "spendable_from": "recorded", "deductions": "below_zero", "expiry": rule, **balance,
        },
    )  # fmt: skip
    for month in ("2026-10", "2026-11", "2026-12", "2027-01"):
        world.open_month(month)
    return world


def earn(world: World, member_id: uuid.UUID, times: int, on: dt.date = DAY) -> list[uuid.UUID]:
    """1.5 points each."""
    now = noon(max(on, DAY))
    return [world.record(member_id, "FREE", occurred_on=on, now=now).id for _ in range(times)]


def where(world: World, member_id: uuid.UUID) -> dict[str, uuid.UUID]:
    account = accounts.for_member(world.community_id, member_id)
    return {"community_id": world.community_id, "account_id": account.id}


def standing(world: World, member_id: uuid.UUID) -> tuple[Decimal, Decimal, Decimal]:
    account = accounts.for_member(world.community_id, member_id)
    return account.balance, account.held, account.debt


def settle(world: World, member_id: uuid.UUID, now: dt.datetime) -> expiry.Settled:
    at = where(world, member_id)
    return expiry.settle(community_id=at["community_id"], account_ids=[at["account_id"]], now=now)


def spend(world: World, member_id: uuid.UUID, points: str, now: dt.datetime) -> uuid.UUID:
    at = where(world, member_id)
    assert accounts.reserve(**at, points=D(points), now=now)
    accounts.capture(**at, points=D(points))
    return world.to_merchant(at["account_id"], D(points))


def strike_fact(world: World, fact_id: uuid.UUID, now: dt.datetime) -> None:
    facts.strike(
        actor=world.panelist, now=now, community_id=world.community_id, fact_id=fact_id,
        version=1, reason="没有发生",
    )  # fmt: skip


def agrees(world: World, **held: Any) -> bool:
    return ledger_check.check(world.community_id, **held) == []


def test_a_voucher_to_31_december_is_refused_on_1_january(world: World) -> None:
    """Case 12: [from, to)."""
    member_id = world.member()
    earn(world, member_id, 2)
    at = where(world, member_id)
    assert accounts.reserve(**at, points=D(1), now=YEAR_END)
    accounts.release(**at, points=D(1), now=YEAR_END)
    # Nobody has run the command: the spend itself sees that the day has come.
    assert not accounts.reserve(**at, points=D(1), now=NEW_YEAR)
    assert standing(world, member_id) == (D(0), D(0), D(0))
    assert agrees(world)


def test_nothing_dies_before_its_day_and_nothing_twice(world: World) -> None:
    member_id = world.member()
    earn(world, member_id, 2)
    assert settle(world, member_id, YEAR_END).looked_at == 0
    assert settle(world, member_id, NEW_YEAR).points == D(3)
    assert settle(world, member_id, NEW_YEAR).points == D(0)
    moved = db.session.scalars(
        tenancy.select(Transfer, world.community_id).where(Transfer.kind == "expiry")
    ).all()
    assert [(row.points, row.expires_on) for row in moved] == [(D("1.5"), dt.date(2027, 1, 1))] * 2
    assert agrees(world)


def test_the_earliest_expiry_is_spent_first(session: Any) -> None:
    world = expiring({"after_months": 1})
    member_id = world.member()
    earn(world, member_id, 2, dt.date(2026, 11, 1))
    earn(world, member_id, 2, dt.date(2026, 11, 20))
    spend(world, member_id, "2", NOON)
    assert settle(world, member_id, noon(dt.date(2026, 12, 1))).points == D(1)
    account = accounts.for_member(world.community_id, member_id)
    assert (account.balance, account.next_expiry_on) == (D(3), dt.date(2026, 12, 20))
    assert agrees(world)


def test_points_recorded_late_live_as_long_as_others(session: Any) -> None:
    world = expiring({"after_months": 1})
    member_id = world.member()
    # October is closed: what is recorded now stands on the sheet of November.
    months.step(
        community_id=world.community_id, month="2026-10", to=MonthState.FROZEN,
        actor=world.admin, now=NOON, version=1,
    )  # fmt: skip
    earn(world, member_id, 1, dt.date(2026, 10, 5))
    assert settle(world, member_id, noon(dt.date(2026, 11, 30))).points == D(0)
    assert settle(world, member_id, noon(dt.date(2026, 12, 1))).points == D("1.5")


def test_what_is_held_waits_and_dies_when_it_comes_back(world: World) -> None:
    member_id = world.member()
    earn(world, member_id, 2)
    at = where(world, member_id)
    assert accounts.reserve(**at, points=D(1), now=YEAR_END)
    assert settle(world, member_id, NEW_YEAR).points == D(2)
    assert standing(world, member_id) == (D(1), D(1), D(0))
    accounts.release(**at, points=D(1), now=NEW_YEAR)
    assert not accounts.reserve(**at, points=D(1), now=NEW_YEAR)
    assert standing(world, member_id) == (D(0), D(0), D(0))
    assert agrees(world)


def test_what_is_held_may_still_be_redeemed(world: World) -> None:
    member_id = world.member()
    earn(world, member_id, 2)
    at = where(world, member_id)
    assert accounts.reserve(**at, points=D(1), now=YEAR_END)
    settle(world, member_id, NEW_YEAR)
    accounts.capture(**at, points=D(1))
    world.to_merchant(at["account_id"], D(1))
    assert settle(world, member_id, NEW_YEAR).points == D(0)
    assert standing(world, member_id) == (D(0), D(0), D(0))
    assert agrees(world)


def test_new_points_can_be_spent_beside_a_hold_on_dead_ones(world: World) -> None:
    member_id = world.member()
    earn(world, member_id, 2)
    at = where(world, member_id)
    assert accounts.reserve(**at, points=D(1), now=YEAR_END)
    earn(world, member_id, 1, dt.date(2027, 1, 1))
    assert not accounts.reserve(**at, points=D(2), now=NEW_YEAR)
    assert accounts.reserve(**at, points=D("1.5"), now=NEW_YEAR)
    assert standing(world, member_id) == (D("2.5"), D("2.5"), D(0))


def test_a_cancelled_redemption_gives_dead_points_back_to_die(world: World) -> None:
    member_id = world.member()
    earn(world, member_id, 2)
    transfer_id = spend(world, member_id, "3", YEAR_END)
    settle(world, member_id, NEW_YEAR)
    transfer = tenancy.get(Transfer, world.community_id, transfer_id)
    transfers.back_to_holder(
        community_id=world.community_id, account_id=transfer.from_account_id,
        merchant_id=world.grid_id, points=D(3), redemption_id=transfer.redemption_id or new_id(),
        reverses=transfer_id, now=NEW_YEAR,
    )  # fmt: skip
    assert settle(world, member_id, NEW_YEAR).points == D(3)
    assert standing(world, member_id) == (D(0), D(0), D(0))
    assert agrees(world)


def test_what_comes_back_long_after_its_day_is_due_at_once(world: World) -> None:
    """The day noted is never after the day on which something dies."""
    member_id = world.member()
    earn(world, member_id, 2)
    transfer_id = spend(world, member_id, "2", YEAR_END)
    transfer = tenancy.get(Transfer, world.community_id, transfer_id)
    late = NEW_YEAR + dt.timedelta(days=19)
    assert settle(world, member_id, late).points == D(1)
    transfers.back_to_holder(
        community_id=world.community_id, account_id=transfer.from_account_id,
        merchant_id=world.grid_id, points=D(2), redemption_id=transfer.redemption_id or new_id(),
        reverses=transfer_id, now=late,
    )  # fmt: skip
    assert agrees(world)
    assert settle(world, member_id, late).points == D(2)
    assert agrees(world)


@pytest.mark.parametrize(
    ("spent", "expires", "left"),
    [("40", False, "-40"), ("20", True, "-20")],
    ids=["40 spent", "20 spent, 30 expired"],
)
def test_case_7_expired_points_are_not_taken_twice(
    session: Any, spent: str, expires: bool, left: str
) -> None:
    world = expiring({"end_of": "year"})
    member_id = world.member()
    fact_id = fifty(world, member_id)
    spend(world, member_id, spent, NOON)
    now = NOON
    if expires:
        now = NEW_YEAR
        assert settle(world, member_id, now).points == D(30)
    strike_fact(world, fact_id, now)
    balance, _, debt = standing(world, member_id)
    assert balance - debt == D(left)
    assert agrees(world)


def fifty(world: World, member_id: uuid.UUID) -> uuid.UUID:
    """A line of 50 points (as three facts could not be)."""
    world.adopt(
        effective_from=dt.date(2026, 11, 1), version=2,
        items=[{**items("FREE")[0], "award": {"type": "fixed", "points": 50}}, *items("BAD")],
        balance={
            "spendable_from": "recorded", "deductions": "below_zero",
            "expiry": {"end_of": "year"},
        },
    )  # fmt: skip
    return world.record(member_id, "FREE", occurred_on=DAY, now=NOON).id


def test_case_8_a_reset_leaves_a_debt_as_it_is(session: Any) -> None:
    world = expiring({"on": ["01-10"]})
    member_id = world.member()
    world.record(member_id, "BAD", occurred_on=DAY, now=NOON)
    world.record(member_id, "BAD", occurred_on=DAY - dt.timedelta(days=1), now=NOON)
    earn(world, member_id, 2)
    reset = noon(dt.date(2027, 1, 10))
    settle(world, member_id, reset)
    assert standing(world, member_id) == (D(0), D(0), D(17))


def test_a_deduction_does_not_take_what_is_dead(world: World) -> None:
    """It makes no difference whether the command ran before the deduction or after it."""
    member_id = world.member()
    earn(world, member_id, 10)
    world.record(member_id, "BAD", occurred_on=dt.date(2027, 1, 1), now=NEW_YEAR)
    assert standing(world, member_id) == (D(0), D(0), D(10))
    assert agrees(world)


def test_what_died_for_a_deduction_died_before_it(world: World) -> None:
    """The deduction takes what lives; of what is struck later, the dead is not taken again."""
    member_id = world.member()
    dead = earn(world, member_id, 1)[0]
    earn(world, member_id, 2, on=dt.date(2027, 1, 1))
    assert standing(world, member_id) == (D("4.5"), D(0), D(0))
    world.record(member_id, "BAD", occurred_on=dt.date(2027, 1, 1), now=NEW_YEAR)
    assert standing(world, member_id) == (D(0), D(0), D(7))
    strike_fact(world, dead, NEW_YEAR)
    assert standing(world, member_id) == (D(0), D(0), D(7))
    assert agrees(world)


def test_a_bonus_given_again_does_not_bring_expired_points_back(session: Any) -> None:
    world = expiring({"end_of": "year"})
    member_id = world.member()
    fact = world.record(member_id, "RANGE", occurred_on=DAY, now=NOON)
    fact = facts.decide(
        actor=world.panelist, now=NOON, community_id=world.community_id, fact_id=fact.id,
        points=D(10), version=fact.version,
    )  # fmt: skip
    facts.approve(
        actor=world.other_panelist, now=NOON, community_id=world.community_id, fact_id=fact.id,
        version=fact.version,
    )  # fmt: skip
    assert standing(world, member_id) == (D(10), D(0), D(0))
    settle(world, member_id, NEW_YEAR)
    for points, after in (("1", D(0)), ("10", D(0)), ("12", D(2))):
        version = facts.replay(community_id=world.community_id, result_id=fact.id).version
        facts.amend(
            actor=world.panelist, now=NEW_YEAR, community_id=world.community_id, fact_id=fact.id,
            version=version, reason="更正", decided=D(points),
        )  # fmt: skip
        balance, _, debt = standing(world, member_id)
        assert balance - debt == after
    assert agrees(world)


def test_the_command_is_finished_by_the_next_run(
    app: Flask, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = expiring({"end_of": "year"})
    members = [world.member(name=f"张{n}") for n in range(5)]
    for member_id in members:
        earn(world, member_id, 1)
    db.session.commit()
    first = unit_of_work.run(
        expiry.settle_page, community_id=world.community_id, now=NEW_YEAR, after=None, limit=2
    )
    assert (first.accounts, first.points) == (2, D(3))
    with pytest.raises(RuntimeError, match="killed"):
        unit_of_work.run(_killed, world, first.last)
    clock.set_offset(NEW_YEAR - clock.now())
    try:
        done = app.test_cli_runner().invoke(args=["ops", "expire"])
        again = app.test_cli_runner().invoke(args=["ops", "expire"])
    finally:
        clock.set_offset(NEW_YEAR - NEW_YEAR)
    assert done.exit_code == 0, done.output
    assert "4.5 points of 3 accounts have expired" in done.output
    assert "0 points of 0 accounts have expired" in again.output
    assert agrees(world)


def _killed(world: World, after: uuid.UUID | None) -> None:
    page = expiry.settle_page(community_id=world.community_id, now=NEW_YEAR, after=after, limit=2)
    assert page.accounts == 2
    raise RuntimeError("killed")


def test_an_account_that_does_not_add_up_is_left_alone(world: World) -> None:
    member_id = world.member()
    earn(world, member_id, 2)
    at = where(world, member_id)
    db.session.execute(
        tenancy.update(PointsAccount, world.community_id)
        .where(PointsAccount.id == at["account_id"])
        .values(balance=D(7))
        .execution_options(synchronize_session=False)
    )
    settled = settle(world, member_id, NEW_YEAR)
    assert (settled.points, settled.disagreeing) == (D(0), (at["account_id"],))
    assert standing(world, member_id)[0] == D(7)


def test_the_statements_do_not_grow_with_the_accounts(world: World, count_statements: Any) -> None:
    def crowd(count: int) -> list[uuid.UUID]:
        members = [world.member(name=f"李{n}") for n in range(count)]
        for member_id in members:
            earn(world, member_id, 2)
        return [where(world, member_id)["account_id"] for member_id in members]

    seen = []
    for ids in (crowd(1), crowd(6)):
        with count_statements() as statements:
            expiry.settle(community_id=world.community_id, account_ids=ids, now=NEW_YEAR)
        seen.append(len(statements))
    assert seen[1] <= seen[0]


def test_only_what_is_above_the_line_can_be_held(session: Any) -> None:
    """Case 5: 105 points with 100 that must stay leave 5; here 7.5 with 5."""
    world = expiring({"end_of": "year"}, spend_above=5)
    member_id = world.member()
    earn(world, member_id, 5)
    at = where(world, member_id)
    account = accounts.for_member(world.community_id, member_id)
    assert accounts.spendable(account, NOON) == D("2.5")
    assert not accounts.reserve(**at, points=D("2.6"), now=NOON)
    assert accounts.reserve(**at, points=D("2.5"), now=NOON)
    assert not accounts.reserve(**at, points=D("0.1"), now=NOON)
    assert accounts.spendable(account, NOON) == D(0)
