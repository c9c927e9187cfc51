"""A community with one shop under a signed agreement, its people, and the acts of a redemption."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from access_table import ROLES
from community.models import (
    Community,
    District,
    Grid,
    Household,
    Member,
    MemberBinding,
    Membership,
    Street,
    UserAccount,
)
from kernel import tenancy
from kernel.access import Actor, Grant, Place
from kernel.database import db
from kernel.errors import Refused
from kernel.ids import new_id
from merchants.models import Merchant, Offer, RedemptionAgreement
from points import counterparts
from points.models import PointsAccount
from redemption import redemptions
from redemption.redemptions import Held, Receipt
from tests.factories.merchants import (
    AllianceMerchantFactory,
    MerchantFactory,
    OfferFactory,
    RedemptionAgreementFactory,
)
from tests.factories.points import PointsAccountFactory, RulebookFactory, RulebookVersionFactory

NOW = dt.datetime(2026, 11, 21, 4, 0, tzinfo=dt.UTC)
JOINED = dt.date(2026, 9, 1)


@dataclass
class Holder:
    """A member with a points account and a signed-in account."""

    actor: Actor
    member_id: uuid.UUID
    account_id: uuid.UUID
    household_id: uuid.UUID


@dataclass
class AllianceWorld:
    """One community, one shop; every method flushes and commits nothing."""

    place: Place
    community_id: uuid.UUID
    merchant: Merchant
    agreement: RedemptionAgreement
    rulebook_id: uuid.UUID
    grid_id: uuid.UUID

    @property
    def shop(self) -> Place:
        return dataclasses.replace(self.place, merchant_id=self.merchant.id)

    def actor(self, role: str, place: Place | None = None) -> Actor:
        return Actor(
            account_id=self._account().id,
            grants=(Grant(role=role, place=place or self.place),),
            table=ROLES,
        )

    def clerk(self, *, of: Holder | None = None, shop: Place | None = None) -> Actor:
        """A clerk signed in to the shop; ``of`` puts the clerk into that holder's household."""
        at = shop or self.shop
        counter = Place(community_id=at.community_id, merchant_id=at.merchant_id)
        account = self._account()
        members = {}
        if of is not None:
            relative = self._member(of.household_id)
            self._bind(account.id, relative)
            members = {self.community_id: relative}
        return Actor(
            account_id=account.id,
            grants=(Grant(role="merchant_clerk", place=counter),),
            table=ROLES,
            members=members,
            counter=counter,
        )

    def holder(self, balance: Decimal | int = 100, **account: Any) -> Holder:
        household = Household(
            community_id=self.community_id, code=new_id().hex[-8:], grid_id=self.grid_id
        )
        db.session.add(household)
        db.session.flush()
        member_id = self._member(household.id)
        user = self._account()
        self._bind(user.id, member_id)
        points = PointsAccountFactory(
            community_id=self.community_id, holder_id=member_id, rulebook_id=self.rulebook_id,
            **({"balance": Decimal(balance)} | account),
        )  # fmt: skip
        actor = Actor(
            account_id=user.id,
            grants=(Grant(role="member", place=Place(community_id=self.community_id)),),
            table=ROLES,
            members={self.community_id: member_id},
        )
        return Holder(
            actor=actor, member_id=member_id, account_id=points.id, household_id=household.id
        )

    def offer(self, **terms: Any) -> Offer:
        offer: Offer = OfferFactory(
            community_id=self.community_id,
            **({"merchant_id": self.merchant.id, "agreement_id": self.agreement.id} | terms),
        )
        return offer

    def other_shop(self) -> Place:
        """Another merchant of the same alliance, without an agreement."""
        merchant = MerchantFactory(name="青丝理发店", trade="理发店")
        AllianceMerchantFactory(community_id=self.community_id, merchant_id=merchant.id)
        return dataclasses.replace(self.place, merchant_id=merchant.id)

    def another_shop(self) -> AllianceWorld:
        """The same community seen from another shop, which has an agreement of its own."""
        merchant = MerchantFactory(name="青丝理发店", trade="理发店")
        AllianceMerchantFactory(community_id=self.community_id, merchant_id=merchant.id)
        agreement = RedemptionAgreementFactory(
            community_id=self.community_id, merchant_id=merchant.id
        )
        counterparts.ensure_merchant(self.community_id, merchant.id)
        db.session.flush()
        return dataclasses.replace(self, merchant=merchant, agreement=agreement)

    def relative_of(self, holder: Holder) -> Holder:
        """Somebody without points who lives with the holder."""
        relative = self.holder(balance=0)
        db.session.execute(
            tenancy.update(Membership, self.community_id)
            .where(Membership.member_id == relative.member_id)
            .values(household_id=holder.household_id)
        )
        return dataclasses.replace(relative, household_id=holder.household_id)

    def hold(self, holder: Holder, offer: Offer, now: dt.datetime = NOW) -> Held:
        """Issue a code that must not be refused."""
        held = redemptions.issue(
            actor=holder.actor, now=now, community_id=self.community_id, offer_id=offer.id
        )
        assert isinstance(held, Held), held
        return held

    def redeem(self, clerk: Actor, code: str, now: dt.datetime = NOW) -> Receipt:
        """Redeem a code that must not be refused."""
        receipt = redemptions.redeem(actor=clerk, now=now, code=code)
        assert isinstance(receipt, Receipt), receipt
        return receipt

    def refused(self, clerk: Actor, code: str, now: dt.datetime = NOW) -> Refused:
        """Redeem a code that must be refused."""
        refused = redemptions.redeem(actor=clerk, now=now, code=code)
        assert isinstance(refused, Refused), refused
        return refused

    def points_of(self, holder: Holder) -> tuple[Decimal, Decimal, Decimal]:
        """(balance, held, debt) as the database has them."""
        row = db.session.execute(
            tenancy.columns(
                PointsAccount, self.community_id, PointsAccount.balance, PointsAccount.held,
                PointsAccount.debt,
            ).where(PointsAccount.id == holder.account_id)
        ).one()  # fmt: skip
        return row.balance, row.held, row.debt

    def _account(self) -> UserAccount:
        account = UserAccount(
            id=new_id(), openid=new_id().hex, display_name="演示", created_at_utc=NOW
        )
        db.session.add(account)
        db.session.flush()
        return account

    def _member(self, household_id: uuid.UUID) -> uuid.UUID:
        member = Member(
            community_id=self.community_id, id=new_id(), name="张三", sort_key="zhangsan",
            is_demo=True, joined_on=JOINED,
        )  # fmt: skip
        db.session.add(member)
        db.session.flush()
        db.session.add(
            Membership(
                community_id=self.community_id, member_id=member.id, kinds=["resident"],
                grid_id=self.grid_id, household_id=household_id, valid_from=JOINED,
            )
        )  # fmt: skip
        db.session.flush()
        return member.id

    def _bind(self, account_id: uuid.UUID, member_id: uuid.UUID) -> None:
        db.session.add(
            MemberBinding(
                community_id=self.community_id, member_id=member_id, account_id=account_id,
                way="slip", bound_at_utc=NOW,
            )
        )  # fmt: skip
        db.session.flush()


def alliance_world(code: str = "yjyx") -> AllianceWorld:
    """A community named ``code`` in a street and district of its own."""
    district = District(id=new_id(), name=f"{code}区", code=f"d-{code}", brand="和美", slogan="好")
    db.session.add(district)
    db.session.flush()
    street = Street(id=new_id(), district_id=district.id, name=f"{code}街道", code=f"s-{code}")
    db.session.add(street)
    db.session.flush()
    community = Community(
        id=new_id(), street_id=street.id, name=code, code=code, committee=f"{code}社区居民委员会",
        phone="0350-555 0101", office="窗口", hours="9–17", alliance_name="红色商业联盟",
    )  # fmt: skip
    db.session.add(community)
    db.session.flush()
    grid = Grid(community_id=community.id, id=new_id(), number=1, name="第一网格")
    db.session.add(grid)
    rulebook = RulebookFactory(community_id=community.id)
    RulebookVersionFactory(community_id=community.id, rulebook_id=rulebook.id)
    merchant = MerchantFactory()
    AllianceMerchantFactory(community_id=community.id, merchant_id=merchant.id)
    agreement = RedemptionAgreementFactory(community_id=community.id, merchant_id=merchant.id)
    counterparts.ensure_merchant(community.id, merchant.id)
    db.session.flush()
    return AllianceWorld(
        place=Place(district_id=district.id, street_id=street.id, community_id=community.id),
        community_id=community.id,
        merchant=merchant,
        agreement=agreement,
        rulebook_id=rulebook.id,
        grid_id=grid.id,
    )
