"""A member's points: where they stand, and the history 明细 of every entry and movement.

The history is read newest first by id, so that its cost does not depend on how much there is.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from community import bindings, places, proxies
from kernel import clock
from kernel.access import Actor
from kernel.errors import NotFound
from kernel.points_value import ZERO
from points import accounts, history_rows
from points import history_statements as statements
from points.history_rows import Asked, HistoryRow, Mark
from points.models import HolderKind
from points.permissions import PointsPermission

__all__ = ["HistoryRow", "Mark", "Summary", "history", "require_reader", "summary"]


@dataclass(frozen=True, kw_only=True)
class Summary:
    """Score and balance, which never mix: the score is honor, the balance can be spent."""

    member_id: uuid.UUID
    balance: Decimal
    held: Decimal
    spendable: Decimal
    debt: Decimal
    month: str
    base: Decimal
    bonus: Decimal
    deduction: Decimal
    score: Decimal


def summary(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    member_id: uuid.UUID,
    month: str,
    of: HolderKind = HolderKind.MEMBER,
) -> Summary:
    """Balance now and score of ``month``; zeros for a holder who has no account yet.

    ``of`` household: the account of the household that the member lives in today.
    """
    require_reader(actor, community_id, member_id)
    today = clock.business_date(now)
    values = {"p_community_id": community_id, "p_member_id": member_id, "p_month": month}
    row = statements.summary(of)(**values, p_today=today).first()
    balance, held, debt, base, bonus, deduction = (
        [ZERO if value is None else value for value in row[:6]] if row else [ZERO] * 6
    )
    return Summary(
        member_id=member_id,
        balance=balance,
        held=held,
        spendable=accounts.spendable_of(community_id, row, now) if row else ZERO,
        debt=debt,
        month=month,
        base=base,
        bonus=bonus,
        deduction=deduction,
        score=base + bonus - deduction,
    )


def history(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    member_id: uuid.UUID,
    month: str | None = None,
    after: uuid.UUID | None = None,
    limit: int = 20,
    of: HolderKind = HolderKind.MEMBER,
    on: dt.date | None = None,
) -> list[HistoryRow]:
    """Entries and movements newest first, from the one after ``after``; at most four statements.

    What one act rearranged under limits is one row.

    ``month`` narrows to one sheet's entries and the movements of its days; ``of`` household
    reads the account of the household that the member lives in on the day ``on``.
    """
    require_reader(actor, community_id, member_id)
    asked = Asked(community_id, member_id, of, month, after, limit, on)
    newest = [*history_rows.entry_rows(asked), *map(_movement_row, _movements(asked))]
    return sorted(newest, key=lambda row: row.id, reverse=True)[:limit]


def require_reader(actor: Actor, community_id: uuid.UUID, member_id: uuid.UUID) -> None:
    """Oneself, a proxy, who was that member, or staff; NotFound or Forbidden for others."""
    place = places.place_of(community_id)
    if actor.members.get(community_id) == member_id:
        actor.require(PointsPermission.READ_OWN_POINTS, place)
        return
    if actor.may(PointsPermission.READ_POINTS, place):
        return
    # Whoever has left has no role here any more, and still reads what was theirs.
    if bindings.was_of(actor.account_id, community_id, member_id):
        return
    actor.require(PointsPermission.READ_OWN_POINTS, place)
    # Somebody else's points do not exist for a member who is not their proxy.
    if not proxies.may_act_for(actor, community_id, member_id):
        raise NotFound()


def _movements(asked: Asked) -> Iterable[Any]:
    values = asked.values()
    month = values.pop("p_month", None)
    if month is not None:
        values["p_from"] = clock.start_of_day(clock.first_day(month))
        values["p_to"] = clock.start_of_day(clock.first_day(clock.next_month(month)))
    return statements.movements(asked.shape)(**values)


def _movement_row(transfer: Any) -> HistoryRow:
    day = clock.business_date(transfer.at_utc)
    points = transfer.points if transfer.is_gain else -transfer.points
    return HistoryRow(
        id=transfer.id,
        at_utc=transfer.at_utc,
        kind=transfer.kind,
        points=points,
        net=points,
        month=clock.month_of(day),
        belongs_month=clock.month_of(day),
        occurred_on=day,
        redemption_id=transfer.redemption_id,
    )
