"""The blueprint ``office`` that the route modules of this package put their pages on."""

from __future__ import annotations

from flask import Blueprint

from web.office import words

blueprint = Blueprint("office", __name__)
words.register(blueprint)
