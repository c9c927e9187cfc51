"""Receipts with what happened afterwards: reversed, reported, and how far that is."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from community import places
from kernel import clock, tenancy
from kernel.access import Actor
from kernel.database import db
from redemption import counter_lists, receipts
from redemption.models import (
    Channel,
    Redemption,
    RedemptionReport,
    RedemptionReversal,
    RedemptionState,
    ReversalRequest,
)
from redemption.permissions import RedemptionPermission
from redemption.receipts import Outcome, Receipt
from redemption.rules import receipt_numbers
from redemption.rules.report_steps import REPORTABLE


@dataclass(frozen=True, kw_only=True)
class FollowedReceipt(Receipt):
    """A receipt, the latest request to reverse it and the latest report of it."""

    reversed_at_utc: dt.datetime | None = None
    #: asked, approved, declined; None where nobody asked.
    reversal_state: str | None = None
    report_id: uuid.UUID | None = None
    report_kind: str | None = None
    report_state: str | None = None

    @property
    def cancellable_until_utc(self) -> dt.datetime | None:
        """Until when a clerk may take it back; None where the points are back."""
        return None if self.reversed_at_utc else super().cancellable_until_utc

    @property
    def reportable_until_utc(self) -> dt.datetime:
        """Until when it can be reported."""
        return (self.resolved_at_utc or self.held_at_utc) + REPORTABLE


def mine(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    outcome: Outcome | None = None,
    number: str | None = None,
    member_id: uuid.UUID | None = None,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[FollowedReceipt]:
    """:func:`receipts.mine`, followed; three statements."""
    found = receipts.mine(
        actor=actor, now=now, community_id=community_id, outcome=outcome, number=number,
        member_id=member_id, after=after, limit=limit,
    )  # fmt: skip
    return follow(community_id, found)


def receipt(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, redemption_id: uuid.UUID
) -> FollowedReceipt:
    """:func:`receipts.receipt`, followed; a hold that is waited for costs one statement."""
    found = receipts.receipt(
        actor=actor, now=now, community_id=community_id, redemption_id=redemption_id
    )
    if found.state == RedemptionState.HELD:
        return FollowedReceipt(**vars(found))
    return follow(community_id, [found])[0]


def at_counter(
    *,
    actor: Actor,
    now: dt.datetime,
    day: dt.date | None = None,
    number: str | None = None,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[FollowedReceipt]:
    """:func:`counter_lists.at_counter`, followed; three statements."""
    found = counter_lists.at_counter(
        actor=actor, now=now, day=day, number=number, after=after, limit=limit
    )
    at = actor.counter
    if at is None or at.community_id is None:
        raise AssertionError("a counter list was read without a counter")
    return follow(at.community_id, found)


def of_community(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    state: RedemptionState | None = None,
    channel: Channel | None = None,
    merchant_id: uuid.UUID | None = None,
    day: dt.date | None = None,
    number: str | None = None,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[FollowedReceipt]:
    """Every redemption of the community, latest first; names nobody. ``day`` is that of the hold.

    Three statements. Raises ReceiptNumberUnreadable.
    """
    actor.require(RedemptionPermission.READ_RECEIPTS, places.place_of(community_id))
    statement = receipts.rows(community_id)
    narrowed: list[tuple[Any, Any]] = [
        (Redemption.channel, channel),
        (Redemption.merchant_id, merchant_id),
        (Redemption.receipt_number, None if number is None else receipt_numbers.read(number)),
    ]
    for column, wanted in narrowed:
        if wanted is not None:
            statement = statement.where(column == wanted)
    if state is not None:
        statement = statement.where(_is_in(state, now))
    if day is not None:
        starts = clock.start_of_day(day)
        statement = statement.where(
            Redemption.held_at_utc >= starts,
            Redemption.held_at_utc < starts + dt.timedelta(days=1),
        )
    if after is not None:
        statement = statement.where(Redemption.id < after)
    rows = db.session.execute(statement.order_by(Redemption.id.desc()).limit(limit))
    found = [receipts.of_row(row, state=receipts.state_at(row, now)) for row in rows]
    return follow(community_id, found)


def follow(community_id: uuid.UUID, found: Sequence[Receipt]) -> list[FollowedReceipt]:
    """Receipts with what happened afterwards; two statements however many there are."""
    ids = [each.id for each in found]
    if not ids:
        return []
    asked = {row.redemption_id: row for row in db.session.execute(_requests(community_id, ids))}
    told = {row.redemption_id: row for row in db.session.execute(_reports(community_id, ids))}
    return [
        FollowedReceipt(**vars(each), **_reversal(asked.get(each.id)), **_report(told.get(each.id)))
        for each in found
    ]


def _is_in(state: RedemptionState, now: dt.datetime) -> sa.ColumnElement[bool]:
    """The state as it is told: a hold whose time is over has expired, freed or not."""
    is_over = Redemption.hold_expires_at_utc <= now
    if state is RedemptionState.HELD:
        return (Redemption.state == state) & ~is_over
    if state is RedemptionState.EXPIRED:
        return (Redemption.state == state) | ((Redemption.state == RedemptionState.HELD) & is_over)
    return Redemption.state == state


def _requests(community_id: uuid.UUID, ids: Sequence[uuid.UUID]) -> sa.Select[Any]:
    """Oldest first: of several requests about one redemption the latest stays."""
    return (
        tenancy.columns(
            ReversalRequest, community_id, ReversalRequest.redemption_id, ReversalRequest.state,
            RedemptionReversal.reversed_at_utc,
        )
        .outerjoin(
            RedemptionReversal,
            sa.and_(
                RedemptionReversal.community_id == ReversalRequest.community_id,
                RedemptionReversal.request_id == ReversalRequest.id,
            ),
        )
        .where(ReversalRequest.redemption_id.in_(ids))
        .order_by(ReversalRequest.id)
    )  # fmt: skip


def _reports(community_id: uuid.UUID, ids: Sequence[uuid.UUID]) -> sa.Select[Any]:
    return (
        tenancy.columns(
            RedemptionReport, community_id, RedemptionReport.id, RedemptionReport.redemption_id,
            RedemptionReport.kind, RedemptionReport.state,
        )
        .where(RedemptionReport.redemption_id.in_(ids))
        .order_by(RedemptionReport.id)
    )  # fmt: skip


def _reversal(row: Any) -> dict[str, Any]:
    if row is None:
        return {}
    return {"reversal_state": row.state, "reversed_at_utc": row.reversed_at_utc}


def _report(row: Any) -> dict[str, Any]:
    if row is None:
        return {}
    return {"report_id": row.id, "report_kind": row.kind, "report_state": row.state}
