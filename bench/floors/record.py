"""The floor of recording a fact: by hand, what it must read and write.

Read: session, rulebook in force, own circle, the member on the day with tags, the months (shared
lock), the account. Written: idempotency row, fact, line, act, audit, balance, limit, entry,
transfer, monthly score, stored answer. The rules are one comparison: everything costs what the
database and HTTP cost.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

from flask import Response, jsonify, request
from uuid_utils import compat

from bench.floors.base import app, connection, moment, refused, signed_in

CLAIM = """
INSERT INTO idempotency_key
  (community_id, id, actor_id, operation, key, request_hmac, created_at_utc)
VALUES (%(community)s, %(id)s, %(actor)s, 'record_fact', %(key)s, %(hash)s, %(now)s)
ON CONFLICT DO NOTHING RETURNING id
"""
COMMUNITY = "SELECT id FROM community WHERE code = %(code)s"
BOOK = """
SELECT v.id, v.rulebook_id, i.id FROM rulebook_version v
JOIN rulebook r ON r.community_id = v.community_id AND r.id = v.rulebook_id
JOIN score_item i ON i.community_id = v.community_id AND i.rulebook_version_id = v.id
WHERE v.community_id = %(community)s AND r.holder = 'member' AND i.code = %(item)s
  AND v.effective_from <= %(day)s AND (v.effective_to IS NULL OR v.effective_to > %(day)s)
"""
CIRCLE = """
SELECT b.member_id, other.member_id FROM member_binding b
LEFT JOIN membership own ON own.community_id = b.community_id AND own.member_id = b.member_id
  AND own.valid_to IS NULL
LEFT JOIN membership other ON other.community_id = own.community_id
  AND other.household_id = own.household_id AND other.valid_to IS NULL
WHERE b.community_id = %(community)s AND b.account_id = %(actor)s AND b.ended_at_utc IS NULL
"""
MEMBER = """
SELECT m.household_id, m.kinds, array(SELECT tag FROM member_tag t
    WHERE t.community_id = m.community_id AND t.member_id = m.member_id
      AND t.valid_from <= %(day)s AND (t.valid_to IS NULL OR t.valid_to > %(day)s))
FROM membership m
WHERE m.community_id = %(community)s AND m.member_id = %(member)s
  AND m.valid_from <= %(day)s AND (m.valid_to IS NULL OR m.valid_to > %(day)s)
"""
MONTHS = """
SELECT id, month, state FROM accounting_month
WHERE community_id = %(community)s AND state <> 'sealed' ORDER BY month FOR SHARE
"""
ACCOUNT = """
SELECT id FROM points_account WHERE community_id = %(community)s AND kind = 'holder'
  AND rulebook_id = %(rulebook)s AND holder_kind = 'member' AND holder_id = %(member)s
"""
FACT = """
INSERT INTO fact (community_id, id, score_item_id, item_code, account_id, person_id, member_id,
  household_id, occurred_on, quantity, deed_id, promised, tags, recorded_by, recorder_role,
  approvals_needed, approvals, is_approved, is_struck, month, belongs_month, recorded_at_utc,
  version)
VALUES (%(community)s, %(fact)s, %(score_item)s, %(item)s, %(account)s, %(member)s, %(member)s,
  %(household)s, %(day)s, 100, %(fact)s, false, %(tags)s, %(actor)s, %(role)s, 0, 0, true, false,
  %(month)s, %(month)s, %(now)s, 1)
ON CONFLICT DO NOTHING RETURNING id
"""
LINE = """
INSERT INTO points_line (community_id, id, source, fact_id, slice, account_id, member_id,
  score_item_id, item_code, kind, counts_in_score, counts_in_balance, entitled, posted,
  belongs_month, month_id, occurred_on)
VALUES (%(community)s, %(line)s, 'fact', %(fact)s, 0, %(account)s, %(member)s, %(score_item)s,
  %(item)s, 'bonus', true, true, %(points)s, %(points)s, %(month)s, %(month_id)s, %(day)s)
"""
ACT = """
INSERT INTO fact_act (community_id, id, fact_id, act, version, actor_id, actor_role, authority,
  changes, at_utc)
VALUES (%(community)s, %(id)s, %(fact)s, 'recorded', 1, %(actor)s, %(role)s, 'recording', '{}',
  %(now)s)
"""
AUDIT = """
INSERT INTO audit_record (community_id, id, actor_id, act, subject_kind, subject_id, detail, at_utc)
VALUES (%(community)s, %(id)s, %(actor)s, 'fact.recorded', 'fact', %(fact)s, '{}', %(now)s)
"""
BALANCE = """
UPDATE points_account SET balance = balance + %(points)s,
  evaluation_version = evaluation_version + 1
WHERE community_id = %(community)s AND id = %(account)s AND debt = 0 AND open_vetoes = 0
RETURNING id
"""
LIMIT = """
INSERT INTO limit_usage (community_id, id, rulebook_id, limit_code, whose, cell, used, cap_lowest,
  cap_highest)
VALUES (%(community)s, %(id)s, %(rulebook)s, %(limit)s, %(account)s, %(month)s, %(points)s,
  %(cap)s, %(cap)s)
ON CONFLICT (community_id, rulebook_id, limit_code, whose, cell) DO UPDATE
SET used = limit_usage.used + %(points)s, cap_lowest = LEAST(limit_usage.cap_lowest, %(cap)s),
  cap_highest = GREATEST(limit_usage.cap_highest, %(cap)s)
WHERE limit_usage.used + %(points)s <= %(cap)s
  AND limit_usage.used + %(points)s <= limit_usage.cap_lowest
RETURNING used
"""
ENTRY = """
INSERT INTO entry (community_id, id, line_id, account_id, month, belongs_month, kind, points,
  counts_in_score, counts_in_balance, moved, debt_change, lapsed, awaits_seal, cause, actor_id,
  occurred_on, created_at_utc)
VALUES (%(community)s, %(entry)s, %(line)s, %(account)s, %(month)s, %(month)s, 'bonus',
  %(points)s, true, true, %(points)s, 0, 0, false, 'recorded', %(actor)s, %(day)s, %(now)s)
"""
TRANSFER = """
INSERT INTO transfer (community_id, id, from_account_id, from_kind, to_account_id, to_kind, points,
  kind, entry_id, at_utc)
SELECT community_id, %(id)s, id, 'issuance', %(account)s, 'holder', %(points)s, 'award', %(entry)s,
  %(now)s
FROM points_account
WHERE community_id = %(community)s AND kind = 'issuance' AND rulebook_id = %(rulebook)s
"""
SCORE = """
INSERT INTO monthly_score (community_id, id, account_id, member_id, month, base, bonus, deduction)
VALUES (%(community)s, %(id)s, %(account)s, %(member)s, %(month)s, 0, %(points)s, 0)
ON CONFLICT (community_id, account_id, month) DO UPDATE
SET bonus = monthly_score.bonus + excluded.bonus
"""
ANSWER = """
UPDATE idempotency_key SET result_id = %(fact)s
WHERE community_id = %(community)s AND id = %(key_id)s
"""
Answer = Response | tuple[Response, int]
CAP, POINTS = 10_000, 1


@app.post("/record/<code>")
def record(code: str) -> Answer:
    """Record one fact that is worth a tenth of a point at once."""
    body = request.get_json()
    values = moment()
    db = connection()
    with db.transaction(), db.cursor() as cursor:
        found = signed_in(cursor, values)
        if found is None or found[3] != "grid_worker":
            return refused("not_signed_in", 401)
        values |= {
            "actor": found[0], "role": found[3], "item": body["item_code"], "code": code,
            "member": body["member_id"], "day": dt.date.fromisoformat(body["occurred_on"]),
            "month": body["occurred_on"][:7], "points": POINTS, "cap": CAP,
            "key": request.headers["Idempotency-Key"], "key_id": compat.uuid7(),
            "hash": hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest(),
            "fact": compat.uuid7(), "line": compat.uuid7(), "entry": compat.uuid7(),
            "limit": f"{body['item_code']}/max_points/month/holder",
        }  # fmt: skip
        refusal = _read(cursor, values) or _write(cursor, values)
    if refusal:
        return refused(refusal, 409)
    return (
        jsonify(
            id=str(values["fact"]), item_code=values["item"], month=values["month"],
            occurred_on=body["occurred_on"], state="standing", version=1,
            lines=[{"id": str(values["line"]), "posted": POINTS / 10, "entitled": POINTS / 10}],
        ),
        201,
    )  # fmt: skip


def _read(cursor: Any, values: dict[str, Any]) -> str | None:
    values["community"] = cursor.execute(COMMUNITY, values).fetchone()[0]
    if cursor.execute(CLAIM, values | {"id": values["key_id"]}).fetchone() is None:
        return "replayed"
    book = cursor.execute(BOOK, values).fetchone()
    circle = cursor.execute(CIRCLE, values).fetchall()
    member = cursor.execute(MEMBER, values).fetchone()
    months = {row[1]: row for row in cursor.execute(MONTHS, values)}
    if book is None or member is None:
        return "not_found"
    if any(values["member"] in map(str, row) for row in circle):
        return "own_household"
    held = months.get(values["month"])
    if held is None or held[2] != "open":
        return "no_open_month"
    _, values["rulebook"], values["score_item"] = book
    values |= {"household": member[0], "month_id": held[0]}
    values["tags"] = json.dumps(sorted([*member[1], *member[2]]))
    values["account"] = cursor.execute(ACCOUNT, values).fetchone()[0]
    return None


def _write(cursor: Any, values: dict[str, Any]) -> str | None:
    if cursor.execute(FACT, values).fetchone() is None:
        return "duplicate_fact"
    if cursor.execute(BALANCE, values).fetchone() is None:
        return "debt"
    if cursor.execute(LIMIT, values | {"id": compat.uuid7()}).fetchone() is None:
        return "over_limit"
    cursor.execute(LINE, values)
    cursor.execute(ENTRY, values)
    for statement in (ACT, AUDIT, TRANSFER, SCORE):
        cursor.execute(statement, values | {"id": compat.uuid7()})
    cursor.execute(ANSWER, values)
    return None
