"""The floor of a redemption: by hand, what it must read and write.

The same tables, the same durable writes, no framework of ours: session look-up with grants,
idempotency row, state flip, conditional balance, transfer, outbox message, stored answer. It is
written as well as we can; the product is measured against it in the same run.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

from flask import Response, jsonify, request
from uuid_utils import compat

from bench.floors.base import app, connection, digest, moment, refused, signed_in
from bench.statements import ANSWER, CLAIM, FIND, FLIP, OUTBOX, SPEND, TRANSFER


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
        values["claim"] = values["id"]
        if cursor.execute(CLAIM, values).fetchone() is None:
            return refused("replayed", 200)
        hold = cursor.execute(FIND, values).fetchone()
        if hold is None or hold[13]:
            return refused("code_unknown", 409)
        redemption = hold[0]
        values |= {"redemption": redemption, "account": hold[1], "points": hold[2]}
        if cursor.execute(FLIP, values).fetchone() is None:
            return refused("already_redeemed", 409)
        if cursor.execute(SPEND, values).fetchone() is None:
            return refused("hold_missing", 409)
        cursor.execute(TRANSFER, values | {"id": compat.uuid7()})
        payload = json.dumps({"redemption_id": str(redemption)})
        cursor.execute(OUTBOX, values | {"id": compat.uuid7(), "payload": payload})
        cursor.execute(ANSWER, values)
    return jsonify(_receipt(hold, values))


def _receipt(hold: tuple[Any, ...], values: dict[str, Any]) -> dict[str, Any]:
    now: dt.datetime = values["now"]
    return {
        "id": str(hold[0]), "points": hold[2] / 10, "receipt_number": hold[3], "channel": hold[4],
        "state": "redeemed", "offer_id": str(hold[5]), "held_at_utc": hold[6].isoformat(),
        "hold_expires_at_utc": hold[7].isoformat(), "offer_title": hold[8], "cash_cents": hold[9],
        "merchant_id": str(values["merchant"]), "merchant_name": hold[10],
        "merchant_code": hold[11], "resolved_at_utc": now.isoformat(), "decline_reason": None,
        "cancelled_at_utc": hold[12],
        "cancellable_until_utc": (now + dt.timedelta(minutes=15)).isoformat(),
    }  # fmt: skip
