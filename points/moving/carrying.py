"""Points carried over 结转 to another community: out, a message, in with the same id, news back.

    settle          in A   debit, transfer out, ``carried_out``, message "points.carried_out"
    deliver         in B   ``carried_in``; where the person is a member: transfer in, message back
    arrive          in B   the same, later: the person is bound, or brings the number to the counter
    confirm         in A   ``arrived_at_utc``: no longer in transit

Every step is one transaction in one community and does nothing a second time: a message that is
delivered twice finds the row that it would make.
"""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import sqlalchemy as sa

from community import grid_authority, places
from community.models import MemberBinding, Membership
from kernel import audit, outbox, tenancy
from kernel.access import Actor
from kernel.database import db, upsert
from kernel.errors import NotFound
from kernel.ids import new_receipt_number
from kernel.outbox import Message
from points import accounts, counterparts, transfers
from points.errors import RulebookMissing
from points.models import (
    CarriedIn,
    CarriedOut,
    LeftBalance,
    PointsAccount,
    Transfer,
    TransferKind,
)
from points.moving import receiving
from points.moving.errors import CarriedUnknown
from points.permissions import PointsPermission

OUT, BACK = "points.carried_out", "points.carried_in"


def send(
    *,
    left: LeftBalance,
    account_id: uuid.UUID,
    rulebook_id: uuid.UUID,
    points: Decimal,
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Write that ``points``, taken from the balance already, are on their way."""
    if left.to_community_id is None:
        raise AssertionError("the table lets nobody carry points to nowhere")
    community_id = left.community_id
    transit = counterparts.transit(community_id, rulebook_id)
    values = transfers.row(
        community_id=community_id, kind=TransferKind.CARRIED_OUT, from_account_id=account_id,
        to_account_id=transit, points=points, now=now,
    )  # fmt: skip
    db.session.execute(sa.insert(Transfer), values)
    carried = CarriedOut(
        community_id=community_id,
        id=values["id"],
        left_balance_id=left.id,
        to_community_id=left.to_community_id,
        points=points,
        number=new_receipt_number(),
        sent_at_utc=now,
    )
    db.session.add(carried)
    db.session.flush()
    outbox.add(
        community_id=community_id,
        topic=OUT,
        now=now,
        payload={
            "carried_id": str(carried.id),
            "to_community_id": str(left.to_community_id),
            "points": str(points),
            "number": carried.number,
            "person_id": str(left.person_id or ""),
        },
    )
    _note(actor, now, community_id, "points.carried_out", carried.id)


def deliver(*, message: Message, actor: Actor, now: dt.datetime) -> None:
    """Take in what another community has sent; run it in a unit of work."""
    payload = message.payload
    community_id = uuid.UUID(str(payload["to_community_id"]))
    carried_id = uuid.UUID(str(payload["carried_id"]))
    person = str(payload["person_id"])
    db.session.execute(
        upsert(CarriedIn)
        .values(
            community_id=community_id,
            id=carried_id,
            from_community_id=message.community_id,
            person_id=uuid.UUID(person) if person else None,
            points=Decimal(str(payload["points"])),
            number=str(payload["number"]),
            received_at_utc=now,
        )
        .on_conflict_do_nothing()
    )
    row = tenancy.locked(CarriedIn, community_id, carried_id)
    if row.person_id is None or row.member_id is not None:
        return
    member_id = db.session.scalar(
        tenancy.columns(MemberBinding, community_id, MemberBinding.member_id).where(
            MemberBinding.account_id == row.person_id, MemberBinding.ended_at_utc.is_(None)
        )
    )
    if member_id is not None:
        _arrive(row, member_id, actor=actor, now=now)


def arrive_for(
    community_id: uuid.UUID,
    member_id: uuid.UUID,
    account_id: uuid.UUID,
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Give whom an account was just bound to what waits for that person; app.py registers it."""
    waiting = tenancy.select(CarriedIn, community_id).where(
        CarriedIn.person_id == account_id, CarriedIn.member_id.is_(None)
    )
    for row in db.session.scalars(waiting.order_by(CarriedIn.id).with_for_update()).all():
        _arrive(row, member_id, actor=actor, now=now)


def accept(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, number: str, member_id: uuid.UUID
) -> CarriedIn:
    """At the counter: give a member what waits under the number the old community told them.

    Raises CarriedUnknown, OwnHousehold, NotFound for who is no member now, RulebookMissing.
    """
    actor.require(PointsPermission.SETTLE_LEFT, places.place_of(community_id))
    grid_authority.require_stranger(actor=actor, community_id=community_id, member_id=member_id)
    present = tenancy.columns(Membership, community_id, Membership.id).where(
        Membership.member_id == member_id, Membership.valid_to.is_(None)
    )
    if db.session.scalar(present) is None:
        raise NotFound(field="member_id")
    statement = tenancy.select(CarriedIn, community_id).where(
        CarriedIn.number == number.strip().upper(), CarriedIn.member_id.is_(None)
    )
    row = db.session.scalars(statement.with_for_update()).first()
    if row is None:
        raise CarriedUnknown(field="number")
    if not _arrive(row, member_id, actor=actor, now=now):
        raise RulebookMissing()
    return row


def carried_in(community_id: uuid.UUID, carried_id: uuid.UUID) -> CarriedIn:
    """What came, as it stands; NotFound. The caller has checked who asks."""
    return tenancy.get(CarriedIn, community_id, carried_id)


def confirm(*, message: Message, now: dt.datetime) -> None:
    """The other community has the points: they are no longer in transit. In a unit of work."""
    db.session.execute(
        tenancy.update(CarriedOut, uuid.UUID(str(message.payload["from_community_id"])))
        .where(
            CarriedOut.id == uuid.UUID(str(message.payload["carried_id"])),
            CarriedOut.arrived_at_utc.is_(None),
        )
        .values(arrived_at_utc=now)
        .execution_options(synchronize_session=False)
    )


def _arrive(row: CarriedIn, member_id: uuid.UUID, *, actor: Actor, now: dt.datetime) -> bool:
    """Write the transfer with the id it left with; False while there is no rulebook for it."""
    try:
        account: PointsAccount = accounts.for_member(row.community_id, member_id)
    except RulebookMissing:
        return False
    if account.rulebook_id is None:
        raise AssertionError("a member's account belongs to a rulebook")
    transit = counterparts.transit(row.community_id, account.rulebook_id)
    values = transfers.row(
        community_id=row.community_id, kind=TransferKind.CARRIED_IN, from_account_id=transit,
        to_account_id=account.id, points=row.points, now=now,
    )  # fmt: skip
    db.session.execute(sa.insert(Transfer), {**values, "id": row.id})
    receiving.receive(
        community_id=row.community_id, account_id=account.id, rulebook_id=account.rulebook_id,
        points=row.points, now=now,
    )  # fmt: skip
    row.member_id, row.arrived_at_utc = member_id, now
    db.session.flush()
    outbox.add(
        community_id=row.community_id,
        topic=BACK,
        now=now,
        payload={"carried_id": str(row.id), "from_community_id": str(row.from_community_id)},
    )
    _note(actor, now, row.community_id, "points.carried_in", row.id)
    return True


def _note(
    actor: Actor, now: dt.datetime, community_id: uuid.UUID, act: str, carried_id: uuid.UUID
) -> None:
    audit.record(
        actor=actor,
        now=now,
        community_id=community_id,
        act=act,
        subject_kind="carried",
        subject_id=carried_id,
    )
    db.session.flush()
