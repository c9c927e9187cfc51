"""The rotating code 签到码 on the organiser's screen: signed, bound to activity and time.

A token is the activity's id, what it is for, the number of its slot of twenty seconds, and an
HMAC of all three under the server key. It follows from the clock alone, so that nothing is
written while it rotates; who checks in is whoever scans it, signed in. Only the server's clock
counts: a phone's may stand as it likes.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hmac
import re
import struct
import uuid
from dataclasses import dataclass
from enum import StrEnum

from kernel.one_time_codes import digest
from points.activities.errors import CodeOld, CodeUnreadable

SLOT_SECONDS = 20
#: A code is still taken this long after its successor has come up.
OVERLAP_SECONDS = 10

_FORM = struct.Struct(">16sBI")
_MAC_BYTES = 16
_PAYLOAD = re.compile(r"^(?:https?://[^/\s]+/a/[A-Za-z0-9]+/)?([A-Za-z0-9_-]{50})\Z")


class Purpose(StrEnum):
    """Whether the code checks in or out."""

    COME = "come"
    LEAVE = "leave"


_NUMBER = {Purpose.COME: 1, Purpose.LEAVE: 2}
_PURPOSE = {number: purpose for purpose, number in _NUMBER.items()}


@dataclass(frozen=True, kw_only=True)
class ShownCode:
    """The code of this moment; ``expires_at_utc`` is when its successor comes up."""

    token: str
    purpose: Purpose
    issued_at_utc: dt.datetime
    expires_at_utc: dt.datetime


@dataclass(frozen=True, kw_only=True)
class ReadCode:
    """What a scanned code is for."""

    activity_id: uuid.UUID
    purpose: Purpose


def payload(*, public_base_url: str, community_code: str, token: str) -> str:
    """What the QR says."""
    return f"{public_base_url}/a/{community_code}/{token}"


def current(activity_id: uuid.UUID, purpose: Purpose, now: dt.datetime) -> ShownCode:
    """The code to show at ``now``; the same for everybody who asks within its slot."""
    slot = _slot(now)
    begins = dt.datetime.fromtimestamp(slot * SLOT_SECONDS, dt.UTC)
    return ShownCode(
        token=_token(activity_id, purpose, slot),
        purpose=purpose,
        issued_at_utc=begins,
        expires_at_utc=begins + dt.timedelta(seconds=SLOT_SECONDS),
    )


def read(scanned: str, now: dt.datetime) -> ReadCode:
    """What a scanned text (the address or the bare token) is for.

    Raises CodeUnreadable for anything this server did not sign, CodeOld for a code whose
    successor came up more than OVERLAP_SECONDS ago.
    """
    found = _PAYLOAD.match(scanned.strip())
    if found is None:
        raise CodeUnreadable(field="code")
    try:
        raw = base64.b64decode(found[1] + "==", altchars=b"-_", validate=True)
    except binascii.Error:
        raise CodeUnreadable(field="code") from None
    body, mac = raw[: _FORM.size], raw[_FORM.size :]
    activity, number, slot = _FORM.unpack(body)
    if not hmac.compare_digest(mac, _mac(body)) or number not in _PURPOSE:
        raise CodeUnreadable(field="code")
    dies = (slot + 1) * SLOT_SECONDS + OVERLAP_SECONDS
    if slot > _slot(now):
        raise CodeUnreadable(field="code")
    if now.timestamp() >= dies:
        raise CodeOld(field="code")
    return ReadCode(activity_id=uuid.UUID(bytes=activity), purpose=_PURPOSE[number])


def _slot(now: dt.datetime) -> int:
    return int(now.timestamp()) // SLOT_SECONDS


def _token(activity_id: uuid.UUID, purpose: Purpose, slot: int) -> str:
    body = _FORM.pack(activity_id.bytes, _NUMBER[purpose], slot)
    return base64.urlsafe_b64encode(body + _mac(body)).rstrip(b"=").decode()


def _mac(body: bytes) -> bytes:
    return bytes.fromhex(digest("activity-code", body.hex()))[:_MAC_BYTES]
