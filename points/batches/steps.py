"""The steps of a batch and who took them: waiting → posted, rejected or withdrawn."""

from __future__ import annotations

import datetime as dt
import uuid

from community import places
from kernel import personal_text, tenancy
from kernel.access import Actor, Permission
from kernel.database import db
from kernel.errors import require_version
from points.batches.errors import IllegalBatchStep
from points.models import BatchActKind, BatchState, PointsBatch, PointsBatchAct


def waiting(community_id: uuid.UUID, batch_id: uuid.UUID, version: int) -> PointsBatch:
    """The batch, locked, while a step is possible; raises IllegalBatchStep, StaleVersion.

    The caller sets the state once everything else has been done.
    """
    batch = tenancy.locked(PointsBatch, community_id, batch_id)
    if batch.state != BatchState.WAITING:
        raise IllegalBatchStep(state=batch.state)
    require_version(batch.version, version)
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
    db.session.add(
        PointsBatchAct(
            community_id=batch.community_id,
            batch_id=batch.id,
            act=act,
            actor_id=actor.account_id,
            role=role,
            why_text_id=personal_text.keep_why(community_id=batch.community_id, why=why, now=now),
            at_utc=now,
        )
    )


def role_of(actor: Actor, community_id: uuid.UUID, permission: Permission) -> str:
    """The role in which the actor may do this here."""
    roles = sorted(actor.roles_at(places.place_of(community_id)))
    return next(role for role in roles if permission in actor.table[role])
