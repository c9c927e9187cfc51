"""Secrets that are shown once: only their HMAC under a server key is stored.

Eight digits hashed plainly could be reversed in a second; an HMAC cannot without the key.
"""

from __future__ import annotations

import base64
import hmac
import secrets

DIGITS = 8
_key = b""


def configure(code_key: str) -> None:
    """Set the server key; called once by create_app."""
    global _key  # noqa: PLW0603 - one process, one key
    _key = code_key.encode()


def new_token(bits: int = 128) -> str:
    """An opaque URL-safe token: 22 characters for 128 bits, 43 for 256."""
    return base64.urlsafe_b64encode(secrets.token_bytes(bits // 8)).rstrip(b"=").decode()


def new_digits(count: int = DIGITS) -> str:
    """Decimal digits for typing and scan guns; unique only where a constraint says so."""
    return "".join(secrets.choice("0123456789") for _ in range(count))


def new_slip_code() -> str:
    """Ten characters without look-alikes, printed on a household slip."""
    return "".join(secrets.choice("23456789ABCDEFGHJKMNPQRSTVWXYZ") for _ in range(10))


def digest(purpose: str, value: str) -> str:
    """Hex HMAC-SHA256 of ``value`` for ``purpose``; the same value differs between purposes."""
    if not _key:
        raise RuntimeError("one_time_codes.configure was not called")
    return hmac.digest(_key, f"{purpose}\x00{value}".encode(), "sha256").hex()
