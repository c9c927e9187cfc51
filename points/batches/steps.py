"""The steps of a batch and who took them: waiting → posted, rejected or withdrawn."""

from __future__ import annotations

import datetime as dt
import uuid

from community import places
from kernel import personal_text, tenancy
from kernel.access import Actor, Permission
from kernel.database import db
from kernel.errors import StaleVersion
from points.batches.errors import IllegalBatchStep
from points.models import BatchActKind, BatchState, PointsBatch, PointsBatchAct

STATE_WORDS = {
    BatchState.WAITING: "等待确认",
    BatchState.POSTED: "已记账",
    BatchState.REJECTED: "已退回",
    BatchState.WITHDRAWN: "已撤回",
}


def take(community_id: uuid.UUID, batch_id: uuid.UUID, version: int, to: BatchState) -> PointsBatch:
    """Lock the batch and check that the step is possible; raises IllegalBatchStep, StaleVersion.

    The caller sets the state once everything else has been done.
    """
    batch = tenancy.get(PointsBatch, community_id, batch_id)
    db.session.refresh(batch, with_for_update=True)
    if batch.state != BatchState.WAITING:
        state = BatchState(batch.state)
        raise IllegalBatchStep(state=state, state_zh=STATE_WORDS[state], to=to)
    if batch.version != version:
        raise StaleVersion(field="version")
    return batch


def append(
    batch: PointsBatch,
    act: BatchActKind,
    *,
    actor: Actor,
    role: str,
    now: dt.datetime,
    why: str | None = None,
) -> None:
    """Append who did what, in which role, and why."""
    text = personal_text.keep(community_id=batch.community_id, body=why, now=now) if why else None
    db.session.add(
        PointsBatchAct(
            community_id=batch.community_id,
            batch_id=batch.id,
            act=act,
            actor_id=actor.account_id,
            role=role,
            why_text_id=text.id if text else None,
            at_utc=now,
        )
    )


def role_of(actor: Actor, community_id: uuid.UUID, permission: Permission) -> str:
    """The role in which the actor may do this here."""
    roles = sorted(actor.roles_at(places.place_of(community_id)))
    return next(role for role in roles if permission in actor.table[role])
