"""Two at once: two deciders, a reversal and a cancellation, two who ask, two who report.

Each race has a twin with its guard switched off, which must fail. What the guard of the rows lets
through then, the ledger's own constraint still refuses: a transfer is reversed once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from kernel import tenancy
from kernel.database import db
from kernel.errors import LinliError
from points.models import Transfer
from redemption import redemptions, reports, undoing
from redemption.models import RedemptionReport, ReportKind, ReversalRequest
from redemption.receipts import Receipt
from redemption.reports import ReportView
from redemption.reports import filing as report_filing
from redemption.reversals import ReversalView, asking
from redemption.reversals import deciding as reversal_deciding
from tests.integration.redemption.afterwards.stage import LATER, MINUTE, Afterwards
from tests.integration.redemption.test_races import at_once
from tests.integration.redemption.world import NOW

Act = Callable[[], Any]
seen = threading.local()


def tolerant(act: Act) -> Act:
    """The database's own refusal is an answer as well; without guards it is the last one."""

    def run() -> Any:
        try:
            return act()
        except IntegrityError as error:
            db.session.rollback()
            return error

    return run


def codes(answers: list[Any]) -> list[str]:
    return sorted(answer.code for answer in answers if isinstance(answer, LinliError))


def moved(stage: Afterwards) -> int:
    """How often points went back."""
    back = tenancy.select(Transfer, stage.community_id).where(Transfer.kind == "cancellation")
    return len(db.session.scalars(back).all())


class TestTwoDeciders:
    def acts(self, stage: Afterwards) -> list[Act]:
        request = stage.ask(stage.redeemed().id)
        other = stage.world.actor("supervisor")
        db.session.commit()
        return [
            tolerant(lambda: stage.decide(request)),
            tolerant(lambda: stage.decide(request, actor=other, approves=False, why="不符")),
        ]

    def check(self, stage: Afterwards, answers: list[Any]) -> None:
        decided = [answer for answer in answers if isinstance(answer, ReversalView)]
        assert len(decided) == 1, answers
        assert codes(answers) == ["reversal_decided"]
        assert moved(stage) == (decided[0].state == "approved")

    def test_one_decides(self, app: Flask, stage: Afterwards) -> None:
        self.check(stage, at_once(app, self.acts(stage)))

    def test_the_check_fails_without_the_guard(
        self, app: Flask, stage: Afterwards, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        acts = self.acts(stage)
        monkeypatch.setattr(reversal_deciding, "_require_open", lambda *_: None)
        answers = at_once(app, acts)
        with pytest.raises(AssertionError):
            self.check(stage, answers)


class TestReversalAgainstCancellation:
    """Two clocks that differ by a minute: one says the window is over, the other that it is not."""

    def acts(self, stage: Afterwards) -> tuple[Receipt, list[Act]]:
        receipt = stage.redeemed()
        request = stage.ask(receipt.id)
        db.session.commit()
        return receipt, [
            tolerant(lambda: stage.decide(request)),
            tolerant(
                lambda: redemptions.cancel(
                    actor=stage.clerk, now=NOW + 15 * MINUTE, redemption_id=receipt.id
                )
            ),
        ]

    def check(self, stage: Afterwards, answers: list[Any]) -> None:
        """The points go back once, and the other is told so."""
        done = [answer for answer in answers if isinstance(answer, ReversalView | Receipt)]
        assert (len(done), codes(answers)) == (1, ["already_cancelled"]), answers
        assert moved(stage) == 1
        assert stage.world.points_of(stage.holder) == (100, 0, 0)

    def test_the_points_go_back_once(self, app: Flask, stage: Afterwards) -> None:
        _, acts = self.acts(stage)
        self.check(stage, at_once(app, acts))

    def test_the_check_fails_without_the_guard_but_the_ledger_holds(
        self, app: Flask, stage: Afterwards, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _, acts = self.acts(stage)
        monkeypatch.setattr(undoing, "points_are_back", lambda *_: False)
        answers = at_once(app, acts)
        with pytest.raises(AssertionError):
            self.check(stage, answers)
        assert sum(isinstance(answer, IntegrityError) for answer in answers) == 1
        assert moved(stage) == 1
        assert stage.world.points_of(stage.holder) == (100, 0, 0)


class TestTwoWhoAsk:
    def acts(self, stage: Afterwards) -> list[Act]:
        receipt = stage.redeemed()
        other = stage.world.actor("community_admin")
        db.session.commit()
        return [
            tolerant(lambda: stage.ask(receipt.id)),
            tolerant(lambda: stage.ask(receipt.id, actor=other)),
        ]

    def check(self, stage: Afterwards, answers: list[Any]) -> None:
        assert codes(answers) == ["reversal_asked"], answers
        rows = db.session.scalars(tenancy.select(ReversalRequest, stage.community_id)).all()
        assert len(rows) == 1

    def test_one_is_written_down(self, app: Flask, stage: Afterwards) -> None:
        self.check(stage, at_once(app, self.acts(stage)))

    def test_the_check_fails_without_the_guard(
        self, app: Flask, stage: Afterwards, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        acts = self.acts(stage)
        monkeypatch.setattr(asking, "_require_none", lambda *_: None)
        answers = at_once(app, acts)
        with pytest.raises(AssertionError):
            self.check(stage, answers)


class TestTwoReports:
    def acts(self, stage: Afterwards) -> list[Act]:
        receipt = stage.redeemed()
        db.session.commit()
        return [
            tolerant(lambda kind=kind: stage.report(receipt.id, kind=kind))
            for kind in (ReportKind.REFUSED, ReportKind.SURCHARGE)
        ]

    def check(self, stage: Afterwards, answers: list[Any]) -> None:
        assert codes(answers) == ["already_reported"], answers
        rows = db.session.scalars(tenancy.select(RedemptionReport, stage.community_id)).all()
        assert len(rows) == 1

    def test_one_is_open(self, app: Flask, stage: Afterwards) -> None:
        self.check(stage, at_once(app, self.acts(stage)))

    def test_the_check_fails_without_the_guard(
        self, app: Flask, stage: Afterwards, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        acts = self.acts(stage)
        monkeypatch.setattr(report_filing, "_require_none_open", lambda *_: None)
        answers = at_once(app, acts)
        with pytest.raises(AssertionError):
            self.check(stage, answers)


class TestReplyAndWithdrawal:
    """The shop replies in the moment in which the report is taken back."""

    def acts(self, stage: Afterwards) -> list[Act]:
        report = stage.report(stage.redeemed().id)
        db.session.commit()
        return [
            lambda: stage.reply(report),
            lambda: reports.withdraw(
                actor=stage.holder.actor, now=LATER, community_id=stage.community_id,
                report_id=report.id, version=report.version,
            ),
        ]  # fmt: skip

    def check(self, stage: Afterwards, answers: list[Any]) -> None:
        """One is done, the other looks again; a report never has two acts of one version."""
        done = [answer for answer in answers if isinstance(answer, ReportView)]
        assert len(done) == 1, answers
        assert set(codes(answers)) <= {"stale_version", "report_closed"}
        row = db.session.scalars(tenancy.select(RedemptionReport, stage.community_id)).one()
        assert row.version == 2

    def test_one_is_done(self, app: Flask, stage: Afterwards) -> None:
        self.check(stage, at_once(app, self.acts(stage)))

    def test_the_check_fails_without_the_guard(
        self, app: Flask, stage: Afterwards, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        acts = self.acts(stage)

        def write_whatever_stands(row: RedemptionReport, _: int, **values: object) -> None:
            db.session.execute(
                tenancy.update(RedemptionReport, row.community_id)
                .where(RedemptionReport.id == row.id)
                .values(**values)
                .execution_options(synchronize_session=False)
            )
            db.session.refresh(row)

        from redemption.reports import steps

        monkeypatch.setattr(steps, "change", write_whatever_stands)
        monkeypatch.setattr(steps, "require_open", lambda *_: None)
        monkeypatch.setattr(steps, "may_step", lambda *_: True)
        answers = at_once(app, acts)
        with pytest.raises(AssertionError):
            self.check(stage, answers)
