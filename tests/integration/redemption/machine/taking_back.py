"""Redemptions go back: by who asked, by the clerk, by the supervisor."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from kernel.errors import Conflict
from redemption import redemptions, reversals
from tests.integration.redemption.machine.model import CANCEL
from tests.integration.redemption.machine.month import BareMonth, which


class TakingBack(BareMonth):
    """Withdrawn, cancelled within the window, reversed after it."""

    @precondition(lambda self: self.has("code", "request"))
    @rule(number=which)
    def withdraw(self, number: int) -> None:
        key, one = self.pick(number, "code", "request")
        try:
            self.own(one.holder, redemptions.withdraw, redemption_id=key)
        except Conflict:
            assert one.state in ("redeemed", "expired")
            return
        if one.state == "held":
            self.model.end(one, "withdrawn")
        assert one.state == "withdrawn"

    @precondition(lambda self: self.has())
    @rule(number=which)
    def cancel(self, number: int) -> None:
        key, one = self.pick(number)
        may = one.at is not None and not one.is_back and self.now <= one.at + CANCEL
        try:
            self.do(redemptions.cancel, actor=self.clerk, redemption_id=key)
        except Conflict:
            assert not may
            return
        assert may
        self.model.take_back(key)

    @precondition(lambda self: self.has())
    @rule(number=which, approves=st.booleans())
    def reverse(self, number: int, approves: bool) -> None:
        key, one = self.pick(number)
        may = one.at is not None and not one.is_back and self.now > one.at + CANCEL
        office, panel = self.base.desk.office, self.base.supervisor
        where = {"community_id": self.community_id}
        try:
            asked = self.do(
                reversals.ask, actor=office, redemption_id=key, reason="货不对", **where
            )
        except Conflict:
            assert not may
            return
        assert may
        self.do(
            reversals.decide, actor=panel, request_id=asked.id, version=asked.version,
            approves=approves, why="查过了", **where,
        )  # fmt: skip
        if approves:
            self.model.take_back(key)
