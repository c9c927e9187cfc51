"""What may happen in a month, done to the product and to the model; afterwards they agree."""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st
from hypothesis.stateful import rule

from points import expiry
from redemption import redemptions
from tests.integration.redemption.machine.earning import Earning
from tests.integration.redemption.machine.spending import Spending
from tests.integration.redemption.machine.taking_back import TakingBack

LAST_DAY = dt.date(2027, 3, 1)
MONTH = 30 * 86_400
#: What matters to a code, a hold or a cancellation; months, of which two kill points.
WAITS = st.sampled_from([1, 9, 10, 59, 70, 179, 300, 601, 901, 9 * 86_400, MONTH, MONTH, MONTH])


class Month(Earning, Spending, TakingBack):
    """All of it in any order, and time goes by."""

    @rule(seconds=WAITS)
    def wait(self, seconds: int) -> None:
        if self.today < LAST_DAY:
            self.now += dt.timedelta(seconds=seconds)

    @rule()
    def sweep(self) -> None:
        freed = self.do(redemptions.expire_holds, community_id=self.community_id, limit=100)
        assert freed == self.model.expire(self.now)

    @rule()
    def let_points_die(self) -> None:
        ids = list(self.base.account_ids)
        settled = self.do(expiry.settle, community_id=self.community_id, account_ids=ids)
        assert settled.disagreeing == ()
        for purse in self.model.purses:
            purse.settle(self.today)
