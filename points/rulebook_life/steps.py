"""The legal steps of a version, in one table; every step and edit appends an act."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from kernel import audit, personal_text, tenancy
from kernel.audit import By
from kernel.database import db
from kernel.errors import require_version
from points.models import RulebookAct, RulebookVersion
from points.models import RulebookActKind as Kind
from points.models import RulebookState as State
from points.rulebook_life.errors import IllegalRulebookStep, NotEditable

#: (state, what is done) → state afterwards. Whatever is not here is refused.
LEGAL_STEPS: Mapping[tuple[State | None, Kind], State] = {
    (None, Kind.DRAFTED): State.DRAFT,
    (State.DRAFT, Kind.EDITED): State.DRAFT,
    (State.DRAFT, Kind.CONSULTATION_OPENED): State.CONSULTATION,
    (State.CONSULTATION, Kind.REVISED): State.DRAFT,
    (State.DRAFT, Kind.ADOPTED): State.ADOPTED,
    (State.CONSULTATION, Kind.ADOPTED): State.ADOPTED,
    (State.ADOPTED, Kind.SUPERSEDED): State.SUPERSEDED,
    (State.DRAFT, Kind.WITHDRAWN): State.WITHDRAWN,
    (State.CONSULTATION, Kind.WITHDRAWN): State.WITHDRAWN,
}

#: state → as people call it
STATE_WORDS: Mapping[State, tuple[str, str]] = {
    State.DRAFT: ("草稿", "a draft"),
    State.CONSULTATION: ("征求意见", "under consultation"),
    State.ADOPTED: ("已通过", "adopted"),
    State.SUPERSEDED: ("已被新版替代", "superseded"),
    State.WITHDRAWN: ("已撤回", "withdrawn"),
}
_STEP_WORDS: Mapping[Kind, tuple[str, str]] = {
    Kind.DRAFTED: ("起草", "drafted"),
    Kind.EDITED: ("修改", "edited"),
    Kind.CONSULTATION_OPENED: ("征求意见", "opened for consultation"),
    Kind.REVISED: ("收回修改", "taken back for revision"),
    Kind.ADOPTED: ("通过", "adopted"),
    Kind.SUPERSEDED: ("被替代", "superseded"),
    Kind.WITHDRAWN: ("撤回", "withdrawn"),
}


def after(before: State | None, kind: Kind) -> State:
    """The state that ``kind`` leads to; raises IllegalRulebookStep, NotEditable."""
    to = LEGAL_STEPS.get((before, kind))
    if to is not None:
        return to
    zh, en = STATE_WORDS[before] if before else ("没有", "nothing")
    if kind is Kind.EDITED:
        raise NotEditable(state=zh, state_en=en)
    step, step_en = _STEP_WORDS[kind]
    raise IllegalRulebookStep(state=zh, state_en=en, step=step, step_en=step_en)


def held(community_id: uuid.UUID, version_id: uuid.UUID) -> RulebookVersion:
    """The version as it stands now, locked until the commit; NotFound."""
    return tenancy.locked(RulebookVersion, community_id, version_id)


def seen(row: RulebookVersion, kind: Kind, version: int) -> State:
    """Refuse an act that is not legal, or that was decided on an older ``version_seen``.

    Returns the state the act leads to. Raises IllegalRulebookStep, NotEditable, StaleVersion.
    """
    to = after(State(row.state), kind)
    require_version(row.version_seen, version)
    return to


def take(row: RulebookVersion, kind: Kind, by: By, *, place: str | None = None) -> None:
    """Take one step of the table and append its act; the caller has checked and flushed nothing."""
    before = State(row.state)
    row.state = after(before, kind)
    row.version_seen += 1
    db.session.flush()
    append(row, kind, before, by, place=place)


def append(
    row: RulebookVersion, kind: Kind, before: State | None, by: By, *, place: str | None = None
) -> None:
    """Keep who did what, when and why."""
    db.session.add(
        RulebookAct(
            community_id=row.community_id,
            rulebook_version_id=row.id,
            version_seen=row.version_seen,
            act=kind,
            from_state=before,
            to_state=row.state,
            place=place,
            why_text_id=personal_text.keep_why(
                community_id=row.community_id, why=by.why, now=by.now
            ),
            actor_id=by.actor.account_id,
            at_utc=by.now,
        )
    )
    audit.record(
        actor=by.actor,
        now=by.now,
        community_id=row.community_id,
        act=f"rulebook.{kind}",
        subject_kind="rulebook_version",
        subject_id=row.id,
        place=place,
    )
    db.session.flush()


@dataclass(frozen=True, kw_only=True)
class ActShown:
    """One act as those who may read it see it."""

    id: uuid.UUID
    act: str
    version_seen: int
    from_state: str | None
    to_state: str
    place: str | None
    why: str | None
    actor_id: uuid.UUID
    at_utc: dt.datetime


def acts(
    community_id: uuid.UUID, version_id: uuid.UUID, *, after_id: uuid.UUID | None, limit: int
) -> list[ActShown]:
    """The acts of one version, newest first."""
    statement = (
        tenancy.columns(RulebookAct, community_id, RulebookAct, personal_text.PersonalText.body)
        .outerjoin(
            personal_text.PersonalText,
            (personal_text.PersonalText.community_id == RulebookAct.community_id)
            & (personal_text.PersonalText.id == RulebookAct.why_text_id),
        )
        .where(RulebookAct.rulebook_version_id == version_id)
    )
    if after_id is not None:
        statement = statement.where(RulebookAct.id < after_id)
    rows = db.session.execute(statement.order_by(RulebookAct.id.desc()).limit(limit))
    return [
        ActShown(
            id=act.id,
            act=act.act,
            version_seen=act.version_seen,
            from_state=act.from_state,
            to_state=act.to_state,
            place=act.place,
            why=body,
            actor_id=act.actor_id,
            at_utc=act.at_utc,
        )
        for act, body in rows
    ]
