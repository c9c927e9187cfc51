"""The alliance 商户联盟 of a community: entering merchants, joining, leaving."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, or_, select

from community import places
from kernel import audit, personal_text, tenancy
from kernel.access import Actor
from kernel.database import db, upsert
from kernel.errors import require_version
from kernel.ids import new_id
from merchants.errors import (
    AlreadyJoined,
    MerchantCodeInvalid,
    MerchantCodeTaken,
    MerchantUnknown,
)
from merchants.models import AllianceAct, AllianceMerchant, AllianceState, Merchant
from merchants.permissions import MerchantsPermission
from merchants.public import PublicMerchant, public_merchant, public_merchants
from merchants.rules.steps import ALLIANCE_STEPS, require_step

__all__ = [
    "InAlliance",
    "PublicMerchant",
    "detail",
    "enter_merchant",
    "join",
    "leave",
    "merchant_by_code",
    "names",
    "public_merchant",
    "public_merchants",
    "roster",
    "search",
]

_CODE = re.compile(r"^[a-z0-9][a-z0-9-]{0,30}[a-z0-9]$")


@dataclass(frozen=True, kw_only=True)
class InAlliance:
    """A merchant as the staff of a community see it."""

    id: uuid.UUID
    merchant: Merchant
    state: str
    joined_on: dt.date
    left_on: dt.date | None
    version: int


def enter_merchant(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    code: str,
    name: str,
    trade: str,
    address: str,
    joined_on: dt.date,
    phone: str | None = None,
    hours: str | None = None,
    is_demo: bool = False,
) -> InAlliance:
    """Enter a new merchant and let it join. Raises MerchantCodeInvalid, MerchantCodeTaken."""
    actor.require(MerchantsPermission.MANAGE_ALLIANCE, places.place_of(community_id))
    if not _CODE.match(code):
        raise MerchantCodeInvalid(field="code")
    merchant_id = db.session.execute(
        upsert(Merchant)
        .values(
            id=new_id(), code=code, name=name, trade=trade, address=address,
            phone=phone, hours=hours, is_demo=is_demo,
        )
        .on_conflict_do_nothing()
        .returning(Merchant.id)
    ).scalar_one_or_none()  # fmt: skip
    if merchant_id is None:
        raise MerchantCodeTaken(field="code", merchant=code)
    return join(actor=actor, now=now, community_id=community_id, code=code, joined_on=joined_on)


def join(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, code: str, joined_on: dt.date
) -> InAlliance:
    """Let a merchant join, or join again. Raises MerchantUnknown, AlreadyJoined."""
    actor.require(MerchantsPermission.MANAGE_ALLIANCE, places.place_of(community_id))
    merchant = db.session.scalar(select(Merchant).where(Merchant.code == code))
    if merchant is None:
        raise MerchantUnknown(field="code")
    made = db.session.execute(
        upsert(AllianceMerchant)
        .values(
            community_id=community_id, id=new_id(), merchant_id=merchant.id,
            joined_on=joined_on, state=AllianceState.JOINED, version=1,
        )
        .on_conflict_do_nothing()
        .returning(AllianceMerchant.id)
    ).scalar_one_or_none()  # fmt: skip
    row = _locked(community_id, merchant.id)
    before = None
    if made is None:
        if row.state == AllianceState.JOINED:
            raise AlreadyJoined()
        before = AllianceState(row.state)
        row.state, row.joined_on, row.left_on = AllianceState.JOINED, joined_on, None
        row.version += 1
    _keep_act(actor=actor, now=now, row=row, before=before, why_text_id=None)
    return _view(merchant, row)


def leave(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    merchant_id: uuid.UUID,
    left_on: dt.date,
    version: int,
    why: str,
) -> InAlliance:
    """Let a merchant leave; from then on its offers are neither shown nor redeemed.

    Raises MerchantUnknown, StaleVersion, IllegalMerchantStep, WhyMissing.
    """
    actor.require(MerchantsPermission.MANAGE_ALLIANCE, places.place_of(community_id))
    row = _locked(community_id, merchant_id)
    require_version(row.version, version)
    before = AllianceState(row.state)
    require_step(ALLIANCE_STEPS, before, AllianceState.LEFT)
    why_text_id = personal_text.keep_why(
        community_id=community_id, why=why, now=now, is_required=True
    )
    row.state, row.left_on = AllianceState.LEFT, max(left_on, row.joined_on)
    row.version += 1
    _keep_act(actor=actor, now=now, row=row, before=before, why_text_id=why_text_id)
    merchant = db.session.get_one(Merchant, merchant_id)
    return _view(merchant, row)


def merchant_by_code(community_id: uuid.UUID, code: str) -> Merchant:
    """The merchant of the alliance with this code, or MerchantUnknown."""
    merchant: Merchant | None = db.session.scalar(
        select(Merchant)
        .join(AllianceMerchant, AllianceMerchant.merchant_id == Merchant.id)
        .where(
            AllianceMerchant.community_id == community_id,
            AllianceMerchant.state == AllianceState.JOINED,
            Merchant.code == code,
        )
    )
    if merchant is None:
        raise MerchantUnknown()
    return merchant


def search(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    text: str | None = None,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[InAlliance]:
    """Merchants of the alliance, those that left included, in the order they joined."""
    actor.require(MerchantsPermission.READ_ALLIANCE, places.place_of(community_id))
    statement = _joined_rows(community_id).order_by(AllianceMerchant.id).limit(limit)
    if after is not None:
        statement = statement.where(AllianceMerchant.id > after)
    if text:
        statement = statement.where(
            or_(
                *(
                    column.icontains(text, autoescape=True)
                    for column in (Merchant.name, Merchant.trade, Merchant.code, Merchant.address)
                )
            )
        )
    return [_view(row[0], row[1]) for row in db.session.execute(statement)]


def detail(*, community_id: uuid.UUID, merchant_id: uuid.UUID) -> InAlliance:
    """One merchant of the alliance, or MerchantUnknown."""
    row = db.session.execute(
        _joined_rows(community_id).where(Merchant.id == merchant_id)
    ).one_or_none()
    if row is None:
        raise MerchantUnknown()
    return _view(row[0], row[1])


def _joined_rows(community_id: uuid.UUID) -> Select[Merchant, AllianceMerchant]:
    return (
        select(Merchant, AllianceMerchant)
        .join(AllianceMerchant, AllianceMerchant.merchant_id == Merchant.id)
        .where(AllianceMerchant.community_id == community_id)
    )


def _locked(community_id: uuid.UUID, merchant_id: uuid.UUID) -> AllianceMerchant:
    row_id = db.session.scalar(
        tenancy.columns(AllianceMerchant, community_id, AllianceMerchant.id).where(
            AllianceMerchant.merchant_id == merchant_id
        )
    )
    if row_id is None:
        raise MerchantUnknown()
    return tenancy.locked(AllianceMerchant, community_id, row_id)


def _keep_act(
    *,
    actor: Actor,
    now: dt.datetime,
    row: AllianceMerchant,
    before: AllianceState | None,
    why_text_id: uuid.UUID | None,
) -> None:
    db.session.add(
        AllianceAct(
            community_id=row.community_id, alliance_merchant_id=row.id, from_state=before,
            to_state=row.state, actor_id=actor.account_id, why_text_id=why_text_id, at_utc=now,
        )
    )  # fmt: skip
    audit.record(
        actor=actor, now=now, community_id=row.community_id, act=f"alliance.{row.state}",
        subject_kind="alliance_merchant", subject_id=row.id,
    )  # fmt: skip
    db.session.flush()


def _view(merchant: Merchant, row: AllianceMerchant) -> InAlliance:
    return InAlliance(
        id=row.id,
        merchant=merchant,
        state=row.state,
        joined_on=row.joined_on,
        left_on=row.left_on,
        version=row.version,
    )


def names(merchant_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Names of merchants; app.py gives it to the packages below, which know ids only."""
    rows = db.session.execute(
        select(Merchant.id, Merchant.name).where(Merchant.id.in_(merchant_ids))
    )
    return {row.id: row.name for row in rows}


def roster(community_id: uuid.UUID, on: dt.date) -> Select[tuple[uuid.UUID]]:
    """Merchants of the alliance on a day, as holders of a merchants' rulebook: ``holder_id``."""
    return tenancy.columns(
        AllianceMerchant, community_id, AllianceMerchant.merchant_id.label("holder_id")
    ).where(
        AllianceMerchant.joined_on <= on,
        or_(AllianceMerchant.left_on.is_(None), AllianceMerchant.left_on > on),
    )
