"""The floor of a redemption: by hand, what it must read and write.

The same tables, the same durable writes, no framework of ours: session look-up with grants,
idempotency row, state flip, conditional balance, transfer, outbox message, stored answer. It is
written as well as we can; the product is measured against it in the same run.
"""

from __future__ import annotations

import hashlib
import json
import uuid

from flask import Response, jsonify, request
from uuid_utils import compat

from bench.floors.base import app, connection, digest, moment, refused, signed_in

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


@app.post("/redeem")
def redeem() -> Response | tuple[Response, int]:
    """Redeem one code; 409 when it is not a live code of this counter."""
    body = request.get_json()
    values = moment()
    db = connection()
    with db.transaction(), db.cursor() as cursor:
        found = signed_in(cursor, values)
        if found is None or found[3] not in ("merchant_owner", "merchant_clerk"):
            return refused("not_signed_in", 401)
        actor, community, merchant, *_ = found
        values |= {
            "actor": actor, "community": community, "merchant": merchant, "id": compat.uuid7(),
            "key": request.headers["Idempotency-Key"],
            "code": digest("redemption-token-kept", body["code"]),
            "hash": hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest(),
        }  # fmt: skip
        if cursor.execute(CLAIM, values).fetchone() is None:
            return refused("replayed", 200)
        hold = cursor.execute(FIND, values).fetchone()
        if hold is None:
            return refused("code_unknown", 409)
        redemption, account, _member, points, receipt, _until = hold
        values |= {"redemption": redemption, "account": account, "points": points}
        if cursor.execute(FLIP, values).fetchone() is None:
            return refused("already_redeemed", 409)
        if cursor.execute(SPEND, values).fetchone() is None:
            return refused("hold_missing", 409)
        cursor.execute(TRANSFER, values | {"id": compat.uuid7()})
        payload = json.dumps({"redemption_id": str(redemption)})
        cursor.execute(OUTBOX, values | {"id": compat.uuid7(), "payload": payload})
        cursor.execute(ANSWER, values)
    return jsonify(id=str(uuid.UUID(str(redemption))), receipt_number=receipt, points=points / 10)
