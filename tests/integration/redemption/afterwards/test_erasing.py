"""Reports and reversals of somebody who left: the words go, the shop's record stays."""

from __future__ import annotations

from kernel import tenancy
from kernel.database import db
from kernel.personal_text import PersonalText
from redemption import erasing
from redemption.reports import Outcome
from tests.integration.redemption.afterwards.stage import LATER, ON_SQLITE, Afterwards

pytestmark = ON_SQLITE


def still_open(stage: Afterwards) -> list[str]:
    found = erasing.still_open(stage.community_id, stage.holder.member_id)
    return [each.code for each in found]


def test_what_is_not_decided_is_waited_for_then_the_words_go(stage: Afterwards) -> None:
    receipt = stage.redeemed()
    asked = stage.ask(receipt.id)
    report = stage.report(receipt.id)
    assert still_open(stage) == ["reports", "reversals"]
    stage.decide(asked)
    stage.close(stage.reply(report), Outcome.UPHELD)
    assert still_open(stage) == []
    counts = erasing.erase(stage.community_id, stage.holder.member_id, LATER)
    assert (counts["reports"], counts["reversals"]) == (1, 2)
    left = db.session.scalars(
        tenancy.columns(PersonalText, stage.community_id, PersonalText.body)
    ).all()
    assert "说早餐没了" not in left
    assert "商户承认没有给早餐" not in left
    assert "那天豆浆机坏了，已经修好。" in left
    again = erasing.erase(stage.community_id, stage.holder.member_id, LATER)
    assert set(again.values()) == {0}
