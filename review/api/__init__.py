"""Routes of the package review, one module per concept."""

from __future__ import annotations

from kernel.http import Blueprint

BLUEPRINTS: list[Blueprint] = []

#: endpoint → what it needs at the door; merged by access_table.py
ACCESS: dict[str, str] = {}
