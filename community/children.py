"""Children under 14 儿童: a nickname in the household; a guardian living there acts for them."""

from __future__ import annotations

import datetime as dt
import uuid

from community import members
from community.models import HouseholdChild
from community.proxy_errors import ChildEnded, NicknameInvalid, NicknameTaken, NotOneHousehold
from kernel import audit, clock, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import NotFound

LONGEST = 20


def add(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, nickname: str
) -> HouseholdChild:
    """Enter a child of one's own household by a nickname; whoever enters it is the guardian.

    Raises NicknameInvalid, NicknameTaken, NotOneHousehold for who lives in no household.
    """
    guardian_id = actor.member_in(community_id)
    clean = nickname.strip()
    if not 0 < len(clean) <= LONGEST or not clean.isalpha():
        raise NicknameInvalid(field="nickname")
    guardian = members.identity(community_id, guardian_id, clock.business_date(now))
    if guardian.household_id is None:
        raise NotOneHousehold(field="nickname")
    taken = tenancy.columns(HouseholdChild, community_id, HouseholdChild.id).where(
        HouseholdChild.household_id == guardian.household_id,
        HouseholdChild.nickname == clean,
        HouseholdChild.ended_at_utc.is_(None),
    )
    if db.session.scalar(taken) is not None:
        raise NicknameTaken(field="nickname")
    row = HouseholdChild(
        community_id=community_id,
        household_id=guardian.household_id,
        nickname=clean,
        guardian_id=guardian_id,
        added_by=actor.account_id,
        added_at_utc=now,
    )
    db.session.add(row)
    db.session.flush()
    _note(actor, now, "child.added", row)
    return row


def end(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, child_id: uuid.UUID
) -> HouseholdChild:
    """The guardian ends the entry; the row stays. Raises ChildEnded, NotFound."""
    row = of_guardian(actor=actor, community_id=community_id, child_id=child_id)
    if row.ended_at_utc is not None:
        raise ChildEnded()
    row.ended_at_utc, row.ended_by = now, actor.account_id
    _note(actor, now, "child.ended", row)
    return row


def of_guardian(*, actor: Actor, community_id: uuid.UUID, child_id: uuid.UUID) -> HouseholdChild:
    """The child that the actor is the guardian of; for everybody else it does not exist."""
    row = tenancy.get(HouseholdChild, community_id, child_id)
    if row.guardian_id != actor.member_in(community_id):
        raise NotFound()
    return row


def own(
    *, actor: Actor, community_id: uuid.UUID, after: uuid.UUID | None = None, limit: int = 20
) -> list[HouseholdChild]:
    """The children the actor is the guardian of, in the order they were entered."""
    statement = tenancy.select(HouseholdChild, community_id).where(
        HouseholdChild.guardian_id == actor.member_in(community_id),
        HouseholdChild.ended_at_utc.is_(None),
    )
    if after is not None:
        statement = statement.where(HouseholdChild.id > after)
    return list(db.session.scalars(statement.order_by(HouseholdChild.id).limit(limit)))


def _note(actor: Actor, now: dt.datetime, act: str, row: HouseholdChild) -> None:
    audit.record(
        actor=actor,
        now=now,
        community_id=row.community_id,
        act=act,
        subject_kind="household_child",
        subject_id=row.id,
    )
    db.session.flush()
