"""Two processes whose clocks are five minutes apart, and clients whose clocks are anywhere.

No act may end in a defect, no points may move twice, and no constraint may be what refuses.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel import clock, tenancy, unit_of_work
from kernel.database import db
from kernel.errors import LinliError
from points.models import Transfer
from redemption import codes, ledger_parts, redemptions, requests
from redemption.api import schemas
from redemption.models import RedemptionCode
from redemption.redemptions import Held, Receipt
from tests.integration.redemption.test_api import HOLDER_URL, Caller
from tests.integration.redemption.world import NOW, AllianceWorld, Holder

FIVE = dt.timedelta(minutes=5)
SECOND = dt.timedelta(seconds=1)


class TestAheadAndBehind:
    """One process is right, the other runs ahead; a request may meet either."""

    def test_a_code_issued_ahead_is_replaced_behind(
        self, world: AllianceWorld, holder: Holder
    ) -> None:
        held = world.hold(holder, world.offer(), NOW + FIVE)
        assert held.code is not None
        fresh = redemptions.show_code(
            actor=holder.actor, now=NOW, community_id=world.community_id, redemption_id=held.id
        )
        clerk = world.clerk()
        for now in (NOW + 10 * SECOND, NOW + FIVE):
            assert world.refused(clerk, held.code.token, now).code == "code_expired"
        assert world.redeem(clerk, fresh.token, NOW + 11 * SECOND).state == "redeemed"
        assert world.points_of(holder) == (92, 0, 0)

    def test_a_code_issued_ahead_dies_with_the_binding(
        self, world: AllianceWorld, holder: Holder
    ) -> None:
        held = world.hold(holder, world.offer(), NOW + FIVE)
        assert held.code is not None
        codes.void_of_member(world.community_id, holder.member_id, NOW)
        assert world.refused(world.clerk(), held.code.token, NOW).code == "code_expired"
        living = tenancy.columns(RedemptionCode, world.community_id, RedemptionCode.id).where(
            RedemptionCode.expires_at_utc > NOW
        )
        assert db.session.scalars(living).all() == []

    def test_redeemed_before_it_was_issued(self, world: AllianceWorld, holder: Holder) -> None:
        held = world.hold(holder, world.offer(), NOW + FIVE)
        assert held.code is not None
        receipt = world.redeem(world.clerk(), held.code.token, NOW)
        assert (receipt.state, receipt.resolved_at_utc) == ("redeemed", NOW)
        redemptions.cancel(actor=world.clerk(), now=NOW - FIVE, redemption_id=receipt.id)
        assert world.points_of(holder) == (100, 0, 0)
        assert ledger_parts.differences(world.community_id, now=NOW) == []

    def test_a_code_is_too_old_for_a_process_ahead(
        self, world: AllianceWorld, holder: Holder
    ) -> None:
        held = world.hold(holder, world.offer(), NOW)
        assert held.code is not None
        assert world.refused(world.clerk(), held.code.token, NOW + FIVE).code == "code_expired"
        fresh = redemptions.show_code(
            actor=holder.actor, now=NOW + FIVE, community_id=world.community_id,
            redemption_id=held.id,
        )  # fmt: skip
        assert world.redeem(world.clerk(), fresh.token, NOW + FIVE).state == "redeemed"


_ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["issue", "ask", "show", "redeem", "accept", "withdraw", "cancel", "sweep", "check"]
        ),
        st.sampled_from([-300, 0, 300]),
        st.integers(0, 5),
    ),
    max_size=20,
)


class _Play:
    """Acts of one holder and one clerk, each met by a process with a clock of its own."""

    def __init__(self, world: AllianceWorld, holder: Holder) -> None:
        self.world, self.holder, self.clerk = world, holder, world.clerk()
        self.offer_id = world.offer(stock=300, per_holder_limit=50).id
        self.held: list[Any] = []
        self.tokens: list[str] = []
        db.session.commit()

    def do(self, act: str, now: dt.datetime, number: int) -> Any:
        """Run one act; what it refuses is an answer, anything else is a defect."""
        try:
            answer = unit_of_work.run(getattr(self, act), now=now, number=number)
        except LinliError as error:
            answer = error
        # "conflict" is what a constraint that nobody foresaw is told as.
        assert getattr(answer, "code", None) != "conflict", act
        return answer

    def issue(self, now: dt.datetime, number: int) -> Any:
        del number
        held = redemptions.issue(
            actor=self.holder.actor, now=now, community_id=self.world.community_id,
            offer_id=self.offer_id,
        )  # fmt: skip
        if isinstance(held, Held) and held.code is not None:
            self.held.append(held.id)
            self.tokens.append(held.code.token)
        return held

    def ask(self, now: dt.datetime, number: int) -> Any:
        del number
        asked = requests.ask(
            actor=self.holder.actor, now=now, community_id=self.world.community_id,
            merchant_id=self.world.merchant.id, offer_id=self.offer_id,
        )  # fmt: skip
        if isinstance(asked, Receipt):
            self.held.append(asked.id)
        return asked

    def show(self, now: dt.datetime, number: int) -> Any:
        if self.held:
            shown = redemptions.show_code(
                actor=self.holder.actor, now=now, community_id=self.world.community_id,
                redemption_id=self.held[number % len(self.held)],
            )  # fmt: skip
            self.tokens.append(shown.token)

    def redeem(self, now: dt.datetime, number: int) -> Any:
        if self.tokens:
            code = self.tokens[-1 - number % len(self.tokens)]
            return redemptions.redeem(actor=self.clerk, now=now, code=code)
        return None

    def accept(self, now: dt.datetime, number: int) -> Any:
        if self.held:
            chosen = self.held[number % len(self.held)]
            return requests.accept(actor=self.clerk, now=now, redemption_id=chosen)
        return None

    def withdraw(self, now: dt.datetime, number: int) -> Any:
        if self.held:
            redemptions.withdraw(
                actor=self.holder.actor, now=now, community_id=self.world.community_id,
                redemption_id=self.held[number % len(self.held)],
            )  # fmt: skip

    def cancel(self, now: dt.datetime, number: int) -> Any:
        if self.held:
            chosen = self.held[number % len(self.held)]
            redemptions.cancel(actor=self.clerk, now=now, redemption_id=chosen)

    def sweep(self, now: dt.datetime, number: int) -> Any:
        del number
        redemptions.expire_holds(community_id=self.world.community_id, now=now, limit=99)

    def check(self, now: dt.datetime, number: int) -> Any:
        del number
        assert ledger_parts.differences(self.world.community_id, now=now) == []


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=_ACTS)
def test_no_order_of_acts_breaks_anything(
    world: AllianceWorld, acts: list[tuple[str, int, int]]
) -> None:
    play = _Play(world, world.holder())
    at = NOW
    for act, skew, number in acts:
        at += 20 * SECOND
        play.do(act, at + dt.timedelta(seconds=skew), number)
    assert ledger_parts.differences(world.community_id, now=at) == []
    moved = db.session.scalars(
        tenancy.select(Transfer, world.community_id).where(
            (Transfer.from_account_id == play.holder.account_id)
            | (Transfer.to_account_id == play.holder.account_id)
        )
    ).all()
    net = sum(
        one.points if one.to_account_id == play.holder.account_id else -one.points for one in moved
    )
    assert world.points_of(play.holder)[0] == 100 + net


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("skew", [-FIVE, FIVE])
def test_over_http_nobody_sees_an_error(
    client: FlaskClient, world: AllianceWorld, holder: Holder, skew: dt.timedelta,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Issued by one process, shown and redeemed by another; the key is repeated at the first."""

    def at(now: dt.datetime) -> Callable[[], dt.datetime]:
        return lambda: now

    offer_id = str(world.offer().id)
    member, clerk = Caller(client, holder.actor), Caller(client, world.clerk())
    monkeypatch.setattr(clock, "now", at(NOW))
    held = member.post(HOLDER_URL, {"offer_id": offer_id}).get_json()
    monkeypatch.setattr(clock, "now", at(NOW + skew))
    shown = member.post(f"{HOLDER_URL}/{held['id']}/code")
    assert shown.status_code == 201, shown.text
    body = {"code": shown.get_json()["digits"]}
    first = clerk.post("/api/v1/counter/redeem", body, key="one-and-the-same")
    assert first.status_code == 200, first.text
    monkeypatch.setattr(clock, "now", at(NOW))
    again = clerk.post("/api/v1/counter/redeem", body, key="one-and-the-same")
    assert again.get_json() == first.get_json()
    assert world.points_of(holder) == (92, 0, 0)


@pytest.mark.parametrize(
    "schema", [schemas.IssueRedemption, schemas.OfferedCode, schemas.Cancel, schemas.Decline]
)
def test_what_a_client_thinks_of_the_time_is_not_asked(schema: Any) -> None:
    """No body of the API takes an instant: a client's clock has nothing to be wrong about."""
    assert not any("utc" in name or "time" in name for name in schema().fields)
