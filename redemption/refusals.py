"""Refused scans 拒绝核销: kept as rows and returned, so that they are committed."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from kernel import tenancy
from kernel.access import Actor
from kernel.database import table_of
from kernel.errors import Refused
from kernel.ids import new_id
from kernel.one_time_codes import digest
from kernel.prepared import Prepared
from redemption.models import RefusalStage, RefusedScan
from redemption.reasons import CODES, SENTENCES, Reason


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A reason with the facts that its sentence names, JSON-ready."""

    reason: Reason
    facts: Mapping[str, Any] = field(default_factory=dict)


def keep(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    merchant_id: uuid.UUID,
    stage: RefusalStage,
    refusal: Refusal,
    offered: str | None = None,
    redemption_id: uuid.UUID | None = None,
    offer_id: uuid.UUID | None = None,
) -> Refused:
    """Append the row and return the answer that is rendered from it."""
    row_id = new_id()
    _INSERT(
        community_id=community_id,
        id=row_id,
        merchant_id=merchant_id,
        actor_id=actor.account_id,
        stage=stage,
        reason=refusal.reason,
        offered_hmac=None if offered is None else digest("offered", offered),
        redemption_id=redemption_id,
        offer_id=offer_id,
        facts=dict(refusal.facts),
        at_utc=now,
    )
    return told(refusal, row_id)


_INSERT = Prepared(lambda: sa.insert(table_of(RefusedScan)))


def replayed(*, community_id: uuid.UUID, result_id: uuid.UUID) -> Refused | None:
    """The same answer again, from its row; None when the id is no refusal."""
    row = tenancy.find(RefusedScan, community_id, result_id)
    return None if row is None else of_row(row)


def of_row(row: RefusedScan) -> Refused:
    """The answer that a row keeps."""
    return told(Refusal(reason=Reason(row.reason), facts=row.facts), row.id)


def told(refusal: Refusal, row_id: uuid.UUID | None = None) -> Refused:
    """How a refusal is worded; ``row_id`` is the row that keeps it, None where nobody was refused.

    What the sentence says about coming back stands in it alone.
    """
    sentences = SENTENCES[refusal.reason]
    return Refused(
        code=CODES[refusal.reason],
        zh=sentences.zh.format(**refusal.facts),
        en=sentences.en.format(**refusal.facts),
        extra={
            **{name: fact for name, fact in refusal.facts.items() if not name.startswith("again_")},
            **({} if row_id is None else {"refusal_id": str(row_id)}),
        },
        row_id=row_id,
    )
