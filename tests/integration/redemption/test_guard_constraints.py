"""Rows of checks, stops and alarms that cannot be: each constraint is broken here."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from kernel import personal_text, tenancy
from kernel.database import Base, db
from kernel.ids import new_id
from redemption.models import GuessingAlarm, LedgerCheck, RedemptionStop, RedemptionStopAct
from tests.integration.redemption.world import NOW, AllianceWorld

LATER = NOW + dt.timedelta(minutes=1)


def insert(table: type[Base], row: dict[str, Any]) -> dict[str, Any]:
    whole = {"id": new_id()} | row
    db.session.execute(sa.insert(table), whole)
    return whole


@pytest.fixture
def check(world: AllianceWorld) -> dict[str, Any]:
    return insert(
        LedgerCheck,
        {
            "community_id": world.community_id, "began_at_utc": NOW, "ended_at_utc": LATER,
            "mismatches": 1, "stuck_holds": 0, "found": [],
        },
    )  # fmt: skip


@pytest.fixture
def stop(world: AllianceWorld, check: dict[str, Any]) -> dict[str, Any]:
    return insert(
        RedemptionStop,
        {
            "community_id": world.community_id, "check_id": check["id"],
            "reason": "ledger_mismatch", "stopped_at_utc": NOW, "lifted_at_utc": None,
        },
    )  # fmt: skip


@pytest.fixture
def act(world: AllianceWorld, stop: dict[str, Any]) -> dict[str, Any]:
    return insert(
        RedemptionStopAct,
        {
            "community_id": world.community_id, "stop_id": stop["id"], "step": "stop",
            "check_id": stop["check_id"], "actor_id": new_id(), "why_text_id": None,
            "at_utc": NOW,
        },
    )  # fmt: skip


@pytest.fixture
def alarm(world: AllianceWorld) -> dict[str, Any]:
    return insert(
        GuessingAlarm,
        {
            "community_id": world.community_id, "merchant_id": world.merchant.id,
            "clerk_id": None, "guesses": 10, "at_utc": NOW, "resumes_at_utc": LATER,
        },
    )  # fmt: skip


def refused(table: type[Base], row: dict[str, Any], broken: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        insert(table, row | {"id": new_id()} | broken)


@pytest.mark.parametrize(
    "broken", [{"mismatches": -1}, {"stuck_holds": -1}, {"ended_at_utc": NOW - dt.timedelta(1)}],
    ids=", ".join,
)  # fmt: skip
def test_a_check(check: dict[str, Any], broken: dict[str, Any]) -> None:
    refused(LedgerCheck, check, broken)


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"reason": "mood", "lifted_at_utc": LATER},
        {"check_id": new_id(), "lifted_at_utc": LATER},
        {"lifted_at_utc": NOW},
    ],
    ids=lambda broken: ", ".join(broken) or "a second one",
)
def test_a_stop(stop: dict[str, Any], broken: dict[str, Any]) -> None:
    refused(RedemptionStop, stop, broken)


def test_a_lifted_stop_leaves_room_for_the_next(stop: dict[str, Any]) -> None:
    insert(RedemptionStop, stop | {"id": new_id(), "lifted_at_utc": LATER})


@pytest.mark.parametrize(
    "broken",
    [{}, {"step": "pause"}, {"step": "lift"}, {"stop_id": new_id()}, {"check_id": new_id()}],
    ids=lambda broken: ", ".join(broken) or "a second one",
)
def test_a_step(act: dict[str, Any], broken: dict[str, Any]) -> None:
    refused(RedemptionStopAct, act, broken)


def test_only_lifting_has_a_reason(act: dict[str, Any]) -> None:
    text = personal_text.keep(community_id=act["community_id"], body="已核对", now=NOW)
    db.session.flush()
    lifted = act | {"id": new_id(), "step": "lift", "why_text_id": text.id}
    insert(RedemptionStopAct, lifted)
    refused(RedemptionStopAct, lifted, {"step": "stop", "stop_id": act["stop_id"]})


@pytest.mark.parametrize(
    "broken", [{"guesses": 0}, {"merchant_id": new_id()}, {"resumes_at_utc": NOW}], ids=", ".join
)
def test_an_alarm(alarm: dict[str, Any], broken: dict[str, Any]) -> None:
    refused(GuessingAlarm, alarm, broken)


@pytest.mark.parametrize("table", [LedgerCheck, RedemptionStopAct, GuessingAlarm])
@pytest.mark.usefixtures("act", "alarm")
def test_what_was_found_is_never_changed(world: AllianceWorld, table: Any) -> None:
    with pytest.raises(DBAPIError):
        db.session.execute(tenancy.update(table, world.community_id).values(id=new_id()))


@pytest.mark.usefixtures("stop")
def test_a_stop_is_never_removed(world: AllianceWorld) -> None:
    with pytest.raises(DBAPIError):
        db.session.execute(tenancy.delete(RedemptionStop, world.community_id))
