"""Rotating one-time codes 兑换码: made, shown, found again, dead without a write.

Token and digits follow from the code's random id under the server key, so that the same code can
be drawn again as often as a page asks, while the database holds nothing but HMACs.
"""

from __future__ import annotations

import base64
import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Row, Select, bindparam, case, literal

from community import proxies
from kernel import tenancy
from kernel.access import Actor
from kernel.database import UtcDateTime, db, upsert
from kernel.ids import new_id
from kernel.one_time_codes import DIGITS, digest
from kernel.prepared import Prepared
from kernel.tenancy import COMMUNITY
from redemption import receipts, stops
from redemption.errors import NoLiveCode, NotHeld, RedemptionUnknown
from redemption.models import Channel, Redemption, RedemptionCode, RedemptionState
from redemption.rules.reading import Form, Offered
from redemption.rules.times import CODE_OVERLAP, code_expiry

#: Digits older than this are not looked up: they may have been another holder's.
_DIGITS_REMEMBERED = dt.timedelta(days=1)
#: With 10^8 digits and a few live codes even a second collision is a sign of a defect.
_ATTEMPTS = 8


@dataclass(frozen=True, kw_only=True)
class ShownCode:
    """A live code as its holder may see it."""

    id: uuid.UUID
    token: str
    digits: str
    issued_at_utc: dt.datetime
    expires_at_utc: dt.datetime


def payload(*, public_base_url: str, community_code: str, token: str) -> str:
    """What the QR says: an address that names the community and an opaque token."""
    return f"{public_base_url}/r/{community_code}/{token}"


def show(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, redemption_id: uuid.UUID
) -> ShownCode:
    """The next code of one's own hold; its predecessor dies ten seconds later.

    Raises RedemptionUnknown, NotHeld.
    """
    hold = db.session.execute(
        tenancy.columns(
            Redemption,
            community_id,
            Redemption.state,
            Redemption.merchant_id,
            Redemption.hold_expires_at_utc,
            Redemption.member_id,
        )
        .where(
            Redemption.id == redemption_id,
            # A request or a card has no code: the one way in stays the only one.
            Redemption.channel == Channel.CODE,
            receipts.own(actor, community_id),
        )
        .with_for_update()
    ).one_or_none()
    if hold is None or not _still_may(actor, community_id, hold.member_id):
        raise RedemptionUnknown()
    if hold.state != RedemptionState.HELD or hold.hold_expires_at_utc <= now:
        ended = hold.state if hold.state != RedemptionState.HELD else RedemptionState.EXPIRED
        raise NotHeld(state=str(ended))
    overlap_ends = now + CODE_OVERLAP
    db.session.execute(
        tenancy.update(RedemptionCode, community_id)
        .where(
            RedemptionCode.redemption_id == redemption_id,
            RedemptionCode.expires_at_utc > overlap_ends,
        )
        .values(**_ending(overlap_ends))
        .execution_options(synchronize_session=False)
    )
    return issue(
        community_id=community_id,
        redemption_id=redemption_id,
        merchant_id=hold.merchant_id,
        hold_expires_at_utc=hold.hold_expires_at_utc,
        now=now,
    )


def live(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, redemption_id: uuid.UUID
) -> ShownCode:
    """The newest code of one's own hold that still lives; NoLiveCode, RedemptionUnknown."""
    own = tenancy.columns(Redemption, community_id, Redemption.state, Redemption.member_id).where(
        Redemption.id == redemption_id, receipts.own(actor, community_id)
    )
    hold = db.session.execute(own).one_or_none()
    if hold is None or not _still_may(actor, community_id, hold.member_id):
        raise RedemptionUnknown()
    state = hold.state
    found = newest_live(community_id=community_id, redemption_id=redemption_id, now=now)
    if state != RedemptionState.HELD or found is None:
        raise NoLiveCode()
    return found


def _still_may(actor: Actor, community_id: uuid.UUID, member_id: uuid.UUID) -> bool:
    """A proxy whose grant was revoked shows no more codes."""
    own = actor.member_in(community_id)
    return member_id == own or proxies.may_act_for(actor, community_id, member_id)


def newest_live(
    *, community_id: uuid.UUID, redemption_id: uuid.UUID, now: dt.datetime
) -> ShownCode | None:
    """The newest living code of a hold, or None."""
    row = db.session.execute(
        tenancy.columns(
            RedemptionCode,
            community_id,
            RedemptionCode.id,
            RedemptionCode.issued_at_utc,
            RedemptionCode.expires_at_utc,
        )
        .where(RedemptionCode.redemption_id == redemption_id, RedemptionCode.expires_at_utc > now)
        .order_by(RedemptionCode.issued_at_utc.desc(), RedemptionCode.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else _shown(row.id, row.issued_at_utc, row.expires_at_utc)


def issue(
    *,
    community_id: uuid.UUID,
    redemption_id: uuid.UUID,
    merchant_id: uuid.UUID,
    hold_expires_at_utc: dt.datetime,
    now: dt.datetime,
) -> ShownCode:
    """Make a code whose digits no other living code of this merchant has."""
    expires = code_expiry(issued=now, hold_expires=hold_expires_at_utc)
    for _ in range(_ATTEMPTS):
        code = _shown(new_id(), now, expires)
        digits_hmac = _digits_hmac(code.digits)
        made = _INSERT(
            community_id=community_id, id=code.id, redemption_id=redemption_id,
            merchant_id=merchant_id, token_hmac=_token_hmac(code.token), digits_hmac=digits_hmac,
            occupies_digits=True, issued_at_utc=now, expires_at_utc=expires,
        )  # fmt: skip
        if made.first() is not None:
            return code
        # The digits are taken. If only a dead code has them, this frees them for later ones.
        _free_dead(community_id, merchant_id, digits_hmac, now)
    raise RuntimeError("no free digits: far more live codes than a counter can have")


_INSERT = Prepared(
    lambda: upsert(RedemptionCode).on_conflict_do_nothing().returning(RedemptionCode.id)
)


def void_of_member(community_id: uuid.UUID, member_id: uuid.UUID, now: dt.datetime) -> None:
    """Kill the living codes of a member at once; the holds stay and run out by themselves.

    app.py registers it for the moment a binding ends or a proxy is revoked: what another phone
    shows must not redeem any more.
    """
    held = tenancy.columns(Redemption, community_id, Redemption.id).where(
        Redemption.member_id == member_id, Redemption.state == RedemptionState.HELD
    )
    db.session.execute(
        tenancy.update(RedemptionCode, community_id)
        .where(
            RedemptionCode.redemption_id.in_(held),
            RedemptionCode.expires_at_utc > now,
        )
        .values(**_ending(now))
        .execution_options(synchronize_session=False)
    )


def _ending(end: dt.datetime) -> dict[str, Any]:
    """A code dies at ``end``; one that a process whose clock runs ahead issued later than that
    is dated back, so that it is dead on every clock.
    """
    end_value = literal(end, UtcDateTime())
    issued = case(
        (RedemptionCode.issued_at_utc > end, end_value), else_=RedemptionCode.issued_at_utc
    )
    return {"expires_at_utc": end_value, "issued_at_utc": issued}


def find(
    *, community_id: uuid.UUID, merchant_id: uuid.UUID, offered: Offered, now: dt.datetime
) -> Row[Any] | None:
    """The offered code with what its receipt says, in one statement, or None.

    Where digits occur twice, the counter's own and the living code come first.
    """
    if offered.form is Form.TOKEN:
        values = {"p_community_id": community_id, "p_token": _token_hmac(offered.value)}
        return _BY_TOKEN(**values).one_or_none()
    statement = (
        _codes(community_id)
        .where(
            RedemptionCode.digits_hmac == _digits_hmac(offered.value),
            RedemptionCode.issued_at_utc > now - _DIGITS_REMEMBERED,
        )
        .order_by(
            case((RedemptionCode.merchant_id == merchant_id, 0), else_=1),
            RedemptionCode.expires_at_utc.desc(),
            RedemptionCode.id.desc(),
        )
        .limit(1)
    )
    return db.session.execute(statement).one_or_none()


def _codes(community_id: uuid.UUID | BindParameter[uuid.UUID]) -> Select[Any]:
    """Codes with what their receipts say."""
    return (
        receipts.rows(community_id)
        .add_columns(
            RedemptionCode.expires_at_utc,
            Redemption.account_id,
            Redemption.member_id,
            stops.is_stopped(community_id).label("is_stopped"),
        )
        .join(
            RedemptionCode,
            (RedemptionCode.community_id == Redemption.community_id)
            & (RedemptionCode.redemption_id == Redemption.id),
        )
    )


_BY_TOKEN = Prepared(
    lambda: _codes(COMMUNITY).where(RedemptionCode.token_hmac == bindparam("p_token"))
)


def _free_dead(
    community_id: uuid.UUID, merchant_id: uuid.UUID, digits_hmac: str, now: dt.datetime
) -> None:
    db.session.execute(
        tenancy.update(RedemptionCode, community_id)
        .where(
            RedemptionCode.merchant_id == merchant_id,
            RedemptionCode.digits_hmac == digits_hmac,
            RedemptionCode.occupies_digits,
            RedemptionCode.expires_at_utc <= now,
        )
        .values(occupies_digits=False)
        .execution_options(synchronize_session=False)
    )


def _shown(code_id: uuid.UUID, issued: dt.datetime, expires: dt.datetime) -> ShownCode:
    secret = bytes.fromhex(digest("redemption-token", code_id.hex))
    number = int(digest("redemption-digits", code_id.hex), 16) % 10**DIGITS
    return ShownCode(
        id=code_id,
        token=base64.urlsafe_b64encode(secret[:16]).rstrip(b"=").decode(),
        digits=f"{number:0{DIGITS}d}",
        issued_at_utc=issued,
        expires_at_utc=expires,
    )


def _token_hmac(token: str) -> str:
    return digest("redemption-token-kept", token)


def _digits_hmac(digits: str) -> str:
    return digest("redemption-digits-kept", digits)
