"""Binding requests 绑定申请: an account says who it is, the grid worker meets the person, decides.

Naming nobody we know is a returned Refused whose count is committed: otherwise the form would
tell strangers who lives where.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import and_

from community import bindings, grid_authority, members, persons, places
from community.errors import OwnHousehold, RequestDecided, RequestWaiting
from community.models import (
    BindingRequest,
    BindingWay,
    Household,
    Member,
    Membership,
    RequestState,
)
from community.permissions import CommunityPermission
from kernel import audit, clock, tenancy, throttle
from kernel.access import Actor
from kernel.database import db
from kernel.errors import NotFound, Refused

WINDOW = dt.timedelta(hours=24)
MOST_GUESSES = 5
_PURPOSE = "binding_request"

#: from → to; a decided request never moves again.
LEGAL_STEPS: dict[RequestState, frozenset[RequestState]] = {
    RequestState.WAITING: frozenset(
        {RequestState.APPROVED, RequestState.REFUSED, RequestState.WITHDRAWN}
    ),
    RequestState.APPROVED: frozenset(),
    RequestState.REFUSED: frozenset(),
    RequestState.WITHDRAWN: frozenset(),
}

_NOBODY = Refused(
    code="member_not_matched",
    zh="没有对上登记的居民，请核对姓名和户号，或请网格员当面办理。",
    en="This matches no member on record. Please check name and household or ask the grid worker.",
)


@dataclass(frozen=True, kw_only=True)
class RequestSeen:
    """A request as the grid worker sees it."""

    id: uuid.UUID
    member_id: uuid.UUID
    name: str
    household_code: str | None
    grid_number: int | None
    state: str
    asked_at_utc: dt.datetime


@dataclass(frozen=True, kw_only=True)
class RequestMade:
    """A request as the one who asked sees it."""

    id: uuid.UUID
    state: str
    asked_at_utc: dt.datetime


def ask(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    name: str,
    household_code: str | None,
) -> RequestMade | Refused:
    """Ask to be bound to the one member of this name in the household (or without one).

    Raises RequestWaiting, TooMany.
    """
    places.community(community_id)
    subject = str(actor.account_id)
    throttle.note_failure(purpose=_PURPOSE, subject=subject, window=WINDOW, now=now)
    throttle.check(purpose=_PURPOSE, subject=subject, most=MOST_GUESSES + 1, now=now)
    waiting = tenancy.columns(BindingRequest, community_id, BindingRequest.id).where(
        BindingRequest.account_id == actor.account_id,
        BindingRequest.state == RequestState.WAITING,
    )
    if db.session.scalar(waiting) is not None:
        raise RequestWaiting()
    found = _matching(community_id, name, household_code, clock.business_date(now))
    if len(found) != 1:
        return _NOBODY
    throttle.take_back(purpose=_PURPOSE, subject=subject)
    row = BindingRequest(
        community_id=community_id,
        account_id=actor.account_id,
        member_id=found[0],
        state=RequestState.WAITING,
        asked_at_utc=now,
    )
    db.session.add(row)
    db.session.flush()
    _note(actor, now, row)
    return _made(row)


def waiting(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    on: dt.date,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[RequestSeen]:
    """Requests that wait, oldest first."""
    actor.require(CommunityPermission.BIND_MEMBERS, places.place_of(community_id))
    roster = members.roster(community_id, on).subquery()
    statement = (
        tenancy.columns(
            BindingRequest, community_id, BindingRequest.id, BindingRequest.member_id,
            BindingRequest.state, BindingRequest.asked_at_utc,
            roster.c.name, roster.c.household_code, roster.c.grid_number,
        )
        .join(roster, roster.c.member_id == BindingRequest.member_id)
        .where(BindingRequest.state == RequestState.WAITING)
        .order_by(BindingRequest.id)
        .limit(limit)
    )  # fmt: skip
    if after is not None:
        statement = statement.where(BindingRequest.id > after)
    return [RequestSeen(**row._mapping) for row in db.session.execute(statement)]


def decide(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    request_id: uuid.UUID,
    to: RequestState,
) -> RequestMade:
    """Approve (having met the person) or refuse; approving binds the account.

    Raises GridNotYours, OwnHousehold, RequestDecided, NotFound.
    """
    row = tenancy.get(BindingRequest, community_id, request_id)
    today = clock.business_date(now)
    who = members.identity(community_id, row.member_id, today)
    grid_authority.require(
        actor=actor,
        community_id=community_id,
        grid_id=who.grid_id,
        household_id=who.household_id,
        on=today,
    )
    if row.account_id in persons.accounts_of(actor):
        raise NotFound()
    grid_authority.require_stranger(actor=actor, community_id=community_id, member_id=row.member_id)
    # Not only whom it is bound to: who asks may be of the own household, too.
    asking = members.own_circle(community_id, row.account_id)
    if asking & members.own_circle(community_id, actor):
        raise OwnHousehold()
    _step(actor, now, row, to)
    if to is RequestState.APPROVED:
        bindings.bind(
            actor=actor,
            now=now,
            community_id=community_id,
            member_id=row.member_id,
            account_id=row.account_id,
            way=BindingWay.APPROVED,
        )
    return _made(row)


def withdraw(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, request_id: uuid.UUID
) -> RequestMade:
    """Take the own request back. Raises RequestDecided, NotFound."""
    row = tenancy.get(BindingRequest, community_id, request_id)
    if row.account_id != actor.account_id:
        raise NotFound()
    _step(actor, now, row, RequestState.WITHDRAWN)
    return _made(row)


def _step(actor: Actor, now: dt.datetime, row: BindingRequest, to: RequestState) -> None:
    """One legal step, decided by one conditional UPDATE, and its act in the audit trail."""
    sources = [state for state, targets in LEGAL_STEPS.items() if to in targets]
    moved = db.session.execute(
        tenancy.update(BindingRequest, row.community_id)
        .where(BindingRequest.id == row.id, BindingRequest.state.in_(sources))
        .values(state=to, decided_at_utc=now, decided_by=actor.account_id)
        .returning(BindingRequest.id)
    ).first()
    if moved is None:
        raise RequestDecided()
    db.session.refresh(row)
    _note(actor, now, row)


def _matching(
    community_id: uuid.UUID, name: str, household_code: str | None, on: dt.date
) -> list[uuid.UUID]:
    statement = (
        tenancy.columns(Member, community_id, Member.id)
        .join(
            Membership,
            and_(Membership.community_id == Member.community_id, Membership.member_id == Member.id),
        )
        .outerjoin(
            Household,
            and_(
                Household.community_id == Membership.community_id,
                Household.id == Membership.household_id,
            ),
        )
        .where(
            Member.name == " ".join(name.split()),
            members.current(Membership, on),
            Household.code.is_not_distinct_from(
                household_code.strip().upper() if household_code else None
            ),
        )
    )
    return list(db.session.scalars(statement.limit(2)))


def _made(row: BindingRequest) -> RequestMade:
    return RequestMade(id=row.id, state=row.state, asked_at_utc=row.asked_at_utc)


def _note(actor: Actor, now: dt.datetime, row: BindingRequest) -> None:
    audit.record(
        actor=actor,
        now=now,
        community_id=row.community_id,
        act=f"binding_request.{row.state}",
        subject_kind="member",
        subject_id=row.member_id,
        account_id=str(row.account_id),
    )
