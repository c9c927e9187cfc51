"""A redeemed offer, the people who may have something to say about it, and their acts."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa

from kernel import tenancy, working_days
from kernel.access import Actor, Grant
from kernel.database import db
from merchants.models import Offer, QuotaUsage
from points.models import Transfer
from redemption import reports, reversals
from redemption.models import ReportKind
from redemption.receipts import Receipt
from redemption.reports import Outcome, ReportView
from redemption.reversals import ReversalView
from tests.integration.redemption.world import NOW, AllianceWorld, Holder

#: What the engine makes no difference to is tried on one of them.
ON_SQLITE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
#: The window of a cancellation is over.
LATER = NOW + 16 * MINUTE
#: Filed on Saturday 21 November: the shop replies until Wednesday 25, the community decides until
#: Friday 4 December.
REPLY_DUE, DECISION_DUE = dt.date(2026, 11, 25), dt.date(2026, 12, 4)
#: As far as the clocks of a report filed in these days run; the rest of the year is not needed.
CALENDAR = {
    day: is_working
    for day, is_working in working_days.published_year(2026).items()
    if day >= NOW.date()
}
ANSWER = "经核对监控和凭证，店里没有按约定提供早餐，已请商户改正。"


@dataclass
class Afterwards:
    """``clerk`` and ``owner`` of the shop; ``admin``, ``supervisor``, ``grid_worker``."""

    world: AllianceWorld
    holder: Holder
    offer: Offer = field(init=False)
    clerk: Actor = field(init=False)
    owner: Actor = field(init=False)
    admin: Actor = field(init=False)
    supervisor: Actor = field(init=False)
    grid_worker: Actor = field(init=False)

    def __post_init__(self) -> None:
        world = self.world
        assert world.place.district_id is not None
        working_days.enter_year(
            district_id=world.place.district_id,
            days=CALENDAR,
            is_provisional=False,
        )
        self.offer = world.offer(stock=5)
        self.clerk = world.clerk()
        assert self.clerk.counter is not None
        owns = (Grant(role="merchant_owner", place=self.clerk.counter),)
        self.owner = dataclasses.replace(world.clerk(), grants=owns)
        self.admin = world.actor("community_admin")
        self.supervisor = world.actor("supervisor")
        self.grid_worker = world.actor("grid_worker")

    @property
    def community_id(self) -> uuid.UUID:
        return self.world.community_id

    def redeemed(self, now: dt.datetime = NOW, holder: Holder | None = None) -> Receipt:
        held = self.world.hold(holder or self.holder, self.offer, now)
        assert held.code is not None
        return self.world.redeem(self.clerk, held.code.token, now)

    def ask(self, redemption_id: uuid.UUID, **given: Any) -> ReversalView:
        """The community asks."""
        return reversals.ask(**{
            "actor": self.admin, "now": LATER, "community_id": self.community_id,
            "redemption_id": redemption_id, "reason": "商户承认没有给早餐", **given,
        })  # fmt: skip

    def decide(self, request: ReversalView, **given: Any) -> ReversalView:
        """The supervisor approves."""
        return reversals.decide(**{
            "actor": self.supervisor, "now": LATER, "community_id": self.community_id,
            "request_id": request.id, "version": request.version, "approves": True,
            "why": "凭证和说明一致", **given,
        })  # fmt: skip

    def report(self, redemption_id: uuid.UUID, **given: Any) -> ReportView:
        """The holder reports."""
        return reports.file(**{
            "actor": self.holder.actor, "now": LATER, "community_id": self.community_id,
            "redemption_id": redemption_id, "kind": ReportKind.REFUSED, "text": "说早餐没了",
            **given,
        })  # fmt: skip

    def reply(self, report: ReportView, **given: Any) -> ReportView:
        """The shop replies."""
        return reports.reply(**{
            "actor": self.owner, "now": LATER, "report_id": report.id,
            "version": report.version, "text": "那天豆浆机坏了，已经修好。", **given,
        })  # fmt: skip

    def close(self, report: ReportView, outcome: Outcome, **given: Any) -> ReportView:
        """The administration decides."""
        return reports.decide(**{
            "actor": self.admin, "now": LATER, "community_id": self.community_id,
            "report_id": report.id, "version": report.version, "outcome": outcome,
            "answer": ANSWER, **given,
        })  # fmt: skip

    def transfers(self) -> list[str]:
        rows = tenancy.columns(Transfer, self.community_id, Transfer.kind).order_by(Transfer.id)
        return list(db.session.scalars(rows))

    def used(self) -> dict[tuple[str, str], int]:
        """(kind of quota, cell) → how much is taken."""
        rows = db.session.execute(
            tenancy.columns(
                QuotaUsage, self.community_id, QuotaUsage.quota_code, QuotaUsage.cell,
                sa.func.sum(QuotaUsage.used).label("used"),
            ).group_by(QuotaUsage.quota_code, QuotaUsage.cell)
        )  # fmt: skip
        return {(row.quota_code.split(":")[0], row.cell): int(row.used) for row in rows}
