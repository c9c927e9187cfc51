"""Two at once: one balance that is settled by several. The twin has the guard switched off."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from flask import Flask

from kernel import tenancy
from kernel.database import db
from points import accounts, balances
from points.models import LeftBalance, PointsAccount
from points.moving import carrying, left_rows, settling
from tests.integration.points.moving.stage import NOW, Stage
from tests.support.at_once import at_once


def settled_by_four(stage: Stage, app: Flask, before: Callable[[], None]) -> list[Any]:
    """Four settle the same balance at once; what each says it moved."""
    act = partial(
        settling.settle, actor=stage.home.admin, now=NOW, community_id=stage.home.community_id,
        left_balance_id=stage.left().id,
    )  # fmt: skip
    db.session.commit()
    moved = at_once(app, [act] * 4, before=before)
    db.session.rollback()
    return sorted(moved)


def test_settled_by_two_at_once_moves_once(stage: Stage, app: Flask) -> None:
    """The row is held: who comes second finds nothing more to move."""
    stage.moves()
    stage.arrives()
    assert settled_by_four(stage, app, before=lambda: None) == [0, 0, 0, 3]
    assert (stage.balance(stage.home, stage.zhang), stage.between()) == ((0, 0, 0), 3)


def test_it_moves_four_times_without_the_guard(
    stage: Stage, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody holds a row, and what is free was read before: points are made of a debt."""
    stage.moves()
    stage.arrives()
    community_id, seen = stage.home.community_id, threading.local()
    account_id = accounts.for_member(community_id, stage.zhang).id
    free = tenancy.columns(
        PointsAccount, community_id, PointsAccount.balance, PointsAccount.rulebook_id
    ).where(PointsAccount.id == account_id)

    def read_first() -> None:
        seen.account = db.session.execute(free).one()

    def write_later(left: LeftBalance, account_id: uuid.UUID, actor: Any, now: Any) -> Decimal:
        points, rulebook_id = seen.account
        where = {"community_id": community_id, "account_id": account_id}
        balances.debit(points=points, now=now, **where)
        carrying.send(
            left=left, account_id=account_id, rulebook_id=rulebook_id, points=points,
            actor=actor, now=now,
        )  # fmt: skip
        return Decimal(points)

    monkeypatch.setattr(left_rows, "locked", partial(tenancy.get, LeftBalance))
    monkeypatch.setattr(settling, "_settle_account", write_later)
    assert settled_by_four(stage, app, before=read_first) == [3, 3, 3, 3]
    assert (stage.balance(stage.home, stage.zhang), stage.between()) == ((0, 0, 9), 12)
