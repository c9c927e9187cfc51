"""Two clicks at one moment: one rulebook per kind of holder, one adoption, one edit."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm.attributes import set_committed_value

from kernel import tenancy, unit_of_work
from kernel.database import db
from kernel.errors import Conflict, LinliError, StaleVersion
from points import rulebooks
from points.models import RulebookState, RulebookVersion
from points.rulebook_life import adoption, drafts, steps
from points.rulebook_life.errors import OtherRulebookInForce, RulebookNotDraft
from tests.integration.points import world as texts
from tests.integration.points.rulebook_acts import draft
from tests.integration.points.world import NOW, World

DECEMBER = dt.date(2026, 12, 1)


def at_once(app: Flask, acts: list[Callable[[], Any]]) -> list[LinliError]:
    """Run every act in a unit of work of its own, all together; returns what was refused."""
    db.session.commit()
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> LinliError | None:
        with app.app_context():
            start.wait()
            try:
                unit_of_work.run(act)
            except LinliError as refused:
                return refused
        return None

    with ThreadPoolExecutor(len(acts)) as pool:
        answers = list(pool.map(run, acts))
    db.session.rollback()
    db.session.expire_all()
    return [answer for answer in answers if answer is not None]


def adopting(world: World, version_id: uuid.UUID, version: int = 1) -> Callable[[], Any]:
    return lambda: rulebooks.adopt(
        actor=world.admin, now=NOW, community_id=world.community_id, version_id=version_id,
        version=version, meeting="居民代表会议", adopted_on=dt.date(2026, 11, 20),
        effective_from=DECEMBER,
    )  # fmt: skip


def adopted_codes(world: World) -> list[str]:
    rows = rulebooks.listed(
        actor=world.admin, community_id=world.community_id, after=None, limit=9,
        state=RulebookState.ADOPTED,
    )  # fmt: skip
    return [each.code for each in rows]


@pytest.fixture
def two(bare_world: World) -> list[uuid.UUID]:
    """Two members' rulebooks, neither in force."""
    return [draft(bare_world, version=1, code=code).id for code in ("one", "other")]


def test_of_two_rulebooks_for_the_same_holders_one_is_adopted(
    app: Flask, bare_world: World, two: list[uuid.UUID]
) -> None:
    refused = at_once(app, [adopting(bare_world, each) for each in two])
    assert [type(each) for each in refused] == [OtherRulebookInForce]
    assert len(adopted_codes(bare_world)) == 1


def test_without_the_lock_both_could_be(
    app: Flask, bare_world: World, two: list[uuid.UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adoption, "_require_no_other", lambda *_: None)
    assert at_once(app, [adopting(bare_world, each) for each in two]) == []
    assert len(adopted_codes(bare_world)) == 2


def test_a_draft_is_adopted_once(app: Flask, world: World) -> None:
    row = draft(world)
    refused = at_once(app, [adopting(world, row.id), adopting(world, row.id)])
    assert [type(each) for each in refused] == [RulebookNotDraft]


def test_without_the_held_row_only_the_number_of_the_act_stops_the_second(
    app: Flask, bare_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both see the draft as it was before: nobody says that it is adopted, the database refuses."""
    row = draft(bare_world, version=1, code="one")
    acts = [adopting(bare_world, row.id)] * 2
    before = {name: getattr(row, name) for name in ("state", "version_seen", "effective_from")}

    def as_it_was(community_id: uuid.UUID, version_id: uuid.UUID) -> RulebookVersion:
        found = tenancy.get(RulebookVersion, community_id, version_id)
        for name, value in before.items():
            set_committed_value(found, name, value)
        return found

    monkeypatch.setattr(steps, "held", as_it_was)
    monkeypatch.setattr(adoption, "_former", lambda *_: None)
    refused = at_once(app, acts)
    assert [type(each) for each in refused] == [Conflict]


def edited_twice(app: Flask, world: World) -> tuple[list[LinliError], uuid.UUID]:
    """Two take an item out of the same version at once; what was refused."""
    row = draft(world)
    given = {
        "actor": world.admin, "now": NOW, "community_id": world.community_id,
        "version_id": row.id, "version": 1,
    }  # fmt: skip
    acts = [lambda code=code: drafts.remove_item(code=code, **given) for code in ("CAP", "FREE")]
    return at_once(app, acts), row.id


def test_of_two_edits_of_one_version_one_is_stale(app: Flask, world: World) -> None:
    refused, row_id = edited_twice(app, world)
    assert [type(each) for each in refused] == [StaleVersion]
    kept = rulebooks.version_of(
        actor=world.admin, community_id=world.community_id, version_id=row_id
    )
    assert kept.version_seen == 2
    assert kept.document.count('"kind"') == len(texts.items()) - 1


def test_both_are_taken_where_nobody_looks_at_the_version(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = steps.seen
    monkeypatch.setattr(steps, "seen", lambda row, kind, _: seen(row, kind, row.version_seen))
    refused, _ = edited_twice(app, world)
    assert refused == []
