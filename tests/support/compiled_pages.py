"""Templates compiled once in a process: both engines' applications show the same pages."""

from __future__ import annotations

from types import CodeType

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket


class CompiledPages(BytecodeCache):
    """What templates were compiled to, by their names and the words that stood in them."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._known.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        self._known[bucket.key, bucket.checksum] = bucket.code


_PAGES = CompiledPages()


def share_pages(app: Flask) -> None:
    """Let ``app`` take templates that another application of this process has compiled."""
    app.jinja_env.bytecode_cache = _PAGES
