"""Public codes of members without a household, who have no household code to be known by."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterator

from sqlalchemy import func

from community.models import Member
from kernel import tenancy
from kernel.database import db
from kernel.ids import RECEIPT_ALPHABET

#: Begins with a letter that no household code of digits begins with; 外 (from outside).
_PREFIX = "W"
_RANDOM_LENGTH = 5


def fresh(community_id: uuid.UUID) -> Iterator[str]:
    """Codes that nobody in the community has; random, so that they tell nothing about order."""
    taken = set(
        db.session.scalars(
            tenancy.columns(Member, community_id, func.coalesce(Member.public_code, ""))
        )
    )
    while True:
        code = _PREFIX + "".join(secrets.choice(RECEIPT_ALPHABET) for _ in range(_RANDOM_LENGTH))
        if code not in taken:
            taken.add(code)
            yield code
