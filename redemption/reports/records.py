"""A merchant's record: reports by outcome and kind, and the warnings that stay."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from community import places
from kernel import tenancy
from kernel.access import Actor
from kernel.database import db
from merchants.models import AllianceMerchant, Merchant
from redemption.models import MerchantWarning, RedemptionReport, ReportKind, ReportState
from redemption.permissions import RedemptionPermission
from redemption.rules.report_steps import OPEN


@dataclass(frozen=True, kw_only=True)
class MerchantRecord:
    """Counts of one merchant; ``id`` is the merchant's. ``by_kind`` counts what was upheld."""

    id: uuid.UUID
    merchant_name: str
    open: int
    upheld: int
    not_upheld: int
    settled: int
    withdrawn: int
    warnings: int
    by_kind: dict[str, int]


def records(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    merchant_id: uuid.UUID | None = None,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[MerchantRecord]:
    """The records of the alliance's merchants by id, those without a report included.

    Three statements however many there are.
    """
    actor.require(RedemptionPermission.READ_REPORTS, places.place_of(community_id))
    statement = (
        tenancy.columns(AllianceMerchant, community_id, Merchant.id, Merchant.name)
        .join(Merchant, Merchant.id == AllianceMerchant.merchant_id)
        .order_by(Merchant.id)
        .limit(limit)
    )
    if merchant_id is not None:
        statement = statement.where(Merchant.id == merchant_id)
    if after is not None:
        statement = statement.where(Merchant.id > after)
    names = {row.id: row.name for row in db.session.execute(statement)}
    counts = _counts(community_id, list(names))
    warned = _warned(community_id, list(names))
    return [_record(each, names[each], counts, warned.get(each, 0)) for each in sorted(names)]


def _record(merchant_id: uuid.UUID, name: str, counts: list[Any], warnings: int) -> MerchantRecord:
    own = [row for row in counts if row.merchant_id == merchant_id]

    def in_state(*states: ReportState) -> int:
        return sum(row.count_ for row in own if row.state in states)

    return MerchantRecord(
        id=merchant_id,
        merchant_name=name,
        open=in_state(*OPEN),
        upheld=in_state(ReportState.UPHELD),
        not_upheld=in_state(ReportState.NOT_UPHELD),
        settled=in_state(ReportState.SETTLED),
        withdrawn=in_state(ReportState.WITHDRAWN),
        warnings=warnings,
        by_kind={
            kind.value: sum(
                row.count_ for row in own if (row.kind, row.state) == (kind, ReportState.UPHELD)
            )
            for kind in ReportKind
        },
    )


def _counts(community_id: uuid.UUID, ids: list[uuid.UUID]) -> list[Any]:
    report = RedemptionReport
    groups = (report.merchant_id, report.state, report.kind)
    return list(
        db.session.execute(
            tenancy.columns(report, community_id, *groups, sa.func.count().label("count_"))
            .where(report.merchant_id.in_(ids))
            .group_by(*groups)
        )
    )


def _warned(community_id: uuid.UUID, ids: list[uuid.UUID]) -> dict[uuid.UUID, int]:
    rows = db.session.execute(
        tenancy.columns(MerchantWarning, community_id, MerchantWarning.merchant_id, sa.func.count())
        .where(MerchantWarning.merchant_id.in_(ids))
        .group_by(MerchantWarning.merchant_id)
    )
    return {row[0]: row[1] for row in rows}
