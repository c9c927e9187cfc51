"""Steps of a request for a reversal, each appended."""

from __future__ import annotations

import datetime as dt

from kernel import audit
from kernel.access import Actor
from kernel.database import db
from redemption.models import ReversalRequest, ReversalRequestAct, ReversalState


def append(
    row: ReversalRequest, before: ReversalState | None, *, actor: Actor, now: dt.datetime
) -> None:
    """Append the act that led to the row's present state; ``before`` is None for the asking."""
    db.session.add(
        ReversalRequestAct(
            community_id=row.community_id,
            request_id=row.id,
            from_state=before,
            to_state=row.state,
            actor_id=actor.account_id,
            at_utc=now,
        )
    )
    audit.record(
        actor=actor, now=now, community_id=row.community_id, act=f"reversal_request.{row.state}",
        subject_kind="reversal_request", subject_id=row.id,
    )  # fmt: skip
    db.session.flush()
