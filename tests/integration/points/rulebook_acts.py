"""The steps of a rulebook's life as the tests take them, with ordinary values filled in."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

from points import rulebooks
from points.models import Consultation, ConsultationComment, RulebookVersion
from points.rulebook_life import consultations
from tests.integration.points import world as texts
from tests.integration.points.world import NOW, World

DECEMBER = dt.date(2026, 12, 1)
FIRST, LAST = dt.date(2026, 11, 21), dt.date(2026, 11, 30)
#: Noon of the first day after the consultation.
AFTERWARDS = dt.datetime(2026, 12, 1, 4, 0, tzinfo=dt.UTC)


def draft(world: World, *, version: int = 2, **changes: Any) -> RulebookVersion:
    return rulebooks.draft(
        actor=world.admin, now=NOW, community_id=world.community_id,
        text=texts.text(version=version, **changes),
    )  # fmt: skip


def adopt(world: World, row: RulebookVersion, **values: Any) -> RulebookVersion:
    given = {
        "actor": world.admin, "now": NOW, "version": row.version_seen, "meeting": "居民代表会议",
        "adopted_on": dt.date(2026, 11, 20), "effective_from": DECEMBER, **values,
    }  # fmt: skip
    return rulebooks.adopt(community_id=world.community_id, version_id=row.id, **given)


def consult(world: World, row: RulebookVersion, **values: Any) -> Consultation:
    given = {
        "actor": world.admin, "now": NOW, "version": row.version_seen, "starts_on": FIRST,
        "last_on": LAST, **values,
    }  # fmt: skip
    return consultations.open_consultation(
        community_id=world.community_id, version_id=row.id, **given
    )


def take_back(world: World, row: RulebookVersion, **values: Any) -> RulebookVersion:
    given = {
        "actor": world.admin, "now": NOW, "version": row.version_seen, "why": "有错字", **values,
    }  # fmt: skip
    return consultations.take_back(community_id=world.community_id, version_id=row.id, **given)


def say(world: World, asked: Consultation, text: str, **values: Any) -> ConsultationComment:
    given = {"actor": world.recorder, "now": NOW, **values}
    return consultations.comment(
        community_id=world.community_id, consultation_id=asked.id, text=text, **given
    )


def answer(world: World, comment_id: uuid.UUID, text: str = "按意见改了", **values: Any) -> Any:
    given = {"actor": world.admin, "now": NOW, "outcome": "taken_up", **values}
    return consultations.answer(
        community_id=world.community_id, comment_id=comment_id, text=text, **given
    )


def document_of(row: RulebookVersion) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(row.document)
    return found
