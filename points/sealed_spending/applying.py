"""Bringing the net of a sheet to the balances, page by page, in the transaction of its seal."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal

from kernel.ids import new_id
from points import account_changes, expiry
from points.account_changes import Account
from points.models import MonthNet
from points.rules import to_zero
from points.sealed_spending import sealing, waiting
from points.sealed_spending.sealing import Raised, Seal
from points.sealed_spending.waiting import Waiting

BATCH = 500


def apply(*, community_id: uuid.UUID, month: str, now: dt.datetime) -> int:
    """Bring the net of a sheet that is being sealed to the balances; returns of how many holders.

    Called after the step that keeps every other entry off the sheet. Each page of BATCH holders
    is a constant number of statements.
    """
    seal = Seal(community_id=community_id, month=month, now=now)
    done, after = 0, None
    while True:
        ids = waiting.page(seal, after, BATCH)
        if not ids:
            return done
        _apply(seal, ids)
        done, after = done + len(ids), ids[-1]


def _apply(seal: Seal, ids: Sequence[uuid.UUID]) -> None:
    # What is dead already must not be what a deduction takes.
    expiry.settle(community_id=seal.community_id, account_ids=ids, now=seal.now)
    locked = account_changes.locked(seal.community_id, ids)
    for rulebook_id in {account.rulebook_id for account in locked}:
        seal.read(rulebook_id)
    kept = waiting.floors(seal, ids)
    found = waiting.of_page(seal, locked, kept)
    nets: list[MonthNet] = []
    raised: list[Raised] = []
    for account in locked:
        # Corrections of earlier months come before the sheet's own net, oldest first.
        for belongs, what in sorted(found[account.id].items()):
            if belongs == seal.month:
                nets.append(_own(seal, account, what))
                continue
            late = to_zero.corrected(kept[account.id, belongs], what.net)
            nets.append(_net(seal, account, belongs, what, late.moved))
            raised.append(Raised(account.id, belongs, late.before_floor))
    sealing.write(seal, locked, nets, raised)


def _own(seal: Seal, account: Account, what: Waiting) -> MonthNet:
    if not seal.has_floor(account.rulebook_id):
        return _net(seal, account, seal.month, what, what.net)
    floored = to_zero.sealed(account.balance, what.net)
    net = _net(seal, account, seal.month, what, floored.moved)
    net.before_floor = floored.before_floor
    return net


def _net(seal: Seal, account: Account, belongs: str, what: Waiting, change: Decimal) -> MonthNet:
    moved, debt_change = account.change(change)
    account.sooner(what.earliest)
    return MonthNet(
        community_id=seal.community_id,
        id=new_id(),
        account_id=account.id,
        month=seal.month,
        belongs_month=belongs,
        net=what.net,
        expired_before=what.expired_before,
        moved=moved,
        debt_change=debt_change,
        let_off=change - what.net,
        before_floor=None,
        sealed_at_utc=seal.now,
    )
