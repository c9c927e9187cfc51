"""Tickets into the pages: one use, one minute, one living session."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from access_table import ROLES
from community import identity, sign_in_sessions, signing_in, web_tickets
from community.errors import AccountDisabled, TicketEnded
from kernel.access import Actor, Place
from kernel.errors import Unauthenticated
from kernel.ids import new_id
from tests.integration.community.world import NOW, World

TOKEN = "t" * 43
SHOP = Place(community_id=new_id(), merchant_id=new_id())


@pytest.fixture
def account(world: World) -> Any:
    return world.factories.user_account()


@pytest.fixture
def actor(world: World, account: Any, session: Any) -> Actor:
    world.factories.sign_in_session(token=TOKEN, account_id=account.id)
    session.commit()
    return identity.authenticate(token=TOKEN, now=NOW, table=ROLES)


def enter(ticket: str, now: dt.datetime = NOW) -> signing_in.SignedIn:
    return signing_in.enter(ticket=ticket, now=now, table=ROLES)


def test_it_opens_a_session_of_the_same_account_once(actor: Actor) -> None:
    ticket = web_tickets.issue(actor=actor, now=NOW)
    signed = enter(ticket)
    assert signed.actor.account_id == actor.account_id
    assert signed.actor.session_id != actor.session_id
    assert signed.token not in (TOKEN, ticket)
    with pytest.raises(TicketEnded):
        enter(ticket)


def test_its_minute_ends_to_the_second(actor: Actor) -> None:
    ticket = web_tickets.issue(actor=actor, now=NOW)
    with pytest.raises(TicketEnded):
        enter(ticket, NOW + web_tickets.LIFETIME)
    assert enter(ticket, NOW + web_tickets.LIFETIME - dt.timedelta(seconds=1)).token


def test_a_newer_ticket_replaces_the_older(actor: Actor) -> None:
    older = web_tickets.issue(actor=actor, now=NOW)
    newer = web_tickets.issue(actor=actor, now=NOW)
    with pytest.raises(TicketEnded):
        enter(older)
    assert enter(newer).token


def test_the_session_that_asked_must_stand(actor: Actor) -> None:
    ticket = web_tickets.issue(actor=actor, now=NOW)
    sign_in_sessions.end_all(account_id=actor.account_id, now=NOW)
    with pytest.raises(TicketEnded):
        enter(ticket)


def test_a_disabled_account_enters_nowhere(actor: Actor, account: Any, session: Any) -> None:
    ticket = web_tickets.issue(actor=actor, now=NOW)
    account.is_disabled = True
    session.flush()
    with pytest.raises(AccountDisabled):
        enter(ticket)


def test_the_counter_comes_along_while_it_is_granted(
    actor: Actor, world: World, session: Any
) -> None:
    shop = Place(community_id=world.community_id, merchant_id=new_id())
    grant = world.factories.role_grant(
        community_id=world.community_id, account_id=actor.account_id, role="merchant_clerk",
        merchant_id=shop.merchant_id,
    )  # fmt: skip
    clerk = identity.authenticate(token=TOKEN, now=NOW, table=ROLES)
    signing_in.work_at(actor=clerk, counter=shop)
    assert enter(web_tickets.issue(actor=clerk, now=NOW)).actor.counter == shop
    ticket = web_tickets.issue(actor=clerk, now=NOW)
    grant.ended_at_utc, grant.ended_by = NOW, new_id()
    session.flush()
    with pytest.raises(signing_in.CounterNotYours):
        enter(ticket)


def test_who_has_no_session_gets_none(actor: Actor) -> None:
    nobody = Actor(account_id=actor.account_id, grants=(), table=ROLES)
    with pytest.raises(Unauthenticated):
        web_tickets.issue(actor=nobody, now=NOW)
    with pytest.raises(signing_in.CounterNotYours):
        signing_in.work_at(actor=actor, counter=SHOP)


def test_a_chain_of_tickets_lives_no_longer_than_the_first_session(
    world: World, session: Any
) -> None:
    """A token that somebody stole must not renew itself."""
    account = world.factories.user_account()
    first = sign_in_sessions.issue(account_id=account.id, is_staff=False, counter=None, now=NOW)
    session.commit()
    later = first.expires_at_utc - dt.timedelta(minutes=1)
    actor = identity.authenticate(token=first.token, now=later, table=ROLES)
    signed = enter(web_tickets.issue(actor=actor, now=later), later)
    assert signed.expires_at_utc == first.expires_at_utc
