"""The API of people and places."""

from __future__ import annotations

from typing import Any

from community.api import (
    bindings,
    consents,
    erasures,
    me,
    members,
    places,
    proxies,
    roles,
    sessions,
)

BLUEPRINTS: list[Any] = [
    sessions.blp,
    me.blp,
    places.blp,
    members.blp,
    erasures.blp,
    bindings.blp,
    proxies.blp,
    consents.blp,
    roles.blp,
]
