"""What a caller of this package may do wrong, each with a stable code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from kernel.errors import Conflict, Forbidden, IllegalStep, Invalid, NotFound

# --- alliance


class MerchantUnknown(NotFound):
    code = "merchant_unknown"
    zh = "本社区的商户联盟里没有这家店，请核对。"
    en = "There is no such merchant in this community's alliance. Please check."


class MerchantCodeTaken(Conflict):
    code = "merchant_code_taken"
    zh = "“{merchant}” 已经是另一家店的代码，请换一个。"
    en = "The code {merchant} belongs to another merchant. Please choose a different one."


class MerchantCodeInvalid(Invalid):
    code = "merchant_code_invalid"
    zh = "商户代码用 2 到 32 个小写字母、数字或连字符，例如 laoxing。"
    en = "A merchant code has 2 to 32 lower-case letters, digits or hyphens, such as laoxing."


class AlreadyJoined(Conflict):
    code = "already_joined"
    zh = "这家店已经在联盟里。"
    en = "This merchant is already in the alliance."


class NotInAlliance(Conflict):
    code = "not_in_alliance"
    zh = "这家店现在不在联盟里，请先办加入。"
    en = "This merchant is not in the alliance now. Please let it join first."


class IllegalMerchantStep(IllegalStep):
    """Of a shop in the alliance, an agreement or an offer."""

    words: ClassVar[Mapping[str, tuple[str, str]]] = {
        "joined": ("已加入", "a member"),
        "left": ("已退出", "gone"),
        "draft": ("草稿", "a draft"),
        "signed_by_one": ("一方已签", "signed by one side"),
        "signed": ("已签订", "signed"),
        "suspended": ("已暂停", "suspended"),
        "ended": ("已终止", "ended"),
        "proposed": ("待确认", "proposed"),
        "accepted": ("可以兑换", "open"),
        "paused": ("已暂停", "paused"),
        "withdrawn": ("已撤下", "withdrawn"),
    }


# --- agreements


class TermEmpty(Invalid):
    code = "term_empty"
    zh = "结束日期要晚于开始日期。"
    en = "The end must be after the start."


class CostShareInvalid(Invalid):
    code = "cost_share_invalid"
    zh = "商户承担 100% 时不写资金池；不到 100% 时要写由哪个资金池承担其余。"
    en = "Name a pool exactly when the merchant bears less than 100 percent."


class AlreadySigned(Conflict):
    code = "already_signed"
    zh = "这一方已经签过这份协议。"
    en = "This side has signed this agreement already."


class TextChanged(Conflict):
    code = "text_changed"
    zh = "协议文字和您看到的不一样，请重新看一遍再签。"
    en = "The text is not the one you saw. Please read it again before signing."


class SameAccountBothSides(Forbidden):
    code = "same_account_both_sides"
    zh = "同一个人不能替双方签字，请由另一方本人签。"
    en = "One account cannot sign for both sides. The other side must sign itself."


class NotOpenForSigning(Conflict):
    code = "not_open_for_signing"
    zh = "这份协议已经结束或停用，不能再签。"
    en = "This agreement has ended or is suspended and cannot be signed."


class AgreementNotActive(Conflict):
    code = "agreement_not_active"
    zh = "这家店今天没有生效的协议，请先签好协议。"
    en = "This merchant has no agreement in force today. Please sign one first."


# --- offers


class NotBetter(Invalid):
    code = "not_better"
    zh = "联盟价要低于平时的价格：专属就是比别人更优惠。"
    en = "The alliance price must be lower than the ordinary price."


class OfferTermsInvalid(Invalid):
    code = "offer_terms_invalid"
    zh = "优惠的内容对不上：{why_zh}"
    en = "The terms of the offer do not fit together: {why_en}"


class OfferUnknown(NotFound):
    code = "offer_unknown"
    zh = "没有这个优惠，请核对。"
    en = "There is no such offer. Please check."
