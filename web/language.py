"""The language of a page: Chinese first, English by ``?lang=en``, remembered in a cookie."""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

from flask import Flask, Response, g, has_request_context, request
from flask_babel import Babel
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

COOKIE = "lang"
LANGUAGES = ("zh", "en")
_LOCALES = {"zh": "zh_Hans_CN", "en": "en"}
_TAGS = {"zh": "zh-CN", "en": "en"}
_A_YEAR = 365 * 24 * 3600


class Worded(Protocol):
    """What is said in both languages."""

    @property
    def zh(self) -> str: ...
    @property
    def en(self) -> str: ...


def configure(app: Flask) -> None:
    """Flask-Babel, the choice of a language per request, and its cookie."""
    app.config.update(
        BABEL_DEFAULT_LOCALE=_LOCALES["zh"],
        BABEL_DEFAULT_TIMEZONE="Asia/Shanghai",
        BABEL_TRANSLATION_DIRECTORIES=f"{app.root_path}/web/translations",
    )
    Babel(app, locale_selector=lambda: _LOCALES[current_language()])
    app.before_request(_choose)
    app.after_request(_remember)
    app.add_template_filter(told)
    app.add_template_global(current_language, "language")
    app.add_template_global(lambda: _TAGS[current_language()], "language_tag")


def current_language() -> str:
    """ "zh" or "en"."""
    if not has_request_context():
        return "zh"
    if "language" not in g:
        # What fails before the pages begin is told in the reader's language too.
        _choose()
    return str(g.language)


def told(words: Worded) -> str:
    """The half that the reader understands."""
    return words.en if current_language() == "en" else words.zh


def _choose() -> None:
    named, environ = f"{COOKIE}=", request.environ
    if named in environ.get("QUERY_STRING", "") or named in environ.get("HTTP_COOKIE", ""):
        for wanted in (request.args.get(COOKIE), request.cookies.get(COOKIE)):
            if wanted in LANGUAGES:
                g.language = wanted
                return
    g.language = _preferred(request.environ.get("HTTP_ACCEPT_LANGUAGE", ""))


@lru_cache(maxsize=256)
def _preferred(header: str) -> str:
    """The language a browser asks for; browsers send few different headers."""
    wanted = parse_accept_header(header, LanguageAccept)
    return "en" if wanted.best_match(["zh-CN", "zh", "en"], default="zh") == "en" else "zh"


def _remember(response: Response) -> Response:
    asked = request.args.get(COOKIE)
    if asked in LANGUAGES and asked != request.cookies.get(COOKIE) and _is_page(response):
        response.set_cookie(
            COOKIE, asked, max_age=_A_YEAR, httponly=True, samesite="Lax", secure=request.is_secure
        )
    return response


def _is_page(response: Response) -> bool:
    return response.mimetype == "text/html"
