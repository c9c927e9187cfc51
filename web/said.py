"""What an act that succeeded says on the page that follows it: a word in the address, no cookie.

Only words of this list are understood, so that an address cannot make the site say something else.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, request
from flask_babel import gettext as _

QUERY = "said"
SENTENCES: dict[str, Callable[[], str]] = {
    "called": lambda: _("记下了：已打电话。"),
    "card_blocked": lambda: _("卡已锁，到窗口才能解开。"),
    "card_closed": lambda: _("卡已注销，积分都在。"),
    "card_found": lambda: _("卡找回来了，请居民重新设密码。"),
    "card_handed": lambda: _("已发卡，记进登记簿了。请居民设密码。"),
    "card_lost": lambda: _("已挂失，这张卡马上不能用了。"),
    "card_unblocked": lambda: _("卡已解锁，密码没变。"),
    "office_reversal_asked": lambda: _("已提出退回，等监督组复核。"),
    "proxy_granted": lambda: _("记下了：这位家人现在就能替您办。"),
    "proxy_revoked": lambda: _("已取消代办，马上生效。"),
    "pin_reset": lambda: _("旧密码已作废，请居民设新密码。"),
    "pin_set": lambda: _("密码设好了，卡可以用了。"),
    "report_keyed": lambda: _("记下了，已交给社区办理。"),
    "report_withdrawn": lambda: _("已撤回，商户不用再答复。"),
    "stop_lifted": lambda: _("已恢复兑换，理由记下了。"),
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
