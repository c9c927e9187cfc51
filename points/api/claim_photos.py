"""Photos of claims: one upload per request, as a mini-program sends them; private when read."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any, cast

from flask import Response, current_app

from kernel import clock, images, unit_of_work
from kernel.file_stores import FileStore
from kernel.http import Blueprint, actor
from kernel.settings import Settings
from points.api.claim_schemas import ClaimPhotoSchema, PhotoForCheckQuery, UploadPhoto
from points.claims import photos, screening
from points.claims.photos import PhotoView

blp = Blueprint(
    "claim_photos",
    __name__,
    url_prefix="/api/v1/communities/<community>/claims/photos",
    description="Photos of claims: private to the claimant and to those who decide",
)
_BINARY = {"type": "string", "format": "binary"}
#: app.extensions: where the bytes lie.
STORE = "files"


@blp.post("")
@blp.arguments(UploadPhoto, location="files")
@blp.response(201, ClaimPhotoSchema)
def upload(body: dict[str, Any], community_id: uuid.UUID) -> PhotoView:
    """Upload one photo (field ``photo``); a claim then names its id within a day."""
    who, now, settings = actor(), clock.now(), _settings()
    # Three steps: neither decoding nor the store may hold a transaction open.
    unit_of_work.run(
        photos.admit, actor=who, now=now, community_id=community_id,
        claims_per_day=settings.claims_per_day,
    )  # fmt: skip
    put = photos.put(store=_store(), community_id=community_id, stream=body["photo"].stream)
    return unit_of_work.run(
        photos.keep, actor=who, now=now, community_id=community_id, uploaded=put,
        is_screened=settings.screens_photos,
    )  # fmt: skip


@blp.get("/<uuid:photo_id>")
@blp.response(200, _BINARY, content_type=images.CONTENT_TYPE)
def one(community_id: uuid.UUID, photo_id: uuid.UUID) -> Response:
    """The photo, for the claimant and those who decide; 404 for everybody else."""
    return _picture(
        photos.content(actor=actor(), community_id=community_id, photo_id=photo_id, store=_store())
    )


@blp.get("/<uuid:photo_id>/for-check")
@blp.arguments(PhotoForCheckQuery, location="query")
@blp.response(200, _BINARY, content_type=images.CONTENT_TYPE)
def for_check(query: dict[str, Any], community_id: uuid.UUID, photo_id: uuid.UUID) -> Response:
    """The photo for WeChat's content check, by a signed address that ends within the hour."""
    return _picture(
        screening.content_for_check(
            now=clock.now(), community_id=community_id, photo_id=photo_id, store=_store(), **query
        )
    )


def _picture(chunks: Iterator[bytes]) -> Response:
    """Always a JPEG of our own making, whatever was uploaded; nobody on the way keeps it."""
    return Response(
        chunks,
        content_type=images.CONTENT_TYPE,
        headers={
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
            "Content-Disposition": 'inline; filename="photo.jpg"',
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )


def _store() -> FileStore:
    return cast(FileStore, current_app.extensions[STORE])


def _settings() -> Settings:
    return cast(Settings, current_app.config["LINLI"])
