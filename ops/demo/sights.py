"""What is worth a look in the seeded demo: one line each, with the login and the address."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa

from community import places
from community.models import ProxyGrant
from kernel import clock, http, tenancy
from kernel.database import TenantRow, db
from kernel.errors import NotFound
from ops.demo import moving_played, opening_played
from points.models import RulebookState, RulebookVersion
from points.rulebook_life import consultation_lists
from review import notices

T = TypeVar("T", bound=TenantRow)
CONSULTED, OUTSIDE = "jiuyuan", "longgang"


@dataclass(frozen=True, kw_only=True)
class Sight:
    """``login`` is empty for what anybody may read; ``path`` stands below the base address."""

    what: str
    login: str
    path: str


def sights(now: dt.datetime) -> Iterator[Sight]:
    """In the order of a tour; nothing where the demo's communities are not here."""
    try:
        yield from _sights(now)
    except NotFound:
        return


def _sights(now: dt.datetime) -> Iterator[Sight]:
    home = f"{http.API_PREFIX}/communities/yjyx"
    yield Sight(what="申报，每种状态一件 claims", login="yjyx-resident", path=f"{home}/claims/mine")
    yield Sight(
        what="待核对的申报 to check", login="yjyx-grid1", path=f"{home}/claims?state=submitted"
    )
    yield Sight(
        what="活动，下周可报名 activities", login="yjyx-resident", path=f"{home}/activities"
    )
    for asked in consultation_lists.on_board(_id(CONSULTED), clock.business_date(now)):
        page = f"/c/{CONSULTED}/rulebook/consultations/{asked.id}"
        yield Sight(what="九源细则征求意见 consultation", login="", path=page)
    for draft in _rows(RulebookVersion, OUTSIDE, RulebookVersion.state == RulebookState.DRAFT):
        page = f"{http.API_PREFIX}/communities/{OUTSIDE}/rulebooks/{draft.id}/reading"
        yield Sight(what="龙岗草案超出区护栏 guard-rails", login=f"{OUTSIDE}-admin", path=page)
    notice = notices.current(_id(opening_played.COMMUNITY), now)
    if notice is not None:
        page = f"/c/{opening_played.COMMUNITY}/notices/{notice.month}"
        yield Sight(what="建北期初积分上榜 adjustments", login="", path=page)
    left = f"{http.API_PREFIX}/communities/{moving_played.FROM}/left-balances"
    yield Sight(what="迁居结转 carried over", login=f"{moving_played.FROM}-admin", path=left)
    for granted in _rows(ProxyGrant, moving_played.FROM, sa.true()):
        page = f"{home}/proxies?member_id={granted.grantor_id}"
        yield Sight(what="代办人 proxies", login="yjyx-grid1", path=page)
    yield Sight(what="内部监督 insider checks", login="yjyx-super1", path=f"{home}/insight")


def _rows(table: type[T], code: str, which: sa.ColumnElement[bool]) -> Sequence[T]:
    statement = tenancy.select(table, _id(code)).where(which)
    return db.session.scalars(statement.order_by(table.id)).all()


def _id(code: str) -> uuid.UUID:
    return places.community_by_code(code).id
