"""Rows of claims that the database must refuse, for test_constraints."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from kernel import personal_text
from kernel.ids import new_id
from points import models

NOW = dt.datetime(2026, 11, 21, 4, 0, tzinfo=dt.UTC)
DAY = dt.date(2026, 11, 21)
CHECKED = {"state": "checked", "checked_by": new_id(), "version": 2}
DECIDED = {"decided_by": new_id(), "decided_at_utc": NOW}


def _text(rows: Any) -> Any:
    community_id = rows.own["community_id"]
    return personal_text.keep(community_id=community_id, body="扫了楼道", now=NOW).id


def claim(rows: Any, **values: Any) -> models.Claim:
    given = {
        "member_id": rows.member_id, "score_item_id": rows.item.id, "text_id": _text(rows),
        **rows.own, **values,
    }  # fmt: skip
    made: models.Claim = rows.make.claim(**given)
    return made


def photo(rows: Any, **values: Any) -> models.ClaimPhoto:
    file_id = values.pop("file_id", None) or rows.make.stored_file(**rows.own).id
    made: models.ClaimPhoto = rows.make.claim_photo(
        member_id=rows.member_id, file_id=file_id, **rows.own, **values
    )
    return made


def _of_claim(rows: Any, factory: str, **values: Any) -> Any:
    claim_id = values.pop("claim_id", None) or claim(rows).id
    return getattr(rows.make, factory)(claim_id=claim_id, **rows.own, **values)


def _by_the_claimant(rows: Any, column: str) -> models.Claim:
    me = new_id()
    if column == "checked_by":
        return claim(rows, claimed_by=me, **{**CHECKED, "checked_by": me})
    decided = {**DECIDED, "decided_by": me}
    return claim(rows, claimed_by=me, state="declined", **decided)


def _twice(make: Callable[[], Any]) -> None:
    make()
    make()


def _photos_at_one_place(rows: Any) -> None:
    claim_id = claim(rows).id
    _twice(lambda: photo(rows, claim_id=claim_id, position=1))


def _one_file_twice(rows: Any) -> None:
    file_id = rows.make.stored_file(**rows.own).id
    _twice(lambda: photo(rows, file_id=file_id))


def _one_version_twice(rows: Any) -> None:
    claim_id = claim(rows).id
    _twice(lambda: _of_claim(rows, "claim_act", claim_id=claim_id))


def _agrees_twice(rows: Any) -> None:
    claim_id, approver_id = claim(rows).id, new_id()
    _twice(lambda: _of_claim(rows, "claim_approval", claim_id=claim_id, approver_id=approver_id))


def _day(rows: Any, **values: Any) -> models.ClaimDay:
    made: models.ClaimDay = rows.make.claim_day(member_id=rows.member_id, **rows.own, **values)
    return made


BROKEN: dict[str, Callable[[Any], Any]] = {
    "claim state": lambda r: claim(r, state="lost"),
    "claim quantity": lambda r: claim(r, quantity=Decimal(0)),
    "claim version": lambda r: claim(r, version=0),
    "claimed before it happened": lambda r: claim(r, occurred_on=DAY + dt.timedelta(days=1)),
    "accepted without a fact": lambda r: claim(r, **{**CHECKED, **DECIDED, "state": "accepted"}),
    "a fact of what was declined": lambda r: claim(
        r, state="declined", fact_id=r.fact.id, **DECIDED
    ),
    "declined by nobody": lambda r: claim(r, state="declined"),
    "decided without a time": lambda r: claim(r, state="declined", decided_by=new_id()),
    "checked by nobody": lambda r: claim(r, state="checked"),
    "submitted and checked": lambda r: claim(r, checked_by=new_id()),
    "accepted unchecked": lambda r: claim(r, state="accepted", fact_id=r.fact.id, **DECIDED),
    "checked by the claimant": lambda r: _by_the_claimant(r, "checked_by"),
    "decided by the claimant": lambda r: _by_the_claimant(r, "decided_by"),
    "claim act": lambda r: _of_claim(r, "claim_act", act="lost"),
    "declined without a reason": lambda r: _of_claim(r, "claim_act", act="declined"),
    "claim act once per version": _one_version_twice,
    "one person agrees once": _agrees_twice,
    "photo kind": lambda r: photo(r, kind="painting"),
    "photo screening": lambda r: photo(r, screening="perhaps"),
    "photo without a claim at a place": lambda r: photo(r, position=1),
    "photo of a claim without a place": lambda r: photo(r, claim_id=claim(r).id),
    "a fourth photo": lambda r: photo(r, claim_id=claim(r).id, position=4),
    "two photos at one place": _photos_at_one_place,
    "one file for two photos": _one_file_twice,
    "photo of no file": lambda r: photo(r, file_id=new_id()),
    "claims of a day not negative": lambda r: _day(r, claims=-1),
    "one row per member and day": lambda r: _twice(lambda: _day(r)),
    "file without bytes": lambda r: r.make.stored_file(size_bytes=0, **r.own),
}
