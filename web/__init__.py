"""Pages people read in a browser, by audience; no rules here.

``register(app)`` wires everything, ``error_page`` renders what went wrong on a page,
``to_sign_in`` sends somebody there whom a page does not know.
"""

from __future__ import annotations

from flask import Flask

from kernel.settings import Environment
from web import (
    acting,
    address,
    api_docs,
    assets,
    csrf,
    formats,
    headers,
    language,
    limiting,
    member,
    merchant,
    office,
    said,
    signing_in,
    text_size,
)
from web.board import routes as board
from web.error_pages import error_page
from web.signing_in import to_sign_in

__all__ = ["error_page", "register", "to_sign_in"]


def register(app: Flask) -> None:
    """Blueprints, filters, languages, limits and headers of the pages."""
    language.configure(app)
    text_size.configure(app)
    formats.register(app)
    address.configure(app)
    acting.configure(app)
    said.configure(app)
    csrf.configure(app)
    limiting.configure(app)
    headers.configure(app)
    assets.configure(app)
    is_demo = app.config["LINLI"].environment is Environment.DEMO
    app.add_template_global(lambda: is_demo, "is_demo")
    app.template_folder = "web/templates"
    app.register_blueprint(api_docs.blueprint)
    app.register_blueprint(assets.blueprint)
    app.register_blueprint(board.blueprint)
    app.register_blueprint(signing_in.blueprint)
    app.register_blueprint(member.blueprint)
    app.register_blueprint(merchant.blueprint)
    app.register_blueprint(office.blueprint)
