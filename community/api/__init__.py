"""The API of people and places."""

from typing import Any

BLUEPRINTS: list[Any] = []
