"""One text, two signatures: drafting, signing, suspending, ending, and what decides on a day."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError

from kernel import tenancy
from kernel.access import Actor, Grant
from kernel.database import db
from kernel.errors import Forbidden, NotFound, StaleVersion, WhyMissing
from kernel.ids import new_id
from merchants import agreements
from merchants.agreement_text import fingerprint
from merchants.agreements import AgreementTerms, AgreementView
from merchants.errors import (
    AlreadySigned,
    CostShareInvalid,
    IllegalMerchantStep,
    NotInAlliance,
    NotOpenForSigning,
    OfferUnknown,
    SameAccountBothSides,
    TermEmpty,
    TextChanged,
)
from merchants.models import AgreementSignature, AgreementState, Party, RedemptionAgreement
from merchants.rules.steps import AGREEMENT_STEPS
from tests.factories.merchants import RedemptionAgreementFactory
from tests.integration.redemption.world import NOW, AllianceWorld
from tests.support.persons import one_person

TODAY = dt.date(2026, 11, 21)
TERMS = AgreementTerms(
    represented_by="赵晓丽",
    valid_from=dt.date(2026, 11, 1),
    valid_to=dt.date(2027, 11, 1),
    monthly_cap=Decimal("300"),
)


class Desk:
    """A shop without an agreement, and the two people who sign."""

    def __init__(self, world: AllianceWorld) -> None:
        self.world = world
        self.place = world.other_shop()
        self.merchant_id = self.place.merchant_id or new_id()
        self.admin = world.actor("community_admin")
        self.owner = world.actor("merchant_owner", self.place)

    def draft(self, terms: AgreementTerms = TERMS, **more: Any) -> AgreementView:
        return agreements.draft(
            actor=self.admin, now=NOW, community_id=self.world.community_id,
            merchant_id=self.merchant_id, terms=terms, **more,
        )  # fmt: skip

    def sign(self, draft: AgreementView, party: Party, **changed: Any) -> AgreementView:
        values: dict[str, Any] = {
            "actor": self.admin if party is Party.COMMUNITY else self.owner,
            "text_sha256": draft.agreement.text_sha256,
        }
        return agreements.sign(
            now=NOW, community_id=self.world.community_id, agreement_id=draft.id, party=party,
            **(values | changed),
        )  # fmt: skip

    def signed(self, **more: Any) -> AgreementView:
        draft = self.draft(**more)
        self.sign(draft, Party.COMMUNITY)
        return self.sign(draft, Party.MERCHANT)

    def decide(self, act: Any, view: AgreementView, **changed: Any) -> AgreementView:
        values: dict[str, Any] = {
            "actor": self.admin, "version": view.agreement.version, "why": "装修停业",
        }  # fmt: skip
        decided: AgreementView = act(
            now=NOW, community_id=self.world.community_id, agreement_id=view.id,
            **(values | changed),
        )  # fmt: skip
        return decided

    def active(self, on: dt.date = TODAY) -> RedemptionAgreement | None:
        return agreements.active(self.world.community_id, self.merchant_id, on)


@pytest.fixture
def desk(world: AllianceWorld) -> Desk:
    return Desk(world)


class TestDraft:
    def test_writes_parties_term_offers_cap_and_cost_into_the_text(
        self, world: AllianceWorld, desk: Desk
    ) -> None:
        offer = world.offer(
            merchant_id=desk.merchant_id, title="老年理发一次", state="proposed",
            agreement_id=None, from_time=dt.time(9), to_time=dt.time(17), per_holder_limit=1,
            per_holder_period="month", ordinary_price_cents=1000,
        )  # fmt: skip
        terms = AgreementTerms(
            **(vars(TERMS) | {"merchant_percent": 60, "pool_name": "工会爱心资金池"})
        )
        text = desk.draft(terms, offer_ids=[offer.id]).agreement.text
        for words in (
            "yjyx社区居民委员会", "青丝理发店", "赵晓丽",
            "自 2026年11月1日 起，至 2027年10月31日 止",
            "老年理发一次：平时 10 元；联盟价 8 积分，不另付钱；9:00–17:00；每人每月 1 次",
            "每月最多收 300 积分", "乙方让利 60%，工会爱心资金池承担 40%",
        ):  # fmt: skip
            assert words in text
        assert "{" not in text

    def test_counts_numbers_in_the_community_and_editions_in_the_agreement(
        self, world: AllianceWorld, desk: Desk
    ) -> None:
        first = desk.signed().agreement
        second = desk.draft().agreement
        other = Desk(world)
        third = other.draft().agreement
        assert [(row.number, row.edition) for row in (first, second, third)] == [
            (1, 1), (1, 2), (2, 1),
        ]  # fmt: skip

    def test_ends_the_draft_before_it(self, desk: Desk) -> None:
        old = desk.draft()
        desk.draft()
        with pytest.raises(NotOpenForSigning):
            desk.sign(old, Party.COMMUNITY)

    @pytest.mark.parametrize(
        ("changed", "error"),
        [
            ({"valid_to": TERMS.valid_from}, TermEmpty),
            ({"merchant_percent": 60}, CostShareInvalid),
            ({"pool_name": "池"}, CostShareInvalid),
        ],
        ids=["term", "no pool", "pool for nothing"],
    )
    def test_refuses_terms_that_cannot_be(
        self, desk: Desk, changed: dict[str, Any], error: type[Exception]
    ) -> None:
        with pytest.raises(error):
            desk.draft(AgreementTerms(**(vars(TERMS) | changed)))

    def test_refuses_offers_of_others(self, world: AllianceWorld, desk: Desk) -> None:
        with pytest.raises(OfferUnknown):
            desk.draft(offer_ids=[world.offer().id])

    def test_is_for_members_of_the_alliance(self, world: AllianceWorld, desk: Desk) -> None:
        from merchants import alliance

        alliance.leave(
            actor=desk.admin, now=NOW, community_id=world.community_id,
            merchant_id=desk.merchant_id, left_on=TODAY, version=1, why="歇业",
        )  # fmt: skip
        with pytest.raises(NotInAlliance):
            desk.draft()

    def test_is_for_the_community(self, world: AllianceWorld, desk: Desk) -> None:
        desk.admin = world.actor("supervisor")
        with pytest.raises(Forbidden):
            desk.draft()


class TestSign:
    def test_both_sides_sign_the_same_text(self, desk: Desk) -> None:
        draft = desk.draft()
        once = desk.sign(draft, Party.MERCHANT)
        assert once.agreement.state == "signed_by_one"
        assert desk.active() is None
        both = desk.sign(draft, Party.COMMUNITY)
        assert both.agreement.state == "signed"
        assert [(one.party, one.account_id, one.signed_at_utc) for one in both.signatures] == [
            ("merchant", desk.owner.account_id, NOW),
            ("community", desk.admin.account_id, NOW),
        ]
        assert {one.text_sha256 for one in both.signatures} == {fingerprint(both.agreement.text)}
        assert desk.active() is both.agreement

    @pytest.mark.parametrize("party", list(Party))
    def test_twice_is_refused(self, desk: Desk, party: Party) -> None:
        draft = desk.draft()
        desk.sign(draft, party)
        with pytest.raises(AlreadySigned):
            desk.sign(draft, party)

    def test_twice_is_refused_after_both_signed(self, desk: Desk) -> None:
        signed = desk.signed()
        with pytest.raises(AlreadySigned):
            desk.sign(signed, Party.COMMUNITY)

    def test_a_changed_text_is_refused(self, desk: Desk) -> None:
        draft = desk.draft()
        seen = draft.agreement.text_sha256
        agreements.redraft(
            actor=desk.admin, now=NOW, community_id=desk.world.community_id,
            agreement_id=draft.id, version=1,
            terms=AgreementTerms(**(vars(TERMS) | {"monthly_cap": Decimal(301)})),
        )  # fmt: skip
        with pytest.raises(TextChanged):
            desk.sign(draft, Party.MERCHANT, text_sha256=seen)
        desk.sign(draft, Party.MERCHANT)

    def test_a_text_changed_behind_its_hash_is_refused(self, desk: Desk) -> None:
        draft = desk.draft()
        draft.agreement.text += "另加一条"
        db.session.flush()
        with pytest.raises(TextChanged):
            desk.sign(draft, Party.MERCHANT)

    def test_one_account_cannot_sign_for_both(self, desk: Desk) -> None:
        both = Actor(
            account_id=desk.admin.account_id,
            grants=(*desk.admin.grants, *desk.owner.grants),
            table=desk.admin.table,
        )
        draft = desk.draft()
        desk.sign(draft, Party.COMMUNITY, actor=both)
        with pytest.raises(SameAccountBothSides):
            desk.sign(draft, Party.MERCHANT, actor=both)

    def test_one_person_with_two_accounts_cannot_either(self, desk: Desk) -> None:
        draft = desk.draft()
        desk.sign(draft, Party.COMMUNITY)
        with pytest.raises(SameAccountBothSides):
            desk.sign(draft, Party.MERCHANT, actor=one_person(desk.admin, desk.owner)[1])

    def test_nobody_signs_for_the_other_side(self, world: AllianceWorld, desk: Desk) -> None:
        draft = desk.draft()
        with pytest.raises(Forbidden):
            desk.sign(draft, Party.MERCHANT, actor=desk.admin)
        with pytest.raises((Forbidden, NotFound)):
            desk.sign(draft, Party.COMMUNITY, actor=desk.owner)
        elsewhere = world.actor("merchant_owner", world.shop)
        with pytest.raises((Forbidden, NotFound)):
            desk.sign(draft, Party.MERCHANT, actor=elsewhere)

    def test_the_database_refuses_a_signature_under_another_text(self, desk: Desk) -> None:
        draft = desk.draft()
        row = {
            "community_id": draft.agreement.community_id, "agreement_id": draft.id,
            "party": "merchant", "account_id": new_id(), "signed_at_utc": NOW,
        }  # fmt: skip
        db.session.add(AgreementSignature(**row, text_sha256="0" * 64))
        with pytest.raises(IntegrityError):
            db.session.flush()

    def test_the_database_refuses_another_text_under_a_signature(self, desk: Desk) -> None:
        draft = desk.draft()
        desk.sign(draft, Party.MERCHANT)
        draft.agreement.text_sha256 = "0" * 64
        with pytest.raises(DBAPIError):
            db.session.flush()


class TestActiveOn:
    @pytest.mark.parametrize(
        ("on", "is_active"),
        [
            (dt.date(2026, 10, 31), False),
            (dt.date(2026, 11, 1), True),
            (dt.date(2027, 10, 31), True),
            (dt.date(2027, 11, 1), False),
        ],
    )
    def test_its_term(self, desk: Desk, on: dt.date, is_active: bool) -> None:
        desk.signed()
        assert (desk.active(on) is not None) is is_active

    def test_the_newest_signed_edition_decides(self, desk: Desk) -> None:
        first = desk.signed()
        draft = desk.draft()
        assert desk.active() is first.agreement
        desk.sign(draft, Party.COMMUNITY)
        second = desk.sign(draft, Party.MERCHANT)
        assert desk.active() is second.agreement

    def test_a_suspended_edition_is_not_replaced_by_an_older_one(self, desk: Desk) -> None:
        desk.signed()
        desk.decide(agreements.suspend, desk.signed())
        assert desk.active() is None

    def test_of_another_community_does_not_count(self, world: AllianceWorld) -> None:
        from tests.integration.redemption.world import alliance_world

        other = alliance_world("longgang")
        assert agreements.active(world.community_id, other.merchant.id, TODAY) is None


@pytest.mark.parametrize("to", ["suspend", "resume", "end"])
@pytest.mark.parametrize("state", list(AgreementState))
def test_every_decision_from_every_state(desk: Desk, state: AgreementState, to: str) -> None:
    """From each state each decision works exactly where the table of legal steps has it."""
    view = _in_state(desk, state)
    goal = {
        "suspend": AgreementState.SUSPENDED, "resume": AgreementState.SIGNED,
        "end": AgreementState.ENDED,
    }[to]  # fmt: skip
    by_signing = state is AgreementState.SIGNED_BY_ONE and goal is AgreementState.SIGNED
    if goal in AGREEMENT_STEPS[state] and not by_signing:
        decided = desk.decide(getattr(agreements, to), view)
        assert decided.agreement.state == goal
        acts = agreements.history(
            actor=desk.admin, community_id=desk.world.community_id, agreement_id=view.id
        )
        assert (acts[-1].from_state, acts[-1].to_state, acts[-1].why) == (state, goal, "装修停业")
    else:
        with pytest.raises((IllegalMerchantStep, NotOpenForSigning)):
            desk.decide(getattr(agreements, to), view)


def _in_state(desk: Desk, state: AgreementState) -> AgreementView:
    if state in (AgreementState.DRAFT, AgreementState.SIGNED_BY_ONE):
        draft = desk.draft()
        return draft if state is AgreementState.DRAFT else desk.sign(draft, Party.MERCHANT)
    signed = desk.signed()
    if state is AgreementState.SUSPENDED:
        return desk.decide(agreements.suspend, signed)
    return desk.decide(agreements.end, signed) if state is AgreementState.ENDED else signed


class TestDecide:
    def test_needs_the_present_version_and_a_reason(self, desk: Desk) -> None:
        signed = desk.signed()
        with pytest.raises(StaleVersion):
            desk.decide(agreements.suspend, signed, version=1)
        with pytest.raises(WhyMissing):
            desk.decide(agreements.suspend, signed, why="")

    def test_is_for_the_community(self, desk: Desk) -> None:
        signed = desk.signed()
        with pytest.raises((Forbidden, NotFound)):
            desk.decide(agreements.suspend, signed, actor=desk.owner)


class TestReading:
    def test_every_edition_stays_readable(self, desk: Desk) -> None:
        desk.signed()
        desk.signed()
        texts = [
            row.edition
            for row in agreements.editions(
                actor=desk.owner, community_id=desk.world.community_id,
                merchant_id=desk.merchant_id,
            )
        ]  # fmt: skip
        assert texts == [2, 1]

    def test_a_shop_reads_its_own_only(self, world: AllianceWorld, desk: Desk) -> None:
        with pytest.raises((Forbidden, NotFound)):
            agreements.detail(
                actor=desk.owner, community_id=world.community_id, agreement_id=world.agreement.id
            )
        with pytest.raises((Forbidden, NotFound)):
            agreements.search(actor=desk.owner, community_id=world.community_id)

    def test_staff_search_by_state_and_page(self, world: AllianceWorld, desk: Desk) -> None:
        desk.draft()
        found = agreements.search(actor=desk.admin, community_id=world.community_id)
        assert [row.state for row in found] == ["signed", "draft"]
        rest = agreements.search(
            actor=desk.admin, community_id=world.community_id, after=found[0].id,
            state=AgreementState.DRAFT,
        )  # fmt: skip
        assert [row.state for row in rest] == ["draft"]


@pytest.mark.parametrize(
    "broken",
    [
        {"state": "lost"}, {"valid_to": dt.date(2026, 9, 1)}, {"monthly_cap": 0},
        {"merchant_percent": 101}, {"merchant_percent": 60}, {"pool_name": "池"},
        {"text_sha256": "short"}, {"edition": 0}, {"version": 0}, {"signed_at_utc": None},
        {"state": "draft"}, {"merchant_id": new_id()}, {"number": 9001},
    ],
    ids=", ".join,
)  # fmt: skip
def test_an_agreement_that_cannot_be(world: AllianceWorld, broken: dict[str, Any]) -> None:
    row = {"community_id": world.community_id, "merchant_id": world.merchant.id}
    RedemptionAgreementFactory(**row, number=9001)
    with pytest.raises(IntegrityError):
        RedemptionAgreementFactory(**(row | broken))


def test_a_signature_is_never_changed(desk: Desk) -> None:
    desk.signed()
    with pytest.raises(DBAPIError):
        db.session.execute(
            tenancy.update(AgreementSignature, desk.world.community_id).values(account_id=new_id())
        )


def test_grants_name_the_shop(desk: Desk) -> None:
    assert desk.owner.grants == (Grant(role="merchant_owner", place=desk.place),)
