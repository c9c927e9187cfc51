"""``flask ops upload-batch``: the operator brings a table, a person confirms it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from community import places
from kernel.database import db
from points import accounts, ledger_check
from points.batches import deciding, views
from points.models import BatchState
from tests.integration.points.world import NOW, World

HEADER = "户号,居民编号,姓名,积分,计入,事由,发生日期\n"
ROW = "A0101,,王一,12.5,余额,旧本结转,2026-11-20\n"


@pytest.fixture
def member(world: World) -> Any:
    member_id = world.member(name="王一", household_id=world.household_id)
    db.session.commit()
    return member_id


def upload(app: Any, world: World, folder: Path, text: str, *options: str) -> Result:
    table = folder / "期初.csv"
    table.write_bytes((HEADER + text).encode("utf-8-sig"))
    code = places.community(world.community_id).code
    arguments = ["ops", "upload-batch", str(table), "--community", code, "--kind", "opening"]
    done: Result = app.test_cli_runner().invoke(args=[*arguments, *options])
    return done


def batches(world: World) -> list[views.BatchView]:
    db.session.rollback()
    return views.listed(
        actor=world.admin, community_id=world.community_id, state=None, after=None, limit=9
    )


def test_uploaded_twice_is_one_batch_and_moves_nothing_until_confirmed(
    world: World, member: Any, app: Any, tmp_path: Path
) -> None:
    first = upload(app, world, tmp_path, ROW)
    again = upload(app, world, tmp_path, ROW)
    assert first.exit_code == again.exit_code == 0, first.output + again.output
    assert "12.5 points added" in first.output
    assert "waits for a second person" in first.output
    assert "uploaded before" in again.output
    (batch,) = batches(world)
    assert accounts.for_member(world.community_id, member).balance == 0

    deciding.confirm(
        actor=world.actor("supervisor"), now=NOW, community_id=world.community_id,
        batch_id=batch.id, version=batch.version,
    )  # fmt: skip
    db.session.commit()
    assert batches(world)[0].state == BatchState.POSTED
    assert accounts.for_member(world.community_id, member).balance == Decimal("12.5")
    assert ledger_check.check(world.community_id) == []


def test_a_dry_run_keeps_nothing(world: World, member: Any, app: Any, tmp_path: Path) -> None:
    done = upload(app, world, tmp_path, ROW, "--dry-run")
    assert done.exit_code == 0, done.output
    assert "dry run: 1 rows, 12.5 points added" in done.output
    assert batches(world) == []


def test_every_bad_cell_is_named_and_nothing_kept(
    world: World, member: Any, app: Any, tmp_path: Path
) -> None:
    done = upload(app, world, tmp_path, ROW + "A0101,,没有这人,-,余额,,2026-11-20\n")
    assert done.exit_code == 1
    assert "row 3" in done.output
    assert batches(world) == []
