"""Pages people read in a browser, by audience; no rules here.

``register(app)`` wires everything, ``error_page`` renders what went wrong on a page, and
``ACCESS`` names what each page needs at the door.
"""

from __future__ import annotations

from flask import Flask

from web import address, api_docs, assets, formats, headers, language, limiting, text_size
from web.board import routes as board
from web.error_pages import error_page

__all__ = ["ACCESS", "error_page", "register"]

#: endpoint → what it needs: every page of the board is public.
ACCESS: dict[str, str] = {**api_docs.ACCESS, **assets.ACCESS, **board.ACCESS}


def register(app: Flask) -> None:
    """Blueprints, filters, languages, limits and headers of the pages."""
    language.configure(app)
    text_size.configure(app)
    formats.register(app)
    address.configure(app)
    limiting.configure(app)
    headers.configure(app)
    assets.configure(app)
    app.template_folder = "web/templates"
    app.register_blueprint(api_docs.blueprint)
    app.register_blueprint(assets.blueprint)
    app.register_blueprint(board.blueprint)
