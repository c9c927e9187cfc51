"""A month with a members' and a households' sheet: each its own, and neither tells on the other."""

from __future__ import annotations

import uuid
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

from kernel import tenancy
from kernel.database import db
from points.models import HolderKind, LineKind, MonthState, PointsAccount, PointsLine
from points.rules.compiled import RankingUnit
from points.rules.periods import Period
from review import (
    book_rankings,
    month_books,
    month_views,
    notices,
    objections,
    rankings,
    sheets,
)
from review.errors import NoticeMissing, RankingUnknown, RowNotPublic, SameHands, SheetUnknown
from review.models import ObjectionKind, Sheet, SheetState
from review.objections import Correcting, Outcome, Record, Strike
from tests.integration.review.test_counter_rankings import COUNTERS, ITEMS, RANKINGS, serve
from tests.integration.review.two_sheets import (
    HOMES,
    HOMES_BOOK,
    noise,
    two_noticed,
    two_sheets,
    yard,
)
from tests.integration.review.world import (
    DEED,
    DUE,
    MONTH,
    ON_NOTICE,
    SEALED,
    ReviewWorld,
    review_world,
)
from tests.support.backend import Backend

D = Decimal
REPLY = "已向网格员和邻居核对过，这一条与事实不符，撤下。"
#: Sheet → (rank, label, code, score): what anybody reads.
PUBLIC: dict[str | None, list[tuple[Any, ...]]] = {
    None: [
        (1, "王*", "0101", D(30)), (2, "李*", "0102", D(22)), (3, "王*", "0101", D(15)),
        (None, None, "0105", D(10)),
    ],
    HOMES: [(1, "王*", "0101", D(16)), (2, "李*", "0102", D(14)), (3, "钱*", "0105", D(10))],
}  # fmt: skip


@pytest.fixture
def world(backend: Backend, session: Any) -> ReviewWorld:
    """Scored in an open month."""
    return backend.remembered(two_sheets)


@pytest.fixture
def noticed(backend: Backend, session: Any) -> ReviewWorld:
    """On notice."""
    return backend.remembered(two_noticed)


def shown(world: ReviewWorld, rulebook: str | None = None, **asked: Any) -> list[tuple[Any, ...]]:
    found = rankings.public(world.community_id, MONTH, rulebook=rulebook, **asked)
    return [(row.rank, row.label, row.household_code, row.score) for row in found.rows]


def codes(world: ReviewWorld, rulebook: str | None = None) -> set[Any]:
    return {code for _, _, code, _ in shown(world, rulebook)}


def resident(world: ReviewWorld, name: str) -> Any:
    return world.actor("member", member=world.people[name])


def noise_line(world: ReviewWorld) -> uuid.UUID:
    """The only deduction of a household."""
    statement = tenancy.columns(PointsLine, world.community_id, PointsLine.id).join(
        PointsAccount, PointsAccount.id == PointsLine.account_id
    )
    found: uuid.UUID = db.session.scalars(
        statement.where(
            PointsAccount.holder_kind == HolderKind.HOUSEHOLD,
            PointsLine.kind == LineKind.DEDUCTION,
        )
    ).one()
    return found


def wrong(world: ReviewWorld, name: str, line_id: uuid.UUID) -> uuid.UUID:
    """An objection to one's own line while the month is on notice."""
    filed = objections.raise_objection(
        actor=resident(world, name), now=ON_NOTICE, community_id=world.community_id, month=MONTH,
        kind=ObjectionKind.WRONG, text="那天我家没有人在家", line_id=line_id,
    )  # fmt: skip
    return filed.id


def decide(
    world: ReviewWorld, objection_id: uuid.UUID, correction: Correcting, now: Any = ON_NOTICE
) -> None:
    objections.decide(
        actor=world.supervisor, now=now, community_id=world.community_id,
        objection_id=objection_id, version=1, outcome=Outcome.UPHOLD, reply=REPLY,
        correction=correction,
    )  # fmt: skip


def test_each_rulebook_has_its_sheet(noticed: ReviewWorld) -> None:
    for rulebook, rows in PUBLIC.items():
        assert shown(noticed, rulebook) == rows
    found = notices.of_month(noticed.community_id, MONTH, ON_NOTICE)
    assert [(each.rulebook, each.unit, each.number) for each in found.sheets] == [
        ("test-book", "member", 1), (HOMES, "household", 1),
    ]  # fmt: skip
    assert (found.rulebook, found.totals.participants, found.totals.records) == (
        "test-book", 5, 17,
    )  # fmt: skip
    homes = notices.of_month(noticed.community_id, MONTH, ON_NOTICE, HOMES)
    assert (homes.rulebook, homes.totals.participants, homes.totals.records) == (HOMES, 3, 4)
    assert homes.digest != found.digest
    assert sheets.unverified(noticed.community_id) == []


def test_neither_sheet_shows_a_household_that_the_other_hides(noticed: ReviewWorld) -> None:
    """The counter-example: the codes of one less those of the other were who is below base."""
    assert codes(noticed) ^ codes(noticed, HOMES) == set()
    pages = {rulebook: rankings.public(noticed.community_id, MONTH, rulebook=rulebook)
             for rulebook in PUBLIC}  # fmt: skip
    assert {rulebook: page.below_base for rulebook, page in pages.items()} == {None: 3, HOMES: 2}
    # 0103 is below base as a household, 张三 would be third; 0104 as a member, its household third.
    assert [row[0] for row in shown(noticed)] == [1, 2, 3, None]


def test_a_household_is_called_by_whom_the_members_sheet_shows(noticed: ReviewWorld) -> None:
    """刘三 speaks for 0102 and is below base: her label there, and not here, would say so."""
    for rulebook, surname in ((None, "刘"), (HOMES, "刘"), (None, "张"), (HOMES, "张")):
        for code in ("0102", "0103"):
            with pytest.raises(RowNotPublic):
                rankings.own_row(noticed.community_id, MONTH, code, surname, rulebook)
    [row] = rankings.own_row(noticed.community_id, MONTH, "0102", "李", HOMES)
    assert row.score == D(14)


@pytest.mark.parametrize("query", ["", "&rulebook=homes"])
def test_no_outlet_names_a_household_that_is_hidden(
    client: FlaskClient, noticed: ReviewWorld, query: str
) -> None:
    api = "/api/v1/public/communities/yijuyuan"
    home = "/c/yijuyuan"
    named = "homes-month" if query else "month-member"
    for path in (
        f"{api}/notice?", f"{api}/notices/{MONTH}?", f"{api}/notices/{MONTH}/proof?",
        f"{api}/ranking?month={MONTH}", f"{api}/ranking?month={MONTH}&unit=household",
        f"{api}/ranking?month={MONTH}&over=year", f"{api}/rankings/{named}?month={MONTH}",
        f"{home}/?", f"{home}/?unit=household", f"{home}/?unit=grid", f"{home}/ranking?",
        f"{home}/notices/{MONTH}?", f"{home}/notices/{MONTH}/print?",
        f"{home}/notices/{MONTH}/print.css?", f"{home}/rulebook?",
    ):  # fmt: skip
        answer = client.get(path + query)
        assert answer.status_code == 200, path
        for hidden in ("0103", "0104", "刘*", "张*", "赵*"):
            assert hidden not in answer.text, (path, hidden)


def test_everybody_finds_the_own_row_of_each_sheet(noticed: ReviewWorld) -> None:
    def own(name: str, rulebook: str | None) -> tuple[Any, ...]:
        row = sheets.mine(
            actor=resident(noticed, name), community_id=noticed.community_id, month=MONTH,
            rulebook=rulebook,
        )  # fmt: skip
        return row.score, row.rank, row.is_public

    assert own("王二", HOMES) == (D(16), 1, True)  # 王一 speaks for the household
    assert own("张三", None) == (D(23), 2, False)
    assert own("张三", HOMES) == (D(0), 4, False)
    assert own("赵四", HOMES) == (D(13), 3, False)


def test_a_rulebook_without_a_sheet_is_not_known(noticed: ReviewWorld, client: FlaskClient) -> None:
    with pytest.raises(SheetUnknown):
        rankings.public(noticed.community_id, MONTH, rulebook="other")
    with pytest.raises(NoticeMissing):
        rankings.public(noticed.community_id, "2026-11", rulebook=HOMES)
    assert client.get("/c/yijuyuan/?rulebook=other").status_code == 404
    assert client.get("/c/yijuyuan/rulebook?rulebook=other").status_code == 404
    answer = client.get("/api/v1/public/communities/yijuyuan/notice?rulebook=other")
    assert (answer.status_code, answer.json["code"]) == (404, "sheet_unknown")  # type: ignore[index]


def test_an_objection_marks_one_sheet_only(noticed: ReviewWorld) -> None:
    row = rankings.public(noticed.community_id, MONTH, rulebook=HOMES).rows[0]
    objections.raise_objection(
        actor=resident(noticed, "钱五"), now=ON_NOTICE, community_id=noticed.community_id,
        month=MONTH, kind=ObjectionKind.WRONG, text="这一户多记了", row_id=row.row_id,
    )  # fmt: skip
    disputed = {
        rulebook: [each.is_disputed for each in
                   rankings.public(noticed.community_id, MONTH, rulebook=rulebook).rows]
        for rulebook in PUBLIC
    }  # fmt: skip
    assert disputed == {None: [False] * 4, HOMES: [True, False, False]}
    counts = [notices.of_month(noticed.community_id, MONTH, ON_NOTICE, rulebook).open_objections
              for rulebook in PUBLIC]  # fmt: skip
    assert counts == [0, 1]


def test_a_missing_line_of_a_household_is_about_who_speaks_for_it(noticed: ReviewWorld) -> None:
    filed = objections.raise_objection(
        actor=resident(noticed, "王二"), now=ON_NOTICE, community_id=noticed.community_id,
        month=MONTH, kind=ObjectionKind.MISSING, text="还少记了一次", rulebook=HOMES,
    )  # fmt: skip
    assert (filed.rulebook, filed.household_code) == (HOMES, "0101")
    assert rankings.public(noticed.community_id, MONTH, rulebook=HOMES).rows[0].is_disputed


def editions(world: ReviewWorld) -> list[tuple[str, int, str]]:
    found = db.session.scalars(
        tenancy.select(Sheet, world.community_id).order_by(Sheet.place, Sheet.number)
    )
    return [(sheet.unit, sheet.number, sheet.state) for sheet in found]


@pytest.mark.parametrize(
    ("now", "kept", "new"),
    [
        (ON_NOTICE, SheetState.SUPERSEDED, SheetState.CURRENT),
        (SEALED, SheetState.SEALED, SheetState.RESTATED),
    ],
    ids=["on-notice", "sealed"],
)
def test_what_one_sheet_shows_again_the_other_shows_again(
    noticed: ReviewWorld, now: Any, kept: SheetState, new: SheetState
) -> None:
    filed = wrong(noticed, "张三", noise_line(noticed))
    if now > DUE:
        noticed.step(MonthState.SEALED)
    decide(noticed, filed, Strike(), now)
    assert codes(noticed) == codes(noticed, HOMES) == {"0101", "0102", "0103", "0105"}
    assert shown(noticed)[1] == (2, "张*", "0103", D(23))
    assert editions(noticed) == [
        ("member", 1, kept), ("member", 2, new), ("household", 1, kept), ("household", 2, new),
    ]  # fmt: skip
    for rulebook in PUBLIC:
        found = notices.of_month(noticed.community_id, MONTH, now, rulebook)
        [correction] = found.corrections
        # What was hidden in one of two editions is never shown beside what was corrected.
        assert (correction.rows, correction.hidden) == ([], 1)
    page = rankings.public(noticed.community_id, MONTH)
    assert not any(row.is_corrected for row in page.rows)
    assert sheets.unverified(noticed.community_id) == []


def test_a_correction_that_hides_nothing_leaves_the_other_sheet_as_it_is(
    noticed: ReviewWorld,
) -> None:
    decide(noticed, wrong(noticed, "王一", noticed.last_line("0101")), Strike())
    assert [each[1] for each in editions(noticed) if each[0] == "household"] == [1]
    assert notices.of_month(noticed.community_id, MONTH, ON_NOTICE, HOMES).corrections == []
    assert len(notices.of_month(noticed.community_id, MONTH, ON_NOTICE).corrections[0].rows) == 1


def test_a_correction_is_not_read_of_whom_the_sheet_no_longer_shows(noticed: ReviewWorld) -> None:
    """0101 is corrected on the members' sheet, and then falls below base as a household."""
    decide(noticed, wrong(noticed, "王一", noticed.last_line("0101")), Strike())
    filed = objections.raise_objection(
        actor=resident(noticed, "钱五"), now=ON_NOTICE, community_id=noticed.community_id,
        month=MONTH, kind=ObjectionKind.MISSING, text="那一户半夜的事没有记", rulebook=HOMES,
        row_id=rankings.public(noticed.community_id, MONTH, rulebook=HOMES).rows[0].row_id,
    )  # fmt: skip
    assert "0101" in codes(noticed)
    decide(noticed, filed.id, Record(item_code="NOISE", occurred_on=DEED))
    assert codes(noticed) == codes(noticed, HOMES) == {"0102", "0105"}
    found = notices.of_month(noticed.community_id, MONTH, ON_NOTICE)
    assert [(each.rows, each.hidden) for each in found.corrections] == [([], 1), ([], 2)]


def test_hours_of_a_household_that_is_hidden_are_not_ranked(session: Any) -> None:
    """李四 has no points and so no row, and would stand in the ranking by hours alone."""
    world = review_world(items=ITEMS, counters=COUNTERS, rankings=RANKINGS, base=[])
    world.adopt(**HOMES_BOOK)
    for code, name in (("A1", "张三"), ("A2", "李四")):
        world.resident(code, name)
        serve(world, code, "2.5")
    world.grant()
    noise(world, world.people["A2"])
    world.bring(MonthState.SEALED)
    assert codes(world, HOMES) == {"A1"}
    found = book_rankings.public(world.community_id, MONTH, "hours", 1, 50)
    assert [row.household_code for row in found.rows] == ["A1"]


def test_the_steps_of_the_month_take_all_sheets_along(world: ReviewWorld) -> None:
    world.bring(MonthState.SIGNED)
    with pytest.raises(SameHands):
        world.step(
            MonthState.COUNTERSIGNED,
            actor=replace(world.supervisor, account_id=world.panelist.account_id),
        )
    yard(world, world.people["钱五"], "1")  # to November: the sheets are not outdated
    world.bring(MonthState.SEALED)
    assert [state for _, _, state in editions(world)] == ["sealed", "sealed"]
    found = month_views.detail(
        actor=world.admin, now=SEALED, community_id=world.community_id, month=MONTH
    )
    assert [each.rulebook for each in found.sheets] == ["test-book", HOMES]
    assert found.digest == found.sheets[0].digest
    year = rankings.public(world.community_id, MONTH, over=Period.YEAR, rulebook=HOMES)
    assert (year.months, year.unit) == ((MONTH,), RankingUnit.HOUSEHOLD)
    assert [row.household_code for row in year.rows] == ["0101", "0102", "0105"]


def test_rankings_per_head_would_count_who_is_missing(noticed: ReviewWorld) -> None:
    listed = book_rankings.listed(noticed.community_id, MONTH, HOMES)
    assert {each.code: each.is_public for each in listed} == {
        "homes-month": True, "homes-heads": False,
    }  # fmt: skip
    asked: dict[str, Any] = {
        "community_id": noticed.community_id, "month": MONTH, "code": "homes-heads", "page": 1,
        "limit": 50, "rulebook": HOMES,
    }  # fmt: skip
    with pytest.raises(RankingUnknown):
        book_rankings.public(**asked)
    found = book_rankings.for_staff(actor=noticed.admin, **asked)
    assert [(row.household_code, row.score) for row in found.rows] == [
        ("0105", D(10)), ("0101", D(8)), ("0102", D(7)),
    ]  # fmt: skip


def test_merchants_have_a_score_and_no_sheet(world: ReviewWorld) -> None:
    world.adopt(
        code="shops", title="商户细则", holder="merchant", base=[], balance=None,
        items=[{"code": "KIND", "name": "助老", "subject": "environment", "kind": "bonus",
                "award": {"type": "fixed", "points": 2}}],
    )  # fmt: skip
    found = month_books.all_of(world.community_id, MONTH)
    assert [book.compiled.code for book in found] == ["test-book", HOMES]


def test_two_sheets_take_the_same_statements_for_any_number_of_rows(
    world: ReviewWorld, count_statements: Any
) -> None:
    larger = two_sheets("larger", more=20)
    counted = []
    for each in (world, larger):
        each.bring(MonthState.FROZEN)
        with count_statements() as seen:
            for to in (MonthState.SIGNED, MonthState.COUNTERSIGNED, MonthState.ON_NOTICE):
                each.step(to)
            shown(each, HOMES)
            notices.current(each.community_id, ON_NOTICE, HOMES)
        counted.append(len(seen))
    assert counted[0] == counted[1]
    rows = [sum(rankings.public(each.community_id, MONTH, rulebook=rulebook).total
                for rulebook in PUBLIC) for each in (world, larger)]  # fmt: skip
    assert rows == [4 + 3, 4 + 3 + 2 * 20]
