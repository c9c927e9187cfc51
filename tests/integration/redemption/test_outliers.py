"""The report of pairs out of line: read from redemptions, named as the reader may know them."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import load_workbook

from community.models import Household
from kernel import tenancy
from kernel.database import db
from kernel.errors import Forbidden
from points.insight.outlier_views import listed
from redemption import outliers, redemptions
from redemption.errors import TooManyDays
from redemption.outlier_workbook import as_xlsx
from redemption.outliers import PairsReport
from redemption.rules.outlier_rules import RULES
from tests.integration.redemption.world import NOW, AllianceWorld, Holder

SECOND = dt.timedelta(seconds=1)


def visit(world: AllianceWorld, holder: Holder, clerk: Any, after: int = 3) -> Any:
    held = world.hold(holder, world.offer(points=1))
    assert held.code is not None
    return world.redeem(clerk, held.code.token, NOW + after * SECOND)


@pytest.fixture
def eight(world: AllianceWorld, holder: Holder) -> AllianceWorld:
    """Eight visits of one holder within seconds, one of them cancelled, and one scan again."""
    clerk = world.clerk()
    receipts = [visit(world, holder, clerk) for _ in range(8)]
    redemptions.cancel(actor=clerk, now=NOW + 9 * SECOND, redemption_id=receipts[0].id)
    held = world.hold(holder, world.offer(points=1))
    assert held.code is not None
    for _ in range(2):
        redemptions.redeem(actor=clerk, now=NOW + 3 * SECOND, code=held.code.token)
    db.session.flush()
    return world


def report(world: AllianceWorld, role: str = "supervisor", **asked: Any) -> PairsReport:
    return outliers.report(
        actor=world.actor(role), now=NOW, community_id=world.community_id, **asked
    )


def household_of(world: AllianceWorld, holder: Holder) -> str:
    return tenancy.get(Household, world.community_id, holder.household_id).code


class TestReport:
    def test_asks_about_the_pair(self, eight: AllianceWorld, holder: Holder) -> None:
        found = report(eight)
        assert [each.rule for each in found.outliers] == ["pair_most", "pair_fast"]
        first = found.outliers[0]
        assert (first.who, first.count, first.of) == (eight.merchant.name, 9, 9)
        assert first.other == f"{household_of(eight, holder)} 户"
        assert first.zh.endswith("这不是结论，请先核实。")
        assert found.redeemed == 9

    def test_counts_the_pair(self, eight: AllianceWorld) -> None:
        (pair,) = report(eight).pairs
        numbers = pair.pair
        assert (numbers.count, numbers.of_merchant, numbers.of_holder) == (9, 100, 100)
        assert (numbers.median_seconds, numbers.fastest_seconds) == (3, 3)
        assert (numbers.cancelled, numbers.refused, numbers.at_night) == (1, 1, 0)

    def test_who_may_not_read_members_sees_a_number(
        self, eight: AllianceWorld, holder: Holder
    ) -> None:
        found = report(eight, "district_officer")
        assert not found.has_names
        assert found.outliers[0].other == f"居民{holder.account_id.hex[-8:]}"
        assert household_of(eight, holder) not in repr(found)

    def test_names_no_member(self, eight: AllianceWorld, holder: Holder) -> None:
        told = repr(report(eight))
        assert "张三" not in told
        assert holder.member_id.hex not in told.replace("-", "")

    def test_looks_at_the_days_asked_for(self, eight: AllianceWorld) -> None:
        day = dt.date(2026, 11, 20)
        assert report(eight, first_day=day, last_day=day).redeemed == 0
        with pytest.raises(TooManyDays):
            report(eight, first_day=dt.date(2026, 1, 1), last_day=day)

    @pytest.mark.parametrize("role", ["member", "grid_worker", "panelist", "merchant_owner"])
    def test_is_for_who_reads_insight(self, world: AllianceWorld, role: str) -> None:
        with pytest.raises(Forbidden):
            report(world, role)

    def test_takes_a_constant_number_of_statements(
        self, world: AllianceWorld, holder: Holder, count_statements: Callable[[], Any]
    ) -> None:
        reader, clerk = world.actor("supervisor"), world.clerk()

        def asked() -> int:
            with count_statements() as seen:
                outliers.report(actor=reader, now=NOW, community_id=world.community_id)
            return len(seen)

        asked()  # where a community lies is remembered from then on
        for _ in range(3):
            visit(world, holder, clerk)
        first = asked()
        for each in (world.holder(), world.holder()):
            for _ in range(5):
                visit(world, each, clerk)
        assert asked() == first == 5


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
class TestLists:
    def test_pages_and_searches(self, eight: AllianceWorld) -> None:
        found = report(eight)
        first = listed(found.outliers, rule=None, q=None, after=None, limit=1)
        rest = listed(found.outliers, rule=None, q=None, after=first[0].id, limit=9)
        assert [each.rule for each in first + rest] == ["pair_most", "pair_fast"]
        only = listed(found.outliers, rule="pair_fast", q="核销", after=None, limit=9)
        assert [each.rule for each in only] == ["pair_fast"]
        assert outliers.pairs_found(found, q="没有的店", after=None, limit=9) == []
        assert len(outliers.pairs_found(found, q="老邢", after=None, limit=9)) == 1


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_the_workbook_says_the_same(eight: AllianceWorld) -> None:
    found = report(eight)
    book = load_workbook(io.BytesIO(as_xlsx(found)))
    assert book.sheetnames == ["提示", "商户与居民", "口径"]
    rows = list(book["提示"].iter_rows(values_only=True))
    assert [row[6] for row in rows[1:]] == [each.zh for each in found.outliers]
    pairs = list(book["商户与居民"].iter_rows(values_only=True))
    assert pairs[1][:5] == (found.pairs[0].merchant, found.pairs[0].holder, 9, 100, 100)
    assert book["口径"].max_row == 1 + len(RULES)
