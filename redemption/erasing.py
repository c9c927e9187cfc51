"""What was written about a former member around redemptions and cards, and erasing it.

Receipts, transfers and the record of the shop stay: they hold ids, and what the shop and the
community answered, which names nobody.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping

import sqlalchemy as sa

from community.erasures import Part, StillOpen
from kernel import personal_text, tenancy
from kernel.database import db
from redemption.models import (
    CardAct,
    Redemption,
    RedemptionCard,
    RedemptionReport,
    ReversalRequest,
)
from redemption.rules.report_steps import OPEN
from redemption.rules.reversal_steps import ReversalState

REPORTS = StillOpen("reports", "投诉还没有答复", "reports are not answered")
REVERSALS = StillOpen("reversals", "兑换冲回还没有决定", "a reversal is not decided")


def still_open(community_id: uuid.UUID, member_id: uuid.UUID) -> list[StillOpen]:
    """Whether a report, or a reversal of what the member redeemed, waits for a decision."""
    reported = tenancy.columns(RedemptionReport, community_id, RedemptionReport.id).where(
        RedemptionReport.member_id == member_id, RedemptionReport.state.in_(OPEN)
    )
    asked = tenancy.columns(ReversalRequest, community_id, ReversalRequest.id).where(
        ReversalRequest.redemption_id.in_(_redemptions(community_id, member_id)),
        ReversalRequest.state == ReversalState.ASKED,
    )
    return [
        each
        for each, found in ((REPORTS, reported), (REVERSALS, asked))
        if db.session.scalar(found.limit(1)) is not None
    ]


def erase(community_id: uuid.UUID, member_id: uuid.UUID, now: dt.datetime) -> Mapping[str, int]:
    """Erase the words of reports, the reasons of reversals and of what happened to cards."""
    own = _redemptions(community_id, member_id)
    cards = tenancy.columns(RedemptionCard, community_id, RedemptionCard.id).where(
        RedemptionCard.member_id == member_id
    )
    reports = [
        tenancy.columns(RedemptionReport, community_id, text_id).where(
            RedemptionReport.member_id == member_id
        )
        for text_id in (RedemptionReport.text_id, RedemptionReport.summary_text_id)
    ]
    reversals = [
        tenancy.columns(ReversalRequest, community_id, text_id).where(
            ReversalRequest.redemption_id.in_(own)
        )
        for text_id in (ReversalRequest.reason_text_id, ReversalRequest.why_text_id)
    ]
    acts = tenancy.columns(CardAct, community_id, CardAct.why_text_id).where(
        CardAct.card_id.in_(cards)
    )
    return {
        kind: personal_text.erase_all(community_id=community_id, texts=texts, now=now)
        for kind, texts in (("reports", reports), ("reversals", reversals), ("cards", [acts]))
    }


def _redemptions(community_id: uuid.UUID, member_id: uuid.UUID) -> sa.Select[uuid.UUID]:
    return tenancy.columns(Redemption, community_id, Redemption.id).where(
        Redemption.member_id == member_id
    )


PART = Part(still_open=still_open, erase=erase)
