"""That what is personal about somebody who left was erased; what was erased is gone."""

from __future__ import annotations

import datetime as dt
import uuid
from enum import StrEnum

from sqlalchemy import CheckConstraint, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from kernel.constraints import WORD, one_of, reference
from kernel.database import Base, TenantRow, UtcDateTime


class ErasureWay(StrEnum):
    """Because the time was over, or because the person (or who speaks for them) asked."""

    RETENTION = "retention"
    REQUEST = "request"


class MemberErasure(TenantRow, Base):
    """Name, texts, photos and the sign-in of one former member were erased; the ledger stays."""

    __tablename__ = "member_erasure"
    __append_only__ = True
    __table_args__ = (
        reference("member_id", "member"),
        reference("reason_text_id", "personal_text"),
        one_of("way", ErasureWay),
        # serves: who is still to be erased; once each
        UniqueConstraint("community_id", "member_id"),
        CheckConstraint(
            "(way = 'request') = (reason_text_id IS NOT NULL)", name="asked_for_a_reason"
        ),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    way: Mapped[str] = mapped_column(String(WORD))
    #: What the office wrote down about the request.
    reason_text_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    erased_by: Mapped[uuid.UUID] = mapped_column(Uuid)
    erased_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
