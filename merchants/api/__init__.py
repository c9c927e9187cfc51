"""The API of the alliance."""

from __future__ import annotations

from typing import Any

from merchants.api import agreements, merchants, offers

BLUEPRINTS: list[Any] = [merchants.blp, merchants.public, agreements.blp, offers.blp]
