"""The API of redemption: the holder's side and the counter's."""

from __future__ import annotations

from typing import Any

from redemption.api import counter, holder, requests

BLUEPRINTS: list[Any] = [holder.blp, counter.blp, requests.blp, requests.counter_blp]
