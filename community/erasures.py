"""Erasing what is personal about somebody who left 删除个人信息, and what waits before that.

By law what is not needed any more is erased (《个人信息保护法》第十九条、第四十七条): when the
retention after leaving is over, or earlier when the person asks, or relatives of the dead do. The
ledger holds random ids only: it stays, adds up, and is read as that of 已离开的居民.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from community import former_identity, places
from community.erasure_errors import (
    ErasedAlready,
    ErasureTooEarly,
    NameDiffers,
    ReasonMissing,
    StillMember,
)
from community.models import ErasureWay, Member, MemberErasure
from community.permissions import CommunityPermission
from kernel import audit, clock, personal_text, tenancy
from kernel.access import Actor
from kernel.database import db


@dataclass(frozen=True)
class StillOpen:
    """Something about a former member that is not decided yet, in words."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one package keeps of a member: what is still open about it, and how it is erased.

    ``erase`` returns kind of thing → how many; again it erases nothing.
    """

    still_open: Callable[[uuid.UUID, uuid.UUID], Sequence[StillOpen]]
    erase: Callable[[uuid.UUID, uuid.UUID, dt.datetime], Mapping[str, int]]


@dataclass(frozen=True, kw_only=True)
class ErasureState:
    """Whether a member's personal information was erased, or what that waits for."""

    member_id: uuid.UUID
    left_on: dt.date | None
    #: The day on which the nightly command erases it; None for who has not left.
    due_on: dt.date | None
    still_open: Sequence[StillOpen]
    way: str | None = None
    erased_at_utc: dt.datetime | None = None


_parts: list[Part] = []


def also(part: Part) -> None:
    """Register what a package above keeps; app.py calls it, again is harmless."""
    if part not in _parts:
        _parts.append(part)


def state(
    *, actor: Actor, community_id: uuid.UUID, member_id: uuid.UUID, kept_days: int
) -> ErasureState:
    """Where the erasure of a member stands; for those who may do it. Raises NotFound."""
    actor.require(CommunityPermission.ERASE_LEAVERS, places.place_of(community_id))
    member = tenancy.get(Member, community_id, member_id)
    done = _of(member)
    due_on = member.left_on + dt.timedelta(days=kept_days) if member.left_on else None
    return ErasureState(
        member_id=member_id,
        left_on=member.left_on,
        due_on=due_on,
        still_open=() if done else tuple(_still_open(member)),
        way=done.way if done else None,
        erased_at_utc=done.erased_at_utc if done else None,
    )


def on_request(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    member_id: uuid.UUID,
    name: str,
    reason: str,
) -> MemberErasure:
    """Erase before the time is over, because the person, or who speaks for them, asks.

    ``name`` is typed once more, since nothing brings back what was erased. Raises StillMember,
    ErasedAlready, NameDiffers, ErasureTooEarly, ReasonMissing, NotFound.
    """
    actor.require(CommunityPermission.ERASE_LEAVERS, places.place_of(community_id))
    if not reason.strip():
        raise ReasonMissing(field="reason")
    member = _locked(community_id, member_id)
    if member.left_on is None:
        raise StillMember()
    if _of(member) is not None:
        raise ErasedAlready()
    if name.strip() != member.name:
        raise NameDiffers(field="name")
    waits_for = list(_still_open(member))
    if waits_for:
        raise ErasureTooEarly(
            open_zh="、".join(each.zh for each in waits_for),
            open_en=", ".join(each.en for each in waits_for),
        )
    text = personal_text.keep(community_id=community_id, body=reason.strip(), now=now)
    return _erase(member, ErasureWay.REQUEST, actor=actor, now=now, reason_text_id=text.id)


def when_due(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, member_id: uuid.UUID, kept_days: int
) -> MemberErasure | Sequence[StillOpen]:
    """Erase because the retention is over; what is still open, where that must be waited for.

    Done already, it answers with what was done. Raises StillMember before the time is over.
    """
    actor.require(CommunityPermission.ERASE_LEAVERS, places.place_of(community_id))
    member = _locked(community_id, member_id)
    if member.left_on is None or member.left_on > _last_day(now, kept_days):
        raise StillMember()
    done = _of(member)
    if done is not None:
        return done
    waits_for = tuple(_still_open(member))
    return waits_for or _erase(member, ErasureWay.RETENTION, actor=actor, now=now)


def due_count(*, community_id: uuid.UUID, now: dt.datetime, kept_days: int) -> int:
    """How many are to be erased; what a progress bar runs to."""
    found = _due(community_id, now, kept_days).subquery()
    return int(db.session.execute(sa.select(sa.func.count()).select_from(found)).scalar_one())


def due(
    *,
    community_id: uuid.UUID,
    now: dt.datetime,
    kept_days: int,
    after: uuid.UUID | None,
    limit: int,
) -> list[uuid.UUID]:
    """Former members whose retention is over, by id from the one after ``after``."""
    statement = _due(community_id, now, kept_days).order_by(Member.id).limit(limit)
    if after is not None:
        statement = statement.where(Member.id > after)
    return list(db.session.scalars(statement))


def _due(community_id: uuid.UUID, now: dt.datetime, kept_days: int) -> sa.Select[Any]:
    erased = tenancy.columns(MemberErasure, community_id, MemberErasure.id).where(
        MemberErasure.member_id == Member.id
    )
    return tenancy.columns(Member, community_id, Member.id).where(
        Member.left_on <= _last_day(now, kept_days), ~erased.exists()
    )


def _last_day(now: dt.datetime, kept_days: int) -> dt.date:
    return clock.business_date(now) - dt.timedelta(days=kept_days)


def _locked(community_id: uuid.UUID, member_id: uuid.UUID) -> Member:
    """The row of the member is held first: whoever erases the same person waits."""
    return tenancy.locked(Member, community_id, member_id)


def _of(member: Member) -> MemberErasure | None:
    return db.session.scalar(
        tenancy.select(MemberErasure, member.community_id).where(
            MemberErasure.member_id == member.id
        )
    )


def _still_open(member: Member) -> Iterator[StillOpen]:
    for part in _parts:
        yield from part.still_open(member.community_id, member.id)


def _erase(
    member: Member,
    way: ErasureWay,
    *,
    actor: Actor,
    now: dt.datetime,
    reason_text_id: uuid.UUID | None = None,
) -> MemberErasure:
    row = MemberErasure(
        community_id=member.community_id,
        member_id=member.id,
        way=way,
        reason_text_id=reason_text_id,
        erased_by=actor.account_id,
        erased_at_utc=now,
    )
    db.session.add(row)
    db.session.flush()
    counts: dict[str, int] = {}
    for part in _parts:
        counts.update(part.erase(member.community_id, member.id, now))
    former_identity.forget_name(member)
    counts["children"] = former_identity.forget_children(member, actor=actor, now=now)
    counts["accounts"] = former_identity.forget_accounts(member, now=now)
    audit.record(
        actor=actor,
        now=now,
        community_id=member.community_id,
        act="member.erased",
        subject_kind="member",
        subject_id=member.id,
        way=way,
        **counts,
    )
    db.session.flush()
    return row
