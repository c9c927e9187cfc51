"""WeChat's safe mode 安全模式: how a message lies in the text ``Encrypt``.

AES-256-CBC over 16 random bytes, the message's length (4 bytes, big-endian), the message and the
appid it is for, padded to 32 bytes (PKCS #7); key and first block come from EncodingAESKey. The
encryption hides a message and does not prove who wrote it: check the signature first.
"""

from __future__ import annotations

import base64
import hmac
import os

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from wechat.errors import PushOfAnotherApp, PushUndecipherable

#: WeChat pads to the length of the key and not to the 16 bytes of a block.
_PADDED_BITS = 32 * 8
_RANDOM_BYTES, _LENGTH_BYTES = 16, 4
_HEAD_BYTES = _RANDOM_BYTES + _LENGTH_BYTES


def opened(encrypted: str, *, aes_key: str, appid: str) -> bytes:
    """The message in ``encrypted``.

    Raises PushUndecipherable for broken base64, blocks, padding or lengths, which is also what
    another key leads to, and PushOfAnotherApp when the message is for another appid.
    """
    try:
        content = base64.b64decode(encrypted, validate=True)
        decryptor = _cipher(aes_key).decryptor()
        padded = decryptor.update(content) + decryptor.finalize()
        unpadder = PKCS7(_PADDED_BITS).unpadder()
        text = unpadder.update(padded) + unpadder.finalize()
    except ValueError:
        # Without its cause: what could not be opened reaches no log either.
        raise PushUndecipherable() from None
    end = _HEAD_BYTES + int.from_bytes(text[_RANDOM_BYTES:_HEAD_BYTES], "big")
    if len(text) < _HEAD_BYTES or end > len(text):
        raise PushUndecipherable()
    if not appid or not hmac.compare_digest(text[end:], appid.encode()):
        raise PushOfAnotherApp()
    return text[_HEAD_BYTES:end]


def sealed(message: bytes, *, aes_key: str, appid: str, random: bytes | None = None) -> str:
    """``message`` as WeChat encrypts it; ``random`` are 16 bytes, drawn where none are given."""
    start = os.urandom(_RANDOM_BYTES) if random is None else random
    text = start + len(message).to_bytes(_LENGTH_BYTES, "big") + message + appid.encode()
    padder = PKCS7(_PADDED_BITS).padder()
    encryptor = _cipher(aes_key).encryptor()
    padded = padder.update(text) + padder.finalize()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def _cipher(aes_key: str) -> Cipher[modes.CBC]:
    key = base64.b64decode(aes_key + "=")
    # WeChat takes the first block from the key; what differs each time are the random bytes.
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))
