"""Dry run 试算: what a past month would have been worth under a draft. Reads only.

Both sides are worked out by the rules from the same facts, so that nothing but the text differs:
"before" under the versions in force then, "after" with the draft in force from the month's first
day. Base points are those that grants of the month would give, points by rank those that its
freeze would award, from the quantities worked out here.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from community import places
from kernel import clock, tenancy
from kernel.access import Actor
from kernel.points_value import ZERO
from points import evaluation, rulebooks
from points.errors import RulebookMissing
from points.grants.ranked import closings, winners
from points.models import Rulebook as RulebookRow
from points.models import RulebookVersion
from points.permissions import PointsPermission
from points.rulebook_life import dry_run_base, dry_run_reading, dry_run_solvency, examining
from points.rulebook_life.dry_run_reading import HolderNamed
from points.rulebook_life.dry_run_results import (
    DryRun,
    FactLeftOut,
    HolderEffect,
    ItemEffect,
    Sums,
)
from points.rulebook_life.errors import NothingToRunOn
from points.rulebooks import RulebookInForce
from points.rules.compiled import Rulebook
from points.rules.document import parse
from points.rules.evaluate import Evaluation
from points.rules.facts import Fact, LineWorth, WorthReason
from points.rules.findings import RulebookRefused

#: Fields of what is found, in the order in which both are worked out.
_SIDES = ("before", "after")
_LEFT_OUT = (WorthReason.ITEM_NOT_IN_FORCE, WorthReason.LEVEL_MISSING)


def dry_run(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    version_id: uuid.UUID,
    month: str | None = None,
) -> DryRun:
    """Run a version on ``month``, by default the last sealed one.

    Raises NothingToRunOn, MonthNotRunnable, MonthUnknown, RulebookRefused (every finding, where
    the text cannot be read as a rulebook).
    """
    actor.require(PointsPermission.DRY_RUN_RULEBOOK, places.place_of(community_id))
    row = tenancy.get(RulebookVersion, community_id, version_id)
    month = dry_run_reading.month_to_run(community_id, month, clock.business_date(now))
    read = examining.read(community_id, parse(row.document), clock.business_date(now))
    if read.rulebook is None:
        raise RulebookRefused(read.findings)
    book = _book_of_the_month(community_id, row, month)
    return _Run(community_id, month, book, read.rulebook).result(row, clock.business_date(now))


def _book_of_the_month(
    community_id: uuid.UUID, row: RulebookVersion, month: str
) -> RulebookInForce:
    """The rulebook whose facts are run: the one in force then for the same kind of holder."""
    own = tenancy.get(RulebookRow, community_id, row.rulebook_id)
    try:
        return rulebooks.in_force(community_id, clock.first_day(month), own.holder)
    except RulebookMissing:
        raise NothingToRunOn(field="month") from None


class _Run:
    """One dry run: both sides gathered holder by holder, item by item."""

    def __init__(
        self, community_id: uuid.UUID, month: str, book: RulebookInForce, draft: Rulebook
    ) -> None:
        self._community_id = community_id
        self._month = month
        self._first = clock.first_day(month)
        self._last = clock.first_day(clock.next_month(month)) - dt.timedelta(days=1)
        self._book = book
        self._draft = replace(draft, effective_from=self._first)
        self._names: Mapping[uuid.UUID, HolderNamed] = {}
        self._holders: dict[uuid.UUID, HolderEffect] = {}
        self._items: dict[str, ItemEffect] = {}
        self._before, self._after = Sums(), Sums()
        self._left_out: list[FactLeftOut] = []

    def result(self, row: RulebookVersion, today: dt.date) -> DryRun:
        before = [
            each.compiled
            for each in rulebooks.versions_of(self._community_id, self._book.rulebook_id)
        ]
        after = [each for each in before if each.effective_from < self._first] + [self._draft]
        facts = dry_run_reading.facts(
            self._community_id, self._book.rulebook_id, self._month, [*before, *after]
        )
        found = dry_run_reading.holders(
            self._community_id, self._book.rulebook_id, self._book.compiled.holder, self._last
        )
        self._names = found.by_holder
        self._of_facts(facts, before, after, found.by_account)
        self._of_base()
        solvency = dry_run_solvency.of(
            self._community_id, self._book.rulebook_id, self._month, today=today,
            before=self._before.balance, after=self._after.balance,
        )  # fmt: skip
        changed = [each for each in self._holders.values() if each.is_changed]
        changed.sort(key=lambda each: (-abs(each.difference), each.household_code or "", each.id))
        return DryRun(
            month=self._month,
            version=row,
            fact_count=sum(each.facts for each in self._items.values()),
            holder_count=len(self._holders),
            before=self._before,
            after=self._after,
            changed=changed,
            items=[self._items[code] for code in sorted(self._items)],
            left_out=self._left_out,
            solvency=solvency,
        )

    def _of_facts(
        self,
        facts: Collection[Fact],
        before: Sequence[Rulebook],
        after: Sequence[Rulebook],
        holder_of: Mapping[uuid.UUID, uuid.UUID],
    ) -> None:
        by_id = {fact.fact_id: fact for fact in facts}
        found = [evaluation.dry(versions, facts, self._last) for versions in (before, after)]
        sides = [self._lines(each.lines) for each in found]
        for key in sides[0].keys() | sides[1].keys():
            fact = by_id[key[0]]
            holder = self._holder(holder_of[fact.holder])
            was, becomes = (side.get(key) for side in sides)
            self._count(fact, holder, was, becomes, is_fact=key[1] == 0)
        self._left_out.sort(key=lambda each: (each.occurred_on, each.item_code, each.id))
        for evaluated, rulebook, side in zip(
            found, (self._book.compiled, self._draft), _SIDES, strict=True
        ):
            self._of_ranks(evaluated, rulebook, side, holder_of)

    def _lines(self, lines: Sequence[LineWorth]) -> dict[tuple[uuid.UUID, int], LineWorth]:
        """Lines of the month; slices of an earlier fact are the month's, too."""
        return {
            (line.fact_id, line.slice): line for line in lines if line.belongs_month == self._month
        }

    def _count(
        self,
        fact: Fact,
        holder: HolderEffect,
        was: LineWorth | None,
        becomes: LineWorth | None,
        *,
        is_fact: bool,
    ) -> None:
        effects = (self._item(self._items, fact.item), self._item(holder.items, fact.item))
        for effect in effects:
            effect.facts += int(is_fact)
            effect.before += was.signed if was else ZERO
            effect.after += becomes.signed if becomes else ZERO
        for line, sums in (
            (was, (self._before, holder.before)),
            (becomes, (self._after, holder.after)),
        ):
            if line is not None:
                for each in sums:
                    each.add(line)
        is_new = was is None or was.reason not in _LEFT_OUT
        if becomes is not None and becomes.reason in _LEFT_OUT and is_new:
            for effect in effects:
                effect.left_out += 1
            self._left_out.append(_fact_left_out(fact, holder, effects[0], was, becomes.reason))

    def _of_ranks(
        self,
        found: Evaluation,
        rulebook: Rulebook,
        side: str,
        holder_of: Mapping[uuid.UUID, uuid.UUID],
    ) -> None:
        """Points by rank of the items whose period closes with the month."""
        for closing in closings(self._community_id, rulebook, self._month):
            item = closing.item
            totals = {
                key.holder: total.quantity
                for key, total in found.totals.items()
                if key.item == item.code and key.cell == closing.cell
            }
            for won in winners(closing, holder_of, totals):
                holder = self._holder(holder_of[won.account_id])
                for sums in (self._sums(side), getattr(holder, side)):
                    sums.award(won.points, item.counts_in)
                for items in (self._items, holder.items):
                    _bring(self._item(items, item.code), side, won.points)

    def _of_base(self) -> None:
        draft = RulebookInForce(version=self._book.version, compiled=self._draft, item_ids={})
        for book, side in zip((self._book, draft), _SIDES, strict=True):
            for base, points in dry_run_base.bases(self._community_id, book, self._month):
                for holder_id, worth in points.items():
                    holder = self._holder(holder_id)
                    for sums in (self._sums(side), getattr(holder, side)):
                        sums.grant(worth, base.counts_in)
                    for items in (self._items, holder.items):
                        effect = items.setdefault(base.code, ItemEffect(base.code, base.name))
                        _bring(effect, side, worth)

    def _sums(self, side: str) -> Sums:
        return self._before if side == "before" else self._after

    def _holder(self, holder_id: uuid.UUID) -> HolderEffect:
        if holder_id not in self._holders:
            named = self._names.get(holder_id, HolderNamed(name="", household_code=None))
            self._holders[holder_id] = HolderEffect(
                id=holder_id, name=named.name, household_code=named.household_code
            )
        return self._holders[holder_id]

    def _item(self, items: dict[str, ItemEffect], code: str) -> ItemEffect:
        if code not in items:
            known = self._draft.by_code.get(code) or self._book.compiled.by_code.get(code)
            items[code] = ItemEffect(code, known.name if known else code)
        return items[code]


def _bring(effect: ItemEffect, side: str, points: Decimal) -> None:
    setattr(effect, side, getattr(effect, side) + points)


def _fact_left_out(
    fact: Fact,
    holder: HolderEffect,
    item: ItemEffect,
    was: LineWorth | None,
    reason: WorthReason | None,
) -> FactLeftOut:
    return FactLeftOut(
        id=fact.fact_id,
        item_code=fact.item,
        item_name=item.name,
        holder_name=holder.name,
        household_code=holder.household_code,
        occurred_on=fact.occurred_on,
        reason=reason or "",
        before=was.signed if was else ZERO,
    )
