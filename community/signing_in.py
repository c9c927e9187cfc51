"""Signing in: by name and password, by WeChat code; and who a token belongs to.

Tokens are opaque and 256 bits long; the table keeps their HMAC. A session ends by expiry, by
sign-out, when the account is disabled, or when a binding changes hands.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import and_, or_, select, update

from community import accounts
from community.errors import CounterNeeded, CounterUnknown, WrongCredentials
from community.models import MemberBinding, RoleGrant, SignInSession, UserAccount
from community.role_names import RoleName
from kernel import clock, throttle
from kernel.access import AccessTable, Actor, Grant, Place
from kernel.database import db
from kernel.errors import LinliError, Unauthenticated
from kernel.ids import new_id
from kernel.one_time_codes import digest, new_token

STAFF_SESSION = dt.timedelta(hours=12)
MEMBER_SESSION = dt.timedelta(days=30)
GUESS_WINDOW = dt.timedelta(minutes=15)
GUESSES_PER_NAME = 5
GUESSES_PER_ADDRESS = 30
_COUNTER_ROLES = (RoleName.MERCHANT_OWNER, RoleName.MERCHANT_CLERK)


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """A new session; the token is shown this once."""

    token: str
    expires_at_utc: dt.datetime
    account_id: uuid.UUID
    display_name: str
    counter: Place | None


@dataclass(frozen=True, kw_only=True)
class Failed:
    """A failed attempt, returned so that its count is committed; the edge raises ``error``."""

    error: LinliError


def sign_in(
    *,
    login_name: str,
    password: str,
    address: str,
    now: dt.datetime,
    counter: Place | None = None,
) -> SignedIn | Failed:
    """Sign in by name and password, at a counter where the account serves a shop.

    Raises TooMany after repeated failures, CounterUnknown and CounterNeeded. A wrong name or
    password is returned as Failed: its count must be committed.
    """
    throttle.check(purpose="login-name", subject=login_name, most=GUESSES_PER_NAME, now=now)
    throttle.check(purpose="login-address", subject=address, most=GUESSES_PER_ADDRESS, now=now)
    account = accounts.find(login_name)
    right = accounts.is_password(account, password)
    if account is None or not right or account.is_disabled:
        for purpose, subject in (("login-name", login_name), ("login-address", address)):
            throttle.note_failure(purpose=purpose, subject=subject, window=GUESS_WINDOW, now=now)
        return Failed(error=WrongCredentials())
    throttle.clear(purpose="login-name", subject=login_name)
    return open_session(
        account=account,
        lasts=STAFF_SESSION,
        now=now,
        counter=_counter(account.id, counter, clock.business_date(now)),
    )


def sign_in_wechat(*, openid: str, unionid: str | None, now: dt.datetime) -> SignedIn:
    """Sign in the account of a WeChat identity that the platform has just confirmed."""
    account = accounts.of_openid(openid=openid, unionid=unionid, now=now)
    if account.is_disabled:
        raise WrongCredentials()
    return open_session(account=account, lasts=MEMBER_SESSION, now=now, counter=None)


def open_session(
    *, account: UserAccount, lasts: dt.timedelta, now: dt.datetime, counter: Place | None
) -> SignedIn:
    """A new session of ``account``; the caller has made sure who it is."""
    token = new_token(256)
    db.session.add(
        SignInSession(
            id=new_id(),
            account_id=account.id,
            token_hmac=digest("session", token),
            issued_at_utc=now,
            expires_at_utc=now + lasts,
            counter_community_id=counter.community_id if counter else None,
            counter_merchant_id=counter.merchant_id if counter else None,
        )
    )
    db.session.flush()
    return SignedIn(
        token=token,
        expires_at_utc=now + lasts,
        account_id=account.id,
        display_name=account.display_name,
        counter=counter,
    )


def authenticate(*, token: str, now: dt.datetime, table: AccessTable) -> Actor:
    """Whose token it is, with the grants and bindings of this moment, in one statement.

    Raises Unauthenticated for a token that is unknown, expired, revoked, or of a disabled
    account.
    """
    today = clock.business_date(now)
    rows = db.session.execute(
        select(
            SignInSession.id.label("session_id"),
            SignInSession.account_id,
            SignInSession.counter_community_id,
            SignInSession.counter_merchant_id,
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
            and_(
                RoleGrant.account_id == SignInSession.account_id,
                RoleGrant.ended_at_utc.is_(None),
                RoleGrant.granted_from <= today,
                or_(RoleGrant.granted_to.is_(None), RoleGrant.granted_to > today),
            ),
        )
        .outerjoin(
            MemberBinding,
            and_(
                MemberBinding.account_id == SignInSession.account_id,
                MemberBinding.ended_at_utc.is_(None),
            ),
        )
        .where(
            SignInSession.token_hmac == digest("session", token),
            SignInSession.revoked_at_utc.is_(None),
            SignInSession.expires_at_utc > now,
            UserAccount.is_disabled.is_(False),
        )
    ).all()
    if not rows:
        raise Unauthenticated()
    members = {row.bound_community_id: row.member_id for row in rows if row.member_id is not None}
    grants = {
        Grant(
            role=row.role,
            place=Place(
                district_id=row.district_id,
                street_id=row.street_id,
                community_id=row.community_id,
                merchant_id=row.merchant_id,
            ),
        )
        for row in rows
        if row.role is not None
    }
    grants |= {
        Grant(role=RoleName.MEMBER, place=Place(community_id=community_id))
        for community_id in members
    }
    first = rows[0]
    counter = (
        Place(community_id=first.counter_community_id, merchant_id=first.counter_merchant_id)
        if first.counter_merchant_id is not None
        else None
    )
    return Actor(
        account_id=first.account_id,
        session_id=first.session_id,
        grants=tuple(grants),
        table=table,
        members=members,
        counter=counter,
    )


def sign_out(*, actor: Actor, now: dt.datetime) -> None:
    """End the session the actor came with."""
    db.session.execute(
        update(SignInSession).where(SignInSession.id == actor.session_id).values(revoked_at_utc=now)
    )


def end_sessions(*, account_id: uuid.UUID, now: dt.datetime) -> None:
    """End every session of an account: sign-out everywhere, rebinding."""
    db.session.execute(
        update(SignInSession)
        .where(SignInSession.account_id == account_id, SignInSession.revoked_at_utc.is_(None))
        .values(revoked_at_utc=now)
    )


def _counter(account_id: uuid.UUID, wanted: Place | None, today: dt.date) -> Place | None:
    """The shop to sign in to: the wanted one, or the only one; None for accounts without."""
    served = set(
        db.session.execute(
            select(RoleGrant.community_id, RoleGrant.merchant_id).where(
                RoleGrant.account_id == account_id,
                RoleGrant.role.in_(_COUNTER_ROLES),
                RoleGrant.ended_at_utc.is_(None),
                RoleGrant.granted_from <= today,
                or_(RoleGrant.granted_to.is_(None), RoleGrant.granted_to > today),
            )
        ).tuples()
    )
    if wanted is not None:
        if (wanted.community_id, wanted.merchant_id) not in served:
            raise CounterUnknown(field="merchant")
        return Place(community_id=wanted.community_id, merchant_id=wanted.merchant_id)
    if len(served) > 1:
        raise CounterNeeded(field="merchant")
    for community_id, merchant_id in served:
        return Place(community_id=community_id, merchant_id=merchant_id)
    return None
