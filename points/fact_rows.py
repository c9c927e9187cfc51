"""The rows a fact begins with: itself, its line, its first act, approvals, evidence, the trail."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import sqlalchemy as sa

from kernel import audit, personal_text
from kernel.access import Actor
from kernel.database import db, table_of, upsert
from kernel.ids import new_id
from kernel.prepared import Prepared
from points.beneficiaries import Receiver
from points.errors import DuplicateFact
from points.fact_door import Admitted
from points.models import (
    Fact,
    FactAct,
    FactActKind,
    FactApproval,
    FactEvidence,
    HolderKind,
    LineKind,
    LineSource,
    PointsLine,
)
from points.months import Posting
from points.rules.compiled import CountsIn
from points.rules.facts import Fact as RuleFact
from points.rules.facts import WorthReason

_UNIQUE = ["community_id", "account_id", "person_id", "item_code", "deed_id"]


def new_fact(
    admitted: Admitted,
    receiver: Receiver,
    account_id: uuid.UUID,
    *,
    fact_id: uuid.UUID,
    deed_id: uuid.UUID,
) -> RuleFact:
    """The fact of one receiving account as the rules know it."""
    asked = admitted.asked
    return RuleFact(
        fact_id=fact_id,
        item=admitted.item.code,
        holder=account_id,
        person=admitted.conduct.id,
        household=receiver.household_id,
        occurred_on=asked.occurred_on,
        quantity=asked.quantity,
        level=asked.level,
        decided=asked.decided,
        deed=deed_id,
        activity=asked.activity_id,
        tags=admitted.conduct.tags,
        approved=admitted.is_approved,
        told_on=asked.told_on,
    )


def insert(
    admitted: Admitted,
    fact: RuleFact,
    posting: Posting,
    *,
    reason_text_id: uuid.UUID | None,
    now: dt.datetime,
) -> None:
    """Write the fact's row. Raises DuplicateFact: same account, person, item and deed."""
    signature = admitted.signature
    values = {
        "community_id": admitted.community_id,
        "id": fact.fact_id,
        "score_item_id": admitted.book.item_ids[fact.item],
        "item_code": fact.item,
        "account_id": fact.holder,
        "person_id": admitted.conduct.id,
        "member_id": admitted.conduct.member_id,
        "household_id": fact.household,
        "occurred_on": fact.occurred_on,
        "quantity": fact.quantity,
        "level": fact.level,
        "decided": fact.decided,
        "deed_id": fact.deed,
        "activity_id": fact.activity,
        "told_on": fact.told_on,
        "promised": False,
        "tags": sorted(fact.tags),
        "recorded_by": signature.recorded_by,
        "recorder_role": signature.role,
        "reason_text_id": reason_text_id,
        "approvals_needed": admitted.approvals_needed,
        "approvals": len(signature.approved_by),
        "is_approved": fact.approved,
        "is_struck": False,
        "month": posting.month,
        "belongs_month": posting.belongs_month,
        "recorded_at_utc": now,
        "version": 1,
    }
    if _FACT(**values).first() is None:
        raise DuplicateFact(field="deed")


_FACT = Prepared(
    lambda: upsert(Fact).on_conflict_do_nothing(index_elements=_UNIQUE).returning(Fact.id)
)
_LINE = Prepared(lambda: sa.insert(table_of(PointsLine)))
_ACT = Prepared(lambda: sa.insert(table_of(FactAct)))
_LINE_COLUMNS = tuple(column.key for column in table_of(PointsLine).columns)


def insert_line(line: PointsLine) -> None:
    """Write the line as it stands."""
    _LINE(**{name: getattr(line, name) for name in _LINE_COLUMNS})


def line(admitted: Admitted, fact: RuleFact, posting: Posting) -> PointsLine:
    """The fact's first line, worth nothing so far; the caller writes it."""
    item = admitted.item
    return PointsLine(
        community_id=admitted.community_id,
        id=new_id(),
        source=LineSource.FACT,
        fact_id=fact.fact_id,
        slice=0,
        account_id=fact.holder,
        member_id=admitted.conduct.member_id,
        score_item_id=admitted.book.item_ids[fact.item],
        item_code=fact.item,
        kind=LineKind(item.kind),
        counts_in_score=CountsIn.SCORE in item.counts_in,
        counts_in_balance=counts_in_balance(admitted),
        entitled=Decimal(0),
        posted=Decimal(0),
        reason=None if fact.approved else WorthReason.AWAITING_APPROVAL,
        belongs_month=posting.belongs_month,
        month_id=posting.month_id,
        occurred_on=fact.occurred_on,
    )


def counts_in_balance(admitted: Admitted) -> bool:
    """A merchant has a score, never a balance."""
    is_merchant = admitted.book.compiled.holder == HolderKind.MERCHANT
    return CountsIn.BALANCE in admitted.item.counts_in and not is_merchant


def append_acts(
    admitted: Admitted,
    fact: RuleFact,
    *,
    reason_text_id: uuid.UUID | None,
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Write act, approvals, evidence and the trail."""
    community_id, signature = admitted.community_id, admitted.signature
    _append_evidence(admitted, fact, now)
    _ACT(
        community_id=community_id,
        id=new_id(),
        fact_id=fact.fact_id,
        act=FactActKind.RECORDED,
        version=1,
        actor_id=signature.recorded_by,
        actor_role=signature.role,
        authority=signature.authority,
        reason_text_id=reason_text_id,
        changes={},
        at_utc=now,
    )
    audit.record_one(
        actor=actor,
        now=now,
        community_id=community_id,
        act="fact.recorded",
        subject_kind="fact",
        subject_id=fact.fact_id,
    )


def _append_evidence(admitted: Admitted, fact: RuleFact, now: dt.datetime) -> None:
    """What was shown, and who agreed already."""
    community_id = admitted.community_id
    for given in admitted.asked.evidence:
        note = None
        if given.note:
            note = personal_text.keep(community_id=community_id, body=given.note, now=now)
        db.session.add(
            FactEvidence(
                community_id=community_id,
                fact_id=fact.fact_id,
                kind=given.kind,
                note_text_id=note.id if note else None,
            )
        )
    for approver_id, role in admitted.signature.approved_by:
        db.session.add(
            FactApproval(
                community_id=community_id,
                fact_id=fact.fact_id,
                approver_id=approver_id,
                role=role,
                at_utc=now,
            )
        )
