"""Who a token is: one statement, and whatever has ended counts at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from access_table import ROLES
from community import identity, sign_in_sessions
from community.errors import SessionEnded
from kernel.access import Actor, Place
from kernel.errors import Unauthenticated
from kernel.ids import new_id
from tests.integration.community.world import NOW, TODAY, World

TOKEN = "t" * 43


def who(now: dt.datetime = NOW) -> Actor:
    return identity.authenticate(token=TOKEN, now=now, table=ROLES)


@pytest.fixture
def account(world: World, session: Any) -> Any:
    """A signed-in account, and a session of somebody else."""
    world.factories.role_grant(
        community_id=world.community_id,
        account_id=world.factories.sign_in_session().account_id,
    )
    made = world.factories.user_account()
    world.factories.sign_in_session(token=TOKEN, account_id=made.id)
    return made


def test_grants_and_bindings_in_one_statement(
    world: World, noise: World, account: Any, session: Any, count_statements: Callable[[], Any]
) -> None:
    member, other = world.add(), noise.add("赵四")
    for place, bound in ((world, member), (noise, other)):
        place.factories.member_binding(
            community_id=place.community_id, member_id=bound.id, account_id=account.id
        )
    for role in ("panelist", "grid_worker", "auditor"):
        world.factories.role_grant(
            community_id=world.community_id, account_id=account.id, role=role
        )
    session.commit()
    with count_statements() as seen:
        actor = who()
    assert len(seen) == 1
    assert actor.account_id == account.id
    assert actor.members == {world.community_id: member.id, noise.community_id: other.id}
    assert actor.roles_at(world.place) == {"panelist", "grid_worker", "auditor", "member"}
    assert actor.roles_at(noise.place) == {"member"}
    assert actor.counter is None


def test_an_account_without_anything_is_nobody_anywhere(account: Any) -> None:
    actor = who()
    assert (actor.grants, actor.members) == ((), {})


@pytest.mark.parametrize("token", ["", "x" * 43, "x" * 4000, "汉字"])
def test_unknown_tokens(account: Any, token: str) -> None:
    with pytest.raises(Unauthenticated):
        identity.authenticate(token=token, now=NOW, table=ROLES)


def test_a_disabled_account_is_nobody(account: Any, session: Any) -> None:
    account.is_disabled = True
    session.flush()
    with pytest.raises(SessionEnded):
        who()


def test_a_revoked_session_is_nobody(account: Any, session: Any) -> None:
    actor = who()
    assert actor.session_id is not None
    sign_in_sessions.end(session_id=actor.session_id, now=NOW)
    with pytest.raises(SessionEnded):
        who()


def test_a_session_expires_to_the_second(account: Any) -> None:
    expires = NOW + dt.timedelta(hours=12)
    assert who(expires - dt.timedelta(seconds=1)).account_id == account.id
    with pytest.raises(SessionEnded):
        who(expires)


@pytest.mark.parametrize(
    ("granted", "counts"),
    [
        ({"granted_from": TODAY}, True),
        ({"granted_from": TODAY + dt.timedelta(days=1)}, False),
        ({"granted_to": TODAY + dt.timedelta(days=1)}, True),
        ({"granted_to": TODAY}, False),
        ({"ended_at_utc": NOW, "ended_by": new_id()}, False),
    ],
)
def test_a_grant_counts_in_its_period_until_it_is_ended(
    world: World, account: Any, granted: dict[str, Any], counts: bool
) -> None:
    world.factories.role_grant(community_id=world.community_id, account_id=account.id, **granted)
    assert (who().roles_at(world.place) == {"community_admin"}) is counts


def test_a_day_begins_in_shanghai_not_in_greenwich(world: World, account: Any) -> None:
    world.factories.role_grant(
        community_id=world.community_id, account_id=account.id, granted_from=TODAY
    )
    before = dt.datetime(2026, 11, 20, 15, 59, tzinfo=dt.UTC)
    assert who(before).grants == ()
    assert len(who(before + dt.timedelta(minutes=1)).grants) == 1


def test_an_ended_binding_counts_no_more(world: World, account: Any, session: Any) -> None:
    row = world.factories.member_binding(
        community_id=world.community_id, member_id=world.add().id, account_id=account.id
    )
    assert who().members != {}
    row.ended_at_utc, row.ended_by = NOW, new_id()
    session.flush()
    assert (who().members, who().grants) == ({}, ())


def test_a_long_session_ends_after_twelve_hours_once_a_role_is_granted(
    world: World, account: Any, session: Any
) -> None:
    token = "m" * 43
    world.factories.sign_in_session(
        token=token, account_id=account.id, expires_at_utc=NOW + dt.timedelta(days=30)
    )
    later = NOW + dt.timedelta(hours=13)
    found = identity.authenticate(token=token, now=later, table=ROLES)
    assert found.account_id == account.id
    world.factories.role_grant(community_id=world.community_id, account_id=account.id)
    with pytest.raises(SessionEnded):
        identity.authenticate(token=token, now=later, table=ROLES)


def test_the_counter_is_lost_with_the_grant(world: World, session: Any) -> None:
    shop = Place(community_id=world.community_id, merchant_id=new_id())
    row = world.factories.sign_in_session(
        token=TOKEN,
        counter_community_id=shop.community_id,
        counter_merchant_id=shop.merchant_id,
    )
    grant = world.factories.role_grant(
        account_id=row.account_id,
        role="merchant_clerk",
        community_id=shop.community_id,
        merchant_id=shop.merchant_id,
    )
    world.factories.role_grant(
        account_id=row.account_id,
        role="merchant_clerk",
        community_id=shop.community_id,
        merchant_id=new_id(),
    )
    assert who().counter == shop
    grant.ended_at_utc, grant.ended_by = NOW, new_id()
    session.flush()
    assert who().counter is None
