"""One report, two administrators who decide it at once: one decision, one act, one answer.

Both look before either writes: SQLite lets only one write transaction run at a time, and without
the early look the second would simply find the report closed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm.attributes import set_committed_value

from kernel import tenancy
from kernel.database import db
from kernel.errors import LinliError
from redemption.models import RedemptionReport, RedemptionReportAct
from redemption.reports import Outcome, ReportView, steps
from tests.integration.redemption.afterwards.stage import Afterwards
from tests.support.at_once import at_once

DECISIONS = {Outcome.NOT_UPHELD.value, Outcome.SETTLED.value}
seen = threading.local()


@pytest.fixture
def report(stage: Afterwards) -> ReportView:
    report = stage.report(stage.redeemed().id)
    db.session.commit()
    return report


def acts(stage: Afterwards, report: ReportView) -> list[Callable[[], Any]]:
    other = stage.world.actor("community_admin")
    db.session.commit()
    return [
        lambda: stage.close(report, Outcome.NOT_UPHELD),
        lambda: stage.close(report, Outcome.SETTLED, actor=other),
    ]


def looks_first(
    stage: Afterwards, report: ReportView, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], None]:
    """Everybody judges the report as it stood before anybody wrote; returns the look."""
    judge = steps.require_open
    look = tenancy.columns(
        RedemptionReport, stage.community_id, RedemptionReport.state, RedemptionReport.version
    ).where(RedemptionReport.id == report.id)

    def read_first() -> None:
        seen.state, seen.version = db.session.execute(look).one()

    def judge_what_was_seen(row: RedemptionReport, version: int) -> None:
        set_committed_value(row, "state", seen.state)
        set_committed_value(row, "version", seen.version)
        judge(row, version)

    monkeypatch.setattr(steps, "require_open", judge_what_was_seen)
    return read_first


def decisions(stage: Afterwards) -> set[str]:
    rows = db.session.scalars(tenancy.select(RedemptionReportAct, stage.community_id))
    return {row.act for row in rows} & DECISIONS


def test_one_decides(
    app: Flask, stage: Afterwards, report: ReportView, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = acts(stage, report)
    answers = at_once(app, both, before=looks_first(stage, report, monkeypatch))
    (decided,) = [answer for answer in answers if isinstance(answer, ReportView)]
    (refused,) = [answer for answer in answers if isinstance(answer, LinliError)]
    assert refused.code == "stale_version"
    assert decisions(stage) == {decided.state}
    row = db.session.scalars(tenancy.select(RedemptionReport, stage.community_id)).one()
    assert (row.state, row.version) == (decided.state, report.version + 1)


def test_without_the_condition_both_decide(
    app: Flask, stage: Afterwards, report: ReportView, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two opposite decisions stand in the history, and one of them was overwritten."""

    def write_whatever_stands(row: RedemptionReport, version: int, **values: object) -> None:
        db.session.execute(
            tenancy.update(RedemptionReport, row.community_id)
            .where(RedemptionReport.id == row.id)
            .values(version=version + 1, **values)
            .execution_options(synchronize_session=False)
        )
        db.session.refresh(row)

    both = acts(stage, report)
    read_first = looks_first(stage, report, monkeypatch)
    monkeypatch.setattr(steps, "change", write_whatever_stands)
    answers = at_once(app, both, before=read_first)
    assert {answer.state for answer in answers} == DECISIONS
    assert decisions(stage) == DECISIONS
    row = db.session.scalars(tenancy.select(RedemptionReport, stage.community_id)).one()
    assert row.version == report.version + 1
