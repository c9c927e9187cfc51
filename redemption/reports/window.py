"""Reports at the window: for who stands there with a receipt and has no phone."""

from __future__ import annotations

import datetime as dt
import uuid

from community import grid_authority, places
from kernel import tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import NotFound
from redemption.errors import RedemptionUnknown
from redemption.models import Redemption, RedemptionReport, ReportSide
from redemption.permissions import RedemptionPermission
from redemption.reports import views
from redemption.reports.views import ReportView
from redemption.rules import receipt_numbers


def look_up(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    receipt_number: str,
    member_id: uuid.UUID,
) -> ReportView:
    """How far the latest report of this receipt is, as the holder would read it on a phone.

    Raises RedemptionUnknown, ReceiptNumberUnreadable, OwnHousehold; NotFound without a report.
    """
    redemption_id = redemption_of(actor, community_id, receipt_number, member_id)
    latest = (
        tenancy.select(RedemptionReport, community_id)
        .where(RedemptionReport.redemption_id == redemption_id)
        .order_by(RedemptionReport.id.desc())
        .limit(1)
    )
    row = db.session.scalars(latest).one_or_none()
    if row is None:
        raise NotFound(field="receipt_number")
    return views.view(actor, row, ReportSide.FILER, now)


def redemption_of(
    actor: Actor, community_id: uuid.UUID, receipt_number: str, member_id: uuid.UUID
) -> uuid.UUID:
    """The redemption with this number if it is this member's: trying numbers tells nothing.

    Raises RedemptionUnknown, ReceiptNumberUnreadable, OwnHousehold.
    """
    actor.require(RedemptionPermission.KEY_REPORT, places.place_of(community_id))
    number = receipt_numbers.read(receipt_number, field="receipt_number")
    found: uuid.UUID | None = db.session.scalar(
        tenancy.columns(Redemption, community_id, Redemption.id).where(
            Redemption.receipt_number == number, Redemption.member_id == member_id
        )
    )
    if found is None:
        raise RedemptionUnknown(field="receipt_number")
    grid_authority.require_stranger(actor=actor, community_id=community_id, member_id=member_id)
    return found
