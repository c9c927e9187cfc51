"""Objections by and about somebody who left: the words go, the outcome stays."""

from __future__ import annotations

import pytest

from kernel import personal_text, tenancy
from kernel.database import db
from kernel.personal_text import PersonalText
from review import erasing, rankings
from review.models import Objection
from tests.integration.review.test_objections import TEXT, decide, file, member
from tests.integration.review.world import MONTH, ON_NOTICE, ReviewWorld

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def bodies(world: ReviewWorld) -> set[str | None]:
    rows = tenancy.columns(PersonalText, world.community_id, PersonalText.body)
    return set(db.session.scalars(rows))


@pytest.mark.parametrize("code", ["0101", "0105"], ids=["subject", "objector"])
def test_words_go_once_it_is_answered(noticed: ReviewWorld, code: str) -> None:
    """0105 objects to what stands on the first row, which is that of 0101."""
    who = noticed.people[code]
    row_id = rankings.public(noticed.community_id, MONTH).rows[0].row_id
    found = file(noticed, member(noticed, "0105"), row_id=row_id)
    assert [each.code for each in erasing.still_open(noticed.community_id, who)] == ["objections"]
    decide(noticed, found)
    assert erasing.still_open(noticed.community_id, who) == []
    other = noticed.people["0102"]
    assert erasing.erase(noticed.community_id, other, ON_NOTICE) == {"objections": 0}
    assert TEXT in bodies(noticed)
    assert erasing.erase(noticed.community_id, who, ON_NOTICE)["objections"] >= 2
    assert TEXT not in bodies(noticed)
    row = db.session.scalars(tenancy.select(Objection, noticed.community_id)).one()
    assert row.state == "dismissed"
    assert personal_text.read(noticed.community_id, row.reply_text_id) is None
