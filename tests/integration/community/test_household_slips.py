"""Slips: one use, one week, guesses counted, rebinding ends what stood before."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any

import pytest
from flask import Flask

from community import bindings, household_slips
from community.errors import (
    AlreadyBound,
    GridNotYours,
    HouseholdEmpty,
    MemberNotOnSlip,
    OwnHousehold,
    OwnSlip,
)
from community.household_slips import Bound, SlipMade, SlipSeen
from community.models import BindingWay, HouseholdSlip, MemberBinding, SignInSession
from kernel import audit, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import Forbidden, NotFound, Refused, TooMany
from kernel.ids import new_id
from kernel.unit_of_work import run
from tests.integration.community.world import NOW, World
from tests.support.at_once import at_once


def make(world: World, household: int = 0, actor: Actor | None = None) -> SlipMade:
    return household_slips.make(
        actor=actor or world.admin,
        now=NOW,
        community_id=world.community_id,
        household_id=world.households[household].id,
    )


def use(world: World, actor: Actor, code: str, member_id: Any, now: Any = NOW) -> Bound | Refused:
    return household_slips.use(
        actor=actor, now=now, community_id=world.community_id, code=code, member_id=member_id
    )


def preview(world: World, actor: Actor, code: str, **given: Any) -> SlipSeen | Refused:
    return household_slips.preview(
        actor=actor, now=NOW, community_id=world.community_id, code=code, **given
    )


def test_a_slip_binds_one_of_the_household(world: World, noise: World) -> None:
    member, _ = world.add("张三"), world.add("李四", household=1)
    slip = make(world)
    stored = db.session.query(HouseholdSlip).one()
    assert slip.code not in str(vars(stored))
    actor = world.stranger()
    shown = preview(world, actor, f" {slip.code[:5].lower()}-{slip.code[5:]} ")
    assert isinstance(shown, SlipSeen)
    assert (shown.household_code, [m.name for m in shown.members]) == ("0101", ["张三"])
    assert not shown.members[0].is_bound
    bound = use(world, actor, slip.code, member.id)
    assert isinstance(bound, Bound)
    assert (bound.member_id, bound.name) == (member.id, "张三")
    standing = bindings.of_member(world.community_id, member.id)
    assert standing is not None
    assert (standing.account_id, standing.way) == (actor.account_id, "slip")


def test_a_slip_is_good_once(world: World) -> None:
    first, second = world.add("张三"), world.add("李四")
    slip = make(world)
    assert isinstance(use(world, world.stranger(), slip.code, first.id), Bound)
    again = use(world, world.stranger(), slip.code, second.id)
    assert isinstance(again, Refused)
    assert again.code == "slip_not_valid"


def test_who_made_a_slip_cannot_use_it(world: World) -> None:
    member = world.add("张三")
    worker = world.actor("grid_worker")
    slip = make(world)
    db.session.commit()
    with pytest.raises(OwnSlip):
        run(use, world, world.admin, slip.code, member.id)
    assert bindings.of_member(world.community_id, member.id) is None
    # The slip stays good for the household.
    assert isinstance(use(world, worker, slip.code, member.id), Bound)


def test_a_slip_expires_and_a_new_one_replaces_it(world: World) -> None:
    member = world.add("张三")
    old = make(world)
    new = make(world)
    assert isinstance(use(world, world.stranger(), old.code, member.id), Refused)
    late = use(world, world.stranger(), new.code, member.id, now=new.expires_at_utc)
    assert isinstance(late, Refused)
    assert isinstance(use(world, world.stranger(), new.code, member.id), Bound)


def test_a_slip_of_another_community_is_no_slip(world: World, noise: World) -> None:
    slip = make(noise)
    member = world.add("张三")
    assert isinstance(use(world, world.stranger(), slip.code, member.id), Refused)


def test_choosing_somebody_else_leaves_the_slip_good(world: World, session: Any) -> None:
    member, other = world.add("张三"), world.add("李四", household=1)
    slip = make(world)
    session.commit()
    actor = world.stranger()
    with pytest.raises(MemberNotOnSlip):
        run(use, world, actor, slip.code, other.id)
    assert isinstance(run(use, world, actor, slip.code, member.id), Bound)


def test_guesses_are_counted_and_stopped(world: World, session: Any) -> None:
    member = world.add("张三")
    slip = make(world)
    session.commit()
    guesser = world.stranger()
    for _ in range(household_slips.MOST_GUESSES):
        assert isinstance(run(preview, world, guesser, "2222222222"), Refused)
    with pytest.raises(TooMany):
        run(use, world, guesser, slip.code, member.id)
    assert isinstance(run(use, world, world.stranger(), slip.code, member.id), Bound)


def test_an_address_is_stopped_whatever_accounts_it_uses(
    world: World, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(household_slips, "MOST_GUESSES_PER_ADDRESS", 2)
    session.commit()
    for _ in range(2):
        answer = run(preview, world, world.stranger(), "2222222222", address="203.0.113.7")
        assert isinstance(answer, Refused)
    with pytest.raises(TooMany):
        run(preview, world, world.stranger(), "2222222222", address="203.0.113.7")


def test_two_who_use_one_slip_at_once(app: Flask, world: World, session: Any) -> None:
    members = [world.add(name).id for name in ("张三", "李四")]
    slip = make(world)
    session.commit()
    db.session.remove()
    answers: list[str] = []
    together = threading.Barrier(2)

    def use_it(member_id: Any) -> None:
        with app.app_context():
            together.wait()
            answer = run(use, world, world.stranger(), slip.code, member_id)
            answers.append(type(answer).__name__)
            db.session.remove()

    threads = [threading.Thread(target=use_it, args=(member_id,)) for member_id in members]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["Bound", "Refused"]
    assert db.session.query(MemberBinding).count() == 1


def test_two_get_in_where_the_slip_is_only_looked_at(
    app: Flask, world: World, session: Any
) -> None:
    """The twin: whether it is used is read first and written afterwards."""
    members = [world.add(name).id for name in ("张三", "李四")]
    make(world)
    session.commit()
    db.session.remove()
    unused: list[bool] = []

    def look() -> None:
        unused.append(db.session.query(HouseholdSlip).one().used_at_utc is None)

    def use_it(member_id: Any) -> Any:
        actor = world.stranger()
        db.session.execute(
            tenancy.update(HouseholdSlip, world.community_id).values(
                used_at_utc=NOW, used_by=actor.account_id
            )
        )
        return bindings.bind(
            actor=actor, now=NOW, community_id=world.community_id, member_id=member_id,
            account_id=actor.account_id, way=BindingWay.SLIP,
        )  # fmt: skip

    at_once(app, [partial(use_it, member_id) for member_id in members], before=look)
    assert unused == [True, True]
    assert db.session.query(MemberBinding).count() == 2


def test_rebinding_ends_the_old_binding_and_its_sessions(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = world.add("张三")
    monkeypatch.setattr(bindings, "_handlers", [])
    told: list[Any] = []
    bindings.when_unbound(lambda community, who, _now: told.append((community, who)))
    lost_phone, new_phone = world.stranger(), world.stranger()
    for actor in (lost_phone, new_phone):
        world.factories.user_account(id=actor.account_id)
        world.factories.sign_in_session(account_id=actor.account_id)
    use(world, lost_phone, make(world).code, member.id)
    use(world, new_phone, make(world).code, member.id)
    rows = db.session.query(MemberBinding).order_by(MemberBinding.id).all()
    assert [(row.account_id, row.ended_by) for row in rows] == [
        (lost_phone.account_id, new_phone.account_id),
        (new_phone.account_id, None),
    ]
    revoked = {row.account_id: row.revoked_at_utc for row in db.session.query(SignInSession).all()}
    assert revoked == {lost_phone.account_id: NOW, new_phone.account_id: None}
    assert told == [(world.community_id, member.id)]
    acts = db.session.scalars(
        tenancy.columns(audit.AuditRecord, world.community_id, audit.AuditRecord.act).order_by(
            audit.AuditRecord.id
        )
    ).all()
    assert acts.count("member.unbound") == 1
    assert acts.count("member.bound") == 2


def test_an_account_is_one_member_of_a_community(world: World) -> None:
    first, second = world.add("张三"), world.add("李四")
    actor = world.stranger()
    use(world, actor, make(world).code, first.id)
    use(world, actor, make(world).code, second.id)
    assert bindings.of_member(world.community_id, first.id) is None
    with pytest.raises(AlreadyBound):
        use(world, actor, make(world).code, second.id)


class TestWhoMakesSlips:
    """The grid worker of the grid, never for the own household; the administrator anywhere."""

    def _grid_worker(self, world: World, grid: int | None) -> Actor:
        actor = world.actor("grid_worker")
        world.factories.user_account(id=actor.account_id)
        world.factories.role_grant(
            account_id=actor.account_id,
            role="grid_worker",
            community_id=world.community_id,
            grid_id=None if grid is None else world.grids[grid].id,
        )
        return actor

    def test_in_the_own_grid_only(self, world: World) -> None:
        world.add("张三")
        world.add("李四", household=1)
        worker = self._grid_worker(world, 0)
        assert make(world, 0, worker).household_code == "0101"
        with pytest.raises(GridNotYours):
            make(world, 1, worker)

    def test_a_grant_without_a_grid_is_for_every_grid(self, world: World) -> None:
        world.add("李四", household=1)
        assert make(world, 1, self._grid_worker(world, None)).code

    def test_never_for_the_own_household(self, world: World) -> None:
        worker = self._grid_worker(world, 0)
        world.bound(world.add("张三"), worker)
        world.add("李梅")
        with pytest.raises(OwnHousehold):
            make(world, 0, worker)

    def test_others_make_none(self, world: World, noise: World) -> None:
        world.add("张三")
        for actor, error in (
            (world.actor("member"), Forbidden),
            (world.actor("panelist"), Forbidden),
            (world.stranger(), NotFound),
            (noise.admin, NotFound),
        ):
            with pytest.raises(error):
                make(world, 0, actor)

    def test_an_empty_or_unknown_household_gets_none(self, world: World, noise: World) -> None:
        with pytest.raises(HouseholdEmpty):
            make(world)
        for household_id in (new_id(), noise.households[0].id):
            with pytest.raises(NotFound):
                household_slips.make(
                    actor=world.admin,
                    now=NOW,
                    community_id=world.community_id,
                    household_id=household_id,
                )
