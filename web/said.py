"""What an act that succeeded says on the page that follows it: a word in the address, no cookie.

Only words of this list are understood, so that an address cannot make the site say something else.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, request
from flask_babel import gettext as _

QUERY = "said"
SENTENCES: dict[str, Callable[[], str]] = {
    "replied": lambda: _("答复已交给社区，居民也看得到。"),
    "reversal_asked": lambda: _("已请社区复核，同意后积分退给居民。"),
    "signed_out": lambda: _("已退出登录。"),
    "withdrawn": lambda: _("已取消这次兑换，积分退回来了。"),
}


def configure(app: Flask) -> None:
    """``said()`` in templates."""
    app.add_template_global(said)


def said() -> str | None:
    """The sentence that the last act left for this page."""
    found = SENTENCES.get(request.args.get(QUERY, ""))
    return found() if found else None
