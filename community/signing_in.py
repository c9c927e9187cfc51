"""Signing in and out, and who a token is: one SQL statement, since every request asks it.

Unlike every other concept module this one runs its own units of work. A failed attempt must stay
counted although the caller is told so by an exception, and hashing a password (50 ms) or asking
WeChat (seconds) must not happen while a write transaction holds locks. So an attempt is counted
and committed first, then verified without a transaction, then taken back on success: guesses that
arrive at the same instant cannot slip past the limit.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select, update

from community import accounts, passwords, roles, sign_in_sessions, web_tickets
from community.errors import AccountDisabled, CounterNotYours, SignInRefused
from community.identity import authenticate
from community.models import RoleGrant, UserAccount
from community.role_names import RoleName
from kernel import clock, throttle, unit_of_work
from kernel.access import AccessTable, Actor, Place
from kernel.database import db
from wechat.client import WeChatIdentity

__all__ = [
    "SignedIn",
    "authenticate",
    "enter",
    "shops_of",
    "sign_in",
    "sign_in_wechat",
    "sign_out",
    "sign_out_everywhere",
    "work_at",
]

WINDOW = dt.timedelta(minutes=15)
MOST_PER_NAME = 10
MOST_PER_ADDRESS = 60
MERCHANT_ROLES = (RoleName.MERCHANT_OWNER, RoleName.MERCHANT_CLERK)
_BY_NAME, _BY_ADDRESS = "sign_in_name", "sign_in_address"


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """The bearer token (told once), until when it holds, and who it is."""

    token: str
    expires_at_utc: dt.datetime
    actor: Actor


def sign_in(
    *,
    login_name: str,
    password: str,
    now: dt.datetime,
    table: AccessTable,
    counter: Place | None = None,
    address: str | None = None,
) -> SignedIn:
    """Sign in with name and password; call it outside any unit of work.

    ``counter`` (community and merchant) is the shop to work at; who works in one shop only need
    not name it. ``address`` is the caller's network address, for throttling. Raises SignInRefused,
    TooMany, AccountDisabled, CounterNotYours, Unavailable.
    """
    name = accounts.normalized(login_name)
    attempts = [(_BY_NAME, name, MOST_PER_NAME)]
    attempts += [(_BY_ADDRESS, address, MOST_PER_ADDRESS)] if address else []
    with passwords.slot():
        unit_of_work.run(_count, attempts, now)
        account_id, password_hash = _stored(name)
        if not passwords.matches(password_hash, password) or account_id is None:
            raise SignInRefused()
        renewed = passwords.renewed(password_hash or "", password)

    def open_session() -> SignedIn:
        _take_back(attempts)
        throttle.clear(purpose=_BY_NAME, subject=name)
        if renewed is not None:
            changed = update(UserAccount).where(UserAccount.id == account_id)
            db.session.execute(changed.values(password_hash=renewed))
        return _opened(account_id, now, table, counter)

    return unit_of_work.run(open_session)


def sign_in_wechat(
    *,
    js_code: str,
    exchange: Callable[[str], WeChatIdentity],
    now: dt.datetime,
    table: AccessTable,
    counter: Place | None = None,
    address: str | None = None,
) -> SignedIn:
    """Sign in with a wx.login code; call it outside any unit of work.

    ``exchange`` asks WeChat (wechat.client.WeChatClient.code_to_session) and its errors pass
    through: WeChatCodeInvalid, WeChatUnavailable …. The first sign-in makes the account.
    """
    attempts = [(_BY_ADDRESS, address, MOST_PER_ADDRESS)] if address else []
    unit_of_work.run(_count, attempts, now)
    db.session.rollback()
    identity = exchange(js_code)

    def open_session() -> SignedIn:
        _take_back(attempts)
        account = accounts.of_wechat(openid=identity.openid, unionid=identity.unionid, now=now)
        return _opened(account.id, now, table, counter)

    return unit_of_work.run(open_session)


def enter(*, ticket: str, now: dt.datetime, table: AccessTable) -> SignedIn:
    """Sign a browser in with a ticket that a signed-in app asked for; inside a unit of work.

    Raises TicketEnded, AccountDisabled.
    """
    taken = web_tickets.take(ticket=ticket, now=now)
    return _opened(taken.account_id, now, table, taken.counter, until=taken.until)


def shops_of(actor: Actor) -> list[Place]:
    """The shops (community and merchant) whose counter this account may work at."""
    places = {
        Place(community_id=grant.place.community_id, merchant_id=grant.place.merchant_id)
        for grant in actor.grants
        if grant.role in MERCHANT_ROLES
    }
    return sorted(places, key=lambda place: (str(place.community_id), str(place.merchant_id)))


def work_at(*, actor: Actor, counter: Place) -> None:
    """Choose the shop that this session works at. Raises CounterNotYours."""
    chosen = Place(community_id=counter.community_id, merchant_id=counter.merchant_id)
    if actor.session_id is None or chosen not in shops_of(actor):
        raise CounterNotYours(field="counter")
    sign_in_sessions.work_at(session_id=actor.session_id, counter=chosen)


def sign_out(*, actor: Actor, now: dt.datetime) -> None:
    """End the session that the actor came with."""
    if actor.session_id is not None:
        sign_in_sessions.end(session_id=actor.session_id, now=now)


def sign_out_everywhere(*, actor: Actor, now: dt.datetime) -> None:
    """End every session of the account, this one too."""
    sign_in_sessions.end_all(account_id=actor.account_id, now=now)


def _count(attempts: list[tuple[str, str, int]], now: dt.datetime) -> None:
    """Count first, then look: the counted row is locked, so nobody passes the limit beside us."""
    for purpose, subject, most in attempts:
        throttle.note_failure(purpose=purpose, subject=subject, window=WINDOW, now=now)
        throttle.check(purpose=purpose, subject=subject, most=most + 1, now=now)


def _take_back(attempts: list[tuple[str, str, int]]) -> None:
    for purpose, subject, _ in attempts:
        throttle.take_back(purpose=purpose, subject=subject)


def _stored(login_name: str) -> tuple[uuid.UUID | None, str | None]:
    """Account id and hash; the reading transaction ends before the slow part begins."""
    row = db.session.execute(
        select(UserAccount.id, UserAccount.password_hash).where(
            UserAccount.login_name == login_name
        )
    ).one_or_none()
    db.session.rollback()
    return (row.id, row.password_hash) if row else (None, None)


def _opened(
    account_id: uuid.UUID,
    now: dt.datetime,
    table: AccessTable,
    counter: Place | None,
    until: dt.datetime | None = None,
) -> SignedIn:
    if accounts.get(account_id).is_disabled:
        raise AccountDisabled()
    grants = roles.of_account(account_id, clock.business_date(now))
    issued = sign_in_sessions.issue(
        account_id=account_id,
        is_staff=bool(grants),
        counter=_counter(grants, counter),
        now=now,
        until=until,
    )
    return SignedIn(
        token=issued.token,
        expires_at_utc=issued.expires_at_utc,
        actor=authenticate(token=issued.token, now=now, table=table),
    )


def _counter(grants: list[RoleGrant], wanted: Place | None) -> Place | None:
    """The shop of this session: the one asked for, or the only one there is."""
    shops = {
        Place(community_id=row.community_id, merchant_id=row.merchant_id)
        for row in grants
        if row.role in MERCHANT_ROLES
    }
    if wanted is None:
        return shops.pop() if len(shops) == 1 else None
    chosen = Place(community_id=wanted.community_id, merchant_id=wanted.merchant_id)
    if chosen not in shops:
        raise CounterNotYours()
    return chosen
