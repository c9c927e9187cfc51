"""Whatever the schema allows is examined, read back and checked without an exception."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from points.rules import guard_rails
from points.rules.compiling import rulebook_of
from points.rules.lint import lint, lint_document
from points.rules.named_refusals import named_refusals
from points.rules.readback import read_back
from points.rules.readback_header import read_back_header
from tests.unit.points_rulebook_excel.schema_documents import documents
from tests.unit.points_rules.test_guard_rails import one

RAILS = one(
    max_points={"bonus": 5, "deduction": 5},
    max_deductions={"points": 20, "per": "month"},
    own_items={"bonus": 0, "deduction": 0, "max_points_each": 1},
    forbidden_subjects=["donation"],
    forbidden_words=["一般"],
    deductions_need=["warning_first", "evidence", "approval", "reason", "validity"],
    max_veto_months=0,
    refused_effects=["bar_honors", "bar_redemption", "score_zero"],
    allow_household_deductions=False,
)


@pytest.mark.long
@settings(max_examples=60, deadline=None)
@given(documents())
def test_every_stage_takes_what_the_schema_allows(raw: dict[str, Any]) -> None:
    found = [*named_refusals(raw), *lint_document(raw)]
    rulebook = rulebook_of(raw)
    found += lint(rulebook, raw)
    found += guard_rails.check(rulebook, RAILS)
    assert all(each.code and each.where and each.zh and each.en for each in found)
    for item in rulebook.items:
        for language in ("zh", "en"):
            said = read_back(item, language, rulebook)
            assert "None" not in said
            assert item.name in said
    for each in read_back_header(rulebook):
        assert each.zh.endswith("。")
        assert each.en.endswith(".")
