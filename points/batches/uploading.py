"""Uploading a batch: read, checked against the register, stored to be confirmed; nothing moves."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy import or_

from community import members, places
from community.models import Household
from kernel import audit, clock, personal_text, sheet_files, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import InvalidRows
from kernel.ids import new_id
from kernel.points_value import ZERO
from points import rulebooks
from points.batches import reading, steps
from points.batches.errors import BatchTwice, HolderNotSupported
from points.batches.reading import Known, Person, Planned
from points.batches.template import MOST_ROWS
from points.errors import RulebookMissing
from points.models import (
    AccountKind,
    BatchActKind,
    BatchKind,
    BatchState,
    HolderKind,
    PointsAccount,
    PointsBatch,
    PointsBatchRow,
)
from points.permissions import PointsPermission
from points.rulebooks import RulebookInForce


@dataclass(frozen=True, kw_only=True)
class Uploaded:
    """What a batch says and would do. ``id`` is None for a dry run.

    ``before`` and ``after`` sum the balances of the holders named; points that wait for the seal
    of a month are in ``after`` as well.
    """

    id: uuid.UUID | None
    is_dry_run: bool
    row_count: int
    added: Decimal
    taken: Decimal
    before: Decimal
    after: Decimal


def upload(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    kind: BatchKind,
    content: bytes,
    filename: str,
    rulebook_code: str | None = None,
    is_dry_run: bool = False,
) -> Uploaded:
    """Store a table of at most MOST_ROWS rows to be confirmed by somebody of another body.

    Raises what sheet_files.read raises, HeaderUnknown, HeaderMissing, HeaderTwice, InvalidRows
    with every bad cell, BatchTwice, RulebookMissing, HolderNotSupported.
    """
    actor.require(PointsPermission.PREPARE_BATCH, places.place_of(community_id))
    today = clock.business_date(now)
    book = _book(community_id, today, rulebook_code)
    rows = sheet_files.read(content, filename=filename, most_rows=MOST_ROWS)
    known = _known(community_id, book, today, actor)
    planned, wrong = reading.plan(rows, kind=kind, known=known, today=today)
    if wrong:
        raise InvalidRows(wrong)
    sha256 = reading.content_hash(kind, planned)
    _require_new(community_id, book.rulebook_id, sha256)
    before = _balances(community_id, book, planned)
    batch_id = None
    if not is_dry_run:
        batch = _batch(book, kind, planned, sha256)
        # A name may hold what no engine stores (NUL) and what spoils a line (line feeds).
        batch.filename = "".join(letter for letter in filename if letter.isprintable())[:200]
        _store(batch, planned, actor=actor, now=now)
        batch_id = batch.id
    moving = sum((one.points for one in planned if one.counts_in_balance), ZERO)
    return Uploaded(
        id=batch_id,
        is_dry_run=is_dry_run,
        row_count=len(planned),
        added=_added(planned),
        taken=_taken(planned),
        before=before,
        after=before + moving,
    )


def _batch(
    book: RulebookInForce, kind: BatchKind, planned: Sequence[Planned], sha256: str
) -> PointsBatch:
    """A batch that waits to be confirmed."""
    return PointsBatch(
        community_id=book.version.community_id,
        id=new_id(),
        kind=kind,
        state=BatchState.WAITING,
        rulebook_id=book.rulebook_id,
        sha256=sha256,
        row_count=len(planned),
        added=_added(planned),
        taken=_taken(planned),
    )


def _book(community_id: uuid.UUID, today: dt.date, code: str | None) -> RulebookInForce:
    books = rulebooks.all_in_force(community_id, today)
    for book in books:
        if code in (None, book.compiled.code):
            if book.compiled.holder == HolderKind.MERCHANT:
                raise HolderNotSupported(field="rulebook_code")
            return book
    raise RulebookMissing(field="rulebook_code")


def _known(community_id: uuid.UUID, book: RulebookInForce, today: dt.date, actor: Actor) -> Known:
    """The register of today; four statements."""
    households = db.session.execute(
        tenancy.columns(Household, community_id, Household.code, Household.id)
    )
    at_home: dict[str, list[Person]] = defaultdict(list)
    by_code: dict[str, Person] = {}
    circle = members.own_circle(community_id, actor)
    own: set[uuid.UUID] = set(circle)
    for row in db.session.execute(members.roster(community_id, today)):
        person = Person(row.member_id, row.name, row.household_code)
        if row.household_code:
            at_home[row.household_code].append(person)
        if row.public_code:
            by_code[row.public_code.upper()] = person
        if row.member_id in circle and row.household_id:
            own.add(row.household_id)
    return Known(
        households={row.code: row.id for row in households},
        at_home=at_home,
        by_public_code=by_code,
        own_holders=frozenset(own),
        holds_households=book.compiled.holder == HolderKind.HOUSEHOLD,
        has_balance=book.compiled.balance is not None,
    )


def _require_new(community_id: uuid.UUID, rulebook_id: uuid.UUID, sha256: str) -> None:
    living = (BatchState.WAITING, BatchState.POSTED)
    twin = tenancy.columns(PointsBatch, community_id, PointsBatch.id).where(
        PointsBatch.rulebook_id == rulebook_id,
        PointsBatch.sha256 == sha256,
        or_(*(PointsBatch.state == state for state in living)),
    )
    if db.session.execute(twin).first() is not None:
        raise BatchTwice(field="file")


def _balances(
    community_id: uuid.UUID, book: RulebookInForce, planned: Sequence[Planned]
) -> Decimal:
    """What the holders named have now, in chunks that every engine binds."""
    ids = [one.holder_id for one in planned]
    chunks = [ids[start : start + 500] for start in range(0, len(ids), 500)]
    return sum(
        (
            _summed(community_id, book.rulebook_id, PointsAccount.holder_id.in_(chunk))
            for chunk in chunks
        ),
        ZERO,
    )


def _summed(
    community_id: uuid.UUID, rulebook_id: uuid.UUID, whose: sa.ColumnElement[bool]
) -> Decimal:
    found: Decimal | None = db.session.execute(
        tenancy.columns(PointsAccount, community_id, sa.func.sum(PointsAccount.balance)).where(
            PointsAccount.kind == AccountKind.HOLDER,
            PointsAccount.rulebook_id == rulebook_id,
            whose,
        )
    ).scalar_one()
    return found or ZERO


def _store(
    batch: PointsBatch, planned: Sequence[Planned], *, actor: Actor, now: dt.datetime
) -> None:
    batch.uploaded_by = actor.account_id
    batch.uploaded_at_utc = now
    db.session.add(batch)
    db.session.flush()
    texts = personal_text.keep_all(
        community_id=batch.community_id, bodies=[one.reason for one in planned], now=now
    )
    db.session.execute(
        sa.insert(PointsBatchRow),
        [
            {
                "community_id": batch.community_id,
                "id": new_id(),
                "batch_id": batch.id,
                "row_number": one.row_number,
                "holder_id": one.holder_id,
                "member_id": one.member_id,
                "points": one.points,
                "counts_in_score": one.counts_in_score,
                "counts_in_balance": one.counts_in_balance,
                "occurred_on": one.occurred_on,
                "reason_text_id": text_id,
            }
            for one, text_id in zip(planned, texts, strict=True)
        ],
    )
    role = steps.role_of(actor, batch.community_id, PointsPermission.PREPARE_BATCH)
    steps.append(batch, BatchActKind.UPLOADED, actor=actor, role=role, now=now)
    audit.record(
        actor=actor, now=now, community_id=batch.community_id, act="points_batch.uploaded",
        subject_kind="points_batch", subject_id=batch.id, rows=batch.row_count, kind=batch.kind,
    )  # fmt: skip
    db.session.flush()


def _added(planned: Sequence[Planned]) -> Decimal:
    return sum((one.points for one in planned if one.points > 0), ZERO)


def _taken(planned: Sequence[Planned]) -> Decimal:
    return -sum((one.points for one in planned if one.points < 0), ZERO)
