"""Ids: UUIDv7, made by the application, so that rows sort by creation and never need a sequence."""

from __future__ import annotations

import secrets
import uuid

from uuid_utils import compat

# Crockford's base 32: no I, L, O, U, so that a number can be read out on the telephone.
RECEIPT_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RECEIPT_LENGTH = 10


def new_id() -> uuid.UUID:
    """A new time-ordered id (UUIDv7)."""
    return compat.uuid7()


def new_receipt_number() -> str:
    """Ten random base-32 characters, unique per community by constraint."""
    return "".join(secrets.choice(RECEIPT_ALPHABET) for _ in range(RECEIPT_LENGTH))
