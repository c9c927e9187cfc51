"""Recorders meet at a household's limit, at a veto, at a milestone: fast is what full would be.

The ledger check evaluates everybody again from the facts alone; without the statement
that claims room, or without the locks, it names what is wrong.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from community.models import Membership
from kernel import tenancy, unit_of_work
from kernel.database import db
from points import evaluated_together, evaluation, ledger_check, limits
from points.models import PointsAccount, PointsLine
from tests.integration.points.every_construct import full_world, put, strike
from tests.integration.points.world import TODAY, World
from tests.support.backend import Backend

D = Decimal
CAP = D(5)
#: Two write transactions have to run at a time; SQLite has one, and that is its guard.
ON_POSTGRESQL = pytest.mark.parametrize("backend", ["postgresql"], indirect=True)


@pytest.fixture
def world(backend: Backend, session: Any) -> World:
    return backend.remembered(full_world)


@pytest.fixture
def living(world: World) -> list[uuid.UUID]:
    """Four of one household; nobody has an account yet."""
    return [world.member(name=name, household_id=world.household_id) for name in "甲乙丙丁"]


def at_once(app: Flask, acts: Sequence[Callable[[], object]]) -> None:
    """Run each act in a thread and unit of work of its own."""
    db.session.commit()

    def run(act: Callable[[], object]) -> None:
        with app.app_context():
            unit_of_work.run(act)

    with ThreadPoolExecutor(len(acts)) as pool:
        list(pool.map(run, acts))
    db.session.rollback()


def shared_by(world: World, living: Sequence[uuid.UUID]) -> list[Callable[[], object]]:
    return [lambda each=each: put(world, each, "SHARED") for each in [*living, *living]]


def posted(world: World, item: str) -> Decimal:
    rows = db.session.query(PointsLine).filter_by(community_id=world.community_id, item_code=item)
    return sum((row.posted for row in rows), D(0))


def mismatches(world: World) -> set[str]:
    return {each.what for each in ledger_check.check(world.community_id, today=TODAY)}


def test_a_households_limit_holds_exactly(
    app: Flask, world: World, living: list[uuid.UUID]
) -> None:
    at_once(app, shared_by(world, living))
    assert posted(world, "SHARED") == CAP
    assert mismatches(world) == set()


def test_without_the_condition_it_is_overrun(
    app: Flask, world: World, living: list[uuid.UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "claim", lambda *_: True)
    at_once(app, shared_by(world, living))
    assert posted(world, "SHARED") > CAP
    assert "limit_usage" in mismatches(world)


def everything(world: World, living: Sequence[uuid.UUID]) -> list[Callable[[], object]]:
    """The veto, which is evaluated in full, and all that meets it."""
    one, other, *_ = living
    return [
        lambda: put(world, one, "VETO"),
        lambda: put(world, one, "GOOD"),
        lambda: put(world, one, "CAPPED"),
        lambda: put(world, other, "CAPPED"),
        lambda: put(world, one, "HOURS", quantity=D(12)),
        lambda: put(world, one, "HOURS", quantity=D(9)),
        lambda: put(world, other, "SHARED"),
        lambda: put(world, one, "FOR-ALL"),
    ]


def test_everything_at_once_is_what_a_full_evaluation_finds(
    app: Flask, world: World, living: list[uuid.UUID]
) -> None:
    at_once(app, everything(world, living))
    assert mismatches(world) == set()


def between_reading_and_writing(
    app: Flask, monkeypatch: pytest.MonkeyPatch, acts: Sequence[Callable[[], object]]
) -> None:
    """The next full evaluation reads, then the acts are done one by one, then it writes."""
    read, todo = evaluation.lines, list(acts)

    def meanwhile() -> None:
        with app.app_context():
            while todo:
                unit_of_work.run(todo.pop(0))

    def read_then_wait(*given: Any) -> Any:
        found = read(*given)
        # The evaluations of the acts themselves do not wait for anybody.
        monkeypatch.setattr(evaluation, "lines", read)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(meanwhile).result(timeout=30)
        return found

    monkeypatch.setattr(evaluation, "lines", read_then_wait)


def read_unlocked(community_id: uuid.UUID, account_ids: Any) -> list[PointsAccount]:
    """The accounts of a full evaluation, without the lock on them."""
    rows = tenancy.select(PointsAccount, community_id).where(PointsAccount.id.in_(account_ids))
    return list(db.session.scalars(rows.order_by(PointsAccount.id)))


@pytest.mark.postgresql
@ON_POSTGRESQL
def test_without_the_locks_a_full_evaluation_forgets_what_it_met(
    app: Flask, world: World, living: list[uuid.UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    for each in living:
        put(world, each, "APART")
    db.session.commit()
    assert mismatches(world) == set()
    veto, *others = everything(world, living)
    monkeypatch.setattr(evaluated_together, "hold_household", lambda *_: None)
    monkeypatch.setattr(evaluated_together, "lock_households", lambda *_: None)
    monkeypatch.setattr(evaluated_together, "_lock_accounts", read_unlocked)
    between_reading_and_writing(app, monkeypatch, others)
    unit_of_work.run(veto)
    assert {"limit_usage", "worth"} <= mismatches(world)
    # Used was 2 of 5, and that is forgotten: two more find room. A third would be evaluated.
    for each in living[:1:-1]:
        put(world, each, "SHARED")
    assert posted(world, "SHARED") > CAP


@pytest.mark.postgresql
def test_a_fast_recording_waits_for_a_full_evaluation_of_its_household(
    app: Flask, world: World, living: list[uuid.UUID]
) -> None:
    # The newcomer's account is not there when the household is locked: only the lock on the
    # household itself keeps a claim from passing by.
    one, newcomer, *_ = living
    put(world, one, "SHARED")
    db.session.commit()
    order: list[str] = []

    def record() -> None:
        with app.app_context():
            unit_of_work.run(lambda: put(world, newcomer, "SHARED"))
        order.append("recorded")

    book = put(world, one, "GOOD")
    with ThreadPoolExecutor(1) as pool:
        evaluated_together.lock_households(world.community_id, [world.household_id])
        waiting = pool.submit(record)
        with pytest.raises(TimeoutError):
            waiting.result(timeout=1)
        order.append("committed")
        db.session.commit()
        waiting.result(timeout=30)
    assert order == ["committed", "recorded"]
    assert book.lines[0].posted == D(2)
    assert mismatches(world) == set()


@pytest.mark.postgresql
@ON_POSTGRESQL
def test_a_fast_recording_that_does_not_wait_is_forgotten(
    app: Flask, world: World, living: list[uuid.UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, newcomer, *_ = living
    old = put(world, one, "GOOD")
    put(world, one, "SHARED")
    db.session.commit()
    monkeypatch.setattr(evaluated_together, "hold_household", lambda *_: None)
    passes_by = [lambda: put(world, newcomer, "SHARED")]
    between_reading_and_writing(app, monkeypatch, passes_by)
    unit_of_work.run(lambda: strike(world, old))
    assert "limit_usage" in mismatches(world)
    put(world, one, "SHARED")
    assert posted(world, "SHARED") > CAP


def moving_in(app: Flask, world: World) -> uuid.UUID:
    """The newcomer's first deed in the household commits while the account is waited for.

    Returns who lived there already.
    """
    at_home = world.member(household_id=world.household_id)
    newcomer = world.member(name="李四")
    old = put(world, newcomer, "GOOD")
    put(world, at_home, "SHARED")
    home = tenancy.update(Membership, world.community_id).where(Membership.member_id == newcomer)
    db.session.execute(home.values(household_id=world.household_id))
    db.session.commit()

    def act() -> None:
        with app.app_context():
            unit_of_work.run(lambda: strike(world, old))

    put(world, newcomer, "SHARED")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(act)
        with pytest.raises(TimeoutError):
            waiting.result(timeout=1)
        db.session.commit()
        waiting.result(timeout=30)
    db.session.rollback()
    return at_home


@pytest.mark.postgresql
def test_who_has_just_moved_in_is_evaluated_with_the_household(app: Flask, world: World) -> None:
    at_home = moving_in(app, world)
    assert mismatches(world) == set()
    put(world, at_home, "SHARED")
    assert posted(world, "SHARED") == CAP


@pytest.mark.postgresql
@ON_POSTGRESQL
def test_without_a_second_look_the_newcomer_makes_it_forget_the_others(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look_once(
        community_id: uuid.UUID, rulebook_id: uuid.UUID, account_ids: Any, versions: Any
    ) -> list[PointsAccount]:
        known = evaluated_together.tied_to(community_id, rulebook_id, account_ids, (), versions)
        return evaluated_together._lock_accounts(community_id, known)

    monkeypatch.setattr(evaluated_together, "lock", look_once)
    at_home = moving_in(app, world)
    assert "limit_usage" in mismatches(world)
    put(world, at_home, "SHARED")
    assert posted(world, "SHARED") > CAP
