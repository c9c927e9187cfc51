"""A small first start on both engines: the demo keeps what it promises, and happens once."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from community import members, places, signing_in
from kernel import clock, http, outbox
from kernel.access import Place
from kernel.settings import Environment
from merchants import alliance
from merchants.models import AgreementState, Merchant, RedemptionAgreement
from ops.demo import seed, welcome
from ops.demo.founding import DEMO_PASSWORD
from ops.demo.stage import SeedSize
from points import ledger_check
from points.models import AccountingMonth, MonthState
from redemption import holds, ledger_parts
from redemption.models import Redemption, RedemptionState
from review import notices, rankings
from review.models import Correction, Objection, ObjectionState
from tests.integration.ops import seeded_redemption, seeded_story

#: As dense as the demo of the browser tests: every scene of the story, and some facts around it.
SMALL = SeedSize(members=55, density={}, other_density=0.03, sealed_share=1.0)
#: A Saturday; the notice of October runs until Tuesday.
NOON = dt.datetime(2026, 11, 21, 4, 0, tzinfo=dt.UTC)


@pytest.fixture
def started(session: Any) -> Iterator[list[str]]:
    """The lines that the first start printed, at noon of the story's day."""
    clock.set_offset(NOON - dt.datetime.now(dt.UTC))
    lines: list[str] = []
    try:
        assert seed.ensure(echo=lines.append, size=SMALL)
        yield lines
    finally:
        clock.set_offset(dt.timedelta(0))


def test_a_first_start_plays_the_months_and_a_second_one_nothing(
    started: list[str], session: Any, count_statements: Any
) -> None:
    communities = places.all_communities()
    assert session.query(Merchant).count() >= 16
    assert {each.code for each in communities} == {"yjyx", "jiuyuan", "longgang", "jianbei"}
    for community in communities:
        _has_its_months(session, community.id)
        _has_people_and_shops(session, community.id)
        _adds_up(session, community.id)
        seeded_story.has_claims(session, community.id)
        seeded_story.has_activities(session, community.id)
        seeded_redemption.has_cards(session, community.id)
    _tells_what_only_one_community_has(session)
    _can_be_signed_in_to()
    with count_statements() as seen:
        assert not seed.ensure(echo=started.append, size=SMALL)
    assert len(seen) == 1


def test_production_is_refused(app: Flask, session: Any, monkeypatch: Any) -> None:
    settings = dataclasses.replace(app.config["LINLI"], environment=Environment.PRODUCTION)
    monkeypatch.setitem(app.config, "LINLI", settings)
    for refuse in (seed.ensure, welcome.show):
        with pytest.raises(RuntimeError):
            refuse(echo=print)
    assert places.all_communities() == []


def _has_its_months(session: Any, community_id: Any) -> None:
    rows = session.query(AccountingMonth).filter_by(community_id=community_id)
    assert {row.month: row.state for row in rows} == {
        "2026-08": MonthState.SEALED,
        "2026-09": MonthState.SEALED,
        "2026-10": MonthState.ON_NOTICE,
        "2026-11": MonthState.OPEN,
    }
    notice = notices.current(community_id, NOON)
    assert notice is not None
    assert (notice.month, notice.due_on) == ("2026-10", dt.date(2026, 11, 24))
    objections = session.query(Objection).filter_by(community_id=community_id).all()
    assert [each.month for each in objections if each.state == ObjectionState.OPEN] == ["2026-10"]
    # Each sealed month was corrected twice: while on notice, and by a corrigendum after the seal.
    assert sum(each.state == ObjectionState.UPHELD for each in objections) == 4
    assert session.query(Correction).filter_by(community_id=community_id).count() >= 2


def _has_people_and_shops(session: Any, community_id: Any) -> None:
    roster = session.execute(members.roster(community_id, dt.date(2026, 11, 21))).all()
    moved = {"yjyx": -1, "jiuyuan": 1}.get(places.community(community_id).code, 0)
    assert len(roster) == SMALL.members + moved
    assert rankings.public(community_id, "2026-10").rows
    signed = session.query(RedemptionAgreement).filter_by(
        community_id=community_id, state=AgreementState.SIGNED
    )
    assert signed.count() >= 5
    shops = alliance.public_merchants(community_id=community_id, on=NOON.date(), limit=50)
    assert len(shops) == signed.count()
    assert session.query(Redemption).filter_by(community_id=community_id).count() > 0


def _tells_what_only_one_community_has(session: Any) -> None:
    seeded_story.has_a_consultation(session)
    seeded_story.has_a_draft_outside_the_rails(session)
    seeded_story.has_an_opening_batch(session, NOON)
    seeded_story.has_a_move(session)
    seeded_story.has_a_proxy(session)
    seeded_redemption.has_every_way(session)
    seeded_redemption.has_card_stories(session, NOON)
    seeded_redemption.has_reports_and_reversals(session)
    seeded_redemption.has_refusals(session)
    seeded_redemption.has_a_proxy_who_signs_in(session)


def _adds_up(session: Any, community_id: Any) -> None:
    assert ledger_check.check(community_id, held_by_account=holds.held_by_account) == []
    assert ledger_parts.differences(community_id, now=NOON) == []
    held = session.query(Redemption).filter_by(
        community_id=community_id, state=RedemptionState.HELD
    )
    assert held.count() == 0
    assert outbox.lease(community_id=community_id, now=NOON) == []
    session.rollback()


def _can_be_signed_in_to() -> None:
    lines: list[str] = []
    welcome.show(echo=lines.append)
    text = "\n".join(lines)
    assert "—" not in text
    assert "make demo-month" in text
    clerk = next(line.split()[-1] for line in lines if line.startswith("  merchant_clerk"))
    actor = signing_in.authenticate(token=clerk, now=clock.now(), table=http.hooks().roles)
    shop = actor.counter
    assert shop == Place(
        community_id=places.community_by_code("yjyx").id,
        merchant_id=shop.merchant_id if shop else None,
    )
    resident = signing_in.sign_in(
        login_name="yjyx-resident",
        password=DEMO_PASSWORD,
        now=clock.now(),
        table=http.hooks().roles,
    )
    assert places.community_by_code("yjyx").id in resident.actor.members
