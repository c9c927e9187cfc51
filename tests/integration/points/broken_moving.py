"""Rows about those who left that the database must refuse, for test_constraints."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from community.models import Community, MemberTag
from kernel import personal_text
from kernel.database import db
from kernel.ids import new_id
from points.models import CarriedIn, CarriedOut, ExclusionAct, LeftBalance

NOW = dt.datetime(2026, 11, 21, 4, 0, tzinfo=dt.UTC)
DAY = dt.date(2026, 11, 21)


def _written(row: Any) -> Any:
    db.session.add(row)
    db.session.flush()
    return row


def _elsewhere(rows: Any) -> Any:
    own = db.session.get(Community, rows.own["community_id"])
    assert own is not None
    return rows.make.community(street_id=own.street_id).id


def left(rows: Any, **values: Any) -> LeftBalance:
    given = {
        "member_id": rows.member_id, "choice": "expires", "settle_on": DAY,
        "decided_by": new_id(), "decided_at_utc": NOW, "version": 1, **values,
    }  # fmt: skip
    made: LeftBalance = _written(LeftBalance(**rows.own, **given))
    return made


def out(rows: Any, **values: Any) -> CarriedOut:
    transit = rows.make.points_account(
        kind="transit", holder_kind="none", rulebook_id=rows.rulebook.id, **rows.own
    )
    moved = rows.make.transfer(
        from_account_id=rows.account.id, from_kind="holder", to_account_id=transit.id,
        to_kind="transit", kind="carried_out", **rows.own,
    )  # fmt: skip
    given = {
        "id": moved.id, "left_balance_id": left(rows).id, "to_community_id": _elsewhere(rows),
        "points": Decimal(2), "number": "ABCDEFGHJK", "sent_at_utc": NOW, **values,
    }  # fmt: skip
    made: CarriedOut = _written(CarriedOut(**rows.own, **given))
    return made


def into(rows: Any, **values: Any) -> CarriedIn:
    given = {
        "id": new_id(), "from_community_id": _elsewhere(rows), "points": Decimal(2),
        "number": "ABCDEFGHJK", "received_at_utc": NOW, **values,
    }  # fmt: skip
    made: CarriedIn = _written(CarriedIn(**rows.own, **given))
    return made


def exclusion(rows: Any, **values: Any) -> ExclusionAct:
    community_id = rows.own["community_id"]
    tag_id = values.pop("member_tag_id", None)
    if tag_id is None:
        tag = MemberTag(
            community_id=community_id, id=new_id(), member_id=rows.member_id, tag="student",
            valid_from=DAY,
        )  # fmt: skip
        tag_id = _written(tag).id
    text = personal_text.keep(community_id=community_id, body="会议决定", now=NOW)
    given = {
        "member_tag_id": tag_id, "member_id": rows.member_id, "act": "excluded", "ends_on": DAY,
        "reason_text_id": text.id, "actor_id": new_id(), "at_utc": NOW, **values,
    }  # fmt: skip
    made: ExclusionAct = _written(ExclusionAct(**rows.own, **given))
    return made


def _twice(make: Callable[..., Any], rows: Any, **values: Any) -> None:
    for _ in range(2):
        make(rows, **values)


def _excluded_twice(rows: Any) -> None:
    first = exclusion(rows)
    exclusion(rows, member_tag_id=first.member_tag_id)


BROKEN: dict[str, Callable[[Any], Any]] = {
    "left once": lambda r: _twice(left, r),
    "left by a known choice": lambda r: left(r, choice="lost"),
    "left to an heir": lambda r: left(r, choice="household"),
    "left for somewhere": lambda r: left(r, choice="carried_over"),
    "heir is another": lambda r: left(r, heir_id=r.member_id),
    "left balance version": lambda r: left(r, version=0),
    "carried out positive": lambda r: out(r, points=Decimal(0)),
    "carried out to another": lambda r: out(r, to_community_id=r.own["community_id"]),
    "carried out by a transfer": lambda r: out(r, id=new_id()),
    "carried in positive": lambda r: into(r, points=Decimal(0)),
    "carried in from another": lambda r: into(r, from_community_id=r.own["community_id"]),
    "carried in to somebody": lambda r: into(r, arrived_at_utc=NOW),
    "exclusion act": lambda r: exclusion(r, act="forgotten"),
    "excluded once": _excluded_twice,
}
