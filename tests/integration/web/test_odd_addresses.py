"""Addresses that nobody types: PostgreSQL takes no NUL in a text, and no page breaks on one."""

from __future__ import annotations

from tests.integration.redemption.world import AllianceWorld
from tests.support.pages import Pages


def test_a_nul_is_searched_for_by_a_member(mine: Pages, shop_world: AllianceWorld) -> None:
    shop_world.offer()
    for search in ("q=%00", "q=%00a", "for=%00", "pays=%00"):
        assert mine.get(f"/me/yjyx/shops?{search}").status_code == 200, search
