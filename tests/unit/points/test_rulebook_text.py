"""The canonical text of a rulebook: same document, same text; numbers and order as written."""

from __future__ import annotations

import pytest

from points import rulebook_text
from points.rules.document import parse


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ('{ "a" : 1 , "b":[1.50, 2.0] }', '{"a":1,"b":[1.5,2]}'),
        ('{"大": 3, "小": 1}', '{"大":3,"小":1}'),
        ('{"a": null, "b": true, "c": "\\u79ef分"}', '{"a":null,"b":true,"c":"积分"}'),
        ('{"a": 100.0, "b": 1e2}', '{"a":100,"b":100}'),
    ],
)
def test_spaces_and_spelling_do_not_matter(written: str, canonical: str) -> None:
    assert rulebook_text.canonical(parse(written)) == canonical


def test_it_reads_back_as_itself() -> None:
    text = rulebook_text.canonical(parse('{"a": {"b": [0.1, "x\\"y"]}}'))
    assert rulebook_text.canonical(parse(text)) == text
    assert len(rulebook_text.sha256(text)) == 64
