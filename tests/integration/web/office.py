"""Staff in front of their browsers: a role in a community, as rows and as a signed-in browser."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask import Flask

from community.models import RoleGrant
from kernel.access import Actor
from kernel.database import db
from kernel.ids import new_id
from tests.integration.redemption.world import NOW, AllianceWorld
from tests.support.pages import Pages

_FIELD = re.compile(r'name="(\w+)" value="([^"]*)"')


def granted(world: AllianceWorld, actor: Actor, role: str) -> Actor:
    """The grant of a role in this community, as a row."""
    place = world.place
    db.session.add(
        RoleGrant(
            account_id=actor.account_id, role=role, district_id=place.district_id,
            street_id=place.street_id, community_id=place.community_id,
            granted_from=NOW.date(), granted_by=new_id(), granted_at_utc=NOW,
        )
    )  # fmt: skip
    return actor


@dataclass
class Staff:
    """Browsers of the community's staff, one for each actor."""

    app: Flask
    world: AllianceWorld

    def browser(self, role: str, actor: Actor | None = None) -> Pages:
        who = granted(self.world, actor or self.world.actor(role), role)
        return Pages(self.app.test_client(), who)


def hidden(page: str, name: str) -> str:
    """What a hidden field of a page says, such as the version."""
    return next(value for key, value in _FIELD.findall(page) if key == name)


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def sent_to(answer: Any) -> str:
    """Where a form leads after it was done."""
    assert answer.status_code == 303, answer.text
    location: str = answer.location
    return location
