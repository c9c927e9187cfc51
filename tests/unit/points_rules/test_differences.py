"""What differs between two texts: items by code, fields with defaults filled in, the header."""

from __future__ import annotations

from typing import Any

import pytest

from points.rulebook_life import sentences
from points.rules.differences import Change, Difference, difference
from points.rules.document import parse
from tests.integration.points.world import document, items, text


def between(before: dict[str, Any], after: dict[str, Any]) -> Difference:
    def said(code: str, language: str) -> str | None:
        return f"{code}的原话" if language == "zh" else f"what {code} says"

    return difference(before, after, said, said)


def with_items(*changed: dict[str, Any], **header: Any) -> dict[str, Any]:
    return document(items=list(changed), **header)


def test_equal_texts_do_not_differ() -> None:
    assert between(document(), document(version=2)) == Difference(header=(), items=())


def test_an_item_is_new_gone_or_different() -> None:
    cap, free = items("CAP", "FREE")
    found = between(
        with_items(cap, free),
        with_items({**cap, "award": {"type": "fixed", "points": 3}}, {**free, "code": "NEW"}),
    )
    assert [(each.code, each.change) for each in found.items] == [
        ("CAP", Change.CHANGED), ("NEW", Change.ADDED), ("FREE", Change.REMOVED),
    ]  # fmt: skip
    (field,) = found.items[0].fields
    assert (field.field, field.label_zh) == ("award", "分值")
    assert (field.before, field.after) == (cap["award"], {"type": "fixed", "points": 3})
    assert found.items[0].zh == "“项目CAP”（CAP）改了分值。"
    assert found.items[1].en == 'New: "项目FREE" (NEW). what NEW says'
    assert found.items[2].zh == "删去“项目FREE”（FREE）。原来是：FREE的原话"


def test_the_order_of_items_says_nothing() -> None:
    cap, free = items("CAP", "FREE")
    assert between(with_items(cap, free), with_items(free, cap)).items == ()


@pytest.mark.parametrize(
    ("defaults", "fields"),
    [
        ({}, []),
        ({"bonus": {"publication": "named"}}, ["publication"]),
        ({"deduction": {"publication": "hidden"}}, []),
    ],
)
def test_a_default_changes_the_items_of_its_kind(
    defaults: dict[str, Any], fields: list[str]
) -> None:
    (cap,) = items("CAP")
    found = between(with_items(cap), with_items(cap, defaults=defaults))
    assert [field.field for each in found.items for field in each.fields] == fields


def test_an_explicit_null_and_a_missing_field_are_one() -> None:
    (cap,) = items("CAP")
    assert between(with_items(cap), with_items({**cap, "escalation": None})).items == ()


def test_parts_of_the_header_stand_beside_the_items() -> None:
    after = document(title="新细则", score={"over": "year"})
    header = between(document(), after).header
    assert [(each.field, each.before, each.after) for each in header] == [
        ("title", "测试细则", "新细则"), ("score", {"over": "month"}, {"over": "year"}),
    ]  # fmt: skip


def test_the_sentences_are_those_of_the_items() -> None:
    before, after = parse(text()), parse(text())
    after["items"][0]["award"]["points"] = 3
    said = [
        {each.code: each for each in sentences.of_document(each, None)} for each in (before, after)
    ]
    found = difference(
        before,
        after,
        lambda code, language: getattr(said[0][code], language),
        lambda code, language: getattr(said[1][code], language),
    )
    assert "原来：项目CAP，每次 2 分" in found.items[0].zh
    assert "改为：项目CAP，每次 3 分" in found.items[0].zh
    assert "Before: 项目CAP: 2 points each time" in found.items[0].en


def test_an_item_with_errors_has_no_sentence_and_the_others_keep_theirs() -> None:
    broken = parse(text())
    broken["items"][0]["award"] = {"type": "fixed", "points": -1}
    broken["items"][1]["subject"] = "petition"
    broken["score"] = "何时"
    said = sentences.of_document(broken, None)
    assert [each.zh is None for each in said[:3]] == [True, True, False]
    assert said[2].en
