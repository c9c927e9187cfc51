"""Every rule once more as the database's own: each constraint is broken here."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from kernel import personal_text, tenancy
from kernel.database import db
from kernel.ids import new_id
from points.models import Transfer
from redemption.models import (
    MerchantWarning,
    RedemptionReport,
    RedemptionReportAct,
    RedemptionReversal,
    ReversalRequest,
    ReversalRequestAct,
)
from redemption.reports import Outcome
from tests.integration.redemption.afterwards.stage import (
    DECISION_DUE,
    LATER,
    REPLY_DUE,
    Afterwards,
)


def insert(table: Any, row: dict[str, Any]) -> None:
    db.session.execute(sa.insert(table), row | {"id": new_id()})


@pytest.fixture
def text(stage: Afterwards) -> Any:
    return personal_text.keep(community_id=stage.community_id, body="说明", now=LATER).id


@pytest.fixture
def report(stage: Afterwards, text: Any) -> dict[str, Any]:
    """A filed report, without its id."""
    return {
        "community_id": stage.community_id, "redemption_id": stage.redeemed().id,
        "merchant_id": stage.world.merchant.id, "member_id": stage.holder.member_id,
        "kind": "refused", "channel": "online", "state": "filed",
        "filer_account_id": new_id(), "keyed_by": None, "text_id": text, "shares_words": False,
        "summary_text_id": None, "filed_at_utc": LATER, "reply_due_on": REPLY_DUE,
        "decide_due_on": DECISION_DUE, "reply_text_id": None, "replied_by": None,
        "replied_at_utc": None, "answer_text_id": None, "decided_by": None,
        "decided_at_utc": None, "version": 1,
    }  # fmt: skip


WHO = new_id()


def filled(row: dict[str, Any], broken: dict[str, Any], text: Any) -> dict[str, Any]:
    """``broken`` with a real text where it says "text"."""
    return row | {key: text if value == "text" else value for key, value in broken.items()}


BROKEN_REPORTS: list[dict[str, Any]] = [
    {"kind": "mood"},
    {"channel": "post"},
    {"state": "lost"},
    {"kind": "other", "text_id": None},
    {"text_id": None, "shares_words": True},
    {"channel": "counter"},
    {"channel": "counter", "keyed_by": WHO},
    {"filer_account_id": None},
    {"keyed_by": WHO},
    {"state": "replied"},
    {"replied_by": WHO, "replied_at_utc": LATER, "reply_text_id": "text"},
    {"state": "replied", "replied_by": WHO, "replied_at_utc": LATER},
    {"state": "replied", "replied_by": WHO, "reply_text_id": "text"},
    {"state": "upheld"},
    {"state": "upheld", "decided_by": WHO, "decided_at_utc": LATER},
    {"state": "settled", "decided_by": WHO, "answer_text_id": "text"},
    {"decided_by": WHO, "decided_at_utc": LATER, "answer_text_id": "text"},
    {"state": "withdrawn", "decided_by": WHO, "decided_at_utc": LATER, "answer_text_id": "text"},
    {"reply_due_on": DECISION_DUE + dt.timedelta(days=1)},
    {"version": 0},
    {"redemption_id": new_id()},
    {"merchant_id": new_id()},
    {"member_id": new_id()},
    {"text_id": new_id()},
    {"summary_text_id": new_id()},
    {"reply_text_id": new_id(), "state": "replied", "replied_by": WHO, "replied_at_utc": LATER},
    {"answer_text_id": new_id(), "state": "settled", "decided_by": WHO, "decided_at_utc": LATER},
]


def test_a_report_that_cannot_be(report: dict[str, Any], text: Any) -> None:
    for broken in BROKEN_REPORTS:
        with pytest.raises(IntegrityError), db.session.begin_nested():
            insert(RedemptionReport, filled(report, broken, text))
    insert(RedemptionReport, report)


def test_one_report_is_open_and_the_next_may_follow(report: dict[str, Any], text: Any) -> None:
    done = {
        "state": "settled",
        "decided_by": WHO,
        "decided_at_utc": LATER,
        "answer_text_id": "text",
    }
    insert(RedemptionReport, filled(report, done, text))
    insert(RedemptionReport, report)
    with pytest.raises(IntegrityError):
        insert(RedemptionReport, report | {"kind": "surcharge"})


class TestActsAndWarnings:
    @pytest.fixture
    def act(self, stage: Afterwards) -> dict[str, Any]:
        filed = stage.report(stage.redeemed().id)
        return {
            "community_id": stage.community_id, "report_id": filed.id, "act": "replied",
            "side": "merchant", "actor_id": new_id(), "at_utc": LATER,
        }  # fmt: skip

    @pytest.fixture
    def warning(self, stage: Afterwards, act: dict[str, Any]) -> dict[str, Any]:
        row = {
            "community_id": stage.community_id, "merchant_id": stage.world.merchant.id,
            "report_id": act["report_id"], "actor_id": new_id(), "given_at_utc": LATER,
        }  # fmt: skip
        insert(MerchantWarning, row)
        return row

    def test_an_act_that_cannot_be(self, act: dict[str, Any]) -> None:
        insert(RedemptionReportAct, act)
        for broken in ({"act": "mused"}, {"side": "nobody"}, {"report_id": new_id()}):
            with pytest.raises(IntegrityError), db.session.begin_nested():
                insert(RedemptionReportAct, act | broken)

    def test_a_warning_that_cannot_be(self, stage: Afterwards, warning: dict[str, Any]) -> None:
        other = {"report_id": stage.report(stage.redeemed().id).id}
        for broken in ({}, {"report_id": new_id()}, other | {"merchant_id": new_id()}):
            with pytest.raises(IntegrityError), db.session.begin_nested():
                insert(MerchantWarning, warning | broken)
        insert(MerchantWarning, warning | other)


@pytest.fixture
def request_(stage: Afterwards, text: Any) -> dict[str, Any]:
    return {
        "community_id": stage.community_id, "redemption_id": stage.redeemed().id,
        "origin": "community", "report_id": None, "state": "asked", "reason_text_id": text,
        "asked_by": WHO, "asked_at_utc": LATER, "why_text_id": None, "decided_by": None,
        "decided_at_utc": None, "version": 1,
    }  # fmt: skip


DECIDED = {"state": "declined", "decided_by": new_id(), "decided_at_utc": LATER,
           "why_text_id": "text"}  # fmt: skip


BROKEN_REQUESTS: list[dict[str, Any]] = [
    {"origin": "mood"},
    {"state": "lost"},
    {"origin": "report"},
    {"report_id": new_id()},
    {"state": "declined"},
    {**DECIDED, "state": "asked"},
    {**DECIDED, "why_text_id": None},
    {**DECIDED, "decided_at_utc": None},
    {**DECIDED, "decided_by": WHO},
    {"version": 0},
    {"redemption_id": new_id()},
    {"reason_text_id": new_id()},
    {**DECIDED, "why_text_id": new_id()},
    {"origin": "report", "report_id": new_id()},
]


def test_a_request_that_cannot_be(request_: dict[str, Any], text: Any) -> None:
    for broken in BROKEN_REQUESTS:
        with pytest.raises(IntegrityError), db.session.begin_nested():
            insert(ReversalRequest, filled(request_, broken, text))
    insert(ReversalRequest, request_)


def test_one_request_lives_and_a_declined_one_may_be_repeated(
    request_: dict[str, Any], text: Any
) -> None:
    insert(ReversalRequest, filled(request_, DECIDED, text))
    insert(ReversalRequest, request_)
    with pytest.raises(IntegrityError):
        insert(ReversalRequest, filled(request_, {**DECIDED, "state": "approved"}, text))


class TestReversals:
    @pytest.fixture
    def reversed_(self, stage: Afterwards) -> dict[str, Any]:
        """The row of one that was approved, and ids that another row could name."""
        stage.decide(stage.ask(stage.redeemed().id))
        row = db.session.scalars(tenancy.select(RedemptionReversal, stage.community_id)).one()
        return {
            "community_id": row.community_id, "redemption_id": row.redemption_id,
            "request_id": row.request_id, "transfer_id": row.transfer_id,
            "actor_id": row.actor_id, "reversed_at_utc": LATER,
        }  # fmt: skip

    @pytest.fixture
    def another(self, stage: Afterwards) -> dict[str, Any]:
        receipt = stage.redeemed()
        redemption = tenancy.select(Transfer, stage.community_id).where(
            Transfer.redemption_id == receipt.id
        )
        return {
            "redemption_id": receipt.id, "request_id": stage.ask(receipt.id).id,
            "transfer_id": db.session.scalars(redemption).one().id,
        }  # fmt: skip

    def test_each_thing_exists_and_once(
        self, reversed_: dict[str, Any], another: dict[str, Any]
    ) -> None:
        for name in another:
            for broken in ({name: reversed_[name]}, {name: new_id()}):
                with pytest.raises(IntegrityError), db.session.begin_nested():
                    insert(RedemptionReversal, reversed_ | another | broken)
        insert(RedemptionReversal, reversed_ | another)

    def test_a_transfer_is_reversed_once_whatever_says_so(
        self, stage: Afterwards, reversed_: dict[str, Any]
    ) -> None:
        """Cancellation and reversal exclude each other where nothing can get past: the ledger."""
        first = tenancy.get(Transfer, stage.community_id, reversed_["transfer_id"])
        again = {
            column.name: getattr(first, column.name) for column in Transfer.__table__.columns
        } | {"redemption_id": stage.redeemed().id}
        with pytest.raises(IntegrityError):
            insert(Transfer, again)


def test_an_act_on_a_request_that_cannot_be(stage: Afterwards) -> None:
    row = {
        "community_id": stage.community_id, "request_id": stage.ask(stage.redeemed().id).id,
        "from_state": "asked", "to_state": "declined", "actor_id": WHO, "at_utc": LATER,
    }  # fmt: skip
    for broken in ({"to_state": "lost"}, {"request_id": new_id()}):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            insert(ReversalRequestAct, row | broken)
    insert(ReversalRequestAct, row)


def test_what_was_done_is_never_changed(stage: Afterwards) -> None:
    receipt = stage.redeemed()
    stage.close(
        stage.reply(stage.report(receipt.id)), Outcome.UPHELD, warns=True, asks_reversal=True
    )
    stage.decide(stage.ask(stage.redeemed().id))
    for table, column in (
        (RedemptionReversal, "reversed_at_utc"), (ReversalRequestAct, "at_utc"),
        (RedemptionReportAct, "at_utc"), (MerchantWarning, "given_at_utc"),
    ):  # fmt: skip
        changes = tenancy.update(table, stage.community_id).values({column: LATER})
        for statement in (changes, tenancy.delete(table, stage.community_id)):
            with pytest.raises(DBAPIError), db.session.begin_nested():
                db.session.execute(statement)
