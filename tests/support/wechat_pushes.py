"""What WeChat would send, written down from its documentation and without our own encryption:
the blocks are chained and the padding is counted here by hand.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK, PADDED = 16, 32


def sha1_of(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def padded(text: bytes) -> bytes:
    more = PADDED - len(text) % PADDED
    return text + bytes([more]) * more


def framed(message: bytes, appid: str) -> bytes:
    return b"0123456789abcdef" + len(message).to_bytes(4, "big") + message + appid.encode()


def chained(text: bytes, aes_key: str) -> bytes:
    """AES-256-CBC of whole blocks, each combined with the one before."""
    key = base64.b64decode(aes_key + "=")
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305 - one block each
    before, blocks = key[:BLOCK], []
    for start in range(0, len(text), BLOCK):
        mixed = bytes(a ^ b for a, b in zip(text[start : start + BLOCK], before, strict=True))
        before = encryptor.update(mixed)
        blocks.append(before)
    return b"".join(blocks)


def encrypted(
    message: bytes, aes_key: str, appid: str, pad: Callable[[bytes], bytes] = padded
) -> str:
    return base64.b64encode(chained(pad(framed(message, appid)), aes_key)).decode()


def plain_push(event: Any, *, token: str, timestamp: int) -> tuple[dict[str, str], bytes]:
    """Query and body of plain mode 明文模式."""
    sent_at, nonce = str(timestamp), "486452656"
    query = {"timestamp": sent_at, "nonce": nonce, "signature": sha1_of(token, sent_at, nonce)}
    return query, json.dumps(event).encode()


def safe_push(
    event: Any, *, token: str, aes_key: str, appid: str, timestamp: int
) -> tuple[dict[str, str], bytes]:
    """Query and body of safe mode 安全模式."""
    text = encrypted(json.dumps(event).encode(), aes_key, appid)
    return signed_query(text, token=token, timestamp=timestamp), body_of(text)


def signed_query(text: str, *, token: str, timestamp: int) -> dict[str, str]:
    query, _ = plain_push({}, token=token, timestamp=timestamp)
    signature = sha1_of(token, query["timestamp"], query["nonce"], text)
    return {**query, "openid": "o", "encrypt_type": "aes", "msg_signature": signature}


def body_of(text: object) -> bytes:
    return json.dumps({"ToUserName": "gh_97417a04a28d", "Encrypt": text}).encode()
