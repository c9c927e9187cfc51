"""The statements of a redemption, as the floor executes them and pgbench drives them."""

from __future__ import annotations

SESSION = """
SELECT s.account_id AS actor, s.counter_community_id AS community,
  s.counter_merchant_id AS merchant, g.role, b.community_id AS bound_community, b.member_id
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
  (community_id, id, actor_id, operation, key, request_hmac, created_at_utc)
VALUES (%(community)s, %(id)s, %(actor)s, 'redeem', %(key)s, %(hash)s, %(now)s)
ON CONFLICT DO NOTHING RETURNING id AS claim
"""
FIND = """
SELECT c.redemption_id AS redemption, r.account_id AS account, r.points, r.receipt_number,
  r.channel, r.offer_id, r.held_at_utc, r.hold_expires_at_utc, o.title, o.alliance_price_cents,
  m.name, m.code AS merchant_code, x.cancelled_at_utc,
  EXISTS (SELECT FROM redemption_stop s
    WHERE s.community_id = c.community_id AND s.lifted_at_utc IS NULL) AS is_stopped
FROM redemption_code c
JOIN redemption r ON r.community_id = c.community_id AND r.id = c.redemption_id
JOIN offer o ON o.community_id = r.community_id AND o.id = r.offer_id
JOIN merchant m ON m.id = r.merchant_id
LEFT JOIN redemption_cancellation x ON x.community_id = r.community_id AND x.redemption_id = r.id
WHERE c.community_id = %(community)s AND c.token_hmac = %(code)s AND c.merchant_id = %(merchant)s
  AND c.expires_at_utc > %(now)s AND r.state = 'held'
"""
FLIP = """
UPDATE redemption SET state = 'redeemed', resolved_at_utc = %(now)s, resolved_by = %(actor)s
WHERE community_id = %(community)s AND id = %(redemption)s AND state = 'held'
  AND hold_expires_at_utc > %(now)s AND NOT EXISTS (SELECT FROM redemption_stop s
    WHERE s.community_id = %(community)s AND s.lifted_at_utc IS NULL)
RETURNING id
"""
SPEND = """
UPDATE points_account SET balance = balance - %(points)s, held = held - %(points)s,
  open_holds = open_holds - 1
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
WHERE community_id = %(community)s AND id = %(claim)s
"""
#: In their order, and whether later ones need what it returns.
REDEEM = (
    (SESSION, True),
    (CLAIM, True),
    (FIND, True),
    (FLIP, False),
    (SPEND, False),
    (TRANSFER, False),
    (OUTBOX, False),
    (ANSWER, False),
)
