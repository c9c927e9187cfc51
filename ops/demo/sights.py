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
from ops.demo.cards_played import DEMO_PIN
from points.models import PointsAccount, RulebookState, RulebookVersion
from points.rulebook_life import consultation_lists
from redemption.models import CardState, RedemptionCard
from redemption.rules import card_numbers
from review import notices

T = TypeVar("T", bound=TenantRow)
CONSULTED, OUTSIDE = "jiuyuan", "longgang"
#: Pages of the office: (what, login, path below the community).
OFFICE = (
    ("发放登记簿 hand-over book", "yjyx-grid1", "card-handovers"),
    ("待电话告知的卡 to be called", "yjyx-grid1", "card-notices"),
    ("投诉 reports", "yjyx-admin", "reports"),
    ("待复核的退回 reversals", "yjyx-super1", "reversals"),
    ("被拒的兑换 refusals", "yjyx-super1", "refusals"),
    ("试码提醒 guessing alarms", "yjyx-super1", "alarms"),
)


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
    for card in _card_to_try():
        words = f"试卡 {card_numbers.printed(card.number)} 密码 {DEMO_PIN}"
        yield Sight(what=words, login="laoxing-clerk", path="/counter")
    for what, login, path in OFFICE:
        yield Sight(what=what, login=login, path=f"/office/yjyx/{path}")


def _card_to_try() -> Sequence[RedemptionCard]:
    """The card in service whose holder has most to spend."""
    return db.session.scalars(
        tenancy.select(RedemptionCard, _id(moving_played.FROM))
        .join(
            PointsAccount,
            sa.and_(
                PointsAccount.community_id == RedemptionCard.community_id,
                PointsAccount.holder_id == RedemptionCard.member_id,
            ),
        )
        .where(RedemptionCard.state == CardState.ACTIVE)
        .order_by(PointsAccount.balance.desc(), RedemptionCard.number)
        .limit(1)
    ).all()


def _rows(table: type[T], code: str, which: sa.ColumnElement[bool]) -> Sequence[T]:
    statement = tenancy.select(table, _id(code)).where(which)
    return db.session.scalars(statement.order_by(table.id)).all()


def _id(code: str) -> uuid.UUID:
    return places.community_by_code(code).id
