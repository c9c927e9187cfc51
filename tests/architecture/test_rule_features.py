"""docs/rule-features.md: every feature has an answer, and every test it names exists."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.unit.points_rules import test_rule_features

ROOT = Path(__file__).parents[2]
_ROW = re.compile(r"^\| (\d+) \| (.+) \| (.+) \| (.+) \|$", re.MULTILINE)
_CITED = re.compile(r"`([\w/]+\.py)::(\w+)(?:\[(\d+)\])?`")
_ANSWER = re.compile(r"\b(primitive|review|redemption|refusal)\b")
_REFUSAL = re.compile(r"refusal `(\w+)`")
#: The functions cited with a row of their own, and those rows.
_TABLES = {
    "test_what_a_feature_is_worth": test_rule_features.WORTH,
    "test_what_a_level_is_worth": test_rule_features.LEVELS,
    "test_a_refused_feature_is_named_with_its_place": test_rule_features.REFUSED,
}

TABLE = (ROOT / "docs/rule-features.md").read_text(encoding="utf-8")
ROWS = {int(number): rest for number, *rest in _ROW.findall(TABLE)}


@cache
def _tests_of(path: str) -> frozenset[str]:
    file = ROOT / "tests" / path
    tree = ast.parse(file.read_text(encoding="utf-8")) if file.is_file() else ast.Module([], [])
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_all_73_features_stand_in_the_table_once() -> None:
    assert [int(number) for number, *_ in _ROW.findall(TABLE)] == list(range(1, 74))


@pytest.mark.parametrize("feature", range(1, 74))
def test_every_answer_names_tests_that_exist(feature: int) -> None:
    _said, answer, tests = ROWS[feature]
    cited = _CITED.findall(tests)
    assert _ANSWER.search(answer)
    assert cited
    assert _CITED.sub("", tests).strip(", ") == "", "something else stands among the tests"
    for path, name, row in cited:
        assert name in _tests_of(path), f"{path} has no {name}"
        assert not row or int(row) == feature
        assert not row or feature in _TABLES[name]


def test_every_row_of_the_test_tables_is_cited() -> None:
    shown = {
        (name, int(row))
        for _, _, tests in ROWS.values()
        for _, name, row in _CITED.findall(tests)
        if row
    }
    assert shown == {(name, feature) for name, rows in _TABLES.items() for feature in rows}


def test_every_refusal_is_a_code_of_the_product() -> None:
    rules = (ROOT / "points").glob("**/*.py")
    schema = ROOT / "points/rulebook_data/rulebook.schema.json"
    known = "\n".join(file.read_text(encoding="utf-8") for file in (*rules, schema))
    refusals = {code for _, answer, _ in ROWS.values() for code in _REFUSAL.findall(answer)}
    assert {code for code in refusals if f'"{code}"' not in known} == set()
    assert len(refusals) >= 9
