"""A members' and a households' rulebook with every construct of the format, for the tests."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from community.models import Household, MemberTag
from kernel.database import db
from kernel.ids import new_id
from points import accounts, facts, ledger_check, months, rulebooks
from points.beneficiaries import HEAD_TAG
from points.facts import FactView
from points.models import HolderKind, MonthState, PointsAccount
from tests.integration.points.world import MONTH, NOW, TODAY, World, empty_world

D = Decimal
BEFORE = "2026-10"


def fixed(points: Any, **values: Any) -> dict[str, Any]:
    return {"award": {"type": "fixed", "points": points}, **values}


_MEMBER_ITEMS: list[dict[str, Any]] = [
    {"code": "GOOD", "kind": "bonus", **fixed(2)},
    {"code": "BIG", "kind": "bonus", **fixed(5)},
    {"code": "CAPPED", "kind": "bonus", **fixed(2), "limits": [{"max_points": 3, "per": "month"}]},
    {"code": "SHARED", "kind": "bonus", **fixed(2),
     "limits": [{"max_points": 5, "per": "month", "across": "household"}]},
    {"code": "HOURS", "kind": "bonus", "unit": "hour", "feeds": "hours",
     "award": {"type": "milestones", "over": "year",
               "steps": [{"at": 10, "points": 2}, {"at": 20, "points": 5}]}},
    {"code": "PLAIN-HOURS", "kind": "record", "unit": "hour", "feeds": "hours"},
    {"code": "APART", "kind": "bonus", **fixed(1), "limits": [{"min_days_between": 7}]},
    {"code": "WARNED", "kind": "deduction", **fixed(4),
     "escalation": {"factors": [0, 1, 2], "within_months": 12, "grace_days": 3},
     "recording": {"deadline_days": 31}},
    {"code": "LITTER", "kind": "deduction", **fixed(3), "recurs": "month",
     "recording": {"approval": {"by": "panelist", "count": 1}}},
    {"code": "VETO", "kind": "deduction", **fixed(10),
     "veto": {"until": "corrected", "bonuses": "held", "effects": ["score_zero"],
              "repair": {"points": 4, "needs_promise": True}}},
    {"code": "FOR-ALL", "kind": "bonus", **fixed(1), "beneficiary": "each_member"},
    {"code": "FOR-HEAD", "kind": "bonus", **fixed(1), "beneficiary": "head"},
    {"code": "FOR-HOUSE", "kind": "bonus", **fixed(1), "beneficiary": "household"},
    {"code": "FOR-KIN", "kind": "bonus", **fixed(1), "beneficiary": "named",
     "relations": ["spouse", "organization_head"]},
    {"code": "AT-EVENT", "kind": "bonus", **fixed(1), "recording": {"activity_required": True}},
    {"code": "BOTH", "kind": "bonus", **fixed(1)},
]  # fmt: skip
_HOUSE_ITEMS: list[dict[str, Any]] = [
    {"code": "YARD", "kind": "bonus", **fixed(2), "limits": [{"max_points": 5, "per": "month"}]},
    {"code": "MESS", "kind": "deduction", **fixed(3)},
    {"code": "BOTH", "kind": "bonus", **fixed(1)},
]  # fmt: skip


def _items(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"name": f"项目{each['code']}", "subject": "environment", **each} for each in items]


MEMBERS: dict[str, Any] = {
    "items": _items(_MEMBER_ITEMS),
    "counters": [{"code": "hours", "name": "服务时长", "unit": "hour"}],
    "conflicts": [
        {"code": "one-deed", "items": ["GOOD", "BIG"], "same": "deed", "keep": "highest"}
    ],
}
HOUSES: dict[str, Any] = {
    "code": "house-book",
    "title": "家庭细则",
    "holder": "household",
    "base": [],
    "items": _items(_HOUSE_ITEMS),
}
MERCHANTS: dict[str, Any] = {
    "code": "shop-book",
    "title": "商户细则",
    "holder": "merchant",
    "base": [],
    "balance": None,
    "items": _items([{"code": "KIND-SHOP", "kind": "bonus", **fixed(2)}]),
}


def full_world(code: str = "full") -> World:
    """All rulebooks in force, October and November open."""
    world = empty_world(code)
    world.adopt(**MEMBERS)
    world.adopt(**HOUSES)
    for month in (BEFORE, MONTH):
        world.open_month(month)
    return world


def another_household(world: World, code: str = "A0102") -> uuid.UUID:
    row = Household(community_id=world.community_id, id=new_id(), code=code, grid_id=world.grid_id)
    db.session.add(row)
    db.session.flush()
    return row.id


def make_head(world: World, member_id: uuid.UUID) -> None:
    db.session.add(
        MemberTag(
            community_id=world.community_id, member_id=member_id, tag=HEAD_TAG,
            valid_from=dt.date(2026, 1, 1),
        )
    )  # fmt: skip
    db.session.flush()


def put(world: World, member_id: uuid.UUID | None, item: str, **values: Any) -> FactView:
    """Record as the grid worker, on TODAY unless another day is given."""
    given: dict[str, Any] = {"occurred_on": TODAY, "actor": world.recorder, "now": NOW, **values}
    return facts.record(
        community_id=world.community_id, member_id=member_id, item_code=item, **given
    )


def seen(world: World, fact: FactView) -> FactView:
    """The fact as it is now."""
    return facts.replay(community_id=world.community_id, result_id=fact.id)


def posted(world: World, *given: FactView) -> list[Decimal]:
    """What stands posted for the first line of each fact."""
    return [seen(world, fact).lines[0].posted for fact in given]


def approve(world: World, fact: FactView) -> FactView:
    return facts.approve(
        actor=world.panelist, now=NOW, community_id=world.community_id, fact_id=fact.id,
        version=seen(world, fact).version,
    )  # fmt: skip


def strike(world: World, fact: FactView, **values: Any) -> FactView:
    return facts.strike(
        actor=world.panelist, now=NOW, community_id=world.community_id, fact_id=fact.id,
        version=seen(world, fact).version, reason="没有发生", **values,
    )  # fmt: skip


def tell(world: World, fact: FactView, told_on: dt.date = TODAY, **values: Any) -> FactView:
    given = {"actor": world.recorder, "now": NOW, **values}
    return facts.told(
        community_id=world.community_id, fact_id=fact.id, version=seen(world, fact).version,
        told_on=told_on, **given,
    )  # fmt: skip


def put_right(
    world: World, fact: FactView, corrected_on: dt.date = TODAY, **values: Any
) -> FactView:
    given = {"actor": world.panelist, "now": NOW, **values}
    return facts.corrected(
        community_id=world.community_id, fact_id=fact.id, version=seen(world, fact).version,
        corrected_on=corrected_on, **given,
    )  # fmt: skip


def seal(world: World, month: str, *, to: MonthState = MonthState.SEALED) -> None:
    """Take the month step by step to ``to``."""
    for state in MonthState:
        row = months.of(world.community_id, month)
        if state is MonthState.OPEN:
            continue
        months.step(
            community_id=world.community_id, month=month, to=state, actor=world.admin, now=NOW,
            version=row.version,
        )  # fmt: skip
        if state is to:
            return


def account(
    world: World, holder_id: uuid.UUID, kind: HolderKind = HolderKind.MEMBER, *, book: str
) -> PointsAccount:
    found = next(
        each
        for each in rulebooks.all_in_force(world.community_id, TODAY)
        if each.compiled.code == book
    )
    return accounts.for_holder(
        community_id=world.community_id, rulebook_id=found.rulebook_id, holder_kind=kind,
        holder_id=holder_id,
    )  # fmt: skip


def adds_up(world: World) -> bool:
    """Postings, scores, limits and worth agree, as of TODAY."""
    found = ledger_check.check(world.community_id, today=TODAY)
    assert found == []
    return True
