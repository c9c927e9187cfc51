"""A household's points are spent by those who live in it, from one account."""

from __future__ import annotations

import uuid
from decimal import Decimal

import pytest

from community.models import Membership
from kernel import tenancy
from kernel.database import db
from kernel.errors import Refused
from points.errors import HouseholdUnknown, RulebookMissing
from points.models import HolderKind
from redemption import redemptions
from redemption.redemptions import Held
from tests.factories.points import PointsAccountFactory, RulebookFactory, RulebookVersionFactory
from tests.integration.redemption.world import JOINED, NOW, AllianceWorld, Holder


def household_book(world: AllianceWorld, holder: Holder, balance: int) -> uuid.UUID:
    """A families' rulebook beside the members', and the account of the holder's household."""
    book = RulebookFactory(community_id=world.community_id, code="homes", holder="household")
    RulebookVersionFactory(
        community_id=world.community_id, rulebook_id=book.id, state="adopted",
        adopted_on=JOINED, adopted_meeting="居民代表会议", effective_from=JOINED,
    )  # fmt: skip
    account = PointsAccountFactory(
        community_id=world.community_id, rulebook_id=book.id, holder_kind="household",
        holder_id=holder.household_id, balance=Decimal(balance),
    )  # fmt: skip
    found: uuid.UUID = account.id
    return found


def issue(world: AllianceWorld, holder: Holder, pays: HolderKind | None) -> Held | Refused:
    return redemptions.issue(
        actor=holder.actor, now=NOW, community_id=world.community_id,
        offer_id=world.offer().id, pays=pays,
    )  # fmt: skip


def test_the_household_pays_where_it_is_chosen(world: AllianceWorld, holder: Holder) -> None:
    account_id = household_book(world, holder, balance=20)
    held = issue(world, holder, HolderKind.HOUSEHOLD)
    assert isinstance(held, Held)
    assert held.code is not None
    world.redeem(world.clerk(), held.code.token)
    assert world.points_of(holder) == (100, 0, 0)
    home = Holder(holder.actor, holder.member_id, account_id, holder.household_id)
    assert world.points_of(home) == (12, 0, 0)


def test_the_member_pays_where_nothing_is_chosen(world: AllianceWorld, holder: Holder) -> None:
    household_book(world, holder, balance=20)
    assert isinstance(issue(world, holder, None), Held)
    assert world.points_of(holder) == (100, 8, 0)


def test_an_empty_household_is_told_what_is_missing(world: AllianceWorld, holder: Holder) -> None:
    household_book(world, holder, balance=5)
    refused = issue(world, holder, HolderKind.HOUSEHOLD)
    assert isinstance(refused, Refused)
    assert refused.code == "insufficient_points"


def test_without_such_a_rulebook_or_a_household(world: AllianceWorld, holder: Holder) -> None:
    with pytest.raises(RulebookMissing):
        issue(world, holder, HolderKind.HOUSEHOLD)
    household_book(world, holder, balance=5)
    db.session.execute(
        tenancy.update(Membership, world.community_id)
        .where(Membership.member_id == holder.member_id)
        .values(household_id=None)
    )
    with pytest.raises(HouseholdUnknown):
        issue(world, holder, HolderKind.HOUSEHOLD)
