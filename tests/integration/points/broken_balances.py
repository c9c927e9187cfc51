"""Each constraint of lots, sealed sheets, batches, ranks and reversals, broken once."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from kernel import personal_text
from kernel.database import db
from kernel.ids import new_id
from points import models

D = Decimal
DAY = dt.date(2026, 11, 21)
NOW = dt.datetime(2026, 11, 21, 4, 0, tzinfo=dt.UTC)


def net(rows: Any, **values: Any) -> Any:
    return rows.of_account("month_net", **values)


def batch(rows: Any, **values: Any) -> models.PointsBatch:
    made: models.PointsBatch = rows.make.points_batch(
        **{"rulebook_id": rows.rulebook.id, **rows.own, **values}
    )
    return made


def text(rows: Any) -> uuid.UUID:
    kept = personal_text.keep(community_id=rows.own["community_id"], body="补记", now=NOW)
    return kept.id


def batch_row(rows: Any, **values: Any) -> models.PointsBatchRow:
    given = {"reason_text_id": text(rows), **rows.own, **values}
    if "batch_id" not in given:
        given["batch_id"] = batch(rows).id
    made: models.PointsBatchRow = rows.make.points_batch_row(**given)
    return made


def adjustment(rows: Any, **values: Any) -> Any:
    given = {
        "source": "adjustment", "fact_id": None, "score_item_id": None, "item_code": "entries",
        **values,
    }  # fmt: skip
    if "batch_row_id" not in given:
        given["batch_row_id"] = batch_row(rows).id
    return rows.new_line(**given)


def reversal(rows: Any, **values: Any) -> Any:
    given = {"line_id": rows.line.id, "reason_text_id": text(rows), **rows.own, **values}
    return rows.make.line_reversal(**given)


def twice(act: Callable[[], Any]) -> None:
    act()
    act()


def rank_award(rows: Any, **values: Any) -> models.RankAward:
    given = {
        "id": new_id(), "account_id": rows.account.id, "score_item_id": rows.item.id,
        "item_code": "LITTER", "period_start": DAY, "quantity": D(9), "place": 1,
        "points": D(50), "awarded_at_utc": NOW, **rows.own, **values,
    }  # fmt: skip
    row = models.RankAward(**given)
    db.session.add(row)
    db.session.flush()
    return row


def expiry(rows: Any, **values: Any) -> Any:
    gone = rows.make.points_account(
        kind="expired", holder_kind="none", rulebook_id=rows.rulebook.id, **rows.own
    )
    given = {
        "kind": "expiry", "from_account_id": rows.account.id, "from_kind": "holder",
        "to_account_id": gone.id, "to_kind": "expired", "entry_id": None,
        "lot_entry_id": rows.entry.id, "expires_on": DAY, **values,
    }  # fmt: skip
    return rows.new_transfer(**given)


def same_person(rows: Any) -> None:
    by = new_id()
    batch(rows, state="posted", uploaded_by=by, decided_by=by)


def same_asker(rows: Any) -> None:
    by = new_id()
    reversal(rows, state="posted", asked_by=by, decided_by=by)


def two_rows_of_one(rows: Any) -> None:
    given = {"batch_id": batch(rows).id, "holder_id": new_id()}
    twice(lambda: batch_row(rows, **given))


def two_rows_of_one_number(rows: Any) -> None:
    given = {"batch_id": batch(rows).id, "row_number": 2}
    twice(lambda: batch_row(rows, **given))


def one_row_two_lines(rows: Any) -> None:
    row_id = batch_row(rows).id
    twice(lambda: adjustment(rows, batch_row_id=row_id))


def net_twice_transferred(rows: Any) -> None:
    row_id = net(rows).id
    twice(lambda: rows.new_transfer(entry_id=None, month_net_id=row_id))


BROKEN: dict[str, Callable[[Any], Any]] = {
    "spend_above not negative": lambda r: r.new_version(
        spend_above=D("-0.1"), state="superseded", effective_to=DAY),
    # entries and transfers
    "lapsed explained": lambda r: r.new_entry(lapsed=D(-1)),
    "lapsed against points": lambda r: r.new_entry(lapsed=D(1), moved=D(3)),
    "only the balance awaits": lambda r: r.new_entry(
        awaits_seal=True, counts_in_balance=False, moved=D(0)),
    "what awaits moves nothing": lambda r: r.new_entry(awaits_seal=True),
    "award of an entry or a net": lambda r: r.new_transfer(month_net_id=net(r).id),
    "net transferred once": net_twice_transferred,
    "expiry names its lot": lambda r: expiry(r, lot_entry_id=None),
    "expiry names its day": lambda r: expiry(r, expires_on=None),
    "only an expiry has a lot": lambda r: r.new_transfer(lot_entry_id=r.entry.id),
    # sealed sheets
    "net explained": lambda r: net(r, moved=D(1)),
    "net once": lambda r: twice(lambda: net(r)),
    "net of an account": lambda r: net(r, account_id=new_id()),
    "net belongs to no later month": lambda r: (
        r.make.accounting_month(month="2026-12", **r.own), net(r, belongs_month="2026-12")),
    "let off only at a floor": lambda r: net(r, let_off=D(1), moved=D(3)),
    "floor of the own month": lambda r: (
        r.make.accounting_month(month="2026-10", **r.own),
        net(r, belongs_month="2026-10", before_floor=D(2))),
    # batches
    "batch kind known": lambda r: batch(r, kind="gift"),
    "batch state known": lambda r: batch(r, state="lost", decided_by=new_id()),
    "batch hash whole": lambda r: batch(r, sha256="0"),
    "batch has rows": lambda r: batch(r, row_count=0),
    "batch totals not negative": lambda r: batch(r, added=D(-1)),
    "batch by two people": same_person,
    "batch decided by one": lambda r: batch(r, state="rejected"),
    "batch version from one": lambda r: batch(r, version=0),
    "batch content once": lambda r: twice(lambda: batch(r, sha256="a" * 64)),
    "batch row not zero": lambda r: batch_row(r, points=D(0)),
    "batch row counts": lambda r: batch_row(r, counts_in_score=False, counts_in_balance=False),
    "batch row of its member": lambda r: batch_row(r, member_id=r.member_id),
    "batch row of one holder": two_rows_of_one,
    "batch row number once": two_rows_of_one_number,
    "batch act known": lambda r: r.act(models.PointsBatchAct, batch_id=batch(r).id, act="x",
                                       role="supervisor"),
    "adjustment names its row": lambda r: adjustment(r, batch_row_id=None),
    "adjustment has no item": lambda r: adjustment(r, score_item_id=r.item.id),
    "one line of a row": one_row_two_lines,
    # points by rank
    "rank awarded once": lambda r: twice(lambda: rank_award(r)),
    "rank points positive": lambda r: rank_award(r, points=D(0)),
    "rank from one": lambda r: rank_award(r, place=0),
    "rank by a quantity": lambda r: rank_award(r, quantity=D(0)),
    "rank of an account": lambda r: rank_award(r, account_id=new_id()),
    "rank of an item": lambda r: rank_award(r, score_item_id=new_id()),
    "line names its rank award": lambda r: r.new_line(source="rank_award", fact_id=None),
    # reversals
    "reversal state known": lambda r: reversal(r, state="lost", decided_by=new_id()),
    "reversal by two people": same_asker,
    "reversal decided by one": lambda r: reversal(r, state="posted"),
    "reversal version from one": lambda r: reversal(r, version=0),
    "reversal once": lambda r: twice(lambda: reversal(r)),
    "reversal act known": lambda r: r.act(
        models.LineReversalAct, reversal_id=reversal(r).id, to_state="x", role="supervisor"),
}  # fmt: skip
