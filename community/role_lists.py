"""Who holds which role in a community, and what one account holds, with names for pages."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select

from community import places, roles
from community.models import Community, District, Member, MemberBinding, RoleGrant, Street
from community.models import UserAccount as Account
from community.permissions import CommunityPermission
from community.role_names import RoleName
from kernel.access import Actor
from kernel.database import db


@dataclass(frozen=True, kw_only=True)
class RoleHeld:
    """One grant; names of places where the grant names them."""

    id: uuid.UUID
    account_id: uuid.UUID
    display_name: str
    role: str
    community_code: str | None
    place_name: str | None
    merchant_id: uuid.UUID | None
    grid_id: uuid.UUID | None
    granted_from: dt.date
    granted_to: dt.date | None


@dataclass(frozen=True, kw_only=True)
class BoundMember:
    """The member an account is in one community."""

    community_code: str
    community_name: str
    member_id: uuid.UUID
    name: str


@dataclass(frozen=True, kw_only=True)
class Me:
    """Who is signed in."""

    account_id: uuid.UUID
    display_name: str
    roles: list[RoleHeld]
    members: list[BoundMember]
    counter_community_code: str | None
    counter_merchant_id: uuid.UUID | None


def in_community(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    on: dt.date,
    role: RoleName | None = None,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[RoleHeld]:
    """Grants that count on a day for this very community, oldest first."""
    actor.require(CommunityPermission.READ_ROLES, places.place_of(community_id))
    statement = _held().where(RoleGrant.community_id == community_id, roles.live(on))
    if role is not None:
        statement = statement.where(RoleGrant.role == role)
    if after is not None:
        statement = statement.where(RoleGrant.id > after)
    rows = db.session.execute(statement.order_by(RoleGrant.id).limit(limit))
    return [RoleHeld(**row._mapping) for row in rows]


def me(*, actor: Actor, on: dt.date) -> Me:
    """The account, its roles and the members it is; three statements."""
    account = db.session.get_one(Account, actor.account_id)
    held = db.session.execute(
        _held()
        .where(RoleGrant.account_id == actor.account_id, roles.live(on))
        .order_by(RoleGrant.id)
    )
    counter_id = actor.counter.community_id if actor.counter else None
    communities = (
        select(Community.id, Community.code, Community.name, Member.id, Member.name)
        .outerjoin(
            MemberBinding,
            (MemberBinding.community_id == Community.id)
            & (MemberBinding.account_id == actor.account_id)
            & MemberBinding.ended_at_utc.is_(None),
        )
        .outerjoin(
            Member,
            (Member.community_id == MemberBinding.community_id)
            & (Member.id == MemberBinding.member_id),
        )
        .where(or_(Member.id.is_not(None), Community.id == counter_id))
        .order_by(Community.code)
    )
    found = db.session.execute(communities).all()
    return Me(
        account_id=account.id,
        display_name=account.display_name,
        roles=[RoleHeld(**row._mapping) for row in held],
        members=[
            BoundMember(community_code=code, community_name=name, member_id=member_id, name=who)
            for _, code, name, member_id, who in found
            if member_id is not None
        ],
        counter_community_code=next((row[1] for row in found if row[0] == counter_id), None),
        counter_merchant_id=actor.counter.merchant_id if actor.counter else None,
    )


def _held() -> Select[*tuple[object, ...]]:
    """Grants with the name of the narrowest place that they name themselves."""
    return (
        select(
            RoleGrant.id,
            RoleGrant.account_id,
            Account.display_name,
            RoleGrant.role,
            Community.code.label("community_code"),
            func.coalesce(Community.name, Street.name, District.name).label("place_name"),
            RoleGrant.merchant_id,
            RoleGrant.grid_id,
            RoleGrant.granted_from,
            RoleGrant.granted_to,
        )
        .join(Account, Account.id == RoleGrant.account_id)
        .outerjoin(Community, Community.id == RoleGrant.community_id)
        .outerjoin(Street, Street.id == RoleGrant.street_id)
        .outerjoin(District, District.id == RoleGrant.district_id)
    )
