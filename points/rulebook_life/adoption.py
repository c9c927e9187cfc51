"""The meeting that puts a rulebook in force, from the first day of an open month."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator

import sqlalchemy as sa

from community import places
from kernel import clock, tenancy
from kernel.access import Actor
from kernel.audit import By
from kernel.database import db
from kernel.points_value import ZERO
from points import months, rulebook_text
from points.models import (
    BaseGrant,
    Fact,
    ItemKind,
    Rulebook,
    RulebookActKind,
    RulebookState,
    RulebookVersion,
    ScoreItem,
)
from points.permissions import PointsPermission
from points.rulebook_life import consulted, examining, steps
from points.rulebook_life.errors import (
    AdoptedInFuture,
    EffectiveInPast,
    EffectiveNotFirstDay,
    EffectiveTooFar,
    FactsAlreadyRecorded,
    OtherRulebookInForce,
    RulebookNotDraft,
)
from points.rules import compiled as rules
from points.rules.document import parse

#: A year mistyped would leave a community without the rulebook that its meeting adopted.
LONGEST_AHEAD = dt.timedelta(days=366)


def adopt(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    version_id: uuid.UUID,
    version: int,
    meeting: str,
    adopted_on: dt.date,
    effective_from: dt.date,
) -> RulebookVersion:
    """Put a draft in force from the first day of a month; the former version ends that day.

    ``version`` is the ``version_seen`` the caller saw. Raises RulebookNotDraft, StaleVersion,
    AdoptedInFuture, OtherRulebookInForce, EffectiveNotFirstDay, EffectiveInPast,
    EffectiveTooFar, FactsAlreadyRecorded, RulebookRefused (every finding); where the text was
    consulted on: ConsultationRunning, AdoptedDuringConsultation, ConsultationBrokenOff,
    CommentsUnanswered.
    """
    actor.require(PointsPermission.ADOPT_RULEBOOK, places.place_of(community_id))
    row = steps.held(community_id, version_id)
    if row.effective_from is not None:
        raise RulebookNotDraft()
    steps.seen(row, RulebookActKind.ADOPTED, version)
    today = clock.business_date(now)
    if adopted_on > today:
        raise AdoptedInFuture(field="adopted_on")
    consulted.require_finished(row, today, adopted_on)
    _require_no_other(community_id, row.rulebook_id)
    former = _former(community_id, row.rulebook_id)
    _require_effective(community_id, former, effective_from, today)
    read = examining.read(community_id, parse(row.document), max(today, effective_from))
    book = read.require_right()
    by = By(actor=actor, now=now)
    if former is not None:
        former.effective_to = effective_from
        steps.take(former, RulebookActKind.SUPERSEDED, by)
    if read.parent_sha256 is not None:
        row.parent_sha256 = read.parent_sha256
        row.whole_document = rulebook_text.canonical(read.whole)
    row.adopted_meeting = meeting
    row.adopted_on = adopted_on
    row.effective_from = effective_from
    row.spend_above = book.balance.spend_above if book.balance else ZERO
    steps.take(row, RulebookActKind.ADOPTED, by)
    tenancy.get(Rulebook, community_id, row.rulebook_id).title = book.title
    db.session.add_all(_items(row, book))
    db.session.flush()
    return row


def _require_no_other(community_id: uuid.UUID, rulebook_id: uuid.UUID) -> None:
    """Holders of one kind have one account, hence one rulebook at a time.

    The community's rulebooks are locked: of two adopted at once the second sees the first.
    """
    own = tenancy.get(Rulebook, community_id, rulebook_id)
    db.session.scalars(
        tenancy.select(Rulebook, community_id).order_by(Rulebook.id).with_for_update()
    ).all()
    adopted = tenancy.columns(RulebookVersion, community_id, RulebookVersion.rulebook_id).where(
        RulebookVersion.state == RulebookState.ADOPTED
    )
    other = db.session.scalars(
        tenancy.select(Rulebook, community_id)
        .where(Rulebook.holder == own.holder, Rulebook.id != own.id, Rulebook.id.in_(adopted))
        .limit(1)
    ).one_or_none()
    if other is not None:
        raise OtherRulebookInForce(title=other.title)


def _former(community_id: uuid.UUID, rulebook_id: uuid.UUID) -> RulebookVersion | None:
    return db.session.scalars(
        tenancy.select(RulebookVersion, community_id)
        .where(
            RulebookVersion.rulebook_id == rulebook_id,
            RulebookVersion.state == RulebookState.ADOPTED,
        )
        .with_for_update()
    ).one_or_none()


def _require_effective(
    community_id: uuid.UUID,
    former: RulebookVersion | None,
    effective_from: dt.date,
    today: dt.date,
) -> None:
    if effective_from.day != 1:
        raise EffectiveNotFirstDay(field="effective_from")
    latest = today + LONGEST_AHEAD
    if effective_from > latest:
        raise EffectiveTooFar(field="effective_from", latest=latest)
    oldest = months.oldest_not_closed(community_id)
    if oldest is not None and effective_from < clock.first_day(oldest):
        raise EffectiveInPast(field="effective_from", month=oldest)
    if former is None or former.effective_from is None:
        return
    if effective_from < former.effective_from:
        month = clock.month_of(former.effective_from)
        raise EffectiveInPast(field="effective_from", month=month)
    # A new version never changes what was earned: what was already judged keeps its version.
    judged = tenancy.columns(Fact, community_id, sa.literal(1)).join(
        ScoreItem,
        sa.and_(ScoreItem.community_id == Fact.community_id, ScoreItem.id == Fact.score_item_id),
    )
    granted = tenancy.columns(BaseGrant, community_id, sa.literal(1)).join(
        ScoreItem,
        sa.and_(
            ScoreItem.community_id == BaseGrant.community_id,
            ScoreItem.id == BaseGrant.score_item_id,
        ),
    )
    for statement, day in ((judged, Fact.occurred_on), (granted, BaseGrant.period_start)):
        used = statement.where(
            ScoreItem.rulebook_version_id == former.id, day >= effective_from
        ).limit(1)
        if db.session.execute(used).first() is not None:
            raise FactsAlreadyRecorded(field="effective_from")


def _items(row: RulebookVersion, book: rules.Rulebook) -> Iterator[ScoreItem]:
    for position, base in enumerate(book.base):
        yield ScoreItem(
            community_id=row.community_id,
            rulebook_version_id=row.id,
            code=base.code,
            kind=ItemKind.BASE,
            name=base.name,
            publication=rules.Publication.ANONYMOUS,
            counts_in_score=rules.CountsIn.SCORE in base.counts_in,
            counts_in_balance=rules.CountsIn.BALANCE in base.counts_in,
            position=position,
        )
    for position, item in enumerate(book.items, start=len(book.base)):
        yield ScoreItem(
            community_id=row.community_id,
            rulebook_version_id=row.id,
            code=item.code,
            kind=item.kind,
            name=item.name,
            category=item.category,
            publication=item.publication,
            counts_in_score=rules.CountsIn.SCORE in item.counts_in,
            counts_in_balance=rules.CountsIn.BALANCE in item.counts_in,
            position=position,
        )
