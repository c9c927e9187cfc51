"""What a clerk need not check by hand: the conditions of a code, each as a sentence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from kernel.clock import SHANGHAI
from kernel.points_value import as_text
from redemption.redemptions import Preview
from web.formats import one_or_more, yuan
from web.language import told


@dataclass(frozen=True, kw_only=True)
class Check:
    """One condition; ``image`` is its icon: check, or soon where the clerk has to act."""

    sentence: str
    image: str = "check"


def checks(preview: Preview, now: dt.datetime) -> list[Check]:
    """In the order a clerk asks: now, this person, on the shelf, this month, cash."""
    return list(_checks(preview, now))


def _checks(preview: Preview, now: dt.datetime) -> Iterator[Check]:
    clock = f"{now.astimezone(SHANGHAI):%H:%M}"
    if preview.hours:
        hours = told(preview.hours)
        sentence = _("现在 %(clock)s，在优惠时段 %(hours)s 内", clock=clock, hours=hours)
        yield Check(sentence=sentence)
    else:
        yield Check(sentence=_("现在 %(clock)s，全天都能兑", clock=clock))
    left = {kind: as_text(count) for kind, count in preview.left.items()}
    if "per_holder" in left:
        yield Check(sentence=_("次数没超，收了这次还剩 %(times)s 次", times=left["per_holder"]))
    if "stock" in left:
        yield Check(sentence=_("还有货，收了这份还剩 %(count)s 份", count=left["stock"]))
    if "month_cap" in left:
        sentence = ngettext(
            "本月额度够，收了这笔还剩 %(points)s 积分", "本月额度够，收了这笔还剩 %(points)s 积分",
            one_or_more(preview.left["month_cap"]), points=left["month_cap"],
        )  # fmt: skip
        yield Check(sentence=sentence)
    yield Check(sentence=_("兑换条件已由系统核过，不用看证件"))
    cash = preview.receipt.cash_cents
    if cash:
        sentence = _("另收现金 %(yuan)s 元，不能多收", yuan=yuan(cash))
        yield Check(sentence=sentence, image="soon")
