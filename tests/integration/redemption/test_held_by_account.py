"""What the ledger check compares held points with: the open holds of each account."""

from __future__ import annotations

from decimal import Decimal

from redemption import holds, redemptions
from tests.integration.redemption.world import NOW, AllianceWorld


def test_open_holds_are_summed_by_account(world: AllianceWorld) -> None:
    offer = world.offer(points=Decimal(8))
    holder, other = world.holder(), world.holder()
    assert holds.held_by_account(world.community_id) == {}
    for each in (holder, holder, other):
        world.hold(each, offer)
    gone = world.hold(other, offer)
    redemptions.withdraw(
        actor=other.actor, now=NOW, community_id=world.community_id, redemption_id=gone.id
    )
    assert holds.held_by_account(world.community_id) == {
        holder.account_id: Decimal(16),
        other.account_id: Decimal(8),
    }
