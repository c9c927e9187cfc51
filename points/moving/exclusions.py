"""Excluded for a period 不参评: a dated tag that the rulebook excludes by, with reason and end.

What the tag does stands in the rulebook (no base points, no ranking); here it is set and ended,
and every act is kept with its reason.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

import sqlalchemy as sa

from community import member_tags, places
from community.models import MemberTag
from kernel import audit, clock, personal_text, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import NotFound
from kernel.personal_text import PersonalText
from points import rulebooks
from points.models import ExclusionAct, ExclusionActKind
from points.moving.errors import (
    ExclusionEnded,
    ExclusionPeriodWrong,
    ExclusionReasonMissing,
    NotExcludedTag,
)
from points.permissions import PointsPermission
from points.recorder_roles import require_nobody_near


@dataclass(frozen=True, kw_only=True)
class ExclusionView:
    """One act: until when it counts after it, by whom and why."""

    id: uuid.UUID
    member_tag_id: uuid.UUID
    member_id: uuid.UUID
    tag: str
    act: str
    starts_on: dt.date
    ends_on: dt.date
    reason: str | None
    actor_id: uuid.UUID
    at_utc: dt.datetime


def exclude(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    member_id: uuid.UUID,
    tag: str,
    starts_on: dt.date,
    ends_on: dt.date,
    reason: str,
) -> ExclusionView:
    """The member carries the excluding tag in [starts_on, ends_on).

    Raises NotExcludedTag (``extra`` lists those of the rulebooks in force), ExclusionPeriodWrong,
    ExclusionReasonMissing, OwnHousehold, and what assigning a tag raises.
    """
    actor.require(PointsPermission.SETTLE_LEFT, places.place_of(community_id))
    require_nobody_near(community_id, actor, member_ids=[member_id])
    if not reason.strip():
        raise ExclusionReasonMissing(field="reason")
    if ends_on <= starts_on:
        raise ExclusionPeriodWrong(field="ends_on")
    known = {
        each
        for book in rulebooks.all_in_force(community_id, clock.business_date(now))
        for each in book.compiled.excluded_tags
    }
    if tag not in known:
        refused = NotExcludedTag(field="tag")
        refused.extra = {"tags": sorted(known)}
        raise refused
    row = member_tags.assign(
        actor=actor, now=now, community_id=community_id, member_id=member_id, tag=tag,
        valid_from=starts_on,
    )  # fmt: skip
    row.valid_to = ends_on
    return _append(ExclusionActKind.EXCLUDED, row, reason, actor=actor, now=now)


def end(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    member_tag_id: uuid.UUID,
    ends_on: dt.date,
    reason: str,
) -> ExclusionView:
    """End an exclusion before its time.

    Raises ExclusionEnded where it is over or was ended, ExclusionPeriodWrong unless the new end is
    after the first day and before the old one, ExclusionReasonMissing, OwnHousehold, NotFound.
    """
    actor.require(PointsPermission.SETTLE_LEFT, places.place_of(community_id))
    row = tenancy.locked(MemberTag, community_id, member_tag_id)
    require_nobody_near(community_id, actor, member_ids=[row.member_id])
    if not reason.strip():
        raise ExclusionReasonMissing(field="reason")
    acts = tenancy.columns(ExclusionAct, community_id, ExclusionAct.act).where(
        ExclusionAct.member_tag_id == member_tag_id
    )
    done = set(db.session.scalars(acts))
    if ExclusionActKind.EXCLUDED not in done:
        raise NotFound()
    until = row.valid_to
    if ExclusionActKind.ENDED in done or until is None or until <= clock.business_date(now):
        raise ExclusionEnded()
    if not row.valid_from < ends_on < until:
        raise ExclusionPeriodWrong(field="ends_on")
    row.valid_to = ends_on
    return _append(ExclusionActKind.ENDED, row, reason, actor=actor, now=now)


def listed(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    member_id: uuid.UUID | None = None,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[ExclusionView]:
    """Acts on exclusions, newest first."""
    actor.require(PointsPermission.SETTLE_LEFT, places.place_of(community_id))
    which = sa.true() if member_id is None else ExclusionAct.member_id == member_id
    if after is not None:
        which = sa.and_(which, ExclusionAct.id < after)
    return _views(community_id, which, limit)


def _append(
    kind: ExclusionActKind, row: MemberTag, reason: str, *, actor: Actor, now: dt.datetime
) -> ExclusionView:
    if row.valid_to is None:
        raise AssertionError("an exclusion has an end")
    text = personal_text.keep(community_id=row.community_id, body=reason, now=now)
    act = ExclusionAct(
        community_id=row.community_id,
        member_tag_id=row.id,
        member_id=row.member_id,
        act=kind,
        ends_on=row.valid_to,
        reason_text_id=text.id,
        actor_id=actor.account_id,
        at_utc=now,
    )
    db.session.add(act)
    audit.record(
        actor=actor,
        now=now,
        community_id=row.community_id,
        act=f"member.{kind}",
        subject_kind="member",
        subject_id=row.member_id,
        tag=row.tag,
    )
    db.session.flush()
    return _views(row.community_id, ExclusionAct.id == act.id, 1)[0]


def _views(
    community_id: uuid.UUID, which: sa.ColumnElement[bool], limit: int
) -> list[ExclusionView]:
    rows = db.session.execute(
        tenancy.columns(
            ExclusionAct, community_id, ExclusionAct.id, ExclusionAct.member_tag_id,
            ExclusionAct.member_id, MemberTag.tag, ExclusionAct.act,
            MemberTag.valid_from.label("starts_on"), ExclusionAct.ends_on,
            PersonalText.body.label("reason"), ExclusionAct.actor_id, ExclusionAct.at_utc,
        )
        .join(
            MemberTag,
            sa.and_(
                MemberTag.community_id == ExclusionAct.community_id,
                MemberTag.id == ExclusionAct.member_tag_id,
            ),
        )
        .join(
            PersonalText,
            sa.and_(
                PersonalText.community_id == ExclusionAct.community_id,
                PersonalText.id == ExclusionAct.reason_text_id,
            ),
        )
        .where(which)
        .order_by(ExclusionAct.id.desc())
        .limit(limit)
    )  # fmt: skip
    return [ExclusionView(**row._mapping) for row in rows]
