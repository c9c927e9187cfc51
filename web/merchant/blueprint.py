"""The blueprint ``merchant`` that the route modules of this package put their pages on."""

from __future__ import annotations

from flask import Blueprint

from web.merchant import wording

blueprint = Blueprint("merchant", __name__)
wording.register(blueprint)
