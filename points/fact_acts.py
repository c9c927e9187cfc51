"""What every later act on a fact shares: who may, which version, which month, then posting."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from community import persons
from kernel import audit, personal_text, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import StaleVersion
from points import evaluated_together, evaluation, months, postings, rulebooks
from points.entries import By
from points.errors import FactStruck, MonthSealed, SelfApproval
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
from points.recorder_roles import require_nobody_near
from points.rulebooks import RulebookInForce
from points.rules.compiled import Item

#: A change of one field: before and after, as numbers and levels only.
Changes = Mapping[str, tuple[object, object]]

CAUSES = {
    FactActKind.APPROVED: EntryCause.APPROVED,
    FactActKind.DECIDED: EntryCause.DECIDED,
    FactActKind.AMENDED: EntryCause.AMENDED,
    FactActKind.STRUCK: EntryCause.STRUCK,
    FactActKind.TOLD: EntryCause.TOLD,
    FactActKind.CORRECTED: EntryCause.CORRECTED,
}
#: Something new happened to the deed: no correction of a sheet, so a seal is no obstacle.
_NEWS = {FactActKind.TOLD, FactActKind.CORRECTED}
_AUTHORITY_CAUSES = {
    Authority.REVIEW: EntryCause.REVIEW,
    Authority.OBJECTION: EntryCause.OBJECTION,
}


@dataclass(frozen=True, kw_only=True)
class Touched:
    """A fact with all that an act on it needs; its month is held."""

    fact: Fact
    #: The line acted on: the first, unless a review or objection names a later slice.
    line: PointsLine
    account: PointsAccount
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
    *,
    actor: Actor,
    community_id: uuid.UUID,
    fact_id: uuid.UUID,
    authority: Authority,
    act: FactActKind,
    line_id: uuid.UUID | None = None,
) -> Touched:
    """Load the fact, hold its months, and refuse what no act may do to it.

    Raises NotFound, FactStruck, MonthSealed (an upheld objection alone corrects a sealed month),
    SelfApproval (nobody judges what they recorded; telling the member is the recorder's own),
    OwnHousehold.
    """
    fact = tenancy.get(Fact, community_id, fact_id)
    held = months.hold(community_id, fact.month)
    db.session.refresh(fact)
    line = _line(community_id, fact_id, line_id)
    if fact.is_struck:
        raise FactStruck()
    month = held.by_id.get(line.month_id)
    sealed = month is None or month.state is MonthState.SEALED
    if sealed and authority is not Authority.OBJECTION and act not in _NEWS:
        raise MonthSealed(month=fact.month)
    if act is not FactActKind.TOLD and fact.recorded_by in persons.accounts_of(actor):
        raise SelfApproval()
    account = tenancy.get(PointsAccount, community_id, fact.account_id)
    require_nobody_near(
        community_id,
        actor,
        member_ids=[fact.member_id, account.holder_id],
        household_ids=[fact.household_id],
    )
    book = rulebooks.pinned(community_id, fact.score_item_id)
    return Touched(
        fact=fact,
        line=line,
        account=account,
        book=book,
        item=book.compiled.by_code[fact.item_code],
        months=held,
        authority=authority,
    )


def _line(community_id: uuid.UUID, fact_id: uuid.UUID, line_id: uuid.UUID | None) -> PointsLine:
    which = PointsLine.slice == 0 if line_id is None else PointsLine.id == line_id
    return db.session.scalars(
        tenancy.select(PointsLine, community_id)
        .where(PointsLine.fact_id == fact_id, which)
        .execution_options(populate_existing=True)
    ).one()


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
    db.session.add(
        FactAct(
            community_id=fact.community_id,
            fact_id=fact.id,
            act=step.act,
            version=fact.version,
            actor_id=step.actor.account_id,
            actor_role=step.role,
            authority=touched.authority,
            reason_text_id=personal_text.keep_why(
                community_id=fact.community_id, why=step.reason, now=step.now
            ),
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
    """Post what the act changed: fast for a fresh approval, otherwise everything of the holder."""
    _move_to_open_month(touched)
    act = postings.Act(
        by=By(actor_id=step.actor.account_id, now=step.now),
        cause=_AUTHORITY_CAUSES.get(touched.authority, CAUSES[step.act]),
        fact_ids=frozenset({touched.fact.id}),
        months=touched.months,
        reviewed_month_id=(
            None if touched.authority is Authority.RECORDING else touched.line.month_id
        ),
    )
    holder = evaluated_together.holder_of(touched.account)
    if step.act is FactActKind.APPROVED:
        known = evaluation.rule_fact(touched.fact)
        postings.after_approval(holder, known, touched.line, touched.book.compiled, act)
    else:
        postings.evaluate([holder], act)
    db.session.flush()


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
    return str(value) if isinstance(value, Decimal | dt.date) else value
