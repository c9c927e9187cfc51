"""What the database has, in one statement: purses, redemptions, transfers, quotas, scores."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping
from typing import Any

from kernel.database import db
from tests.integration.redemption.machine.model import Model

#: (what, which) → how it stands; of quotas only how often which amount is used.
Books = Mapping[tuple[str, str], str]
_SQL = """
SELECT 'purse', CAST(id AS TEXT), CAST(balance AS TEXT) || '/' || held || '/' || debt
  FROM points_account WHERE community_id = ? AND kind = 'holder'
UNION ALL SELECT 'redemption', CAST(id AS TEXT), state FROM redemption WHERE community_id = ?
UNION ALL SELECT 'moved', kind, CAST(sum(points) AS TEXT)
  FROM transfer WHERE community_id = ? GROUP BY kind
UNION ALL SELECT 'quota', quota_code, CAST(sum(used) AS TEXT)
  FROM quota_usage WHERE community_id = ? GROUP BY quota_code, cell HAVING sum(used) > 0
UNION ALL SELECT 'score', CAST(account_id AS TEXT), CAST(sum(base + bonus - deduction) AS TEXT)
  FROM monthly_score WHERE community_id = ? GROUP BY account_id
"""


def in_database(community_id: uuid.UUID) -> Books:
    """What stands there in the transaction that runs."""
    connection = db.session.connection()
    driver: Any = connection.connection.driver_connection
    # Straight to the driver: this runs after every step, and the product's statements are not it.
    if connection.dialect.name == "sqlite":
        rows = driver.execute(_SQL, (community_id.hex,) * 5)
    else:
        rows = driver.execute(_SQL.replace("?", "%s"), (community_id,) * 5)
    return _books(
        (what, uuid.UUID(which).hex if what in ("purse", "redemption", "score") else which, how)
        for what, which, how in rows
    )


def in_model(model: Model, account_ids: tuple[uuid.UUID, uuid.UUID]) -> Books:
    """What should stand there."""
    rows: list[tuple[str, str, str]] = []
    moved: Counter[str] = Counter()
    for number, (purse, account_id) in enumerate(zip(model.purses, account_ids, strict=True)):
        purse_says = f"{purse.balance}/{purse.held}/{purse.debt}"
        rows.append(("purse", account_id.hex, purse_says))
        rows.append(("score", account_id.hex, str(model.score[number])))
        moved += purse.moved
    for key, one in model.redemptions.items():
        assert isinstance(key, uuid.UUID)
        rows.append(("redemption", key.hex, one.state))
    rows += [("moved", kind, str(points)) for kind, points in moved.items() if points]
    rows += [("quota", str(quota[0]), str(used)) for quota, used in model.used.items() if used]
    return _books(rows)


def _books(rows: Any) -> Books:
    found: dict[tuple[str, str], str] = {}
    used: Counter[tuple[str, str]] = Counter()
    for what, which, how in rows:
        if what == "quota":
            # Which cell a period is called is the product's affair; how much is used is not.
            used[which.split(":")[0], how] += 1
        else:
            found[what, which] = how
    return found | {("quota", f"{kind} {how}"): str(times) for (kind, how), times in used.items()}
