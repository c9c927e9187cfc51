"""The viewer of the API's contract at /api/v1/docs: swagger-ui, served by the app itself."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, url_for

from web.headers import POLICY

blueprint = Blueprint("api_docs", __name__)


@blueprint.get("/api/v1/docs")
def viewer() -> Response:
    """The page; its script reads the address of the contract from the page."""
    response = make_response(
        render_template("api_docs.html", contract=url_for("api-docs.openapi_json"))
    )
    # The viewer draws its icons as data: pictures and styles its own elements.
    response.headers["Content-Security-Policy"] = POLICY.replace(
        "style-src 'self'", "style-src 'self' 'unsafe-inline'"
    )
    return response
