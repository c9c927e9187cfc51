"""What the first seeding tells of redemption: every way to pay, cards, and what came afterwards."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from typing import Any

from community import places, signing_in
from community.models import ProxyGrant
from kernel import clock, http
from ops.demo.founding import DEMO_PASSWORD
from ops.demo.moving_played import FROM, PROXY_LOGIN
from redemption.models import (
    CardAct,
    CardBatch,
    CardBatchState,
    CardHandover,
    CardNews,
    CardNotice,
    CardState,
    CardWay,
    Channel,
    GuessingAlarm,
    MerchantWarning,
    Redemption,
    RedemptionCard,
    RedemptionReport,
    RedemptionReversal,
    RedemptionState,
    RefusedScan,
    ReportChannel,
    ReportKind,
    ReportState,
    ReversalOrigin,
    ReversalRequest,
    ReversalState,
)
from redemption.reasons import Reason
from redemption.rules.report_steps import Overdue, overdue

TODAY = dt.date(2026, 11, 21)


def has_cards(session: Any, community_id: uuid.UUID) -> None:
    """A batch lies in every office; whoever pays by card was handed one before."""
    states = {row.state for row in session.query(CardBatch).filter_by(community_id=community_id)}
    assert CardBatchState.RECEIVED in states
    book = session.query(CardHandover).filter_by(community_id=community_id).all()
    first_by_card: dict[uuid.UUID, dt.datetime] = {}
    for line in book:
        first_by_card.setdefault(line.card_id, line.at_utc)
    used = session.query(Redemption).filter_by(community_id=community_id, channel=Channel.CARD)
    assert all(first_by_card[each.card_id] < each.held_at_utc for each in used)


def has_every_way(session: Any) -> None:
    """In the home community all three, and requests that a clerk declined with a reason."""
    community_id = places.community_by_code(FROM).id
    rows = session.query(Redemption).filter_by(community_id=community_id).all()
    by_way = Counter(row.channel for row in rows if row.state == RedemptionState.REDEEMED)
    assert set(by_way) == {*Channel}
    assert any(row.decline_reason for row in rows)


def has_card_stories(session: Any, now: dt.datetime) -> None:
    """Blocked and unblocked, lost and replaced, ordered again; one piece of news waits."""
    community_id = places.community_by_code(FROM).id
    acts = session.query(CardAct).filter_by(community_id=community_id).all()
    steps = {(each.from_state, each.to_state, each.way) for each in acts}
    assert {
        (CardState.ACTIVE, CardState.BLOCKED, CardWay.COUNTER),
        (CardState.BLOCKED, CardState.ACTIVE, CardWay.WINDOW),
        (CardState.ACTIVE, CardState.LOST, CardWay.PHONE),
        (CardState.LOST, CardState.REPLACED, CardWay.WINDOW),
    } <= steps
    cards = session.query(RedemptionCard).filter_by(community_id=community_id)
    assert {each.state for each in cards} >= {
        CardState.STOCK, CardState.ACTIVE, CardState.REPLACED,
    }  # fmt: skip
    batches = session.query(CardBatch).filter_by(community_id=community_id)
    assert {each.state for each in batches} == {CardBatchState.RECEIVED, CardBatchState.PRINTED}
    told = session.query(CardNotice).filter_by(community_id=community_id).all()
    waiting = [each for each in told if each.called_at_utc is None]
    assert {each.news for each in waiting} == {CardNews.USED}
    assert all(each.at_utc >= now - dt.timedelta(days=2) for each in waiting)
    assert {each.news for each in told} == {*CardNews}


def has_reports_and_reversals(session: Any) -> None:
    """Upheld with a reply, settled at the window, waiting for the shop, overdue."""
    community_id = places.community_by_code(FROM).id
    rows = session.query(RedemptionReport).filter_by(community_id=community_id).all()
    assert {row.kind for row in rows} == {
        ReportKind.WRONG_GOODS, ReportKind.SURCHARGE, ReportKind.REFUSED,
    }  # fmt: skip
    by_state = {row.state: row for row in rows if row.state != ReportState.FILED}
    assert set(by_state) == {ReportState.UPHELD, ReportState.SETTLED}
    upheld = by_state[ReportState.UPHELD]
    assert None not in (upheld.reply_text_id, upheld.answer_text_id)
    assert by_state[ReportState.SETTLED].channel == ReportChannel.COUNTER
    late = [
        overdue(
            state=row.state, reply_due_on=row.reply_due_on, decide_due_on=row.decide_due_on,
            today=TODAY,
        )
        for row in rows if row.state == ReportState.FILED
    ]  # fmt: skip
    assert sorted(late, key=str) == [None, Overdue.DECISION]
    assert session.query(MerchantWarning).filter_by(community_id=community_id).count() == 1
    asked = session.query(ReversalRequest).filter_by(community_id=community_id).all()
    assert {(row.origin, row.state) for row in asked} == {
        (ReversalOrigin.REPORT, ReversalState.APPROVED),
        (ReversalOrigin.MERCHANT, ReversalState.ASKED),
    }
    assert session.query(RedemptionReversal).filter_by(community_id=community_id).count() == 1


def has_refusals(session: Any) -> None:
    """Each with its reason, and one clerk who guessed."""
    community_id = places.community_by_code(FROM).id
    rows = session.query(RefusedScan).filter_by(community_id=community_id)
    assert {row.reason for row in rows} >= {
        Reason.CODE_UNKNOWN, Reason.PIN_WRONG, Reason.CARD_BLOCKED, Reason.CARD_USED_HERE_TODAY,
        Reason.INSUFFICIENT_POINTS, Reason.OUTSIDE_HOURS, Reason.NOT_IN_AUDIENCE,
    }  # fmt: skip
    (alarm,) = session.query(GuessingAlarm).filter_by(community_id=community_id)
    assert alarm.clerk_id is not None


def has_a_proxy_who_signs_in(session: Any) -> None:
    """The proxy has a name and the demo's password, and is the one whom the grantor named."""
    community_id = places.community_by_code(FROM).id
    (granted,) = session.query(ProxyGrant).filter_by(community_id=community_id)
    signed = signing_in.sign_in(
        login_name=PROXY_LOGIN, password=DEMO_PASSWORD, now=clock.now(), table=http.hooks().roles
    )
    assert signed.actor.members == {community_id: granted.proxy_id}
