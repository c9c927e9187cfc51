"""The board while a rulebook is consulted on: the text, until when and how, and the answers."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from kernel import clock
from kernel.database import db
from points.models import Consultation, RulebookVersion
from points.rulebook_life import drafts
from tests.integration.points import world as texts
from tests.integration.points.rulebook_acts import (
    AFTERWARDS,
    adopt,
    answer,
    consult,
    draft,
    say,
    take_back,
)
from tests.integration.points.world import NOW, World, empty_world, ready_world

HOME = "/c/yijuyuan/rulebook"
MOST_STATEMENTS = 12

At = Callable[[dt.datetime], None]


@pytest.fixture(autouse=True)
def at() -> Iterator[At]:
    """Set the clock of the pages; it begins at NOW."""

    def move(instant: dt.datetime) -> None:
        clock.set_offset(instant - dt.datetime.now(dt.UTC))

    move(NOW)
    yield move
    clock.set_offset(dt.timedelta(0))


@pytest.fixture
def world(session: Any) -> World:
    """A community with a rulebook in force, beside one that consults on another."""
    noise = empty_world("noise")
    said = say(noise, consult(noise, draft(noise, version=1, title="别处的细则")), "别处的意见")
    answer(noise, said.id, "别处的答复")
    return ready_world()


@pytest.fixture
def row(world: World) -> RulebookVersion:
    (cap,) = texts.items("CAP")
    changed = {**cap, "award": {"type": "fixed", "points": 3}}
    return draft(world, title="细则修订稿", items=[changed, *texts.items("FREE")])


def page_of(asked: Consultation) -> str:
    db.session.commit()
    return f"{HOME}/consultations/{asked.id}"


def read(client: FlaskClient, path: str) -> str:
    answered = client.get(path)
    assert answered.status_code == 200, answered.text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answered.text))


def test_a_draft_is_nowhere_on_the_board(
    client: FlaskClient, world: World, row: RulebookVersion
) -> None:
    db.session.commit()
    page = read(client, HOME)
    assert "细则修订稿" not in page
    assert "征求意见" not in page


def test_the_text_is_read_as_sentences_with_until_when_and_how(
    client: FlaskClient, world: World, row: RulebookVersion
) -> None:
    path = page_of(consult(world, row))
    home = client.get(HOME).text
    assert f'href="{path}"' in home
    assert "正在征求意见，到" in home
    page = read(client, path)
    assert "细则修订稿（第 2 版，征求意见）" in page
    assert "2026年11月21日 至 2026年11月30日 征求意见，最后一天也收。" in page
    assert "项目CAP，每次 3 分" in page
    assert "项目CAP，每次 2 分" not in page
    for way in ("手机上提", "打电话提", "到窗口提", "0350-3000000", "一号楼"):
        assert way in page


def test_answered_comments_are_public_without_names(
    client: FlaskClient, world: World, row: RulebookVersion
) -> None:
    asked = consult(world, row)
    first = say(world, asked, "分值太高了", item_code="CAP")
    second = say(world, asked, "三号楼张三从不扫雪")
    say(world, asked, "还没答复的话")
    answer(world, first.id, "改为 2.5 分", outcome="partly")
    answer(world, second.id, "会入户提醒", outcome="explained", public_text="有住户从不扫雪")
    page = read(client, page_of(asked))
    assert "收到 3 条，已答复 2 条" in page
    assert "第 1 条 CAP 项目CAP 分值太高了 部分采纳 改为 2.5 分" in page
    assert "有住户从不扫雪 说明 会入户提醒" in page
    for hidden in ("张三", "还没答复的话", "别处的意见", str(first.author_id)):
        assert hidden not in page


def test_clauses_and_comments_are_searched(
    client: FlaskClient, world: World, row: RulebookVersion
) -> None:
    asked = consult(world, row)
    answer(world, say(world, asked, "扫雪该多给分").id, "同意")
    path = page_of(asked)
    assert "扫雪该多给分" in read(client, f"{path}?q=扫雪")
    assert "项目CAP" not in read(client, f"{path}?q=扫雪").split("意见和答复")[1]
    assert "意见和答复里没有这个词" in read(client, f"{path}?q=没有这个词吧")
    assert read(client, f"{path}?q=CAP").count("项目CAP") >= 1
    assert read(client, f"{path}?q=%25").count("第 1 条") == 0


def test_many_comments_are_paged(
    client: FlaskClient, world: World, row: RulebookVersion, count_statements: Any
) -> None:
    asked = consult(world, row)
    for n in range(23):
        answer(world, say(world, asked, f"意见{n:02}").id, f"答复{n:02}")
    path = page_of(asked)
    with count_statements() as seen:
        first = read(client, path)
    assert len(seen) <= MOST_STATEMENTS
    assert "第 1 页，共 2 页" in first
    assert ("意见19" in first, "意见20" in first) == (True, False)
    assert "意见22" in read(client, f"{path}?page=2")
    assert "下一页" in read(client, f"{path}?q=意见")


def test_each_stage_is_told(
    client: FlaskClient, world: World, row: RulebookVersion, at: At
) -> None:
    last = dt.date(2026, 11, 30)
    path = page_of(consult(world, row, starts_on=last, last_on=last))
    assert "开始征求意见" in read(client, path)
    at(AFTERWARDS)
    closed = read(client, path)
    assert "已经结束" in closed
    assert "打电话提" not in closed
    adopt(
        world, row, now=AFTERWARDS, adopted_on=dt.date(2026, 12, 1),
        effective_from=dt.date(2027, 1, 1),
    )  # fmt: skip
    db.session.commit()
    assert "已经结束" in read(client, path)


@pytest.mark.parametrize("end", ["broken off", "withdrawn"])
def test_what_was_given_up_is_gone(
    client: FlaskClient, world: World, row: RulebookVersion, end: str
) -> None:
    path = page_of(consult(world, row))
    if end == "broken off":
        take_back(world, row)
    else:
        drafts.withdraw(
            actor=world.admin, now=NOW, community_id=world.community_id, version_id=row.id,
            version=row.version_seen, why="不办了",
        )  # fmt: skip
    db.session.commit()
    assert client.get(path).status_code == 404
    assert "征求意见" not in read(client, HOME)


def test_another_communitys_consultation_is_not_shown_here(
    client: FlaskClient, world: World, row: RulebookVersion
) -> None:
    asked = consult(world, row)
    db.session.commit()
    assert client.get(f"/c/noise/rulebook/consultations/{asked.id}").status_code == 404


def test_before_the_first_rulebook_the_text_consulted_on_is_shown(
    client: FlaskClient, world: World
) -> None:
    db.session.commit()
    answered = client.get("/c/noise/rulebook")
    assert answered.status_code == 302
    assert "别处的细则（第 1 版，征求意见）" in read(client, answered.headers["Location"])


def test_the_page_speaks_english(client: FlaskClient, world: World, row: RulebookVersion) -> None:
    path = page_of(consult(world, row))
    page = read(client, f"{path}?lang=en")
    assert "Comments are taken from 21 November 2026 to 30 November 2026" in page
    assert "项目CAP: 3 points each time" in page
