"""Photos of claims: uploaded one by one, seen by the claimant and the deciders, by nobody else.

An upload is three steps, because neither decoding nor the store may hold a transaction open:
:func:`admit` in a unit of work, :func:`put` outside, :func:`keep` in another unit of work.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

import sqlalchemy as sa

from community import places
from kernel import clock, files, images, outbox, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import NotFound
from kernel.file_stores import FileStore
from kernel.files import PutFile, StoredFile
from points.claims import daily_quota
from points.claims.errors import PhotoTwice, PhotoUnknown
from points.models import Claim, ClaimPhoto, EvidenceKind, Screening
from points.permissions import PointsPermission

UPLOADED_TOPIC = "claim.photo_uploaded"
#: A photo that no claim took within this time is erased.
UNCLAIMED = dt.timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class PhotoGiven:
    """A photo named in a claim, and what it shows."""

    photo_id: uuid.UUID
    kind: EvidenceKind = EvidenceKind.PHOTO


@dataclass(frozen=True, kw_only=True)
class PhotoView:
    """A photo as a claim shows it; its bytes have an address of their own.

    ``is_shown`` is False for what WeChat holds to be risky and for what was erased.
    """

    id: uuid.UUID
    kind: str
    screening: str
    is_shown: bool
    uploaded_at_utc: dt.datetime


def admit(*, actor: Actor, now: dt.datetime, community_id: uuid.UUID, claims_per_day: int) -> None:
    """Count one upload of the member's day. Raises UploadQuotaReached."""
    actor.require(PointsPermission.CLAIM, places.place_of(community_id))
    daily_quota.take_upload(
        community_id=community_id,
        member_id=actor.member_in(community_id),
        day=clock.business_date(now),
        per_day=claims_per_day,
    )


def put(*, store: FileStore, community_id: uuid.UUID, stream: IO[bytes]) -> PutFile:
    """Clean the photo and put it into the store; raises what ``images.cleaned`` raises."""
    return files.put_image(store=store, community_id=community_id, image=images.cleaned(stream))


def keep(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    uploaded: PutFile,
    is_screened: bool,
) -> PhotoView:
    """Write the photo's row, and ask for WeChat's check where it is set up (``is_screened``)."""
    actor.require(PointsPermission.CLAIM, places.place_of(community_id))
    member_id = actor.member_in(community_id)
    kept = files.keep(community_id=community_id, put=uploaded, stored_by=actor.account_id, now=now)
    photo = ClaimPhoto(
        community_id=community_id,
        member_id=member_id,
        uploaded_by=actor.account_id,
        file_id=kept.id,
        kind=EvidenceKind.PHOTO,
        screening=Screening.WAITING if is_screened else Screening.NONE,
        uploaded_at_utc=now,
    )
    db.session.add(photo)
    db.session.flush()
    if is_screened:
        outbox.add(
            community_id=community_id,
            topic=UPLOADED_TOPIC,
            now=now,
            payload={"photo_id": str(photo.id)},
        )
    return view(photo)


def require_different(given: Sequence[PhotoGiven]) -> None:
    """Raise PhotoTwice when one photo is named twice."""
    if len({each.photo_id for each in given}) < len(given):
        raise PhotoTwice(field="photos")


def attach(claim: Claim, given: Sequence[PhotoGiven]) -> None:
    """Make the claimant's uploads photos of the claim, in this order.

    Raises PhotoUnknown for anything that is not a free photo of this very member.
    """
    for position, each in enumerate(given, start=1):
        attached = db.session.execute(
            tenancy.update(ClaimPhoto, claim.community_id)
            .where(
                ClaimPhoto.id == each.photo_id,
                ClaimPhoto.member_id == claim.member_id,
                ClaimPhoto.claim_id.is_(None),
                ClaimPhoto.erased_at_utc.is_(None),
            )
            .values(claim_id=claim.id, position=position, kind=each.kind)
            .returning(ClaimPhoto.id)
            .execution_options(synchronize_session=False)
        ).first()
        if attached is None:
            raise PhotoUnknown(field="photos")


def of_claim(claim: Claim) -> list[ClaimPhoto]:
    """The photos of a claim in their order."""
    return list(
        db.session.scalars(
            tenancy.select(ClaimPhoto, claim.community_id)
            .where(ClaimPhoto.claim_id == claim.id)
            .order_by(ClaimPhoto.position)
            .execution_options(populate_existing=True)
        )
    )


def view(photo: ClaimPhoto) -> PhotoView:
    return PhotoView(
        id=photo.id,
        kind=photo.kind,
        screening=photo.screening,
        is_shown=is_shown(photo),
        uploaded_at_utc=photo.uploaded_at_utc,
    )


def is_shown(photo: ClaimPhoto) -> bool:
    """Whether anybody may look at it."""
    return photo.erased_at_utc is None and photo.screening != Screening.RISKY


def content(
    *, actor: Actor, community_id: uuid.UUID, photo_id: uuid.UUID, store: FileStore
) -> Iterator[bytes]:
    """The JPEG in chunks, for the claimant and the deciders.

    NotFound for everybody else, for what is risky or erased, and for a photo that is part of no
    claim yet, which only its uploader sees.
    """
    photo = tenancy.find(ClaimPhoto, community_id, photo_id)
    if photo is None or not is_shown(photo) or not _may_see(actor, photo):
        raise NotFound()
    chunks = files.chunks(store=store, community_id=community_id, file_id=photo.file_id)
    # The look-up is over: no transaction stays open while the picture is sent.
    db.session.rollback()
    return chunks


def _may_see(actor: Actor, photo: ClaimPhoto) -> bool:
    place = places.place_of(photo.community_id)
    if actor.members.get(photo.community_id) == photo.member_id:
        return actor.may(PointsPermission.CLAIM, place)
    return photo.claim_id is not None and actor.may(PointsPermission.READ_CLAIMS, place)


def erase(photo: ClaimPhoto, *, now: dt.datetime) -> None:
    """Remove the picture for good; that there was one, and its hash, stays."""
    files.erase(community_id=photo.community_id, file_id=photo.file_id, now=now)
    photo.erased_at_utc = photo.erased_at_utc or now
    db.session.flush()


def erase_due(*, community_id: uuid.UUID, now: dt.datetime, kept_days: int, limit: int) -> int:
    """Erase up to ``limit`` photos that nothing needs any more; returns how many.

    Those that no claim took within a day, and all that were uploaded ``kept_days`` ago.
    """
    is_left = sa.and_(ClaimPhoto.claim_id.is_(None), ClaimPhoto.uploaded_at_utc <= now - UNCLAIMED)
    is_old = ClaimPhoto.uploaded_at_utc <= now - dt.timedelta(days=kept_days)
    rows = db.session.scalars(
        tenancy.select(ClaimPhoto, community_id)
        .where(ClaimPhoto.erased_at_utc.is_(None), sa.or_(is_left, is_old))
        .order_by(ClaimPhoto.uploaded_at_utc, ClaimPhoto.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for photo in rows:
        erase(photo, now=now)
    return len(rows)


def stored(photo: ClaimPhoto) -> StoredFile:
    """The file behind a photo."""
    return tenancy.get(StoredFile, photo.community_id, photo.file_id)
