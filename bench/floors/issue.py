"""The floor of issuing a code: by hand, what it must read and write.

Read: session, the account of the community's first rulebook in force, the holder's expired holds,
the offer with its merchant, the agreement that decides and the stop of redemption. Written:
idempotency row, conditional reserve, one slot of the stock and one of the merchant's month, hold,
code, stored answer. Token and digits follow from the code's id as in the product.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import secrets
import uuid
from typing import Any

from flask import Response, jsonify, request
from uuid_utils import compat

from bench.floors.base import app, connection, digest, moment, refused, signed_in

CLAIM = """
INSERT INTO idempotency_key
  (community_id, id, actor_id, operation, key, request_hmac, created_at_utc)
VALUES (%(community)s, %(key_id)s, %(actor)s, 'issue', %(key)s, %(hash)s, %(now)s)
ON CONFLICT DO NOTHING RETURNING id
"""
BOOK = """
SELECT r.id FROM rulebook r
WHERE r.community_id = %(community)s AND r.holder = 'member' AND EXISTS (
  SELECT FROM rulebook_version v WHERE v.community_id = r.community_id AND v.rulebook_id = r.id
    AND v.adopted_on IS NOT NULL)
ORDER BY r.id LIMIT 1
"""
ACCOUNT = """
SELECT id, barred_before, is_barred_by_tier FROM points_account
WHERE community_id = %(community)s AND kind = 'holder' AND rulebook_id = %(rulebook)s
  AND holder_kind = 'member' AND holder_id = %(member)s
"""
EXPIRED = """
UPDATE redemption SET state = 'expired', resolved_at_utc = %(now)s
WHERE community_id = %(community)s AND account_id = %(account)s AND state = 'held'
  AND hold_expires_at_utc <= %(now)s RETURNING points, quotas_taken
"""
OFFER = """
SELECT o.merchant_id, o.points, o.title, o.alliance_price_cents, o.stock, o.audience,
  m.name, m.code, a.id, a.monthly_cap, c.code,
  EXISTS (SELECT FROM redemption_stop s WHERE s.community_id = o.community_id
    AND s.lifted_at_utc IS NULL)
FROM offer o
JOIN community c ON c.id = o.community_id
JOIN merchant m ON m.id = o.merchant_id
JOIN alliance_merchant j ON j.community_id = o.community_id AND j.merchant_id = o.merchant_id
  AND j.state = 'joined'
JOIN redemption_agreement a ON a.community_id = o.community_id AND a.merchant_id = o.merchant_id
  AND a.state = 'signed' AND a.valid_from <= %(today)s AND a.valid_to > %(today)s
WHERE o.community_id = %(community)s AND o.id = %(offer)s AND o.state = 'accepted'
  AND o.valid_from <= %(today)s AND (o.valid_to IS NULL OR o.valid_to > %(today)s)
  AND NOT EXISTS (SELECT FROM redemption_agreement n WHERE n.community_id = a.community_id
    AND n.merchant_id = a.merchant_id AND n.signed_at_utc IS NOT NULL
    AND n.valid_from <= %(today)s AND n.valid_to > %(today)s
    AND (n.number, n.edition) > (a.number, a.edition))
"""
RESERVE = """
UPDATE points_account a SET held = held + %(points)s, open_holds = open_holds + 1
WHERE community_id = %(community)s AND id = %(account)s AND open_holds < 10
  AND (next_expiry_on IS NULL OR next_expiry_on > %(today)s)
  AND balance >= held + %(points)s + coalesce((SELECT v.spend_above FROM rulebook_version v
    WHERE v.community_id = a.community_id AND v.rulebook_id = a.rulebook_id
      AND v.effective_from <= %(today)s
      AND (v.effective_to IS NULL OR v.effective_to > %(today)s) LIMIT 1), 0)
RETURNING id
"""
TAKE = """
UPDATE quota_usage SET used = used + %(amount)s
WHERE community_id = %(community)s AND quota_code = %(quota)s AND cell = %(cell)s
  AND slot = %(slot)s AND whole = %(whole)s AND used + %(amount)s <= cap RETURNING id
"""
HOLD = """
INSERT INTO redemption (community_id, id, account_id, member_id, channel, offer_id, agreement_id,
  merchant_id, points, receipt_number, state, quotas_taken, held_at_utc, hold_expires_at_utc)
VALUES (%(community)s, %(redemption)s, %(account)s, %(member)s, 'code', %(offer)s, %(agreement)s,
  %(merchant)s, %(points)s, %(receipt)s, 'held', %(taken)s, %(now)s, %(until)s)
"""
CODE = """
INSERT INTO redemption_code (community_id, id, redemption_id, merchant_id, token_hmac, digits_hmac,
  occupies_digits, issued_at_utc, expires_at_utc)
VALUES (%(community)s, %(code)s, %(redemption)s, %(merchant)s, %(token_hmac)s, %(digits_hmac)s,
  true, %(now)s, %(dies)s)
ON CONFLICT DO NOTHING RETURNING id
"""
ANSWER = """
UPDATE idempotency_key SET result_id = %(redemption)s
WHERE community_id = %(community)s AND id = %(key_id)s
"""
#: As merchants/quotas.py splits what is busy.
SLOTS = 8
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
Answer = Response | tuple[Response, int]


@app.post("/issue")
def issue() -> Answer:
    """Hold points for one offer and issue its first code; 409 with the reason."""
    body = request.get_json()
    values = moment()
    db = connection()
    with db.transaction(), db.cursor() as cursor:
        found = signed_in(cursor, values)
        if found is None or found[5] is None:
            return refused("not_signed_in", 401)
        values |= {
            "actor": found[0], "community": found[4], "member": found[5],
            "offer": body["offer_id"], "key": request.headers["Idempotency-Key"],
            "hash": hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest(),
            "key_id": compat.uuid7(),
        }  # fmt: skip
        refusal = _read(cursor, values) or _take(cursor, values)
        if refusal:
            db.rollback()
            return refused(refusal, 409)
        token, digits = _write(cursor, values)
    return jsonify(_answer(values, token, digits)), 201


def _read(cursor: Any, values: dict[str, Any]) -> str | None:
    if cursor.execute(CLAIM, values).fetchone() is None:
        return "replayed"
    values["rulebook"] = cursor.execute(BOOK, values).fetchone()[0]
    account, barred_before, is_barred = cursor.execute(ACCOUNT, values).fetchone()
    values["account"] = account
    if is_barred or (barred_before is not None and values["today"] < barred_before):
        return "barred"
    if cursor.execute(EXPIRED, values).fetchall():
        return "expired_holds"
    row = cursor.execute(OFFER, values).fetchone()
    if row is None or row[5] or row[11]:
        return "not_available"
    names = ("merchant", "points", "title", "cents", "stock", "audience", "name", "merchant_code",
             "agreement", "cap", "community_code")  # fmt: skip
    values |= zip(names, row[:11], strict=True)
    return None


def _take(cursor: Any, values: dict[str, Any]) -> str | None:
    if cursor.execute(RESERVE, values).fetchone() is None:
        return "insufficient"
    slot = values["account"].int % SLOTS
    today: dt.date = values["today"]
    taken = []
    for quota, cell, whole, amount in (
        (f"stock:{values['offer']}", "whole", values["stock"], 1),
        (f"takings:{values['merchant']}", f"{today:%Y-%m}", values["cap"], values["points"]),
    ):
        row = {"quota": quota, "cell": cell, "slot": slot, "whole": whole, "amount": amount}
        if cursor.execute(TAKE, values | row).fetchone() is None:
            return "exhausted"
        taken.append({"code": quota, "cell": cell, "slot": slot, "amount": amount})
    values["taken"] = json.dumps(taken)
    return None


def _write(cursor: Any, values: dict[str, Any]) -> tuple[str, str]:
    now: dt.datetime = values["now"]
    code: uuid.UUID = compat.uuid7()
    secret = bytes.fromhex(digest("redemption-token", code.hex))
    token = base64.urlsafe_b64encode(secret[:16]).rstrip(b"=").decode()
    digits = f"{int(digest('redemption-digits', code.hex), 16) % 10**8:08d}"
    values |= {
        "redemption": compat.uuid7(), "code": code, "until": now + dt.timedelta(minutes=10),
        "receipt": "".join(secrets.choice(ALPHABET) for _ in range(10)),
        "dies": now + dt.timedelta(seconds=70),
        "token_hmac": digest("redemption-token-kept", token),
        "digits_hmac": digest("redemption-digits-kept", digits),
    }  # fmt: skip
    cursor.execute(HOLD, values)
    cursor.execute(CODE, values).fetchone()
    cursor.execute(ANSWER, values)
    return token, digits


def _answer(values: dict[str, Any], token: str, digits: str) -> dict[str, Any]:
    return {
        "id": str(values["redemption"]), "receipt_number": values["receipt"], "channel": "code",
        "state": "held", "points": values["points"] / 10, "offer_id": str(values["offer"]),
        "offer_title": values["title"], "cash_cents": values["cents"],
        "merchant_id": str(values["merchant"]), "merchant_name": values["name"],
        "merchant_code": values["merchant_code"], "held_at_utc": values["now"].isoformat(),
        "hold_expires_at_utc": values["until"].isoformat(), "resolved_at_utc": None,
        "decline_reason": None, "cancelled_at_utc": None, "cancellable_until_utc": None,
        "code": {
            "payload": f"http://bench/r/{values['community_code']}/{token}", "digits": digits,
            "issued_at_utc": values["now"].isoformat(),
            "expires_at_utc": values["dies"].isoformat(), "seconds_left": 70,
            "refresh_after_seconds": 55,
        },
    }  # fmt: skip
