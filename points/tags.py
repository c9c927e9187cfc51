"""Tags that an audience of a rulebook may name."""

from __future__ import annotations

import uuid

from community.models import MemberKind, MemberTag
from kernel import tenancy
from kernel.database import db

#: Tags that a community may assign although nobody carries them yet.
ASSIGNABLE = frozenset({"relocated_household", "party_member", "recorder", "student"})


def known(community_id: uuid.UUID) -> frozenset[str]:
    """The member kinds, the assignable tags, and those the community has assigned."""
    in_use = db.session.scalars(tenancy.columns(MemberTag, community_id, MemberTag.tag).distinct())
    return frozenset(MemberKind) | ASSIGNABLE | frozenset(in_use)
