"""Passwords: strength, matching, and the cap on hashes at once."""

from __future__ import annotations

import threading

import pytest
from argon2 import PasswordHasher, profiles

from community import passwords
from community.errors import PasswordTooWeak
from kernel.errors import Unavailable


@pytest.fixture(autouse=True)
def real_hasher(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hasher of the product, which the rest of the suite does without."""
    hasher = PasswordHasher.from_parameters(passwords.PARAMETERS)
    monkeypatch.setattr(passwords, "_hasher", hasher)


def test_passwords_are_hashed_by_the_profile_of_rfc_9106() -> None:
    assert passwords.PARAMETERS == profiles.RFC_9106_LOW_MEMORY


@pytest.mark.parametrize("password", ["short", "x" * 129, "aaaaaaaaaaaa", "my-admin.wen-word"])
def test_weak_passwords(password: str) -> None:
    with pytest.raises(PasswordTooWeak):
        passwords.require_strength(password, "admin.wen")


@pytest.mark.parametrize("password", ["ten-chars!", "x" * 64 + "y", "一二三四五六七八九十"])
def test_passwords_that_are_taken(password: str) -> None:
    passwords.require_strength(password, "admin.wen")


def test_only_the_right_password_matches() -> None:
    stored = passwords.hashed("a-good-password")
    assert passwords.matches(stored, "a-good-password")
    assert not passwords.matches(stored, "a-bad-password")
    assert not passwords.matches("no argon2 hash", "a-good-password")


def test_without_a_hash_nothing_matches_not_even_the_stand_in() -> None:
    assert not passwords.matches(None, "no account has this password")


def test_a_hash_of_weaker_parameters_is_renewed() -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8192).hash("a-good-password")
    renewed = passwords.renewed(weak, "a-good-password")
    assert renewed is not None
    assert passwords.matches(renewed, "a-good-password")
    assert passwords.renewed(renewed, "a-good-password") is None


def test_no_more_than_a_few_hashes_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "WAIT_SECONDS", 0.05)
    refused: list[type[Exception]] = []

    def try_one_more() -> None:
        try:
            with passwords.slot():
                pass
        except Unavailable as error:
            refused.append(type(error))

    held = [passwords.slot() for _ in range(passwords.AT_ONCE)]
    for slot in held:
        slot.__enter__()
    thread = threading.Thread(target=try_one_more)
    thread.start()
    thread.join()
    for slot in held:
        slot.__exit__(None, None, None)
    assert refused == [Unavailable]
    try_one_more()
    assert refused == [Unavailable]
