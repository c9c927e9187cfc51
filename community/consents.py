"""Consents: which document, which version, which text, where; withdrawals are new rows."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import aliased

from community import members, places
from community.models import Consent, ConsentChannel
from community.permissions import CommunityPermission
from kernel import tenancy
from kernel.access import Actor
from kernel.database import db


def record(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    document: str,
    document_version: str,
    document_sha256: str,
    channel: ConsentChannel,
    is_withdrawal: bool,
    member_id: uuid.UUID | None = None,
) -> Consent:
    """Append a consent or its withdrawal, by the member, or for ``member_id`` at the counter.

    Raises NotFound when the account is nobody here, Forbidden for a member's own counter entry.
    """
    own = actor.members.get(community_id)
    if member_id is None:
        member_id = actor.member_in(community_id)
    if member_id != own:
        actor.require(CommunityPermission.RECORD_CONSENT, places.place_of(community_id))
        members.get(community_id, member_id)
    row = Consent(
        community_id=community_id,
        member_id=member_id,
        account_id=actor.account_id,
        document=document,
        document_version=document_version,
        document_sha256=document_sha256.lower(),
        channel=channel,
        is_withdrawal=is_withdrawal,
        at_utc=now,
    )
    db.session.add(row)
    db.session.flush()
    return row


def of_member(*, actor: Actor, community_id: uuid.UUID) -> list[Consent]:
    """The newest row of every document of the member the actor is, by document."""
    member_id = actor.member_in(community_id)
    statement = tenancy.select(Consent, community_id).where(
        Consent.member_id == member_id, _is_newest(community_id)
    )
    return list(db.session.scalars(statement.order_by(Consent.document, Consent.id)))


def agreed(community_id: uuid.UUID, document: str) -> Select[uuid.UUID]:
    """Members whose newest word on ``document`` is yes, for ``member_id.in_(…)`` in bulk reads."""
    return tenancy.columns(Consent, community_id, Consent.member_id).where(
        Consent.document == document, Consent.is_withdrawal.is_(False), _is_newest(community_id)
    )


def _is_newest(community_id: uuid.UUID) -> ColumnElement[bool]:
    newer = aliased(Consent)
    return ~exists(
        select(newer.id).where(
            newer.community_id == community_id,
            newer.member_id == Consent.member_id,
            newer.document == Consent.document,
            newer.id > Consent.id,
        )
    )
