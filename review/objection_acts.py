"""Steps of an objection: each through the table of legal steps, each appended as an act."""

from __future__ import annotations

import datetime as dt

from kernel import audit, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import StaleVersion
from review.errors import ObjectionClosed
from review.models import Objection, ObjectionAct, ObjectionState
from review.rules.objection_steps import may_step


def step(
    *,
    actor: Actor,
    now: dt.datetime,
    row: Objection,
    to: ObjectionState,
    version: int,
    **values: object,
) -> None:
    """Take the objection one legal step and append the act; refuses a stale click.

    Raises ObjectionClosed, StaleVersion.
    """
    before = ObjectionState(row.state)
    if not may_step(before, to):
        raise ObjectionClosed()
    changed = db.session.execute(
        tenancy.update(Objection, row.community_id)
        .where(Objection.id == row.id, Objection.version == version, Objection.state == before)
        .values(state=to, version=version + 1, **values)
        .returning(Objection.id)
        .execution_options(synchronize_session=False)
    ).first()
    if changed is None:
        raise StaleVersion(field="version")
    db.session.refresh(row)
    append(row, before, actor=actor, now=now)


def append(
    row: Objection, before: ObjectionState | None, *, actor: Actor, now: dt.datetime
) -> None:
    """Append the act that led to the row's present state; ``before`` is None for the filing."""
    db.session.add(
        ObjectionAct(
            community_id=row.community_id,
            objection_id=row.id,
            from_state=before,
            to_state=row.state,
            actor_id=actor.account_id,
            at_utc=now,
        )
    )
    audit.record(
        actor=actor,
        now=now,
        community_id=row.community_id,
        act=f"objection.{row.state}",
        subject_kind="objection",
        subject_id=row.id,
    )
    db.session.flush()
