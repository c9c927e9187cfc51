"""Proxies 代办: members of one household act for each other, granted and revoked by appended rows.

A proxy counts only while both live in the same household; nothing has to be revoked when one of
them moves out. What a proxy may do stands where it is done (reading points, redeeming); the rules
about the own household stay as they are.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from community import grid_authority, places
from community.members import current
from community.models import Member, Membership, ProxyGrant, ProxyRevocation
from community.permissions import CommunityPermission
from community.proxy_errors import AlreadyProxy, NotOneHousehold, NotYourProxy, ProxyEnded
from kernel import audit, clock, tenancy
from kernel.access import Actor
from kernel.database import db

#: Called in the same transaction with community, grantor and instant when a grant is revoked.
RevokedHandler = Callable[[uuid.UUID, uuid.UUID, dt.datetime], None]
_handlers: list[RevokedHandler] = []
_GRANTOR, _PROXY = aliased(Member), aliased(Member)
_HERS, _THEIRS = aliased(Membership), aliased(Membership)


@dataclass(frozen=True, kw_only=True)
class ProxyView:
    """Who may act for whom; ``revoked_at_utc`` None while it stands."""

    id: uuid.UUID
    grantor_id: uuid.UUID
    grantor_name: str
    proxy_id: uuid.UUID
    proxy_name: str
    granted_at_utc: dt.datetime
    revoked_at_utc: dt.datetime | None


@dataclass(frozen=True, kw_only=True)
class Relative:
    """Another member of the own household."""

    member_id: uuid.UUID
    name: str


def when_revoked(handler: RevokedHandler) -> None:
    """Register what a package above does then (void codes); app.py calls it, again is harmless."""
    if handler not in _handlers:
        _handlers.append(handler)


def may_act_for(
    actor: Actor, community_id: uuid.UUID, member_id: uuid.UUID, on: dt.date | None = None
) -> bool:
    """Whether the actor is a proxy of the member: granted, not revoked, one household.

    ``on`` is the day on which both must live there; without it the present memberships count.
    """
    own = actor.members.get(community_id)
    if own is None or own == member_id:
        return False
    counting = _counting(community_id, on).where(
        ProxyGrant.proxy_id == own, ProxyGrant.grantor_id == member_id
    )
    return db.session.execute(counting.limit(1)).first() is not None


def of_grantor(community_id: uuid.UUID, grantor_id: uuid.UUID, on: dt.date) -> frozenset[uuid.UUID]:
    """Members who may act for somebody on a day."""
    counting = _counting(community_id, on).where(ProxyGrant.grantor_id == grantor_id)
    return frozenset(row.proxy_id for row in db.session.execute(counting))


def grantors_of(actor: Actor, community_id: uuid.UUID, on: dt.date) -> frozenset[uuid.UUID]:
    """Members for whom the actor may act on a day."""
    own = actor.members.get(community_id)
    counting = _counting(community_id, on).where(ProxyGrant.proxy_id == own)
    return frozenset(row.grantor_id for row in db.session.execute(counting))


def relatives(*, actor: Actor, community_id: uuid.UUID, on: dt.date) -> list[Relative]:
    """Who else lives in the actor's household, by name: those whom they could let act for them."""
    own = sa.literal(actor.member_in(community_id), sa.Uuid())
    rows = db.session.execute(
        tenancy.columns(Member, community_id, Member.id.label("member_id"), Member.name)
        .where(Member.id != own, _one_household(community_id, own, Member.id, on))
        .order_by(Member.name, Member.id)
    )
    return [Relative(**row._mapping) for row in rows]


def grant(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    proxy_id: uuid.UUID,
    grantor_id: uuid.UUID | None = None,
) -> ProxyView:
    """Let ``proxy_id`` act for oneself; at the counter for ``grantor_id``, who stands there.

    Raises NotOneHousehold, AlreadyProxy; at the counter Forbidden, GridNotYours, OwnHousehold.
    """
    today = clock.business_date(now)
    grantor = grantor_id or actor.member_in(community_id)
    _require_for(actor, community_id, grantor, today)
    # Whoever grants the same twice at once waits here for the first.
    held = tenancy.columns(Member, community_id, Member.id).where(Member.id == grantor)
    db.session.execute(held.with_for_update()).one()
    one, other = sa.literal(grantor, sa.Uuid()), sa.literal(proxy_id, sa.Uuid())
    same = sa.select(_one_household(community_id, one, other, today))
    if grantor == proxy_id or not db.session.scalar(same):
        raise NotOneHousehold(field="proxy_id")
    present = _standing(community_id).where(
        ProxyGrant.proxy_id == proxy_id, ProxyGrant.grantor_id == grantor
    )
    if db.session.execute(present.limit(1)).first() is not None:
        raise AlreadyProxy(field="proxy_id")
    row = ProxyGrant(
        community_id=community_id,
        grantor_id=grantor,
        proxy_id=proxy_id,
        granted_by=actor.account_id,
        granted_at_utc=now,
    )
    db.session.add(row)
    db.session.flush()
    _note(actor, now, "proxy.granted", row)
    return _views(community_id, ProxyGrant.id == row.id)[0]


def revoke(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, proxy_grant_id: uuid.UUID
) -> ProxyView:
    """End a grant at once: by either of the two, or at the counter. Raises ProxyEnded."""
    row = tenancy.get(ProxyGrant, community_id, proxy_grant_id)
    own = actor.members.get(community_id)
    if own not in (row.grantor_id, row.proxy_id):
        _require_for(actor, community_id, row.grantor_id, clock.business_date(now))
    standing = _standing(community_id).where(ProxyGrant.id == row.id)
    if db.session.execute(standing).first() is None:
        raise ProxyEnded()
    db.session.add(
        ProxyRevocation(
            community_id=community_id,
            proxy_grant_id=row.id,
            revoked_by=actor.account_id,
            revoked_at_utc=now,
        )
    )
    db.session.flush()
    _note(actor, now, "proxy.revoked", row)
    for handler in _handlers:
        handler(community_id, row.grantor_id, now)
    return _views(community_id, ProxyGrant.id == row.id)[0]


def listed(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    member_id: uuid.UUID | None = None,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[ProxyView]:
    """Grants by and to a member, newest first: the own, or anybody's for those who read members."""
    whose = member_id or actor.member_in(community_id)
    if whose != actor.members.get(community_id):
        actor.require(CommunityPermission.READ_MEMBERS, places.place_of(community_id))
    about = sa.or_(ProxyGrant.grantor_id == whose, ProxyGrant.proxy_id == whose)
    if after is not None:
        about = sa.and_(about, ProxyGrant.id < after)
    return _views(community_id, about, limit=limit)


def _require_for(actor: Actor, community_id: uuid.UUID, grantor_id: uuid.UUID, on: dt.date) -> None:
    """Oneself, or the counter: who may bind members, and not at home."""
    if actor.members.get(community_id) == grantor_id:
        return
    actor.require(CommunityPermission.BIND_MEMBERS, places.place_of(community_id))
    place = db.session.execute(
        tenancy.columns(Membership, community_id, Membership.grid_id, Membership.household_id)
        .where(Membership.member_id == grantor_id, current(Membership, on))
    ).first()  # fmt: skip
    if place is None:
        raise NotYourProxy(field="grantor_id")
    grid_authority.require(
        actor=actor, community_id=community_id, grid_id=place.grid_id,
        household_id=place.household_id, on=on,
    )  # fmt: skip
    grid_authority.require_stranger(actor=actor, community_id=community_id, member_id=grantor_id)


def _counting(community_id: uuid.UUID, on: dt.date | None) -> sa.Select[Any]:
    """Grants that are not revoked, of people who live in one household."""
    return (
        _standing(community_id)
        .add_columns(ProxyGrant.grantor_id, ProxyGrant.proxy_id)
        .where(_one_household(community_id, ProxyGrant.grantor_id, ProxyGrant.proxy_id, on))
    )


def _standing(community_id: uuid.UUID) -> sa.Select[Any]:
    """Grants that are not revoked."""
    return (
        tenancy.columns(ProxyGrant, community_id, ProxyGrant.id)
        .outerjoin(ProxyRevocation, _revoked())
        .where(ProxyRevocation.id.is_(None))
    )


def _revoked() -> sa.ColumnElement[bool]:
    return sa.and_(
        ProxyRevocation.community_id == ProxyGrant.community_id,
        ProxyRevocation.proxy_grant_id == ProxyGrant.id,
    )


def _one_household(
    community_id: uuid.UUID, grantor: Any, proxy: Any, on: dt.date | None
) -> sa.ColumnElement[bool]:
    """Whether both live in one household on a day; members without one do not."""
    return sa.exists(
        sa.select(sa.literal(1))
        .select_from(_HERS)
        .join(
            _THEIRS,
            sa.and_(
                _THEIRS.community_id == _HERS.community_id,
                _THEIRS.household_id == _HERS.household_id,
            ),
        )
        .where(
            _HERS.community_id == community_id,
            _HERS.member_id == grantor,
            _lives(_HERS, on),
            _THEIRS.member_id == proxy,
            _lives(_THEIRS, on),
        )
    )


def _lives(membership: Any, on: dt.date | None) -> sa.ColumnElement[bool]:
    lives: sa.ColumnElement[bool] = (
        membership.valid_to.is_(None) if on is None else current(membership, on)
    )
    return lives


def _views(
    community_id: uuid.UUID, which: sa.ColumnElement[bool], *, limit: int = 1
) -> list[ProxyView]:
    rows = db.session.execute(
        tenancy.columns(
            ProxyGrant, community_id, ProxyGrant.id, ProxyGrant.grantor_id,
            _GRANTOR.name.label("grantor_name"), ProxyGrant.proxy_id,
            _PROXY.name.label("proxy_name"), ProxyGrant.granted_at_utc,
            ProxyRevocation.revoked_at_utc,
        )
        .join(_GRANTOR, _is(_GRANTOR, ProxyGrant.grantor_id))
        .join(_PROXY, _is(_PROXY, ProxyGrant.proxy_id))
        .outerjoin(ProxyRevocation, _revoked())
        .where(which)
        .order_by(ProxyGrant.id.desc())
        .limit(limit)
    )  # fmt: skip
    return [ProxyView(**row._mapping) for row in rows]


def _is(member: Any, column: Any) -> sa.ColumnElement[bool]:
    return sa.and_(member.community_id == ProxyGrant.community_id, member.id == column)


def _note(actor: Actor, now: dt.datetime, act: str, row: ProxyGrant) -> None:
    audit.record(
        actor=actor,
        now=now,
        community_id=row.community_id,
        act=act,
        subject_kind="proxy_grant",
        subject_id=row.id,
    )
    db.session.flush()
