"""The first scene: the district is entered, people get their seats, a rulebook is adopted."""

from __future__ import annotations

import datetime as dt
import json
import random
import uuid
from pathlib import Path
from typing import Any

from community import founding, households, memberships, passwords, roles
from community.memberships import Belonging
from community.models import Community, LeavingBalance, Street, UserAccount
from kernel import clock, http, working_days
from kernel.access import Actor, Place, system_actor
from kernel.database import db
from ops.demo.cast import DemoRole, load_cast
from ops.demo.data_files import read_json
from ops.demo.people import draw_population
from ops.demo.places import DemoCommunity
from ops.demo.stage import Neighbourhood, Stage
from ops.demo.story import DemoLogin, Scope, community_logins, higher_logins, merchant_logins
from ops.demo.story_days import NOTICE_WORKING_DAYS, calendar_years
from points import rulebooks
from wechat.sandbox import openid_of

RULEBOOK = Path(rulebooks.__file__).parent / "rulebook_data" / "xinfu_community_demo.json"
#: Fit for the demo only; `seed.ensure` refuses to run in production.
DEMO_PASSWORD = "linli-demo-2026"  # noqa: S105 - printed by the demo itself
MORNING = dt.time(9, 0)
ADOPTED_DAYS_BEFORE = 10


def found(stage: Stage, *, seed: int) -> list[Neighbourhood]:
    """Enter the district and everybody in it; returns its communities ready to play."""
    now = clock.at(stage.days.founded_on, MORNING)
    _create_accounts(stage, higher_logins(stage.places), now)
    operator_login = next(
        login for login in higher_logins(stage.places) if login.scope is Scope.PLATFORM
    )
    _grant(stage, system_actor(http.hooks().roles, "seed"), operator_login, Place(), now)
    street_ids = _found_district(stage, now)
    rng = random.Random(seed)
    return [
        _settle(stage, community, street_ids[community.street_code], now, rng)
        for community in stage.places.communities
    ]


def rulebook_document(first_day: dt.date) -> dict[str, Any]:
    """The demo rulebook with more rankings, in force from the first day of the story."""
    document: dict[str, Any] = json.loads(RULEBOOK.read_text(encoding="utf-8"))
    added = read_json("rulebook_rankings.json")
    feeds = added["feeds"]
    return {
        **document,
        "effective_from": first_day.isoformat(),
        "counters": added["counters"],
        "items": [
            {**item, "feeds": feeds[item["code"]]} if item["code"] in feeds else item
            for item in document["items"]
        ],
        "rankings": [*document["rankings"], *added["rankings"]],
    }


def seat_merchants(stage: Stage, neighbourhoods: list[Neighbourhood]) -> None:
    """Give owners and clerks their accounts and roles; the merchants must have been entered."""
    now = clock.at(stage.days.founded_on, MORNING)
    logins = merchant_logins(stage.alliance)
    _create_accounts(stage, logins, now)
    by_code = {each.code: each for each in neighbourhoods}
    for login in logins:
        for code in login.community_codes:
            place = Place(
                community_id=by_code[code].community_id,
                merchant_id=stage.merchant_ids[login.place_code],
            )
            _grant(stage, by_code[code].staff("admin"), login, place, now)
    stage.forget_actors()


def _found_district(stage: Stage, now: dt.datetime) -> dict[str, uuid.UUID]:
    """The district with its calendar, its streets and their officers; street code → id."""
    operator = stage.actor("operator")
    told = stage.places.district
    district = founding.found_district(
        actor=operator, name=told.name, code=told.code, brand=told.brand, slogan=told.slogan
    )
    for days, is_provisional in calendar_years(stage.days.today).values():
        working_days.enter_year(district_id=district.id, days=days, is_provisional=is_provisional)
    streets: dict[str, Street] = {
        street.code: founding.found_street(
            actor=operator, district_id=district.id, name=street.name, code=street.code
        )
        for street in stage.places.streets
    }
    for login in higher_logins(stage.places):
        if login.scope is Scope.STREET:
            _grant(stage, operator, login, Place(street_id=streets[login.place_code].id), now)
        elif login.scope is Scope.DISTRICT:
            _grant(stage, operator, login, Place(district_id=district.id), now)
    stage.forget_actors()
    return {code: street.id for code, street in streets.items()}


def _settle(
    stage: Stage,
    told: DemoCommunity,
    street_id: uuid.UUID,
    now: dt.datetime,
    rng: random.Random,
) -> Neighbourhood:
    community = founding.found_community(
        actor=stage.actor("operator"),
        street_id=street_id,
        name=told.name,
        code=told.code,
        committee=told.committee,
        phone=told.telephone,
        office=told.office,
        hours=told.opening_hours,
        alliance_name=told.alliance,
        notice_working_days=NOTICE_WORKING_DAYS,
    )
    hood = Neighbourhood(
        stage=stage,
        community=told,
        community_id=community.id,
        population=draw_population(
            community=told,
            cast=load_cast(told.code),
            rng=rng,
            reference_date=stage.days.today,
            member_count=stage.size.members,
        ),
        rng=rng,
    )
    _seat(hood, community, now)
    _decide_on_leaving(hood, now)
    _enter_people(hood, now)
    _bind_cast(hood, now)
    _adopt_rulebook(hood)
    return hood


def _seat(hood: Neighbourhood, community: Community, now: dt.datetime) -> None:
    """The street seats administrator and supervisors, the administrator everybody else."""
    stage, place = hood.stage, Place(community_id=community.id)
    logins = community_logins(population=hood.population)
    _create_accounts(stage, logins, now)
    street = stage.actor(
        next(
            login.login
            for login in higher_logins(stage.places)
            if login.place_code == hood.community.street_code
        )
    )
    by_street = (DemoRole.COMMUNITY_ADMIN, DemoRole.SUPERVISOR)
    for login in logins:
        if login.role in by_street:
            _grant(stage, street, login, place, now)
    for login in logins:
        if login.role not in (*by_street, DemoRole.MEMBER):
            _grant(stage, hood.staff("admin"), login, place, now)


def _decide_on_leaving(hood: Neighbourhood, now: dt.datetime) -> None:
    """Whoever moves to another community of the platform takes the points along."""
    told = hood.community
    founding.change_settings(
        actor=hood.staff("admin"),
        now=now,
        community_id=hood.community_id,
        committee=told.committee,
        phone=told.telephone,
        office=told.office,
        hours=told.opening_hours,
        alliance_name=told.alliance,
        notice_working_days=NOTICE_WORKING_DAYS,
        leaving_balance=LeavingBalance.CARRIED_OVER,
    )


def _enter_people(hood: Neighbourhood, now: dt.datetime) -> None:
    admin, community_id = hood.staff("admin"), hood.community_id
    for grid in hood.community.grids:
        hood.grid_ids[grid.number] = households.add_grid(
            actor=admin, now=now, community_id=community_id, number=grid.number, name=grid.name
        ).id
    for household in hood.population.households:
        hood.household_ids[household.code] = households.add_household(
            actor=admin,
            now=now,
            community_id=community_id,
            code=household.code,
            grid_id=hood.grid_ids[household.grid_number],
        ).id
    for person in hood.population.people:
        grid_id = hood.grid_ids[person.grid_number] if person.grid_number else None
        household_id = hood.household_ids[person.household_code] if person.household_code else None
        member = memberships.add(
            actor=admin,
            now=now,
            community_id=community_id,
            name=person.name,
            kinds=person.kinds,
            belonging=Belonging(grid_id=grid_id, household_id=household_id),
            tags=person.tags,
            senior_from=person.senior_from_year,
            is_demo=True,
        )
        hood.member_ids.append(member.id)


def _bind_cast(hood: Neighbourhood, now: dt.datetime) -> None:
    for person in hood.population.people:
        if person.cast_login:
            hood.bind(person.index, now)
    hood.stage.forget_actors()


def _adopt_rulebook(hood: Neighbourhood) -> None:
    first_day = hood.stage.days.first_day
    adopted_on = first_day - dt.timedelta(days=ADOPTED_DAYS_BEFORE)
    now, admin = clock.at(adopted_on, dt.time(20, 0)), hood.staff("admin")
    row = rulebooks.draft(
        actor=admin,
        now=now,
        community_id=hood.community_id,
        text=json.dumps(rulebook_document(first_day), ensure_ascii=False),
    )
    rulebooks.adopt(
        actor=admin,
        now=now,
        community_id=hood.community_id,
        version_id=row.id,
        version=row.version_seen,
        meeting=f"{hood.community.name}{adopted_on.year}年第一次居民代表会议",
        adopted_on=adopted_on,
        effective_from=first_day,
    )


def _create_accounts(stage: Stage, logins: tuple[DemoLogin, ...], now: dt.datetime) -> None:
    """All with one password, hashed once: `accounts.create` would hash it ninety times."""
    password_hash = passwords.hashed(DEMO_PASSWORD)
    for login in logins:
        account = UserAccount(
            login_name=login.login,
            password_hash=password_hash,
            openid=openid_of(login.login),
            display_name=login.name,
            created_at_utc=now,
        )
        db.session.add(account)
        db.session.flush()
        stage.account_ids[login.login] = account.id


def _grant(stage: Stage, by: Actor, login: DemoLogin, place: Place, now: dt.datetime) -> None:
    roles.grant(
        actor=by,
        now=now,
        account_id=stage.account_ids[login.login],
        role=login.role,
        place=place,
        granted_from=clock.business_date(now),
    )
