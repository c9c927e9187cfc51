"""The month's steps, each by those who may, each appended as an act (points.months.step).

open → frozen (community) → signed (panel) → countersigned or sent back (supervision group) → on
notice (community) → sealed (community). Nothing is approved by silence, and nothing waits for
objections: after the last day the month seals, only disputed lines stay marked.
"""

from __future__ import annotations

import datetime as dt
import uuid

from community import persons, places
from kernel import clock
from kernel.access import Actor
from kernel.errors import StaleVersion
from points import months, sealed_spending, standings
from points.errors import IllegalMonthStep
from points.grants import exclusions, rank_awards
from points.models import AccountingMonth, MonthState
from review import editions, publishing, sheets
from review.errors import (
    MonthNotOver,
    NoticeMissing,
    NoticeRunning,
    SameHands,
    SheetMissing,
    SheetOutdated,
    WhyTooShort,
)
from review.models import NoticeState, PublicNotice, Sheet, SheetState
from review.permissions import ReviewPermission
from review.rules.month_steps import SHORTEST_WHY, earliest_freeze


def freeze(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, month: str, version: int
) -> AccountingMonth:
    """Close the month to recording; what nobody has decided moves on to the next open month.

    With it the base of those excluded from a period that ends is put right, and points by rank
    are paid into the next month. Raises StaleVersion, IllegalMonthStep, MonthNotOver, NoOpenMonth
    (points by rank are due and no later month is open to take them).
    """
    actor.require(ReviewPermission.FREEZE_MONTH, places.place_of(community_id))
    _expect(community_id, month, version, MonthState.FROZEN, before=MonthState.OPEN)
    earliest = earliest_freeze(month)
    if clock.business_date(now) < earliest:
        raise MonthNotOver(month=month, earliest=earliest.isoformat())
    frozen = months.step(
        community_id=community_id, month=month, to=MonthState.FROZEN,
        actor=actor, now=now, version=version,
    )  # fmt: skip
    exclusions.settle(actor=actor, now=now, community_id=community_id, month=month)
    rank_awards.award_ranks(actor=actor, now=now, community_id=community_id, month=month)
    return frozen


def sign(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, month: str, version: int
) -> AccountingMonth:
    """Sign for the review panel: the scores as they stand become sheets, each with its digest.

    Raises StaleVersion, IllegalMonthStep.
    """
    actor.require(ReviewPermission.SIGN_MONTH, places.place_of(community_id))
    stepped = months.step(
        community_id=community_id, month=month, to=MonthState.SIGNED,
        actor=actor, now=now, version=version,
    )  # fmt: skip
    editions.draft(actor=actor, now=now, community_id=community_id, month=month)
    return stepped


def countersign(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, month: str, version: int
) -> AccountingMonth:
    """Confirm the signed sheets for the supervision group.

    Raises StaleVersion, IllegalMonthStep, SameHands (who signed does not countersign),
    SheetOutdated (a score has changed since: send it back).
    """
    actor.require(ReviewPermission.COUNTERSIGN_MONTH, places.place_of(community_id))
    _expect(community_id, month, version, MonthState.COUNTERSIGNED)
    signed = _sheets(community_id, month)
    own_accounts = persons.accounts_of(actor)
    if any(sheet.created_by in own_accounts for sheet in signed):
        raise SameHands()
    if editions.is_outdated(signed):
        raise SheetOutdated()
    return months.step(
        community_id=community_id, month=month, to=MonthState.COUNTERSIGNED,
        actor=actor, now=now, version=version,
    )  # fmt: skip


def send_back(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, month: str, version: int, why: str
) -> AccountingMonth:
    """Return a signed month to the panel with reasons; its sheets are void.

    Raises StaleVersion, IllegalMonthStep, WhyTooShort.
    """
    actor.require(ReviewPermission.COUNTERSIGN_MONTH, places.place_of(community_id))
    _expect(community_id, month, version, MonthState.FROZEN, before=MonthState.SIGNED)
    if len(why.strip()) < SHORTEST_WHY:
        raise WhyTooShort(field="why", least=SHORTEST_WHY)
    for sheet in _sheets(community_id, month):
        editions.set_state(sheet, SheetState.SUPERSEDED)
    return months.step(
        community_id=community_id, month=month, to=MonthState.FROZEN,
        actor=actor, now=now, version=version, why=why.strip(),
    )  # fmt: skip


def publish(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, month: str, version: int
) -> AccountingMonth:
    """Put the countersigned month on notice for the community's number of working days.

    A score that changed after the countersignature is restated on the spot and posted as a
    correction, so that nothing appears on the board that nobody signed without saying so.
    Raises StaleVersion, IllegalMonthStep, NoticeDaysMissing, CalendarYearMissing.
    """
    actor.require(ReviewPermission.PUBLISH_MONTH, places.place_of(community_id))
    row = _expect(community_id, month, version, MonthState.ON_NOTICE)
    notice = publishing.publish(
        actor=actor, now=now, community_id=community_id, month=row,
        sheets=_sheets(community_id, month),
    )  # fmt: skip
    correct(actor=actor, now=now, notice=notice)
    return months.step(
        community_id=community_id, month=month, to=MonthState.ON_NOTICE,
        actor=actor, now=now, version=version,
    )  # fmt: skip


def seal(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, month: str, version: int
) -> AccountingMonth:
    """Seal the month: its newest sheets are final. Open objections do not hold it up.

    Raises StaleVersion, IllegalMonthStep, NoticeRunning.
    """
    actor.require(ReviewPermission.SEAL_MONTH, places.place_of(community_id))
    _expect(community_id, month, version, MonthState.SEALED)
    notice = publishing.of_month(community_id, month)
    if notice is None:
        raise NoticeMissing()
    if now < notice.due_at_utc:
        raise NoticeRunning(until=notice.due_at_utc.astimezone(clock.SHANGHAI).isoformat())
    # The step comes first: it locks the month, so that no correction slips in behind the sheet.
    stepped = months.step(
        community_id=community_id, month=month, to=MonthState.SEALED,
        actor=actor, now=now, version=version,
    )  # fmt: skip
    for final in correct(actor=actor, now=now, notice=notice):
        editions.set_state(final, SheetState.SEALED, sealed_at_utc=now)
    notice.state = NoticeState.SEALED
    notice.sealed_at_utc = now
    sealed_spending.apply(community_id=community_id, month=month, now=now)
    standings.seal_tiers(community_id=community_id, month=month)
    return stepped


def correct(*, actor: Actor, now: dt.datetime, notice: PublicNotice) -> list[Sheet]:
    """Where scores have changed since, editions n+1 with their corrections; the newest sheets."""
    standing = _sheets(notice.community_id, notice.month)
    made = editions.restate(actor=actor, now=now, sheets=standing)
    if not made:
        return standing
    publishing.correct(notice=notice, editions=made, now=now)
    return _sheets(notice.community_id, notice.month)


def _expect(
    community_id: uuid.UUID,
    month: str,
    version: int,
    to: MonthState,
    *,
    before: MonthState | None = None,
) -> AccountingMonth:
    """Refuse a stale click or an impossible step before any other condition is looked at.

    ``before`` tells apart the two ways to frozen. months.step checks again under the lock.
    """
    row = months.of(community_id, month)
    if row.version != version:
        raise StaleVersion(field="version")
    state = MonthState(row.state)
    if to not in months.LEGAL_STEPS[state] or before not in (None, state):
        raise IllegalMonthStep(state=state, to=to)
    return row


def _sheets(community_id: uuid.UUID, month: str) -> list[Sheet]:
    found = sheets.newest_of_month(community_id, month)
    if not found:
        raise SheetMissing()
    return found
