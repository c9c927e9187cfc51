"""The month's legal steps, stale versions, and opening it."""

from __future__ import annotations

from itertools import product

import pytest

from kernel.access import Actor
from kernel.errors import Forbidden, StaleVersion, WhyMissing
from points import errors, months
from points.models import AccountingMonth, MonthState
from tests.integration.points.world import MONTH, NOW, World

#: state → the steps that lead there from open
WAY = {
    state: [each for each in MonthState if each is not MonthState.OPEN][:position]
    for position, state in enumerate(MonthState)
}


def step(world: World, to: MonthState, version: int, why: str | None = None) -> AccountingMonth:
    return months.step(
        community_id=world.community_id, month=MONTH, to=to, actor=world.admin, now=NOW,
        version=version, why=why,
    )  # fmt: skip


@pytest.mark.parametrize(("state", "to"), list(product(MonthState, MonthState)))
def test_only_the_listed_steps_are_legal(world: World, state: MonthState, to: MonthState) -> None:
    version = 1
    for each in WAY[state]:
        version = step(world, each, version).version
    if to in months.LEGAL_STEPS[state]:
        assert step(world, to, version, why="理由").state == to
    else:
        with pytest.raises(errors.IllegalMonthStep):
            step(world, to, version, why="理由")


def test_every_state_has_its_steps() -> None:
    assert set(months.LEGAL_STEPS) == set(MonthState)


def test_a_stale_version_is_refused(world: World) -> None:
    step(world, MonthState.FROZEN, 1)
    with pytest.raises(StaleVersion):
        step(world, MonthState.SIGNED, 1)


def test_sending_back_needs_a_reason_and_keeps_when_it_froze(world: World) -> None:
    frozen = step(world, MonthState.FROZEN, 1).frozen_at_utc
    step(world, MonthState.SIGNED, 2)
    with pytest.raises(WhyMissing):
        step(world, MonthState.FROZEN, 3)
    assert step(world, MonthState.FROZEN, 3, why="缺少一条").frozen_at_utc == frozen
    detail = months.detail(actor=world.admin, community_id=world.community_id, month=MONTH)
    assert [act.to_state for act in detail.acts] == ["open", "frozen", "signed", "frozen"]
    assert [act.why_text_id is not None for act in detail.acts] == [False, False, False, True]


def test_opening_again_changes_nothing(world: World) -> None:
    step(world, MonthState.FROZEN, 1)
    again = months.open_month(
        community_id=world.community_id, month=MONTH, actor=world.admin, now=NOW
    )
    assert (again.state, again.version) == (MonthState.FROZEN, 2)


def test_only_those_who_may_open_a_month(world: World) -> None:
    with pytest.raises(Forbidden):
        months.open_month(
            community_id=world.community_id, month="2026-12", actor=world.recorder, now=NOW
        )


def test_the_list_is_newest_first_and_goes_on_after_a_month(world: World) -> None:
    world.open_month("2026-12")

    def page(after: AccountingMonth | None, actor: Actor = world.recorder) -> list[str]:
        rows = months.listed(
            actor=actor, community_id=world.community_id, after=after.id if after else None,
            limit=2,
        )  # fmt: skip
        return [row.month for row in rows]

    assert page(None) == ["2026-12", MONTH]
    assert page(months.of(world.community_id, MONTH)) == ["2026-10"]


def test_a_month_that_was_never_opened_is_unknown(world: World) -> None:
    with pytest.raises(errors.MonthUnknown):
        months.of(world.community_id, "2031-01")
