"""What a claim would bring, said before anybody decides: an estimate, never a promise.

The rules evaluate the claim beside what the holder has now, so limits that are used up show. What
is recorded until the decision may still change it.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal

from kernel import tenancy
from kernel.database import db
from kernel.ids import new_id
from kernel.points_value import ZERO
from points import evaluation, rulebooks
from points.fact_door import Admitted
from points.models import AccountKind, HolderKind, PointsAccount
from points.rules.awards import Range
from points.rules.facts import Fact as RuleFact
from points.rules.readback import read_back


@dataclass(frozen=True, kw_only=True)
class Worth:
    """``points`` are signed; None where people decide between ``least`` and ``most``.

    ``reason`` says why it is less than the rule (over_limit, not_in_audience …). ``rule_zh`` and
    ``rule_en`` are the rule in one sentence.
    """

    points: Decimal | None
    reason: str | None
    least: Decimal | None
    most: Decimal | None
    rule_zh: str
    rule_en: str

    def sentence(self, language: str) -> str:
        """The whole of it in one line, for a list or a screen reader."""
        if language == "en":
            return f"{self.rule_en} {self._forecast_en()}"
        return f"{self.rule_zh}{self._forecast_zh()}"

    def _forecast_zh(self) -> str:
        if self.points is None:
            return f"分值由评议组在 {self.least} 到 {self.most} 分之间评定。"
        if self.points == ZERO:
            return "按现在的记录，这一件不再加分。"
        return f"按现在的记录，预计 {self.points} 分。"

    def _forecast_en(self) -> str:
        if self.points is None:
            return f"The panel decides between {self.least} and {self.most} points."
        if self.points == ZERO:
            return "As things stand now, it would bring no points."
        return f"As things stand now, it would bring {self.points} points."


def forecast(admitted: Admitted, *, today: dt.date) -> Worth:
    """What the claim would be worth today; three statements."""
    item, award = admitted.item, admitted.item.award
    rule = {"rule_zh": read_back(item, "zh"), "rule_en": read_back(item, "en")}
    if isinstance(award, Range):
        return Worth(points=None, reason=None, least=award.least, most=award.most, **rule)
    account_id = _account_id(admitted)
    fact = _as_if_accepted(admitted, account_id or new_id())
    known = evaluation.facts_of(admitted.community_id, [account_id]) if account_id else []
    book = admitted.book
    versions = rulebooks.versions_of(admitted.community_id, book.rulebook_id)
    found = evaluation.dry([each.compiled for each in versions], [*known, fact], today)
    own = [line for line in found.lines if line.fact_id == fact.fact_id]
    return Worth(
        points=sum((line.signed for line in own), ZERO),
        reason=next((line.reason for line in own if line.reason), None),
        least=None,
        most=None,
        **rule,
    )


def _account_id(admitted: Admitted) -> uuid.UUID | None:
    """The account that would receive it; None before its first points."""
    is_household = admitted.book.compiled.holder == HolderKind.HOUSEHOLD
    conduct = admitted.conduct
    found: uuid.UUID | None = db.session.scalar(
        tenancy.columns(PointsAccount, admitted.community_id, PointsAccount.id)
        .where(
            PointsAccount.kind == AccountKind.HOLDER,
            PointsAccount.rulebook_id == admitted.book.rulebook_id,
            PointsAccount.holder_id == (conduct.household_id if is_household else conduct.id),
        )
        .order_by(PointsAccount.id)
        .limit(1)
    )
    return found


def _as_if_accepted(admitted: Admitted, holder: uuid.UUID) -> RuleFact:
    asked, conduct = admitted.asked, admitted.conduct
    return RuleFact(
        fact_id=new_id(),
        item=asked.item_code,
        holder=holder,
        person=conduct.id,
        household=conduct.household_id,
        occurred_on=asked.occurred_on,
        quantity=asked.quantity,
        level=asked.level,
        tags=conduct.tags,
        activity=asked.activity_id,
        approved=True,
    )
