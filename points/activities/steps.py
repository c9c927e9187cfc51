"""The legal steps of an activity, in one table; every act is appended with its version."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from kernel import audit, personal_text, tenancy
from kernel.audit import By
from kernel.database import db
from kernel.errors import require_version
from points.activities.errors import ActivityUnknown, IllegalActivityStep
from points.models import Activity, ActivityAct
from points.models import ActivityActKind as Kind
from points.models import ActivityState as State

#: (state, what is done) → state afterwards. Whatever is not here is refused.
LEGAL_STEPS: Mapping[tuple[State, Kind], State] = {
    (State.PLANNED, Kind.CHANGED): State.PLANNED,
    (State.OPEN, Kind.CHANGED): State.OPEN,
    (State.RUNNING, Kind.CHANGED): State.RUNNING,
    (State.PLANNED, Kind.OPENED): State.OPEN,
    (State.OPEN, Kind.STARTED): State.RUNNING,
    (State.RUNNING, Kind.SETTLED): State.SETTLED,
    (State.SETTLED, Kind.LEFT_SETTLED): State.SETTLED,
    (State.PLANNED, Kind.CANCELLED): State.CANCELLED,
    (State.OPEN, Kind.CANCELLED): State.CANCELLED,
    (State.RUNNING, Kind.CANCELLED): State.CANCELLED,
}

#: state → as people call it
STATE_WORDS: Mapping[State, tuple[str, str]] = {
    State.PLANNED: ("计划中", "planned"),
    State.OPEN: ("报名中", "open for enrolment"),
    State.RUNNING: ("进行中", "running"),
    State.SETTLED: ("已结算", "settled"),
    State.CANCELLED: ("已取消", "cancelled"),
}
STEP_WORDS: Mapping[Kind, tuple[str, str]] = {
    Kind.PLANNED: ("计划", "plan"),
    Kind.CHANGED: ("修改", "change"),
    Kind.OPENED: ("开放报名", "open for enrolment"),
    Kind.STARTED: ("开始", "start"),
    Kind.SETTLED: ("结算", "settle"),
    Kind.LEFT_SETTLED: ("补结", "settle who was left"),
    Kind.CANCELLED: ("取消", "cancel"),
}


def after(before: State, kind: Kind) -> State:
    """The state that ``kind`` leads to; raises IllegalActivityStep."""
    to = LEGAL_STEPS.get((before, kind))
    if to is None:
        (state, state_en), (step, step_en) = STATE_WORDS[before], STEP_WORDS[kind]
        raise IllegalActivityStep(state=state, state_en=state_en, step=step, step_en=step_en)
    return to


def locked(community_id: uuid.UUID, activity_id: uuid.UUID, *, shared: bool = False) -> Activity:
    """The activity as it stands now, held until the commit. Raises ActivityUnknown.

    ``shared``: others may hold it so as well, but nobody takes a step meanwhile.
    """
    return tenancy.locked(
        Activity, community_id, activity_id, shared=shared, unknown=ActivityUnknown
    )


def of(community_id: uuid.UUID, activity_id: uuid.UUID) -> Activity:
    """The activity; ActivityUnknown."""
    row = tenancy.find(Activity, community_id, activity_id)
    if row is None:
        raise ActivityUnknown()
    return row


def seen(row: Activity, kind: Kind, version: int) -> State:
    """The state the act leads to. Raises IllegalActivityStep; StaleVersion for an older version."""
    to = after(State(row.state), kind)
    require_version(row.version, version)
    return to


def take(row: Activity, kind: Kind, by: By) -> None:
    """Take one step of the table and append its act; the row is locked."""
    before = State(row.state)
    row.state = after(before, kind)
    row.version += 1
    db.session.flush()
    append(row, kind, before, by)


def append(row: Activity, kind: Kind, before: State | None, by: By) -> None:
    """Keep who did what, when and why."""
    db.session.add(
        ActivityAct(
            community_id=row.community_id,
            activity_id=row.id,
            act=kind,
            version=row.version,
            from_state=before,
            to_state=row.state,
            actor_id=by.actor.account_id,
            why_text_id=personal_text.keep_why(
                community_id=row.community_id, why=by.why, now=by.now
            ),
            at_utc=by.now,
        )
    )
    audit.record(
        actor=by.actor,
        now=by.now,
        community_id=row.community_id,
        act=f"activity.{kind}",
        subject_kind="activity",
        subject_id=row.id,
    )
    db.session.flush()
