"""What recording would do, told before it is done; nothing is written, no account is locked.

The deed is judged as if everybody who has to agree had agreed.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from kernel import clock, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.ids import new_id
from kernel.points_value import ZERO
from points import (
    evaluated_together,
    evaluation,
    fact_recording,
    fact_rows,
    likely_duplicates,
    months,
    rulebooks,
)
from points.beneficiaries import Receiver
from points.errors import DuplicateFact
from points.evaluation import LineKey
from points.fact_door import Admitted, Asked
from points.likely_duplicates import LikeIt
from points.models import AccountKind, PointsAccount
from points.rules.facts import Fact as RuleFact
from points.rules.facts import LineWorth


@dataclass(frozen=True, kw_only=True)
class NewLine:
    """A line the recording would make, for one receiving account."""

    holder_kind: str
    holder_id: uuid.UUID
    slice: int
    occurred_on: dt.date
    points: Decimal
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class MovedLine:
    """A line on record that would be worth something else."""

    fact_id: uuid.UUID
    slice: int
    item_code: str
    occurred_on: dt.date
    before: Decimal
    after: Decimal
    reason: str | None


@dataclass(frozen=True)
class Caution:
    """What the recorder should see before confirming."""

    code: str
    zh: str
    en: str


POSSIBLE_DUPLICATE = Caution(
    "possible_duplicate",
    "同一天、同一项目，这个人或这一户已经有记录，请核对是不是同一件事。",
    "This item is already on record for this person or household on this day. Is it the same deed?",
)
WORTH_NOTHING = Caution(
    "worth_nothing",
    "按细则，这一笔现在得 0 分，原因见明细；事情仍会记录在案。",
    "Under the rulebook this is worth 0 now, for the reason shown; the deed is kept on record.",
)
MOVES_OTHERS = Caution(
    "moves_other_lines",
    "这一笔会让已经记过的行重新计算（封顶重排），请看变动的各行。",
    "Other lines on record change with this one. Please look at them.",
)
LOWERS_TOTAL = Caution(
    "lowers_total",
    "记下这一笔加分，合计反而会减少，请核对后再确认。",
    "Recording this bonus would lower the total. Please check before you confirm.",
)


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What would come of it; amounts are signed."""

    rulebook_code: str
    item_code: str
    item_name: str
    month: str
    approvals_needed: int
    lines: Sequence[NewLine]
    moved: Sequence[MovedLine]
    total_change: Decimal
    warnings: Sequence[Caution]
    duplicates: Sequence[LikeIt]


def preview(*, actor: Actor, now: dt.datetime, asked: Asked) -> Preview:
    """Judge the deed beside everything on record.

    Raises the refusals of the door, and DuplicateFact.
    """
    admitted = fact_recording.at_the_door(asked, actor=actor, now=now)
    own = clock.month_of(asked.occurred_on)
    held = months.hold(asked.community_id, own)
    posting = months.posting_in(held, own)
    newest = max(each.month for each in held.by_id.values())
    changes = _changes(admitted, evaluation.as_of(clock.business_date(now), newest))
    if changes.is_duplicate:
        raise DuplicateFact(field="deed")
    likely = likely_duplicates.find(
        asked.community_id,
        item_code=admitted.item.code,
        occurred_on=asked.occurred_on,
        person_id=admitted.conduct.id,
        household_id=admitted.conduct.household_id,
    )
    lines, moved = changes.new_lines(), changes.moved_lines()
    total = sum((line.points for line in lines), ZERO)
    total += sum((line.after - line.before for line in moved), ZERO)
    return Preview(
        rulebook_code=admitted.book.compiled.code,
        item_code=admitted.item.code,
        item_name=admitted.item.name,
        month=posting.month,
        approvals_needed=admitted.approvals_needed,
        lines=lines,
        moved=moved,
        total_change=total,
        warnings=_warnings(lines, moved, total, likely),
        duplicates=likely,
    )


def new_lines(admitted: Admitted, *, as_of: dt.date) -> list[NewLine]:
    """What the deed would bring to each who receives it; for what comes in by another way."""
    return _changes(admitted, as_of).new_lines()


@dataclass(frozen=True)
class _Changes:
    """Worth before and after, and the new facts with who receives them."""

    before: Mapping[LineKey, LineWorth]
    after: Mapping[LineKey, LineWorth]
    new: Mapping[uuid.UUID, Receiver]
    known: Mapping[uuid.UUID, RuleFact]
    #: One of them is on record already: same account, person, item and deed.
    is_duplicate: bool

    def new_lines(self) -> list[NewLine]:
        return [
            NewLine(
                holder_kind=self.new[worth.fact_id].kind,
                holder_id=self.new[worth.fact_id].holder_id,
                slice=worth.slice,
                occurred_on=worth.on,
                points=worth.signed,
                reason=worth.reason,
            )
            for worth in self.after.values()
            if worth.fact_id in self.new
        ]

    def moved_lines(self) -> list[MovedLine]:
        moved = []
        for key in sorted(self.before.keys() | self.after.keys()):
            was, now = self.before.get(key), self.after.get(key)
            worth = now or was
            if worth is None or key[0] in self.new:
                continue
            before, after = was.signed if was else ZERO, now.signed if now else ZERO
            if before != after:
                moved.append(
                    MovedLine(
                        fact_id=key[0],
                        slice=key[1],
                        item_code=self.known[key[0]].item,
                        occurred_on=worth.on,
                        before=before,
                        after=after,
                        reason=now.reason if now else None,
                    )
                )
        return moved


def _changes(admitted: Admitted, as_of: dt.date) -> _Changes:
    community_id, rulebook_id = admitted.community_id, admitted.book.rulebook_id
    versions = [each.compiled for each in rulebooks.versions_of(community_id, rulebook_id)]
    accounts = _accounts(admitted)
    new: dict[uuid.UUID, Receiver] = {}
    added = []
    deed_id = admitted.deed_id
    for receiver in admitted.receivers:
        fact_id = new_id()
        deed_id = deed_id or fact_id
        # Somebody without an account yet is given an id of the moment.
        account_id = accounts.get(receiver.holder_id) or new_id()
        fact = fact_rows.new_fact(admitted, receiver, account_id, fact_id=fact_id, deed_id=deed_id)
        added.append(replace(fact, approved=True))
        new[fact_id] = receiver
    together = evaluated_together.tied_to(
        community_id,
        rulebook_id,
        set(accounts.values()),
        {each.household_id for each in admitted.receivers if each.household_id},
        versions,
    )
    facts = evaluation.facts_of(community_id, together)
    return _Changes(
        before=_by_key(evaluation.dry(versions, facts, as_of).lines),
        after=_by_key(evaluation.dry(versions, [*facts, *added], as_of).lines),
        new=new,
        known={fact.fact_id: fact for fact in facts},
        is_duplicate=not {_identity(fact) for fact in facts}.isdisjoint(map(_identity, added)),
    )


def _identity(fact: RuleFact) -> tuple[object, ...]:
    """What there may be once, even of what was struck."""
    return fact.holder, fact.person, fact.item, fact.deed


def _accounts(admitted: Admitted) -> dict[uuid.UUID, uuid.UUID]:
    """Accounts of the receivers that stand already: holder → account."""
    rows = db.session.execute(
        tenancy.columns(
            PointsAccount, admitted.community_id, PointsAccount.holder_id, PointsAccount.id
        ).where(
            PointsAccount.kind == AccountKind.HOLDER,
            PointsAccount.rulebook_id == admitted.book.rulebook_id,
            PointsAccount.holder_id.in_([each.holder_id for each in admitted.receivers]),
        )
    )
    return {row.holder_id: row.id for row in rows}


def _by_key(lines: Sequence[LineWorth]) -> dict[LineKey, LineWorth]:
    return {(worth.fact_id, worth.slice): worth for worth in lines}


def _warnings(
    lines: Sequence[NewLine],
    moved: Sequence[MovedLine],
    total: Decimal,
    likely: Sequence[LikeIt],
) -> list[Caution]:
    found = []
    if likely:
        found.append(POSSIBLE_DUPLICATE)
    if not any(line.points for line in lines):
        found.append(WORTH_NOTHING)
    if moved:
        found.append(MOVES_OTHERS)
    if total < 0 and all(line.points >= 0 for line in lines):
        found.append(LOWERS_TOTAL)
    return found
