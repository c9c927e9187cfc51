"""The part of ``flask ops sweep`` that tidies private files: nothing leaks, nothing is lost."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import cast

from flask import current_app

from kernel import clock, files, unit_of_work
from kernel.file_stores import FileStore
from points.claims import daily_quota, photos, screening

ERASED_AT_ONCE = 200
KEPT_QUOTA_DAYS = 7


@dataclass(frozen=True, kw_only=True)
class Swept:
    """How many photos that nothing needs were erased, and how many files had no row."""

    erased: int
    orphans: int


def sweep(community_id: uuid.UUID, now: dt.datetime) -> Swept:
    """Erase photos that nothing needs, leave late content checks to people, remove orphans."""
    erased = 0
    while True:
        some = unit_of_work.run(
            photos.erase_due, community_id=community_id, now=now,
            kept_days=current_app.config["LINLI"].photos_kept_days, limit=ERASED_AT_ONCE,
        )  # fmt: skip
        erased += some
        if some < ERASED_AT_ONCE:
            break
    unit_of_work.run(screening.give_up_waiting, community_id=community_id, now=now)
    before = clock.business_date(now) - dt.timedelta(days=KEPT_QUOTA_DAYS)
    unit_of_work.run(daily_quota.forget, community_id=community_id, before=before)
    # Not in a unit of work: the store is asked for every file, and nothing is written.
    store = cast(FileStore, current_app.extensions["files"])
    return Swept(
        erased=erased,
        orphans=files.sweep(store=store, community_id=community_id, now=now),
    )
