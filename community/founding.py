"""Entering districts, streets and communities, and what a community decides about itself."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from decimal import Decimal
from typing import TypeVar

from sqlalchemy import select

from community import places
from community.models import Community, District, LeavingBalance, Street
from community.models.places import CARD_DAILY_POINTS
from community.permissions import CommunityPermission
from community.place_errors import CodeInvalid, CodeTaken
from kernel import audit
from kernel.access import Actor, Place
from kernel.database import db
from kernel.points_value import as_text

P = TypeVar("P", District, Street, Community)

#: Stands in URLs and one-time codes, so it is short and never changes.
_CODE = re.compile(r"[a-z0-9]{2,20}")


def found_district(*, actor: Actor, name: str, code: str, brand: str, slogan: str) -> District:
    """Enter a district with the brand name and slogan of its pages, notices and cards."""
    actor.require(CommunityPermission.FOUND_PLACES, Place())
    row = District(name=name, code=_free(District, code), brand=brand, slogan=slogan)
    return _added(row)


def found_street(*, actor: Actor, district_id: uuid.UUID, name: str, code: str) -> Street:
    """Enter a street of a district."""
    actor.require(CommunityPermission.FOUND_PLACES, Place())
    return _added(Street(district_id=district_id, name=name, code=_free(Street, code)))


def found_community(
    *,
    actor: Actor,
    street_id: uuid.UUID,
    name: str,
    code: str,
    committee: str,
    phone: str,
    office: str,
    hours: str,
    alliance_name: str,
    notice_working_days: int | None = None,
) -> Community:
    """Enter a community of a street; raises CodeInvalid, CodeTaken, NotFound (street)."""
    actor.require(CommunityPermission.FOUND_PLACES, Place())
    places.street(street_id)
    return _added(
        Community(
            street_id=street_id,
            name=name,
            code=_free(Community, code),
            committee=committee,
            phone=phone,
            office=office,
            hours=hours,
            alliance_name=alliance_name,
            notice_working_days=notice_working_days,
        )
    )


def change_brand(*, actor: Actor, district_id: uuid.UUID, brand: str, slogan: str) -> District:
    """Change the brand name and slogan of a district."""
    actor.require(CommunityPermission.CHANGE_BRAND, Place(district_id=district_id))
    district = places.district(district_id)
    district.brand, district.slogan = brand, slogan
    db.session.flush()
    return district


def change_settings(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    committee: str,
    phone: str,
    office: str,
    hours: str,
    alliance_name: str,
    notice_working_days: int | None,
    leaving_balance: LeavingBalance | None = None,
    leaving_notice_days: int = 60,
    card_daily_points: Decimal = CARD_DAILY_POINTS,
) -> Community:
    """Change how a community is reached, how long its notices stand, what a card may spend a day.

    A notice that is published keeps the due date it was issued with.
    """
    actor.require(CommunityPermission.CHANGE_SETTINGS, places.place_of(community_id))
    community = places.community(community_id)
    community.committee = committee
    community.phone = phone
    community.office = office
    community.hours = hours
    community.alliance_name = alliance_name
    community.notice_working_days = notice_working_days
    community.leaving_balance = leaving_balance
    community.leaving_notice_days = leaving_notice_days
    community.card_daily_points = card_daily_points
    audit.record(
        actor=actor,
        now=now,
        community_id=community_id,
        act="community.settings_changed",
        subject_kind="community",
        subject_id=community_id,
        notice_working_days=notice_working_days,
        leaving_balance=leaving_balance,
        leaving_notice_days=leaving_notice_days,
        card_daily_points=as_text(card_daily_points),
    )
    db.session.flush()
    return community


def _free(table: type[District] | type[Street] | type[Community], code: str) -> str:
    if not _CODE.fullmatch(code):
        raise CodeInvalid(field="code")
    if db.session.scalar(select(table.id).where(table.code == code)) is not None:
        raise CodeTaken(field="code")
    return code


def _added(row: P) -> P:
    db.session.add(row)
    db.session.flush()
    return row
