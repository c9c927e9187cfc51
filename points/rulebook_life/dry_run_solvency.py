"""Solvency 兑付能力 beside a dry run: what the draft would issue, against what can be borne.

The merchants live in a package above this one: app.py tells where their part is read.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal

from points import outstanding
from points.rules.solvency import AllianceBears, Issued, Solvency

#: (community, day) → what the alliance can bear in a month, as it stands on the day
AllianceReader = Callable[[uuid.UUID, dt.date], AllianceBears]
_alliance: list[AllianceReader] = []


def alliance_from(read: AllianceReader) -> None:
    """Tell where the alliance is read."""
    _alliance[:] = [read]


def of(
    community_id: uuid.UUID,
    rulebook_id: uuid.UUID,
    month: str,
    *,
    today: dt.date,
    before: Decimal,
    after: Decimal,
) -> Solvency:
    """``before`` and ``after`` count in balances under the rulebook that is run.

    Three statements and those of the alliance, however many people there are.
    """
    if not _alliance:
        raise RuntimeError("nobody told where the alliance is read")
    spendable, held = outstanding.in_hands(community_id, today)
    beside = outstanding.issued_beside(community_id, month, rulebook_id)
    return Solvency(
        on=today,
        month=month,
        spendable=spendable,
        held=held,
        issued=Issued(before=before, after=after, beside=beside),
        redeemed=outstanding.redeemed(community_id, month),
        alliance=_alliance[0](community_id, today),
    )
