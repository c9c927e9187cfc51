"""Points carried over: both sides, killed between them, delivered twice; nothing is lost."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

import pytest
from flask import current_app

from kernel import outbox, tenancy, unit_of_work
from kernel.database import db
from kernel.errors import LinliError
from points.models import CarriedIn, CarriedOut, Transfer, TransferKind
from points.moving import carrying, former, in_transit
from tests.integration.points.moving.stage import NOW, Stage, deliver_all, later

D = Decimal


def carried_ids(stage: Stage) -> tuple[list[uuid.UUID], list[uuid.UUID]]:
    """Transfers out of home and into away."""
    return tuple(  # type: ignore[return-value]
        list(
            db.session.scalars(
                tenancy.columns(Transfer, world.community_id, Transfer.id).where(
                    Transfer.kind == kind
                )
            )
        )
        for world, kind in (
            (stage.home, TransferKind.CARRIED_OUT), (stage.away, TransferKind.CARRIED_IN),
        )
    )  # fmt: skip


def test_out_a_message_and_in_with_the_same_id(stage: Stage) -> None:
    stage.moves()
    there = stage.arrives()
    before = stage.total()
    assert stage.settle() == 3
    assert (stage.balance(stage.home, stage.zhang), stage.between()) == ((0, 0, 0), 3)
    assert stage.total() == before
    db.session.commit()
    deliver_all()
    assert (stage.balance(stage.away, there), stage.between()) == ((3, 0, 0), 3)
    # Both stand; home hears of it with the message back.
    deliver_all()
    assert (stage.between(), stage.total()) == (0, before)
    out, into = carried_ids(stage)
    assert out == into
    assert len(out) == 1
    stage.check()


def test_settled_twice_and_delivered_twice_moves_once(stage: Stage) -> None:
    stage.moves()
    there = stage.arrives()
    stage.settle()
    assert stage.settle() == 0
    db.session.commit()
    message = unit_of_work.run(outbox.lease, community_id=stage.home.community_id, now=NOW)[0]
    handler = current_app.extensions["outbox_handlers"][carrying.OUT]
    handler(message)
    handler(message)
    deliver_all()
    deliver_all()
    assert stage.balance(stage.away, there) == (3, 0, 0)
    assert stage.between() == 0
    stage.check()


class Killed(Exception):
    """The process is gone at this very moment."""


@pytest.mark.parametrize("moment", ["before the commit there", "before the message is finished"])
def test_killed_between_the_two_sides(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    stage.moves()
    there = stage.arrives()
    before = stage.total()
    stage.settle()
    db.session.commit()

    def kill(**_: Any) -> None:
        raise Killed

    with monkeypatch.context() as fault:
        if moment == "before the commit there":
            fault.setattr("points.moving.receiving.receive", kill)
        else:
            fault.setattr(outbox, "finish", kill)
        with pytest.raises(Killed):
            deliver_all()
    db.session.rollback()
    assert stage.total() - stage.between() in (before - 3, before)
    # The lease has run out; the message is delivered again, by another worker.
    for seconds in (61, 122, 183):
        deliver_all(later(seconds))
    assert stage.balance(stage.away, there) == (3, 0, 0)
    assert (stage.between(), stage.total()) == (0, before)
    stage.check()


def test_killed_at_home_nothing_has_left(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.moves()
    db.session.commit()

    def kill(**_: Any) -> None:
        raise Killed

    with monkeypatch.context() as fault:
        fault.setattr(outbox, "add", kill)
        with pytest.raises(Killed):
            stage.settle()
    db.session.rollback()
    assert (stage.balance(stage.home, stage.zhang), stage.between()) == ((3, 0, 0), 0)
    stage.check()


def test_they_wait_until_the_person_is_bound(stage: Stage) -> None:
    stage.moves()
    stage.settle()
    db.session.commit()
    deliver_all()
    deliver_all()
    assert in_transit.waiting(stage.away.community_id) == 3
    mine = former.memberships(actor=stage.phone)
    assert [(row.community_code, row.in_transit) for row in mine] == [("yijuyuan", 3)]
    there = stage.arrives()
    db.session.commit()
    assert stage.balance(stage.away, there) == (3, 0, 0)
    deliver_all()
    assert (stage.between(), in_transit.waiting(stage.away.community_id)) == (0, 0)
    stage.check()


class TestWithoutAPhone:
    def number(self, stage: Stage) -> str:
        found = db.session.scalar(
            tenancy.columns(CarriedOut, stage.home.community_id, CarriedOut.number)
        )
        assert found is not None
        return found

    def accept(self, stage: Stage, member_id: uuid.UUID, **values: Any) -> CarriedIn:
        given = {
            "actor": stage.away.admin, "now": NOW, "community_id": stage.away.community_id,
            "number": self.number(stage), "member_id": member_id, **values,
        }  # fmt: skip
        return carrying.accept(**given)

    def test_the_number_is_brought_to_the_counter(self, stage: Stage) -> None:
        stage.moves()
        stage.settle()
        db.session.commit()
        deliver_all()
        there = stage.away.member(name="张三")
        assert self.accept(stage, there, number=self.number(stage).lower()).points == 3
        db.session.commit()
        deliver_all()
        assert (stage.balance(stage.away, there), stage.between()) == ((3, 0, 0), 0)
        with pytest.raises(LinliError) as refused:
            self.accept(stage, there)
        assert refused.value.code == "carried_unknown"
        stage.check()

    def test_not_to_the_own_household(self, stage: Stage) -> None:
        stage.moves()
        stage.settle()
        db.session.commit()
        deliver_all()
        own = stage.away.member(name="管理员")
        clerk = stage.away.bound_actor("community_admin", own)
        with pytest.raises(LinliError) as refused:
            self.accept(stage, own, actor=clerk)
        assert refused.value.code == "own_household"

    def test_a_number_that_is_none(self, stage: Stage) -> None:
        with pytest.raises(LinliError) as refused:
            carrying.accept(
                actor=stage.away.admin, now=NOW, community_id=stage.away.community_id,
                number="0000000000", member_id=stage.away.member(),
            )  # fmt: skip
        assert refused.value.code == "carried_unknown"


def test_what_comes_late_goes_the_same_way(stage: Stage) -> None:
    """A deed of the last month that is recorded after the move is not lost."""
    stage.moves()
    there = stage.arrives()
    stage.settle()
    stage.home.record(stage.zhang, "CAP", occurred_on=NOW.date().replace(day=20))
    assert stage.settle() == 2
    db.session.commit()
    for _ in range(2):
        deliver_all()
    assert stage.balance(stage.away, there) == (5, 0, 0)
    stage.check()


def test_a_debt_there_is_paid_first(stage: Stage) -> None:
    stage.moves()
    there = stage.arrives()
    stage.away.record(there, "BAD")
    assert stage.balance(stage.away, there) == (0, 0, 10)
    stage.settle()
    db.session.commit()
    for _ in range(2):
        deliver_all()
    assert stage.balance(stage.away, there) == (0, 0, 7)
    stage.check()


def test_the_check_names_a_journey_without_its_transfer(stage: Stage) -> None:
    stage.moves()
    stage.arrives()
    stage.settle()
    db.session.commit()
    for _ in range(2):
        deliver_all()
    row = db.session.scalars(tenancy.select(CarriedIn, stage.away.community_id)).one()
    row.points = D(4)
    db.session.flush()
    assert [each[0] for each in in_transit.differences(stage.away.community_id)] == ["carried_in"]
    assert [each[0] for each in in_transit.across(stage.home.community_id)] == ["carried_over"]


def test_check_ledger_asks_the_other_side(stage: Stage, app: Any) -> None:
    stage.moves()
    stage.arrives()
    stage.settle()
    db.session.commit()
    for _ in range(2):
        deliver_all()
    runner = app.test_cli_runner()
    assert runner.invoke(args=["ops", "check-ledger"]).exit_code == 0
    row = db.session.scalars(tenancy.select(CarriedOut, stage.home.community_id)).one()
    row.points = D(4)
    db.session.commit()
    wrong = runner.invoke(args=["ops", "check-ledger"])
    assert wrong.exit_code == 1
    assert "carried_over" in wrong.output
