"""A small community with a rulebook that has one item of every kind, and the people who act."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from access_table import ROLES
from community.models import (
    Community,
    District,
    Grid,
    Household,
    Member,
    MemberBinding,
    Membership,
    Street,
)
from kernel import clock
from kernel.access import Actor, Grant, Place
from kernel.database import db
from kernel.ids import new_id
from points import months, rulebooks, transfers
from points.facts import EvidenceGiven, FactView, record
from points.models import EvidenceKind, RulebookVersion
from points.permissions import PointsPermission as P

NOW = dt.datetime(2026, 11, 21, 4, 0, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 21)
MONTH = "2026-11"

_READ = {P.READ_RULEBOOK, P.READ_OWN_POINTS}
_ITEMS: list[dict[str, Any]] = [
    {"code": "CAP", "kind": "bonus", "award": {"type": "fixed", "points": 2},
     "limits": [{"max_points": 5, "per": "month"}]},
    {"code": "FREE", "kind": "bonus", "award": {"type": "fixed", "points": 1.5}},
    {"code": "TIMES", "kind": "bonus", "award": {"type": "fixed", "points": {"小": 1, "大": 3}},
     "limits": [{"max_times": 2, "per": "month"}]},
    {"code": "HOURS", "kind": "bonus", "unit": "hour", "quantity": {"min": 0.5, "max": 12},
     "award": {"type": "per_unit", "points": 1, "per": 1, "over": "month"},
     "limits": [{"max_quantity": 4, "per": "day"}]},
    {"code": "RANGE", "kind": "bonus", "award": {"type": "range", "min": 1, "max": 20, "step": 1},
     "recording": {"approval": {"by": "panelist", "count": 1}}},
    {"code": "CLAIM", "kind": "bonus", "award": {"type": "fixed", "points": 2},
     "recording": {"recorders": ["member", "grid_worker"], "evidence": [["photo"], ["check_in"]],
                   "approval": {"by": "panelist", "count": 1}}},
    {"code": "TWO", "kind": "bonus", "award": {"type": "fixed", "points": 4},
     "recording": {"approval": {"by": "panelist", "count": 2}}},
    {"code": "SOON", "kind": "bonus", "award": {"type": "fixed", "points": 1},
     "recording": {"deadline_days": 3}},
    {"code": "BAD", "kind": "deduction", "award": {"type": "fixed", "points": 10},
     "recording": {"recorders": ["grid_worker"], "reason_required": True}},
    {"code": "HONOR", "kind": "bonus", "award": {"type": "fixed", "points": 1},
     "counts_in": ["score"]},
]  # fmt: skip


def items(*codes: str) -> list[dict[str, Any]]:
    """The items of the rulebook, or those of ``codes``."""
    return [
        {"name": f"项目{each['code']}", "subject": "environment", **each}
        for each in _ITEMS
        if not codes or each["code"] in codes
    ]


def document(*, version: int = 1, **changes: Any) -> dict[str, Any]:
    """The rulebook of the tests as a document; ``changes`` replace top-level fields, None drops."""
    whole = {
        "format": "linli-rulebook/1",
        "code": "test-book",
        "version": version,
        "title": "测试细则",
        "effective_from": "2026-09-01",
        "holder": "member",
        "base": [
            {"code": "monthly-base", "name": "基础分", "points": 10, "per": "month",
             "counts_in": ["score", "balance"], "joiners": "next_period"}
        ],
        "score": {"over": "month"},
        "balance": {"spendable_from": "recorded", "deductions": "below_zero"},
        "items": items(),
        "not_carried_over": [],
        **changes,
    }  # fmt: skip
    return {name: value for name, value in whole.items() if value is not None}


def text(**changes: Any) -> str:
    return json.dumps(document(**changes), ensure_ascii=False)


@dataclass
class World:
    """One community; ``actors`` are made on demand, one account per name."""

    community_id: uuid.UUID
    place: Place
    household_id: uuid.UUID
    grid_id: uuid.UUID
    admin: Actor = field(init=False)
    recorder: Actor = field(init=False)
    panelist: Actor = field(init=False)
    other_panelist: Actor = field(init=False)

    def __post_init__(self) -> None:
        self.admin = self.actor("community_admin")
        self.recorder = self.actor("grid_worker")
        self.panelist = self.actor("panelist")
        self.other_panelist = self.actor("panelist")

    def actor(self, role: str, *, member: uuid.UUID | None = None) -> Actor:
        return Actor(
            account_id=new_id(),
            grants=(Grant(role=role, place=self.place),),
            table=ROLES,
            members={self.community_id: member} if member else {},
        )

    def bound_actor(self, role: str, member_id: uuid.UUID) -> Actor:
        """An actor whose account is bound to a member of the community."""
        actor = self.actor(role, member=member_id)
        db.session.add(
            MemberBinding(
                community_id=self.community_id,
                member_id=member_id,
                account_id=actor.account_id,
                way="slip",
                bound_at_utc=NOW,
            )
        )
        db.session.flush()
        return actor

    def member(
        self,
        *,
        name: str = "张三",
        household_id: uuid.UUID | None = None,
        joined_on: dt.date = dt.date(2026, 1, 1),
        kinds: tuple[str, ...] = ("resident",),
    ) -> uuid.UUID:
        row = Member(
            community_id=self.community_id, id=new_id(), name=name, sort_key=name,
            joined_on=joined_on,
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        db.session.add(
            Membership(
                community_id=self.community_id,
                member_id=row.id,
                kinds=list(kinds),
                grid_id=self.grid_id,
                household_id=household_id,
                valid_from=joined_on,
            )
        )
        db.session.flush()
        return row.id

    def open_month(self, month: str = MONTH) -> None:
        months.open_month(community_id=self.community_id, month=month, actor=self.admin, now=NOW)

    def to_merchant(self, account_id: uuid.UUID, points: Decimal) -> uuid.UUID:
        """What redemption writes beside a capture."""
        return transfers.to_merchant(
            community_id=self.community_id, account_id=account_id, merchant_id=self.grid_id,
            points=points, redemption_id=new_id(), now=NOW,
        )  # fmt: skip

    def adopt(
        self, *, effective_from: dt.date = dt.date(2026, 9, 1), **changes: Any
    ) -> RulebookVersion:
        row = rulebooks.draft(
            actor=self.admin, now=NOW, community_id=self.community_id, text=text(**changes)
        )
        return rulebooks.adopt(
            actor=self.admin, now=NOW, community_id=self.community_id, version_id=row.id,
            version=row.version_seen, meeting="居民代表会议", adopted_on=dt.date(2026, 8, 20),
            effective_from=effective_from,
        )  # fmt: skip

    def record(self, member_id: uuid.UUID, item_code: str, **values: Any) -> FactView:
        given: dict[str, Any] = {
            "actor": self.recorder, "now": NOW, "occurred_on": TODAY, "quantity": Decimal(1),
        }  # fmt: skip
        if item_code == "BAD":
            given["reason"] = "已劝阻两次"
        if item_code == "CLAIM":
            given["evidence"] = [EvidenceGiven(kind=EvidenceKind.PHOTO)]
        given.update(values)
        return record(
            community_id=self.community_id, member_id=member_id, item_code=item_code, **given
        )


def empty_world(code: str = "yijuyuan") -> World:
    """Places and one household; no rulebook, no month."""
    district = District(id=new_id(), name=f"区{code}", code=code, brand="新晋邻", slogan="忻和美")
    street = Street(id=new_id(), district_id=district.id, name="街道", code=code)
    community = Community(
        id=new_id(), street_id=street.id, name="社区", code=code, committee="居民委员会",
        phone="0350-3000000", office="一号楼", hours="9:00—17:00",
        alliance_name="红色商业联盟",
    )  # fmt: skip
    for row in (district, street, community):
        db.session.add(row)
        db.session.flush()
    grid = Grid(community_id=community.id, id=new_id(), name="一网格", number=1)
    household = Household(community_id=community.id, id=new_id(), code="A0101", grid_id=grid.id)
    db.session.add(grid)
    db.session.flush()
    db.session.add(household)
    db.session.flush()
    place = Place(district_id=district.id, street_id=street.id, community_id=community.id)
    return World(community_id=community.id, place=place, household_id=household.id, grid_id=grid.id)


def ready_world(code: str = "yijuyuan") -> World:
    """:func:`empty_world` with the rulebook in force and October to November open."""
    world = empty_world(code)
    world.adopt()
    for month in (clock.previous_month(MONTH), MONTH):
        world.open_month(month)
    return world
