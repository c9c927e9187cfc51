"""What went wrong, as a page: what is not right, and one next step."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from flask import Response, g, make_response, render_template, request, url_for
from flask_babel import gettext as _

from web.address import here


class _Look(NamedTuple):
    title: Callable[[], str]
    image: str
    #: The next step: its words and its address.
    step: Callable[[], str]
    href: Callable[[], str]


def _home() -> str:
    """The board this address belongs to, else the front page."""
    community = (request.view_args or {}).get("community")
    if isinstance(community, str) and request.endpoint != "board.notice":
        return url_for("board.notice", community=community)
    return url_for("board.district")


class _Area(NamedTuple):
    """Pages of one kind of people, and where they begin."""

    under: str
    label: Callable[[], str]
    href: str


_AREAS = (
    _Area("/me", lambda: _("回我的首页"), "/me"),
    _Area("/office", lambda: _("回办公首页"), "/office"),
    _Area("/counter", lambda: _("回扫码页"), "/counter"),
)


def _area() -> _Area | None:
    return next((each for each in _AREAS if f"{request.path}/".startswith(f"{each.under}/")), None)


def _again() -> str:
    return here() if request.method == "GET" else _home()


def _to_board() -> str:
    return str(_("回公示栏"))


def _try_again() -> str:
    return str(_("再试一次"))


_LOOKS: dict[int, _Look] = {
    403: _Look(lambda: _("您的账号不能办这件事"), "sealed", lambda: _("回我的首页"), lambda: "/me"),
    404: _Look(lambda: _("没有找到这一页"), "search", lambda: _("去公示栏找"), _home),
    405: _Look(lambda: _("这一页只能看"), "plain", _to_board, _home),
    429: _Look(lambda: _("查得太快了"), "clock", lambda: _("过一分钟再试"), _again),
    500: _Look(lambda: _("这一页没有打开"), "soon", _try_again, _again),
    503: _Look(lambda: _("系统正忙"), "waiting", _try_again, _again),
}
_OTHER = _Look(lambda: _("这一步没有办成"), "soon", _to_board, _home)


def error_page(code: str, status: int, sentence: str, *, back: str | None = None) -> Response:
    """An HTML page for an error; ``sentence`` comes from the error itself.

    ``back`` is the page of this site to try once more, where there is one.
    """
    look = _LOOKS.get(status, _OTHER)
    if back is not None:
        look = look._replace(step=lambda: _("回到这一页"), href=lambda: back)
    elif look.href is _home and (area := _area()) is not None:
        look = look._replace(step=area.label, href=lambda: area.href)
    page = render_template(
        "error.html",
        code=code,
        title=look.title(),
        image=look.image,
        sentence=sentence,
        next_label=look.step(),
        next_href=look.href(),
        request_id=g.get("request_id", "") if status >= 500 else "",
    )
    return make_response(page, status)
