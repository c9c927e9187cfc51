"""The door: what is asked to be recorded, and what it becomes once it is let in.

Looks up the item in every rulebook in force on that day, resolves who receives it, and asks
``points.rules.door`` about the rest. Nothing is written here.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from kernel import tenancy
from kernel.database import db
from points import beneficiaries, door_errors, rulebooks
from points.activities.errors import ActivityUnknown
from points.beneficiaries import Conduct, NamedPerson, Receiver, Subject
from points.errors import DateInFuture, ItemNotInForce, RulebookAmbiguous, ToldTooEarly
from points.models import Activity, Authority, EvidenceKind, Fact, HolderKind
from points.rulebooks import RulebookInForce
from points.rules.compiled import BeneficiaryKind, Item
from points.rules.door import check_fact

ONE = Decimal(1)
#: Whose conduct a rulebook of this kind of holder judges.
_JUDGED_BY = {
    HolderKind.MEMBER: (HolderKind.MEMBER, HolderKind.HOUSEHOLD),
    HolderKind.HOUSEHOLD: (HolderKind.HOUSEHOLD, HolderKind.MEMBER),
    HolderKind.MERCHANT: (HolderKind.MERCHANT,),
}


@dataclass(frozen=True, kw_only=True)
class EvidenceGiven:
    """One piece of evidence: its kind, and where it lies (file or register number)."""

    kind: EvidenceKind
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What somebody asks to be recorded. ``deed`` is an id shared by facts, or such a fact's."""

    community_id: uuid.UUID
    subject: Subject
    item_code: str
    occurred_on: dt.date
    rulebook_code: str | None = None
    quantity: Decimal = ONE
    level: str | None = None
    decided: Decimal | None = None
    evidence: Sequence[EvidenceGiven] = ()
    reason: str | None = None
    deed: uuid.UUID | None = None
    activity_id: uuid.UUID | None = None
    told_on: dt.date | None = None
    named: Sequence[NamedPerson] = ()


@dataclass(frozen=True, kw_only=True)
class Signature:
    """On whose word it stands: who recorded it in which role, and who agreed already."""

    recorded_by: uuid.UUID
    role: str
    authority: Authority = Authority.RECORDING
    approved_by: Sequence[tuple[uuid.UUID, str]] = ()


@dataclass(frozen=True, kw_only=True)
class Admitted:
    """What the door let in: judged by ``item``, received by ``receivers``."""

    asked: Asked
    book: RulebookInForce
    item: Item
    conduct: Conduct
    receivers: Sequence[Receiver]
    #: None where the deed stands alone: then each fact is its own.
    deed_id: uuid.UUID | None
    signature: Signature

    @property
    def community_id(self) -> uuid.UUID:
        return self.asked.community_id

    @property
    def approvals_needed(self) -> int:
        """What an upheld objection found was checked in the objection."""
        if self.signature.authority is Authority.OBJECTION:
            return 0
        return self.item.recording.approval_count

    @property
    def is_approved(self) -> bool:
        return len(self.signature.approved_by) >= self.approvals_needed


def item_in_force(asked: Asked) -> tuple[RulebookInForce, Item]:
    """The rulebook of that day and its item. Raises ItemNotInForce, RulebookAmbiguous."""
    kind = asked.subject.kind
    found = []
    for book in rulebooks.all_in_force(asked.community_id, asked.occurred_on):
        item = book.compiled.by_code.get(asked.item_code)
        wanted = asked.rulebook_code in (None, book.compiled.code)
        if item is not None and wanted and _judges(book.compiled.holder, item, kind):
            found.append((book, item))
    if not found:
        raise ItemNotInForce(field="item_code")
    if len(found) > 1:
        refused = RulebookAmbiguous(field="rulebook_code")
        refused.extra = {"rulebooks": [book.compiled.code for book, _ in found]}
        raise refused
    return found[0]


def _judges(holder: str, item: Item, kind: HolderKind) -> bool:
    if kind not in _JUDGED_BY[HolderKind(holder)]:
        return False
    # A household as such does something under the members' rulebook only where its members or
    # the household receive the points.
    is_household_in_members = holder == HolderKind.MEMBER and kind is HolderKind.HOUSEHOLD
    return not is_household_in_members or item.beneficiary.who in (
        BeneficiaryKind.HOUSEHOLD,
        BeneficiaryKind.HEAD,
        BeneficiaryKind.EACH_MEMBER,
    )


def admit(
    asked: Asked,
    book: RulebookInForce,
    item: Item,
    signature: Signature,
    *,
    today: dt.date,
    is_judged: bool = True,
) -> Admitted:
    """Let it in, or raise why not.

    ``today`` is the business date the deadline counts to. Without ``is_judged`` deadline,
    evidence and recorder were weighed elsewhere; what the deed itself must be is asked always.
    """
    _require_possible(asked, item, signature, today, is_judged=is_judged)
    conduct = beneficiaries.conduct_of(asked.community_id, asked.subject, asked.occurred_on)
    return Admitted(
        asked=asked,
        book=book,
        item=item,
        conduct=conduct,
        receivers=beneficiaries.receivers_of(
            asked.community_id,
            item,
            conduct,
            holder=book.compiled.holder,
            named=asked.named,
            on=asked.occurred_on,
        ),
        deed_id=_deed_of(asked),
        signature=signature,
    )


def require_told_on(item: Item, *, told_on: dt.date, occurred_on: dt.date, today: dt.date) -> None:
    """Raises DateInFuture, ToldTooEarly.

    Telling is not back-dated further than a deed may be recorded late: it sharpens what follows.
    """
    if told_on > today:
        raise DateInFuture(field="told_on")
    days = item.recording.deadline_days
    if told_on < occurred_on or (days is not None and (today - told_on).days > days):
        raise ToldTooEarly(field="told_on")


def _require_possible(
    asked: Asked, item: Item, signature: Signature, today: dt.date, *, is_judged: bool
) -> None:
    allowed = item.recording.recorders
    everything = list(EvidenceKind)
    answer = check_fact(
        item,
        occurred_on=asked.occurred_on,
        today=today if is_judged else min(today, asked.occurred_on),
        # Whose role was checked by the caller records in any role the item names.
        recorder_role=signature.role if signature.role in allowed else min(allowed, default=""),
        quantity=asked.quantity,
        level=asked.level,
        activity=asked.activity_id if is_judged else asked.activity_id or uuid.NAMESPACE_OID,
        reason=asked.reason,
        evidence=[given.kind for given in asked.evidence] if is_judged else everything,
    )
    door_errors.require(answer, level=asked.level)
    if asked.activity_id is not None and signature.authority is not Authority.ACTIVITY:
        _require_activity(asked.community_id, asked.activity_id)
    if asked.told_on is not None:
        require_told_on(item, told_on=asked.told_on, occurred_on=asked.occurred_on, today=today)


def _require_activity(community_id: uuid.UUID, activity_id: uuid.UUID) -> None:
    """Raises ActivityUnknown, which includes those of other communities."""
    if tenancy.find(Activity, community_id, activity_id) is None:
        raise ActivityUnknown(field="activity_id")


def _deed_of(asked: Asked) -> uuid.UUID | None:
    """The deed named, or the deed of the fact that was named instead."""
    if asked.deed is None:
        return None
    found: uuid.UUID | None = db.session.execute(
        tenancy.columns(Fact, asked.community_id, Fact.deed_id).where(Fact.id == asked.deed)
    ).scalar_one_or_none()
    return found or asked.deed
