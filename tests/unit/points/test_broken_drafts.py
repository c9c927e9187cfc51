"""Whatever JSON stands in a draft that can be kept, reading it finds errors and never breaks."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from points.rulebook_life import edits, sentences, shape
from points.rulebook_life.errors import ItemUnknown
from points.rules.differences import difference
from points.rules.document import parse
from points.rules.findings import RulebookRefused
from points.rules.reading import examine
from tests.integration.points.world import document

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-9, 9) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["code", "points", "type", "any", "max_points", "per", "items", "x"]),
        inner, max_size=3,
    ),
    max_leaves=6,
)  # fmt: skip
TOP = sorted(edits.PARTS)
OF_ITEM = [
    "name", "kind", "subject", "award", "limits", "audience", "recording", "veto", "escalation",
    "validity", "origin", "unit", "quantity", "counts_in", "group", "unheard_of",
]  # fmt: skip


@settings(max_examples=250, deadline=None)
@given(
    parts=st.dictionaries(st.sampled_from(TOP), JSON, max_size=3),
    fields=st.dictionaries(st.sampled_from(OF_ITEM), JSON, max_size=3),
)
def test_a_mangled_text_is_read_item_by_item(parts: dict[str, Any], fields: dict[str, Any]) -> None:
    mangled = {**copy.deepcopy(document()), **parts}
    mangled["items"][0].update(fields)
    try:
        kept = shape.keepable(parse(json.dumps(mangled)))
    except RulebookRefused:
        return  # too large, too deep, or a title that is none: answered with its findings
    examined = examine(kept)
    said = sentences.of_document(kept, examined.rulebook)
    assert [each.code for each in said] == [item["code"] for item in kept["items"]]
    before = parse(json.dumps(document()))
    changed = difference(before, kept, lambda *_: None, lambda *_: None)
    assert {each.code for each in changed.items} <= {item["code"] for item in kept["items"]}


@pytest.mark.parametrize("position", [None, 1, 2, 99])
def test_an_item_is_added_where_it_was_asked_or_at_the_end(position: int | None) -> None:
    text = document()
    grown = edits.with_new_item(text, {"code": "NEW"}, position=position)
    codes = [item["code"] for item in grown["items"]]
    assert codes.index("NEW") == min(len(text["items"]), (position or 100) - 1)
    assert edits.without_item(grown, "NEW") == text
    with pytest.raises(ItemUnknown):
        edits.item(text, "NEW")
