"""Every invariant of the tables stands in the database: each constraint is broken once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from kernel.database import Base, db
from kernel.ids import new_id
from points import facts, models
from tests.factories import all_factories
from tests.integration.points import (
    broken_activities,
    broken_balances,
    broken_claims,
    broken_moving,
    broken_rulebooks,
)
from tests.integration.points.world import World, empty_world
from tests.support.backend import Backend

D = Decimal
DAY = dt.date(2026, 11, 21)
NOW = dt.datetime(2026, 11, 21, 4, 0, tzinfo=dt.UTC)


class Rows:
    """One valid row of each table, made through the factories, all of one community."""

    def __init__(self, factories: SimpleNamespace, world: World) -> None:
        self.make = factories
        self.own = {"community_id": world.community_id}
        self.member_id = world.member()
        self.month = factories.accounting_month(**self.own)
        self.rulebook = factories.rulebook(**self.own)
        self.version = factories.rulebook_version(rulebook_id=self.rulebook.id, **self.own)
        self.item = factories.score_item(rulebook_version_id=self.version.id, **self.own)
        self.account = self.holder(holder_id=self.member_id)
        self.issuance = factories.points_account(
            kind="issuance", holder_kind="none", rulebook_id=self.rulebook.id, **self.own
        )
        self.fact = self.new_fact()
        self.line = self.new_line()
        self.entry = self.new_entry()

    def holder(self, **values: Any) -> models.PointsAccount:
        given = {"rulebook_id": self.rulebook.id, **self.own, **values}
        return self.make.points_account(**given)

    def new_fact(self, **values: Any) -> models.Fact:
        given = {
            "score_item_id": self.item.id, "account_id": self.account.id,
            "member_id": self.member_id, **self.own, **values,
        }  # fmt: skip
        return self.make.fact(**given)

    def new_line(self, **values: Any) -> models.PointsLine:
        given = {
            "fact_id": self.fact.id, "account_id": self.account.id, "month_id": self.month.id,
            "member_id": self.member_id, "score_item_id": self.item.id, **self.own, **values,
        }  # fmt: skip
        return self.make.points_line(**given)

    def usage(self, **values: Any) -> models.LimitUsage:
        return self.make.limit_usage(rulebook_id=self.rulebook.id, **self.own, **values)

    def new_entry(self, **values: Any) -> models.Entry:
        given = {"line_id": self.line.id, "account_id": self.account.id, **self.own, **values}
        return self.make.entry(**given)

    def new_transfer(self, **values: Any) -> models.Transfer:
        given = {
            "from_account_id": self.issuance.id, "to_account_id": self.account.id,
            "entry_id": self.entry.id, **self.own, **values,
        }  # fmt: skip
        return self.make.transfer(**given)

    def redemption(self, **values: Any) -> models.Transfer:
        merchant = self.make.points_account(kind="merchant", holder_kind="merchant", **self.own)
        given = {
            "from_account_id": self.account.id, "from_kind": "holder",
            "to_account_id": merchant.id, "to_kind": "merchant", "kind": "redemption",
            "entry_id": None, "redemption_id": new_id(), **values,
        }  # fmt: skip
        return self.new_transfer(**given)

    def new_version(self, **values: Any) -> models.RulebookVersion:
        given = {"rulebook_id": self.rulebook.id, **self.own, **values}
        return self.make.rulebook_version(**given)

    def of_account(self, factory: str, **values: Any) -> Any:
        return getattr(self.make, factory)(**{"account_id": self.account.id, **self.own, **values})

    def grant(self, **values: Any) -> models.BaseGrant:
        return self.of_account("base_grant", **{"score_item_id": self.item.id, **values})

    def act(self, model: type[Base], **values: Any) -> Base:
        row = model(**{**self.own, "id": new_id(), "actor_id": new_id(), "at_utc": NOW, **values})
        db.session.add(row)
        db.session.flush()
        return row

    def fact_act(self, **values: Any) -> Base:
        given = {
            "fact_id": self.fact.id, "act": "recorded", "version": 1, "actor_role": "x",
            "authority": "recording", "changes": {}, **values,
        }  # fmt: skip
        return self.act(models.FactAct, **given)

    def evidence(self, **values: Any) -> Base:
        given = {"fact_id": self.fact.id, "kind": "photo", **self.own, **values}
        row = models.FactEvidence(**given)
        db.session.add(row)
        db.session.flush()
        return row

    def approval(self, **values: Any) -> Base:
        row = models.FactApproval(
            fact_id=self.fact.id, role="panelist", at_utc=NOW, **{**self.own, **values}
        )
        db.session.add(row)
        db.session.flush()
        return row


def twice(act: Callable[[], Any]) -> None:
    act()
    act()


BROKEN: dict[str, Callable[[Rows], Any]] = {
    # rulebooks
    "rulebook code once": lambda r: twice(lambda: r.make.rulebook(code="same", **r.own)),
    "rulebook holder known": lambda r: r.make.rulebook(holder="none", **r.own),
    "version number once": lambda r: r.new_version(version=r.version.version, state="superseded",
                                                   effective_to=DAY),
    "version from one": lambda r: r.new_version(version=0, state="superseded", effective_to=DAY),
    "version_seen from one": lambda r: r.new_version(version_seen=0, state="superseded",
                                                     effective_to=DAY),
    "version state known": lambda r: r.new_version(state="living"),
    "sha256 whole": lambda r: r.new_version(sha256="0", state="superseded", effective_to=DAY),
    "adopted by a meeting": lambda r: r.new_version(state="superseded", effective_to=DAY,
                                                    adopted_meeting=None),
    "a draft was not adopted": lambda r: r.new_version(state="draft"),
    "superseded has an end": lambda r: r.new_version(state="superseded"),
    "adopted has no end": lambda r: r.new_version(effective_to=DAY),
    "period not reversed": lambda r: r.new_version(state="superseded",
                                                   effective_to=dt.date(2026, 8, 31)),
    "one adopted version": lambda r: r.new_version(),
    "version of a rulebook": lambda r: r.new_version(rulebook_id=new_id(), state="superseded",
                                                     effective_to=DAY),
    "item code once": lambda r: twice(lambda: r.make.score_item(
        rulebook_version_id=r.version.id, code="same", **r.own)),
    "item kind known": lambda r: r.make.score_item(rulebook_version_id=r.version.id, kind="x",
                                                   **r.own),
    "item publication known": lambda r: r.make.score_item(rulebook_version_id=r.version.id,
                                                          publication="x", **r.own),
    "deduction never named": lambda r: r.make.score_item(rulebook_version_id=r.version.id,
                                                         kind="deduction", **r.own),
    # months
    "month once": lambda r: r.make.accounting_month(**r.own),
    "month whole": lambda r: r.make.accounting_month(month="2026-1", **r.own),
    "month state known": lambda r: r.make.accounting_month(month="2026-10", state="x",
                                                           frozen_at_utc=NOW, **r.own),
    "month version from one": lambda r: r.make.accounting_month(month="2026-10", version=0,
                                                                **r.own),
    "frozen at a time": lambda r: r.make.accounting_month(month="2026-10", state="frozen",
                                                          **r.own),
    "open is not frozen": lambda r: r.make.accounting_month(month="2026-10", frozen_at_utc=NOW,
                                                            **r.own),
    "sealed at a time": lambda r: r.make.accounting_month(month="2026-10", state="sealed",
                                                          frozen_at_utc=NOW, **r.own),
    "month act state known": lambda r: r.act(models.MonthAct, month_id=r.month.id, to_state="x"),
    # accounts
    "account once": lambda r: r.holder(holder_id=r.member_id),
    "merchant account once": lambda r: twice(lambda: r.make.points_account(
        kind="merchant", holder_kind="merchant", holder_id=r.member_id, **r.own)),
    "account kind known": lambda r: r.holder(kind="x"),
    "holder kind known": lambda r: r.holder(holder_kind="x"),
    "holder of a kind": lambda r: r.holder(holder_kind="none"),
    "rulebook unless merchant": lambda r: r.holder(rulebook_id=None),
    "held within balance": lambda r: r.holder(balance=D(1), held=D("1.1"), open_holds=1),
    "held not negative": lambda r: r.holder(held=D("-0.1"), open_holds=1),
    "held by a hold": lambda r: r.holder(balance=D(1), held=D(1), open_holds=0),
    "a hold holds": lambda r: r.holder(balance=D(1), open_holds=1),
    "open holds not negative": lambda r: r.holder(balance=D(1), held=D(1), open_holds=-1),
    "balance not negative": lambda r: r.holder(balance=D("-0.1"), held=D("-0.1"), open_holds=1),
    "debt not negative": lambda r: r.holder(debt=D("-0.1")),
    "no debt beside spendable": lambda r: r.holder(balance=D(1), debt=D(1)),
    "totals only for holders": lambda r: r.holder(kind="expired", holder_kind="none",
                                                  balance=D(1)),
    "merchants have no balance": lambda r: r.holder(holder_kind="merchant", balance=D(1)),
    "open vetoes not negative": lambda r: r.holder(open_vetoes=-1),
    # facts
    "deed once": lambda r: r.new_fact(deed_id=r.fact.deed_id),
    "quantity positive": lambda r: r.new_fact(quantity=D(0)),
    "decided positive": lambda r: r.new_fact(decided=D(0)),
    "approved when all agree": lambda r: r.new_fact(approvals_needed=1),
    "approvals counted": lambda r: r.new_fact(approvals=-1, is_approved=False),
    "fact version from one": lambda r: r.new_fact(version=0),
    "fact of a member": lambda r: r.new_fact(member_id=new_id()),
    "fact of a household": lambda r: r.new_fact(household_id=new_id()),
    "fact of an item": lambda r: r.new_fact(score_item_id=new_id()),
    "fact in a month": lambda r: r.new_fact(month="2031-01"),
    "fact act once per version": lambda r: twice(r.fact_act),
    "fact act known": lambda r: r.fact_act(act="x"),
    "authority known": lambda r: r.fact_act(authority="x"),
    "approver once": lambda r: twice(lambda: r.approval(approver_id=r.member_id)),
    "evidence kind known": lambda r: r.evidence(kind="x"),
    # lines
    "line once per slice": lambda r: r.new_line(),
    "slice from zero": lambda r: r.new_line(slice=-1),
    "line source known": lambda r: r.new_line(slice=1, source="x", fact_id=None),
    "line names its fact": lambda r: r.new_line(fact_id=None),
    "line names its grant": lambda r: r.new_line(source="base_grant", fact_id=None),
    "line kind known": lambda r: r.new_line(slice=1, kind="x"),
    "bonus not negative": lambda r: r.new_line(slice=1, entitled=D(-1)),
    "deduction not positive": lambda r: r.new_line(slice=1, kind="deduction"),
    "record without points": lambda r: r.new_line(slice=1, kind="record"),
    # entries
    "points not zero": lambda r: r.new_entry(points=D(0), moved=D(0)),
    "moved explains points": lambda r: r.new_entry(moved=D(1)),
    "debt explains points": lambda r: r.new_entry(moved=D(1), debt_change=D(1)),
    "nothing moved outside the balance": lambda r: r.new_entry(counts_in_balance=False),
    "entry kind known": lambda r: r.new_entry(kind="record"),
    "entry cause known": lambda r: r.new_entry(cause="x"),
    "reversed once": lambda r: twice(lambda: r.new_entry(reverses_id=r.entry.id)),
    "reverses another": lambda r: r.new_entry(id=r.member_id, reverses_id=r.member_id),
    "entry on a sheet": lambda r: r.new_entry(month="2031-01"),
    "entry of an account": lambda r: r.new_entry(account_id=new_id()),
    "person is the member": lambda r: r.new_fact(person_id=r.account.id),
    "told afterwards": lambda r: r.new_fact(told_on=DAY - dt.timedelta(days=1)),
    "corrected afterwards": lambda r: r.new_fact(corrected_on=DAY - dt.timedelta(days=1)),
    "promised only when corrected": lambda r: r.new_fact(promised=True),
    "rearranged with another": lambda r: r.new_entry(moved_with_id=r.entry.id),
    # transfers
    "transfer positive": lambda r: r.new_transfer(points=D(0)),
    "two accounts": lambda r: r.new_transfer(from_account_id=r.account.id, from_kind="issuance"),
    "transfer kind joins accounts": lambda r: r.new_transfer(kind="take_back"),
    "account kinds are the real ones": lambda r: r.new_transfer(
        from_account_id=r.account.id, to_account_id=r.issuance.id),
    "award names its entry": lambda r: r.new_transfer(entry_id=None),
    "one transfer per entry": lambda r: twice(r.new_transfer),
    "redemption named": lambda r: r.redemption(redemption_id=None),
    "redeemed once": lambda r: twice(lambda: r.redemption(redemption_id=r.member_id)),
    "only a cancellation reverses": lambda r: r.redemption(reverses_id=r.redemption().id),
    # running totals
    "score once a month": lambda r: twice(lambda: r.of_account("monthly_score")),
    "used within cap": lambda r: r.usage(used=3),
    "used not negative": lambda r: r.usage(used=-1),
    "caps ordered": lambda r: r.usage(cap_lowest=3),
    "usage once per cell": lambda r: twice(lambda: r.usage(whose=r.member_id)),
    "total once per cell": lambda r: twice(lambda: r.of_account("accumulation")),
    "totals not negative": lambda r: r.of_account("accumulation", quantity=D("-0.01")),
    "counted once a month": lambda r: twice(lambda: r.of_account("counter_month")),
    "count not negative": lambda r: r.of_account("counter_month", quantity=D("-0.01")),
    "base granted once": lambda r: twice(r.grant),
    "base positive": lambda r: r.grant(points=D(0)),
}  # fmt: skip

BROKEN |= broken_activities.BROKEN
BROKEN |= broken_balances.BROKEN
BROKEN |= broken_claims.BROKEN
BROKEN |= broken_moving.BROKEN
BROKEN |= broken_rulebooks.BROKEN


def all_rows() -> Rows:
    return Rows(all_factories(), empty_world())


@pytest.fixture
def rows(backend: Backend, session: Any) -> Rows:
    return backend.remembered(all_rows)


@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses(rows: Rows, name: str) -> None:
    with pytest.raises(IntegrityError):
        BROKEN[name](rows)


def test_no_check_of_the_package_is_left_out(rows: Rows) -> None:
    own = {getattr(models, name).__tablename__ for name in models.__all__
           if hasattr(getattr(models, name), "__tablename__")}  # fmt: skip
    checks = {
        str(constraint.name)
        for table in own
        for constraint in Base.metadata.tables[table].constraints
        if isinstance(constraint, sa.CheckConstraint)
    }
    broken = set()
    for act in BROKEN.values():
        savepoint = db.session.begin_nested()
        with pytest.raises(IntegrityError) as refused:
            act(rows)
        savepoint.rollback()
        broken |= {check for check in checks if check in str(refused.value.orig)}
    assert checks - broken == set()


def test_another_communitys_rows_cannot_be_named(rows: Rows) -> None:
    elsewhere = empty_world("elsewhere")
    with pytest.raises(IntegrityError):
        rows.new_fact(member_id=elsewhere.member())


@pytest.mark.parametrize("table", ["entry", "transfer", "fact_act", "fact_approval", "month_act"])
def test_what_is_written_in_the_ledger_is_never_changed(world: World, table: str) -> None:
    member_id = world.member()
    fact = world.record(member_id, "CLAIM")
    world.record(member_id, "CAP")
    facts.approve(
        actor=world.panelist, now=NOW, community_id=world.community_id, fact_id=fact.id, version=1
    )
    db.session.commit()
    is_sqlite = db.engine.dialect.name == "sqlite"
    own = {"own": world.community_id.hex if is_sqlite else world.community_id}
    for act in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
        with pytest.raises(DBAPIError):
            db.session.execute(sa.text(f"{act} WHERE community_id = :own"), own)
        db.session.rollback()
