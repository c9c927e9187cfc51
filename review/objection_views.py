"""Reading objections: each side sees what it may, nobody ever sees who objected.

The objector reads the own words and the reply; the subject a summary and the outcome; those who
handle it the words, the reply and whether they themselves must stay out.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from community import members, persons, places
from kernel import personal_text, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import NotFound
from points.models import Rulebook
from review import lines
from review.lines import LineAbout
from review.models import (
    NoticePart,
    Objection,
    ObjectionAct,
    ObjectionState,
    Sheet,
    SheetRow,
)
from review.permissions import ReviewPermission
from review.rules.objection_steps import must_stay_out


class Side(StrEnum):
    """As whom the reader sees an objection."""

    OBJECTOR = "objector"
    SUBJECT = "subject"
    STAFF = "staff"


@dataclass(frozen=True, kw_only=True)
class LineShown:
    """The line under objection, for whoever may see it."""

    id: uuid.UUID
    item_name: str
    kind: str
    posted: Decimal
    occurred_on: dt.date


@dataclass(frozen=True, kw_only=True)
class ActShown:
    """One step; ``from_state`` is None for the filing."""

    from_state: str | None
    to_state: str
    at_utc: dt.datetime


@dataclass(frozen=True, kw_only=True)
class ObjectionView:
    """One objection as one side sees it; what that side may not see is None."""

    id: uuid.UUID
    side: Side
    number: int
    month: str
    #: Whose sheet of the month it is about: the rulebook's code.
    rulebook: str
    kind: str
    channel: str
    state: str
    version: int
    filed_at_utc: dt.datetime
    due_on: dt.date
    household_code: str | None
    label: str | None
    line: LineShown | None
    text: str | None
    reply: str | None
    summary: str | None
    decided_at_utc: dt.datetime | None
    #: For staff: whether the reader may decide, or has to leave it to somebody else.
    must_stay_out: bool
    acts: list[ActShown]


def detail(*, actor: Actor, community_id: uuid.UUID, objection_id: uuid.UUID) -> ObjectionView:
    """One objection as the reader may see it; NotFound for anybody without a part in it."""
    row = tenancy.get(Objection, community_id, objection_id)
    side = side_of(actor, row)
    if side is None:
        raise NotFound()
    return view(actor, row, side)


def replay(*, community_id: uuid.UUID, result_id: uuid.UUID, actor: Actor) -> ObjectionView:
    """The answer of a repeated request, rendered again for the same reader."""
    return detail(actor=actor, community_id=community_id, objection_id=result_id)


def disputed_members(sheet: Sheet) -> frozenset[uuid.UUID]:
    """Members whose row on the sheet is marked 异议中: an objection of the month is open."""
    return frozenset(
        db.session.scalars(
            tenancy.columns(Objection, sheet.community_id, Objection.subject_member_id).where(
                Objection.month == sheet.month,
                Objection.rulebook_id == sheet.rulebook_id,
                Objection.state == ObjectionState.OPEN,
            )
        )
    )


def side_of(actor: Actor, row: Objection) -> Side | None:
    """The part the reader has in it. A subject who is staff still reads as the subject."""
    member_id = actor.members.get(row.community_id)
    if row.objector_account_id == actor.account_id or row.objector_member_id == member_id:
        return Side.OBJECTOR
    if row.subject_member_id == member_id:
        return Side.SUBJECT
    if row.subject_member_id in circle_of(actor, row.community_id):
        return None
    may_read = actor.may(ReviewPermission.READ_OBJECTIONS, places.place_of(row.community_id))
    return Side.STAFF if may_read else None


def view(actor: Actor, row: Objection, side: Side) -> ObjectionView:
    """The objection as ``side`` sees it."""
    line = lines.about(row.community_id, row.line_id) if row.line_id else None
    label = labels_of(row.community_id, [row]).get(row.id, (None, None))
    # Line and label are private to their holder and the staff: an objector who is somebody else
    # knows the public row only.
    owns_line = side is not Side.OBJECTOR or row.subject_member_id == row.objector_member_id
    return ObjectionView(
        id=row.id,
        side=side,
        number=row.number,
        month=row.month,
        rulebook=tenancy.get(Rulebook, row.community_id, row.rulebook_id).code,
        kind=row.kind,
        channel=row.channel,
        state=row.state,
        version=row.version,
        filed_at_utc=row.filed_at_utc,
        due_on=row.due_on,
        household_code=label[0],
        label=label[1] if owns_line else None,
        line=_line(line) if line and owns_line else None,
        text=_text(row, row.text_id) if side is not Side.SUBJECT else None,
        reply=_text(row, row.reply_text_id) if side is not Side.SUBJECT else None,
        summary=_text(row, row.summary_text_id) if side is not Side.OBJECTOR else None,
        decided_at_utc=row.decided_at_utc,
        must_stay_out=side is Side.STAFF and stays_out(actor, row, line),
        acts=_acts(row),
    )


def circle_of(actor: Actor, community_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """The members the actor must keep out of: oneself and the own household."""
    own = actor.members.get(community_id)
    circle = members.own_circle(community_id, actor)
    return circle | {own} if own else circle


def stays_out(actor: Actor, row: Objection, line: LineAbout | None) -> bool:
    """Whether this actor may not decide this objection."""
    return must_stay_out(
        own_accounts=persons.accounts_of(actor),
        acted_on_line=line.acted_on if line else frozenset(),
        objector_account_id=row.objector_account_id,
        keyed_by=row.keyed_by,
        own_circle=circle_of(actor, row.community_id),
        concerned={row.subject_member_id, row.objector_member_id},
    )


def labels_of(
    community_id: uuid.UUID, rows: Sequence[Objection]
) -> dict[uuid.UUID, tuple[str, str]]:
    """objection → household code and masked label of its subject, as the sheet has them."""
    if not rows:
        return {}
    found = db.session.execute(
        tenancy.columns(
            SheetRow, community_id, SheetRow.member_id, SheetRow.household_code, SheetRow.label,
            NoticePart.notice_id, NoticePart.rulebook_id,
        )
        .join(
            NoticePart,
            (NoticePart.community_id == SheetRow.community_id)
            & (NoticePart.sheet_id == SheetRow.sheet_id),
        )
        .where(
            NoticePart.notice_id.in_({row.notice_id for row in rows}),
            SheetRow.member_id.in_({row.subject_member_id for row in rows}),
        )
    )  # fmt: skip
    labels = {
        (row.notice_id, row.rulebook_id, row.member_id): (row.household_code, row.label)
        for row in found
    }
    named = {row.id: (row.notice_id, row.rulebook_id, row.subject_member_id) for row in rows}
    return {each: labels[whose] for each, whose in named.items() if whose in labels}


def _line(line: LineAbout) -> LineShown:
    return LineShown(
        id=line.line_id,
        item_name=line.item_name,
        kind=line.kind,
        posted=line.posted,
        occurred_on=line.occurred_on,
    )


def _text(row: Objection, text_id: uuid.UUID | None) -> str | None:
    return personal_text.read(row.community_id, text_id)


def _acts(row: Objection) -> list[ActShown]:
    found = db.session.scalars(
        tenancy.select(ObjectionAct, row.community_id)
        .where(ObjectionAct.objection_id == row.id)
        .order_by(ObjectionAct.id)
    )
    return [
        ActShown(from_state=act.from_state, to_state=act.to_state, at_utc=act.at_utc)
        for act in found
    ]
