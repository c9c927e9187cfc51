"""The floor of a member's two reading calls: where the points stand, and the newest entries."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request

from bench.floors.base import app, connection, moment, refused, signed_in

SUMMARY = """
SELECT a.balance, a.held, a.debt, m.base, m.bonus, m.deduction
FROM points_account a
LEFT JOIN monthly_score m ON m.community_id = a.community_id AND m.account_id = a.id
  AND m.month = %(month)s
WHERE a.community_id = %(community)s AND a.kind = 'holder' AND a.holder_kind = 'member'
  AND a.holder_id = %(member)s
"""
ACCOUNT = """
SELECT id FROM points_account WHERE community_id = %(community)s AND kind = 'holder'
  AND holder_kind = 'member' AND holder_id = %(member)s LIMIT 1
"""
ENTRIES = f"""
SELECT e.id, e.created_at_utc, e.kind, e.points, e.month, e.belongs_month, e.occurred_on, e.cause,
  e.reverses_id, e.counts_in_score, e.counts_in_balance, e.line_id, l.item_code, l.fact_id, i.name,
  f.recorder_role, t.body
FROM entry e
JOIN points_line l ON l.community_id = e.community_id AND l.id = e.line_id
JOIN score_item i ON i.community_id = l.community_id AND i.id = l.score_item_id
LEFT JOIN fact f ON f.community_id = l.community_id AND f.id = l.fact_id
LEFT JOIN personal_text t ON t.community_id = f.community_id AND t.id = f.reason_text_id
WHERE e.community_id = %(community)s AND e.account_id = ({ACCOUNT})
ORDER BY e.id DESC LIMIT 21
"""
MOVEMENTS = f"""
(SELECT id, at_utc, kind, points, redemption_id FROM transfer
 WHERE community_id = %(community)s AND from_account_id = ({ACCOUNT}) AND entry_id IS NULL
 ORDER BY id DESC LIMIT 21)
UNION ALL
(SELECT id, at_utc, kind, points, redemption_id FROM transfer
 WHERE community_id = %(community)s AND to_account_id = ({ACCOUNT}) AND entry_id IS NULL
 ORDER BY id DESC LIMIT 21)
"""
Answer = Response | tuple[Response, int]


@app.get("/points")
def points() -> Answer:
    """Balance and the month's score."""
    values = moment()
    db = connection()
    with db.transaction(), db.cursor() as cursor:
        found = signed_in(cursor, values)
        if found is None or found[5] is None:
            return refused("not_signed_in", 401)
        values |= {"community": found[4], "member": found[5], "month": request.args["month"]}
        row: Any = cursor.execute(SUMMARY, values).fetchone()
    balance, held, debt, base, bonus, deduction = (value or 0 for value in row)
    return jsonify(
        member_id=str(found[5]), balance=balance / 10, held=held / 10, debt=debt / 10,
        spendable=(balance - held) / 10, month=values["month"], base=base / 10, bonus=bonus / 10,
        deduction=deduction / 10, score=(base + bonus - deduction) / 10,
    )  # fmt: skip


@app.get("/history")
def history() -> Answer:
    """The newest twenty entries and movements."""
    values = moment()
    db = connection()
    with db.transaction(), db.cursor() as cursor:
        found = signed_in(cursor, values)
        if found is None or found[5] is None:
            return refused("not_signed_in", 401)
        values |= {"community": found[4], "member": found[5]}
        rows = [_entry(row) for row in cursor.execute(ENTRIES, values).fetchall()]
        rows += [_movement(row) for row in cursor.execute(MOVEMENTS, values).fetchall()]
    newest = sorted(rows, key=lambda row: row["id"], reverse=True)
    return jsonify(items=newest[:20], next=newest[19]["id"] if newest[20:] else None)


def _entry(row: Any) -> dict[str, Any]:
    return {
        "id": str(row[0]), "at_utc": row[1].isoformat(), "kind": row[2], "points": row[3] / 10,
        "month": row[4], "belongs_month": row[5], "occurred_on": row[6].isoformat(),
        "cause": row[7], "mark": "reversal" if row[8] else None, "counts_in_score": row[9],
        "counts_in_balance": row[10], "line_id": str(row[11]), "item_code": row[12],
        "fact_id": str(row[13]) if row[13] else None, "item_name": row[14],
        "recorder_role": row[15], "reason": row[16],
    }  # fmt: skip


def _movement(row: Any) -> dict[str, Any]:
    return {
        "id": str(row[0]), "at_utc": row[1].isoformat(), "kind": row[2], "points": -row[3] / 10,
        "redemption_id": str(row[4]) if row[4] else None,
    }  # fmt: skip
