"""A month under the community addendum of Wendeng District (2020): totals worked out by hand."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kernel.database import db
from kernel.points_value import ZERO
from points import accounts, facts, rulebooks, scores
from points.facts import EvidenceGiven, FactView
from points.models import CounterMonth, EvidenceKind, FactActKind
from tests.integration.points.every_construct import adds_up, approve, posted, put, seen, tell
from tests.integration.points.world import MONTH, NOW, World, empty_world
from tests.support.backend import Backend

D = Decimal
BOOK = Path(__file__).parents[2] / "data/rulebooks/wendeng_community_addon_2020.json"


def november(day: int) -> dt.date:
    return dt.date(2026, 11, day)


def wendeng() -> World:
    found = empty_world("wendeng")
    document = json.loads(BOOK.read_text())
    # The community's meeting chooses the month; the source names its own.
    document["effective_from"] = MONTH + "-01"
    found.open_month()
    drafted = rulebooks.draft(
        actor=found.admin, now=NOW, community_id=found.community_id,
        text=json.dumps(document, ensure_ascii=False),
    )  # fmt: skip
    rulebooks.adopt(
        actor=found.admin, now=NOW, community_id=found.community_id, version_id=drafted.id,
        version=drafted.version_seen, meeting="居民代表会议", adopted_on=dt.date(2026, 8, 20),
        effective_from=november(1),
    )  # fmt: skip
    return found


@pytest.fixture
def world(backend: Backend, session: Any) -> World:
    return backend.remembered(wendeng)


def agreed(world: World, member_id: Any, item: str, day: int, **values: Any) -> FactView:
    return approve(world, put(world, member_id, item, occurred_on=november(day), **values))


def score(world: World, member_id: Any) -> Decimal:
    account_id = accounts.for_member(world.community_id, member_id).id
    rows = db.session.execute(scores.month_scores(world.community_id, MONTH))
    return sum((row.score for row in rows if row.account_id == account_id), ZERO)


def test_bonuses_of_a_month(world: World) -> None:
    member_id = world.member()
    snow = agreed(world, member_id, "WDC-21", 2)
    joined = agreed(world, member_id, "WDC-07", 5, level="积极参加")
    solved = agreed(world, member_id, "WDC-10", 5, deed=joined.id)
    hours = [
        agreed(world, member_id, "WDC-31", day, quantity=D(quantity))
        for day, quantity in ((8, 12), (15, 9))
    ]
    given = agreed(world, member_id, "WDC-25", 10)
    facts.decide(
        actor=world.panelist, now=NOW, community_id=world.community_id, fact_id=given.id,
        version=given.version, points=D(6),
    )  # fmt: skip
    event = agreed(world, member_id, "WDC-26", 12, quantity=D(250))
    evidence = [
        EvidenceGiven(kind=kind)
        for kind in (EvidenceKind.RECORDER_CONFIRMATION, EvidenceKind.PHOTO)
    ]
    helped = agreed(
        world, member_id, "WDC-28", 14, level="突出贡献", evidence=evidence, reason="协助换锁"
    )
    assert seen(world, helped).lines[0].reason == "awaiting_approval"
    facts.approve(
        actor=world.other_panelist, now=NOW, community_id=world.community_id,
        fact_id=helped.id, version=helped.version,
    )  # fmt: skip
    # One deed, two items: the higher alone. 12 hours reach ten (2), 21 reach twenty (5 in all).
    assert posted(world, snow, joined, solved, *hours, given, event, helped) == [
        D(1), D(0), D(5), D(2), D(3), D(6), D(10), D(3),
    ]  # fmt: skip
    assert score(world, member_id) == D(30)
    assert accounts.for_member(world.community_id, member_id).balance == ZERO
    counted = db.session.query(CounterMonth).filter_by(community_id=world.community_id).one()
    assert (counted.counter, counted.month, counted.quantity) == ("hours", MONTH, D(21))
    assert adds_up(world)


def test_deductions_of_a_month_grow_with_what_the_member_was_told_of(world: World) -> None:
    member_id = world.member(name="李四")
    first, second, third = [
        tell(world, agreed(world, member_id, "WDC-46", day), told_on=november(day + 1))
        for day in (3, 10, 18)
    ]
    once = tell(world, agreed(world, member_id, "WDC-49", 19), told_on=november(20))
    again = agreed(world, member_id, "WDC-49", 21)
    # A warning, then once, then twice; elsewhere the second told time doubles.
    assert posted(world, first, second, third, once, again) == [
        D(0), D(-5), D(-10), D(-10), D(-20),
    ]  # fmt: skip
    assert score(world, member_id) == D(-45)
    told = facts.detail(actor=world.admin, community_id=world.community_id, fact_id=first.id)
    assert [act.act for act in told.acts][-1] == FactActKind.TOLD
    assert told.acts[-1].changes == {"told_on": [None, "2026-11-04"]}
    assert adds_up(world)
