"""Every invariant of the tables stands in the database: each constraint is broken once."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from kernel import personal_text
from kernel.database import Base, db
from kernel.ids import new_id
from points import accounts
from review import models
from tests.factories.review import NOW
from tests.integration.review.world import review_world

TABLES = (
    models.Sheet, models.SheetRow, models.NoticeCounter, models.PublicNotice, models.NoticePart,
    models.Correction, models.Objection, models.ObjectionAct,
)  # fmt: skip

#: (factory, values that break it, name of the CHECK)
BROKEN: list[tuple[str, dict[str, Any], str]] = [
    ("sheet", {"state": "other"}, "ck_sheet__state_known"),
    ("sheet", {"unit": "grid"}, "ck_sheet__unit_known"),
    ("sheet", {"place": 0}, "ck_sheet__place_from_one"),
    ("sheet", {"number": 0}, "ck_sheet__number_from_one"),
    ("sheet", {"digest": "0"}, "ck_sheet__digest_whole"),
    ("sheet", {"sealed_at_utc": NOW}, "ck_sheet__sealed_at_a_time"),
    ("sheet", {"counted": -1}, "ck_sheet__counts_not_negative"),
    ("sheet", {"threshold": Decimal(-1)}, "ck_sheet__rule_not_negative"),
    ("sheet_row", {"shown": "named"}, "ck_sheet_row__shown_known"),
    ("sheet_row", {"score": Decimal(37)}, "ck_sheet_row__score_adds_up"),
    ("sheet_row", {"rank": 0}, "ck_sheet_row__rank_from_one"),
    ("sheet_row", {"row_salt": "0"}, "ck_sheet_row__hash_whole"),
    ("sheet_row", {"position": None}, "ck_sheet_row__position_only_where_public"),
    ("sheet_row", {"shown": "counted"}, "ck_sheet_row__position_only_where_public"),
    ("notice_counter", {"last": 0}, "ck_notice_counter__last_from_one"),
    ("public_notice", {"state": "corrected"}, "ck_public_notice__state_known"),
    ("public_notice", {"number": 0}, "ck_public_notice__number_from_one"),
    ("public_notice", {"working_days": 0}, "ck_public_notice__working_days_from_one"),
    ("public_notice", {"due_at_utc": NOW}, "ck_public_notice__due_after_publishing"),
    ("public_notice", {"state": "sealed"}, "ck_public_notice__sealed_at_a_time"),
    ("notice_part", {"place": 0}, "ck_notice_part__place_from_one"),
    ("notice_part", {"records": -1}, "ck_notice_part__totals_not_negative"),
    ("notice_part", {"bonus": Decimal(1)}, "ck_notice_part__sums_shown_together"),
    ("correction", {"number": 0}, "ck_correction__number_from_one"),
    ("correction", {"score_before": Decimal(3)}, "ck_correction__private_rows_say_nothing"),
    ("objection", {"kind": "other"}, "ck_objection__kind_known"),
    ("objection", {"channel": "letter"}, "ck_objection__channel_known"),
    ("objection", {"state": "other"}, "ck_objection__state_known"),
    ("objection", {"number": 0}, "ck_objection__number_from_one"),
    ("objection", {"version": 0}, "ck_objection__version_from_one"),
    ("objection", {"state": "upheld"}, "ck_objection__decided_with_a_reply"),
    ("objection", {"decided_by": new_id()}, "ck_objection__decided_with_a_reply"),
    ("objection", {"channel": "counter"}, "ck_objection__counter_is_keyed"),
    ("objection_act", {"to_state": "other"}, "ck_objection_act__to_state_known"),
]


class Rows:
    """One valid row of each table of one community."""

    def __init__(self, make: SimpleNamespace) -> None:
        world = review_world()
        self.make, self.own = make, {"community_id": world.community_id}
        member_id = world.resident("0101")
        account = accounts.for_member(world.community_id, member_id)
        text = personal_text.keep(community_id=world.community_id, body="异议", now=NOW)
        of_book = {"rulebook_id": account.rulebook_id}
        sheet = make.sheet(**of_book, **self.own)
        notice = make.public_notice(**self.own)
        self.given: dict[str, dict[str, Any]] = {
            "sheet": of_book,
            "notice_counter": {},
            "sheet_row": {"account_id": account.id, "member_id": member_id, "sheet_id": sheet.id},
            "public_notice": {},
            "notice_part": {"notice_id": notice.id, "sheet_id": sheet.id, **of_book},
            "correction": {
                "notice_id": notice.id, "sheet_id": sheet.id, "account_id": account.id,
                "member_id": member_id,
            },
            "objection": {
                **of_book, "notice_id": notice.id, "subject_member_id": member_id,
                "objector_member_id": member_id, "text_id": text.id,
            },
        }  # fmt: skip
        self.fact_line_id = world.earn(member_id, "1").lines[0].id
        self.given["objection_act"] = {"objection_id": self.one("objection").id}

    def other_rulebook(self) -> Any:
        return self.make.rulebook(**self.own).id

    def one(self, name: str, **values: Any) -> Any:
        return getattr(self.make, name)(**{**self.own, **self.given[name], **values})


@pytest.fixture
def rows(factories: SimpleNamespace) -> Rows:
    return Rows(factories)


def test_each_check_refuses(rows: Rows) -> None:
    for name, values, constraint in BROKEN:
        with pytest.raises(IntegrityError, match=constraint), db.session.begin_nested():
            rows.one(name, **values)


def test_a_missing_line_is_named_only_once_it_is_upheld(rows: Rows) -> None:
    with (
        pytest.raises(IntegrityError, match="ck_objection__missing_has_no_line"),
        db.session.begin_nested(),
    ):
        rows.one("objection", kind="missing", line_id=rows.fact_line_id)


def test_the_list_of_broken_checks_is_complete() -> None:
    checks = {
        str(constraint.name)
        for model in TABLES
        for constraint in Base.metadata.tables[model.__tablename__].constraints
        if isinstance(constraint, sa.CheckConstraint)
    }
    broken = {name for _, _, name in BROKEN} | {"ck_objection__missing_has_no_line"}
    assert broken == checks


def test_what_there_can_only_be_one_of(rows: Rows) -> None:
    rows.one("sheet", number=900, state="current")
    rows.one("sheet", number=901, state="sealed", sealed_at_utc=NOW)
    rows.one("sheet_row")
    rows.one("correction")
    rows.one("notice_part")
    rows.one("notice_counter", year=2026)
    rows.one("objection", line_id=rows.fact_line_id)
    for name, values in (
        ("sheet", {"number": 900}),
        ("sheet", {"number": 902, "state": "current"}),
        ("sheet", {"number": 903, "state": "sealed", "sealed_at_utc": NOW}),
        ("sheet_row", {"position": 2}),
        ("correction", {}),
        ("notice_part", {"place": 2}),
        ("notice_part", {"rulebook_id": rows.other_rulebook()}),
        ("notice_counter", {"year": 2026}),
        ("public_notice", {"year": 2027}),
        ("objection", {"line_id": rows.fact_line_id}),
    ):
        with pytest.raises(IntegrityError, match=r"(?i)unique"), db.session.begin_nested():
            rows.one(name, **values)
    rows.one("objection", line_id=rows.fact_line_id, state="withdrawn")


def test_rows_acts_and_corrections_are_never_changed(rows: Rows) -> None:
    for name in ("sheet_row", "correction", "objection_act"):
        row = rows.one(name)
        table = type(row).__table__
        for statement in (
            sa.update(table).values(id=new_id()), sa.delete(table),
        ):  # fmt: skip
            with pytest.raises(DBAPIError), db.session.begin_nested():
                db.session.execute(statement.where(table.c.community_id == row.community_id))
