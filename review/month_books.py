"""The rulebooks a month's sheets are about: those of members, then those of households.

Merchants have a score as well, but no ranking names them (the format ranks members, households and
grids): they have no sheet. A household's row and its lines name one of its members, who speaks for
it: by whom it is called (张*), who files about it and who is told.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from community.models import Grid, Household, Member, Membership
from kernel import tenancy
from kernel.database import db
from points import rulebooks
from points.errors import RulebookMissing
from points.models import HolderKind, PointsAccount, Rulebook
from points.rulebooks import RulebookInForce
from points.rules.compiled import RankingUnit
from review.errors import SheetUnknown
from review.rules.month_steps import last_day


def all_of(community_id: uuid.UUID, month: str) -> list[RulebookInForce]:
    """In force on the month's last day; RulebookMissing where nobody but merchants has one.

    One statement; the first is the one that is meant where none is named.
    """
    found = [
        book
        for book in rulebooks.all_in_force(community_id, last_day(month))
        if book.compiled.holder != HolderKind.MERCHANT
    ]
    if not found:
        raise RulebookMissing()
    return found


def of(community_id: uuid.UUID, month: str, code: str | None = None) -> RulebookInForce:
    """The month's first rulebook, or the one with this code.

    Raises RulebookMissing where there is none, SheetUnknown where none has the code.
    """
    return chosen(all_of(community_id, month), code)


def chosen(books: list[RulebookInForce], code: str | None) -> RulebookInForce:
    """The first, or the one with this code; SheetUnknown."""
    if code is None:
        return books[0]
    for book in books:
        if book.compiled.code == code:
            return book
    raise SheetUnknown(field="rulebook")


def titles(community_id: uuid.UUID, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """rulebook → its title; one statement."""
    rows = db.session.execute(
        tenancy.columns(Rulebook, community_id, Rulebook.id, Rulebook.title).where(
            Rulebook.id.in_(ids)
        )
    )
    return {row.id: row.title for row in rows}


def unit_of(book: RulebookInForce) -> RankingUnit:
    """Whom the rows of the sheet are about."""
    is_member = book.compiled.holder == HolderKind.MEMBER
    return RankingUnit.MEMBER if is_member else RankingUnit.HOUSEHOLD


def speakers(community_id: uuid.UUID, household_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Any]:
    """household → who speaks for it: who lives there now and has longest, else who did.

    Rows: household_id, member_id, name, household_code, grid_number. One statement.
    """
    rows = db.session.execute(
        tenancy.columns(
            Membership, community_id, Membership.household_id, Membership.member_id, Member.name,
            Household.code.label("household_code"), Grid.number.label("grid_number"),
        )
        .join(
            Member,
            sa.and_(
                Member.community_id == Membership.community_id,
                Member.id == Membership.member_id,
            ),
        )
        .join(
            Household,
            sa.and_(
                Household.community_id == Membership.community_id,
                Household.id == Membership.household_id,
            ),
        )
        .outerjoin(
            Grid,
            sa.and_(
                Grid.community_id == Household.community_id, Grid.id == Household.grid_id
            ),
        )
        .where(Membership.household_id.in_(household_ids))
        .order_by(
            Membership.valid_to.is_not(None), Membership.valid_from, Membership.member_id
        )
    )  # fmt: skip
    found: dict[uuid.UUID, Any] = {}
    for row in rows:
        found.setdefault(row.household_id, row)
    return found


def speaker_of_account(community_id: uuid.UUID, account_id: uuid.UUID) -> uuid.UUID | None:
    """Who speaks for the household that owns the account; None for another holder."""
    household_id = db.session.scalar(
        tenancy.columns(PointsAccount, community_id, PointsAccount.holder_id).where(
            PointsAccount.id == account_id, PointsAccount.holder_kind == HolderKind.HOUSEHOLD
        )
    )
    if household_id is None:
        return None
    found = speakers(community_id, [household_id]).get(household_id)
    return found.member_id if found else None
