"""Declines: what the holder is told when a clerk declines a request, for each reason."""

from __future__ import annotations

from collections.abc import Mapping

from redemption.models import DeclineReason
from redemption.reasons import Sentences

DECLINED: Mapping[DeclineReason, Sentences] = {
    DeclineReason.SOLD_OUT: Sentences(
        zh="店里说没货了，积分已退回您的账户；请换一个优惠。",
        en="The shop has run out of it; your points are back. Please choose another offer.",
    ),
    DeclineReason.CLOSING: Sentences(
        zh="店里说要打烊了，积分已退回您的账户；请改天再来。",
        en="The shop is closing; your points are back. Please come another day.",
    ),
    DeclineReason.CANNOT_PROVIDE: Sentences(
        zh="店里说现在做不了，积分已退回您的账户；请换一个优惠。",
        en="The shop cannot provide it now; your points are back. Please choose another offer.",
    ),
    DeclineReason.NOT_HERE: Sentences(
        zh="店里没见到您，积分已退回您的账户；请到柜台再选一次。",
        en="The shop did not find you there; your points are back. Ask again at the counter.",
    ),
    DeclineReason.OTHER: Sentences(
        zh="店里这次没有办，积分已退回您的账户；请当面问一声。",
        en="The shop did not do it this time; your points are back. Please ask the clerk why.",
    ),
}
