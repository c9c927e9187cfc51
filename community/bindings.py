"""An account becomes a member, and stops being one; every step is in the audit trail.

Who may bind whom is decided before: by a slip (household_slips) or by a grid worker who meets
the person (binding_requests).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence

from sqlalchemy import and_, or_

from community import persons, sign_in_sessions
from community.errors import AlreadyBound
from community.models import BindingWay, Member, MemberBinding
from kernel import audit, tenancy
from kernel.access import Actor
from kernel.database import db

#: Called in the same transaction with community, member and instant when a binding ends.
UnboundHandler = Callable[[uuid.UUID, uuid.UUID, dt.datetime], None]
_handlers: list[UnboundHandler] = []
#: Called in the same transaction with community, member, account, actor, instant when one begins.
BoundHandler = Callable[[uuid.UUID, uuid.UUID, uuid.UUID, Actor, dt.datetime], None]
_bound_handlers: list[BoundHandler] = []


def when_unbound(handler: UnboundHandler) -> None:
    """Register what a package above does then (void codes); app.py calls it, again is harmless."""
    if handler not in _handlers:
        _handlers.append(handler)


def when_bound(handler: BoundHandler) -> None:
    """Register what a package above does when an account becomes a member."""
    if handler not in _bound_handlers:
        _bound_handlers.append(handler)


def bind(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    member_id: uuid.UUID,
    account_id: uuid.UUID,
    way: BindingWay,
) -> MemberBinding:
    """Bind an account to a member; present bindings of either end, with their sessions.

    Raises AlreadyBound when the account is this member already.
    """
    standing = tenancy.select(MemberBinding, community_id).where(
        MemberBinding.ended_at_utc.is_(None),
        or_(MemberBinding.member_id == member_id, MemberBinding.account_id == account_id),
    )
    for row in db.session.scalars(standing.with_for_update()).all():
        if row.member_id == member_id and row.account_id == account_id:
            raise AlreadyBound()
        _end(actor, now, row)
    db.session.flush()
    binding = MemberBinding(
        community_id=community_id,
        member_id=member_id,
        account_id=account_id,
        way=way,
        bound_at_utc=now,
    )
    db.session.add(binding)
    _note(actor, now, "member.bound", binding)
    db.session.flush()
    persons.join(account_id, _bound_before(binding))
    for handler in _bound_handlers:
        handler(community_id, member_id, account_id, actor, now)
    return binding


def _bound_before(binding: MemberBinding) -> Sequence[uuid.UUID]:
    """Other accounts that were this member before: a new phone, or a login for work."""
    return db.session.scalars(
        tenancy.columns(MemberBinding, binding.community_id, MemberBinding.account_id).where(
            MemberBinding.member_id == binding.member_id,
            MemberBinding.account_id != binding.account_id,
        )
    ).all()


def end_of_member(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, member_id: uuid.UUID
) -> None:
    """End the member's present binding, if there is one."""
    standing = tenancy.select(MemberBinding, community_id).where(
        MemberBinding.member_id == member_id, MemberBinding.ended_at_utc.is_(None)
    )
    for row in db.session.scalars(standing.with_for_update()).all():
        _end(actor, now, row)
    db.session.flush()


def of_member(community_id: uuid.UUID, member_id: uuid.UUID) -> MemberBinding | None:
    """The present binding of a member, if any."""
    return db.session.scalar(
        tenancy.select(MemberBinding, community_id).where(
            MemberBinding.member_id == member_id, MemberBinding.ended_at_utc.is_(None)
        )
    )


def was_of(account_id: uuid.UUID, community_id: uuid.UUID, member_id: uuid.UUID) -> bool:
    """Whether the account was this member to the last, and the member has left since."""
    last = (
        tenancy.columns(MemberBinding, community_id, MemberBinding.account_id, Member.left_on)
        .join(
            Member,
            and_(
                Member.community_id == MemberBinding.community_id,
                Member.id == MemberBinding.member_id,
            ),
        )
        .where(MemberBinding.member_id == member_id)
        .order_by(MemberBinding.bound_at_utc.desc(), MemberBinding.id.desc())
        .limit(1)
    )
    row = db.session.execute(last).first()
    return row is not None and row.account_id == account_id and row.left_on is not None


def _end(actor: Actor, now: dt.datetime, row: MemberBinding) -> None:
    row.ended_at_utc = now
    row.ended_by = actor.account_id
    # Whoever holds a phone that is no longer this member's must sign in anew; the one who is
    # binding right now keeps the session in hand.
    sign_in_sessions.end_all(account_id=row.account_id, now=now, but=actor.session_id)
    for handler in _handlers:
        handler(row.community_id, row.member_id, now)
    _note(actor, now, "member.unbound", row)


def _note(actor: Actor, now: dt.datetime, act: str, row: MemberBinding) -> None:
    audit.record(
        actor=actor,
        now=now,
        community_id=row.community_id,
        act=act,
        subject_kind="member",
        subject_id=row.member_id,
        account_id=str(row.account_id),
        way=row.way,
    )
