"""Every rule of cards once more as the database's own: each constraint is broken here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from kernel import tenancy
from kernel.database import db
from kernel.ids import new_id
from redemption.models import CardHandover, RedemptionCard
from tests.factories.cards import (
    NOW,
    CardActFactory,
    CardBatchActFactory,
    CardBatchFactory,
    CardCounterFactory,
    CardHandoverFactory,
    CardKeypadFactory,
    CardNoticeFactory,
    RedemptionCardFactory,
)
from tests.factories.redemption import RedemptionFactory
from tests.integration.redemption.scenes import Scene, shop_scene
from tests.integration.redemption.world import AllianceWorld, Holder

PIN = "a" * 64


@pytest.fixture
def begins_with() -> Callable[[], Scene]:
    """No cards yet."""
    return shop_scene


@pytest.fixture
def here(world: AllianceWorld) -> dict[str, Any]:
    return {"community_id": world.community_id}


@pytest.fixture
def batch(here: dict[str, Any]) -> dict[str, Any]:
    return here | {"batch_id": CardBatchFactory(**here).id}


@pytest.fixture
def card(batch: dict[str, Any], holder: Holder) -> dict[str, Any]:
    row = RedemptionCardFactory(**batch, state="handed", member_id=holder.member_id)
    return {"community_id": row.community_id, "card_id": row.id}


@pytest.mark.parametrize(
    "broken",
    [
        {"number": 1},
        {"first_number": 1, "last_number": 5},
        {"number": 0},
        {"first_number": 0, "last_number": 5},
        {"last_number": 500},
        {"last_number": 1001},
        {"state": "lost"},
        {"version": 0},
    ],
    ids=str,
)
def test_a_batch_that_cannot_be(here: dict[str, Any], broken: dict[str, Any]) -> None:
    CardBatchFactory(**here)
    second = {"number": 2, "first_number": 501, "last_number": 600}
    with pytest.raises(IntegrityError):
        CardBatchFactory(**here | second | broken)


@pytest.mark.parametrize(
    "broken", [{}, {"last_batch": -1}, {"last_number": -1}, {"last_number": 1_000_000}], ids=str
)
def test_a_counter_that_cannot_be(here: dict[str, Any], broken: dict[str, Any]) -> None:
    if not broken:
        CardCounterFactory(**here)
    with pytest.raises(IntegrityError):
        CardCounterFactory(**here, **broken)


@pytest.mark.parametrize(
    "broken",
    [{"act": "lost"}, {"to_state": "lost"}, {"cards": -1}, {"batch_id": "other"},
     {"why_text_id": "other"}],
    ids=", ".join,
)  # fmt: skip
def test_an_act_of_a_batch_that_cannot_be(batch: dict[str, Any], broken: dict[str, Any]) -> None:
    row = CardBatchActFactory(**batch)
    if "other" in broken.values():
        broken = dict.fromkeys(broken, new_id())
    with pytest.raises(IntegrityError), db.session.begin_nested():
        CardBatchActFactory(**batch | broken)
    with pytest.raises(DBAPIError):
        db.session.execute(tenancy.delete(type(row), row.community_id))


@pytest.mark.parametrize(
    "broken",
    [
        {"number": 7},
        {"token_hmac": "b" * 64},
        {"number": 0},
        {"number": 1_000_000},
        {"state": "gone"},
        {"version": 0},
        {"misses": -1},
        {"misses": 4},
        {"batch_id": new_id()},
        {"member_id": new_id()},
        {"state": "handed"},
        {"pin_hmac": PIN},
    ],
    ids=", ".join,
)
def test_a_card_that_cannot_be(batch: dict[str, Any], broken: dict[str, Any]) -> None:
    RedemptionCardFactory(**batch, number=7, token_hmac="b" * 64)
    with pytest.raises(IntegrityError):
        RedemptionCardFactory(**batch | broken)


@pytest.mark.parametrize(
    "broken",
    [
        {"state": "stock"},
        {"state": "voided"},
        {"state": "active", "pin_hmac": PIN, "misses": 3},
        {"state": "active"},
        {"state": "blocked"},
        {"state": "handed", "pin_hmac": PIN},
        {"state": "lost", "pin_hmac": PIN},
        {"state": "closed", "pin_hmac": PIN},
    ],
    ids=str,
)
def test_a_held_card_that_cannot_be(
    batch: dict[str, Any], holder: Holder, broken: dict[str, Any]
) -> None:
    held = batch | {"member_id": holder.member_id}
    RedemptionCardFactory(**held, state="blocked", pin_hmac=PIN, misses=3)
    RedemptionCardFactory(**held, state="closed")
    db.session.execute(
        tenancy.update(RedemptionCard, batch["community_id"])
        .where(RedemptionCard.state == "blocked")
        .values(state="replaced", pin_hmac=None)
    )
    with pytest.raises(IntegrityError):
        RedemptionCardFactory(**held | broken)


@pytest.mark.parametrize("state", ["handed", "active", "blocked", "lost"])
def test_one_live_card_each(batch: dict[str, Any], card: dict[str, Any], state: str) -> None:
    member_id = tenancy.get(RedemptionCard, card["community_id"], card["card_id"]).member_id
    pin = PIN if state in ("active", "blocked") else None
    with pytest.raises(IntegrityError):
        RedemptionCardFactory(**batch, state=state, member_id=member_id, pin_hmac=pin)


@pytest.mark.parametrize(
    "broken",
    [{"to_state": "gone"}, {"way": "owl"}, {"card_id": new_id()}, {"why_text_id": new_id()}],
    ids=", ".join,
)
def test_an_act_of_a_card_that_cannot_be(card: dict[str, Any], broken: dict[str, Any]) -> None:
    CardActFactory(**card)
    with pytest.raises(IntegrityError):
        CardActFactory(**card | broken)


@pytest.mark.parametrize(
    "broken", ["twice", "card_id", "member_id", "received_by_id", "replaces_card_id", "itself"]
)
def test_a_handover_that_cannot_be(
    batch: dict[str, Any], card: dict[str, Any], holder: Holder, broken: str
) -> None:
    whose = {"member_id": holder.member_id, "received_by_id": holder.member_id}
    CardHandoverFactory(**card, **whose)
    other = RedemptionCardFactory(**batch).id
    row = card | whose | {"card_id": other}
    changed = {"twice": card, "itself": {"replaces_card_id": other}}
    with pytest.raises(IntegrityError):
        CardHandoverFactory(**row | changed.get(broken, {broken: new_id()}))


def test_the_book_is_never_changed(card: dict[str, Any], holder: Holder) -> None:
    CardHandoverFactory(**card, member_id=holder.member_id, received_by_id=holder.member_id)
    with pytest.raises(DBAPIError):
        db.session.execute(tenancy.update(CardHandover, card["community_id"]).values(at_utc=NOW))


@pytest.mark.parametrize(
    "broken",
    [
        {"purpose": "peep"},
        {"purpose": "use"},
        {"expires_at_utc": NOW},
        {"card_id": new_id()},
        {"offer_id": new_id()},
        {"merchant_id": new_id()},
    ],
    ids=", ".join,
)
def test_a_keypad_that_cannot_be(card: dict[str, Any], broken: dict[str, Any]) -> None:
    CardKeypadFactory(**card)
    with pytest.raises(IntegrityError):
        CardKeypadFactory(**card | broken)


@pytest.mark.parametrize("unknown", ["offer_id", "merchant_id"])
def test_a_keypad_of_an_unknown_offer(
    world: AllianceWorld, card: dict[str, Any], unknown: str
) -> None:
    use = {"purpose": "use", "offer_id": world.offer().id, "merchant_id": world.merchant.id}
    CardKeypadFactory(**card, **use)
    with pytest.raises(IntegrityError):
        CardKeypadFactory(**card | use | {unknown: new_id()})


@pytest.mark.parametrize(
    "broken",
    [
        {"news": "rumour"},
        {"news": "used"},
        {"called_at_utc": NOW},
        {"called_by": new_id()},
        {"card_id": new_id()},
        {"member_id": new_id()},
        {"redemption_id": new_id(), "news": "used"},
        {"message_id": "twice"},
    ],
    ids=", ".join,
)
def test_a_notice_that_cannot_be(
    card: dict[str, Any], holder: Holder, broken: dict[str, Any]
) -> None:
    first = CardNoticeFactory(**card, member_id=holder.member_id)
    if "message_id" in broken:
        broken = {"message_id": first.message_id}
    with pytest.raises(IntegrityError):
        CardNoticeFactory(**card | {"member_id": holder.member_id} | broken)


@pytest.mark.parametrize("broken", ["card without its number", "code with a card", "unknown card"])
def test_a_card_stands_where_a_card_paid(
    world: AllianceWorld, card: dict[str, Any], holder: Holder, broken: str
) -> None:
    row = {
        "community_id": world.community_id, "account_id": holder.account_id,
        "member_id": holder.member_id, "offer_id": world.offer().id,
        "agreement_id": world.agreement.id, "merchant_id": world.merchant.id,
    }  # fmt: skip
    RedemptionFactory(**row, channel="card", card_id=card["card_id"])
    changed = {
        "card without its number": {"channel": "card"},
        "code with a card": {"channel": "code", "card_id": card["card_id"]},
        "unknown card": {"channel": "card", "card_id": new_id()},
    }
    with pytest.raises(IntegrityError):
        RedemptionFactory(**row, **changed[broken])


def test_a_low_amount_is_above_nothing(world: AllianceWorld) -> None:
    from community.models import Community

    with pytest.raises(IntegrityError):
        db.session.execute(
            sa.update(Community).where(Community.id == world.community_id).values(
                card_daily_points=0
            )
        )  # fmt: skip
