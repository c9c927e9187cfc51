"""What an account is entrusted with, and which page it works on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from community.role_lists import Me, RoleHeld
from community.role_names import RoleName
from kernel.http import hooks
from merchants import alliance
from web.office.desk import OFFICE

TITLES: dict[str, Callable[[], str]] = {
    RoleName.MEMBER: lambda: _("居民"),
    RoleName.GRID_WORKER: lambda: _("网格员"),
    RoleName.PANELIST: lambda: _("评议组成员"),
    RoleName.SUPERVISOR: lambda: _("监督组成员"),
    RoleName.COMMUNITY_ADMIN: lambda: _("社区管理员"),
    RoleName.STREET_OFFICER: lambda: _("街道工作人员"),
    RoleName.DISTRICT_OFFICER: lambda: _("区级工作人员"),
    RoleName.AUDITOR: lambda: _("审计人员"),
    RoleName.MERCHANT_OWNER: lambda: _("店主"),
    RoleName.MERCHANT_CLERK: lambda: _("店员"),
    RoleName.OPERATOR: lambda: _("系统运维"),
}


@dataclass(frozen=True, kw_only=True)
class RoleShown:
    """One role; ``href`` where it has a page of its own."""

    title: str
    place: str
    href: str | None


def shown(me: Me) -> Iterator[RoleShown]:
    """The roles of an account; those at a shop lead to its counter."""
    shops = {each.merchant_id for each in me.roles if each.merchant_id is not None}
    names = alliance.names(shops)
    for each in me.roles:
        shop = names.get(each.merchant_id) if each.merchant_id else None
        yield RoleShown(
            title=TITLES[each.role](),
            place=" · ".join(filter(None, (shop, each.place_name))),
            href=_counter(me, len(shops)) if shop else _office(each),
        )


def _office(held: RoleHeld) -> str | None:
    """The office of a community, or the list of those a street or district looks after."""
    if not hooks().roles[held.role] & OFFICE:
        return None
    if held.community_code is None:
        return url_for("office.office_places")
    return url_for("office.home", community=held.community_code)


def _counter(me: Me, shops: int) -> str:
    """Straight to the counter of the session; of several shops one is chosen first."""
    return "/counter" if shops == 1 and me.counter_merchant_id else url_for("sign_in.shop")
