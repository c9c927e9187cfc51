"""Rules read back as sentences."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from points.rules.compiled import Item
from points.rules.compiling import rulebook_of
from points.rules.document import parse
from points.rules.periods import Period
from points.rules.readback import read_back
from points.rules.readback_words import EVIDENCE, OVER, PER, ROLES, UNITS
from points.rules.reading import load
from tests.unit.points_rules.books import DEMO, ROOT, book, hours, item

DEMO_BOOK = load(DEMO.read_bytes())

SENTENCES = [
    (
        "XF-01",
        "参与小区协商议事，每次 2 分，每人每月最多 6 分；要有签到或记录人确认；"
        "由居民本人或网格员记录、评议组审核。",
        "参与小区协商议事: 2 points each time, at most 6 points a month; needs a check-in or the "
        "recorder's word; recorded by the resident or a grid worker; approved by the review panel.",
    ),
    (
        "XF-05",
        "社区志愿服务，按月累计，每小时 1 分，每人每天最多计 4 小时；一次 0.5～12 小时；"
        "要有签到或照片；由居民本人或网格员记录、评议组审核。",
        "社区志愿服务: 1 point per hour, added up over the month, at most 4 hours a day; "
        "0.5–12 hours at once; needs a check-in or a photo; recorded by the resident or a grid "
        "worker; approved by the review panel.",
    ),
    (
        "XF-15",
        "向社区捐助资金或物资，每次由评议决定，1～20 分，每人每年最多 20 分；要有收据；"
        "由网格员记录、评议组 2 人审核。",
        "向社区捐助资金或物资: 1–20 points, as the panel decides, at most 20 points a year; needs "
        "a receipt; recorded by a grid worker; approved by the review panel (2 people).",
    ),
    (
        "XF-54",
        "不按规定分类垃圾不听劝阻，每次扣 5 分；要有照片或居委会确认；须写明事由；"
        "由网格员记录、评议组 2 人审核。",
        "不按规定分类垃圾不听劝阻: minus 5 points each time; needs a photo or the committee's "
        "word; the reason is written down; recorded by a grid worker; approved by the review panel "
        "(2 people).",
    ),
]


@pytest.mark.parametrize(("code", "zh", "en"), SENTENCES)
def test_items_of_the_demo(code: str, zh: str, en: str) -> None:
    assert read_back(DEMO_BOOK.by_code[code]) == zh
    assert read_back(DEMO_BOOK.by_code[code], "en") == en


REAL = json.loads((ROOT / "tests/data/readback/real_items.json").read_text("utf-8"))


@pytest.mark.parametrize("row", REAL, ids=[row["item"] for row in REAL])
def test_items_of_real_rulebooks(row: dict[str, str]) -> None:
    path = ROOT / f"tests/data/rulebooks/{row['rulebook']}.json"
    rulebook = rulebook_of(parse(path.read_bytes()))
    rule = rulebook.by_code[row["item"]]
    assert read_back(rule, "zh", rulebook) == row["zh"]
    assert read_back(rule, "en", rulebook) == row["en"]


def _item(**fields: Any) -> Item:
    return book(item("A", **fields)).items[0]


MORE = {"quantity": 300, "points": 10}
PARTS = [
    (
        _item(
            unit="hour",
            award={
                "type": "milestones",
                "over": "year",
                "steps": [{"at": 10, "points": 2}],
                "then_every": MORE,
            },
        ),
        "项目A，按年累计，满 10 小时共 2 分、以后每满 300 小时再加 10 分。",
        "项目A: 2 points at 10 hours, 10 points for each further 300 hours, "
        "added up over the year.",
    ),
    (
        _item(
            unit="kilogram",
            award={
                "type": "per_unit",
                "points": {"厨余": 2, "可回收": 16},
                "per": 5,
                "whole": False,
            },
        ),
        "项目A，每 5 公斤“厨余”2 分、“可回收”16 分，不足的按比例计。",
        "项目A: “厨余” 2 points, “可回收” 16 points per 5 kilograms, parts count in proportion.",
    ),
    (
        _item(
            kind="record",
            award=None,
            recording={"evidence": [["photo", "check_in"], ["receipt"]], "deadline_days": 31},
        ),
        "项目A，只记录，不计分；要有签到和照片，或收据；31 天内补录。",
        "项目A: recorded only, without points; needs a check-in and a photo, or a receipt; "
        "recorded within 31 days.",
    ),
    (
        _item(
            kind="deduction",
            limits=[{"max_points": 4, "per": "year"}, {"max_times": 1, "per": "day"}],
        ),
        "项目A，每次扣 2 分，每人每年最多扣 4 分，每人每天最多计 1 次。",
        "项目A: minus 2 points each time, at most 4 points a year, at most 1 time a day.",
    ),
]
PARTS += [
    (
        _item(
            unit="hour",
            award={"type": "ranks", "points": [50, 30], "over": "quarter", "within": "grid"},
        ),
        "项目A，每季度按数量在本网格排名，第 1 名 50 分、第 2 名 30 分。",
        "项目A: by rank of the quantity a quarter within the grid, rank 1: 50 points, "
        "rank 2: 30 points.",
    ),
    (
        _item(
            limits=[
                {"min_days_between": 7},
                {"max_times": 1, "per": "day", "across": "person"},
                {"max_times": 2, "per": "month", "across": "household"},
            ]
        ),
        "项目A，每次 2 分，两次之间至少隔 7 天，每个行为人每天最多计 1 次，每户每月最多计 2 次。",
        "项目A: 2 points each time, at least 7 days apart, at most 1 time a day for each person "
        "acting, at most 2 times a month for each household.",
    ),
    (
        _item(counts_in=["balance"], publication="hidden", beneficiary="head"),
        "项目A，每次 2 分；记给户主；只计可用积分；不公布。",
        "项目A: 2 points each time; credited to the head of the household; counts in the balance "
        "only; not published.",
    ),
    (
        _item(
            kind="deduction",
            group="停车",
            escalation={"factors": [1, Decimal("1.5")], "counts": "group"},
            veto={"until": {"months": 6}, "bonuses": "lost", "effects": ["bar_redemption"]},
        ),
        "项目A，每次扣 2 分；第 1 次照扣、第 2 次起按 1.5 倍扣（“停车”一组合并计次）；"
        "一票否决：6 个月内加分作废、停兑换。",
        "项目A: minus 2 points each time; 1st time: charged, 2nd time and later: charged 1.5 "
        "times, counted over the group “停车”; veto for 6 months: bonuses are lost, no redemption.",
    ),
]


@pytest.mark.parametrize(("rule", "zh", "en"), PARTS, ids=range(len(PARTS)))
def test_other_parts(rule: Item, zh: str, en: str) -> None:
    assert read_back(rule) == zh
    assert read_back(rule, "en") == en


def test_every_code_of_the_schema_has_words() -> None:
    path = ROOT / "points/rulebook_data/rulebook.schema.json"
    defs = json.loads(path.read_text("utf-8"))["$defs"]
    recording = defs["recording"]["properties"]
    assert set(UNITS) == set(defs["item"]["properties"]["unit"]["enum"])
    assert set(ROLES) == set(recording["recorders"]["items"]["enum"])
    assert set(EVIDENCE) == set(recording["evidence"]["items"]["items"]["enum"])
    assert set(PER) == set(Period)
    assert set(OVER) == {Period.MONTH, Period.QUARTER, Period.HALF_YEAR, Period.YEAR, Period.EVER}


def test_a_quantity_of_hundreds_is_not_written_as_a_power() -> None:
    rule = book(hours(limits=[{"max_quantity": 100, "per": "month"}])).items[0]
    assert "最多计 100 小时" in read_back(rule)
