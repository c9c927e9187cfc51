"""Two at once: the last claim of a day, and two people who accept the same claim.

Every race has a twin with the guard switched off, which must fail, or the race proves nothing.
"""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from kernel import tenancy, unit_of_work
from kernel.database import db
from kernel.errors import LinliError
from kernel.ids import new_id
from points.claims import daily_quota, photos, steps
from points.claims.errors import ClaimQuotaReached
from points.claims.photos import PhotoGiven
from points.claims.steps import Step
from points.claims.views import ClaimView
from points.models import Claim, ClaimDay, ClaimPhoto, ClaimState, Entry
from tests.integration.points.claim_world import ClaimWorld
from tests.integration.points.world import World

WAIT_SECONDS = 20
EIGHT = 8
seen = threading.local()


@pytest.fixture
def claims(world: World, tmp_path: Path) -> ClaimWorld:
    return ClaimWorld(world, tmp_path / "files")


def at_once(
    app: Flask, acts: list[Callable[[], Any]], before: Callable[[], None] = lambda: None
) -> list[Any]:
    """Run every act in its own thread and unit of work; errors of ours are answers as well.

    ``before`` runs in each thread, ahead of a barrier that all of them pass together.
    """
    db.session.commit()
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        with app.app_context():
            try:
                before()
                db.session.rollback()
                barrier.wait(WAIT_SECONDS)
                return unit_of_work.run(act)
            except LinliError as error:
                return error
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result(WAIT_SECONDS) for future in [pool.submit(run, act) for act in acts]]


class TestTheLastClaimsOfADay:
    PER_DAY = 3

    def submits(self, claims: ClaimWorld) -> list[Callable[[], Any]]:
        return [lambda: claims.submit("FREE", photo_ids=[], per_day=self.PER_DAY)] * EIGHT

    def check(self, claims: ClaimWorld, answers: list[Any]) -> None:
        """Exactly the quota came in; everybody else is told so."""
        refused = [answer for answer in answers if isinstance(answer, ClaimQuotaReached)]
        sent = [answer for answer in answers if isinstance(answer, ClaimView)]
        assert (len(sent), len(refused)) == (self.PER_DAY, EIGHT - self.PER_DAY)
        rows = tenancy.columns(Claim, claims.community_id, sa.func.count())
        assert db.session.scalar(rows) == self.PER_DAY

    def test_exactly_the_quota_comes_in(self, app: Flask, claims: ClaimWorld) -> None:
        self.check(claims, at_once(app, self.submits(claims)))

    def test_the_check_fails_where_it_is_counted_first(
        self, app: Flask, claims: ClaimWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        community_id, member_id = claims.community_id, claims.member_id

        def count_first() -> None:
            seen.used = db.session.scalar(
                tenancy.columns(ClaimDay, community_id, ClaimDay.claims).where(
                    ClaimDay.member_id == member_id
                )
            )

        def then_write(
            _column: Any, _community: uuid.UUID, _member: uuid.UUID, _day: dt.date, most: int
        ) -> bool:
            return (seen.used or 0) < most

        monkeypatch.setattr(daily_quota, "_take", then_write)
        answers = at_once(app, self.submits(claims), before=count_first)
        with pytest.raises(AssertionError):
            self.check(claims, answers)


class TestTwoPeopleAcceptOneClaim:
    def accepts(self, claims: ClaimWorld) -> list[Callable[[], Any]]:
        checked = claims.check(claims.submit())
        return [
            lambda actor=actor: claims.accept(checked, actor)
            for actor in (claims.world.panelist, claims.world.other_panelist)
        ]

    @staticmethod
    def check(claims: ClaimWorld, answers: list[Any]) -> None:
        """One accepts it, the other comes too late; the points are there once."""
        accepted = [answer for answer in answers if isinstance(answer, ClaimView)]
        refused = [answer.code for answer in answers if isinstance(answer, LinliError)]
        assert len(accepted) == 1
        assert refused[0] in ("stale_version", "illegal_claim_step")
        entries = db.session.scalars(tenancy.select(Entry, claims.community_id)).all()
        assert [entry.points for entry in entries] == [Decimal(2)]

    def test_exactly_one_accepts(self, app: Flask, claims: ClaimWorld) -> None:
        self.check(claims, at_once(app, self.accepts(claims)))

    def test_the_check_fails_without_the_guard(
        self, app: Flask, claims: ClaimWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def write_whatever_stands(
            claim: Claim, _step: Step, *, version: int, **values: Any
        ) -> None:
            db.session.execute(
                tenancy.update(Claim, claim.community_id)
                .where(Claim.id == claim.id)
                .values(state=ClaimState.ACCEPTED, version=version + 1, **values)
                .execution_options(synchronize_session=False)
            )

        accepts = self.accepts(claims)
        monkeypatch.setattr(steps, "take", write_whatever_stands)
        monkeypatch.setattr(steps, "state_after", lambda *_: ClaimState.ACCEPTED)
        answers = at_once(app, accepts)
        with pytest.raises(AssertionError):
            self.check(claims, answers)


class TestOnePhotoTwoClaims:
    @staticmethod
    def sent(app: Flask, claims: ClaimWorld) -> list[str]:
        photo_id = claims.upload()
        answers = at_once(app, [lambda: claims.submit(photo_ids=[photo_id])] * 2)
        return sorted(getattr(answer, "code", "sent") for answer in answers)

    def test_one_takes_it(self, app: Flask, claims: ClaimWorld) -> None:
        assert self.sent(app, claims) == ["photo_unknown", "sent"]

    def test_both_take_it_without_the_guard(
        self, app: Flask, claims: ClaimWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def attach_whatever_stands(claim: Claim, given: list[PhotoGiven]) -> None:
            for position, each in enumerate(given, start=1):
                db.session.execute(
                    tenancy.update(ClaimPhoto, claim.community_id)
                    .where(ClaimPhoto.id == each.photo_id)
                    .values(claim_id=claim.id, position=position, kind=each.kind)
                    .execution_options(synchronize_session=False)
                )

        monkeypatch.setattr(photos, "attach", attach_whatever_stands)
        assert self.sent(app, claims) == ["sent", "sent"]


def test_quotas_of_different_days_and_members_do_not_wait(claims: ClaimWorld) -> None:
    asked = {"community_id": claims.community_id, "per_day": 1}
    day = dt.date(2026, 11, 21)
    other = claims.world.member()
    for member_id, on in [
        (claims.member_id, day), (claims.member_id, day + dt.timedelta(days=1)), (other, day),
    ]:  # fmt: skip
        daily_quota.take_claim(member_id=member_id, day=on, **asked)
    with pytest.raises(ClaimQuotaReached):
        daily_quota.take_claim(member_id=other, day=day, **asked)
    left = daily_quota.left(member_id=new_id(), day=day, **asked)
    assert left == 1
