"""Assigned tags of members, dated: from one day, and until another."""

from __future__ import annotations

import datetime as dt
import uuid

from community import member_rules, members, places
from community.member_errors import DateTooEarly, TagAlreadyHeld, TagEnded
from community.models import MemberTag
from community.permissions import CommunityPermission
from kernel import audit, clock, tenancy
from kernel.access import Actor
from kernel.database import db


def assign(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    member_id: uuid.UUID,
    tag: str,
    valid_from: dt.date,
) -> MemberTag:
    """The member carries ``tag`` from a day on. Raises TagInvalid, TagIsKind, TagAlreadyHeld."""
    actor.require(CommunityPermission.MANAGE_MEMBERS, places.place_of(community_id))
    member = members.get(community_id, member_id)
    code = member_rules.tag(tag)
    start = member_rules.past_date(
        valid_from,
        today=clock.business_date(now),
        field="valid_from",
        earliest=member.joined_on,
    )
    carried = tenancy.columns(MemberTag, community_id, MemberTag.id).where(
        MemberTag.member_id == member_id,
        MemberTag.tag == code,
        MemberTag.valid_to.is_(None) | (MemberTag.valid_to > start),
    )
    if db.session.scalar(carried.limit(1)) is not None:
        raise TagAlreadyHeld(field="tag")
    row = MemberTag(community_id=community_id, member_id=member_id, tag=code, valid_from=start)
    db.session.add(row)
    db.session.flush()
    _note(actor, now, "member.tagged", row)
    return row


def end(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    member_id: uuid.UUID,
    tag_id: uuid.UUID,
    valid_to: dt.date,
) -> MemberTag:
    """The tag is not carried any more from ``valid_to`` on. Raises TagEnded, DateTooEarly."""
    actor.require(CommunityPermission.MANAGE_MEMBERS, places.place_of(community_id))
    row = tenancy.get(MemberTag, community_id, tag_id)
    if row.member_id != member_id or row.valid_to is not None:
        raise TagEnded()
    earliest = row.valid_from + dt.timedelta(days=1)
    if valid_to < earliest:
        raise DateTooEarly(field="valid_to", earliest=earliest.isoformat())
    row.valid_to = valid_to
    db.session.flush()
    _note(actor, now, "member.untagged", row)
    return row


def _note(actor: Actor, now: dt.datetime, act: str, row: MemberTag) -> None:
    audit.record(
        actor=actor,
        now=now,
        community_id=row.community_id,
        act=act,
        subject_kind="member",
        subject_id=row.member_id,
        tag=row.tag,
    )
