"""Recording what happened: the door, the month that takes it, the fact and its line."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from community import members, places
from community.members import MemberOn
from kernel import audit, clock, personal_text
from kernel.access import Actor
from kernel.database import db, upsert
from kernel.ids import new_id
from points import accounts, door_errors, evaluation, fact_views, months, postings, rulebooks
from points.entries import By, Holder
from points.errors import (
    DuplicateFact,
    ItemNotInForce,
    RulebookMissing,
)
from points.fact_views import FactView
from points.models import (
    Authority,
    EntryCause,
    EvidenceKind,
    Fact,
    FactAct,
    FactActKind,
    FactEvidence,
    LineKind,
    LineSource,
    PointsAccount,
    PointsLine,
)
from points.months import HeldMonths, Posting
from points.permissions import PointsPermission
from points.recorder_roles import recorder_role
from points.rulebooks import RulebookInForce
from points.rules.compiled import CountsIn, Item
from points.rules.door import check_fact
from points.rules.facts import WorthReason

ONE = Decimal(1)
_CAUSES = {Authority.OBJECTION: EntryCause.OBJECTION}
_UNIQUE = ["community_id", "account_id", "member_id", "item_code", "deed_id"]


@dataclass(frozen=True, kw_only=True)
class EvidenceGiven:
    """One piece of evidence: its kind, and where it lies (file or register number)."""

    kind: EvidenceKind
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What was asked to be recorded, once the door let it in."""

    community_id: uuid.UUID
    book: RulebookInForce
    item: Item
    who: MemberOn
    occurred_on: dt.date
    quantity: Decimal
    level: str | None
    deed: uuid.UUID | None
    evidence: Sequence[EvidenceGiven]
    reason: str | None
    role: str
    decided: Decimal | None = None
    #: An upheld objection records into the closed month it is about, and needs no approval.
    authority: Authority = Authority.RECORDING

    @property
    def approvals_needed(self) -> int:
        return 0 if self.authority is Authority.OBJECTION else self.item.recording.approval_count


def record(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    member_id: uuid.UUID,
    item_code: str,
    occurred_on: dt.date,
    quantity: Decimal = ONE,
    level: str | None = None,
    evidence: Sequence[EvidenceGiven] = (),
    reason: str | None = None,
    deed: uuid.UUID | None = None,
) -> FactView:
    """Record what a member did; what it is worth is posted as soon as it is approved.

    Raises the refusals of the door (item_not_in_force … recorder_not_allowed), NoOpenMonth,
    DuplicateFact (same member, item and deed), OwnHousehold.
    """
    actor.require(PointsPermission.RECORD_FACT, place := places.place_of(community_id))
    book, item = item_in_force(community_id, occurred_on, item_code)
    role = recorder_role(actor, place, community_id, member_id, item)
    claim = Claim(
        community_id=community_id,
        book=book,
        item=item,
        who=members.identity(community_id, member_id, occurred_on),
        occurred_on=occurred_on,
        quantity=quantity,
        level=level,
        deed=deed,
        evidence=evidence,
        reason=reason,
        role=role,
    )
    _require_door(claim, clock.business_date(now))
    own = clock.month_of(occurred_on)
    held = months.hold(community_id, own)
    posting = months.posting_in(held, own)
    return fact_views.of(community_id, take_in(claim, held, posting, actor=actor, now=now))


def _require_door(claim: Claim, today: dt.date) -> None:
    answer = check_fact(
        claim.item,
        occurred_on=claim.occurred_on,
        today=today,
        recorder_role=claim.role,
        quantity=claim.quantity,
        level=claim.level,
        reason=claim.reason,
        evidence=[given.kind for given in claim.evidence],
    )
    door_errors.require(answer, level=claim.level)


def item_in_force(
    community_id: uuid.UUID, occurred_on: dt.date, item_code: str
) -> tuple[RulebookInForce, Item]:
    """The rulebook of that day and its item; raises ItemNotInForce."""
    try:
        book = rulebooks.in_force(community_id, occurred_on)
    except RulebookMissing:
        raise ItemNotInForce(field="item_code") from None
    item = book.compiled.by_code.get(item_code)
    if item is None:
        raise ItemNotInForce(field="item_code")
    return book, item


def take_in(
    claim: Claim, held: HeldMonths, posting: Posting, *, actor: Actor, now: dt.datetime
) -> uuid.UUID:
    """Write fact, line, act and evidence, and post where no approval is missing; the fact's id."""
    account = accounts.for_member(claim.community_id, claim.who.member_id, claim.book.rulebook_id)
    values = _fact_values(claim, account, posting, actor=actor, now=now)
    inserted = upsert(Fact).values(values).on_conflict_do_nothing(index_elements=_UNIQUE)
    fact: Fact | None = db.session.scalars(inserted.returning(Fact)).one_or_none()
    if fact is None:
        raise DuplicateFact(field="deed")
    line = _line(claim, fact, account, posting)
    db.session.add(line)
    _append(claim, fact, actor=actor, now=now)
    db.session.flush()
    if fact.is_approved:
        holder = Holder(
            community_id=claim.community_id,
            account_id=account.id,
            rulebook_id=claim.book.rulebook_id,
            member_id=claim.who.member_id,
        )
        act = postings.Act(
            by=By(actor_id=actor.account_id, now=now),
            cause=_CAUSES.get(claim.authority, EntryCause.RECORDED),
            line_id=line.id,
            months=held,
            reviewed_month_id=posting.month_id if claim.authority in _CAUSES else None,
        )
        known = evaluation.rule_fact(fact)
        postings.after_approval(holder, known, line, claim.book.compiled, act)
        db.session.flush()
    return fact.id


def _fact_values(
    claim: Claim, account: PointsAccount, posting: Posting, *, actor: Actor, now: dt.datetime
) -> dict[str, object]:
    fact_id = new_id()
    needed = claim.approvals_needed
    reason_text_id = None
    if claim.reason:
        text = personal_text.keep(community_id=claim.community_id, body=claim.reason, now=now)
        reason_text_id = text.id
    return {
        "community_id": claim.community_id,
        "id": fact_id,
        "score_item_id": claim.book.item_ids[claim.item.code],
        "item_code": claim.item.code,
        "account_id": account.id,
        "member_id": claim.who.member_id,
        "household_id": claim.who.household_id,
        "occurred_on": claim.occurred_on,
        "quantity": claim.quantity,
        "level": claim.level,
        "decided": claim.decided,
        "deed_id": claim.deed or fact_id,
        "tags": sorted(claim.who.tags),
        "recorded_by": actor.account_id,
        "recorder_role": claim.role,
        "reason_text_id": reason_text_id,
        "approvals_needed": needed,
        "approvals": 0,
        "is_approved": needed == 0,
        "is_struck": False,
        "month": posting.month,
        "belongs_month": posting.belongs_month,
        "recorded_at_utc": now,
        "version": 1,
    }


def _line(claim: Claim, fact: Fact, account: PointsAccount, posting: Posting) -> PointsLine:
    return PointsLine(
        community_id=claim.community_id,
        id=new_id(),
        source=LineSource.FACT,
        fact_id=fact.id,
        slice=0,
        account_id=account.id,
        member_id=fact.member_id,
        score_item_id=fact.score_item_id,
        item_code=fact.item_code,
        kind=LineKind(claim.item.kind),
        counts_in_score=CountsIn.SCORE in claim.item.counts_in,
        counts_in_balance=CountsIn.BALANCE in claim.item.counts_in,
        entitled=Decimal(0),
        posted=Decimal(0),
        reason=None if fact.is_approved else WorthReason.AWAITING_APPROVAL,
        belongs_month=posting.belongs_month,
        month_id=posting.month_id,
        occurred_on=claim.occurred_on,
    )


def _append(claim: Claim, fact: Fact, *, actor: Actor, now: dt.datetime) -> None:
    community_id = claim.community_id
    for given in claim.evidence:
        note = None
        if given.note:
            note = personal_text.keep(community_id=community_id, body=given.note, now=now)
        db.session.add(
            FactEvidence(
                community_id=community_id,
                fact_id=fact.id,
                kind=given.kind,
                note_text_id=note.id if note else None,
            )
        )
    db.session.add(
        FactAct(
            community_id=community_id,
            fact_id=fact.id,
            act=FactActKind.RECORDED,
            version=1,
            actor_id=actor.account_id,
            actor_role=claim.role,
            authority=claim.authority,
            reason_text_id=fact.reason_text_id,
            changes={},
            at_utc=now,
        )
    )
    audit.record(
        actor=actor,
        now=now,
        community_id=community_id,
        act="fact.recorded",
        subject_kind="fact",
        subject_id=fact.id,
    )
