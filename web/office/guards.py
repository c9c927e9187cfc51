"""What guards redemption: refusals with their reasons, alarms of guessing, pairs out of line."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from flask import Response

from kernel import clock
from kernel.fields import page as cut
from kernel.http import actor
from points.api.downloads import XLSX, download
from redemption import guessing, outliers, refusal_lists
from redemption.outlier_workbook import as_xlsx
from redemption.outliers import PairsReport
from redemption.reasons import Reason
from web.office import asked, desk, words
from web.office.blueprint import blueprint
from web.office.receipts import shops_of

#: The most frequent reasons stand above the list; the rest is found by its filters.
MOST_COUNTS = 10


def _days() -> dict[str, dt.date | None]:
    return {"first_day": asked.day("from"), "last_day": asked.day("to")}


@blueprint.get("/office/<community>/refusals")
def refusals(community_id: UUID) -> str:
    """The last seven days' without days; counted by shop and reason, then one by one."""
    here: dict[str, Any] = {
        "actor": actor(), "now": clock.now(), "community_id": community_id,
        "merchant_id": asked.chosen("shop"), **_days(),
    }  # fmt: skip
    counts, _wrong = asked.tried(lambda: refusal_lists.counts(**here))
    found, wrong = asked.tried(
        lambda: refusal_lists.in_community(
            **here, reason=asked.word("reason", Reason), after=asked.after(),
            limit=asked.PER_PAGE + 1,
        )
    )  # fmt: skip
    return desk.shown(
        "refusals", community_id, page=cut(found, asked.PER_PAGE), counts=counts[:MOST_COUNTS],
        wrong=wrong, shops=shops_of(community_id), reasons=words.reasons(),
    )  # fmt: skip


@blueprint.get("/office/<community>/alarms")
def alarms(community_id: UUID) -> str:
    """Where somebody typed wrong digits until typing was paused."""
    found = guessing.alarms(
        actor=actor(), community_id=community_id, merchant_id=asked.chosen("shop"),
        after=asked.after(), limit=asked.PER_PAGE + 1,
    )  # fmt: skip
    return desk.shown("alarms", community_id, page=cut(found, asked.PER_PAGE))


def _report(community_id: UUID) -> PairsReport:
    return outliers.report(
        actor=actor(), now=clock.now(), community_id=community_id, **_days()
    )  # fmt: skip


@blueprint.get("/office/<community>/pairs")
def pairs(community_id: UUID) -> str:
    """What the rules ask about, each a question, then shops and holders in numbers."""
    reports, wrong = asked.tried(lambda: [_report(community_id)])
    q, after = asked.text() or None, asked.after()
    found = reports[0] if reports else None
    rows = (
        outliers.pairs_found(found, q=q, after=after, limit=asked.PER_PAGE + 1) if found else []
    )  # fmt: skip
    return desk.shown(
        "pairs", community_id, report=found, page=cut(rows, asked.PER_PAGE), wrong=wrong, q=q
    )


@blueprint.get("/office/<community>/pairs.xlsx")
def pairs_workbook(community_id: UUID) -> Response:
    """The whole report as Excel."""
    report = _report(community_id)
    name = f"redemption-{report.first_day}-{report.last_day}.xlsx"
    return download(as_xlsx(report), XLSX, name)
