"""Everything beside the items read back as sentences."""

from __future__ import annotations

import json
from typing import Any

import pytest

from community.member_rules import KIND_WORDS, TAG_WORDS
from points.rules import readback_words as words
from points.rules.compiling import rulebook_of
from points.rules.document import parse
from points.rules.readback_header import read_back_header
from tests.unit.points_rules.books import ROOT, document, hours, item

BOOKS = ROOT / "tests/data/rulebooks"


def said(raw: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {each.where: (each.zh, each.en) for each in read_back_header(rulebook_of(raw))}


def of_file(name: str) -> dict[str, tuple[str, str]]:
    return said(parse((BOOKS / name).read_bytes()))


def test_luoyu() -> None:
    assert of_file("luoyu_village_2026.json") == {
        "holder": ("积分记在居民个人名下。", "Points are kept for members."),
        "base[first-login]": (
            "首次登录基础分：一次性 20 分，计入得分和可用积分。",
            "首次登录基础分: 20 points once, counted in score and balance.",
        ),
        "score": ("得分一直累计。", "The score adds up from the beginning."),
        "balance": (
            "审核通过就可以兑换，扣分可以扣成负数，每年 1 月 10 日到期。",
            "Points can be spent once approved, deductions may leave a debt, they expire each year "
            "on 01-10.",
        ),
        "rankings[group-total]": (
            "村民小组总排名：居民在本网格按一直累计的得分排名。",
            "村民小组总排名: members within the grid by score from the beginning.",
        ),
        "rankings[village-total]": (
            "全村总排名前十：居民在本社区按一直累计的得分排名，取前 10 名。",
            "全村总排名前十: members within the community by score from the beginning, "
            "the first 10.",
        ),
        "rankings[village-month]": (
            "全村月排名前十：居民在本社区按每月得分排名，取前 10 名。",
            "全村月排名前十: members within the community by score each month, the first 10.",
        ),
    }


def test_wendeng() -> None:
    rural = of_file("wendeng_rural_residents_2020.excerpt.json")
    assert rural["base[year-base]"][0] == "年度基础分：每年 1,000 分，计入得分。"
    assert rural["balance"][0] == "积分只用来看得分，不能兑换。"
    assert rural["counters[hours]"][0] == "积分之外另行累计“志愿服务时长”（小时）。"
    assert rural["conflicts[one-deed]"] == (
        "同一行为符合全部加分、全部扣分中几项的，加分、扣分各只计最高的一项，不累加。",
        "Of all bonuses, all deductions, only the highest bonus and the highest deduction count "
        "for one deed.",
    )
    assert rural["tiers[四星]"] == (
        "得分高于 1,040、不高于 1,060 的为“四星”，有标识。",
        "“四星”: score above 1,040 and at most 1,060, a badge.",
    )
    assert rural["rankings[key-persons]"][0] == (
        "重点人群排名：居民在本街道按每年得分排名，只适用于重点人群。"
    )
    assert rural["excluded_tags"][0] == (
        "期末有这些标签的，当期不发基础分、不评等级、不排名，已有的记录保留：已故、已迁出、外出求学。"
    )
    addon = of_file("wendeng_community_addon_2020.json")
    assert addon["score"][0] == "得分只看有效期内的记录。"
    assert addon["rankings[year-end]"][0].endswith("按每年得分排名，取前 10%。")


def test_baming_and_hailin() -> None:
    baming = of_file("baming_village_household.json")
    assert baming["holder"][0] == "积分记在户名下。"
    assert baming["score"][0] == "得分按季度计算，最低按 0 分，最高按 120 分。"
    assert baming["balance"][0] == (
        "当月封账后才可以兑换，扣分扣到零为止，每季度结束后 60 天到期。"
    )
    hailin = of_file("hailin_volunteers.json")
    assert hailin["conflicts[zero-hours]"][0] == (
        "同一活动中有“未按要求行动或导致投诉（本次活动时长计零）”的，“志愿服务时长”不计。"
    )


DONATIONS = {
    "code": "s",
    "name": "捐款",
    "items": ["A", "H"],
    "max_points": 40,
    "per": "year",
    "across": "household",
}
PARTS: list[tuple[str, dict[str, Any], str, str]] = [
    (
        "limits[s]",
        document(item("A"), hours(), item("B"), limits=[DONATIONS]),
        "捐款：“项目A”、“项目H”合计每户每年最多 40 分。",
        "“项目A”, “项目H” together: at most 40 points a year for each household.",
    ),
    (
        "limits[s]",
        document(
            *(item(code) for code in "ABCDEFG"),
            item("X", kind="deduction"),
            item("Y", kind="deduction"),
            limits=[{"code": "s", "items": ["*deduction"], "max_points": 9, "per": "month"}],
        ),
        "全部扣分合计每人每月最多扣 9 分。",
        "all deductions together: at most 9 points a month.",
    ),
    (
        "limits[s]",
        document(
            *(item(code) for code in "ABCDEFG"),
            limits=[{"code": "s", "items": list("ABCDEF"), "max_times": 9, "per": "week"}],
        ),
        "“项目A”、“项目B”、“项目C”、“项目D”、“项目E”等 6 项合计每人每周最多计 9 次。",
        "“项目A”, “项目B”, “项目C”, “项目D”, “项目E” and 1 more together: at most 9 times a week.",
    ),
    (
        "base[b]",
        document(
            base=[
                {
                    "code": "b",
                    "name": "结转",
                    "percent_of_last": 20,
                    "per": "year",
                    "counts_in": ["balance"],
                    "audience": {"any": ["party_member"], "none": ["minor"]},
                }
            ]
        ),
        "结转：每年上期得分的 20%，计入可用积分，只适用于党员，不适用于未成年人。",
        "结转: 20% of the last period's score a year, counted in balance, only for party members, "
        "not for minors.",
    ),
    (
        "tiers[一星]",
        document(
            hours(),
            counters=[{"code": "hours", "name": "服务时长", "unit": "hour"}],
            tiers=[
                {
                    "name": "一星",
                    "when": [
                        {"measure": "hours", "over": "ever", "at_least": 60},
                        {"measure": "score_per_head", "above": 5},
                    ],
                    "effects": ["priority", "badge"],
                }
            ],
        ),
        "一直累计的“服务时长”不低于 60，并且户人均得分高于 5 的为“一星”，有标识，活动候补优先。",
        "“一星”: “服务时长” from the beginning at least 60 and score per head above 5, a badge, "
        "first on waiting lists of activities.",
    ),
    (
        "year_starts_month",
        document(year_starts_month=7),
        "年度从 7 月起算。",
        "The year begins in month 7.",
    ),
    (
        "balance",
        document(
            balance={
                "spendable_from": "sealed",
                "deductions": "never",
                "spend_above": 100,
                "expiry": {"after_months": 36},
            }
        ),
        "当月封账后才可以兑换，扣分不动可用积分，只有超过 100 分的部分可以兑换，36 个月后到期。",
        "Points can be spent once the month is sealed, deductions leave the balance alone, only "
        "what is above 100 can be spent, they expire after 36 months.",
    ),
]


@pytest.mark.parametrize(("where", "raw", "zh", "en"), PARTS, ids=range(len(PARTS)))
def test_other_parts(where: str, raw: dict[str, Any], zh: str, en: str) -> None:
    assert said(raw)[where] == (zh, en)


def test_every_code_of_the_schema_has_words() -> None:
    path = ROOT / "points/rulebook_data/rulebook.schema.json"
    defs = json.loads(path.read_text("utf-8"))["$defs"]
    fields = defs["item"]["properties"]
    veto = defs["veto"]["properties"]
    tier, ranking = defs["tier"]["properties"], defs["ranking"]["properties"]
    assert set(words.BENEFICIARIES) == set(fields["beneficiary"]["enum"]) - {"actor"}
    assert set(words.RELATIONS) == set(fields["relations"]["items"]["enum"])
    assert set(words.PUBLICATIONS) == set(fields["publication"]["enum"])
    assert set(words.VETO_UNTIL) == set(veto["until"]["oneOf"][0]["enum"])
    assert set(words.VETO_BONUSES) == set(veto["bonuses"]["enum"])
    assert set(words.VETO_EFFECTS) == set(veto["effects"]["items"]["enum"])
    assert set(words.TIER_EFFECTS) == set(tier["effects"]["items"]["enum"])
    assert set(words.RANKING_UNITS) == set(ranking["unit"]["enum"])
    assert set(words.RANKING_PLACES) == set(ranking["within"]["enum"])
    assert set(words.SCORE_OVER) == set(defs["score"]["properties"]["over"]["enum"])
    assert set(words.SCORE_READ) == set(words.SCORE_OVER)
    assert set(words.DEDUCTIONS) == set(defs["balance"]["properties"]["deductions"]["enum"])
    assert set(words.HOLDERS) == set(defs["rulebook"]["properties"]["holder"]["enum"])


def test_tags_have_the_words_of_the_member_lists() -> None:
    listed = {**{kind.value: names[0] for kind, names in KIND_WORDS.items()}, **TAG_WORDS}
    assert {tag: words.TAGS[tag][0] for tag in listed} == listed
