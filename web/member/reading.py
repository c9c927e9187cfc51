"""A member's pages, from what the packages tell the member."""

from __future__ import annotations

import datetime as dt
import uuid

from community import members, places
from kernel import clock, qr
from kernel.access import Actor
from merchants import public as alliance
from points import history
from redemption import afterwards, receipts, redemptions
from redemption.api import shown_codes
from redemption.declines import DECLINED
from redemption.errors import NoLiveCode
from redemption.models import Channel, DeclineReason, RedemptionState
from redemption.receipts import Outcome, Receipt
from redemption.rules.times import seconds_left
from web.language import told
from web.member import paying
from web.member.views import CodeView, HoldPage, HomePage, ListPage, Where

LAST_SHOWN, LISTED = 5, 20
#: More than any alliance will have; they are only counted here.
MOST_SHOPS = 1000


def where(community_id: uuid.UUID) -> Where:
    """The community of a page."""
    found = places.community(community_id)
    return Where(
        code=found.code,
        name=found.name,
        telephone=found.phone,
        alliance=found.alliance_name,
    )


def home(*, actor: Actor, now: dt.datetime, community_id: uuid.UUID) -> HomePage:
    """Numbers, open holds and the last redemptions. NotFound for who is nobody here."""
    today, member_id = clock.business_date(now), actor.member_in(community_id)
    summary = history.summary(
        actor=actor, now=now, community_id=community_id, member_id=member_id,
        month=clock.month_of(today),
    )  # fmt: skip
    mine = afterwards.mine(actor=actor, now=now, community_id=community_id, limit=LAST_SHOWN * 2)
    held = receipts.open_holds(actor=actor, now=now, community_id=community_id)
    wallets = paying.wallets(actor=actor, now=now, community_id=community_id, member_id=member_id)
    shops = alliance.public_merchants(community_id=community_id, on=today, limit=MOST_SHOPS)
    return HomePage(
        where=where(community_id),
        name=members.get(community_id, member_id).name,
        month=summary.month,
        score=summary.score,
        wallets=wallets,
        shop_count=len(shops),
        open_holds=tuple(held),
        last=tuple(each for each in mine if each.state != RedemptionState.HELD)[:LAST_SHOWN],
    )


def hold(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, redemption_id: uuid.UUID
) -> HoldPage:
    """One redemption of one's own, as it stands now; RedemptionUnknown."""
    receipt = afterwards.receipt(
        actor=actor, now=now, community_id=community_id, redemption_id=redemption_id
    )
    return HoldPage(
        where=where(community_id),
        receipt=receipt,
        code=_code(actor, now, community_id, receipt),
        hold_seconds=seconds_left(until=receipt.hold_expires_at_utc, now=now),
        wallets=paying.wallets(
            actor=actor,
            now=now,
            community_id=community_id,
            member_id=actor.member_in(community_id),
        ),
        declined=_declined(receipt),
    )


def listed(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    outcome: Outcome | None,
    member_id: uuid.UUID | None,
    after: uuid.UUID | None,
) -> ListPage:
    """One's own redemptions, or those of ``member_id`` whose proxy one is; latest first."""
    found = afterwards.mine(
        actor=actor, now=now, community_id=community_id, member_id=member_id, after=after,
        limit=LISTED + 1, outcome=outcome,
    )  # fmt: skip
    shown = found[:LISTED]
    return ListPage(
        where=where(community_id),
        receipts=tuple(shown),
        chosen=outcome.value if outcome else "all",
        people=paying.grantors(actor=actor, community_id=community_id),
        member_id=member_id,
        older=str(shown[-1].id) if len(found) > LISTED else None,
    )


def code_view(code: redemptions.ShownCode, community_id: uuid.UUID, now: dt.datetime) -> CodeView:
    """A living code, drawn."""
    facts = shown_codes.shown(code, community_id, now)
    age = int((now - code.issued_at_utc).total_seconds())
    return CodeView(
        svg=qr.svg(facts["payload"]),
        digits=code.digits,
        seconds_left=facts["seconds_left"],
        renew_after=max(0, facts["refresh_after_seconds"] - age),
    )


def _code(
    actor: Actor, now: dt.datetime, community_id: uuid.UUID, receipt: Receipt
) -> CodeView | None:
    if receipt.state != RedemptionState.HELD or receipt.channel != Channel.CODE:
        return None
    try:
        code = redemptions.live(
            actor=actor, now=now, community_id=community_id, redemption_id=receipt.id
        )
    except NoLiveCode:
        return None
    return code_view(code, community_id, now)


def _declined(receipt: Receipt) -> str | None:
    if receipt.decline_reason is None:
        return None
    return told(DECLINED[DeclineReason(receipt.decline_reason)])
