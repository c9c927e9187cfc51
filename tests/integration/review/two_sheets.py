"""A community that scores its members and, under a rulebook of their own, its households."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from points.models import MonthState
from tests.integration.review.world import DEED, RECORDED, ReviewWorld, review_world

HOMES = "homes"
HOMES_BOOK: dict[str, Any] = {
    "code": HOMES,
    "title": "家庭积分细则",
    "holder": "household",
    "base": [
        {"code": "home-base", "name": "家庭基础分", "points": 10, "per": "month",
         "counts_in": ["score", "balance"], "joiners": "full"}
    ],
    "items": [
        {"code": "YARD", "name": "庭院整洁", "subject": "environment", "kind": "bonus",
         "category": "环境", "unit": "time", "award": {"type": "per_unit", "points": 1, "per": 1}},
        {"code": "NOISE", "name": "噪声扰邻", "subject": "environment", "kind": "deduction",
         "category": "秩序", "award": {"type": "fixed", "points": 10},
         "recording": {"recorders": ["grid_worker"], "reason_required": True}},
    ],
    "rankings": [
        {"code": "homes-month", "name": "家庭月排名", "unit": "household", "over": "month",
         "within": "community", "top": {"count": 3}},
        {"code": "homes-heads", "name": "户均月排名", "unit": "household", "per_head": True,
         "over": "month", "within": "community"},
    ],
}  # fmt: skip


def yard(world: ReviewWorld, member_id: uuid.UUID, times: str) -> None:
    """A point for each time, for the household of the member."""
    world.record(
        member_id, "YARD", quantity=Decimal(times), occurred_on=DEED, now=RECORDED
    )  # fmt: skip


def noise(world: ReviewWorld, member_id: uuid.UUID) -> None:
    """Ten points from the household of the member."""
    world.record(
        member_id, "NOISE", occurred_on=DEED, now=RECORDED, reason="已劝阻两次"
    )  # fmt: skip


def two_sheets(code: str = "yijuyuan", more: int = 0) -> ReviewWorld:
    """Everybody has a base of ten on both sheets. Below it are, each on one sheet only:

    刘三 of 0102, who speaks for it (李二 of 0102 is not); the household 0103 (张三 is not); 赵四 of
    0104, who lives alone (the household is not). ``more`` households stand at base on both.
    """
    world = review_world(code)
    world.adopt(**HOMES_BOOK)
    for household, name, bonus in (
        ("0101", "王一", "20"), ("0101", "王二", "5"), ("0102", "刘三", "0"),
        ("0102", "李二", "12"), ("0103", "张三", "13"), ("0104", "赵四", "2"),
        ("0105", "钱五", "0"),
    ):  # fmt: skip
        world.people[name] = world.resident(household, name, bonus)
    for number in range(more):
        world.resident(f"03{number:02d}", "周六")
    world.grant()
    world.deduct(world.people["刘三"])
    world.deduct(world.people["赵四"])
    for name, times in (("王二", "6"), ("李二", "4"), ("赵四", "3")):
        yard(world, world.people[name], times)
    noise(world, world.people["张三"])
    return world


def two_noticed() -> ReviewWorld:
    """The month on notice, beside another community."""
    two_sheets("noise").bring(MonthState.ON_NOTICE)
    world = two_sheets()
    world.bring(MonthState.ON_NOTICE)
    return world
