"""Afterwards at a shop: reports about it and its one reply, and asking for a reviewed reversal."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from community.models import RoleGrant
from kernel.access import Actor
from kernel.ids import new_id
from redemption.reports import ReportView
from tests.integration.redemption.afterwards.stage import LATER, Afterwards
from tests.integration.redemption.scenes import AfterwardsScene, afterwards_scene
from tests.integration.redemption.world import NOW, AllianceWorld
from tests.integration.web.conftest import Move
from tests.support.pages import Pages

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@pytest.fixture
def begins_with() -> Callable[[], AfterwardsScene]:
    return afterwards_scene


@pytest.fixture
def stage(scene: AfterwardsScene) -> Afterwards:
    return scene.stage


@pytest.fixture
def clerk(app: Flask, stage: Afterwards) -> Pages:
    return Pages(app.test_client(), stage.clerk)


@pytest.fixture
def owner(app: Flask, stage: Afterwards, session: Any) -> Pages:
    session.add(owner_grant(stage.owner, stage.world))
    return Pages(app.test_client(), stage.owner)


def owner_grant(actor: Actor, world: AllianceWorld) -> RoleGrant:
    shop = world.shop
    return RoleGrant(
        account_id=actor.account_id, role="merchant_owner", district_id=shop.district_id,
        street_id=shop.street_id, community_id=shop.community_id, merchant_id=shop.merchant_id,
        granted_from=NOW.date(), granted_by=new_id(), granted_at_utc=NOW,
    )  # fmt: skip


@pytest.fixture
def reported(stage: Afterwards, session: Any, move: Move) -> ReportView:
    found = stage.report(stage.redeemed().id)
    session.commit()
    move(LATER - NOW)
    return found


class TestReports:
    def test_the_counter_says_that_one_waits_and_the_owner_replies_once(
        self, owner: Pages, reported: ReportView
    ) -> None:
        assert "有 1 件居民反映等本店答复" in owner.page("/counter")
        assert f"/counter/reports/{reported.id}" in owner.page("/counter/reports")
        page = owner.page(f"/counter/reports/{reported.id}")
        assert "不给兑换" in page
        assert reported.receipt_number in page
        for secret in ("张三", "说早餐没了"):
            assert secret not in page, secret
        address = f"/counter/reports/{reported.id}"
        form = {"on": address, "version": str(reported.version)}
        blank = owner.post(f"{address}/reply", **form, text="")
        assert blank.status_code == 422
        done = owner.post(f"{address}/reply", **form, text="那天豆浆机坏了，已经修好。")
        assert done.location == f"{address}?said=replied"
        after = owner.page(done.location)
        assert "答复已交给社区" in after
        assert "那天豆浆机坏了" in after
        assert "等本店答复" not in owner.page("/counter")

    def test_a_clerk_reads_and_does_not_reply(self, clerk: Pages, reported: ReportView) -> None:
        address = f"/counter/reports/{reported.id}"
        assert "由店主答复" in clerk.page(address)
        refused = clerk.post(
            f"{address}/reply", on="/counter", version=str(reported.version), text="我来说"
        )
        assert refused.status_code == 403

    def test_another_shop_reads_none(
        self, app: Flask, shop_world: AllianceWorld, session: Any, reported: ReportView
    ) -> None:
        other = Pages(app.test_client(), shop_world.clerk(shop=shop_world.other_shop()))
        assert "没有反映" in other.page("/counter/reports")
        assert other.get(f"/counter/reports/{reported.id}").status_code == 404


class TestReversals:
    def test_after_the_window_the_shop_asks_for_a_review_once(
        self, clerk: Pages, stage: Afterwards, session: Any, move: Move
    ) -> None:
        receipt = stage.redeemed()
        session.commit()
        address = f"/counter/receipts/{receipt.id}"
        assert "请社区复核" not in clerk.page(address)
        early = clerk.post(f"{address}/reversal", on=address, reason="给错了")
        assert early.status_code == 409
        assert "请店员直接撤销" in early.text
        move(LATER - NOW)
        assert "请社区复核" in clerk.page(address)
        blank = clerk.post(f"{address}/reversal", on=address, reason=" ")
        assert blank.status_code == 422
        done = clerk.post(f"{address}/reversal", on=address, reason="没有给成早餐")
        assert done.location == f"{address}?said=reversal_asked"
        assert "已请社区复核，同意后积分退给居民" in clerk.page(done.location)
        after = clerk.page(address)
        assert "已请社区复核，等结论" in after
        assert "/reversal" not in after
        again = clerk.post(f"{address}/reversal", on="/counter", reason="再问一次")
        assert again.status_code == 409
        assert re.search(r"已经在复核", again.text)
