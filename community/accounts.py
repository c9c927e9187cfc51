"""Accounts: names, passwords (argon2) and their limits. Residents sign in by WeChat instead."""

from __future__ import annotations

import datetime as dt
import threading
import uuid

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import select

from community.errors import LoginNameTaken, PasswordTooWeak
from community.models import UserAccount
from kernel.database import db
from kernel.errors import NotFound

SHORTEST_PASSWORD = 8
#: Each verification takes 64 MiB; more of them at once would take the machine's memory.
PARALLEL_HASHES = 2

_hasher = PasswordHasher()
_gate = threading.BoundedSemaphore(PARALLEL_HASHES)
#: Verified when the name is unknown, so that both answers take the same time.
_decoy = _hasher.hash("no account has this password")


def create(*, login_name: str, password: str, display_name: str, now: dt.datetime) -> UserAccount:
    """A new account with name and password; LoginNameTaken, PasswordTooWeak."""
    if len(password) < SHORTEST_PASSWORD or password == login_name:
        raise PasswordTooWeak(field="password", least=SHORTEST_PASSWORD)
    if find(login_name) is not None:
        raise LoginNameTaken(field="login_name")
    return add(
        login_name=login_name, password_hash=hashed(password), display_name=display_name, now=now
    )


def add(*, login_name: str, password_hash: str, display_name: str, now: dt.datetime) -> UserAccount:
    """A new account whose password is hashed already."""
    row = UserAccount(
        login_name=login_name,
        password_hash=password_hash,
        display_name=display_name,
        is_disabled=False,
        created_at_utc=now,
    )
    db.session.add(row)
    db.session.flush()
    return row


def of_openid(*, openid: str, unionid: str | None, now: dt.datetime) -> UserAccount:
    """The account of a WeChat identity, made at its first sign-in."""
    row = db.session.scalar(select(UserAccount).where(UserAccount.openid == openid))
    if row is None:
        row = UserAccount(
            openid=openid, unionid=unionid, display_name="微信用户", created_at_utc=now
        )
        db.session.add(row)
        db.session.flush()
    return row


def get(account_id: uuid.UUID) -> UserAccount:
    """The account, or NotFound."""
    row = db.session.get(UserAccount, account_id)
    if row is None:
        raise NotFound()
    return row


def find(login_name: str) -> UserAccount | None:
    """The account with this login name, or None."""
    return db.session.scalar(select(UserAccount).where(UserAccount.login_name == login_name))


def hashed(password: str) -> str:
    """The argon2 hash of a password."""
    with _gate:
        return _hasher.hash(password)


def is_password(account: UserAccount | None, password: str) -> bool:
    """Whether the password is right; takes the same time for an account that does not exist."""
    stored = account.password_hash if account is not None else None
    with _gate:
        try:
            _hasher.verify(stored or _decoy, password)
        except (VerifyMismatchError, InvalidHashError):
            return False
    return stored is not None
