"""The one blueprint of a member's pages; its addresses stand in the modules beside it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("member", __name__)
