"""The secret in a card's QR: it follows from the card's random id under the server key.

So a spoilt card can be printed again, while the database holds nothing but an HMAC. Whoever reads
the database without the key can neither print a card nor tell which card a photo shows.
"""

from __future__ import annotations

import base64
import uuid

from kernel.one_time_codes import digest

_BYTES = 16


def token_of(card_id: uuid.UUID) -> str:
    """The opaque token of a card: 128 bits as 22 characters."""
    secret = bytes.fromhex(digest("card-token", card_id.hex))
    return base64.urlsafe_b64encode(secret[:_BYTES]).rstrip(b"=").decode()


def kept(token: str) -> str:
    """What the database keeps of a token."""
    return digest("card-token-kept", token)


def payload(*, public_base_url: str, community_code: str, token: str) -> str:
    """What the QR says: an address that names the community and the token, and no person."""
    return f"{public_base_url}/k/{community_code}/{token}"
