"""redeem_vs_pgbench: the floor's statements driven by pgbench, without Python and HTTP."""

from __future__ import annotations

import datetime as dt
import re
import subprocess

import sqlalchemy as sa

from bench import prepare, statements
from bench.prepare import Community
from bench.ratios import CLIENTS, SECONDS
from community.models import SignInSession
from kernel.database import db
from tests.support.postgresql import APP, PostgresServer

#: More codes than one client redeems in a round.
EACH = 5_000
#: What Python gives the floor, said in SQL: the same rows are read and written.
VALUES = {
    "now": "now()",
    "today": "current_date",
    "id": "uuidv7()",
    "token": "lpad(:client_id::text, 64, 's')",
    "code": "lpad(:n::text, 64, '0')",
    "key": "lpad(:n::text, 36, '0')",
    "hash": "repeat('0', 64)",
    "payload": "json_build_object('redemption_id', :redemption::text)",
}
_NAMED = re.compile(r"%\((\w+)\)s")


def rate(community: Community, server: PostgresServer, now: dt.datetime, *, number: int) -> float:
    """Transactions per second of round ``number``; each transaction redeems its own code."""
    first = number * CLIENTS * EACH
    _prepare(community, now, first)
    server.execute("VACUUM ANALYZE", database="bench")
    server.execute("CHECKPOINT")
    script = server.folder / "redeem.pgbench"
    script.write_text(_script())
    answer = subprocess.run(
        [
            str(server.bin / "pgbench"), "--no-vacuum", "--protocol", "prepared",
            "--client", str(CLIENTS), "--jobs", "2", "--time", str(round(SECONDS)),
            "--host", str(server.folder), "--username", APP, "--define", "i=0",
            "--define", f"first={first}", "--file", str(script), "bench",
        ],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    done = re.search(r"tps = ([\d.]+)", answer.stdout)
    failed = re.search(r"number of failed transactions: (\d+)", answer.stdout)
    if done is None or (failed is not None and int(failed[1])):
        raise RuntimeError(answer.stdout + answer.stderr)
    return float(done[1])


def _script() -> str:
    """One transaction in pgbench's words; what a statement returns is kept for the next ones."""
    lines = ["\\set i :i + 1", f"\\set n :first + :client_id * {EACH} + :i", "BEGIN;"]
    for statement, is_kept in statements.REDEEM:
        text = _NAMED.sub(lambda found: VALUES.get(found[1], f":{found[1]}"), statement)
        lines.append(text.strip() + (" \\gset" if is_kept else ";"))
    return "\n".join([*lines, "COMMIT;", ""])


def _prepare(community: Community, now: dt.datetime, first: int) -> None:
    """Holds whose codes, and sessions of clerks whose tokens, a script can name; commits."""
    numbers = range(first + 1, first + CLIENTS * EACH + 1)
    shops = [
        community.shops[(number - first - 1) // EACH % len(community.shops)] for number in numbers
    ]
    prepare.hold_for(
        community, now, shops=shops, token_hmacs=[str(number).rjust(64, "0") for number in numbers]
    )
    if not first:
        _sign_clerks_in(community)
    db.session.commit()


def _sign_clerks_in(community: Community) -> None:
    for client in range(CLIENTS):
        shop = community.shops[client % len(community.shops)]
        known = db.session.scalars(
            sa.select(SignInSession)
            .where(SignInSession.counter_merchant_id == shop.merchant_id)
            .limit(1)
        ).one()
        db.session.add(
            SignInSession(
                account_id=known.account_id, token_hmac=str(client).rjust(64, "s"),
                issued_at_utc=known.issued_at_utc, expires_at_utc=known.expires_at_utc,
                counter_community_id=known.counter_community_id,
                counter_merchant_id=known.counter_merchant_id,
            )
        )  # fmt: skip
