"""Reading one report: each side sees what it may; the shop never learns who reports it.

The filer reads the own words, the shop's reply and the community's answer; the shop the kind, the
receipt, the staff's wording (the reporter's own only by consent) and the answer; the community
everything but the filer's name, which the receipt number stands for.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from community import members, persons, places, proxies
from kernel import clock, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import NotFound
from kernel.personal_text import PersonalText
from merchants.models import Merchant, Offer
from redemption import counters, shops
from redemption.counters import Counter
from redemption.models import (
    MerchantWarning,
    Redemption,
    RedemptionReport,
    RedemptionReportAct,
    ReportSide,
    ReversalRequest,
)
from redemption.permissions import RedemptionPermission
from redemption.rules import report_steps


@dataclass(frozen=True, kw_only=True)
class ReportAct:
    """One act; who it was stands for the community only."""

    act: str
    side: str
    actor_id: uuid.UUID | None
    at_utc: dt.datetime


@dataclass(frozen=True, kw_only=True)
class ReportView:
    """One report as ``side`` sees it; what that side may not see is None.

    ``overdue``: "reply" or "decision", what should have been done by now. ``reversal_state``: of
    the reversal asked for with the decision. ``must_stay_out``: the reader may not decide.
    """

    id: uuid.UUID
    side: str
    kind: str
    channel: str
    state: str
    version: int
    redemption_id: uuid.UUID
    receipt_number: str
    redemption_state: str
    points: Decimal
    offer_title: str
    merchant_id: uuid.UUID
    merchant_name: str
    held_at_utc: dt.datetime
    resolved_at_utc: dt.datetime | None
    filed_at_utc: dt.datetime
    reply_due_on: dt.date
    decide_due_on: dt.date
    overdue: str | None
    text: str | None
    shares_words: bool
    summary: str | None
    reply: str | None
    replied_at_utc: dt.datetime | None
    answer: str | None
    decided_at_utc: dt.datetime | None
    is_warned: bool
    reversal_id: uuid.UUID | None
    reversal_state: str | None
    must_stay_out: bool
    acts: Sequence[ReportAct]


def detail(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, report_id: uuid.UUID
) -> ReportView:
    """One report as far as the reader may see it; NotFound for anybody without a part in it."""
    row = tenancy.get(RedemptionReport, community_id, report_id)
    side = side_of(actor, row)
    if side is None:
        raise NotFound()
    return view(actor, row, side, now)


def detail_at_counter(*, actor: Actor, now: dt.datetime, report_id: uuid.UUID) -> ReportView:
    """One report about the shop of the session; NotFound for another's."""
    at = counters.counter_of(actor, RedemptionPermission.READ_COUNTER)
    return view(actor, of_shop(at, report_id), ReportSide.MERCHANT, now)


def replay(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, result_id: uuid.UUID
) -> ReportView:
    """The answer of a repeated request, as its own sender may see it now.

    Whoever wrote a report down at the window may not read it afterwards, but for this answer.
    """
    row = tenancy.get(RedemptionReport, community_id, result_id)
    side = side_of(actor, row)
    if side is None and row.keyed_by == actor.account_id:
        side = ReportSide.FILER
    if side is None:
        raise NotFound()
    return view(actor, row, side, now)


def of_shop(at: Counter, report_id: uuid.UUID) -> RedemptionReport:
    """The report, or NotFound where it is about another shop."""
    row = tenancy.get(RedemptionReport, at.community_id, report_id)
    if row.merchant_id != at.merchant_id:
        raise NotFound()
    return row


def side_of(actor: Actor, row: RedemptionReport) -> ReportSide | None:
    """The part the reader has in it; whoever works for the shop is no reader for the community."""
    member_id = actor.members.get(row.community_id)
    if row.filer_account_id == actor.account_id or row.member_id == member_id:
        return ReportSide.FILER
    if row.merchant_id in shops.own(actor):
        return None
    if actor.may(RedemptionPermission.READ_REPORTS, places.place_of(row.community_id)):
        return ReportSide.COMMUNITY
    if proxies.may_act_for(actor, row.community_id, row.member_id):
        return ReportSide.FILER
    return None


def stays_out(actor: Actor, row: RedemptionReport) -> bool:
    """Whether this actor may not decide this report."""
    return report_steps.must_stay_out(
        own_accounts=persons.accounts_of(actor),
        filer_account_id=row.filer_account_id,
        keyed_by=row.keyed_by,
        member_id=row.member_id,
        own_circle=members.own_circle(row.community_id, actor),
        merchant_id=row.merchant_id,
        own_shops=shops.own(actor),
    )


def view(actor: Actor, row: RedemptionReport, side: ReportSide, now: dt.datetime) -> ReportView:
    """The report as ``side`` sees it; five statements."""
    texts = _texts(row)
    is_shop = side is ReportSide.MERCHANT
    about = _about(row)
    return ReportView(
        id=row.id,
        side=side,
        kind=row.kind,
        channel=row.channel,
        state=row.state,
        version=row.version,
        redemption_id=row.redemption_id,
        merchant_id=row.merchant_id,
        **about,
        filed_at_utc=row.filed_at_utc,
        reply_due_on=row.reply_due_on,
        decide_due_on=row.decide_due_on,
        overdue=report_steps.overdue(
            state=row.state, reply_due_on=row.reply_due_on, decide_due_on=row.decide_due_on,
            today=clock.business_date(now),
        ),
        text=texts.get(row.text_id) if row.shares_words or not is_shop else None,
        shares_words=row.shares_words,
        summary=texts.get(row.summary_text_id) if side is not ReportSide.FILER else None,
        reply=texts.get(row.reply_text_id),
        replied_at_utc=row.replied_at_utc,
        answer=texts.get(row.answer_text_id),
        decided_at_utc=row.decided_at_utc,
        must_stay_out=side is ReportSide.COMMUNITY and stays_out(actor, row),
        acts=_acts(row, side),
    )  # fmt: skip


def _texts(row: RedemptionReport) -> dict[uuid.UUID | None, str | None]:
    ids = [row.text_id, row.summary_text_id, row.reply_text_id, row.answer_text_id]
    wanted = [each for each in ids if each is not None]
    found = db.session.execute(
        tenancy.columns(PersonalText, row.community_id, PersonalText.id, PersonalText.body).where(
            PersonalText.id.in_(wanted)
        )
    )
    return {each.id: each.body for each in found}


def _about(row: RedemptionReport) -> dict[str, Any]:
    """The receipt, and what followed from the decision."""
    found = db.session.execute(
        tenancy.columns(
            Redemption, row.community_id, Redemption.receipt_number,
            Redemption.state.label("redemption_state"), Redemption.points,
            Redemption.held_at_utc, Redemption.resolved_at_utc,
            Offer.title.label("offer_title"), Merchant.name.label("merchant_name"),
            ReversalRequest.id.label("reversal_id"),
            ReversalRequest.state.label("reversal_state"),
            MerchantWarning.id.is_not(None).label("is_warned"),
        )
        .join(Offer, _same(Offer, Redemption, Redemption.offer_id))
        .join(Merchant, Merchant.id == Redemption.merchant_id)
        .outerjoin(ReversalRequest, _of_report(ReversalRequest, row))
        .outerjoin(MerchantWarning, _of_report(MerchantWarning, row))
        .where(Redemption.id == row.redemption_id)
    ).one()  # fmt: skip
    return {**found._mapping, "is_warned": bool(found.is_warned)}


def _acts(row: RedemptionReport, side: ReportSide) -> list[ReportAct]:
    found = db.session.scalars(
        tenancy.select(RedemptionReportAct, row.community_id)
        .where(RedemptionReportAct.report_id == row.id)
        .order_by(RedemptionReportAct.id)
    )
    names_who = side is ReportSide.COMMUNITY
    return [
        ReportAct(
            act=act.act,
            side=act.side,
            # Not even the community's staff need the filer's account: the receipt says enough.
            actor_id=act.actor_id if names_who and act.side != ReportSide.FILER else None,
            at_utc=act.at_utc,
        )
        for act in found
    ]


def _of_report(table: Any, row: RedemptionReport) -> sa.ColumnElement[bool]:
    return sa.and_(table.community_id == Redemption.community_id, table.report_id == row.id)


def _same(table: Any, other: Any, column: Any) -> sa.ColumnElement[bool]:
    return sa.and_(table.community_id == other.community_id, table.id == column)
