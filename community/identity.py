"""Who a token is: session, account, grants and bindings in exactly one SQL statement.

It is asked by every request. Disabled accounts, ended grants, revoked and expired sessions and
ended bindings count immediately, since nothing is cached.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Date, Row, Select, and_, bindparam, select

from community import roles, sign_in_sessions
from community.errors import SessionEnded
from community.models import MemberBinding, RoleGrant, SignInSession, UserAccount
from community.role_names import RoleName
from kernel import clock
from kernel.access import AccessTable, Actor, Grant, Place
from kernel.errors import Unauthenticated
from kernel.prepared import Prepared


def authenticate(*, token: str, now: dt.datetime, table: AccessTable) -> Actor:
    """The actor a bearer token stands for.

    A bound member has the role ``member`` in that community without a grant. Raises
    Unauthenticated for an unknown token, SessionEnded for one that does not hold any more.
    """
    if len(token) > sign_in_sessions.LONGEST_TOKEN:
        raise Unauthenticated()
    digest = sign_in_sessions.digest(token)
    rows = _SESSION(p_digest=digest, p_on=clock.business_date(now)).all()
    if not rows:
        raise Unauthenticated()
    first = rows[0]
    grants = {row.grant_id: _grant(row) for row in rows if row.grant_id is not None}
    # A role may be granted after the sign-in: from then on the session is as short as staff's.
    is_stale = bool(grants) and now >= first.issued_at_utc + sign_in_sessions.STAFF_LIFETIME
    is_ended = first.revoked_at_utc is not None or first.is_disabled
    if is_ended or is_stale or now >= first.expires_at_utc:
        raise SessionEnded()
    members: dict[uuid.UUID, uuid.UUID] = {
        row.bound_community_id: row.member_id for row in rows if row.member_id is not None
    }
    implied = tuple(
        Grant(role=RoleName.MEMBER, place=Place(community_id=community_id))
        for community_id in members
    )
    return Actor(
        account_id=first.account_id,
        grants=(*grants.values(), *implied),
        table=table,
        members=members,
        session_id=first.session_id,
        person_id=first.person_id,
        counter=_counter(first, grants.values()),
    )


def _statement() -> Select[*tuple[Any, ...]]:
    """Grants × bindings of the session's account: both are a handful, so rows stay few."""
    return (
        select(
            SignInSession.id.label("session_id"),
            SignInSession.account_id,
            SignInSession.issued_at_utc,
            SignInSession.expires_at_utc,
            SignInSession.revoked_at_utc,
            SignInSession.counter_community_id,
            SignInSession.counter_merchant_id,
            UserAccount.is_disabled,
            UserAccount.person_id,
            RoleGrant.id.label("grant_id"),
            RoleGrant.role,
            RoleGrant.district_id,
            RoleGrant.street_id,
            RoleGrant.community_id,
            RoleGrant.merchant_id,
            MemberBinding.community_id.label("bound_community_id"),
            MemberBinding.member_id,
        )
        .join(UserAccount, UserAccount.id == SignInSession.account_id)
        .outerjoin(
            RoleGrant,
            and_(RoleGrant.account_id == UserAccount.id, roles.live(bindparam("p_on", type_=Date))),
        )
        .outerjoin(
            MemberBinding,
            and_(MemberBinding.account_id == UserAccount.id, MemberBinding.ended_at_utc.is_(None)),
        )
        .where(SignInSession.token_hmac == bindparam("p_digest"))
        .order_by(RoleGrant.id, MemberBinding.community_id)
    )


_SESSION = Prepared(_statement)


def _grant(row: Row[Any]) -> Grant:
    return Grant(
        role=row.role,
        place=Place(
            district_id=row.district_id,
            street_id=row.street_id,
            community_id=row.community_id,
            merchant_id=row.merchant_id,
        ),
    )


def _counter(row: Row[Any], grants: Iterable[Grant]) -> Place | None:
    """The session's shop, while a grant for it still stands."""
    if row.counter_merchant_id is None:
        return None
    shop = Place(community_id=row.counter_community_id, merchant_id=row.counter_merchant_id)
    held = (
        grant.place
        for grant in grants
        if grant.role in (RoleName.MERCHANT_OWNER, RoleName.MERCHANT_CLERK)
    )
    matches = any(
        (place.community_id, place.merchant_id) == (shop.community_id, shop.merchant_id)
        for place in held
    )
    return shop if matches else None
