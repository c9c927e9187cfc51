"""Expired holds: sweeper, holder and clerk agree who frees them, in any order and at once."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from kernel import tenancy
from kernel.database import db
from merchants import quotas
from points import accounts
from redemption import ledger_parts, redemptions, releases
from redemption.models import Redemption
from redemption.redemptions import Held
from tests.integration.redemption.test_races import at_once
from tests.integration.redemption.world import NOW, AllianceWorld, Holder

OVER = NOW + dt.timedelta(minutes=10)
seen = threading.local()


@pytest.fixture
def offer(world: AllianceWorld, holder: Holder) -> Any:
    """Three holds that are over, and points left for one more."""
    offer = world.offer(points=25, stock=300, per_holder_limit=9)
    for _ in range(3):
        world.hold(holder, offer)
    db.session.commit()
    return offer


def sweep(world: AllianceWorld) -> Callable[[], int]:
    community_id = world.community_id
    return lambda: redemptions.expire_holds(community_id=community_id, now=OVER, limit=99)


def ask(world: AllianceWorld, holder: Holder, offer: Any) -> Callable[[], Any]:
    where = {"community_id": world.community_id, "offer_id": offer.id}
    return lambda: redemptions.issue(actor=holder.actor, now=OVER, **where)


def check(world: AllianceWorld, holder: Holder) -> None:
    """One new hold, three expired ones, everything that they had set aside free again."""
    rows = tenancy.columns(Redemption, world.community_id, Redemption.state).where(
        Redemption.account_id == holder.account_id
    )
    assert sorted(db.session.scalars(rows)) == ["expired", "expired", "expired", "held"]
    assert world.points_of(holder) == (100, 25, 0)
    # The noise of the neighbour is none of ours: this is about one community.
    assert ledger_parts.differences(world.community_id, now=OVER) == []


class TestInEitherOrder:
    def test_the_sweeper_first(self, world: AllianceWorld, holder: Holder, offer: Any) -> None:
        assert sweep(world)() == 3
        assert isinstance(ask(world, holder, offer)(), Held)
        assert sweep(world)() == 0
        check(world, holder)

    def test_the_holder_first(self, world: AllianceWorld, holder: Holder, offer: Any) -> None:
        assert isinstance(ask(world, holder, offer)(), Held)
        assert sweep(world)() == 0
        check(world, holder)

    def test_the_command_says_how_many(
        self, app: Flask, offer: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        del offer
        monkeypatch.setattr("ops.monthly.clock.now", lambda: OVER)
        result = app.test_cli_runner().invoke(args=["ops", "sweep"])
        assert result.exit_code == 0, result.output
        assert "yjyx: 3 expired holds freed" in result.output


class TestAtOnce:
    @staticmethod
    def verify(world: AllianceWorld, holder: Holder, answers: list[Any]) -> None:
        assert [type(answer) for answer in answers] == [int, Held, int]
        check(world, holder)

    def test_each_hold_is_freed_once(
        self, app: Flask, world: AllianceWorld, holder: Holder, offer: Any
    ) -> None:
        acts = [sweep(world), ask(world, holder, offer), sweep(world)]
        self.verify(world, holder, at_once(app, acts))

    def test_the_check_fails_without_the_guard(
        self, app: Flask, world: AllianceWorld, holder: Holder, offer: Any,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        """Looking which holds are over, then freeing those, whoever freed them meanwhile."""
        community_id = world.community_id
        over = tenancy.columns(
            Redemption, community_id, Redemption.account_id, Redemption.points,
            Redemption.quotas_taken,
        ).where(Redemption.state == "held", Redemption.hold_expires_at_utc <= OVER)  # fmt: skip

        def read_first() -> None:
            seen.over = db.session.execute(over).all()

        def free_what_was_over(
            of: Any, _which: Any, *, now: dt.datetime, **_resolution: Any
        ) -> int:
            for row in seen.over:
                accounts.release(
                    community_id=of, account_id=row.account_id, points=row.points, now=now
                )
                taken = quotas.from_json(row.quotas_taken)
                quotas.give_back(community_id=of, taken=taken)
            db.session.execute(
                tenancy.update(Redemption, of)
                .where(Redemption.state == "held", Redemption.hold_expires_at_utc <= now)
                .values(state="expired", resolved_at_utc=now)
                .execution_options(synchronize_session=False)
            )
            return len(seen.over)

        def sweep_what_was_over() -> int:
            return free_what_was_over(community_id, None, now=OVER)

        acts = [sweep_what_was_over, ask(world, holder, offer), sweep_what_was_over]
        monkeypatch.setattr(releases, "expire", free_what_was_over)
        answers = at_once(app, acts, before=read_first)
        with pytest.raises(AssertionError):
            self.verify(world, holder, answers)
