"""Pages people read in a browser, by audience; no rules here.

``register(app)`` wires everything, ``error_page`` renders what went wrong on a page.
"""

from __future__ import annotations

from flask import Flask

from kernel.settings import Environment
from web import address, api_docs, assets, formats, headers, language, limiting, text_size
from web.board import routes as board
from web.error_pages import error_page

__all__ = ["error_page", "register"]


def register(app: Flask) -> None:
    """Blueprints, filters, languages, limits and headers of the pages."""
    language.configure(app)
    text_size.configure(app)
    formats.register(app)
    address.configure(app)
    limiting.configure(app)
    headers.configure(app)
    assets.configure(app)
    is_demo = app.config["LINLI"].environment is Environment.DEMO
    app.add_template_global(lambda: is_demo, "is_demo")
    app.template_folder = "web/templates"
    app.register_blueprint(api_docs.blueprint)
    app.register_blueprint(assets.blueprint)
    app.register_blueprint(board.blueprint)
