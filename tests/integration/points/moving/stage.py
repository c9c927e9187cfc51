"""Two communities with a rulebook each, and a person who moves from one to the other."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask import current_app

from community import bindings, memberships, places
from community.models import BindingWay, Community, LeaveReason, LeavingBalance, Member
from kernel import clock, outbox, tenancy, unit_of_work
from kernel.access import Actor
from kernel.database import db
from points import accounts, ledger_check
from points.models import LeftBalance, PointsAccount
from points.moving import in_transit, settling
from redemption import holds
from tests.integration.points.world import NOW, TODAY, World, ready_world

LATER = NOW + dt.timedelta(days=61)


@dataclass
class Stage:
    """``home`` is left, ``away`` is moved to; ``zhang`` lives at home with ``li``."""

    home: World
    away: World = field(init=False)
    zhang: uuid.UUID = field(init=False)
    li: uuid.UUID = field(init=False)
    phone: Actor = field(init=False)

    def __post_init__(self) -> None:
        self.away = ready_world("away")
        self.zhang = self.home.member(name="张三", household_id=self.home.household_id)
        self.li = self.home.member(name="李梅", household_id=self.home.household_id)
        self.phone = self.home.bound_actor("member", self.zhang)

    def choose(self, setting: LeavingBalance | None, days: int = 60) -> None:
        community = db.session.get(Community, self.home.community_id)
        assert community is not None
        community.leaving_balance, community.leaving_notice_days = setting, days
        db.session.flush()

    def earn(self, member_id: uuid.UUID | None = None, times: int = 2) -> None:
        """Three points in two deeds."""
        for _ in range(times):
            self.home.record(member_id or self.zhang, "FREE")

    def leave(self, **values: Any) -> Member:
        given = {
            "actor": self.home.admin, "now": NOW, "community_id": self.home.community_id,
            "member_id": self.zhang, "left_on": TODAY, **values,
        }  # fmt: skip
        return memberships.leave(**given)

    def moves(self) -> None:
        """Zhang leaves for the other community, where the points are carried over to."""
        self.choose(LeavingBalance.CARRIED_OVER)
        self.earn()
        self.leave(reason=LeaveReason.MOVED_WITHIN, to_community="away")

    def arrives(self) -> uuid.UUID:
        """Zhang is a new member there, under the same account."""
        member_id = self.away.member(name="张三")
        bindings.bind(
            actor=self.away.admin, now=NOW, community_id=self.away.community_id,
            member_id=member_id, account_id=self.phone.account_id, way=BindingWay.APPROVED,
        )  # fmt: skip
        return member_id

    def left(self) -> LeftBalance:
        statement = tenancy.select(LeftBalance, self.home.community_id)
        return db.session.scalars(statement.execution_options(populate_existing=True)).one()

    def settle(self, now: dt.datetime = NOW) -> Decimal:
        return settling.settle(
            actor=self.home.admin, now=now, community_id=self.home.community_id,
            left_balance_id=self.left().id,
        )  # fmt: skip

    def balance(self, world: World, member_id: uuid.UUID) -> tuple[Decimal, Decimal, Decimal]:
        row = accounts.for_member(world.community_id, member_id)
        db.session.refresh(row)
        return row.balance, row.held, row.debt

    def total(self) -> Decimal:
        """Everything members of both communities hold, and what is between them."""
        held = sum(
            (
                db.session.scalar(
                    tenancy.columns(
                        PointsAccount, world.community_id,
                        sa.type_coerce(
                            sa.func.sum(PointsAccount.balance), PointsAccount.balance.type
                        ),
                    )
                )
                or Decimal(0)
                for world in (self.home, self.away)
            ),
            Decimal(0),
        )  # fmt: skip
        return held + self.between()

    def between(self) -> Decimal:
        """Left home and not arrived: on the way, or waiting there for the person."""
        return in_transit.sent(self.home.community_id)

    def check(self) -> None:
        """Both ledgers add up, and each says what the other says."""
        for world in (self.home, self.away):
            assert ledger_check.check(
                world.community_id, held_by_account=holds.held_by_account, today=TODAY
            ) == []  # fmt: skip
            assert list(in_transit.across(world.community_id)) == []


def deliver_all(now: dt.datetime | None = None) -> int:
    """What the worker does: lease, handle, finish; returns how many messages were handled."""
    now, handled = now or clock.now(), 0
    for community in places.all_communities():
        messages = unit_of_work.run(outbox.lease, community_id=community.id, now=now)
        for message in messages:
            current_app.extensions["outbox_handlers"][message.topic](message)
            unit_of_work.run(outbox.finish, message=message, now=now)
        handled += len(messages)
    return handled


def later(seconds: int) -> dt.datetime:
    return NOW + dt.timedelta(seconds=seconds)
