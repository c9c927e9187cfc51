"""Points that arrive from another account or community: debt first, then like points of today."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

from kernel import clock
from points import balances, rulebooks, transfers
from points.rules import expiry as rules_of_expiry


def receive(
    *,
    community_id: uuid.UUID,
    account_id: uuid.UUID,
    rulebook_id: uuid.UUID,
    points: Decimal,
    now: dt.datetime,
) -> None:
    """Add points whose transfer is written: a debt is repaid first, and they expire like others."""
    versions = [each.compiled for each in rulebooks.versions_of(community_id, rulebook_id)]
    reach = rules_of_expiry.reach_of(versions, clock.business_date(now))
    given = balances.credit(
        community_id=community_id, account_id=account_id, points=points,
        expires_on=reach.expires_on,
    )  # fmt: skip
    if given.debt_change:
        transfers.debt_repayment(
            community_id=community_id, account_id=account_id, points=-given.debt_change, now=now
        )
