"""Offers for holders of a tier: of the last sealed month, with the effects in the rulebook."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from kernel import tenancy
from kernel.database import db
from kernel.errors import Refused
from points.models import AccountingMonth
from redemption import redemptions
from redemption.redemptions import Held
from tests.factories.points import MonthlyScoreFactory
from tests.integration.points.world import items
from tests.integration.redemption.whole_world import GRANT, WholeWorld, whole_world
from tests.integration.redemption.world import NOW, Holder
from tests.support.backend import Backend

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
SEALED, OPEN = "2026-10", "2026-11"
TIERS = [
    {
        "name": "四星", "effects": ["badge", "offer_access"],
        "when": [{"measure": "score", "at_least": 90}],
    },
    {
        "name": "三星", "effects": ["badge"],
        "when": [{"measure": "score", "at_least": 60, "below": 90}],
    },
]  # fmt: skip


def with_tiers() -> WholeWorld:
    made = whole_world()
    made.points.adopt(
        effective_from=dt.date(2026, 11, 1), version=2, items=[*items("CAP", "FREE", "BAD"), GRANT],
        balance={"spendable_from": "recorded", "deductions": "below_zero"}, tiers=TIERS,
    )  # fmt: skip
    db.session.flush()
    return made


@pytest.fixture
def world(backend: Backend, session: Any) -> WholeWorld:
    return backend.remembered(with_tiers)


def in_tier(world: WholeWorld, tier: str | None, month: str = SEALED) -> Holder:
    """A holder to whom a month gave a tier; ``SEALED`` is sealed."""
    holder = world.rich_holder()
    db.session.execute(
        tenancy.update(AccountingMonth, world.community_id)
        .where(AccountingMonth.month == SEALED)
        .values(state="sealed", frozen_at_utc=NOW, sealed_at_utc=NOW)
        .execution_options(synchronize_session=False)
    )
    MonthlyScoreFactory(
        community_id=world.community_id, account_id=holder.account_id,
        member_id=holder.member_id, month=month, tier=tier,
    )  # fmt: skip
    return holder


def ask(world: WholeWorld, holder: Holder, *audience: str) -> Held | Refused:
    offer = world.offer(8, audience=list(audience))
    return redemptions.issue(
        actor=holder.actor, now=NOW, community_id=world.community_id, offer_id=offer.id
    )


@pytest.mark.parametrize(
    ("tier", "word", "is_meant"),
    [
        ("四星", "offer_access", True),
        ("三星", "offer_access", False),
        (None, "offer_access", False),
        ("三星", "tier:三星", True),
        ("四星", "tier:三星", False),
    ],
    ids=["opens", "opens nothing", "no tier", "named", "another's name"],
)
def test_an_offer_for_a_tier(
    world: WholeWorld, tier: str | None, word: str, is_meant: bool
) -> None:
    answer = ask(world, in_tier(world, tier), word)
    assert isinstance(answer, Held) == is_meant
    if isinstance(answer, Refused):
        assert answer.code == "not_in_audience"


def test_a_month_that_is_not_sealed_opens_nothing(world: WholeWorld) -> None:
    holder = world.holder()
    in_tier(world, "四星")
    MonthlyScoreFactory(
        community_id=world.community_id, account_id=holder.account_id,
        member_id=holder.member_id, month=OPEN, tier="四星",
    )  # fmt: skip
    assert isinstance(ask(world, holder, "offer_access"), Refused)


def test_beside_other_words_any_one_is_enough(world: WholeWorld) -> None:
    assert isinstance(ask(world, in_tier(world, None), "offer_access", "resident"), Held)
