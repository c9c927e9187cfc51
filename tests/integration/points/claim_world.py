"""A claimant with photos, checkers and deciders, on the world of the points tests."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from kernel.access import Actor
from kernel.file_stores import FileStore, FolderStore
from points.claims import deciding, photos, submitting
from points.claims.asking import Claimed
from points.claims.photos import PhotoGiven
from points.claims.views import ClaimView
from points.models import EvidenceKind
from tests.integration.points.world import NOW, TODAY, World

PER_DAY = 5


def photo_bytes(color: str = "red") -> bytes:
    """A small JPEG that says where it was taken."""
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (38.0, 24.0, 57.0)
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), color).save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


@dataclass
class ClaimWorld:
    """``me`` claims; ``world.recorder`` checks; ``world.panelist`` decides."""

    world: World
    folder: Path
    store: FileStore = field(init=False)
    member_id: uuid.UUID = field(init=False)
    me: Actor = field(init=False)

    def __post_init__(self) -> None:
        self.store = FolderStore(self.folder)
        self.member_id = self.world.member(household_id=self.world.household_id)
        self.me = self.world.bound_actor("member", self.member_id)

    @property
    def community_id(self) -> uuid.UUID:
        return self.world.community_id

    def files(self) -> list[Path]:
        """What lies in the store."""
        return sorted(path for path in self.folder.rglob("*") if path.is_file())

    def upload(
        self, *, actor: Actor | None = None, now: dt.datetime = NOW, is_screened: bool = False
    ) -> uuid.UUID:
        content = io.BytesIO(photo_bytes())
        put = photos.put(store=self.store, community_id=self.community_id, stream=content)
        return photos.keep(
            actor=actor or self.me, now=now, community_id=self.community_id, uploaded=put,
            is_screened=is_screened,
        ).id  # fmt: skip

    def submit(
        self, item_code: str = "CLAIM", *, actor: Actor | None = None, now: dt.datetime = NOW,
        photo_ids: list[uuid.UUID] | None = None, per_day: int = PER_DAY, **values: Any,
    ) -> ClaimView:  # fmt: skip
        who = actor or self.me
        ids = [self.upload(actor=who, now=now)] if photo_ids is None else photo_ids
        claimed = {"item_code": item_code, "occurred_on": TODAY, "text": "清扫楼道", **values}
        return submitting.submit(
            actor=who, now=now, community_id=self.community_id, claims_per_day=per_day,
            claimed=Claimed(**claimed),
            given=[PhotoGiven(photo_id=each, kind=EvidenceKind.PHOTO) for each in ids],
        )  # fmt: skip

    def check(self, claim: ClaimView, actor: Actor | None = None, **values: Any) -> ClaimView:
        given = {"now": NOW, "version": claim.version, **values}
        return deciding.check(
            actor=actor or self.world.recorder, community_id=self.community_id,
            claim_id=claim.id, **given,
        )  # fmt: skip

    def accept(self, claim: ClaimView, actor: Actor | None = None, **values: Any) -> ClaimView:
        given = {"now": NOW, "version": claim.version, **values}
        return deciding.accept(
            actor=actor or self.world.panelist, community_id=self.community_id,
            claim_id=claim.id, **given,
        )  # fmt: skip

    def decline(self, claim: ClaimView, actor: Actor | None = None, **values: Any) -> ClaimView:
        given = {"now": NOW, "version": claim.version, "reason": "照片里看不出", **values}
        return deciding.decline(
            actor=actor or self.world.panelist, community_id=self.community_id,
            claim_id=claim.id, **given,
        )  # fmt: skip

    def withdraw(self, claim: ClaimView, actor: Actor | None = None, **values: Any) -> ClaimView:
        given = {"now": NOW, "version": claim.version, **values}
        return submitting.withdraw(
            actor=actor or self.me, community_id=self.community_id, claim_id=claim.id, **given
        )
