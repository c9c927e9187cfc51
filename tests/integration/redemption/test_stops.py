"""A mismatch stops redemption in its community; a person lets it go on after a clean check."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from kernel import tenancy, unit_of_work
from kernel.access import Actor
from kernel.audit import AuditRecord
from kernel.database import db
from kernel.errors import Forbidden, NotFound, Refused
from kernel.ids import new_id
from ops import ledger
from points import ledger_sums
from points.ledger_check import Mismatch
from points.models import PointsAccount
from redemption import codes, redemptions, requests, stops
from redemption.errors import CheckNotClean, NotStopped, ReasonMissing
from redemption.models import LedgerCheck, RedemptionStop, RedemptionStopAct
from redemption.redemptions import Held, Receipt
from redemption.stops import StopView
from tests.integration.redemption.test_races import at_once
from tests.integration.redemption.whole_world import WholeWorld, whole_world
from tests.integration.redemption.world import NOW, AllianceWorld, Holder

MINUTE = dt.timedelta(minutes=1)
WRONG = Mismatch(what="balance", row_id=new_id(), stored="8.0", found="9.0")
STUCK = Mismatch(what="stuck_hold", row_id=new_id(), stored="", found="")


def check(world: AllianceWorld, *mismatches: Mismatch, at: dt.datetime = NOW) -> LedgerCheck:
    return stops.note_check(
        actor=world.actor("operator"), began=at, now=at, community_id=world.community_id,
        mismatches=mismatches,
    )  # fmt: skip


def lift(
    world: AllianceWorld, actor: Actor | None = None, why: str = "已核对，补记一笔"
) -> StopView:
    return stops.lift(
        actor=actor or world.actor("supervisor"), now=NOW + 9 * MINUTE,
        community_id=world.community_id, why=why,
    )  # fmt: skip


def code_of(held: Held) -> str:
    assert held.code is not None
    return held.code.token


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
class TestStopped:
    """Nobody gets a code or redeems one; what is held stays, and may be taken back."""

    def test_no_code_is_issued(self, world: AllianceWorld, holder: Holder) -> None:
        check(world, WRONG)
        refused = redemptions.issue(
            actor=holder.actor, now=NOW, community_id=world.community_id,
            offer_id=world.offer().id,
        )  # fmt: skip
        assert isinstance(refused, Refused)
        assert refused.code == "redemption_stopped"
        assert "积分正在核对，暂停兑换，积分都在" in refused.zh
        assert world.points_of(holder) == (100, 0, 0)

    def test_no_request_is_asked(self, world: AllianceWorld, holder: Holder) -> None:
        check(world, WRONG)
        refused = requests.ask(
            actor=holder.actor, now=NOW, community_id=world.community_id,
            merchant_id=world.merchant.id, offer_id=world.offer().id,
        )  # fmt: skip
        assert isinstance(refused, Refused)
        assert refused.code == "redemption_stopped"

    def test_no_request_is_accepted(self, world: AllianceWorld, holder: Holder) -> None:
        asked = requests.ask(
            actor=holder.actor, now=NOW, community_id=world.community_id,
            merchant_id=world.merchant.id, offer_id=world.offer().id,
        )  # fmt: skip
        assert isinstance(asked, Receipt)
        check(world, WRONG)
        refused = requests.accept(actor=world.clerk(), now=NOW, redemption_id=asked.id)
        assert isinstance(refused, Refused)
        assert refused.code == "redemption_stopped"

    def test_no_code_is_redeemed_or_looked_at(self, world: AllianceWorld, holder: Holder) -> None:
        code = code_of(world.hold(holder, world.offer()))
        check(world, WRONG)
        clerk = world.clerk()
        looked = redemptions.preview(actor=clerk, now=NOW, code=code)
        assert isinstance(looked, Refused)
        assert {looked.code, world.refused(clerk, code).code} == {"redemption_stopped"}
        assert world.points_of(holder) == (100, 8, 0)

    def test_also_when_it_comes_between_the_look_and_the_update(
        self, world: AllianceWorld, holder: Holder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        code = code_of(world.hold(holder, world.offer()))
        look = codes.find

        def stop_after_the_look(**asked: Any) -> Any:
            found = look(**asked)
            monkeypatch.setattr(codes, "find", look)
            check(world, WRONG)
            return found

        monkeypatch.setattr(codes, "find", stop_after_the_look)
        assert world.refused(world.clerk(), code).code == "redemption_stopped"
        assert world.points_of(holder) == (100, 8, 0)

    def test_what_was_redeemed_before_is_told_as_such(
        self, world: AllianceWorld, holder: Holder
    ) -> None:
        code = code_of(world.hold(holder, world.offer()))
        world.redeem(world.clerk(), code)
        check(world, WRONG)
        assert world.refused(world.clerk(), code).code == "already_redeemed"

    def test_a_hold_can_be_taken_back(self, world: AllianceWorld, holder: Holder) -> None:
        held = world.hold(holder, world.offer())
        check(world, WRONG)
        redemptions.withdraw(
            actor=holder.actor, now=NOW, community_id=world.community_id, redemption_id=held.id
        )
        assert world.points_of(holder) == (100, 0, 0)

    def test_the_shop_sees_it_on_its_day(self, world: AllianceWorld) -> None:
        assert redemptions.today(actor=world.clerk(), now=NOW).stopped_since_utc is None
        check(world, WRONG)
        assert redemptions.today(actor=world.clerk(), now=NOW).stopped_since_utc == NOW

    def test_the_neighbour_goes_on(self, world: AllianceWorld, holder: Holder) -> None:
        stops.note_check(
            actor=world.actor("operator"), began=NOW, now=NOW, community_id=new_id(),
            mismatches=[WRONG],
        )  # fmt: skip
        code = code_of(world.hold(holder, world.offer()))
        assert world.redeem(world.clerk(), code).state == "redeemed"

    def test_a_stuck_hold_stops_nothing(self, world: AllianceWorld, holder: Holder) -> None:
        noted = check(world, STUCK)
        assert (noted.mismatches, noted.stuck_holds) == (0, 1)
        assert isinstance(world.hold(holder, world.offer()), Held)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
class TestLift:
    def test_needs_a_clean_check_that_began_after_the_stop(self, world: AllianceWorld) -> None:
        check(world, at=NOW - MINUTE)
        check(world, WRONG)
        with pytest.raises(CheckNotClean):
            lift(world)
        check(world, WRONG, at=NOW + MINUTE)
        with pytest.raises(CheckNotClean):
            lift(world)
        check(world, STUCK, at=NOW + 2 * MINUTE)
        assert lift(world).lifted_at_utc == NOW + 9 * MINUTE

    def test_lets_redemption_go_on_and_is_kept(self, world: AllianceWorld, holder: Holder) -> None:
        code = code_of(world.hold(holder, world.offer()))
        check(world, WRONG)
        check(world, at=NOW + MINUTE)
        supervisor = world.actor("supervisor")
        lifted = lift(world, supervisor)
        assert (lifted.lifted_by, lifted.why) == (supervisor.account_id, "已核对，补记一笔")
        assert world.redeem(world.clerk(), code).state == "redeemed"
        steps = db.session.scalars(
            tenancy.select(RedemptionStopAct, world.community_id).order_by(RedemptionStopAct.id)
        ).all()
        assert [step.step for step in steps] == ["stop", "lift"]
        audited = db.session.scalars(
            tenancy.select(AuditRecord, world.community_id).order_by(AuditRecord.id)
        ).all()
        assert [record.act for record in audited][-2:] == [
            "redemption.stopped", "redemption.stop_lifted",
        ]  # fmt: skip

    def test_of_nothing(self, world: AllianceWorld) -> None:
        with pytest.raises(NotStopped):
            lift(world)

    def test_needs_a_reason(self, world: AllianceWorld) -> None:
        check(world, WRONG)
        with pytest.raises(ReasonMissing):
            lift(world, why="  ")

    @pytest.mark.parametrize("role", ["community_admin", "auditor", "grid_worker"])
    def test_is_not_for(self, world: AllianceWorld, role: str) -> None:
        with pytest.raises((Forbidden, NotFound)):
            lift(world, world.actor(role))

    def test_a_new_mismatch_stops_again(self, world: AllianceWorld) -> None:
        check(world, WRONG)
        check(world, at=NOW + MINUTE)
        lift(world)
        check(world, WRONG, at=NOW + 10 * MINUTE)
        listed = stops.stops(actor=world.actor("auditor"), community_id=world.community_id)
        assert [stop.lifted_at_utc for stop in listed] == [None, NOW + 9 * MINUTE]
        assert listed[0].found == [
            {
                "what": "balance", "row_id": str(WRONG.row_id), "stored": "8.0", "found": "9.0",
                "detail": "",
            }
        ]  # fmt: skip


class TestTwoChecksAtOnce:
    @staticmethod
    def checks(world: AllianceWorld) -> list[Callable[[], Any]]:
        actor, community_id = world.actor("operator"), world.community_id
        db.session.commit()
        return [
            lambda: stops.note_check(
                actor=actor, began=NOW, now=NOW, community_id=community_id, mismatches=[WRONG]
            )
        ] * 4

    @staticmethod
    def verify(world: AllianceWorld, answers: list[Any]) -> None:
        assert all(isinstance(answer, LedgerCheck) for answer in answers)
        found = db.session.scalars(tenancy.select(RedemptionStop, world.community_id)).all()
        assert len(found) == 1

    def test_make_one_stop(self, app: Flask, world: AllianceWorld) -> None:
        self.verify(world, at_once(app, self.checks(world)))

    def test_the_check_fails_without_the_guard(
        self, app: Flask, world: AllianceWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Looking first whether a stop stands, then writing one: the index refuses the second."""

        def write_later(*, actor: Actor, now: dt.datetime, check: LedgerCheck) -> None:
            del actor
            db.session.add(
                RedemptionStop(
                    community_id=check.community_id, id=new_id(), check_id=check.id,
                    reason="ledger_mismatch", stopped_at_utc=now,
                )
            )  # fmt: skip
            db.session.flush()

        checks = self.checks(world)
        monkeypatch.setattr(stops, "_stop", write_later)
        answers = at_once(app, checks)
        with pytest.raises(AssertionError):
            self.verify(world, answers)


@pytest.fixture
def whole(session: Any) -> WholeWorld:
    made = whole_world()
    session.commit()
    return made


@pytest.fixture
def held(whole: WholeWorld) -> Held:
    held = whole.shop.hold(whole.rich_holder(), whole.offer(8))
    db.session.commit()
    return held


def run(app: Flask) -> Result:
    return app.test_cli_runner().invoke(args=["ops", "check-ledger"])


class TestCommand:
    @pytest.fixture(autouse=True)
    def _stands(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(ledger.clock, "now", lambda: NOW)

    def test_keeps_a_clean_check(self, app: Flask, whole: WholeWorld, held: Held) -> None:
        whole.shop.redeem(whole.shop.clerk(), code_of(held))
        db.session.commit()
        result = run(app)
        assert (result.exit_code, result.output) == (0, f"{whole.code}: the ledger agrees\n")
        kept = db.session.scalars(tenancy.select(LedgerCheck, whole.community_id)).one()
        assert (kept.mismatches, kept.stuck_holds, kept.found) == (0, 0, [])
        assert stops.standing(whole.community_id) is None

    def test_names_a_mismatch_and_stops_its_community_only(
        self, app: Flask, whole: WholeWorld, held: Held
    ) -> None:
        neighbour = whole_world()
        db.session.execute(
            tenancy.update(PointsAccount, whole.community_id)
            .where(PointsAccount.held > 0)
            .values(held=7)
            .execution_options(synchronize_session=False)
        )
        db.session.commit()
        result = run(app)
        assert result.exit_code == 1
        named = f"{held.receipt.receipt_number} {whole.shop.merchant.name}"
        assert named in result.output
        assert f"{whole.code}: redemption is stopped" in result.output
        assert f"{neighbour.code}: the ledger agrees" in result.output
        stop = stops.standing(whole.community_id)
        assert stop is not None
        assert stop.stopped_at_utc == NOW
        assert stops.standing(neighbour.community_id) is None

    def test_names_a_stuck_hold_and_goes_on(
        self, app: Flask, whole: WholeWorld, held: Held, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(ledger.clock, "now", lambda: NOW + 90 * MINUTE)
        result = run(app)
        assert result.exit_code == 1
        assert f"stuck_hold {held.id} {held.receipt.receipt_number}" in result.output
        assert stops.standing(whole.community_id) is None


class TestOneSnapshot:
    """Somebody redeems while the check runs: before one of its statements, after another."""

    @staticmethod
    def mismatches(
        app: Flask, whole: WholeWorld, held: Held, monkeypatch: pytest.MonkeyPatch
    ) -> list[Mismatch]:
        clerk, code = whole.shop.clerk(), code_of(held)
        db.session.commit()
        added = ledger_sums.moved_by_account

        def redeem() -> None:
            with app.app_context():
                unit_of_work.run(redemptions.redeem, actor=clerk, now=NOW, code=code)
                db.session.remove()

        def add_and_let_redeem(community_id: Any) -> Any:
            found = added(community_id)
            monkeypatch.setattr(ledger_sums, "moved_by_account", added)
            with ThreadPoolExecutor(1) as pool:
                pool.submit(redeem).result(20)
            return found

        monkeypatch.setattr(ledger_sums, "moved_by_account", add_and_let_redeem)
        return ledger.mismatches(whole.community_id, NOW)

    def test_sees_one_instant(
        self, app: Flask, whole: WholeWorld, held: Held, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert self.mismatches(app, whole, held, monkeypatch) == []

    @pytest.mark.postgresql
    @pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
    def test_the_check_fails_without_the_guard(
        self, app: Flask, whole: WholeWorld, held: Held, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """SQLite reads one instant anyway."""
        monkeypatch.setattr(ledger, "read_one_snapshot", db.session.rollback)
        assert self.mismatches(app, whole, held, monkeypatch) != []
