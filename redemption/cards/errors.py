"""What may go wrong with cards 积分兑换卡, each with a stable code.

What is refused at a merchant's counter is kept as a row instead (redemption/reasons.py).
"""

from __future__ import annotations

from kernel.errors import (
    Conflict,
    Forbidden,
    IllegalStep,
    Invalid,
    NotFound,
    TooMany,
    WrongState,
)

_BATCH_WORDS = {
    "ordered": ("已下单", "ordered"), "printed": ("已印制", "printed"),
    "received": ("已收货", "received"), "voided": ("已作废", "voided"),
}  # fmt: skip
_CARD_WORDS = {
    "stock": ("未发放", "in stock"), "handed": ("待设密码", "without a PIN yet"),
    "active": ("正常", "active"), "blocked": ("已锁", "blocked"), "lost": ("已挂失", "lost"),
    "replaced": ("已换卡", "replaced"), "closed": ("已注销", "closed"),
    "voided": ("已作废", "voided"),
}  # fmt: skip


class CardUnreadable(Invalid):
    code = "card_unreadable"
    zh = "这不是卡号。请扫卡上的码，或输 K 后面的 7 位数字。"
    en = "This is no card number. Scan the card or type the 7 digits after K."


class CardNotHere(NotFound):
    code = "card_unknown"
    zh = "没有这张卡，请核对卡号。"
    en = "There is no such card. Please check the number."


class CardNotInService(WrongState):
    code = "card_not_in_service"
    zh = "这张卡{state}，不能用来签到；请按户号或姓名查找。"
    en = "This card is {state_en}. Please find the member by household code or name."
    words = _CARD_WORDS


class BatchUnknown(NotFound):
    code = "card_batch_unknown"
    zh = "没有这批卡，请核对批次号。"
    en = "There is no such batch of cards."


class BatchStepIllegal(IllegalStep):
    code = "illegal_card_batch_step"
    zh = "这批卡{state}，不能改成{to}；请刷新看看。"
    en = "This batch is {state_en} and cannot become {to_en}. Please refresh."
    words = _BATCH_WORDS


class CardStepIllegal(IllegalStep):
    code = "illegal_card_step"
    zh = "这张卡{state}，不能改成{to}；请刷新看看。"
    en = "This card is {state_en} and cannot become {to_en}. Please refresh."
    words = _CARD_WORDS


class NumbersUsedUp(Conflict):
    code = "card_numbers_used_up"
    zh = "卡号只剩 {left} 个，请少订一些。"
    en = "Only {left} card numbers are left. Please order fewer cards."


class CardNotReceived(Conflict):
    code = "card_not_received"
    zh = "这张卡所在的批次还没有登记收货，请先登记。"
    en = "The batch of this card is not marked as received yet."


class HasCard(Conflict):
    code = "has_card"
    zh = "这位居民已有一张卡（{number}），请办换卡或先注销。"
    en = "This member holds card {number} already. Replace it or close it first."


class ReceiverNotAllowed(Invalid):
    code = "receiver_not_allowed"
    zh = "只能由本人或其代办人领卡，请先登记代办。"
    en = "Only the member or a granted proxy can receive the card."


class OwnHousehold(Forbidden):
    code = "own_household"
    zh = "涉及您本人或家里人的卡，请另一位工作人员来办。"
    en = "This is your own or your household's card. Please ask a colleague."


class KeypadGone(Conflict):
    code = "keypad_expired"
    zh = "密码键盘过时了，请重新打开，再输一次。"
    en = "The keypad has run out. Please open it again and type the PIN once more."


class CardsPaused(TooMany):
    code = "guessing_paused"
    zh = "输错的数字太多，{retry_after} 秒内不能刷卡；请居民用手机上的码。"
    en = "Too many wrong digits: no cards for {retry_after} seconds. Scan a code on a phone."


class StoppedMeanwhile(Conflict):
    code = "redemption_stopped"
    zh = "积分正在核对，暂停兑换，没收积分；恢复后请再来。"
    en = (
        "The points are being checked: redemption pauses and no points were taken. Come back later."
    )


class PressesWrong(Invalid):
    code = "presses_wrong"
    zh = "请输满 6 位密码。"
    en = "A PIN has six digits. Please press six keys."


class PinsDiffer(Conflict):
    code = "pins_differ"
    zh = "两次输的密码不一样，请重新输。"
    en = "The two PINs differ. Please type them again."


class PinTooWeak(Invalid):
    code = "pin_too_weak"
    zh = "这个密码{why_zh}，容易被猜到，请换一个。"
    en = "This PIN is easy to guess: {why_en}. Please choose another one."

    def __init__(self, *, why: str) -> None:
        zh, en = _WEAK[why]
        super().__init__(field="presses", why_zh=zh, why_en=en)
        self.extra = {"why": why}


_WEAK = {
    "repeated": ("是重复的数字", "its digits repeat"),
    "in_steps": ("是连着的数字", "its digits run in steps"),
    "on_the_card": ("印在卡号里", "it is printed on the card"),
}


class PinNotDue(WrongState):
    code = "pin_not_due"
    zh = "这张卡{state}，不能设密码；忘了密码请到窗口重设。"
    en = "This card is {state_en}; no PIN can be set. Ask the office to reset it."
    words = _CARD_WORDS


class AlreadyCalled(Conflict):
    code = "card_notice_called"
    zh = "这一条已经有人通知过了。"
    en = "Somebody has told the holder already."
