"""What every later act on a fact shares: who may, which version, which month, then posting."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from community import members
from kernel import audit, personal_text, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import StaleVersion
from points import evaluation, months, postings, rulebooks
from points.entries import By, Holder
from points.errors import FactStruck, MonthSealed, OwnHousehold, SelfApproval
from points.models import (
    Authority,
    EntryCause,
    Fact,
    FactAct,
    FactActKind,
    MonthState,
    PointsAccount,
    PointsLine,
)
from points.months import HeldMonths
from points.rulebooks import RulebookInForce
from points.rules.compiled import Item

#: A change of one field: before and after, as numbers and levels only.
Changes = Mapping[str, tuple[object, object]]

CAUSES = {
    FactActKind.APPROVED: EntryCause.APPROVED,
    FactActKind.DECIDED: EntryCause.DECIDED,
    FactActKind.AMENDED: EntryCause.AMENDED,
    FactActKind.STRUCK: EntryCause.STRUCK,
}
_AUTHORITY_CAUSES = {
    Authority.REVIEW: EntryCause.REVIEW,
    Authority.OBJECTION: EntryCause.OBJECTION,
}


@dataclass(frozen=True, kw_only=True)
class Touched:
    """A fact with all that an act on it needs; its month is held."""

    fact: Fact
    line: PointsLine
    book: RulebookInForce
    item: Item
    months: HeldMonths
    authority: Authority

    @property
    def community_id(self) -> uuid.UUID:
        return self.fact.community_id


@dataclass(frozen=True, kw_only=True)
class FactStep:
    """One act: what it is, who does it in which role, and what it changes."""

    act: FactActKind
    actor: Actor
    role: str
    now: dt.datetime
    changes: Changes
    reason: str | None = None


def touch(
    *, actor: Actor, community_id: uuid.UUID, fact_id: uuid.UUID, authority: Authority
) -> Touched:
    """Load the fact, hold its month, and refuse what no act may do to it.

    Raises NotFound, FactStruck, MonthSealed (an upheld objection alone reaches a sealed month),
    SelfApproval (nobody judges what they recorded), OwnHousehold.
    """
    fact = tenancy.get(Fact, community_id, fact_id)
    held = months.hold(community_id, fact.month)
    db.session.refresh(fact)
    line = db.session.scalars(
        tenancy.select(PointsLine, community_id)
        .where(PointsLine.fact_id == fact_id, PointsLine.slice == 0)
        .execution_options(populate_existing=True)
    ).one()
    if fact.is_struck:
        raise FactStruck()
    month = held.by_id.get(line.month_id)
    sealed = month is None or month.state is MonthState.SEALED
    if sealed and authority is not Authority.OBJECTION:
        raise MonthSealed(month=fact.month)
    if fact.recorded_by == actor.account_id:
        raise SelfApproval()
    if fact.member_id in members.own_circle(community_id, actor.account_id):
        raise OwnHousehold()
    book = rulebooks.pinned(community_id, fact.score_item_id)
    return Touched(
        fact=fact,
        line=line,
        book=book,
        item=book.compiled.by_code[fact.item_code],
        months=held,
        authority=authority,
    )


def advance(touched: Touched, step: FactStep, *, version: int, **values: object) -> None:
    """Change the fact if it still is at ``version``, and append the act. Raises StaleVersion."""
    fact = touched.fact
    changed = db.session.execute(
        tenancy.update(Fact, fact.community_id)
        .where(Fact.id == fact.id, Fact.version == version)
        .values(version=version + 1, **values)
        .returning(Fact.id)
        .execution_options(synchronize_session=False)
    ).first()
    if changed is None:
        raise StaleVersion(field="version")
    db.session.refresh(fact)
    text = None
    if step.reason:
        text = personal_text.keep(community_id=fact.community_id, body=step.reason, now=step.now)
    db.session.add(
        FactAct(
            community_id=fact.community_id,
            fact_id=fact.id,
            act=step.act,
            version=fact.version,
            actor_id=step.actor.account_id,
            actor_role=step.role,
            authority=touched.authority,
            reason_text_id=text.id if text else None,
            changes={name: [_word(old), _word(new)] for name, (old, new) in step.changes.items()},
            at_utc=step.now,
        )
    )
    audit.record(
        actor=step.actor,
        now=step.now,
        community_id=fact.community_id,
        act=f"fact.{step.act}",
        subject_kind="fact",
        subject_id=fact.id,
    )
    db.session.flush()


def post(touched: Touched, step: FactStep) -> None:
    """Post what the act changed: fast for a fresh approval, otherwise the whole holder."""
    _move_to_open_month(touched)
    act = postings.Act(
        by=By(actor_id=step.actor.account_id, now=step.now),
        cause=_AUTHORITY_CAUSES.get(touched.authority, CAUSES[step.act]),
        line_id=touched.line.id,
        months=touched.months,
        reviewed_month_id=(
            None if touched.authority is Authority.RECORDING else touched.line.month_id
        ),
    )
    holder = _holder(touched)
    if step.act is FactActKind.APPROVED:
        known = evaluation.rule_fact(touched.fact)
        postings.after_approval(holder, known, touched.line, touched.book.compiled, act)
    else:
        postings.evaluate(holder, act)
    db.session.flush()


def _holder(touched: Touched) -> Holder:
    account = tenancy.get(PointsAccount, touched.community_id, touched.fact.account_id)
    return Holder(
        community_id=touched.community_id,
        account_id=account.id,
        rulebook_id=touched.book.rulebook_id,
        member_id=touched.fact.member_id,
    )


def _move_to_open_month(touched: Touched) -> None:
    """A claim decided after its month closed is reviewed with the month that is open now."""
    held = touched.months.by_id.get(touched.line.month_id)
    waiting = touched.line.posted == 0 and touched.authority is Authority.RECORDING
    if not waiting or held is None or held.state is MonthState.OPEN:
        return
    to = touched.months.open_from(touched.fact.belongs_month)
    touched.line.month_id = to.month_id
    touched.fact.month = to.month
    db.session.flush()


def _word(value: object) -> object:
    return str(value) if isinstance(value, Decimal) else value
