"""How a code leaves the server: as JSON, or drawn as a QR."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any
from uuid import UUID

from flask import current_app

from community import places
from redemption import redemptions
from redemption.redemptions import Held, ShownCode
from redemption.rules.times import CODE_REFRESH, seconds_left


def payload(code: ShownCode, community_id: UUID) -> str:
    """What the QR says."""
    return redemptions.payload(
        public_base_url=current_app.config["LINLI"].public_base_url,
        community_code=places.code_of(community_id),
        token=code.token,
    )


def shown(code: ShownCode, community_id: UUID, now: dt.datetime) -> dict[str, Any]:
    """The fields of CodeSchema."""
    return {
        "payload": payload(code, community_id),
        "digits": code.digits,
        "issued_at_utc": code.issued_at_utc,
        "expires_at_utc": code.expires_at_utc,
        "seconds_left": seconds_left(until=code.expires_at_utc, now=now),
        "refresh_after_seconds": int(CODE_REFRESH.total_seconds()),
    }


@dataclasses.dataclass(frozen=True)
class ShownHold:
    """A hold as HeldSchema dumps it; everything but the code stands in the receipt."""

    held: Held
    code: dict[str, Any] | None

    @property
    def id(self) -> UUID:
        return self.held.id

    def __getattr__(self, name: str) -> Any:
        return getattr(self.held.receipt, name)


def shown_hold(held: Held, community_id: UUID, now: dt.datetime) -> ShownHold:
    """The hold with its code ready for the wire."""
    code = None if held.code is None else shown(held.code, community_id, now)
    return ShownHold(held=held, code=code)
