"""What the first seeding tells besides its months: each part looked up where it should stand."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from community import places
from community.models import Member, ProxyGrant
from ops.demo.data_files import read_json
from points.models import (
    Activity,
    ActivityAttendance,
    ActivityState,
    BatchState,
    CarriedIn,
    CarriedOut,
    Claim,
    ClaimPhoto,
    ClaimState,
    Consultation,
    ConsultationAnswer,
    ConsultationComment,
    Fact,
    PointsBatch,
    RulebookState,
    RulebookVersion,
)
from points.rulebook_life import readings
from review import notices

TODAY = dt.date(2026, 11, 21)
NEXT_WEEK = dt.date(2026, 11, 28)


def has_claims(session: Any, community_id: uuid.UUID) -> None:
    """One in each state by the resident, with photos; whoever withdraws leaves none."""
    rows = session.query(Claim).filter_by(community_id=community_id).all()
    told = read_json("claims.json")["claims"]
    own = [row for row in rows if row.received_on >= TODAY - dt.timedelta(days=5)]
    assert {row.state for row in own} == {*ClaimState}
    assert len(rows) > len(told)
    photos = session.query(ClaimPhoto).filter_by(community_id=community_id).count()
    assert photos >= sum(row["photos"] for row in told)
    assert all((row.fact_id is not None) == (row.state == ClaimState.ACCEPTED) for row in rows)


def has_activities(session: Any, community_id: uuid.UUID) -> None:
    """One settled with hours in October, one that takes enrolments for next Saturday."""
    rows = session.query(Activity).filter_by(community_id=community_id).all()
    by_state = {row.state: row for row in rows}
    assert set(by_state) == {ActivityState.SETTLED, ActivityState.OPEN}
    settled, coming = by_state[ActivityState.SETTLED], by_state[ActivityState.OPEN]
    assert settled.starts_at_utc.date() == dt.date(2026, 10, 10)
    assert coming.starts_at_utc.date() == NEXT_WEEK
    assert 0 < coming.enrolled < coming.capacity
    came = session.query(ActivityAttendance).filter_by(activity_id=settled.id).all()
    assert len(came) == 10
    assert all(each.hours and each.fact_id for each in came)
    facts = session.query(Fact).filter_by(activity_id=settled.id).all()
    assert {fact.member_id for fact in facts} == {each.attendee_id for each in came}


def has_a_consultation(session: Any) -> None:
    """Version 2 of one community: two comments answered, one not."""
    community_id = places.community_by_code("jiuyuan").id
    (version,) = session.query(RulebookVersion).filter_by(
        community_id=community_id, state=RulebookState.CONSULTATION
    )
    (opened,) = session.query(Consultation).filter_by(community_id=community_id)
    comments = session.query(ConsultationComment).filter_by(consultation_id=opened.id).count()
    answered = session.query(ConsultationAnswer).filter_by(community_id=community_id)
    assert (version.version, comments) == (2, 3)
    assert len({each.comment_id for each in answered}) == 2
    assert opened.starts_on <= TODAY < opened.last_on


def has_a_draft_outside_the_rails(session: Any) -> None:
    """The draft is kept, and says whose guard-rails it breaks and where; nobody else breaks any."""
    community_id = places.community_by_code("longgang").id
    (draft,) = session.query(RulebookVersion).filter_by(
        community_id=community_id, state=RulebookState.DRAFT
    )
    read = readings.of_row(draft, TODAY)
    errors = [each for each in read.findings if each.severity == "error"]
    assert {each.code for each in errors} == {
        "guard_rail_max_points", "guard_rail_deductions_need",
    }  # fmt: skip
    assert all("XF-57" in each.where and "忻府区" in each.zh for each in errors)


def has_an_opening_batch(session: Any, now: dt.datetime) -> None:
    """Uploaded by one, confirmed by another; the notice says that there was an adjustment."""
    community_id = places.community_by_code("jianbei").id
    (batch,) = session.query(PointsBatch).filter_by(community_id=community_id)
    assert batch.state == BatchState.POSTED
    assert batch.decided_by not in (None, batch.uploaded_by)
    notice = notices.current(community_id, now)
    assert notice is not None
    assert notice.totals.adjustments == batch.row_count == 12


def has_a_move(session: Any) -> None:
    """The points that left one community came to the other, to the same person."""
    (out,) = session.query(CarriedOut)
    (came,) = session.query(CarriedIn)
    assert (out.id, out.points) == (came.id, came.points)
    assert None not in (out.arrived_at_utc, came.arrived_at_utc)
    (left,) = session.query(Member).filter(Member.left_on.is_not(None))
    arrived = session.get(Member, (came.community_id, came.member_id))
    assert (left.name, left.is_demo) == (arrived.name, arrived.is_demo) == (left.name, True)


def has_a_proxy(session: Any) -> None:
    """An older member lets somebody at home act."""
    community_id = places.community_by_code("yjyx").id
    (granted,) = session.query(ProxyGrant).filter_by(community_id=community_id)
    grantor = session.get(Member, (community_id, granted.grantor_id))
    assert grantor.senior_from is not None
