"""From bytes to a document."""

from __future__ import annotations

from decimal import Decimal

import pytest

from points.rules.document import parse
from points.rules.findings import RulebookRefused

REFUSED = [
    ("duplicate_json_key", '{"a": 1, "b": {"c": 1, "c": 2}}'),
    ("not_json", '{"a": 1,}'),
    ("not_json", ""),
    ("too_large", '{"a": "' + "x" * 1_000_000 + '"}'),
    ("too_large", b'{"a": "' + "积".encode() * 350_000 + b'"}'),
    ("too_deep", "[" * 5000 + "]" * 5000),
    ("too_deep", '{"a":' * 21 + "1" + "}" * 21),
    ("not_utf8", '{"title": "居民积分细则"}'.encode("gbk")),
    ("not_a_number", '{"a": NaN}'),
    ("not_a_number", '{"a": -Infinity}'),
    ("number_too_long", '{"a": 1e999999}'),
    ("number_too_long", '{"a": 0.12345678901234567}'),
    ("number_too_long", '{"a": ' + "9" * 5000 + "}"),
    ("broken_text", r'{"a": "\ud800"}'),
    ("broken_text", r'{"a": ["\u0000"]}'),
    ("not_an_object", "[]"),
]


@pytest.mark.parametrize(("code", "text"), REFUSED, ids=range(len(REFUSED)))
def test_refused_by_name(code: str, text: str | bytes) -> None:
    with pytest.raises(RulebookRefused) as refused:
        parse(text)
    (finding,) = refused.value.findings
    assert finding.code == code
    assert finding.zh
    assert finding.en


def test_a_duplicate_key_is_named() -> None:
    with pytest.raises(RulebookRefused) as refused:
        parse('{"limits": [], "limits": []}')
    assert refused.value.findings[0].where == "limits"


def test_fractions_are_exact() -> None:
    document = parse('{"a": 0.1, "b": 3, "c": 1.50}')
    assert document == {"a": Decimal("0.1"), "b": 3, "c": Decimal("1.50")}
    assert isinstance(document["a"], Decimal)


def test_brackets_in_text_are_not_depth() -> None:
    assert parse('{"a": "' + "[{" * 50 + '"}')["a"].startswith("[{")


@pytest.mark.parametrize("text", ["\ufeff{}", "\ufeff{}".encode()])
def test_a_byte_order_mark_is_skipped(text: str | bytes) -> None:
    assert parse(text) == {}


def test_the_exception_says_the_first_problem_and_carries_all() -> None:
    with pytest.raises(RulebookRefused) as refused:
        parse("[]")
    assert "花括号" in refused.value.sentence("zh")
    assert refused.value.extra["findings"] == [
        {
            "severity": "error",
            "code": "not_an_object",
            "where": "",
            "zh": "文件最外层应是一对花括号。",
            "en": "The document has to be an object.",
        }
    ]


def test_a_text_that_never_ends_is_looked_through_once() -> None:
    # From every quote anew, half a megabyte would take an hour.
    with pytest.raises(RulebookRefused) as refused:
        parse('"' + '\\"' * 400_000)
    assert refused.value.findings[0].code == "not_json"
