"""Who waits: a holder whose sealed tier has 优先 comes before others, then who waits longest."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from flask import Flask

from kernel import clock, tenancy
from kernel.access import Actor
from kernel.database import db
from points import rulebooks
from points.activities import attendance_lists, enrolments, lists, waiting
from points.models import AccountingMonth, HolderKind
from tests.factories import points
from tests.integration.points.activities.stage import NOW, Stage
from tests.integration.points.activities.test_races import at_once
from tests.integration.points.world import MONTH, World, empty_world, items
from tests.support.backend import Backend

SEALED = clock.previous_month(MONTH)
EARLIER = clock.previous_month(SEALED)
_TIERS = [
    {"name": "五星", "effects": ["priority"],
     "when": [{"measure": "score", "over": "month", "at_least": 50}]},
    {"name": "三星", "effects": ["badge"],
     "when": [{"measure": "score", "over": "month", "below": 50}]},
]  # fmt: skip
FIRST, PLAIN = "五星", "三星"


def tiered_world() -> World:
    world = empty_world()
    for month in (EARLIER, SEALED, MONTH):
        world.open_month(month)
    world.adopt(tiers=_TIERS)
    world.adopt(code="families", holder="household", items=items("FREE"), tiers=_TIERS)
    db.session.execute(
        tenancy.update(AccountingMonth, world.community_id)
        .where(AccountingMonth.month < MONTH)
        .values(state="sealed", frozen_at_utc=NOW, sealed_at_utc=NOW)
        .execution_options(synchronize_session=False)
    )
    return world


@pytest.fixture
def world(backend: Backend, session: Any) -> World:
    """Members and households with tiers; all months but the present one are sealed."""
    return backend.remembered(tiered_world)


def in_tiers(
    world: World, holder_id: uuid.UUID, tiers: Mapping[str, str],
    kind: HolderKind = HolderKind.MEMBER,
) -> None:  # fmt: skip
    """Give a holder an account with the tiers of these months, as sealing them does."""
    book = rulebooks.in_force(world.community_id, clock.business_date(NOW), kind)
    account = points.PointsAccountFactory(
        community_id=world.community_id, rulebook_id=book.rulebook_id, holder_kind=kind,
        holder_id=holder_id,
    )  # fmt: skip
    for month, tier in tiers.items():
        points.MonthlyScoreFactory(
            community_id=world.community_id, account_id=account.id, month=month, tier=tier,
            member_id=holder_id if kind is HolderKind.MEMBER else None,
        )  # fmt: skip


def minute(number: int) -> dt.datetime:
    return NOW + dt.timedelta(minutes=number)


def queue_of(stage: Stage, *names: str) -> list[Actor]:
    """People of these names, who enrol one after another."""
    people = [stage.person(name=name) for name in names]
    for number, person in enumerate(people):
        stage.enrol(person, now=minute(number))
    return people


def states(stage: Stage) -> dict[str, tuple[str, int | None, bool]]:
    rows = attendance_lists.enrolments(actor=stage.organiser, **stage.where)
    return {row.name: (row.state, row.position, row.has_priority) for row in rows}


def test_who_has_priority_gets_the_free_place_first(stage: Stage) -> None:
    stage.opened(capacity=1)
    first, plain, prior, later = queue_of(stage, "甲", "乙", "丙", "丁")
    in_tiers(stage.world, stage.id_of(plain), {SEALED: PLAIN})
    for person in (prior, later):
        in_tiers(stage.world, stage.id_of(person), {SEALED: FIRST})
    assert states(stage) == {
        "甲": ("enrolled", None, False),
        "乙": ("waiting", 3, False),
        "丙": ("waiting", 1, True),
        "丁": ("waiting", 2, True),
    }
    stage.withdraw(first, now=minute(9))
    assert states(stage)["丙"] == ("enrolled", None, False)
    stage.withdraw(prior, now=minute(10))
    assert states(stage)["丁"] == ("enrolled", None, False)
    stage.withdraw(later, now=minute(11))
    assert states(stage)["乙"] == ("enrolled", None, False)


def test_the_tier_of_the_household_counts_for_everybody_in_it(stage: Stage) -> None:
    stage.opened(capacity=1)
    first, _ = queue_of(stage, "甲", "乙")
    relative = stage.person(name="丙", household_id=stage.world.household_id)
    stage.enrol(relative, now=minute(5))
    in_tiers(stage.world, stage.world.household_id, {SEALED: FIRST}, HolderKind.HOUSEHOLD)
    stage.withdraw(first, now=minute(6))
    assert states(stage)["丙"][0] == "enrolled"


def test_a_month_that_is_not_sealed_and_a_tier_that_was_lost_give_nothing(stage: Stage) -> None:
    stage.opened(capacity=1)
    first, _, unsealed, lost = queue_of(stage, "甲", "乙", "丙", "丁")
    in_tiers(stage.world, stage.id_of(unsealed), {MONTH: FIRST})
    in_tiers(stage.world, stage.id_of(lost), {EARLIER: FIRST, SEALED: PLAIN})
    stage.withdraw(first, now=minute(6))
    assert states(stage)["乙"][0] == "enrolled"


def test_nobody_is_put_out_of_a_place(stage: Stage) -> None:
    stage.opened(capacity=1)
    queue_of(stage, "甲")
    prior = stage.person(name="乙")
    in_tiers(stage.world, stage.id_of(prior), {SEALED: FIRST})
    assert stage.enrol(prior).state == "waiting"
    assert states(stage)["甲"] == ("enrolled", None, False)


def test_one_reads_the_own_position(stage: Stage) -> None:
    stage.opened(capacity=1)
    _, plain, prior = queue_of(stage, "甲", "乙", "丙")
    in_tiers(stage.world, stage.id_of(prior), {SEALED: FIRST})

    def own(person: Actor) -> tuple[int | None, bool]:
        detail = lists.detail(actor=person, **stage.where)
        return detail.own_position, detail.own_has_priority

    assert (own(plain), own(prior), own(stage.organiser)) == ((2, False), (1, True), (None, False))


def test_the_queue_is_a_constant_number_of_statements(
    stage: Stage, count_statements: Callable[[], Any]
) -> None:
    stage.opened(capacity=1)
    person = queue_of(stage, "甲", "乙")[-1]
    in_tiers(stage.world, stage.id_of(person), {SEALED: FIRST})

    def read() -> int:
        db.session.expire_all()
        with count_statements() as statements:
            waiting.queue(stage.activity)
        return len(statements)

    read()
    few = read()
    for name in "丙丁戊己":
        person = stage.person(name=name)
        stage.enrol(person)
        in_tiers(stage.world, stage.id_of(person), {SEALED: FIRST})
    assert read() == few


class TestWithdrawAndWaitCannotMissEachOther:
    """One gives the only place back while one with priority begins to wait."""

    @staticmethod
    def requests(stage: Stage) -> list[Callable[[], Any]]:
        stage.opened(capacity=1)
        holder, prior = stage.person(name="甲"), stage.person(name="乙")
        stage.enrol(holder)
        in_tiers(stage.world, stage.id_of(prior), {SEALED: FIRST})
        where = stage.where
        db.session.commit()
        return [
            lambda: enrolments.withdraw(actor=holder, now=NOW, **where).state,
            lambda: enrolments.enrol(actor=prior, now=NOW, **where).state,
        ]

    @staticmethod
    def check(stage: Stage) -> None:
        """Nobody waits beside a free place."""
        db.session.rollback()
        assert states(stage)["乙"][0] == "enrolled"

    def test_they_do_not(self, app: Flask, stage: Stage) -> None:
        at_once(app, self.requests(stage))
        self.check(stage)

    def test_the_check_fails_without_the_guard(
        self, app: Flask, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Each decides by what it read before the other wrote."""
        requests = self.requests(stage)
        monkeypatch.setattr(enrolments, "take_place", lambda *_: False)
        monkeypatch.setattr(waiting, "queue", lambda *_: [])
        at_once(app, requests)
        with pytest.raises(AssertionError):
            self.check(stage)
