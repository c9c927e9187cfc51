"""What a counter did on a day: redeemed, refused, declined, cancelled in one list, latest first.

Redemptions and refusals have ids of one clock (UUIDv7), so one cursor walks through both.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from flask_babel import gettext as _

from kernel import clock
from kernel.access import Actor
from redemption import redemptions
from redemption.models import Channel, DeclineReason, RedemptionState
from redemption.receipts import Receipt
from redemption.redemptions import Totals
from redemption.refusal_lists import RefusedAtCounter
from redemption.rules.receipt_numbers import ReceiptNumberUnreadable
from web.formats import moment
from web.language import current_language, told
from web.merchant import words
from web.merchant.wording import record_number

PER_PAGE = 30


class Show(StrEnum):
    """Which lines are wanted."""

    ALL = "all"
    REDEEMED = "redeemed"
    REFUSED = "refused"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One act at the counter; ``mark`` is a word of components/mark.html."""

    id: uuid.UUID
    title: str
    meta: str
    mark: str
    points: Decimal | None = None
    more: str = ""
    redemption_id: uuid.UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which lines are asked for: of a day, by kind, or one receipt ``number`` of any day."""

    day: dt.date
    show: Show = Show.ALL
    number: str = ""
    after: uuid.UUID | None = None


@dataclass(frozen=True, kw_only=True)
class DayPage:
    """One page of a day; ``after`` leads on to older lines, ``wrong`` is about the number."""

    wanted: Wanted
    today: dt.date
    totals: Totals
    lines: tuple[Line, ...]
    after: uuid.UUID | None
    wrong: str | None = None

    @property
    def day_before(self) -> dt.date:
        return self.wanted.day - dt.timedelta(days=1)

    @property
    def day_after(self) -> dt.date | None:
        """None on the last day there is."""
        return self.wanted.day + dt.timedelta(days=1) if self.wanted.day < self.today else None


def day_page(*, actor: Actor, now: dt.datetime, wanted: Wanted) -> DayPage:
    """The lines that are wanted; of a number that can be none, what is wrong with it."""
    wrong: str | None = None
    found: list[Line] = []
    try:
        found = sorted(_lines(actor, now, wanted), key=lambda line: line.id, reverse=True)
    except ReceiptNumberUnreadable as error:
        wrong = error.sentence(current_language())
    shown = tuple(found[:PER_PAGE])
    return DayPage(
        wanted=wanted,
        today=clock.business_date(now),
        totals=redemptions.totals(actor=actor, now=now, day=wanted.day),
        lines=shown,
        after=shown[-1].id if len(found) > PER_PAGE and shown else None,
        wrong=wrong,
    )


def _lines(actor: Actor, now: dt.datetime, wanted: Wanted) -> Iterator[Line]:
    if wanted.number:
        for receipt in redemptions.at_counter(actor=actor, now=now, number=wanted.number):
            yield _of_receipt(receipt, with_day=True)
        return
    if wanted.show is not Show.REFUSED:
        for receipt in _receipts(actor, now, wanted):
            yield _of_receipt(receipt)
    if wanted.show in (Show.ALL, Show.REFUSED):
        for scan in redemptions.refused_scans(
            actor=actor, now=now, first_day=wanted.day, last_day=wanted.day, after=wanted.after,
            limit=PER_PAGE + 1,
        ):  # fmt: skip
            yield _of_refusal(scan)


def _receipts(actor: Actor, now: dt.datetime, wanted: Wanted) -> Iterator[Receipt]:
    """Up to one more than a page; pages of the concept's list are walked until it is full."""
    count, after = 0, wanted.after
    while count <= PER_PAGE:
        batch = redemptions.at_counter(
            actor=actor, now=now, day=wanted.day, after=after, limit=PER_PAGE + 1
        )
        for receipt in batch:
            if _is_wanted(receipt, wanted.show):
                count += 1
                yield receipt
        if len(batch) <= PER_PAGE:
            return
        after = batch[-1].id


def _is_wanted(receipt: Receipt, show: Show) -> bool:
    if show is Show.CANCELLED:
        return receipt.cancelled_at_utc is not None
    if show is Show.REDEEMED:
        return receipt.state == RedemptionState.REDEEMED and receipt.cancelled_at_utc is None
    return True


def _of_receipt(receipt: Receipt, *, with_day: bool = False) -> Line:
    declined = receipt.decline_reason is not None
    mark = "returned" if declined else "cancelled" if receipt.cancelled_at_utc else "received"
    return Line(
        id=receipt.id,
        title=receipt.offer_title,
        meta=" · ".join(
            (_clock(receipt.resolved_at_utc, with_day), _way(receipt), receipt.receipt_number)
        ),
        mark=mark,
        points=receipt.points,
        more=_("您退回了请求：%(why)s", why=_why(receipt)) if declined else "",
        redemption_id=None if declined else receipt.id,
    )


def _of_refusal(scan: RefusedAtCounter) -> Line:
    return Line(
        id=scan.id,
        title=_("未核销：%(why)s", why=words.title(scan.code)),
        meta=" · ".join((_clock(scan.at_utc), record_number(scan.id))),
        mark="refused",
        more=told(scan),
    )


def _why(receipt: Receipt) -> str:
    return str(words.DECLINE_REASONS[DeclineReason(receipt.decline_reason or "other")])


def _way(receipt: Receipt) -> str:
    ways = {Channel.CODE: _("扫码"), Channel.REQUEST: _("店码"), Channel.CARD: _("兑换卡")}
    return str(ways[Channel(receipt.channel)])


def _clock(instant: dt.datetime | None, with_day: bool = False) -> str:
    if instant is None:
        return ""
    if with_day:
        return moment(instant, current_language())
    return f"{instant.astimezone(clock.SHANGHAI):%H:%M}"
