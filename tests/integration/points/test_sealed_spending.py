"""Points that reach the balance with the seal of their month, and deductions that stop at zero."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel import clock, tenancy
from kernel.database import db
from kernel.ids import new_id
from kernel.points_value import ZERO
from points import accounts, facts, ledger_check, months, sealed_spending
from points.models import Authority, Entry, MonthNet, MonthState
from points.sealed_spending import applying
from tests.integration.points.world import NOW, World, empty_world, items
from tests.support.backend import Backend

D = Decimal
SEPTEMBER, OCTOBER, NOVEMBER = "2026-09", "2026-10", "2026-11"
ORDER = list(MonthState)


def sealing(deductions: str = "below_zero", **balance: Any) -> World:
    """Seven months open; FREE gives 1.5, RANGE up to 20, BAD takes 10."""
    world = empty_world(new_id().hex[-12:])
    terms = {"spendable_from": "sealed", "deductions": deductions, **balance}
    world.adopt(items=items("FREE", "RANGE", "BAD", "HONOR"), balance=terms)
    for month in (SEPTEMBER, OCTOBER, NOVEMBER):
        world.open_month(month)
    return world


def seal(world: World, month: str) -> None:
    for state in ORDER[1:]:
        row = months.of(world.community_id, month)
        months.step(
            community_id=world.community_id, month=month, to=state, actor=world.admin, now=NOW,
            version=row.version,
        )  # fmt: skip
    sealed_spending.apply(community_id=world.community_id, month=month, now=NOW)


def give(world: World, member_id: uuid.UUID, points: int, month: str) -> uuid.UUID:
    """A bonus of 1 to 20 points."""
    day = clock.first_day(month)
    fact = world.record(member_id, "RANGE", occurred_on=day)
    fact = facts.decide(
        actor=world.panelist, now=NOW, community_id=world.community_id, fact_id=fact.id,
        points=D(points), version=fact.version,
    )  # fmt: skip
    facts.approve(
        actor=world.other_panelist, now=NOW, community_id=world.community_id, fact_id=fact.id,
        version=fact.version,
    )  # fmt: skip
    return fact.id


def take(world: World, member_id: uuid.UUID, month: str) -> uuid.UUID:
    """A deduction of 10."""
    return world.record(member_id, "BAD", occurred_on=clock.first_day(month)).id


def strike(world: World, fact_id: uuid.UUID) -> None:
    version = facts.replay(community_id=world.community_id, result_id=fact_id).version
    facts.strike(
        actor=world.panelist, now=NOW, community_id=world.community_id, fact_id=fact_id,
        version=version, reason="没有发生", authority=Authority.OBJECTION,
    )  # fmt: skip


def signed(world: World, member_id: uuid.UUID) -> Decimal:
    account = accounts.for_member(world.community_id, member_id)
    return account.balance - account.debt


@pytest.fixture
def world(backend: Backend, session: Any) -> World:
    return backend.remembered(sealing)


def test_nothing_can_be_spent_before_the_seal(world: World) -> None:
    member_id = world.member()
    give(world, member_id, 12, OCTOBER)
    take(world, member_id, OCTOBER)
    assert signed(world, member_id) == D(0)
    assert ledger_check.check(world.community_id) == []
    seal(world, OCTOBER)
    assert signed(world, member_id) == D(2)
    account = accounts.for_member(world.community_id, member_id)
    assert accounts.spendable(account, NOW) == D(2)
    assert ledger_check.check(world.community_id) == []


def test_a_negative_net_leaves_a_debt_that_the_next_month_fills(world: World) -> None:
    member_id = world.member()
    take(world, member_id, OCTOBER)
    give(world, member_id, 15, NOVEMBER)
    seal(world, OCTOBER)
    assert signed(world, member_id) == D(-10)
    seal(world, NOVEMBER)
    assert signed(world, member_id) == D(5)
    assert ledger_check.check(world.community_id) == []


def test_what_counts_in_the_score_alone_does_not_wait(world: World) -> None:
    member_id = world.member()
    world.record(member_id, "HONOR", occurred_on=clock.first_day(OCTOBER))
    entry = db.session.scalars(tenancy.select(Entry, world.community_id)).one()
    assert (entry.awaits_seal, entry.counts_in_balance) == (False, False)
    seal(world, OCTOBER)
    assert db.session.scalars(tenancy.select(MonthNet, world.community_id)).all() == []


def test_what_is_upheld_after_the_seal_comes_with_the_next_one(world: World) -> None:
    member_id = world.member()
    fact_id = give(world, member_id, 12, OCTOBER)
    seal(world, OCTOBER)
    strike(world, fact_id)
    assert signed(world, member_id) == D(12)
    seal(world, NOVEMBER)
    assert signed(world, member_id) == D(0)
    assert ledger_check.check(world.community_id) == []


def test_to_zero_lets_the_shortfall_lapse(session: Any) -> None:
    world = sealing("to_zero")
    member_id = world.member()
    give(world, member_id, 4, OCTOBER)
    take(world, member_id, OCTOBER)
    seal(world, OCTOBER)
    assert signed(world, member_id) == D(0)
    net = db.session.scalars(tenancy.select(MonthNet, world.community_id)).one()
    assert (net.net, net.before_floor, net.let_off) == (D(-6), D(-6), D(6))
    give(world, member_id, 5, NOVEMBER)
    seal(world, NOVEMBER)
    assert signed(world, member_id) == D(5)
    assert ledger_check.check(world.community_id) == []


def test_a_struck_deduction_gives_back_only_what_it_took(session: Any) -> None:
    """x = −6: striking the 10 makes x 4, so the balance rises by 4 and not by 10."""
    world = sealing("to_zero")
    member_id = world.member()
    give(world, member_id, 4, OCTOBER)
    fact_id = take(world, member_id, OCTOBER)
    seal(world, OCTOBER)
    strike(world, fact_id)
    seal(world, NOVEMBER)
    assert signed(world, member_id) == D(4)
    assert ledger_check.check(world.community_id) == []


def test_what_is_held_is_not_taken_by_the_floor_but_owed(session: Any) -> None:
    """10 points, 8 held: of a net of −6 two are taken; the hold pays the rest as it comes back."""
    world = sealing("to_zero")
    member_id = world.member()
    give(world, member_id, 10, SEPTEMBER)
    seal(world, SEPTEMBER)
    account = accounts.for_member(world.community_id, member_id)
    own = {"community_id": world.community_id, "account_id": account.id}
    assert accounts.reserve(**own, points=D(8), now=NOW)
    give(world, member_id, 4, OCTOBER)
    take(world, member_id, OCTOBER)
    seal(world, OCTOBER)
    db.session.refresh(account)
    assert (account.balance, account.held, account.debt) == (D(8), D(8), D(4))
    accounts.release(**own, points=D(8), now=NOW)
    db.session.refresh(account)
    assert (account.balance, account.held, account.debt) == (D(4), D(0), D(0))
    assert ledger_check.check(world.community_id) == []


def test_the_version_of_the_sheets_month_decides_about_its_floor(session: Any) -> None:
    """The deed of October is judged by version 1, and stands on a sheet of version 2."""
    world = sealing("to_zero")
    world.adopt(
        version=2, effective_from=clock.first_day(NOVEMBER),
        items=items("FREE", "RANGE", "BAD", "HONOR"),
        balance={"spendable_from": "sealed", "deductions": "below_zero"},
    )  # fmt: skip
    member_id = world.member()
    take(world, member_id, OCTOBER)
    seal(world, OCTOBER)
    assert signed(world, member_id) == D(0)
    late = world.member(name="李四")
    take(world, late, OCTOBER)
    seal(world, NOVEMBER)
    assert (signed(world, member_id), signed(world, late)) == (D(0), D(-10))
    assert ledger_check.check(world.community_id) == []


def test_never_leaves_deductions_to_the_score(session: Any) -> None:
    world = sealing("never")
    member_id = world.member()
    give(world, member_id, 4, OCTOBER)
    take(world, member_id, OCTOBER)
    seal(world, OCTOBER)
    assert signed(world, member_id) == D(4)
    assert ledger_check.check(world.community_id) == []


def test_sealed_points_die_by_the_dates_of_their_entries(session: Any) -> None:
    world = sealing("to_zero", expiry={"end_of": "month", "plus_days": 60})
    member_id = world.member()
    give(world, member_id, 7, SEPTEMBER)
    give(world, member_id, 5, OCTOBER)
    take(world, member_id, OCTOBER)
    for month in (SEPTEMBER, OCTOBER):
        seal(world, month)
    account = accounts.for_member(world.community_id, member_id)
    # The deduction took the September points first; two of October are left.
    assert (account.balance, account.next_expiry_on) == (D(2), dt.date(2026, 11, 30))
    later = dt.datetime(2026, 12, 1, 4, tzinfo=dt.UTC)
    assert accounts.spendable(account, later) == D(2)
    dead = dt.datetime(2026, 12, 30, 16, tzinfo=dt.UTC)
    assert accounts.spendable(account, dead) == D(0)
    assert ledger_check.check(world.community_id) == []


def test_the_statements_do_not_grow_with_the_holders(
    session: Any, count_statements: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    for count in (1, 7):
        world = sealing("to_zero")
        for n in range(count):
            member_id = world.member(name=f"张{n}")
            give(world, member_id, 3 + n, OCTOBER)
            take(world, member_id, OCTOBER)
        with count_statements() as statements:
            sealed_spending.apply(community_id=world.community_id, month=OCTOBER, now=NOW)
        seen.append(len(statements))
    assert seen[0] == seen[1]
    monkeypatch.setattr(applying, "BATCH", 2)
    world = sealing()
    members = [world.member(name=f"李{n}") for n in range(5)]
    for member_id in members:
        give(world, member_id, 3, OCTOBER)
    seal(world, OCTOBER)
    assert [signed(world, member_id) for member_id in members] == [D(3)] * 5


#: What may be corrected after the seal of September: bonuses and deductions struck.
CORRECTIONS = st.lists(st.sampled_from(["bonus", "deduction"]), min_size=2, max_size=2)


def test_property_8_late_corrections_of_a_to_zero_month_commute(session: Any) -> None:
    """Whatever the order in which they are posted, and each with a seal of its own."""

    @settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(bonuses=st.lists(st.integers(1, 20), min_size=1, max_size=2), kinds=CORRECTIONS)
    def commute(bonuses: list[int], kinds: list[str]) -> None:
        results = set()
        for order in itertools.permutations(range(len(kinds))):
            world = sealing("to_zero")
            member_id = world.member()
            for points in bonuses:
                give(world, member_id, points, SEPTEMBER)
            struck = [
                give(world, member_id, 6 + n, SEPTEMBER) if kind == "bonus"
                else another_deduction(world, member_id, n)
                for n, kind in enumerate(kinds)
            ]  # fmt: skip
            seal(world, SEPTEMBER)
            for month, n in zip((OCTOBER, NOVEMBER), order, strict=True):
                world.open_month(clock.next_month(month))
                strike(world, struck[n])
                seal(world, month)
            results.add(signed(world, member_id))
            assert ledger_check.check(world.community_id) == []
        kept = sum(bonuses, ZERO)
        assert results == {kept}

    commute()


def another_deduction(world: World, member_id: uuid.UUID, n: int) -> uuid.UUID:
    day = clock.first_day(SEPTEMBER) + dt.timedelta(days=n)
    return world.record(member_id, "BAD", occurred_on=day).id
