"""The templates of the product, for those who may draft."""

from __future__ import annotations

import uuid

from community import places
from kernel.access import Actor
from points import rulebook_templates
from points.permissions import PointsPermission
from points.rulebook_templates import Template


def listed(
    *, actor: Actor, community_id: uuid.UUID, q: str | None = None, holder: str | None = None
) -> list[Template]:
    """Templates by code; ``q`` is part of code, title, place or source."""
    actor.require(PointsPermission.READ_RULEBOOK, places.place_of(community_id))
    return [
        each
        for each in rulebook_templates.templates()
        if (holder is None or each.holder == holder)
        and (not q or q in f"{each.code} {each.title} {each.place} {each.source}")
    ]


def one(*, actor: Actor, community_id: uuid.UUID, code: str) -> Template:
    """One template; raises TemplateUnknown."""
    actor.require(PointsPermission.READ_RULEBOOK, places.place_of(community_id))
    return rulebook_templates.template(code)
