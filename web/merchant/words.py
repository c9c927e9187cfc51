"""Reasons in a few signs, for the head of a refusal; the whole sentence stands below it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from redemption.models import CancellationReason, DeclineReason

#: code → title; what is not listed here is refused with the general one.
TITLES: dict[str, LazyString] = {
    "code_unknown": _("没有这个码"),
    "code_expired": _("这个码过时了"),
    "already_redeemed": _("这个码用过了"),
    "withdrawn": _("居民已经退回"),
    "request_expired": _("这个请求过时了"),
    "request_redeemed": _("已经收过了"),
    "request_withdrawn": _("居民不换了"),
    "wrong_merchant": _("不是本店的码"),
    "self_dealing": _("不能给自己核销"),
    "offer_not_available": _("这个优惠停了"),
    "agreement_not_active": _("本店协议停用"),
    "outside_hours": _("不在优惠时段"),
    "not_in_audience": _("不合兑换条件"),
    "sold_out": _("兑完了"),
    "limit_reached": _("次数或额度满了"),
    "insufficient_points": _("可用积分不够"),
    "too_many_held": _("没兑完的太多"),
    "redemption_barred": _("暂停兑换"),
    "redemption_stopped": _("全社区暂停兑换"),
    "too_many_requests": _("试得太多了"),
    "too_late_to_cancel": _("过了撤销时间"),
    "already_cancelled": _("已经撤销过"),
    "own_household": _("请另一位店员来办"),
    "code_unreadable": _("这不是兑换码"),
    "request_waiting": _("已有一个请求在等"),
    "card_unreadable": _("这不是兑换卡"),
    "card_unknown": _("没有这张卡"),
    "card_blocked": _("密码错多了，卡已锁"),
    "card_stopped": _("这张卡停用了"),
    "card_lost": _("这张卡挂失了"),
    "card_closed": _("这张卡作废了"),
    "card_not_active": _("这张卡还没有启用"),
    "pin_wrong": _("密码不对"),
    "card_day_amount": _("今天用卡满了"),
    "card_used_here_today": _("今天在本店用过卡了"),
    "keypad_expired": _("密码键盘过时了"),
    "presses_wrong": _("密码没有按满"),
    "forbidden": _("您的账号不能办"),
}
_OTHER = _("这一步没有办成")

CANCELLATION_REASONS: dict[CancellationReason, LazyString] = {
    CancellationReason.MISTAKE: _("收错了"),
    CancellationReason.NOT_PROVIDED: _("没给成东西"),
    CancellationReason.HOLDER_ASKED: _("居民不要了"),
}
DECLINE_REASONS: dict[DeclineReason, LazyString] = {
    DeclineReason.SOLD_OUT: _("没货了"),
    DeclineReason.CLOSING: _("要打烊了"),
    DeclineReason.CANNOT_PROVIDE: _("现在做不了"),
    DeclineReason.NOT_HERE: _("没见到人"),
    DeclineReason.OTHER: _("别的原因"),
}


def title(code: str) -> str:
    """The title of a refusal by its stable code."""
    return str(TITLES.get(code, _OTHER))
