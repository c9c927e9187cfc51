"""A household's points are spent by those who live in it, from one account."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest

from community.models import Membership
from kernel import tenancy
from kernel.database import db
from kernel.errors import Refused
from points.errors import HouseholdUnknown, RulebookMissing
from points.models import HolderKind, PointsAccount
from redemption import choices, redemptions
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


class TestBarred:
    """A bar is on a holder: whoever is barred redeems from no account, the others at home do."""

    @staticmethod
    def bar(world: AllianceWorld, account_id: uuid.UUID, **values: Any) -> None:
        db.session.execute(
            tenancy.update(PointsAccount, world.community_id)
            .where(PointsAccount.id == account_id)
            .values(**values)
            .execution_options(synchronize_session=False)
        )

    @pytest.mark.parametrize(
        "bar", [{"barred_before": dt.date.max, "open_vetoes": 1}, {"is_barred_by_tier": True}],
        ids=["by a veto", "by a tier"],
    )  # fmt: skip
    def test_a_barred_member_does_not_redeem_for_the_household(
        self, world: AllianceWorld, holder: Holder, bar: dict[str, Any]
    ) -> None:
        account_id = household_book(world, holder, balance=20)
        relative = world.relative_of(holder)
        self.bar(world, holder.account_id, **bar)
        for pays in (None, HolderKind.HOUSEHOLD):
            refused = issue(world, holder, pays)
            assert isinstance(refused, Refused)
            assert refused.code == "redemption_barred"
        assert isinstance(issue(world, relative, HolderKind.HOUSEHOLD), Held)
        home = Holder(holder.actor, holder.member_id, account_id, holder.household_id)
        assert world.points_of(home) == (20, 8, 0)

    def test_it_is_said_before_anything_is_chosen(
        self, world: AllianceWorld, holder: Holder
    ) -> None:
        household_book(world, holder, balance=20)
        offer = world.offer()
        self.bar(world, holder.account_id, is_barred_by_tier=True)
        shown = choices.choices(
            actor=holder.actor, now=NOW, community_id=world.community_id,
            merchant_id=offer.merchant_id, pays=HolderKind.HOUSEHOLD,
        )  # fmt: skip
        assert [each.refused.code for each in shown if each.refused] == ["redemption_barred"]

    def test_a_veto_that_is_over_bars_nothing(self, world: AllianceWorld, holder: Holder) -> None:
        household_book(world, holder, balance=20)
        self.bar(world, holder.account_id, barred_before=NOW.date())
        assert isinstance(issue(world, holder, HolderKind.HOUSEHOLD), Held)

    def test_a_barred_household_leaves_its_members_their_own(
        self, world: AllianceWorld, holder: Holder
    ) -> None:
        self.bar(world, household_book(world, holder, balance=20), is_barred_by_tier=True)
        refused = issue(world, holder, HolderKind.HOUSEHOLD)
        assert isinstance(refused, Refused)
        assert refused.code == "redemption_barred"
        assert isinstance(issue(world, holder, HolderKind.MEMBER), Held)
