"""The first start: one district with four communities, three months of their life, played.

Everything goes through the packages' own functions, by accounts that hold the roles for it, with
the instants of the story. It is one unit of work, so a start that is interrupted leaves nothing
behind and the next one begins again.
"""

from __future__ import annotations

import datetime as dt
import gc
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import current_app
from sqlalchemy import select

from community.models import District
from kernel import clock, outbox, unit_of_work
from kernel.database import db
from kernel.settings import Environment, Settings
from ops.demo.activities_played import Activities
from ops.demo.afterwards_played import Afterwards
from ops.demo.alliance import load_alliance
from ops.demo.card_days_played import CardDays
from ops.demo.cards_played import Cards, tell
from ops.demo.claims_played import Claims
from ops.demo.contracting import contract
from ops.demo.founding import found, rulebook_document
from ops.demo.month_played import MonthPlayed
from ops.demo.moving_played import FROM, move, name_a_proxy
from ops.demo.opening_played import Opening
from ops.demo.places import load_places
from ops.demo.refused_played import Refusals
from ops.demo.rulebooks_played import Rulebooks, issue_guard_rails
from ops.demo.script import Script
from ops.demo.stage import Neighbourhood, SeedSize, Stage
from ops.demo.story_days import calendar_years, story_days

Echo = Callable[[str], object]
#: The same people do the same things in every demo; only the dates move.
SEED = 20261121
WHOLE = SeedSize()


def ensure(*, echo: Echo, size: SeedSize = WHOLE) -> bool:
    """Seed an empty database and return True; False, after one query, where a district exists."""
    settings: Settings = current_app.config["LINLI"]
    if settings.environment is Environment.PRODUCTION:
        raise RuntimeError("demo data and its password do not belong into production")
    if _has_district():
        return False
    echo("首次启动：写入演示数据（约一分钟） · First start: playing the demo's three months …")
    with _rare_collections():
        unit_of_work.run(_play, clock.now(), size, echo)
    return True


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Statements are trees that die at once; looking for cycles among them takes a fifth longer."""
    usual = gc.get_threshold()
    gc.set_threshold(100_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _has_district() -> bool:
    found_id = db.session.scalar(select(District.id).limit(1))
    db.session.rollback()
    return found_id is not None


def _play(now: dt.datetime, size: SeedSize, echo: Echo) -> None:
    started = time.monotonic()

    def tell(what: str) -> None:
        echo(f"  {time.monotonic() - started:5.1f} s  {what}")

    stage = _stage(now, size)
    neighbourhoods = found(stage, seed=SEED)
    members = sum(len(hood.member_ids) for hood in neighbourhoods)
    tell(f"{len(neighbourhoods)} 个社区、{members} 位居民 · communities and members")
    tell(f"{contract(stage, neighbourhoods)} 份商户协议 · agreements signed by both sides")
    issue_guard_rails(stage, neighbourhoods[0].community_id)
    for number, hood in enumerate(neighbourhoods, start=1):
        acts = _play_community(hood)
        tell(f"{hood.community.name}：{acts} 步 · {number}/{len(neighbourhoods)} communities")
    home = next(hood for hood in neighbourhoods if hood.code == FROM)
    name_a_proxy(home)
    mover = move(neighbourhoods)
    tell(f"{mover.name}迁居，积分结转 · a member moves, the points go along")


def _stage(now: dt.datetime, size: SeedSize) -> Stage:
    today = clock.business_date(now)
    calendar = {
        day: is_working
        for days, _ in calendar_years(today).values()
        for day, is_working in days.items()
    }
    return Stage(
        days=story_days(today, calendar),
        now=now,
        size=size,
        places=load_places(),
        alliance=load_alliance(),
        files=current_app.extensions["files"],
    )


def _play_community(hood: Neighbourhood) -> int:
    hood.rng = random.Random(f"{SEED}-{hood.code}")
    script = Script(hood.stage.now)
    claims, cards = Claims(hood, script), Cards(hood, script)
    cards.write()
    document = rulebook_document(hood.stage.days.first_day)
    for month in hood.stage.days.months:
        MonthPlayed(
            hood=hood, script=script, month=month, rulebook=document, claims=claims, cards=cards
        ).write()
    claims.write_one_in_each_state()
    Activities(hood, script).write()
    Opening(hood, script).write()
    Rulebooks(hood, script).write()
    if hood.code == FROM:
        CardDays(hood, script, cards).write()
        Afterwards(hood, script, cards).write()
        Refusals(hood, script).write()
    played = script.play()
    _leave_untold(hood)
    return played


def _leave_untold(hood: Neighbourhood) -> None:
    """Nobody gets a message on the telephone today about what they did weeks ago.

    Who has no telephone is called by the office, and that is kept.
    """
    while told := outbox.lease(community_id=hood.community_id, now=hood.stage.now):
        for message in told:
            tell(hood, message)
            outbox.finish(message=message, now=hood.stage.now)
