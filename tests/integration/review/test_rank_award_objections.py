"""Points by rank move by an upheld objection to their own line, and by nothing else."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest

from kernel import tenancy
from kernel.database import db
from points import accounts, balances, corrections, ledger_check
from points.errors import NotAFactLine, OwnHousehold, RankAwardStruck, RankMovesByObjection
from points.models import Authority, LineSource, MonthState, PointsLine
from points.reversals import acts
from review import objections
from review.models import ObjectionKind
from review.objections import Outcome, Strike
from tests.integration.points import world as books
from tests.integration.review.test_closing import FROM, LITTER, scores
from tests.integration.review.world import DEED, RECORDED, ReviewWorld, review_world
from tests.support.backend import Backend

D = Decimal
NOVEMBER, DECEMBER = "2026-11", "2026-12"
FREEZING = dt.datetime(2026, 12, 1, 1, tzinfo=dt.UTC)
PUBLISHING = dt.datetime(2026, 12, 2, 1, tzinfo=dt.UTC)
ON_NOTICE = dt.datetime(2026, 12, 3, 1, tzinfo=dt.UTC)
SEALING = dt.datetime(2026, 12, 11, 1, tzinfo=dt.UTC)
REPLY = "经核对称重单，九月的垃圾被重复计入，名次分予以撤销，感谢您的监督。"


def awarded() -> ReviewWorld:
    """October is frozen: the first in litter got 50 points, which stand on November's sheet."""
    made = review_world()
    made.adopt(version=2, effective_from=FROM, items=[*books.items(), LITTER])
    for code, kilograms in (("A0201", 9), ("A0202", 4)):
        made.record(
            made.resident(code), "LITTER", quantity=D(kilograms), occurred_on=DEED, now=RECORDED
        )
    made.bring(MonthState.FROZEN)
    return made


@pytest.fixture
def world(backend: Backend, session: Any) -> ReviewWorld:
    return backend.remembered(awarded)


def award_of(world: ReviewWorld, code: str) -> uuid.UUID:
    line_id: uuid.UUID = db.session.scalars(
        tenancy.columns(PointsLine, world.community_id, PointsLine.id).where(
            PointsLine.source == LineSource.RANK_AWARD, PointsLine.member_id == world.people[code]
        )
    ).one()
    return line_id


def close_november(world: ReviewWorld, to: MonthState) -> None:
    world.bring(MonthState.SEALED)
    world.open_month(DECEMBER)
    at = {MonthState.ON_NOTICE: PUBLISHING, MonthState.SEALED: SEALING}
    states = list(MonthState)
    for state in states[1 : states.index(to) + 1]:
        world.step(state, NOVEMBER, now=at.get(state, FREEZING))


def strike(world: ReviewWorld, line_id: uuid.UUID, **values: Any) -> None:
    given = {
        "actor": world.panelist, "now": FREEZING, "cause": Authority.OBJECTION,
        "reason": "异议成立", **values,
    }  # fmt: skip
    corrections.strike(community_id=world.community_id, line_id=line_id, **given)


def test_an_upheld_objection_takes_it_off_the_sheet_on_notice(world: ReviewWorld) -> None:
    first, second = world.people["A0201"], world.people["A0202"]
    close_november(world, MonthState.ON_NOTICE)
    filed = objections.raise_objection(
        actor=world.actor("member", member=first), now=ON_NOTICE, community_id=world.community_id,
        month=NOVEMBER, kind=ObjectionKind.WRONG, text="九月的也算进来了。",
        line_id=award_of(world, "A0201"),
    )  # fmt: skip
    decided = objections.decide(
        actor=world.other_panelist, now=ON_NOTICE, community_id=world.community_id,
        objection_id=filed.id, version=filed.version, outcome=Outcome.UPHOLD, reply=REPLY,
        correction=Strike(),
    )  # fmt: skip
    assert decided.state == "upheld"
    # Nobody else moves up: ranks were computed once.
    assert scores(world, NOVEMBER) == {first: D(0), second: D(30)}
    assert accounts.for_member(world.community_id, first).balance == D(0)
    assert ledger_check.check(world.community_id) == []


def test_after_the_seal_it_goes_to_the_open_month(world: ReviewWorld) -> None:
    close_november(world, MonthState.SEALED)
    first = world.people["A0201"]
    strike(world, award_of(world, "A0201"), now=SEALING)
    assert (scores(world, NOVEMBER)[first], scores(world, DECEMBER)[first]) == (D(50), D(-50))
    assert ledger_check.check(world.community_id) == []


def test_what_was_spent_meanwhile_is_a_debt(world: ReviewWorld) -> None:
    account = accounts.for_member(world.community_id, world.people["A0201"])
    assert accounts.reserve(
        community_id=world.community_id, account_id=account.id, points=D(20), now=FREEZING
    )
    balances.capture(community_id=world.community_id, account_id=account.id, points=D(20))
    world.to_merchant(account.id, D(20))
    strike(world, award_of(world, "A0201"))
    db.session.refresh(account)
    assert (account.balance, account.debt) == (D(0), D(20))
    assert ledger_check.check(world.community_id) == []


def test_it_is_struck_once(world: ReviewWorld) -> None:
    line_id = award_of(world, "A0201")
    strike(world, line_id)
    with pytest.raises(RankAwardStruck):
        strike(world, line_id)


def test_nothing_else_moves_it(world: ReviewWorld) -> None:
    line_id = award_of(world, "A0201")
    with pytest.raises(RankMovesByObjection):
        strike(world, line_id, cause=Authority.REVIEW)
    with pytest.raises(RankMovesByObjection):
        acts.ask(
            actor=world.admin, now=FREEZING, community_id=world.community_id, line_id=line_id,
            reason="算错了",
        )  # fmt: skip
    with pytest.raises(NotAFactLine):
        corrections.amend(
            actor=world.panelist, now=FREEZING, community_id=world.community_id, line_id=line_id,
            cause=Authority.OBJECTION, reason="异议成立", quantity=D(3),
        )  # fmt: skip


def test_nobody_decides_about_the_own_household(world: ReviewWorld) -> None:
    near = world.bound_actor("panelist", world.people["A0201"])
    with pytest.raises(OwnHousehold):
        strike(world, award_of(world, "A0201"), actor=near)
