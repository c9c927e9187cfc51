"""Batches: numbers in sequence, printing that is kept, receiving, voiding."""

from __future__ import annotations

import pytest

from kernel import tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import Forbidden, NotFound, StaleVersion, WhyMissing
from kernel.ids import new_id
from redemption.cards import batch_lists, batches, card_lists, tokens
from redemption.cards.errors import BatchStepIllegal, BatchUnknown, NumbersUsedUp
from redemption.models import CardBatchState, CardCounter, CardState, RedemptionCard
from redemption.rules import card_numbers
from tests.integration.redemption.cards.desk import ON_SQLITE, Desk
from tests.integration.redemption.world import NOW, AllianceWorld, Holder, alliance_world


class TestOrdering:
    def test_numbers_go_on_where_the_last_batch_ended(self, desk: Desk) -> None:
        second = desk.batch(2)
        assert (second.number, second.size) == (2, 2)
        assert second.first_number == card_numbers.printed(4)
        assert second.last_number == card_numbers.printed(5)
        assert second.cards == {"stock": 2}

    def test_every_community_counts_by_itself(self, desk: Desk) -> None:
        other = alliance_world("longgang")
        there = Desk(world=other, office=other.actor("community_admin"), numbers=[])
        assert there.batch(1).first_number == card_numbers.printed(1)

    def test_only_hashes_are_stored(self, desk: Desk) -> None:
        row = db.session.scalars(
            tenancy.select(RedemptionCard, desk.community_id).where(RedemptionCard.number == 1)
        ).one()
        token = tokens.token_of(row.id)
        assert len(token) == 22
        assert token not in [str(value) for value in vars(row).values()]
        assert row.token_hmac == tokens.kept(token)

    def test_when_numbers_run_out_it_says_how_many_are_left(self, desk: Desk) -> None:
        db.session.execute(
            tenancy.update(CardCounter, desk.community_id).values(last_number=card_numbers.MOST - 2)
        )
        with pytest.raises(NumbersUsedUp) as refused:
            desk.batch(3)
        assert "2 个" in refused.value.sentence("zh")
        assert desk.batch(2, is_received=False).last_number == card_numbers.printed(999_999)

    @pytest.mark.parametrize("role", ["grid_worker", "supervisor", "member", "merchant_owner"])
    def test_is_the_offices(self, desk: Desk, role: str) -> None:
        desk.office = desk.world.actor(role)
        with pytest.raises(Forbidden):
            desk.batch()


class TestPrinting:
    def test_the_same_codes_again_and_who_drew_them(self, desk: Desk) -> None:
        batch = desk.batch(2, is_received=False)
        sheets = []
        for _ in range(2):
            version = batch_lists.one(desk.community_id, batch.id).version
            sheets.append(
                batches.print_cards(
                    actor=desk.office, now=NOW, batch_id=batch.id, version=version, **desk.where
                )
            )
        assert sheets[0].cards == sheets[1].cards
        assert sheets[1].batch.prints == 3
        acts = batch_lists.acts(actor=desk.office, batch_id=batch.id, **desk.where)
        assert [(each.act, each.cards) for each in acts] == [("ordered", 2)] + [("printed", 2)] * 3
        assert {each.by_name for each in acts} == {"演示"}

    def test_a_spoilt_card_alone_and_none_that_is_handed_over(
        self, desk: Desk, holder: Holder
    ) -> None:
        line = desk.hand(holder)
        [batch] = batch_lists.listed(actor=desk.office, **desk.where)
        cards = card_lists.search(actor=desk.office, batch_id=batch.id, **desk.where)
        sheet = batches.print_cards(
            actor=desk.office, now=NOW, batch_id=batch.id, version=batch.version, **desk.where
        )
        assert {each.id for each in sheet.cards} == {each.id for each in cards} - {line.card_id}
        spoilt = batches.print_cards(
            actor=desk.office, now=NOW, batch_id=batch.id, version=sheet.batch.version,
            card_ids=[cards[1].id, line.card_id], **desk.where,
        )  # fmt: skip
        assert [each.id for each in spoilt.cards] == [cards[1].id]
        assert spoilt.batch.state == CardBatchState.RECEIVED

    def test_a_stale_version_is_refused(self, desk: Desk) -> None:
        batch = desk.batch(1, is_received=False)
        with pytest.raises(StaleVersion):
            batches.print_cards(
                actor=desk.office, now=NOW, batch_id=batch.id, version=batch.version - 1,
                **desk.where,
            )  # fmt: skip


@ON_SQLITE
class TestReceivingAndVoiding:
    def test_what_is_not_printed_is_not_received(self, desk: Desk) -> None:
        ordered = batches.order(actor=desk.office, now=NOW, size=1, **desk.where)
        with pytest.raises(BatchStepIllegal):
            batches.receive(
                actor=desk.office, now=NOW, batch_id=ordered.id, version=1, **desk.where
            )

    def test_nothing_is_received_twice(self, desk: Desk) -> None:
        batch = desk.batch(1)
        with pytest.raises(BatchStepIllegal):
            batches.receive(
                actor=desk.office, now=NOW, batch_id=batch.id, version=batch.version, **desk.where
            )

    def test_voiding_leaves_what_is_in_hands(self, desk: Desk, holder: Holder) -> None:
        line = desk.hand(holder)
        [batch] = batch_lists.listed(actor=desk.office, **desk.where)
        seen = batches.void(
            actor=desk.office, now=NOW, batch_id=batch.id, version=batch.version,
            why="印错了字", **desk.where,
        )  # fmt: skip
        assert (seen.state, seen.cards) == ("voided", {"handed": 1, "voided": 2})
        assert desk.state(line.card_id) == CardState.HANDED
        last = batch_lists.acts(actor=desk.office, batch_id=batch.id, **desk.where)[-1]
        assert (last.act, last.cards, last.why) == ("voided", 2, "印错了字")
        voided = card_lists.search(actor=desk.office, state=CardState.VOIDED, **desk.where)
        assert [to for to, _ in desk.ways(voided[0].id)] == ["voided"]

    def test_voiding_needs_a_reason(self, desk: Desk) -> None:
        [batch] = batch_lists.listed(actor=desk.office, **desk.where)
        with pytest.raises(WhyMissing):
            batches.void(
                actor=desk.office, now=NOW, batch_id=batch.id, version=batch.version, why=" ",
                **desk.where,
            )  # fmt: skip

    def test_an_unknown_batch(self, desk: Desk) -> None:
        with pytest.raises(BatchUnknown):
            batches.receive(actor=desk.office, now=NOW, batch_id=new_id(), version=1, **desk.where)


@ON_SQLITE
class TestLists:
    def test_latest_first_page_by_page(self, desk: Desk) -> None:
        for _ in range(3):
            desk.batch(1)
        first = batch_lists.listed(actor=desk.office, limit=2, **desk.where)
        rest = batch_lists.listed(actor=desk.office, after=first[-1].id, **desk.where)
        assert [each.number for each in first + rest] == [4, 3, 2, 1]
        received = batch_lists.listed(actor=desk.office, state=CardBatchState.VOIDED, **desk.where)
        assert received == []

    @pytest.mark.parametrize("role", ["supervisor", "auditor", "grid_worker"])
    def test_who_may_read(self, desk: Desk, world: AllianceWorld, role: str) -> None:
        [batch] = batch_lists.listed(actor=world.actor(role), **desk.where)
        assert batch_lists.detail(
            actor=world.actor(role), batch_id=batch.id, **desk.where
        ) == batch  # fmt: skip

    def test_other_communities_do_not_exist(self, desk: Desk) -> None:
        stranger: Actor = alliance_world("longgang").actor("community_admin")
        with pytest.raises(NotFound):
            batch_lists.listed(actor=stranger, **desk.where)
