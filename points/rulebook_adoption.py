"""Writing rulebooks: a draft from JSON text, and the meeting that puts it in force."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator

import sqlalchemy as sa

from community import places
from kernel import audit, clock, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import StaleVersion
from kernel.ids import new_id
from points import months, rulebook_text, tags
from points.errors import (
    AdoptedInFuture,
    EffectiveInPast,
    EffectiveNotFirstDay,
    FactsAlreadyRecorded,
    OtherRulebookInForce,
    RulebookNotDraft,
    UnknownTag,
    VersionTaken,
)
from points.models import (
    BaseGrant,
    Fact,
    ItemKind,
    Rulebook,
    RulebookAct,
    RulebookState,
    RulebookVersion,
    ScoreItem,
)
from points.permissions import PointsPermission
from points.rules import compiled as rules
from points.rules.document import parse
from points.rules.reading import compile_rulebook, load


def draft(*, actor: Actor, now: dt.datetime, community_id: uuid.UUID, text: str) -> RulebookVersion:
    """Keep a rulebook written as JSON text; a draft of the same version is replaced.

    Raises RulebookRefused with every finding (shape, duplicate keys and codes, constructs that
    are not supported), VersionTaken when this version has already been adopted.
    """
    actor.require(PointsPermission.DRAFT_RULEBOOK, places.place_of(community_id))
    document = parse(text)
    book = compile_rulebook(document)
    stored = rulebook_text.canonical(document)
    rulebook = _rulebook(community_id, book)
    row = db.session.scalars(
        tenancy.select(RulebookVersion, community_id).where(
            RulebookVersion.rulebook_id == rulebook.id, RulebookVersion.version == book.version
        )
    ).one_or_none()
    if row is not None and row.state != RulebookState.DRAFT:
        raise VersionTaken(version=book.version)
    if row is None:
        row = RulebookVersion(
            community_id=community_id,
            id=new_id(),
            rulebook_id=rulebook.id,
            version=book.version,
            state=RulebookState.DRAFT,
            version_seen=0,
        )
        db.session.add(row)
    row.document = stored
    row.sha256 = rulebook_text.sha256(stored)
    row.version_seen += 1
    db.session.flush()
    _append(row, None, RulebookState.DRAFT, actor=actor, now=now)
    return row


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
    EffectiveNotFirstDay, EffectiveInPast, FactsAlreadyRecorded, AdoptedInFuture,
    OtherRulebookInForce, UnknownTag.
    """
    actor.require(PointsPermission.ADOPT_RULEBOOK, places.place_of(community_id))
    row = tenancy.get(RulebookVersion, community_id, version_id)
    if row.state != RulebookState.DRAFT:
        raise RulebookNotDraft()
    if row.version_seen != version:
        raise StaleVersion(field="version")
    if adopted_on > clock.business_date(now):
        raise AdoptedInFuture(field="adopted_on")
    _require_no_other(community_id, row.rulebook_id)
    former = _former(community_id, row.rulebook_id)
    _require_effective(community_id, row, former, effective_from)
    book = load(row.document)
    unknown = book.tags - tags.known(community_id)
    if unknown:
        raise UnknownTag(tags="、".join(sorted(unknown)))
    if former is not None:
        former.state = RulebookState.SUPERSEDED
        former.effective_to = effective_from
        former.version_seen += 1
        db.session.flush()
        _append(former, RulebookState.ADOPTED, RulebookState.SUPERSEDED, actor=actor, now=now)
    row.state = RulebookState.ADOPTED
    row.adopted_meeting = meeting
    row.adopted_on = adopted_on
    row.effective_from = effective_from
    row.version_seen += 1
    db.session.add_all(_items(row, book))
    db.session.flush()
    _append(row, RulebookState.DRAFT, RulebookState.ADOPTED, actor=actor, now=now)
    return row


def _rulebook(community_id: uuid.UUID, book: rules.Rulebook) -> Rulebook:
    found = db.session.scalars(
        tenancy.select(Rulebook, community_id).where(Rulebook.code == book.code)
    ).one_or_none()
    if found is None:
        found = Rulebook(community_id=community_id, id=new_id(), code=book.code, holder=book.holder)
        db.session.add(found)
    found.title = book.title
    db.session.flush()
    return found


def _require_no_other(community_id: uuid.UUID, rulebook_id: uuid.UUID) -> None:
    """Holders of one kind have one account, hence one rulebook at a time."""
    own = tenancy.get(Rulebook, community_id, rulebook_id)
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
    row: RulebookVersion,
    former: RulebookVersion | None,
    effective_from: dt.date,
) -> None:
    if effective_from.day != 1:
        raise EffectiveNotFirstDay(field="effective_from")
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


def _append(
    row: RulebookVersion,
    before: RulebookState | None,
    to: RulebookState,
    *,
    actor: Actor,
    now: dt.datetime,
) -> None:
    db.session.add(
        RulebookAct(
            community_id=row.community_id,
            rulebook_version_id=row.id,
            from_state=before,
            to_state=to,
            actor_id=actor.account_id,
            at_utc=now,
        )
    )
    audit.record(
        actor=actor,
        now=now,
        community_id=row.community_id,
        act=f"rulebook.{to}",
        subject_kind="rulebook_version",
        subject_id=row.id,
    )
    db.session.flush()
