"""One ratio: floor and product in turn, the same client, several rounds, the median."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bench import load
from bench.load import Measured
from bench.servers import Ports
from kernel.database import db
from tests.support.postgresql import PostgresServer

ROUNDS, SECONDS, CLIENTS = 3, 6.0, 8


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What is measured: ``floor`` and ``product`` make fresh requests for one round each."""

    name: str
    goal: str
    floor: Callable[[], Iterator[bytes]]
    product: Callable[[], Iterator[bytes]]
    expected: bytes = b" 200 "


def measured(compared: Compared, ports: Ports, server: PostgresServer) -> dict[str, Any]:
    """The median ratio of product to floor, with every round."""
    runs = []
    for number in range(ROUNDS):
        floor = side(ports.floor, compared.floor, server, expected=compared.expected)
        product = side(ports.product, compared.product, server, expected=compared.expected)
        runs.append(
            {
                "floor_per_s": round(floor.rate),
                "product_per_s": round(product.rate),
                "product_p99_ms": round(product.percentile(0.99), 1),
                "ratio": round(product.rate / floor.rate, 3),
            }
        )
        print(f"{compared.name} round {number + 1}: {runs[-1]}")
    return median_of(compared.goal, runs, "ratio")


def side(
    port: int,
    make: Callable[[], Iterator[bytes]],
    server: PostgresServer,
    *,
    expected: bytes = b" 200 ",
    run: Callable[..., Measured] = load.run,
) -> Measured:
    """One round of one side, with fresh requests and a database that is at rest."""
    requests = make()
    db.session.remove()
    # What autovacuum does in a database that is not filled in one go.
    server.execute("VACUUM ANALYZE", database="bench")
    server.execute("CHECKPOINT")
    seen = run(port, requests, clients=CLIENTS, seconds=SECONDS, expected=expected)
    if seen.wrong:
        raise RuntimeError(f"{seen.wrong} of {seen.requests} failed")
    return seen


def median_of(goal: str, runs: Sequence[dict[str, Any]], key: str) -> dict[str, Any]:
    """A result: the median of ``key`` over the rounds, with every round."""
    return {"value": statistics.median(run[key] for run in runs), "goal": goal, "runs": runs}
