"""The rulebook's own rankings on the board: what the API publishes of them and not a row more."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from flask.testing import FlaskClient

from community.models import Membership
from kernel import clock
from kernel.database import db
from points.models import MonthState
from tests.integration.review.test_counter_rankings import COUNTERS, ITEMS
from tests.integration.review.two_sheets import HOMES, two_sheets
from tests.integration.review.world import (
    MONTH,
    ON_NOTICE,
    SEALED,
    ReviewWorld,
    review_world,
    scored_world,
)
from tests.integration.web.test_board import MOST_STATEMENTS, text_of
from tests.support.backend import Backend

HOME, SEPTEMBER = "/c/yijuyuan", "2026-09"
PAGE = f"{HOME}/rankings"
PLAIN = {"unit": "member", "over": "month", "within": "community"}
RANKINGS: list[dict[str, Any]] = [
    {**PLAIN, "code": "members", "name": "居民月排名", "top": {"count": 3}},
    {**PLAIN, "code": "homes", "name": "家庭季度排名", "unit": "household", "over": "quarter",
     "top": {"count": 2}},
    {**PLAIN, "code": "grids", "name": "网格全年排名", "unit": "grid", "over": "year",
     "per_head": True},
    {**PLAIN, "code": "within", "name": "网格内排名", "within": "grid", "top": {"count": 1}},
    {**PLAIN, "code": "street", "name": "街道排名", "within": "street", "top": {"count": 2}},
    {**PLAIN, "code": "hours", "name": "服务时长榜", "measure": "hours", "over": "ever"},
    {**PLAIN, "code": "workers", "name": "干部和记录人", "audience": {"any": ["grid_worker"]}},
    {**PLAIN, "code": "key", "name": "重点人群排名", "audience": {"any": ["relocated_household"]}},
]  # fmt: skip
PUBLIC = [each["code"] for each in RANKINGS if each["code"] != "key"]
PEOPLE = (
    ("0101", "王一", "20"), ("0102", "李二", "12"), ("0103", "张三", "12"),
    ("0104", "赵四", "5"), ("0105", "钱五", "0"), ("0106", "孙六", "2"),
)  # fmt: skip


def sealed_twice(code: str, people: Sequence[tuple[str, str, str]]) -> ReviewWorld:
    """September and October sealed; the second household's member is also a grid worker, and the
    last of the people below base in October.
    """
    world = review_world(code, items=ITEMS, counters=COUNTERS, rankings=RANKINGS)
    for household, name, bonus in people:
        world.resident(household, name, bonus)
    worker = db.session.query(Membership).filter_by(member_id=world.people["0102"]).one()
    worker.kinds = ["resident", "grid_worker"]
    world.earn(world.people["0102"], "2.5", on=dt.date(2026, 9, 15))
    world.deduct(world.people[people[-1][0]])
    for month in (SEPTEMBER, MONTH):
        world.grant(month)
        world.bring(MonthState.SEALED, month)
    return world


def ranked() -> ReviewWorld:
    """Six people; beside them a community of three."""
    sealed_twice("few", PEOPLE[-1:] + PEOPLE[1:3])
    return sealed_twice("yijuyuan", PEOPLE)


def at(instant: dt.datetime) -> None:
    """Set the clock of the pages; the fixture below sets it back."""
    clock.set_offset(instant - dt.datetime.now(dt.UTC))


@pytest.fixture(autouse=True)
def after_the_seal() -> Iterator[None]:
    at(SEALED)
    yield
    clock.set_offset(dt.timedelta(0))


@pytest.fixture
def world(backend: Backend, session: Any) -> ReviewWorld:
    return backend.remembered(ranked)


def cells(page: str) -> list[list[str]]:
    """The rows of all tables, each cell as the words in it."""
    rows = re.findall(r"<tr>(<td.*?)</tr>", page, re.S)
    return [[text_of(cell).strip() for cell in re.split(r"</td>", row)[:-1]] for row in rows]


def published(row: dict[str, Any]) -> list[str]:
    """A row of the API as the page words it."""
    value = row["quantity"] if row["score"] is None else row["score"]
    told = f"{value:,.2f}".rstrip("0").removesuffix(".")
    grid = [] if row["grid_number"] is None else [f"{row['grid_number']} 网格"]
    holder = [] if row["household_code"] is None else [f"户 {row['household_code']}"]
    community = [row["community"]] if row["community"] else []
    if row["rank"] is None:
        return [" ".join([row["household_code"], *community]), told]
    parts = [*community, *grid, *holder]
    first = row["label"] or parts.pop()
    who = f"{first}  {' · '.join(parts)}" if parts else first
    return [str(row["rank"]), " ".join(who.split()), told]


@pytest.mark.usefixtures("world")
class TestRankings:
    def test_it_begins_with_the_first_ranking_over_the_newest_sealed_month(
        self, client: FlaskClient
    ) -> None:
        page = client.get(PAGE).text
        text = text_of(page)
        assert "居民月排名 2026年10月" in text
        assert "居民月排名：居民在本社区按每月得分排名，取前 3 名。" in text
        assert [row[0] for row in cells(page)[:3]] == ["1", "2", "2"]
        assert cells(page)[3] == ["0104", "15"]
        assert "细则里的重点人群排名不公开，只给评议的人看" in text

    @pytest.mark.parametrize("code", PUBLIC)
    def test_each_table_has_the_rows_of_the_api_and_no_other(
        self, client: FlaskClient, code: str
    ) -> None:
        for month in (SEPTEMBER, MONTH):
            answer = client.get(
                f"/api/v1/public/communities/yijuyuan/rankings/{code}",
                query_string={"month": month},
            )
            page = client.get(PAGE, query_string={"ranking": code, "month": month}).text
            rows = [
                published(row) for row in answer.json["items" if "items" in answer.json else "rows"]
            ]
            assert rows, code
            assert [[*row[:-1], row[-1]] for row in cells(page)] == rows, (code, month)

    def test_whoever_is_below_base_stands_in_no_table_of_the_month(
        self, client: FlaskClient
    ) -> None:
        for code in ("members", "within", "street", "workers"):
            text = text_of(client.get(f"{PAGE}?ranking={code}&month={MONTH}").text)
            assert "孙*" not in text, code
            assert "0106" not in text, code

    def test_periods_are_the_sealed_ones(self, client: FlaskClient) -> None:
        quarter = text_of(client.get(f"{PAGE}?ranking=homes").text)
        assert "2026年10月至12月 2026年7月至9月" in quarter
        assert "到现在归档了 2026年10月一个月。" in quarter
        year = text_of(client.get(f"{PAGE}?ranking=grids").text)
        assert "算进 2 个归档的月份，2026年9月到2026年10月。" in year
        assert "人均得分" in year
        hours = text_of(client.get(f"{PAGE}?ranking=hours").text)
        assert "至今" in hours
        assert "服务时长（小时）" in hours

    def test_what_cannot_be_read_is_not_there(self, client: FlaskClient) -> None:
        for query, status in (
            ("ranking=key", 404), ("ranking=nothing", 404), ("rulebook=nothing", 404),
            ("month=2026-13", 422), ("month=2099-12", 200), ("month=2000-01", 200),
        ):  # fmt: skip
            assert client.get(f"{PAGE}?{query}").status_code == status, query
        assert "这个月还没有归档" in client.get(f"{PAGE}?month=2026-11").text
        assert "这一页没有行" in client.get(f"{PAGE}?page=9").text

    def test_the_notice_leads_there(self, client: FlaskClient) -> None:
        for page in (f"{HOME}/", f"{HOME}/ranking"):
            tab = f'href="{PAGE}?ranking=workers&amp;month={MONTH}">干部和记录人</a>'
            assert tab in client.get(page).text, page
        assert f'href="{PAGE}"' in client.get(f"{HOME}/").text

    def test_a_ranking_that_is_new_says_so_for_an_older_month(
        self, client: FlaskClient, world: ReviewWorld
    ) -> None:
        new = {**PLAIN, "code": "new", "name": "新排名"}
        world.adopt(version=2, effective_from=dt.date(2026, 11, 1), rankings=[new])
        db.session.commit()
        assert "这一期没有这张排名" in client.get(PAGE).text
        old = text_of(client.get(f"{PAGE}?ranking=members&month={MONTH}").text)
        assert "居民月排名 2026年10月" in old


def test_the_statements_do_not_grow_with_the_rows(
    client: FlaskClient, world: ReviewWorld, count_statements: Callable[[], Any]
) -> None:
    for code in PUBLIC:
        counted = []
        for community in ("few", "yijuyuan"):
            page = f"/c/{community}/rankings?ranking={code}"
            client.get(page)
            with count_statements() as statements:
                assert client.get(page).status_code == 200
            counted.append(len(statements))
        assert counted[0] == counted[1] <= MOST_STATEMENTS, (code, counted)


def test_before_the_first_seal_it_says_when(client: FlaskClient, session: Any) -> None:
    scored_world().bring_to_notice()
    at(ON_NOTICE)
    text = text_of(client.get(PAGE).text)
    assert "还没有归档的月份" in text
    assert "10月正在公示，11月11日截止，归档以后算进排名。" in text
    assert "王*" not in text


def test_a_rulebook_without_rankings_says_how_they_come(client: FlaskClient, session: Any) -> None:
    review_world(rankings=[])
    db.session.commit()
    text = text_of(client.get(PAGE).text)
    assert "细则里还没有公开的排名" in text


def test_of_two_rulebooks_each_has_its_own(client: FlaskClient, session: Any) -> None:
    two_sheets().bring(MonthState.SEALED)
    db.session.commit()
    assert f'href="{PAGE}?rulebook={HOMES}"' in client.get(f"{PAGE}?ranking=month-member").text
    page = client.get(f"{PAGE}?rulebook={HOMES}").text
    assert "家庭月排名" in page
    assert "户均月排名不公开" in page
    assert cells(page)[0][0] == "1"
