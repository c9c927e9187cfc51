"""Private files: bytes in a store under a random name, and one row that says they are kept.

Nothing leaks and nothing is lost, in this order: the bytes are put before the unit of work, the row
is written in it. Where it rolls back there is a file without a row, and :func:`sweep` removes it.
Erasing marks the row; the bytes go after the commit (outbox), or with the next sweep.
"""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import CheckConstraint, Integer, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from kernel import file_stores, images, outbox, tenancy
from kernel.database import Base, TenantRow, UtcDateTime, db
from kernel.file_stores import FileGone, FileStore
from kernel.images import CleanImage
from kernel.outbox import Message

#: A file without a row is younger than this while its unit of work may still be running.
ORPHAN_AGE = dt.timedelta(hours=1)
ERASED_TOPIC = "file.erased"
_BATCH = 500
_NAME_LENGTH = 80


class StoredFile(TenantRow, Base):
    """One private file: where it lies and its hash, never what it shows or whose it is."""

    __tablename__ = "stored_file"
    __table_args__ = (
        # serves: the sweep's search for files that no row keeps
        UniqueConstraint("community_id", "name"),
        CheckConstraint("size_bytes > 0", name="size_positive"),
    )

    name: Mapped[str] = mapped_column(String(_NAME_LENGTH))
    content_type: Mapped[str] = mapped_column(String(40))
    sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int] = mapped_column(Integer)
    stored_by: Mapped[uuid.UUID] = mapped_column(Uuid)
    stored_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    erased_at_utc: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True, kw_only=True)
class PutFile:
    """Bytes that lie in the store and have no row yet."""

    name: str
    content_type: str
    sha256: str
    size_bytes: int


def put_image(*, store: FileStore, community_id: uuid.UUID, image: CleanImage) -> PutFile:
    """Put a cleaned photo into the store; call it before the unit of work that keeps it."""
    name = file_stores.new_name(community_id)
    store.put(name, image.content)
    return PutFile(
        name=name,
        content_type=images.CONTENT_TYPE,
        sha256=image.sha256,
        size_bytes=len(image.content),
    )


def keep(
    *, community_id: uuid.UUID, put: PutFile, stored_by: uuid.UUID, now: dt.datetime
) -> StoredFile:
    """Write the row that keeps a file; without it the next sweep removes the bytes."""
    row = StoredFile(
        community_id=community_id,
        name=put.name,
        content_type=put.content_type,
        sha256=put.sha256,
        size_bytes=put.size_bytes,
        stored_by=stored_by,
        stored_at_utc=now,
    )
    db.session.add(row)
    db.session.flush()
    return row


def chunks(*, store: FileStore, community_id: uuid.UUID, file_id: uuid.UUID) -> Iterator[bytes]:
    """The bytes of a kept file. The caller has checked who asks. Raises NotFound, FileGone."""
    row = tenancy.get(StoredFile, community_id, file_id)
    if row.erased_at_utc is not None:
        raise FileGone()
    return store.chunks(row.name)


def erase(*, community_id: uuid.UUID, file_id: uuid.UUID, now: dt.datetime) -> None:
    """Nobody reads it from now on, and the bytes go after the commit; twice changes nothing."""
    erased = db.session.execute(
        tenancy.update(StoredFile, community_id)
        .where(StoredFile.id == file_id, StoredFile.erased_at_utc.is_(None))
        .values(erased_at_utc=now)
        .returning(StoredFile.id)
    ).first()
    if erased is not None:
        outbox.add(
            community_id=community_id,
            topic=ERASED_TOPIC,
            now=now,
            payload={"file_id": str(file_id)},
        )


def remove_erased(message: Message, *, store: FileStore) -> None:
    """Remove the bytes of an erased file; runs in the outbox worker, safe to run twice."""
    row = tenancy.get(StoredFile, message.community_id, uuid.UUID(str(message.payload["file_id"])))
    name, is_erased = row.name, row.erased_at_utc is not None
    # The look-up is over: no transaction stays open while the store answers.
    db.session.rollback()
    if is_erased:
        store.delete(name)


def sweep(*, store: FileStore, community_id: uuid.UUID, now: dt.datetime) -> int:
    """Remove files older than ORPHAN_AGE that no row keeps; returns how many.

    They are left by units of work that rolled back, and by erasures whose message was lost.
    """
    names = store.names_before(community_id, now - ORPHAN_AGE)
    removed = 0
    while some := list(itertools.islice(names, _BATCH)):
        kept = _kept(community_id, some)
        for name in some:
            if name not in kept:
                store.delete(name)
                removed += 1
    return removed


def _kept(community_id: uuid.UUID, names: list[str]) -> frozenset[str]:
    rows = db.session.scalars(
        tenancy.columns(StoredFile, community_id, StoredFile.name).where(
            StoredFile.name.in_(names), StoredFile.erased_at_utc.is_(None)
        )
    )
    found = frozenset(rows)
    db.session.rollback()
    return found
