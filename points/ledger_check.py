"""Re-adding the ledger: every account, entry, line, score and limit, each mismatch named.

Reads only. Sums are made by the database in one statement per question; what facts are worth is
evaluated again, holder by holder.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from kernel.points_value import ZERO
from points import ledger_balances, ledger_sums, ledger_worth
from points.moving import in_transit


@dataclass(frozen=True, kw_only=True)
class Mismatch:
    """What does not add up: which row, and what it says against what was found."""

    what: str
    row_id: uuid.UUID
    stored: str
    found: str
    detail: str = ""


#: Later than every month: what goes on is then followed to the end of the newest one.
_NO_DAY_IN_PARTICULAR = dt.date(9000, 1, 1)
#: Sums of all accounts of a community: account → points (missing means 0.0).
ByAccount = Mapping[uuid.UUID, Decimal]


def check(
    community_id: uuid.UUID,
    *,
    held_by_account: Callable[[uuid.UUID], ByAccount] | None = None,
    today: dt.date | None = None,
) -> list[Mismatch]:
    """Every mismatch in one community's ledger, in a stable order; empty when all is well.

    ``held_by_account(community_id)`` sums the open holds, which redemption knows; without it
    what is held is not checked. ``today`` is the business date up to which failings go on; without
    it the end of the newest month.
    """
    held = held_by_account(community_id) if held_by_account else None
    found = [
        *_accounts(community_id, held),
        *_entries(community_id),
        *_lines(community_id),
        *_scores(community_id),
        *_balances(community_id),
        *_transit(community_id),
        *_worth(community_id, today or _NO_DAY_IN_PARTICULAR),
    ]
    return sorted(found, key=lambda each: (each.what, str(each.row_id), each.detail))


def _accounts(community_id: uuid.UUID, held: ByAccount | None) -> Iterator[Mismatch]:
    """balance = transfers in − transfers out; debt = entries' debt − repayments; held = holds."""
    moved = ledger_sums.moved_by_account(community_id)
    owed = ledger_sums.owed_by_account(community_id)
    for account in ledger_sums.holder_accounts(community_id):
        questions: list[tuple[str, Decimal, ByAccount]] = [
            ("balance", account.balance, moved),
            ("debt", account.debt, owed),
        ]
        if held is not None:
            questions.append(("held", account.held, held))
        for what, stored, sums in questions:
            added = sums.get(account.id, ZERO)
            if stored != added:
                yield Mismatch(what=what, row_id=account.id, stored=str(stored), found=str(added))


def _entries(community_id: uuid.UUID) -> Iterator[Mismatch]:
    """What an entry says it moved is what its transfer moved."""
    for entry_id, said, moved in ledger_sums.entries_against_transfers(community_id):
        yield Mismatch(what="entry_moved", row_id=entry_id, stored=str(said), found=str(moved))


def _lines(community_id: uuid.UUID) -> Iterator[Mismatch]:
    """What was posted for a line is the sum of its entries, and is what it is worth."""
    for line_id, posted, entitled, added in ledger_sums.lines_against_entries(community_id):
        if posted != added:
            yield Mismatch(what="line_posted", row_id=line_id, stored=str(posted), found=str(added))
        if posted != entitled:
            yield Mismatch(
                what="line_entitled", row_id=line_id, stored=str(entitled), found=str(posted)
            )


def _scores(community_id: uuid.UUID) -> Iterator[Mismatch]:
    """A monthly score is the sum of the entries on that month's sheet."""
    stored = ledger_sums.stored_scores(community_id)
    added = ledger_sums.added_scores(community_id)
    nothing = (ZERO, ZERO, ZERO)
    for key in stored.keys() | added.keys():
        if stored.get(key, nothing) != added.get(key, nothing):
            account_id, month = key
            yield Mismatch(
                what="monthly_score",
                row_id=account_id,
                stored=_parts(stored.get(key)),
                found=_parts(added.get(key)),
                detail=month,
            )


def _balances(community_id: uuid.UUID) -> Iterator[Mismatch]:
    """Lots, expiries, sealed sheets and batches make the balances what they are."""
    accounts = ledger_sums.holder_accounts(community_id)
    for what, row_id, detail, stored, found in ledger_balances.differences(community_id, accounts):
        yield Mismatch(what=what, row_id=row_id, stored=stored, found=found, detail=detail)


def _transit(community_id: uuid.UUID) -> Iterator[Mismatch]:
    """Points to and from other communities: each transfer has its journey, each journey its own."""
    for what, row_id, stored, found in in_transit.differences(community_id):
        yield Mismatch(what=what, row_id=row_id, stored=stored, found=found)


def _worth(community_id: uuid.UUID, today: dt.date) -> Iterator[Mismatch]:
    """Lines, limits, running totals, counters and vetoes are what the facts are worth."""
    for what, row_id, detail, stored, found in ledger_worth.differences(community_id, today):
        yield Mismatch(what=what, row_id=row_id, stored=stored, found=found, detail=detail)


def _parts(score: tuple[Decimal, Decimal, Decimal] | None) -> str:
    return "-" if score is None else "base {} bonus {} deduction {}".format(*score)
