"""What waits at a desk, each a sentence with a number and a way there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from community import places
from community.places import CommunityInPlace
from kernel.access import Actor
from redemption import guessing, reports, reversals, stops
from redemption.cards import notices
from redemption.models import ReportState, ReversalState
from web.formats import moment
from web.language import current_language
from web.office.desk import OFFICE, Desk

#: So many are counted; more than that is "99+".
MOST_COUNTED = 99
#: Alarms as old as this need nobody any more.
FRESH = dt.timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Need:
    """One line of components/needs.html."""

    image: str
    what: str
    when: str
    href: str
    verb: str


def desks(who: Actor) -> list[CommunityInPlace]:
    """The communities in whose office this account has a part."""
    return [
        found
        for found in places.overview()
        if any(who.may(each, places.place_of(found.community.id)) for each in OFFICE)
    ]


def needs(*, actor: Actor, now: dt.datetime, desk: Desk) -> list[Need]:
    """What waits, the gravest first."""
    found: list[Need] = []
    for part in (_stop, _reports, _reversals, _calls, _alarms):
        found.extend(part(actor, now, desk))
    return found


def _stop(_actor: Actor, _now: dt.datetime, desk: Desk) -> Iterator[Need]:
    stop = stops.standing(desk.community_id) if desk.can("read_stops") else None
    if stop is not None:
        yield Need(
            image="locked",
            what=_("全社区暂停兑换"),
            when=_("从%(since)s起", since=moment(stop.stopped_at_utc, current_language())),
            href=url_for("office.stops", community=desk.code),
            verb=_("看原因"),
        )


def _reports(actor: Actor, now: dt.datetime, desk: Desk) -> Iterator[Need]:
    if not desk.can("read_reports"):
        return

    def look(state: ReportState) -> list[reports.ReportSummary]:
        return reports.search(
            actor=actor, now=now, community_id=desk.community_id, state=state,
            limit=MOST_COUNTED + 1,
        )  # fmt: skip

    waiting = [*look(ReportState.FILED), *look(ReportState.REPLIED)]
    if not waiting:
        return
    late = sum(each.overdue is not None for each in waiting)
    due = min(each.decide_due_on for each in waiting)
    yield Need(
        image="report",
        what=ngettext(
            "居民反映 %(count)s 件在办",
            "居民反映 %(count)s 件在办",
            len(waiting),
            count=_counted(waiting),
        ),
        when=ngettext("%(num)s 件超期了", "%(num)s 件超期了", late)
        if late
        else _("最早 %(day)s 前给结论", day=f"{due.month}/{due.day}"),
        href=url_for("office.reports", community=desk.code),
        verb=_("去办"),
    )


def _reversals(actor: Actor, _now: dt.datetime, desk: Desk) -> Iterator[Need]:
    if not desk.can("read_reversals"):
        return
    asked = reversals.listed(
        actor=actor, community_id=desk.community_id, state=ReversalState.ASKED,
        limit=MOST_COUNTED + 1,
    )  # fmt: skip
    if asked:
        decides = desk.can("decide_reversal")
        yield Need(
            image="undo",
            what=ngettext(
                "复核退回 %(count)s 件等结论",
                "复核退回 %(count)s 件等结论",
                len(asked),
                count=_counted(asked),
            ),
            when=_since(min(each.asked_at_utc for each in asked)),
            href=url_for("office.reversals", community=desk.code, state=ReversalState.ASKED.value),
            verb=_("去复核") if decides else _("看一看"),
        )


def _calls(actor: Actor, _now: dt.datetime, desk: Desk) -> Iterator[Need]:
    if not desk.can("hand_over_cards"):
        return
    waiting = notices.listed(
        actor=actor, community_id=desk.community_id, limit=MOST_COUNTED + 1
    )  # fmt: skip
    if waiting:
        yield Need(
            image="phone",
            what=ngettext(
                "要打电话 %(count)s 个",
                "要打电话 %(count)s 个",
                len(waiting),
                count=_counted(waiting),
            ),
            when=_since(waiting[0].at_utc),
            href=url_for("office.notices", community=desk.code),
            verb=_("去打"),
        )


def _alarms(actor: Actor, now: dt.datetime, desk: Desk) -> Iterator[Need]:
    if not desk.can("read_refusals"):
        return
    found = guessing.alarms(
        actor=actor, community_id=desk.community_id, limit=MOST_COUNTED + 1
    )  # fmt: skip
    fresh = [each for each in found if each.at_utc > now - FRESH]
    if fresh:
        yield Need(
            image="bell",
            what=ngettext(
                "7 天内试码提醒 %(count)s 次",
                "7 天内试码提醒 %(count)s 次",
                len(fresh),
                count=_counted(fresh),
            ),
            when=_("最近一次：%(shop)s", shop=fresh[0].merchant_name),
            href=url_for("office.alarms", community=desk.code),
            verb=_("看一看"),
        )


def _counted(found: Sequence[object]) -> str:
    return f"{MOST_COUNTED}+" if len(found) > MOST_COUNTED else str(len(found))


def _since(when: dt.datetime) -> str:
    return str(_("最早一件 %(when)s", when=moment(when, current_language())))
