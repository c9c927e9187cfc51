"""WeChat's content check of photos: asked for after the upload, answered by a push.

A photo that is not checked yet is shown with that note to the few who may see it; one that WeChat
holds to be risky is shown to nobody. WeChat fetches the photo itself, by an address that is signed,
ends with its hour, and opens only while the answer is awaited.
"""

from __future__ import annotations

import datetime as dt
import hmac
import uuid
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import sqlalchemy as sa

from community import places
from community.models import UserAccount
from kernel import files, one_time_codes, tenancy, unit_of_work
from kernel.database import db
from kernel.errors import NotFound
from kernel.file_stores import FileStore
from kernel.outbox import Message
from points.claims import photos
from points.models import ClaimPhoto, PhotoCheck, Screening

#: WeChat answers within half an hour; its fetching may come late within it.
FETCH_TIME = dt.timedelta(hours=1)
#: Without an answer by then people look, as at what WeChat is not sure about.
PATIENCE = dt.timedelta(hours=1)
#: An answer later than this finds nothing any more.
KEPT = dt.timedelta(days=2)
_PURPOSE = "claim_photo_check"
_OUTCOMES = {
    "pass": Screening.PASSED,
    "review": Screening.REVIEW,
    "risky": Screening.RISKY,
}


class ChecksImages(Protocol):
    """What is needed of the WeChat client."""

    def check_image(self, *, openid: str, media_url: str) -> str: ...


def ask(
    message: Message, *, wechat_client: ChecksImages, public_base_url: str, now: dt.datetime
) -> None:
    """Ask WeChat to check an uploaded photo; runs in the outbox worker.

    May run twice for one message: both answers say the same. Runs its own units of work, since
    WeChat is asked in between.
    """
    community_id = message.community_id
    photo = tenancy.get(ClaimPhoto, community_id, uuid.UUID(str(message.payload["photo_id"])))
    photo_id, is_waiting = photo.id, photo.screening == Screening.WAITING
    openid = _openid(photo.uploaded_by)
    code = places.community(community_id).code
    # The look-up is over: no transaction stays open while WeChat answers.
    db.session.rollback()
    if not is_waiting:
        return
    if openid is None:
        unit_of_work.run(_settle, community_id, photo_id, Screening.NONE)
        return
    address = f"{public_base_url}/api/v1/communities/{code}/claims/photos/{photo_id}/for-check"
    trace_id = wechat_client.check_image(
        openid=openid, media_url=f"{address}?{_signed(community_id, photo_id, now + FETCH_TIME)}"
    )
    unit_of_work.run(_note, community_id, photo_id, trace_id, now)


def answered(event: Mapping[str, Any]) -> None:
    """Take WeChat's answer; run it in a unit of work. NotFound for a trace id we never got.

    A later answer about the same photo changes nothing.
    """
    trace_id = event.get("trace_id")
    known = None
    # The database takes neither NUL nor half a surrogate pair.
    if isinstance(trace_id, str) and trace_id.isprintable():
        known = db.session.scalar(sa.select(PhotoCheck).where(PhotoCheck.trace_id == trace_id))
    if known is None:
        # WeChat sends it again: by then the worker has written the trace id down.
        raise NotFound()
    result = event.get("result")
    suggest = result.get("suggest") if isinstance(result, Mapping) else None
    _settle(known.community_id, known.photo_id, _OUTCOMES.get(str(suggest), Screening.REVIEW))


def content_for_check(
    *,
    now: dt.datetime,
    community_id: uuid.UUID,
    photo_id: uuid.UUID,
    expires: int,
    signature: str,
    store: FileStore,
) -> Iterator[bytes]:
    """The JPEG for WeChat, while its answer is awaited; NotFound for everything else."""
    expected = _signature(community_id, photo_id, expires).encode()
    # As bytes: a signature that is made up may hold any character.
    if now.timestamp() > expires or not hmac.compare_digest(expected, signature.encode()):
        raise NotFound()
    photo = tenancy.get(ClaimPhoto, community_id, photo_id)
    if photo.screening != Screening.WAITING or not photos.is_shown(photo):
        raise NotFound()
    chunks = files.chunks(store=store, community_id=community_id, file_id=photo.file_id)
    db.session.rollback()
    return chunks


def give_up_waiting(*, community_id: uuid.UUID, now: dt.datetime) -> int:
    """Leave photos without an answer to people; returns how many. Forgets old trace ids."""
    left = db.session.execute(
        tenancy.update(ClaimPhoto, community_id)
        .where(
            ClaimPhoto.screening == Screening.WAITING, ClaimPhoto.uploaded_at_utc <= now - PATIENCE
        )
        .values(screening=Screening.REVIEW)
        .returning(ClaimPhoto.id)
        .execution_options(synchronize_session=False)
    ).all()
    db.session.execute(
        sa.delete(PhotoCheck).where(
            PhotoCheck.community_id == community_id, PhotoCheck.asked_at_utc <= now - KEPT
        )
    )
    return len(left)


def _settle(community_id: uuid.UUID, photo_id: uuid.UUID, outcome: Screening) -> None:
    # An answer that comes after people were asked to look still counts.
    db.session.execute(
        tenancy.update(ClaimPhoto, community_id)
        .where(
            ClaimPhoto.id == photo_id,
            ClaimPhoto.screening.in_((Screening.WAITING, Screening.REVIEW)),
        )
        .values(screening=outcome)
        .execution_options(synchronize_session=False)
    )


def _note(community_id: uuid.UUID, photo_id: uuid.UUID, trace_id: str, now: dt.datetime) -> None:
    db.session.add(
        PhotoCheck(
            trace_id=trace_id, community_id=community_id, photo_id=photo_id, asked_at_utc=now
        )
    )
    db.session.flush()


def _openid(account_id: uuid.UUID) -> str | None:
    found: str | None = db.session.scalar(
        sa.select(UserAccount.openid).where(UserAccount.id == account_id)
    )
    return found


def _signed(community_id: uuid.UUID, photo_id: uuid.UUID, until: dt.datetime) -> str:
    expires = int(until.timestamp())
    return f"expires={expires}&signature={_signature(community_id, photo_id, expires)}"


def _signature(community_id: uuid.UUID, photo_id: uuid.UUID, expires: int) -> str:
    return one_time_codes.digest(_PURPOSE, f"{community_id}/{photo_id}/{expires}")
