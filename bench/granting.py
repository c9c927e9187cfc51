"""grant_600k_mb: base points for 600,000 members by the command itself, with flat memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from bench import points_community
from bench.servers import ROOT, Ports, environment
from kernel import clock
from kernel.database import db
from kernel.ids import new_id
from points.models import BaseGrant
from tests.support.postgresql import PostgresServer

COMMUNITIES, MEMBERS = 60, 10_000
CROWD = """
INSERT INTO member (community_id, id, name, sort_key, is_demo, joined_on)
SELECT '{community}', (left('{prefix}', 23) || '-' || lpad(to_hex(n), 12, '0'))::uuid, '王基准',
  'wang', true, '{day}'
FROM generate_series(1, {count}) n;
INSERT INTO membership (community_id, id, member_id, kinds, valid_from)
SELECT community_id, id, id, '["resident"]', joined_on FROM member
WHERE community_id = '{community}';
"""


def results(app: Flask, ports: Ports, server: PostgresServer) -> dict[str, dict[str, Any]]:
    """Peak memory of the command in megabytes; the grants counted."""
    for number in range(COMMUNITIES):
        place = points_community.found(clock.now(), code=f"grants{number}", members=0)
        _crowd(server, place.community_id)
    server.execute("VACUUM ANALYZE", database="bench")
    started = time.perf_counter()
    command = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "app", "ops", "grant-base"],
        cwd=ROOT,
        env=environment(app.config["LINLI"], server),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    seen = []
    while command.poll() is None:
        seen.append(_megabytes(command.pid))
        time.sleep(1)
    if command.returncode:
        raise RuntimeError(f"grant-base ended with {command.returncode}")
    granted = db.session.execute(sa.select(sa.func.count()).select_from(BaseGrant)).scalar_one()
    db.session.remove()
    expected = COMMUNITIES * MEMBERS
    if granted < expected:
        raise RuntimeError(f"{granted} of {expected} granted")
    run = {
        "granted": granted,
        "seconds": round(time.perf_counter() - started),
        "mb_after_a_tenth": round(seen[len(seen) // 10]),
        "mb_at_the_end": round(max(seen[-10:])),
    }
    print(f"grant_600k_mb: {run}")
    return {"grant_600k_mb": {"value": round(max(seen)), "goal": "<= 300", "runs": [run]}}


def _crowd(server: PostgresServer, community_id: uuid.UUID) -> None:
    db.session.remove()
    day = clock.business_date(clock.now()).replace(day=1)
    for statement in CROWD.format(
        community=community_id, prefix=new_id(), count=MEMBERS, day=day
    ).split(";"):
        if statement.strip():
            server.execute(statement, database="bench")


def _megabytes(pid: int) -> float:
    """Resident memory of a process; 0 when it has just ended."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (FileNotFoundError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
