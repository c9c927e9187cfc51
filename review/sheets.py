"""Reading sheets 月表: for the staff in full, for a member the own row, for anybody the paper."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from community import places
from community.members import current
from community.models import Membership
from kernel import tenancy
from kernel.access import Actor
from kernel.database import db
from points.rules.compiled import RankingUnit
from review import edition_rows
from review.errors import NoticeMissing, OwnRowMissing, SheetMissing, SheetUnknown
from review.models import Disclosure, Sheet, SheetRow, SheetState
from review.permissions import ReviewPermission
from review.rules import digests
from review.rules.digests import BlackedRow, Header, PrintedRow
from review.rules.month_steps import last_day

#: Editions that the public may see; of one month the newest of them counts.
PUBLIC_STATES = (SheetState.CURRENT, SheetState.SEALED, SheetState.RESTATED)


@dataclass(frozen=True, kw_only=True)
class SheetView:
    """One edition with a page of its rows, for those who review it."""

    sheet: Sheet
    rows: list[SheetRow]


@dataclass(frozen=True, kw_only=True)
class OwnRow:
    """A member's own row: everything, with what proves it against the published digest."""

    month: str
    rulebook: str
    sheet_number: int
    state: str
    household_code: str
    score: Decimal
    base: Decimal
    bonus: Decimal
    deduction: Decimal
    #: Among all rows; it is public only within the top.
    rank: int
    is_public: bool
    row_salt: str
    row_sha256: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class Paper:
    """The sheet as anybody may print it: public rows with salts, hashes of all others.

    ``verify(header=…, rows=rows + blacked, expected=digest)`` is true, and stays true when any
    printed row is replaced by its hash.
    """

    header: Header
    digest: str
    state: str
    rows: list[PrintedRow]
    blacked: list[BlackedRow]


def newest_of_month(community_id: uuid.UUID, month: str) -> list[Sheet]:
    """The newest edition of each rulebook that was not sent back or replaced, in their order.

    Empty before the signature; one statement.
    """
    found = db.session.scalars(
        tenancy.select(Sheet, community_id)
        .where(Sheet.month == month, Sheet.state != SheetState.SUPERSEDED)
        .order_by(Sheet.place, Sheet.number)
    )
    return list({sheet.rulebook_id: sheet for sheet in found}.values())


def newest_public(community_id: uuid.UUID, month: str, rulebook: str | None = None) -> Sheet:
    """The edition the public sees, the first or that of the rulebook with this code.

    Raises NoticeMissing before the month is on notice, SheetUnknown.
    """
    found = newest_of_month(community_id, month)
    if not found or found[0].state not in PUBLIC_STATES:
        raise NoticeMissing()
    return chosen(found, rulebook)


def sealed_months(community_id: uuid.UUID, rulebook: str) -> list[str]:
    """Months with a sealed sheet under the rulebook with this code, newest first; one statement."""
    return list(
        db.session.scalars(
            tenancy.columns(Sheet, community_id, Sheet.month)
            .where(Sheet.state == SheetState.SEALED, Sheet.rulebook_code == rulebook)
            .distinct()
            .order_by(Sheet.month.desc())
        )
    )


def public_of_unit(
    community_id: uuid.UUID, month: str, unit: str, *, is_alone: bool
) -> Sheet | None:
    """The first public sheet about members, or about households; None without one.

    ``is_alone``: only where the month has no other sheet.
    """
    found = [each for each in newest_of_month(community_id, month) if each.state in PUBLIC_STATES]
    if is_alone and len(found) > 1:
        return None
    return next((each for each in found if each.unit == unit), None)


def chosen(found: Sequence[Sheet], rulebook: str | None) -> Sheet:
    """The first sheet of a month, or that of the rulebook with this code; SheetUnknown."""
    if rulebook is None:
        return found[0]
    for sheet in found:
        if sheet.rulebook_code == rulebook:
            return sheet
    raise SheetUnknown(field="rulebook")


def of_month(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    month: str,
    rulebook: str | None = None,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> SheetView:
    """The newest edition and a page of its rows, ordered by id; SheetMissing without one.

    ``rulebook`` names another sheet of the month than the first; SheetUnknown.
    """
    actor.require(ReviewPermission.READ_MONTH, places.place_of(community_id))
    found = newest_of_month(community_id, month)
    if not found:
        raise SheetMissing()
    sheet = chosen(found, rulebook)
    statement = tenancy.select(SheetRow, community_id).where(SheetRow.sheet_id == sheet.id)
    if after is not None:
        statement = statement.where(SheetRow.id > after)
    rows = db.session.scalars(statement.order_by(SheetRow.id).limit(limit))
    return SheetView(sheet=sheet, rows=list(rows))


def mine(
    *, actor: Actor, community_id: uuid.UUID, month: str, rulebook: str | None = None
) -> OwnRow:
    """The signed-in member's own row of the published edition, whatever its score.

    On a households' sheet that of the household the member lives in. Raises NoticeMissing,
    SheetUnknown, OwnRowMissing.
    """
    actor.require(ReviewPermission.READ_OWN_ROW, places.place_of(community_id))
    member_id = actor.member_in(community_id)
    sheet = newest_public(community_id, month, rulebook)
    row = own_row(sheet, member_id)
    if row is None:
        raise OwnRowMissing()
    return OwnRow(
        month=month,
        rulebook=sheet.rulebook_code,
        sheet_number=sheet.number,
        state=sheet.state,
        household_code=row.household_code,
        score=row.score,
        base=row.base,
        bonus=row.bonus,
        deduction=row.deduction,
        rank=row.rank,
        is_public=row.shown != Disclosure.COUNTED,
        row_salt=row.row_salt,
        row_sha256=row.row_sha256,
        digest=sheet.digest,
    )


def own_row(sheet: Sheet, member_id: uuid.UUID) -> SheetRow | None:
    """The member's row; on a households' sheet that of the household on the month's last day.

    Who had moved out by then finds the row of the household they speak for.
    """
    is_own = SheetRow.member_id == member_id
    statement = tenancy.select(SheetRow, sheet.community_id).where(SheetRow.sheet_id == sheet.id)
    if sheet.unit == RankingUnit.HOUSEHOLD:
        home = tenancy.columns(Membership, sheet.community_id, Membership.household_id).where(
            Membership.member_id == member_id, current(Membership, last_day(sheet.month))
        )
        lives_there = SheetRow.household_id.in_(home)
        statement = statement.where(sa.or_(lives_there, is_own)).order_by(lives_there.desc())
    else:
        statement = statement.where(is_own)
    return db.session.scalars(statement.limit(1)).one_or_none()


def paper(community_id: uuid.UUID, month: str, rulebook: str | None = None) -> Paper:
    """The published edition for print and proof, rows in public order.

    Raises NoticeMissing before the month is on notice, SheetUnknown.
    """
    return _paper(newest_public(community_id, month, rulebook))


def _paper(sheet: Sheet) -> Paper:
    rows = db.session.scalars(
        tenancy.select(SheetRow, sheet.community_id)
        .where(SheetRow.sheet_id == sheet.id)
        .order_by(SheetRow.position, SheetRow.row_sha256)
    ).all()
    return Paper(
        header=edition_rows.header(sheet),
        digest=sheet.digest,
        state=sheet.state,
        rows=[_printed(row) for row in rows if row.shown != Disclosure.COUNTED],
        blacked=[
            BlackedRow(row_sha256=row.row_sha256) for row in rows if row.shown == Disclosure.COUNTED
        ],
    )


def verify(paper_seen: Paper) -> bool:
    """Whether the rows and hashes of a paper are the whole sheet its digest is of."""
    return digests.verify(
        header=paper_seen.header,
        rows=[*paper_seen.rows, *paper_seen.blacked],
        expected=paper_seen.digest,
    )


def unverified(community_id: uuid.UUID) -> list[str]:
    """Months with a published sheet that is not what its digest is of; empty when all is well."""
    months = db.session.scalars(
        tenancy.columns(Sheet, community_id, Sheet.month)
        .where(Sheet.state.in_(PUBLIC_STATES))
        .distinct()
        .order_by(Sheet.month)
    ).all()
    return [
        month
        for month in months
        if not all(verify(_paper(sheet)) for sheet in newest_of_month(community_id, month))
    ]


def _printed(row: SheetRow) -> PrintedRow:
    return digests.printed(
        disclosure=Disclosure(row.shown),
        household_code=row.household_code,
        score=row.score,
        rank=row.rank,
        label=row.label,
        grid_number=row.grid_number,
        salt=row.row_salt,
    )
