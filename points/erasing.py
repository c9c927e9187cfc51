"""What the points engine keeps about a former member in words and pictures, and erasing it.

Facts, lines, entries and transfers stay as they are: they hold ids, numbers and codes only.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from community.erasures import Part, StillOpen
from community.models import MemberBinding, MemberErasure
from kernel import personal_text, tenancy
from kernel.database import db
from kernel.points_value import ZERO
from points.claims import erasing as claims
from points.models import (
    AccountingMonth,
    ActivityAttendance,
    AttendeeKind,
    Claim,
    ClaimState,
    CommentChannel,
    ConsultationComment,
    ExclusionAct,
    Fact,
    FactAct,
    FactEvidence,
    LineReversal,
    LineReversalAct,
    MonthState,
    PointsAccount,
    PointsBatchRow,
    PointsLine,
)
from points.moving import left_rows

#: Made once: an alias learns its columns anew each time.
_ANOTHER = aliased(Fact)
Texts = list[sa.Select[uuid.UUID]]

CLAIMS = StillOpen("claims", "申报还没有审核完", "claims are not decided")
MONTH = StillOpen("month", "最后的月份还没有归档", "the last month is not sealed")
BALANCE = StillOpen("balance", "剩余积分还没有处理", "points left behind are not settled")


def still_open(community_id: uuid.UUID, member_id: uuid.UUID) -> list[StillOpen]:
    """What of the member's points is not at its end; three statements."""
    undecided = tenancy.columns(Claim, community_id, Claim.id).where(
        Claim.member_id == member_id,
        Claim.state.in_((ClaimState.SUBMITTED, ClaimState.CHECKED)),
    )
    unsealed = (
        tenancy.columns(PointsLine, community_id, PointsLine.id)
        .join(
            AccountingMonth,
            sa.and_(
                AccountingMonth.community_id == PointsLine.community_id,
                AccountingMonth.id == PointsLine.month_id,
            ),
        )
        .where(PointsLine.member_id == member_id, AccountingMonth.state != MonthState.SEALED)
    )
    left_behind = left_rows.accounts_of(community_id, member_id).where(PointsAccount.balance > ZERO)
    conditions = ((CLAIMS, undecided), (MONTH, unsealed), (BALANCE, left_behind))
    return [
        each for each, found in conditions if db.session.execute(found.limit(1)).first() is not None
    ]


def erase(community_id: uuid.UUID, member_id: uuid.UUID, now: dt.datetime) -> Mapping[str, int]:
    """Erase claims with their photos, and every text about what the member did or said."""
    erased = claims.erase_of_member(community_id=community_id, member_id=member_id, now=now)
    return {
        "claims": erased,
        "facts": personal_text.erase_all(
            community_id=community_id, texts=_of_facts(community_id, member_id), now=now
        ),
        "records": personal_text.erase_all(
            community_id=community_id, texts=_of_records(community_id, member_id), now=now
        ),
        "comments": personal_text.erase_all(
            community_id=community_id, texts=[_comments(community_id, member_id)], now=now
        ),
    }


def _of_facts(community_id: uuid.UUID, member_id: uuid.UUID) -> Texts:
    """Reasons, acts and notes of the member's facts.

    A reason that one deed shares with people who are still named stays until they go as well.
    """
    own = tenancy.columns(Fact, community_id, Fact.id).where(Fact.member_id == member_id)
    return [
        _unshared(community_id, Fact.reason_text_id).where(Fact.member_id == member_id),
        _unshared(community_id, FactAct.reason_text_id, FactAct).where(FactAct.fact_id.in_(own)),
        tenancy.columns(FactEvidence, community_id, FactEvidence.note_text_id).where(
            FactEvidence.fact_id.in_(own)
        ),
    ]


def _unshared(community_id: uuid.UUID, text_id: Any, table: Any = Fact) -> sa.Select[uuid.UUID]:
    """Texts that stand on no fact of a member who is not erased; those being erased are."""
    shared = (
        sa.select(_ANOTHER.id)
        .outerjoin(
            MemberErasure,
            sa.and_(
                MemberErasure.community_id == _ANOTHER.community_id,
                MemberErasure.member_id == _ANOTHER.member_id,
            ),
        )
        .where(
            _ANOTHER.community_id == community_id,
            _ANOTHER.reason_text_id == text_id,
            _ANOTHER.member_id.is_not(None),
            MemberErasure.id.is_(None),
        )
    )
    return tenancy.columns(table, community_id, text_id).where(~shared.exists())


def _of_records(community_id: uuid.UUID, member_id: uuid.UUID) -> Texts:
    """What others wrote: batches, reversals, exclusions, attendance."""
    lines = tenancy.columns(PointsLine, community_id, PointsLine.id).where(
        PointsLine.member_id == member_id
    )
    reversals = tenancy.columns(LineReversal, community_id, LineReversal.id).where(
        LineReversal.line_id.in_(lines)
    )
    came = (
        ActivityAttendance.attendee_kind == AttendeeKind.MEMBER,
        ActivityAttendance.attendee_id == member_id,
    )
    return [
        tenancy.columns(PointsBatchRow, community_id, PointsBatchRow.reason_text_id).where(
            PointsBatchRow.member_id == member_id
        ),
        tenancy.columns(LineReversal, community_id, LineReversal.reason_text_id).where(
            LineReversal.line_id.in_(lines)
        ),
        tenancy.columns(LineReversalAct, community_id, LineReversalAct.why_text_id).where(
            LineReversalAct.reversal_id.in_(reversals)
        ),
        tenancy.columns(ExclusionAct, community_id, ExclusionAct.reason_text_id).where(
            ExclusionAct.member_id == member_id
        ),
        tenancy.columns(
            ActivityAttendance, community_id, ActivityAttendance.left_reason_text_id
        ).where(*came),
        tenancy.columns(
            ActivityAttendance, community_id, ActivityAttendance.struck_reason_text_id
        ).where(*came),
    ]


def _comments(community_id: uuid.UUID, member_id: uuid.UUID) -> sa.Select[uuid.UUID]:
    """What the member said in consultations, under an account that was this member then."""
    return (
        tenancy.columns(ConsultationComment, community_id, ConsultationComment.text_id)
        .join(
            MemberBinding,
            sa.and_(
                MemberBinding.community_id == ConsultationComment.community_id,
                MemberBinding.account_id == ConsultationComment.author_id,
                MemberBinding.bound_at_utc <= ConsultationComment.at_utc,
                sa.or_(
                    MemberBinding.ended_at_utc.is_(None),
                    MemberBinding.ended_at_utc >= ConsultationComment.at_utc,
                ),
            ),
        )
        .where(
            MemberBinding.member_id == member_id,
            ConsultationComment.channel == CommentChannel.ONLINE,
        )
    )


PART = Part(still_open=still_open, erase=erase)
