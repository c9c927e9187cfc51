"""Recording what happened: the door, the month that takes it, the facts and their lines."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from community import persons, places
from kernel import clock, personal_text, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.ids import new_id
from kernel.points_value import ZERO
from kernel.prepared import Prepared
from kernel.tenancy import COMMUNITY
from points import (
    accounts,
    fact_door,
    fact_rows,
    fact_views,
    months,
    postings,
)
from points.beneficiaries import NamedPerson, Receiver, Subject
from points.entries import By, Holder
from points.errors import SelfApproval
from points.fact_door import ONE, Admitted, Asked, EvidenceGiven, Signature
from points.fact_first_view import first_view
from points.fact_views import FactView
from points.models import (
    AccountKind,
    Authority,
    EntryCause,
    HolderKind,
    PointsAccount,
    PointsLine,
    Source,
)
from points.months import HeldMonths, Posting
from points.permissions import PointsPermission
from points.recorder_roles import recorder_role
from points.rules.facts import Fact as RuleFact

_CAUSES = {Authority.OBJECTION: EntryCause.OBJECTION}


@dataclass(frozen=True)
class _Written:
    """One fact with its holder and its line."""

    holder: Holder
    fact: RuleFact
    line: PointsLine


def record(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    item_code: str,
    occurred_on: dt.date,
    member_id: uuid.UUID | None = None,
    household_id: uuid.UUID | None = None,
    merchant_id: uuid.UUID | None = None,
    rulebook_code: str | None = None,
    quantity: Decimal = ONE,
    level: str | None = None,
    evidence: Sequence[EvidenceGiven] = (),
    reason: str | None = None,
    deed: uuid.UUID | None = None,
    activity_id: uuid.UUID | None = None,
    told_on: dt.date | None = None,
    beneficiaries: Sequence[NamedPerson] = (),
) -> FactView:
    """Record what a member, household or merchant did; posted as soon as it is approved.

    Returns the first of its facts: one for each account that receives it.
    Raises the refusals of the door (item_not_in_force … recorder_not_allowed), NoOpenMonth,
    DuplicateFact, OwnHousehold, RulebookAmbiguous, BeneficiaryNotAllowed.
    """
    asked = Asked(
        community_id=community_id,
        subject=Subject(member_id=member_id, household_id=household_id, merchant_id=merchant_id),
        item_code=item_code,
        occurred_on=occurred_on,
        rulebook_code=rulebook_code,
        quantity=quantity,
        level=level,
        evidence=evidence,
        reason=reason,
        deed=deed,
        activity_id=activity_id,
        told_on=told_on,
        named=beneficiaries,
    )
    admitted = at_the_door(asked, actor=actor, now=now)
    own = clock.month_of(occurred_on)
    held = months.hold(community_id, own)
    posting = months.posting_in(held, own)
    written, evaluated = _write_down(admitted, held, posting, actor=actor, now=now)
    if evaluated is not None or len(written) > 1:
        ids = [each.fact.fact_id for each in written]
        return fact_views.received(community_id, ids, evaluated or ZERO)
    return first_view(admitted, written[0].fact, written[0].line, posting, now=now)


def at_the_door(asked: Asked, *, actor: Actor, now: dt.datetime) -> Admitted:
    """Everything that is asked before a recorder's fact exists; writes nothing."""
    place = places.place_of(asked.community_id)
    actor.require(PointsPermission.RECORD_FACT, place)
    book, item = fact_door.item_in_force(asked)
    role = recorder_role(actor, place, asked.community_id, asked.subject, item, named=asked.named)
    signature = Signature(recorded_by=actor.account_id, role=role)
    return fact_door.admit(asked, book, item, signature, today=clock.business_date(now))


def record_from(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    source: Source,
    item_code: str,
    occurred_on: dt.date,
    recorded_by: uuid.UUID,
    recorder_role: str,
    member_id: uuid.UUID | None = None,
    household_id: uuid.UUID | None = None,
    merchant_id: uuid.UUID | None = None,
    rulebook_code: str | None = None,
    quantity: Decimal = ONE,
    level: str | None = None,
    decided: Decimal | None = None,
    evidence: Sequence[EvidenceGiven] = (),
    reason: str | None = None,
    deed: uuid.UUID | None = None,
    activity_id: uuid.UUID | None = None,
    beneficiaries: Sequence[NamedPerson] = (),
    approved_by: Sequence[tuple[uuid.UUID, str]] = (),
    received_on: dt.date | None = None,
) -> uuid.UUID:
    """Take in what a claim, a settled activity or a batch found; the id of its first fact.

    The caller has checked who may; ``approved_by`` are (account, role) who agreed already, and
    count as approvals. The item's deadline counts to ``received_on`` (today where it is None).
    Raises what :func:`record` raises, except for the recorder's role; SelfApproval where somebody
    would approve what they recorded.
    """
    asked = Asked(
        community_id=community_id, item_code=item_code, occurred_on=occurred_on,
        subject=Subject(member_id=member_id, household_id=household_id, merchant_id=merchant_id),
        rulebook_code=rulebook_code, quantity=quantity, level=level, decided=decided,
        evidence=evidence, reason=reason, deed=deed, activity_id=activity_id, named=beneficiaries,
    )  # fmt: skip
    signature = Signature(
        recorded_by=recorded_by, role=recorder_role, authority=Authority(source),
        approved_by=approved_by,
    )  # fmt: skip
    _require_two_people(signature)
    book, item = fact_door.item_in_force(asked)
    today = received_on or clock.business_date(now)
    admitted = fact_door.admit(asked, book, item, signature, today=today)
    own = clock.month_of(occurred_on)
    held = months.hold(community_id, own)
    return take_in(admitted, held, months.posting_in(held, own), actor=actor, now=now)[0]


def _require_two_people(signature: Signature) -> None:
    """Raises SelfApproval where who recorded it, by whatever account, would approve it."""
    approvers = {approver_id for approver_id, _ in signature.approved_by}
    if approvers and not approvers.isdisjoint(persons.of_account(signature.recorded_by)):
        raise SelfApproval()


def take_in(
    admitted: Admitted, held: HeldMonths, posting: Posting, *, actor: Actor, now: dt.datetime
) -> list[uuid.UUID]:
    """Write facts, lines, acts and evidence, and post where no approval is missing; their ids."""
    written, _ = _write_down(admitted, held, posting, actor=actor, now=now)
    return [each.fact.fact_id for each in written]


def _write_down(
    admitted: Admitted, held: HeldMonths, posting: Posting, *, actor: Actor, now: dt.datetime
) -> tuple[list[_Written], Decimal | None]:
    """What was written, and what evaluating it posted; None where that was not needed."""
    text_id = personal_text.keep_why(
        community_id=admitted.community_id, why=admitted.asked.reason, now=now
    )
    written = []
    for holder, fact in _facts(admitted):
        fact_rows.insert(admitted, fact, posting, reason_text_id=text_id, now=now)
        line = fact_rows.line(admitted, fact, posting)
        fact_rows.append_acts(admitted, fact, reason_text_id=text_id, actor=actor, now=now)
        written.append(_Written(holder, fact, line))
    act = postings.Act(
        by=By(actor_id=actor.account_id, now=now),
        cause=_CAUSES.get(admitted.signature.authority, EntryCause.RECORDED),
        fact_ids=frozenset(each.fact.fact_id for each in written),
        months=held,
        reviewed_month_id=(posting.month_id if admitted.signature.authority in _CAUSES else None),
    )
    return written, _post(admitted, written, act)


def _facts(admitted: Admitted) -> list[tuple[Holder, RuleFact]]:
    """One fact for each receiving account, in the order in which accounts are locked."""
    book = admitted.book
    found = [(_account_id(admitted, receiver), receiver) for receiver in admitted.receivers]
    facts = []
    deed_id = admitted.deed_id
    for account_id, receiver in sorted(found, key=lambda each: each[0]):
        fact_id = new_id()
        deed_id = deed_id or fact_id
        is_member = receiver.kind is HolderKind.MEMBER
        holder = Holder(
            community_id=admitted.community_id,
            account_id=account_id,
            rulebook_id=book.rulebook_id,
            member_id=receiver.holder_id if is_member else None,
        )
        fact = fact_rows.new_fact(admitted, receiver, account_id, fact_id=fact_id, deed_id=deed_id)
        facts.append((holder, fact))
    return facts


def _account_id(admitted: Admitted, receiver: Receiver) -> uuid.UUID:
    """The receiver's account, made when it is first needed."""
    known: uuid.UUID | None = _ACCOUNT(
        p_community_id=admitted.community_id,
        p_rulebook_id=admitted.book.rulebook_id,
        p_holder_kind=receiver.kind,
        p_holder_id=receiver.holder_id,
    ).scalar_one_or_none()
    if known is not None:
        return known
    return accounts.for_holder(
        community_id=admitted.community_id,
        rulebook_id=admitted.book.rulebook_id,
        holder_kind=receiver.kind,
        holder_id=receiver.holder_id,
    ).id


_ACCOUNT = Prepared(
    lambda: tenancy.columns(PointsAccount, COMMUNITY, PointsAccount.id).where(
        PointsAccount.kind == AccountKind.HOLDER,
        PointsAccount.rulebook_id == sa.bindparam("p_rulebook_id"),
        PointsAccount.holder_kind == sa.bindparam("p_holder_kind"),
        PointsAccount.holder_id == sa.bindparam("p_holder_id"),
    )
)


def _post(admitted: Admitted, written: Sequence[_Written], act: postings.Act) -> Decimal | None:
    """A line that fits is written with what it is worth at once; everything else is evaluated.

    What evaluating posted, or None. Several accounts always are evaluated: one after the other
    they could not be locked in order.
    """
    version, taken = admitted.book.compiled, False
    if admitted.is_approved and len(written) == 1:
        only = written[0]
        taken = postings.take_fast(only.holder, only.fact, only.line, version)
    for each in written:
        fact_rows.insert_line(each.line)
    if taken:
        postings.write_fast(written[0].holder, written[0].line, version, act)
    if taken or not admitted.is_approved:
        return None
    posted = postings.evaluate([each.holder for each in written], act)
    db.session.flush()
    return posted
