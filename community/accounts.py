"""Accounts of people who sign in: staff and merchants by name and password, residents by WeChat."""

from __future__ import annotations

import datetime as dt
import re
import uuid

from sqlalchemy import select, update

from community import bindings, passwords, persons, places, sign_in_sessions
from community.errors import LoginNameInvalid, LoginNameTaken, MemberNotBound, PasswordWrong
from community.models import Member, UserAccount
from community.permissions import CommunityPermission
from kernel import audit, tenancy
from kernel.access import Actor, Place
from kernel.database import db, upsert
from kernel.errors import NotFound
from kernel.ids import new_id

_LOGIN_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")
#: Shown until the person is bound to a member.
WECHAT_DISPLAY_NAME = "微信用户"


def normalized(login_name: str) -> str:
    """Login names know no upper case and no surrounding spaces."""
    return login_name.strip().lower()


def create(
    *,
    actor: Actor,
    now: dt.datetime,
    place: Place,
    login_name: str,
    password: str,
    display_name: str,
) -> UserAccount:
    """Make an account with name and password for somebody who works at ``place``.

    It may do nothing until a role is granted. Raises LoginNameInvalid, LoginNameTaken,
    PasswordTooWeak.
    """
    actor.require(CommunityPermission.CREATE_ACCOUNTS, place)
    name = normalized(login_name)
    if not _LOGIN_NAME.fullmatch(name):
        raise LoginNameInvalid(field="login_name")
    passwords.require_strength(password, name)
    if db.session.scalar(select(UserAccount.id).where(UserAccount.login_name == name)):
        raise LoginNameTaken(field="login_name")
    with passwords.slot():
        password_hash = passwords.hashed(password)
    account = UserAccount(
        login_name=name,
        password_hash=password_hash,
        display_name=display_name.strip(),
        created_at_utc=now,
    )
    db.session.add(account)
    db.session.flush()
    return account


def get(account_id: uuid.UUID) -> UserAccount:
    """The account, or NotFound."""
    found = db.session.get(UserAccount, account_id)
    if found is None:
        raise NotFound(field="account_id")
    return found


def by_login_name(login_name: str) -> UserAccount:
    """The account with this login name, or NotFound."""
    statement = select(UserAccount).where(UserAccount.login_name == normalized(login_name))
    found = db.session.scalar(statement)
    if found is None:
        raise NotFound(field="login_name")
    return found


def of_wechat(*, openid: str, unionid: str | None, now: dt.datetime) -> UserAccount:
    """The account of a WeChat user, made at the first sign-in; two at once make one."""
    db.session.execute(
        upsert(UserAccount)
        .values(
            id=new_id(),
            openid=openid,
            unionid=unionid,
            display_name=WECHAT_DISPLAY_NAME,
            is_disabled=False,
            created_at_utc=now,
        )
        .on_conflict_do_nothing(index_elements=[UserAccount.openid])
    )
    account = db.session.scalars(select(UserAccount).where(UserAccount.openid == openid)).one()
    if unionid is not None and account.unionid != unionid:
        account.unionid = unionid
        db.session.flush()
    if unionid is not None:
        known = select(UserAccount.id).where(
            UserAccount.unionid == unionid,
            UserAccount.id != account.id,
            UserAccount.person_id.is_distinct_from(account.person_id)
            | UserAccount.person_id.is_(None),
        )
        persons.join(account.id, db.session.scalars(known).all())
    return account


def declare_person(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    account_id: uuid.UUID,
    member_id: uuid.UUID,
) -> UserAccount:
    """Say that a work account belongs to the person who is this member.

    The member must sign in by an account of their own. Raises MemberNotBound, NotFound.
    """
    actor.require(CommunityPermission.CREATE_ACCOUNTS, places.place_of(community_id))
    account = get(account_id)
    tenancy.get(Member, community_id, member_id)
    bound = bindings.of_member(community_id, member_id)
    if bound is None:
        raise MemberNotBound(field="member_id")
    persons.join(account_id, [bound.account_id])
    audit.record(
        actor=actor, now=now, community_id=community_id, act="member.account_declared",
        subject_kind="member", subject_id=member_id, account_id=str(account_id),
    )  # fmt: skip
    db.session.flush()
    return account


def disable(*, actor: Actor, now: dt.datetime, account_id: uuid.UUID) -> UserAccount:
    """Nobody signs in with the account any more; its sessions end at once."""
    actor.require(CommunityPermission.DISABLE_ACCOUNTS, Place())
    account = get(account_id)
    account.is_disabled = True
    sign_in_sessions.end_all(account_id=account_id, now=now)
    db.session.flush()
    return account


def enable(*, actor: Actor, account_id: uuid.UUID) -> UserAccount:
    """Let a disabled account sign in again."""
    actor.require(CommunityPermission.DISABLE_ACCOUNTS, Place())
    account = get(account_id)
    account.is_disabled = False
    db.session.flush()
    return account


def change_password(*, actor: Actor, now: dt.datetime, password: str, new_password: str) -> None:
    """Change the own password; every other session of the account ends.

    Raises PasswordWrong (also for an account that has none) and PasswordTooWeak.
    """
    account = get(actor.account_id)
    with passwords.slot():
        if not passwords.matches(account.password_hash, password):
            raise PasswordWrong(field="password")
        passwords.require_strength(new_password, account.login_name or "")
        password_hash = passwords.hashed(new_password)
    db.session.execute(
        update(UserAccount).where(UserAccount.id == account.id).values(password_hash=password_hash)
    )
    sign_in_sessions.end_all(account_id=account.id, now=now, but=actor.session_id)
