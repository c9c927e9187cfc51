"""Possible duplicates: the same item on the same day by the same person or household.

Shown to the claimant before a claim is sent and to those who decide; nothing is refused for it,
since two of a household may well have done the same thing.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from community.models import Member
from kernel import tenancy
from kernel.database import db
from points import likely_duplicates
from points.fact_views import FactState
from points.likely_duplicates import MOST
from points.models import Claim, ClaimState

#: An accepted claim is seen as its fact.
_CLAIMS_SHOWN = (ClaimState.SUBMITTED, ClaimState.CHECKED, ClaimState.DECLINED)


class AlikeKind(StrEnum):
    """What is already there."""

    CLAIM = "claim"
    FACT = "fact"


@dataclass(frozen=True, kw_only=True)
class Alike:
    """Something like the claim. ``activity_id`` names the activity a fact was settled in."""

    kind: AlikeKind
    id: uuid.UUID
    is_same_member: bool
    member_name: str | None
    state: str
    recorder_role: str
    activity_id: uuid.UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Deed:
    """What is compared; ``claim_id`` and ``fact_id`` name what is not like itself."""

    community_id: uuid.UUID
    item_code: str
    occurred_on: dt.date
    member_id: uuid.UUID
    household_id: uuid.UUID | None
    claim_id: uuid.UUID | None = None
    fact_id: uuid.UUID | None = None


def deed_of(claim: Claim) -> Deed:
    """The deed of a claim that is there already."""
    return Deed(
        community_id=claim.community_id,
        item_code=claim.item_code,
        occurred_on=claim.occurred_on,
        member_id=claim.member_id,
        household_id=claim.household_id,
        claim_id=claim.id,
        fact_id=claim.fact_id,
    )


def alike(deed: Deed) -> list[Alike]:
    """Up to MOST facts and MOST claims like this one, newest first; two statements."""
    return [*_facts(deed), *_claims(deed)]


def _facts(deed: Deed) -> list[Alike]:
    found = likely_duplicates.find(
        deed.community_id,
        item_code=deed.item_code,
        occurred_on=deed.occurred_on,
        person_id=deed.member_id,
        household_id=deed.household_id,
        # All facts of an accepted claim share its first one's id as their deed.
        but_deed=deed.fact_id,
    )
    return [
        Alike(
            kind=AlikeKind.FACT,
            id=fact.fact_id,
            is_same_member=fact.member_id == deed.member_id,
            member_name=fact.member_name,
            state=FactState.STANDING if fact.is_approved else FactState.AWAITING_APPROVAL,
            recorder_role=fact.recorder_role,
            activity_id=fact.activity_id,
        )
        for fact in found
    ]


def _claims(deed: Deed) -> list[Alike]:
    whose = Claim.member_id == deed.member_id
    if deed.household_id is not None:
        whose = sa.or_(whose, Claim.household_id == deed.household_id)
    statement = (
        tenancy.columns(
            Claim, deed.community_id, Claim.id, Claim.member_id, Claim.state, Member.name
        )
        .join(
            Member, sa.and_(Member.community_id == Claim.community_id, Member.id == Claim.member_id)
        )
        .where(
            Claim.item_code == deed.item_code,
            Claim.occurred_on == deed.occurred_on,
            Claim.state.in_(_CLAIMS_SHOWN),
            whose,
        )
        .order_by(Claim.id.desc())
        .limit(MOST)
    )
    if deed.claim_id is not None:
        statement = statement.where(Claim.id != deed.claim_id)
    return [
        Alike(
            kind=AlikeKind.CLAIM,
            id=row.id,
            is_same_member=row.member_id == deed.member_id,
            member_name=row.name,
            state=row.state,
            recorder_role="member",
        )
        for row in db.session.execute(statement)
    ]
