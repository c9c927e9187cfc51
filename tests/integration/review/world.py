"""A community with scored members, taken step by step through its month in public."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from access_table import ROLES
from community.models import Community, Household
from kernel import tenancy, working_days
from kernel.access import Actor, Grant
from kernel.database import db
from kernel.ids import new_id
from points import grants, months
from points.facts import FactView
from points.models import AccountingMonth, LineSource, MonthState, PointsLine
from review import cycle
from tests.integration.points.world import World, empty_world

MONTH = "2026-10"
DEED = dt.date(2026, 10, 15)
RECORDED = dt.datetime(2026, 10, 30, 4, 0, tzinfo=dt.UTC)
FROZEN = dt.datetime(2026, 11, 2, 1, 0, tzinfo=dt.UTC)
#: A Wednesday; five working days later is the next Wednesday, 11 November, 18:00.
PUBLISHED = dt.datetime(2026, 11, 4, 1, 0, tzinfo=dt.UTC)
ON_NOTICE = dt.datetime(2026, 11, 6, 1, 0, tzinfo=dt.UTC)
DUE = dt.datetime(2026, 11, 11, 10, 0, tzinfo=dt.UTC)
SEALED = DUE + dt.timedelta(hours=1)

RANKINGS = [
    {"code": f"month-{unit}", "name": f"{unit} 月排名", "unit": unit, "over": "month",
     "within": "community", "top": {"count": 3}}
    for unit in ("member", "household")
]  # fmt: skip
ORDER = list(MonthState)


@dataclass
class ReviewWorld(World):
    """One account per office; ``people`` maps a household code to its member."""

    supervisor: Actor = field(init=False)
    people: dict[str, uuid.UUID] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.supervisor = self.actor("supervisor")

    def actor(self, role: str, *, member: uuid.UUID | None = None) -> Actor:
        return Actor(
            account_id=new_id(),
            grants=(Grant(role=role, place=self.place),),
            table=ROLES,
            members={self.community_id: member} if member else {},
        )

    def resident(self, code: str, name: str = "张三", bonus: str = "0") -> uuid.UUID:
        """A member in a household of its own (or a further one of it), with a bonus."""
        known = db.session.query(Household).filter_by(community_id=self.community_id, code=code)
        household = known.one_or_none()
        if household is None:
            household = Household(
                community_id=self.community_id, id=new_id(), code=code, grid_id=self.grid_id
            )
            db.session.add(household)
            db.session.flush()
        member_id = self.member(name=name, household_id=household.id)
        self.people.setdefault(code, member_id)
        if Decimal(bonus):
            self.earn(member_id, bonus)
        return member_id

    def earn(self, member_id: uuid.UUID, hours: str, on: dt.date = DEED) -> FactView:
        """One point per hour, at most four a day: spread over the days before ``on``."""
        left, day = Decimal(hours), on
        while left > 0:
            fact = self.record(
                member_id, "HOURS", quantity=min(left, Decimal(4)), occurred_on=day, now=RECORDED
            )
            left, day = left - 4, day - dt.timedelta(days=1)
        return fact

    def deduct(self, member_id: uuid.UUID) -> FactView:
        """Ten points."""
        return self.record(member_id, "BAD", occurred_on=DEED, now=RECORDED)

    def grant(self, month: str = MONTH) -> None:
        grants.grant_base(
            community_id=self.community_id, month=month, now=RECORDED, actor=self.admin
        )

    def version(self, month: str = MONTH) -> int:
        return months.of(self.community_id, month).version

    def step(self, to: MonthState, month: str = MONTH, **values: Any) -> AccountingMonth:
        """Take the month to its next state by whose turn it is."""
        act, actor, now = {
            MonthState.FROZEN: (cycle.freeze, self.admin, FROZEN),
            MonthState.SIGNED: (cycle.sign, self.panelist, FROZEN),
            MonthState.COUNTERSIGNED: (cycle.countersign, self.supervisor, FROZEN),
            MonthState.ON_NOTICE: (cycle.publish, self.admin, PUBLISHED),
            MonthState.SEALED: (cycle.seal, self.admin, SEALED),
        }[to]
        given: dict[str, Any] = {
            "actor": actor, "now": now, "community_id": self.community_id, "month": month,
            "version": self.version(month),
        }  # fmt: skip
        return act(**{**given, **values})

    def bring(self, to: MonthState, month: str = MONTH) -> None:
        """All steps up to and including ``to``."""
        state = MonthState(months.of(self.community_id, month).state)
        for next_state in ORDER[ORDER.index(state) + 1 : ORDER.index(to) + 1]:
            self.step(next_state, month)

    def bring_to_notice(self) -> None:
        """On notice and committed: what the client may read."""
        self.bring(MonthState.ON_NOTICE)
        db.session.commit()

    def last_line(self, code: str) -> uuid.UUID:
        """The last line of a member that a fact made."""
        statement = tenancy.columns(PointsLine, self.community_id, PointsLine.id).where(
            PointsLine.member_id == self.people[code], PointsLine.source == LineSource.FACT
        )
        found: uuid.UUID = db.session.scalars(statement.order_by(PointsLine.id.desc())).first()
        return found


def review_world(
    code: str = "yijuyuan", *, notice_days: int | None = 5, **book: Any
) -> ReviewWorld:
    """September to November open, a rulebook with a top of three, no members yet.

    ``book`` replaces parts of the rulebook.
    """
    plain = empty_world(code)
    world = ReviewWorld(
        **{each.name: getattr(plain, each.name) for each in fields(World) if each.init}
    )
    assert world.place.district_id is not None
    working_days.enter_year(
        district_id=world.place.district_id,
        days=working_days.published_year(2026),
        is_provisional=False,
    )
    community = db.session.get(Community, world.community_id)
    assert community is not None
    community.notice_working_days = notice_days
    world.adopt(**{"rankings": RANKINGS, **book})
    for month in ("2026-09", MONTH, "2026-11"):
        world.open_month(month)
    return world


def scored_world(code: str = "yijuyuan") -> ReviewWorld:
    """Six members with base 10: 0101 王 30, 0102 李 22, 0103 张 22, 0104 赵 15, 0105 10, 0106 2."""
    world = review_world(code)
    for household, name, bonus in (
        ("0101", "王一", "20"), ("0102", "李二", "12"), ("0103", "张三", "12"),
        ("0104", "赵四", "5"), ("0105", "钱五", "0"), ("0106", "孙六", "2"),
    ):  # fmt: skip
        world.resident(household, name, bonus)
    world.grant()
    world.deduct(world.people["0106"])
    return world
