"""Confirming a batch, by a second person of another body; rejecting it; withdrawing one's own."""

from __future__ import annotations

import datetime as dt
import uuid

from community import members, persons, places
from community.models import Membership
from kernel import audit, tenancy
from kernel.access import Actor
from kernel.database import db
from points.batches import posting, steps
from points.batches.errors import BatchOwnHousehold, BatchWhyMissing, SameBody
from points.batches.views import BatchView, of
from points.models import (
    BatchActKind,
    BatchState,
    PointsBatch,
    PointsBatchAct,
    PointsBatchRow,
)
from points.permissions import PointsPermission


def confirm(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, batch_id: uuid.UUID, version: int
) -> BatchView:
    """Post every row of the batch, whole or nothing.

    Raises SameBody (who uploads does not confirm, nor does anybody of the same body),
    BatchOwnHousehold, IllegalBatchStep, StaleVersion, NoOpenMonth.
    """
    actor.require(PointsPermission.CONFIRM_BATCH, places.place_of(community_id))
    batch = steps.waiting(community_id, batch_id, version)
    role = steps.role_of(actor, community_id, PointsPermission.CONFIRM_BATCH)
    _require_other_body(batch, actor, role)
    _require_unconcerned(batch, actor)
    posting.post(batch, actor_id=actor.account_id, now=now)
    _finish(batch, BatchState.POSTED, BatchActKind.CONFIRMED, actor=actor, role=role, now=now)
    return of(community_id, batch_id)


def reject(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    batch_id: uuid.UUID,
    version: int,
    why: str,
) -> BatchView:
    """Send the batch back with a reason; the same content may then be uploaded again.

    Raises BatchWhyMissing, SameBody, IllegalBatchStep, StaleVersion.
    """
    actor.require(PointsPermission.CONFIRM_BATCH, places.place_of(community_id))
    if not why.strip():
        raise BatchWhyMissing(field="why")
    batch = steps.waiting(community_id, batch_id, version)
    role = steps.role_of(actor, community_id, PointsPermission.CONFIRM_BATCH)
    _require_other_body(batch, actor, role)
    _finish(
        batch, BatchState.REJECTED, BatchActKind.REJECTED, actor=actor, role=role, now=now,
        why=why.strip(),
    )  # fmt: skip
    return of(community_id, batch_id)


def withdraw(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, batch_id: uuid.UUID, version: int
) -> BatchView:
    """Take a batch back before anybody has decided. Raises IllegalBatchStep, StaleVersion."""
    actor.require(PointsPermission.PREPARE_BATCH, places.place_of(community_id))
    batch = steps.waiting(community_id, batch_id, version)
    role = steps.role_of(actor, community_id, PointsPermission.PREPARE_BATCH)
    _finish(batch, BatchState.WITHDRAWN, BatchActKind.WITHDRAWN, actor=actor, role=role, now=now)
    return of(community_id, batch_id)


def _finish(
    batch: PointsBatch,
    state: BatchState,
    act: BatchActKind,
    *,
    actor: Actor,
    role: str,
    now: dt.datetime,
    why: str | None = None,
) -> None:
    batch.state = state
    batch.version += 1
    if state is not BatchState.WITHDRAWN:
        batch.decided_by = actor.account_id
    steps.append(batch, act, actor=actor, role=role, now=now, why=why)
    audit.record(
        actor=actor, now=now, community_id=batch.community_id, act=f"points_batch.{act}",
        subject_kind="points_batch", subject_id=batch.id,
    )  # fmt: skip
    db.session.flush()


def _require_other_body(batch: PointsBatch, actor: Actor, role: str) -> None:
    uploaded_as = db.session.execute(
        tenancy.columns(PointsBatchAct, batch.community_id, PointsBatchAct.role).where(
            PointsBatchAct.batch_id == batch.id, PointsBatchAct.act == BatchActKind.UPLOADED
        )
    ).scalar_one()
    if batch.uploaded_by in persons.accounts_of(actor) or role == uploaded_as:
        raise SameBody()


def _require_unconcerned(batch: PointsBatch, actor: Actor) -> None:
    circle = members.own_circle(batch.community_id, actor)
    if not circle:
        return
    homes = tenancy.columns(Membership, batch.community_id, Membership.household_id).where(
        Membership.member_id.in_(circle), Membership.valid_to.is_(None)
    )
    concerned = tenancy.columns(PointsBatchRow, batch.community_id, PointsBatchRow.id).where(
        PointsBatchRow.batch_id == batch.id,
        PointsBatchRow.holder_id.in_(circle) | PointsBatchRow.holder_id.in_(homes),
    )
    if db.session.execute(concerned.limit(1)).first() is not None:
        raise BatchOwnHousehold()
