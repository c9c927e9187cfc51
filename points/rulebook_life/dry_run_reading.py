"""What a dry run reads: the month, its facts, its holders with their names."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from community import members
from community.models import Household, Member
from kernel import clock, tenancy
from kernel.database import db
from points import evaluation, months
from points.models import AccountingMonth, Fact, HolderKind, MonthState, PointsAccount
from points.rulebook_life.errors import MonthNotRunnable, NothingToRunOn
from points.rules.compiled import Rulebook
from points.rules.facts import Fact as RuleFact
from points.rules.reach import needed_from

_PAGE = 5_000


@dataclass(frozen=True, kw_only=True)
class HolderNamed:
    """A holder as the staff know it."""

    name: str
    household_code: str | None


@dataclass(frozen=True, kw_only=True)
class HoldersFound:
    """``by_account`` maps the account to its holder, ``by_holder`` the holder to the names."""

    by_account: Mapping[uuid.UUID, uuid.UUID]
    by_holder: Mapping[uuid.UUID, HolderNamed]


def month_to_run(community_id: uuid.UUID, month: str | None, today: dt.date) -> str:
    """``month``, else the last sealed one, else the last that is over.

    Raises NothingToRunOn, MonthNotRunnable, MonthUnknown.
    """
    present = clock.month_of(today)
    if month is not None:
        if month >= present:
            raise MonthNotRunnable(field="month", month=month)
        return months.of(community_id, month).month
    is_sealed = AccountingMonth.state == MonthState.SEALED
    found: str | None = db.session.scalar(
        tenancy.columns(AccountingMonth, community_id, AccountingMonth.month)
        .where(AccountingMonth.month < present)
        .order_by(is_sealed.desc(), AccountingMonth.month.desc())
        .limit(1)
    )
    if found is None:
        raise NothingToRunOn(field="month")
    return found


def facts(
    community_id: uuid.UUID, rulebook_id: uuid.UUID, month: str, versions: Sequence[Rulebook]
) -> list[RuleFact]:
    """The month's facts, and the earlier ones that can matter for them; one statement."""
    first, end = clock.first_day(month), clock.first_day(clock.next_month(month))
    own = (
        PointsAccount.id == Fact.account_id,
        PointsAccount.community_id == Fact.community_id,
    )
    statement = (
        tenancy.columns(Fact, community_id, *evaluation.FACT_COLUMNS)
        .join(PointsAccount, sa.and_(*own))
        .where(PointsAccount.rulebook_id == rulebook_id, Fact.occurred_on < end)
    )
    earliest = needed_from(versions, first)
    if earliest is not None:
        of_month = tenancy.columns(Fact, community_id, Fact.deed_id).where(
            Fact.occurred_on >= first, Fact.occurred_on < end
        )
        activities = tenancy.columns(Fact, community_id, Fact.activity_id).where(
            Fact.occurred_on >= first, Fact.occurred_on < end, Fact.activity_id.is_not(None)
        )
        statement = statement.where(
            sa.or_(
                Fact.occurred_on >= earliest,
                Fact.deed_id.in_(of_month),
                Fact.activity_id.in_(activities),
            )
        )
    return [evaluation.rule_fact(row) for row in db.session.execute(statement)]


def holders(
    community_id: uuid.UUID, rulebook_id: uuid.UUID, kind: str, last: dt.date
) -> HoldersFound:
    """Everybody who has an account or lived here on the month's last day; three statements."""
    accounts = db.session.execute(
        tenancy.columns(
            PointsAccount, community_id, PointsAccount.id, PointsAccount.holder_id
        ).where(PointsAccount.rulebook_id == rulebook_id, PointsAccount.kind == "holder")
    )
    by_account = {row.id: row.holder_id for row in accounts}
    if kind == HolderKind.HOUSEHOLD:
        rows = db.session.execute(
            tenancy.columns(Household, community_id, Household.id, Household.code)
        )
        named = {row.id: HolderNamed(name="", household_code=row.code) for row in rows}
        return HoldersFound(by_account=by_account, by_holder=named)
    if kind == HolderKind.MERCHANT:
        return HoldersFound(by_account=by_account, by_holder={})
    # Two plain statements: joined, a planner that does not know the table yet reads one of them
    # again for every row of the other.
    code_of = {
        row.member_id: row.household_code
        for row in db.session.execute(members.roster(community_id, last))
    }
    rows = db.session.execute(tenancy.columns(Member, community_id, Member.id, Member.name))
    named = {row.id: HolderNamed(name=row.name, household_code=code_of.get(row.id)) for row in rows}
    return HoldersFound(by_account=by_account, by_holder=named)
