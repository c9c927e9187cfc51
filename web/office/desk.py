"""Who stands at which desk: the community, what this account may do there, and its sections."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import render_template
from flask_babel import gettext as _

from community import accounts, places
from kernel.access import Actor, Permission
from kernel.errors import Forbidden
from kernel.http import actor
from points.permissions import PointsPermission as Points
from redemption.permissions import RedemptionPermission as Redemption


@dataclass(frozen=True, kw_only=True)
class Section:
    """One section of the office; ``key`` names it in templates."""

    key: str
    endpoint: str
    word: Callable[[], str]
    image: str
    needs: tuple[Permission, ...]


SECTIONS = (
    Section(
        key="cards", endpoint="office.cards", word=lambda: _("兑换卡"), image="card",
        needs=(Redemption.READ_CARDS,),
    ),
    Section(
        key="reports", endpoint="office.reports", word=lambda: _("居民反映"), image="report",
        needs=(Redemption.READ_REPORTS,),
    ),
    Section(
        key="window", endpoint="office.window", word=lambda: _("窗口代写"), image="window",
        needs=(Redemption.KEY_REPORT,),
    ),
    Section(
        key="reversals", endpoint="office.reversals", word=lambda: _("复核退回"), image="undo",
        needs=(Redemption.READ_REVERSALS,),
    ),
    Section(
        key="receipts", endpoint="office.receipts", word=lambda: _("兑换回执"), image="redeemed",
        needs=(Redemption.READ_RECEIPTS,),
    ),
    Section(
        key="records", endpoint="office.records", word=lambda: _("商户记录"), image="shop",
        needs=(Redemption.READ_REPORTS,),
    ),
    Section(
        key="refusals", endpoint="office.refusals", word=lambda: _("没兑成的"), image="withdrawn",
        needs=(Redemption.READ_REFUSALS,),
    ),
    Section(
        key="pairs", endpoint="office.pairs", word=lambda: _("值得看一眼"), image="search",
        needs=(Points.READ_INSIGHT,),
    ),
    Section(
        key="stops", endpoint="office.stops", word=lambda: _("暂停和恢复"), image="locked",
        needs=(Redemption.READ_STOPS,),
    ),
)  # fmt: skip
OFFICE: frozenset[Permission] = frozenset(each for one in SECTIONS for each in one.needs)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A community's desk; ``allowed`` is what this account may do there."""

    community_id: uuid.UUID
    code: str
    name: str
    telephone: str
    who: str
    allowed: frozenset[Permission]

    def can(self, name: str) -> bool:
        """Whether a permission of redemption is there: ``desk.can("ask_reversal")``."""
        return Redemption[name.upper()] in self.allowed

    @property
    def sections(self) -> Iterator[Section]:
        """Those that open for this account."""
        return (each for each in SECTIONS if self.allowed.intersection(each.needs))


def at(who: Actor, community_id: uuid.UUID) -> Desk:
    """NotFound or Forbidden where this account has no part in the office."""
    place = places.place_of(community_id)
    allowed = frozenset(
        each for each in (*Redemption, Points.READ_INSIGHT) if who.may(each, place)
    )  # fmt: skip
    if not allowed & OFFICE:
        who.require(Redemption.READ_CARDS, place)
        raise Forbidden()
    found = places.community(community_id)
    return Desk(
        community_id=community_id,
        code=found.code,
        name=found.name,
        telephone=found.phone,
        who=accounts.get(who.account_id).display_name,
        allowed=allowed,
    )


def works_in_office(who: Actor) -> bool:
    """Whether some role of this account, anywhere, opens a section."""
    return any(who.table[grant.role] & OFFICE for grant in who.grants)


def shown(template: str, community_id: uuid.UUID, **values: Any) -> str:
    """A page of the office: templates/office/<template>.html with the desk around it."""
    desk = at(actor(), community_id)
    return render_template(f"office/{template}.html", desk=desk, **values)
