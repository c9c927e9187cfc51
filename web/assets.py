"""Style sheets, icons and scripts, served by the app itself and kept for a year by browsers.

The address carries a digest of the content, so a new version is a new address.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, request, url_for

ROOT = Path(__file__).resolve().parent.parent
STATIC = Path(__file__).resolve().parent / "static"
#: What pages use of node_modules; nothing else of it can be asked for.
VENDOR = {
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "swagger-ui.css": "swagger-ui-dist/swagger-ui.css",
    "swagger-ui-bundle.js": "swagger-ui-dist/swagger-ui-bundle.js",
    "jsqr.js": "jsqr/dist/jsQR.js",
}
_KEPT = "public, max-age=31536000, immutable"
_ASKED_AGAIN = "no-cache"

blueprint = Blueprint("assets", __name__)


def configure(app: Flask) -> None:
    """``asset(name)``, ``vendor(name)`` and ``sprite`` in templates."""
    app.add_template_global(asset)
    app.add_template_global(vendor)
    app.jinja_env.globals["sprite"] = _Sprite()


class _Sprite:
    """The address of the icons, also inside imported macros, which see only globals."""

    def __str__(self) -> str:
        return asset("icons.svg")

    def __html__(self) -> str:
        return str(self)


def asset(name: str) -> str:
    """The address of a file in web/static."""
    return url_for("assets.static_file", name=name, v=_read(STATIC / name).version)


def vendor(name: str) -> str:
    """The address of a file from npm."""
    return url_for("assets.vendor_file", name=name, v=_read(_vendor_path(name)).version)


@blueprint.get("/static/<path:name>")
def static_file(name: str) -> Response:
    """A file of ours."""
    path = (STATIC / name).resolve()
    if not path.is_relative_to(STATIC):
        abort(404)
    return _answer(path)


@blueprint.get("/vendor/<name>")
def vendor_file(name: str) -> Response:
    """A file from npm that pages use."""
    if name not in VENDOR:
        abort(404)
    return _answer(_vendor_path(name))


class _File:
    def __init__(self, content: bytes) -> None:
        self.content = content
        self.zipped = gzip.compress(content, mtime=0)
        self.version = hashlib.sha256(content).hexdigest()[:12]


@lru_cache(maxsize=64)
def _read_version(path: Path, _changed_ns: int) -> _File:
    return _File(path.read_bytes())


def _read(path: Path) -> _File:
    """Read once per version; a file that is not installed is empty, and the page still works."""
    try:
        return _read_version(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return _File(b"")


def _vendor_path(name: str) -> Path:
    return ROOT / "node_modules" / VENDOR[name]


def _answer(path: Path) -> Response:
    if not path.is_file():
        abort(404)
    found = _read(path)
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    is_zipped = request.accept_encodings.quality("gzip") > 0
    response = Response(found.zipped if is_zipped else found.content, content_type=kind)
    if is_zipped:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    is_this_version = request.args.get("v") == found.version
    response.headers["Cache-Control"] = _KEPT if is_this_version else _ASKED_AGAIN
    response.set_etag(found.version + ("-gzip" if is_zipped else ""))
    response.make_conditional(request)
    return response
