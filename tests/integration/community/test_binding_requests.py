"""Requests to be bound: decided once, in person, by the grid worker, never for the own home."""

from __future__ import annotations

from typing import Any

import pytest

from community import binding_requests, bindings, consents
from community.binding_requests import LEGAL_STEPS, RequestMade
from community.errors import GridNotYours, OwnHousehold, RequestDecided, RequestWaiting
from community.models import BindingRequest, Consent, ConsentChannel, RequestState
from kernel.access import Actor
from kernel.database import db
from kernel.errors import Forbidden, NotFound, Refused, TooMany
from kernel.ids import new_id
from kernel.unit_of_work import run
from tests.integration.community.world import NOW, TODAY, World


def ask(world: World, actor: Actor, name: str, household: str | None = "0101") -> Any:
    return binding_requests.ask(
        actor=actor,
        now=NOW,
        community_id=world.community_id,
        name=name,
        household_code=household,
    )


def decide(world: World, actor: Actor, request: RequestMade, to: RequestState) -> RequestMade:
    return binding_requests.decide(
        actor=actor, now=NOW, community_id=world.community_id, request_id=request.id, to=to
    )


def waiting(world: World, actor: Actor | None = None) -> list[Any]:
    return binding_requests.waiting(
        actor=actor or world.admin, community_id=world.community_id, on=TODAY
    )


def test_an_approved_request_binds(world: World, noise: World) -> None:
    member = world.add("张三")
    actor = world.stranger()
    made = ask(world, actor, " 张三 ")
    assert [(row.name, row.household_code, row.grid_number) for row in waiting(world)] == [
        ("张三", "0101", 1)
    ]
    assert waiting(noise) == []
    assert decide(world, world.admin, made, RequestState.APPROVED).state == "approved"
    standing = bindings.of_member(world.community_id, member.id)
    assert standing is not None
    assert (standing.account_id, standing.way) == (actor.account_id, "approved")
    assert waiting(world) == []


def test_a_refused_or_withdrawn_request_binds_nobody(world: World) -> None:
    member = world.add("张三")
    actor = world.stranger()
    decide(world, world.admin, ask(world, actor, "张三"), RequestState.REFUSED)
    again = ask(world, actor, "张三")
    with pytest.raises(NotFound):
        binding_requests.withdraw(
            actor=world.stranger(),
            now=NOW,
            community_id=world.community_id,
            request_id=again.id,
        )
    withdrawn = binding_requests.withdraw(
        actor=actor, now=NOW, community_id=world.community_id, request_id=again.id
    )
    assert withdrawn.state == "withdrawn"
    assert bindings.of_member(world.community_id, member.id) is None


def test_one_request_waits_at_a_time(world: World) -> None:
    world.add("张三")
    actor = world.stranger()
    ask(world, actor, "张三")
    with pytest.raises(RequestWaiting):
        ask(world, actor, "张三")


@pytest.mark.parametrize(
    ("name", "household"), [("李四", "0101"), ("张三", "0201"), ("张三", None)]
)
def test_a_guess_that_matches_nobody_is_refused_and_counted(
    world: World, session: Any, name: str, household: str | None
) -> None:
    world.add("张三")
    session.commit()
    actor = world.stranger()
    for _ in range(binding_requests.MOST_GUESSES):
        answer = run(ask, world, actor, name, household)
        assert isinstance(answer, Refused)
        assert answer.code == "member_not_matched"
    with pytest.raises(TooMany):
        run(ask, world, actor, "张三")


def test_namesakes_are_sent_to_the_counter(world: World) -> None:
    world.add("张三", household=None)
    world.add("张三", household=None, is_namesake=True)
    assert isinstance(ask(world, world.stranger(), "张三", None), Refused)


@pytest.mark.parametrize("source", RequestState)
@pytest.mark.parametrize("to", [state for state in RequestState if state != RequestState.WAITING])
def test_every_step(world: World, source: RequestState, to: RequestState) -> None:
    row = world.factories.binding_request(
        community_id=world.community_id,
        member_id=world.add("张三").id,
        account_id=new_id(),
        state=source,
        decided_at_utc=None if source is RequestState.WAITING else NOW,
        decided_by=None if source is RequestState.WAITING else new_id(),
    )
    owner = world.stranger(row.account_id)

    def step() -> RequestMade:
        if to is RequestState.WITHDRAWN:
            return binding_requests.withdraw(
                actor=owner, now=NOW, community_id=world.community_id, request_id=row.id
            )
        return binding_requests.decide(
            actor=world.admin,
            now=NOW,
            community_id=world.community_id,
            request_id=row.id,
            to=to,
        )

    if to in LEGAL_STEPS[source]:
        assert step().state == to
    else:
        with pytest.raises(RequestDecided):
            step()


def test_the_table_of_steps_is_complete() -> None:
    assert set(LEGAL_STEPS) == set(RequestState)


def grid_worker(world: World, grid: int) -> Actor:
    actor = world.actor("grid_worker")
    world.factories.user_account(id=actor.account_id)
    world.factories.role_grant(
        account_id=actor.account_id,
        role="grid_worker",
        community_id=world.community_id,
        grid_id=world.grids[grid].id,
    )
    return actor


def test_the_grid_worker_of_the_grid_decides(world: World) -> None:
    world.add("张三")
    made = ask(world, world.stranger(), "张三")
    with pytest.raises(GridNotYours):
        decide(world, grid_worker(world, 1), made, RequestState.APPROVED)
    assert decide(world, grid_worker(world, 0), made, RequestState.APPROVED).state == "approved"


def test_nobody_decides_for_the_own_household_or_the_own_account(world: World) -> None:
    worker = grid_worker(world, 0)
    world.bound(world.add("张三"), worker)
    world.add("李梅")
    made = ask(world, world.stranger(), "李梅")
    with pytest.raises(OwnHousehold):
        decide(world, worker, made, RequestState.APPROVED)
    own = ask(world, world.admin, "李梅")
    with pytest.raises(NotFound):
        decide(world, world.admin, own, RequestState.APPROVED)


def test_nobody_makes_a_relative_somebody_else(world: World) -> None:
    """A relative bound to a stranger would leave the own household, and spend as the stranger."""
    worker, relative = grid_worker(world, 0), world.stranger()
    world.bound(world.add("张三"), worker)
    world.bound(world.add("李梅"), relative)
    world.add("王强", household=None)
    made = ask(world, relative, "王强", None)
    with pytest.raises(OwnHousehold):
        decide(world, worker, made, RequestState.APPROVED)
    assert decide(world, world.admin, made, RequestState.APPROVED).state == "approved"


def test_others_do_not_see_requests(world: World, noise: World) -> None:
    world.add("张三")
    made = ask(world, world.stranger(), "张三")
    for actor, error in ((world.actor("member"), Forbidden), (noise.admin, NotFound)):
        with pytest.raises(error):
            waiting(world, actor)
        with pytest.raises(error):
            decide(world, actor, made, RequestState.APPROVED)
    assert db.session.query(BindingRequest).one().state == "waiting"


class TestConsents:
    """Each word is a row; the newest counts."""

    def _say(self, world: World, actor: Actor, **given: Any) -> Consent:
        return consents.record(
            actor=actor,
            now=NOW,
            community_id=world.community_id,
            document=given.pop("document", "named_publication"),
            document_version="2",
            document_sha256="A" * 64,
            channel=given.pop("channel", ConsentChannel.MINIPROGRAM),
            is_withdrawal=given.pop("is_withdrawal", False),
            **given,
        )

    def _agreed(self, world: World, document: str = "named_publication") -> list[Any]:
        return list(db.session.scalars(consents.agreed(world.community_id, document)))

    def test_the_newest_word_counts(self, world: World, noise: World) -> None:
        member, other = world.add("张三"), world.add("李四")
        actor = world.actor("member", members={world.community_id: member.id})
        self._say(world, actor)
        self._say(world, world.actor("community_admin"), member_id=other.id, channel="counter")
        self._say(world, actor, document="privacy", is_withdrawal=True)
        assert set(self._agreed(world)) == {member.id, other.id}
        assert self._agreed(world, "privacy") == []
        self._say(world, actor, is_withdrawal=True)
        assert self._agreed(world) == [other.id]
        self._say(world, actor)
        assert set(self._agreed(world)) == {member.id, other.id}
        assert self._agreed(noise) == []
        own = consents.of_member(actor=actor, community_id=world.community_id)
        assert [(row.document, row.is_withdrawal) for row in own] == [
            ("named_publication", False), ("privacy", True),
        ]  # fmt: skip
        assert own[0].document_sha256 == "a" * 64
        assert db.session.query(Consent).count() == 5

    def test_nobody_speaks_for_others_without_the_counter(self, world: World, noise: World) -> None:
        member, other = world.add("张三"), world.add("李四")
        actor = world.actor("member", members={world.community_id: member.id})
        with pytest.raises(Forbidden):
            self._say(world, actor, member_id=other.id)
        with pytest.raises(NotFound):
            self._say(world, world.stranger())
        with pytest.raises(NotFound):
            self._say(world, world.admin, member_id=noise.add("王五").id)
