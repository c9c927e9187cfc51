"""States, ways and reasons in the words of the office."""

from __future__ import annotations

import uuid

from flask import Blueprint
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from community import accounts
from kernel.errors import NotFound
from redemption.models import CardNews, CardState, CardWay, Channel
from redemption.reasons import Reason
from web.merchant import words as counter_words

CARD_STATES: dict[str, LazyString] = {
    CardState.STOCK: _("未发放"),
    CardState.HANDED: _("待设密码"),
    CardState.ACTIVE: _("正常"),
    CardState.BLOCKED: _("已锁"),
    CardState.LOST: _("已挂失"),
    CardState.REPLACED: _("已换卡"),
    CardState.CLOSED: _("已注销"),
    CardState.VOIDED: _("已作废"),
}
BATCH_STATES: dict[str, LazyString] = {
    "ordered": _("已下单"),
    "printed": _("已印制"),
    "received": _("已收货"),
    "voided": _("已作废"),
}
WAYS: dict[str, LazyString] = {
    CardWay.APP: _("本人手机"),
    CardWay.PROXY: _("代办人"),
    CardWay.WINDOW: _("窗口"),
    CardWay.PHONE: _("电话"),
    CardWay.COUNTER: _("商户柜台"),
    CardWay.SYSTEM: _("系统"),
}
CHANNELS: dict[str, LazyString] = {
    Channel.CODE: _("出示码"),
    Channel.REQUEST: _("扫店码"),
    Channel.CARD: _("兑换卡"),
}
NEWS: dict[str, LazyString] = {
    CardNews.USED: _("卡刚用过"),
    CardNews.BLOCKED: _("卡被锁了"),
    CardNews.LOST: _("卡已挂失"),
}
KINDS: dict[str, LazyString] = {
    "refused": _("店里不给兑换"),
    "surcharge": _("店里多收了钱"),
    "wrong_goods": _("给的东西不对"),
    "other": _("别的事"),
}
ORIGINS: dict[str, LazyString] = {
    "merchant": _("商户提出"),
    "community": _("社区提出"),
    "report": _("反映属实后提出"),
}
REPORT_ACTS: dict[str, LazyString] = {
    "filed": _("居民反映"),
    "summarized": _("社区转述给商户"),
    "replied": _("商户答复"),
    "upheld": _("认定属实"),
    "not_upheld": _("认定不属实"),
    "settled": _("双方和解"),
    "withdrawn": _("撤回"),
}
#: What a ledger check found wrong, as the office tells it; the code beside it is for operators.
MISMATCHES: dict[str, LazyString] = {
    "balance": _("账户余额"),
    "debt": _("欠的积分"),
    "held": _("留着的积分"),
    "hold_of_account": _("留着的积分"),
    "stuck_hold": _("到期没退的积分"),
    "lots": _("积分批次"),
    "next_expiry": _("积分到期"),
    "expired_early": _("积分到期"),
    "expired_twice": _("积分到期"),
    "monthly_score": _("月得分"),
    "redeemed_without_transfer": _("兑换的转账"),
    "transfer_without_redemption": _("兑换的转账"),
    "back_without_act": _("退回的积分"),
    "quota_used": _("限量用掉的数"),
}
_LISTS = {
    "card_state": CARD_STATES,
    "batch_state": BATCH_STATES,
    "card_way": WAYS,
    "channel": CHANNELS,
    "card_news": NEWS,
    "report_kind": KINDS,
    "reversal_origin": ORIGINS,
    "report_act": REPORT_ACTS,
}


def office_word(value: str, of: str) -> str:
    """A state or reason in words: ``{{ card.state|office_word('card_state') }}``."""
    return str(_LISTS[of][value])


def reason_word(code: str) -> str:
    """Why something was not redeemed, in a few signs."""
    return counter_words.title(code)


def mismatch_word(what: str) -> str:
    """What does not add up, in a few signs."""
    return str(MISMATCHES.get(what, _("记录和月表")))


def account_name(account_id: uuid.UUID | None) -> str:
    """Who did something, as colleagues know the account."""
    if account_id is None:
        return ""
    try:
        return accounts.get(account_id).display_name
    except NotFound:
        return str(_("系统"))


def reasons() -> list[tuple[str, str]]:
    """(value, word) of every reason why something is not redeemed."""
    return [(each.value, reason_word(each.value)) for each in Reason]


def register(blueprint: Blueprint) -> None:
    """Filters that macros can see, too."""
    for function in (office_word, reason_word, mismatch_word, account_name):
        blueprint.add_app_template_filter(function)
