"""Who leaves gets the holds back; a proxy redeems for the grantor, and is named."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from access_table import ROLES
from community import memberships, proxies
from community.models import Membership
from kernel import tenancy
from kernel.access import Actor, Grant
from kernel.database import db
from kernel.errors import LinliError, NotFound, Refused
from kernel.ids import new_id
from redemption import redemptions, requests
from redemption.models import Redemption
from redemption.redemptions import Held, Receipt
from tests.integration.redemption.world import NOW, AllianceWorld, Holder


def admin_of(world: AllianceWorld) -> Actor:
    return Actor(
        account_id=new_id(), grants=(Grant(role="community_admin", place=world.place),), table=ROLES
    )


def test_who_leaves_gets_every_hold_back(world: AllianceWorld, holder: Holder) -> None:
    offer = world.offer()
    for _ in range(2):
        world.hold(holder, offer)
    before = world.points_of(holder)
    assert before[1] > 0
    clerk = admin_of(world)
    memberships.leave(
        actor=clerk, now=NOW, community_id=world.community_id, member_id=holder.member_id,
        left_on=NOW.date(),
    )  # fmt: skip
    assert world.points_of(holder) == (before[0], 0, before[2])
    rows = db.session.execute(
        tenancy.columns(
            Redemption, world.community_id, Redemption.state, Redemption.resolved_by,
            sa.func.count(),
        ).group_by(Redemption.state, Redemption.resolved_by)
    ).all()  # fmt: skip
    assert [tuple(row) for row in rows] == [("withdrawn", clerk.account_id, 2)]


class TestProxy:
    @pytest.fixture
    def home(self, world: AllianceWorld, holder: Holder) -> SimpleNamespace:
        """The holder, and a relative with a phone and no points who may act for the holder."""
        relative = world.holder(balance=0)
        db.session.execute(
            tenancy.update(Membership, world.community_id)
            .where(Membership.member_id == relative.member_id)
            .values(household_id=holder.household_id)
        )
        made = proxies.grant(
            actor=holder.actor, now=NOW, community_id=world.community_id,
            proxy_id=relative.member_id,
        )  # fmt: skip
        return SimpleNamespace(relative=relative, grant=made)

    def issue(self, world: AllianceWorld, actor: Actor, holder: Holder, **values: Any) -> Any:
        return redemptions.issue(
            actor=actor, now=NOW, community_id=world.community_id, member_id=holder.member_id,
            offer_id=values.pop("offer_id", None) or world.offer().id,
        )  # fmt: skip

    def test_the_grantors_points_are_held_and_the_proxy_is_named(
        self, world: AllianceWorld, holder: Holder, home: SimpleNamespace
    ) -> None:
        held = self.issue(world, home.relative.actor, holder)
        assert isinstance(held, Held)
        assert held.code is not None
        row = db.session.scalars(tenancy.select(Redemption, world.community_id)).one()
        assert (row.member_id, row.acted_by) == (
            holder.member_id, home.relative.actor.account_id,
        )  # fmt: skip
        world.redeem(world.clerk(), held.code.token)
        assert world.points_of(holder) == (92, 0, 0)
        assert world.points_of(home.relative) == (0, 0, 0)

    def test_both_see_it_and_nobody_else(
        self, world: AllianceWorld, holder: Holder, home: SimpleNamespace
    ) -> None:
        held = self.issue(world, home.relative.actor, holder)
        act = {"now": NOW, "community_id": world.community_id, "redemption_id": held.id}
        for actor in (home.relative.actor, holder.actor):
            assert redemptions.show_code(actor=actor, **act).token
        with pytest.raises(LinliError) as refused:
            redemptions.show_code(actor=world.holder().actor, **act)
        assert refused.value.code == "redemption_unknown"
        redemptions.withdraw(actor=home.relative.actor, **act)
        assert world.points_of(holder) == (100, 0, 0)

    def test_revoked_shows_no_more_codes(
        self, world: AllianceWorld, holder: Holder, home: SimpleNamespace
    ) -> None:
        held = self.issue(world, home.relative.actor, holder)
        proxies.revoke(
            actor=holder.actor, now=NOW, community_id=world.community_id,
            proxy_grant_id=home.grant.id,
        )  # fmt: skip
        act = {
            "actor": home.relative.actor, "now": NOW, "community_id": world.community_id,
            "redemption_id": held.id,
        }  # fmt: skip
        for show in (redemptions.show_code, redemptions.live):
            with pytest.raises(LinliError) as refused:
                show(**act)
            assert refused.value.code == "redemption_unknown"
        with pytest.raises(NotFound):
            self.issue(world, home.relative.actor, holder)

    def test_revoked_redeems_nothing_it_still_shows(
        self, app: Flask, world: AllianceWorld, holder: Holder, home: SimpleNamespace
    ) -> None:
        held = self.issue(world, home.relative.actor, holder)
        asked = requests.ask(
            actor=home.relative.actor, now=NOW, community_id=world.community_id,
            merchant_id=world.merchant.id, offer_id=world.offer().id, member_id=holder.member_id,
        )  # fmt: skip
        assert isinstance(asked, Receipt)
        later = NOW + dt.timedelta(seconds=5)
        proxies.revoke(
            actor=holder.actor, now=later, community_id=world.community_id,
            proxy_grant_id=home.grant.id,
        )  # fmt: skip
        assert world.refused(world.clerk(), held.code.token, later).code == "code_expired"
        refused = requests.accept(actor=world.clerk(), now=later, redemption_id=asked.id)
        assert isinstance(refused, Refused)
        assert refused.code == "request_expired"
        assert redemptions.show_code(
            actor=holder.actor, now=later, community_id=world.community_id, redemption_id=held.id
        ).token

    def test_revoked_learns_no_code_from_a_repeated_request(
        self, world: AllianceWorld, holder: Holder, home: SimpleNamespace
    ) -> None:
        """The code that lives then is the one the holder's own phone shows."""
        held = self.issue(world, home.relative.actor, holder)
        where = {"now": NOW, "community_id": world.community_id}
        again = {**where, "actor": home.relative.actor, "result_id": held.id}
        assert redemptions.replay_issue(**again) == held
        proxies.revoke(actor=holder.actor, proxy_grant_id=home.grant.id, **where)
        redemptions.show_code(actor=holder.actor, redemption_id=held.id, **where)
        with pytest.raises(LinliError) as refused:
            redemptions.replay_issue(**again)
        assert refused.value.code == "redemption_unknown"

    def test_the_grantor_is_no_proxy_of_the_proxy(
        self, world: AllianceWorld, holder: Holder, home: SimpleNamespace
    ) -> None:
        with pytest.raises(NotFound):
            self.issue(world, holder.actor, home.relative)

    def test_self_dealing_stays_what_it_is(
        self, world: AllianceWorld, holder: Holder, home: SimpleNamespace
    ) -> None:
        """A proxy who stands at the counter redeems for nobody of the household."""
        held = self.issue(world, home.relative.actor, holder)
        person = home.relative.actor
        clerk = replace(world.clerk(), account_id=person.account_id, members=person.members)
        assert world.refused(clerk, held.code.token).code == "self_dealing"
