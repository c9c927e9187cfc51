"""Reading sheets 月表: for the staff in full, for a member the own row, for anybody the paper."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from decimal import Decimal

from community import places
from kernel import tenancy
from kernel.access import Actor
from kernel.database import db
from review.errors import NoticeMissing, OwnRowMissing, SheetMissing
from review.models import Disclosure, Sheet, SheetRow, SheetState
from review.permissions import ReviewPermission
from review.rules import digests
from review.rules.digests import BlackedRow, Header, PrintedRow

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


def newest(community_id: uuid.UUID, month: str) -> Sheet | None:
    """The newest edition of the month that was not sent back or replaced; None without one."""
    return db.session.scalars(
        tenancy.select(Sheet, community_id)
        .where(Sheet.month == month, Sheet.state != SheetState.SUPERSEDED)
        .order_by(Sheet.number.desc())
        .limit(1)
    ).one_or_none()


def newest_public(community_id: uuid.UUID, month: str) -> Sheet:
    """The edition the public sees; NoticeMissing before the month is on notice."""
    sheet = newest(community_id, month)
    if sheet is None or sheet.state not in PUBLIC_STATES:
        raise NoticeMissing()
    return sheet


def of_month(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    month: str,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> SheetView:
    """The newest edition and a page of its rows, ordered by id; SheetMissing without one."""
    actor.require(ReviewPermission.READ_MONTH, places.place_of(community_id))
    sheet = newest(community_id, month)
    if sheet is None:
        raise SheetMissing()
    statement = tenancy.select(SheetRow, community_id).where(SheetRow.sheet_id == sheet.id)
    if after is not None:
        statement = statement.where(SheetRow.id > after)
    rows = db.session.scalars(statement.order_by(SheetRow.id).limit(limit))
    return SheetView(sheet=sheet, rows=list(rows))


def mine(*, actor: Actor, community_id: uuid.UUID, month: str) -> OwnRow:
    """The signed-in member's own row of the published edition, whatever its score.

    Raises NoticeMissing, OwnRowMissing.
    """
    actor.require(ReviewPermission.READ_OWN_ROW, places.place_of(community_id))
    member_id = actor.member_in(community_id)
    sheet = newest_public(community_id, month)
    row = db.session.scalars(
        tenancy.select(SheetRow, community_id).where(
            SheetRow.sheet_id == sheet.id, SheetRow.member_id == member_id
        )
    ).one_or_none()
    if row is None:
        raise OwnRowMissing()
    return OwnRow(
        month=month,
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


def paper(community_id: uuid.UUID, month: str) -> Paper:
    """The published edition for print and proof, rows in public order; NoticeMissing before."""
    sheet = newest_public(community_id, month)
    rows = db.session.scalars(
        tenancy.select(SheetRow, community_id)
        .where(SheetRow.sheet_id == sheet.id)
        .order_by(SheetRow.position, SheetRow.row_sha256)
    ).all()
    return Paper(
        header=Header(
            community=places.community(community_id).code, month=month, number=sheet.number
        ),
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
    """Months whose published sheet is no longer what its digest is of; empty when all is well."""
    months = db.session.scalars(
        tenancy.columns(Sheet, community_id, Sheet.month)
        .where(Sheet.state.in_(PUBLIC_STATES))
        .distinct()
        .order_by(Sheet.month)
    ).all()
    return [month for month in months if not verify(paper(community_id, month))]


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
