"""Somebody moves from one demo community to another with the points; somebody names a proxy."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from community import accounts, bindings, memberships, passwords, proxies
from community.memberships import Belonging
from community.models import BindingWay, LeaveReason
from kernel import clock, http, outbox, tenancy
from kernel.access import system_actor
from kernel.database import db
from ops.demo.founding import DEMO_PASSWORD
from ops.demo.people import DemoPerson
from ops.demo.stage import Neighbourhood
from points.models import ActivityEnrolment, Claim, Fact
from points.moving import carrying, settling
from redemption.models import Redemption

FROM, TO = "yjyx", "jiuyuan"
LEFT_DAYS_AGO = 2
MORNING, NOON, AFTERNOON = dt.time(9, 0), dt.time(12, 0), dt.time(15, 30)
PROXY_DAYS_AGO = 20
PROXY_LOGIN = f"{FROM}-family"


def move(hoods: Iterable[Neighbourhood]) -> DemoPerson:
    """Let a quiet member of FROM move to TO; the balance goes along. Returns who it is."""
    by_code = {hood.code: hood for hood in hoods}
    return _Move(by_code[FROM], by_code[TO]).play()


def name_a_proxy(hood: Neighbourhood) -> tuple[DemoPerson, DemoPerson]:
    """An older member lets somebody of the household act; returns both."""
    people = hood.population.people
    resident = hood.population.cast_person("resident")
    elders = [resident, *(each for each in people if each.senior_from_year)]
    for elder in elders:
        for other in people:
            is_home = elder.household_code is not None and elder.index != other.index
            if is_home and hood.population.share_household(elder.index, other.index):
                day = hood.stage.days.today - dt.timedelta(days=PROXY_DAYS_AGO)
                now = clock.at(day, AFTERNOON)
                _open_login(hood, other, now)
                proxies.grant(
                    actor=hood.resident(elder.index, now),
                    now=now,
                    community_id=hood.community_id,
                    proxy_id=hood.member_ids[other.index],
                )
                return elder, other
    raise AssertionError("no elder lives with anybody")


def _open_login(hood: Neighbourhood, person: DemoPerson, now: dt.datetime) -> None:
    """The proxy signs in to the pages by name and password, like the resident of the story."""
    account_id = hood.resident(person.index, now).account_id
    account = accounts.get(account_id)
    account.login_name = PROXY_LOGIN
    account.password_hash = passwords.hashed(DEMO_PASSWORD)
    db.session.flush()


def _carry(hood: Neighbourhood, now: dt.datetime) -> None:
    """What the worker does with points on their way."""
    actor = system_actor(http.hooks().roles, carrying.OUT)
    for message in outbox.lease(community_id=hood.community_id, now=now):
        if message.topic == carrying.OUT:
            carrying.deliver(message=message, actor=actor, now=now)
        elif message.topic == carrying.BACK:
            carrying.confirm(message=message, now=now)
        outbox.finish(message=message, now=now)


@dataclass(frozen=True)
class _Move:
    old: Neighbourhood
    new: Neighbourhood

    def play(self) -> DemoPerson:
        today = self.old.stage.days.today
        day = today - dt.timedelta(days=LEFT_DAYS_AGO)
        person = self._quiet_person()
        self.old.resident(person.index, clock.at(day, MORNING))
        self._leave(person, day)
        self._settle(clock.at(day, NOON))
        arrives = clock.at(day + dt.timedelta(days=1), AFTERNOON)
        self._arrive(person, arrives)
        self.old.stage.forget_actors()
        return person

    def _leave(self, person: DemoPerson, day: dt.date) -> None:
        memberships.leave(
            actor=self.old.staff("admin"),
            now=clock.at(day, MORNING),
            community_id=self.old.community_id,
            member_id=self.old.member_ids[person.index],
            left_on=day,
            reason=LeaveReason.MOVED_WITHIN,
            to_community=TO,
        )

    def _settle(self, now: dt.datetime) -> None:
        """What the nightly command does."""
        actor = system_actor(http.hooks().roles, "settle-left")
        community_id = self.old.community_id
        for each in settling.due(community_id=community_id, now=now, after=None, limit=10):
            settling.settle(actor=actor, now=now, community_id=community_id, left_balance_id=each)
        _carry(self.old, now)

    def _arrive(self, person: DemoPerson, now: dt.datetime) -> None:
        """Entered at the new office and bound with the account they had; then the points come."""
        admin, community_id = self.new.staff("admin"), self.new.community_id
        grid = self.new.community.grids[0]
        member = memberships.add(
            actor=admin,
            now=now,
            community_id=community_id,
            name=person.name,
            kinds=person.kinds,
            belonging=Belonging(grid_id=self.new.grid_ids[grid.number], household_id=None),
            senior_from=person.senior_from_year,
            is_demo=True,
        )
        bindings.bind(
            actor=admin,
            now=now,
            community_id=community_id,
            member_id=member.id,
            account_id=self.old.stage.account_ids[self.old.login_of(person.index)],
            way=BindingWay.APPROVED,
        )
        _carry(self.new, now)

    def _quiet_person(self) -> DemoPerson:
        """Nobody in office or their household, with nothing to do since the open months began."""
        since = clock.first_day(self.old.stage.days.open_months[0])
        begins, community_id = clock.at(since, dt.time(0)), self.old.community_id
        recent = (
            (Fact, Fact.member_id, Fact.occurred_on >= since),
            (Redemption, Redemption.member_id, Redemption.held_at_utc >= begins),
            (Claim, Claim.member_id, Claim.submitted_at_utc >= begins),
            (ActivityEnrolment, ActivityEnrolment.attendee_id, sa.true()),
        )
        busy: set[uuid.UUID | None] = set()
        for table, whose, when in recent:
            busy |= set(db.session.scalars(tenancy.columns(table, community_id, whose).where(when)))
        people = self.old.population.people
        offices = {person.household_code for person in people if person.cast_login}
        return next(
            person
            for person in people
            if person.household_code not in {*offices, None}
            and person.activity > 0
            and person.has_phone
            and self.old.member_ids[person.index] not in busy
        )
