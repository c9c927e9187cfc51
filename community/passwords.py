"""Passwords: argon2id, at most a few at once, and the same time for names nobody has.

One hash takes 64 MiB and about 50 ms. Without a cap, a burst of sign-ins would take the memory
and the processors from everybody who is signed in already.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher, profiles
from argon2.exceptions import InvalidHashError, VerificationError

from community.errors import PasswordTooWeak
from kernel.errors import Unavailable

SHORTEST, LONGEST = 10, 128
AT_ONCE = 2
WAIT_SECONDS = 5.0

PARAMETERS = profiles.RFC_9106_LOW_MEMORY
_hasher = PasswordHasher.from_parameters(PARAMETERS)
_slots = threading.BoundedSemaphore(AT_ONCE)


@contextmanager
def slot() -> Iterator[None]:
    """Wait for one of AT_ONCE places; Unavailable when none comes free in WAIT_SECONDS."""
    if not _slots.acquire(timeout=WAIT_SECONDS):
        raise Unavailable()
    try:
        yield
    finally:
        _slots.release()


def require_strength(password: str, login_name: str) -> None:
    """Raise PasswordTooWeak; length is what counts, composition rules only annoy."""
    long_enough = SHORTEST <= len(password) <= LONGEST
    if not long_enough or len(set(password)) < 2 or login_name in password.lower():
        raise PasswordTooWeak(field="password")


def hashed(password: str) -> str:
    """The argon2id hash, with its parameters and salt in it."""
    return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is right; without a hash, False after just as long."""
    # Made before it is needed, or the first unknown name of a process would take twice as long.
    stand_in = _nobodys_hash()
    try:
        _hasher.verify(password_hash or stand_in, password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def renewed(password_hash: str, password: str) -> str | None:
    """A new hash where the library's parameters have become stronger, else None."""
    return _hasher.hash(password) if _hasher.check_needs_rehash(password_hash) else None


@functools.cache
def _nobodys_hash() -> str:
    return _hasher.hash("no account has this password")
