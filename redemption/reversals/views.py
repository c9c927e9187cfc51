"""Reading requests for reversals: the community's list, the shop's own, one with its acts."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from community import members, persons, places
from kernel import tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import NotFound
from kernel.personal_text import PersonalText
from merchants.models import Merchant, Offer
from redemption import counters, shops
from redemption.models import (
    Redemption,
    RedemptionReport,
    ReversalOrigin,
    ReversalRequest,
    ReversalRequestAct,
    ReversalState,
)
from redemption.permissions import RedemptionPermission
from redemption.rules import receipt_numbers

_REASON, _WHY = aliased(PersonalText), aliased(PersonalText)


@dataclass(frozen=True, kw_only=True)
class ReversalAct:
    """One step; ``from_state`` is None for the asking."""

    from_state: str | None
    to_state: str
    actor_id: uuid.UUID
    at_utc: dt.datetime


@dataclass(frozen=True, kw_only=True)
class ReversalView:
    """A request with the receipt it is about; names no holder. ``why``: the decision's reason.

    ``stays_out_for``: why the reader may not decide it: "asked" for it, "own" household or shop,
    "reported" it; None: may. ``acts``: oldest first, None in a list.
    """

    id: uuid.UUID
    redemption_id: uuid.UUID
    receipt_number: str
    merchant_id: uuid.UUID
    merchant_name: str
    offer_title: str
    points: Decimal
    redeemed_at_utc: dt.datetime | None
    origin: str
    report_id: uuid.UUID | None
    state: str
    reason: str | None
    asked_by: uuid.UUID
    asked_at_utc: dt.datetime
    why: str | None
    decided_by: uuid.UUID | None
    decided_at_utc: dt.datetime | None
    version: int
    stays_out_for: str | None = None
    acts: Sequence[ReversalAct] | None = None

    @property
    def must_stay_out(self) -> bool:
        return self.stays_out_for is not None


def listed(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    state: ReversalState | None = None,
    merchant_id: uuid.UUID | None = None,
    number: str | None = None,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[ReversalView]:
    """The community's requests, newest first; one statement beside the reader's own circle.

    Raises ReceiptNumberUnreadable.
    """
    actor.require(RedemptionPermission.READ_REVERSALS, places.place_of(community_id))
    own = _Own.of(actor, community_id)
    statement = _rows(community_id, own)
    if merchant_id is not None:
        statement = statement.where(Redemption.merchant_id == merchant_id)
    if number is not None:
        statement = statement.where(Redemption.receipt_number == receipt_numbers.read(number))
    return _page(own, statement, state=state, after=after, limit=limit)


def at_counter(
    *,
    actor: Actor,
    state: ReversalState | None = None,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[ReversalView]:
    """What this shop asked for itself, newest first."""
    at = counters.counter_of(actor, RedemptionPermission.READ_COUNTER)
    own = _Own.of(actor, at.community_id)
    statement = _rows(at.community_id, own).where(
        Redemption.merchant_id == at.merchant_id,
        ReversalRequest.origin == ReversalOrigin.MERCHANT,
    )
    return _page(own, statement, state=state, after=after, limit=limit)


def detail(*, actor: Actor, community_id: uuid.UUID, request_id: uuid.UUID) -> ReversalView:
    """One request with its acts; NotFound."""
    actor.require(RedemptionPermission.READ_REVERSALS, places.place_of(community_id))
    return of(actor, community_id, request_id)


def replay(*, actor: Actor, community_id: uuid.UUID, result_id: uuid.UUID) -> ReversalView:
    """The answer of a repeated step; the caller's key names only the caller's own."""
    return of(actor, community_id, result_id)


def of(actor: Actor, community_id: uuid.UUID, request_id: uuid.UUID) -> ReversalView:
    """One request with its acts; the caller has checked who reads."""
    own = _Own.of(actor, community_id)
    row = db.session.execute(
        _rows(community_id, own).where(ReversalRequest.id == request_id)
    ).one_or_none()
    if row is None:
        raise NotFound()
    found = db.session.execute(
        tenancy.columns(
            ReversalRequestAct, community_id, ReversalRequestAct.from_state,
            ReversalRequestAct.to_state, ReversalRequestAct.actor_id, ReversalRequestAct.at_utc,
        )
        .where(ReversalRequestAct.request_id == request_id)
        .order_by(ReversalRequestAct.id)
    )  # fmt: skip
    return _view(row, own, acts=[ReversalAct(**act._mapping) for act in found])


def reports_by(
    community_id: uuid.UUID, redemption_id: Any, accounts: frozenset[uuid.UUID]
) -> sa.Select[Any]:
    """Reports of a redemption that one of the accounts filed, as a proxy of then, or wrote down."""
    return tenancy.columns(RedemptionReport, community_id, RedemptionReport.id).where(
        RedemptionReport.redemption_id == redemption_id,
        sa.or_(
            RedemptionReport.filer_account_id.in_(accounts), RedemptionReport.keyed_by.in_(accounts)
        ),
    )


def _page(
    own: _Own,
    statement: sa.Select[Any],
    *,
    state: ReversalState | None,
    after: uuid.UUID | None,
    limit: int,
) -> list[ReversalView]:
    if state is not None:
        statement = statement.where(ReversalRequest.state == state)
    if after is not None:
        statement = statement.where(ReversalRequest.id < after)
    rows = db.session.execute(statement.order_by(ReversalRequest.id.desc()).limit(limit))
    return [_view(row, own) for row in rows]


@dataclass(frozen=True)
class _Own:
    """The reader's accounts, household and shops."""

    accounts: frozenset[uuid.UUID]
    circle: frozenset[uuid.UUID]
    shops: AbstractSet[uuid.UUID]

    @classmethod
    def of(cls, actor: Actor, community_id: uuid.UUID) -> _Own:
        circle = members.own_circle(community_id, actor)
        return cls(persons.accounts_of(actor), circle, shops.own(actor))


def _view(
    row: Any,
    own: _Own,
    acts: Sequence[ReversalAct] | None = None,
) -> ReversalView:
    facts = dict(row._mapping)
    member_id, has_reported = facts.pop("member_id"), facts.pop("has_reported")
    stays_out_for = None
    if row.asked_by in own.accounts:
        stays_out_for = "asked"
    elif member_id in own.circle or row.merchant_id in own.shops:
        stays_out_for = "own"
    elif has_reported:
        stays_out_for = "reported"
    return ReversalView(**facts, stays_out_for=stays_out_for, acts=acts)


def _rows(community_id: uuid.UUID, own: _Own) -> sa.Select[Any]:
    reported = reports_by(community_id, ReversalRequest.redemption_id, own.accounts)
    return (
        tenancy.columns(
            ReversalRequest, community_id, ReversalRequest.id, ReversalRequest.redemption_id,
            ReversalRequest.origin, ReversalRequest.report_id, ReversalRequest.state,
            ReversalRequest.asked_by, ReversalRequest.asked_at_utc, ReversalRequest.decided_by,
            ReversalRequest.decided_at_utc, ReversalRequest.version,
            Redemption.receipt_number, Redemption.merchant_id, Redemption.member_id,
            Redemption.points, Redemption.resolved_at_utc.label("redeemed_at_utc"),
            Merchant.name.label("merchant_name"), Offer.title.label("offer_title"),
            _REASON.body.label("reason"), _WHY.body.label("why"),
            reported.exists().label("has_reported"),
        )
        .join(Redemption, _same(Redemption, ReversalRequest, ReversalRequest.redemption_id))
        .join(Merchant, Merchant.id == Redemption.merchant_id)
        .join(Offer, _same(Offer, Redemption, Redemption.offer_id))
        .outerjoin(_REASON, _same(_REASON, ReversalRequest, ReversalRequest.reason_text_id))
        .outerjoin(_WHY, _same(_WHY, ReversalRequest, ReversalRequest.why_text_id))
    )  # fmt: skip


def _same(table: Any, other: Any, column: Any) -> sa.ColumnElement[bool]:
    return sa.and_(table.community_id == other.community_id, table.id == column)
