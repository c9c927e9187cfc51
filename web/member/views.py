"""What a member's pages show: frozen values, made by reading.py."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from decimal import Decimal

from redemption.afterwards import FollowedReceipt
from redemption.receipts import Receipt
from web.member.paying import Person, Wallet

#: The bar of a code is full for this long, though a code lives ten seconds more.
BAR_SECONDS = 60


def redemption_mark(receipt: Receipt) -> str:
    """The word of the mark: held, redeemed, returned, cancelled or expired."""
    if receipt.cancelled_at_utc is not None:
        return "cancelled"
    if isinstance(receipt, FollowedReceipt) and receipt.reversed_at_utc is not None:
        return "returned"
    return {"withdrawn": "returned"}.get(receipt.state, receipt.state)


@dataclass(frozen=True, kw_only=True)
class Where:
    """The community a page belongs to, and how to reach it without a phone screen."""

    code: str
    name: str
    telephone: str
    alliance: str


@dataclass(frozen=True, kw_only=True)
class CodeView:
    """A living code. All seconds are relative to the answer, so no phone's clock matters."""

    svg: str
    digits: str
    seconds_left: int
    renew_after: int

    @property
    def spoken(self) -> str:
        """The digits for a screen reader, one by one."""
        return " ".join(self.digits)

    @property
    def groups(self) -> tuple[str, str]:
        return self.digits[:4], self.digits[4:]

    @property
    def bar(self) -> int:
        """How much of the bar is left, of 100."""
        return min(100, 100 * self.seconds_left // BAR_SECONDS)


@dataclass(frozen=True, kw_only=True)
class HoldPage:
    """One redemption: its code while it is held, else what became of it."""

    where: Where
    receipt: FollowedReceipt
    code: CodeView | None
    hold_seconds: int
    wallets: tuple[Wallet, ...]
    #: What the counter said when it declined a request.
    declined: str | None = None

    @property
    def state(self) -> str:
        return redemption_mark(self.receipt)


@dataclass(frozen=True, kw_only=True)
class HomePage:
    """The two numbers, what waits for me, what came last."""

    where: Where
    name: str
    month: str
    score: Decimal
    #: The account that pays unasked first.
    wallets: tuple[Wallet, ...]
    shop_count: int
    open_holds: tuple[Receipt, ...]
    last: tuple[FollowedReceipt, ...]


@dataclass(frozen=True, kw_only=True)
class ListPage:
    """One's own redemptions; ``older`` is the id to read on from."""

    where: Where
    receipts: tuple[FollowedReceipt, ...]
    chosen: str
    people: tuple[Person, ...]
    member_id: uuid.UUID | None
    older: str | None
