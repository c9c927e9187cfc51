"""The floor: a bare Flask endpoint that does by hand what a redemption must read and write.

The same tables, the same durable writes, no framework of ours: session look-up with grants,
idempotency row, state flip, conditional balance, transfer, outbox message, stored answer. It is
written as well as we can; the product is measured against it in the same run.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import os
import uuid

import psycopg
from flask import Flask, Response, request
from uuid_utils import compat

KEY = os.environ["LINLI_CODE_KEY"].encode()
DSN = os.environ["FLOOR_DSN"]

app = Flask(__name__)
_connection: psycopg.Connection | None = None

SESSION = """
SELECT s.account_id, s.counter_community_id, s.counter_merchant_id, g.role
FROM sign_in_session s
JOIN user_account a ON a.id = s.account_id
LEFT JOIN role_grant g ON g.account_id = s.account_id AND g.ended_at_utc IS NULL
  AND g.granted_from <= %(today)s AND (g.granted_to IS NULL OR g.granted_to > %(today)s)
LEFT JOIN member_binding b ON b.account_id = s.account_id AND b.ended_at_utc IS NULL
WHERE s.token_hmac = %(token)s AND s.revoked_at_utc IS NULL AND s.expires_at_utc > %(now)s
  AND NOT a.is_disabled
"""
CLAIM = """
INSERT INTO idempotency_key
  (community_id, id, actor_id, operation, key, request_sha256, created_at_utc)
VALUES (%(community)s, %(id)s, %(actor)s, 'redeem', %(key)s, %(hash)s, %(now)s)
ON CONFLICT DO NOTHING RETURNING id
"""
FIND = """
SELECT c.redemption_id, r.account_id, r.member_id, r.points, r.receipt_number, r.hold_expires_at_utc
FROM redemption_code c
JOIN redemption r ON r.community_id = c.community_id AND r.id = c.redemption_id
WHERE c.community_id = %(community)s AND c.token_hmac = %(code)s AND c.merchant_id = %(merchant)s
  AND c.expires_at_utc > %(now)s AND r.state = 'held'
"""
FLIP = """
UPDATE redemption SET state = 'redeemed', resolved_at_utc = %(now)s, resolved_by = %(actor)s
WHERE community_id = %(community)s AND id = %(redemption)s AND state = 'held'
  AND hold_expires_at_utc > %(now)s RETURNING id
"""
SPEND = """
UPDATE points_account SET balance = balance - %(points)s, held = held - %(points)s
WHERE community_id = %(community)s AND id = %(account)s AND held >= %(points)s RETURNING balance
"""
TRANSFER = """
INSERT INTO transfer (community_id, id, from_account_id, from_kind, to_account_id, to_kind, points,
  kind, redemption_id, at_utc)
SELECT community_id, %(id)s, %(account)s, 'holder', id, 'merchant', %(points)s, 'redemption',
  %(redemption)s, %(now)s
FROM points_account
WHERE community_id = %(community)s AND kind = 'merchant' AND holder_id = %(merchant)s
"""
OUTBOX = """
INSERT INTO outbox_message (community_id, id, topic, payload, available_at_utc, attempts)
VALUES (%(community)s, %(id)s, 'redemption.redeemed', %(payload)s, %(now)s, 0)
"""
ANSWER = """
UPDATE idempotency_key SET result_id = %(redemption)s
WHERE community_id = %(community)s AND id = %(id)s
"""
STATEMENTS = (SESSION, CLAIM, FIND, FLIP, SPEND, TRANSFER, OUTBOX, ANSWER)


def connection() -> psycopg.Connection:
    """One connection for each worker process, opened after the fork."""
    global _connection  # noqa: PLW0603 - sync workers serve one request at a time
    if _connection is None or _connection.closed:
        _connection = psycopg.connect(DSN)
    return _connection


def digest(purpose: str, value: str) -> str:
    return hmac.new(KEY, f"{purpose}\x00{value}".encode(), hashlib.sha256).hexdigest()


@app.post("/redeem")
def redeem() -> Response | tuple[Response, int]:
    """Redeem one code; 409 when it is not a live code of this counter."""
    body = request.get_json()
    token = request.headers["Authorization"].removeprefix("Bearer ")
    now = dt.datetime.now(dt.UTC)
    values: dict[str, object] = {
        "now": now,
        "today": (now + dt.timedelta(hours=8)).date(),
        "token": digest("sign_in_session", token),
    }
    db = connection()
    with db.transaction(), db.cursor() as cursor:
        found = cursor.execute(SESSION, values).fetchall()
        if not found or found[0][3] not in ("merchant_owner", "merchant_clerk"):
            return app.json.response(code="not_signed_in"), 401
        actor, community, merchant, _ = found[0]
        values |= {
            "actor": actor, "community": community, "merchant": merchant, "id": compat.uuid7(),
            "key": request.headers["Idempotency-Key"],
            "code": digest("redemption-token-kept", body["code"]),
            "hash": hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest(),
        }  # fmt: skip
        if cursor.execute(CLAIM, values).fetchone() is None:
            return app.json.response(code="replayed"), 200
        hold = cursor.execute(FIND, values).fetchone()
        if hold is None:
            return app.json.response(code="code_unknown"), 409
        redemption, account, _member, points, receipt, _until = hold
        values |= {"redemption": redemption, "account": account, "points": points}
        if cursor.execute(FLIP, values).fetchone() is None:
            return app.json.response(code="already_redeemed"), 409
        if cursor.execute(SPEND, values).fetchone() is None:
            return app.json.response(code="hold_missing"), 409
        cursor.execute(TRANSFER, values | {"id": compat.uuid7()})
        payload = json.dumps({"redemption_id": str(redemption)})
        cursor.execute(OUTBOX, values | {"id": compat.uuid7(), "payload": payload})
        cursor.execute(ANSWER, values)
    return app.json.response(
        id=str(uuid.UUID(str(redemption))), receipt_number=receipt, points=points / 10
    )


@app.get("/constant")
def constant() -> Response:
    """What Flask and gunicorn cost alone."""
    return app.json.response(status="alive")
