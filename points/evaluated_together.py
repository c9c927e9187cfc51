"""Which holders are evaluated together, and the locks under which that is done.

Where a limit stretches over a household, one member's deed may move another member's line: all
accounts that share a household's facts are locked and evaluated as one. The order of locks is
household → accounts by id → rows of limits by key.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from community.models import Household
from kernel import tenancy
from kernel.database import db, table_of
from kernel.errors import NotFound
from kernel.prepared import Prepared
from kernel.tenancy import COMMUNITY
from points.entries import Holder
from points.models import AccountKind, Fact, HolderKind, PointsAccount
from points.rules.compiled import Measure, Rulebook
from points.rules.evaluate import Evaluation
from points.rules.versions import counts_by_household, needs_household


def stretches_over_household(version: Rulebook, item_code: str) -> bool:
    """Whether a limit of this item counts what all of a household does."""
    return any(
        counts_by_household(version, limit.across)
        for measure in Measure
        for limit in version.limits_of(item_code, measure)
    )


def hold_household(community_id: uuid.UUID, household_id: uuid.UUID) -> None:
    """Keep full evaluations of this household out until the commit; other fast ones may pass."""
    db.session.execute(
        tenancy.columns(Household, community_id, Household.id)
        .where(Household.id == household_id)
        .with_for_update(read=True)
    )


def lock(
    community_id: uuid.UUID,
    rulebook_id: uuid.UUID,
    account_ids: Collection[uuid.UUID],
    versions: Sequence[Rulebook],
) -> list[PointsAccount]:
    """Lock the accounts, and all that share a household with them where a limit asks for it.

    What somebody who has just moved records in the new household may commit while an account is
    waited for: then the new household and all of its accounts are locked as well.
    """
    wanted, locked = set(account_ids), set[uuid.UUID]()
    stretches = needs_household(versions)
    while True:
        while stretches and (households := _households_of(community_id, wanted) - locked):
            lock_households(community_id, households)
            locked |= households
            wanted |= _accounts_of(community_id, rulebook_id, locked)
        found = _lock_accounts(community_id, wanted)
        if not stretches or _households_of(community_id, wanted) <= locked:
            return found


def _lock_accounts(
    community_id: uuid.UUID, account_ids: Collection[uuid.UUID]
) -> list[PointsAccount]:
    of = {"p_community_id": community_id, "p_account_ids": list(account_ids)}
    found = list(db.session.scalars(_LOCKED, of))
    if len(found) != len(account_ids):
        raise NotFound()
    return found


_ACCOUNTS: sa.BindParameter[Any] = sa.bindparam("p_account_ids", expanding=True)
_LOCKED = (
    tenancy.select(PointsAccount, COMMUNITY)
    .where(PointsAccount.id.in_(_ACCOUNTS), PointsAccount.kind == AccountKind.HOLDER)
    .order_by(PointsAccount.id)
    # NO KEY UPDATE: a fact that refers to the account may be under way, and waits here, too.
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)


def tied_to(
    community_id: uuid.UUID,
    rulebook_id: uuid.UUID,
    account_ids: Collection[uuid.UUID],
    household_ids: Collection[uuid.UUID],
    versions: Sequence[Rulebook],
) -> set[uuid.UUID]:
    """The accounts that would be evaluated together with these; nothing is locked."""
    wanted, seen = set(account_ids), set(household_ids)
    if not needs_household(versions):
        return wanted
    while True:
        seen |= _households_of(community_id, wanted)
        found = wanted | _accounts_of(community_id, rulebook_id, seen)
        if found == wanted:
            return wanted
        wanted = found


def note_evaluated(
    community_id: uuid.UUID, accounts: Sequence[PointsAccount], found: Evaluation
) -> None:
    """Count the evaluation, and note the vetoes on each account's record and what they bar."""
    by_vetoes: dict[tuple[int, dt.date | None], list[uuid.UUID]] = {}
    for account in accounts:
        noted = found.open_vetoes(account.id), found.barred_before(account.id)
        by_vetoes.setdefault(noted, []).append(account.id)
    for (count, barred_before), account_ids in by_vetoes.items():
        _NOTE(
            p_community_id=community_id, p_account_ids=account_ids, p_vetoes=count,
            p_barred_before=barred_before,
        )  # fmt: skip


_ROWS = table_of(PointsAccount)
_NOTE = Prepared(
    lambda: (
        sa.update(_ROWS)
        .where(
            _ROWS.c.community_id == sa.bindparam("p_community_id"),
            _ROWS.c.id.in_(_ACCOUNTS),
            _ROWS.c.kind == AccountKind.HOLDER.value,
        )
        .values(
            evaluation_version=_ROWS.c.evaluation_version + 1,
            open_vetoes=sa.bindparam("p_vetoes"),
            barred_before=sa.bindparam("p_barred_before"),
        )
    )
)


def holder_of(account: PointsAccount) -> Holder:
    """Whose account it is, as entries know it."""
    if account.rulebook_id is None:
        raise NotFound()
    is_member = account.holder_kind == HolderKind.MEMBER
    return Holder(
        community_id=account.community_id,
        account_id=account.id,
        rulebook_id=account.rulebook_id,
        member_id=account.holder_id if is_member else None,
    )


def _households_of(community_id: uuid.UUID, account_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    rows = db.session.scalars(
        tenancy.columns(Fact, community_id, Fact.household_id)
        .where(Fact.account_id.in_(account_ids), Fact.household_id.is_not(None))
        .distinct()
    )
    return set(rows)


def lock_households(community_id: uuid.UUID, household_ids: Collection[uuid.UUID]) -> None:
    # NO KEY UPDATE: facts that refer to the household may still be written by others.
    db.session.execute(
        tenancy.columns(Household, community_id, Household.id)
        .where(Household.id.in_(household_ids))
        .order_by(Household.id)
        .with_for_update(key_share=True)
    )


def _accounts_of(
    community_id: uuid.UUID, rulebook_id: uuid.UUID, household_ids: Collection[uuid.UUID]
) -> set[uuid.UUID]:
    rows = db.session.scalars(
        tenancy.columns(Fact, community_id, Fact.account_id)
        .join(
            PointsAccount,
            sa.and_(
                PointsAccount.community_id == Fact.community_id,
                PointsAccount.id == Fact.account_id,
            ),
        )
        .where(Fact.household_id.in_(household_ids), PointsAccount.rulebook_id == rulebook_id)
        .distinct()
    )
    return set(rows)
