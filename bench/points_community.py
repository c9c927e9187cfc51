"""A community with a rulebook in force, an open month, a recorder and members who are signed in."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from access_table import ROLES
from bench.prepare import bulk
from community import models as people
from community import sign_in_sessions
from community.role_names import RoleName
from kernel import clock, unit_of_work
from kernel.access import Actor, system_actor
from kernel.database import db
from kernel.ids import new_id
from kernel.one_time_codes import new_token
from points import months, rulebooks
from points.models import PointsAccount, Rulebook

ITEM = "BENCH"
DOCUMENT: dict[str, Any] = {
    "format": "linli-rulebook/1", "code": "bench-points", "version": 1, "title": "基准细则",
    "effective_from": "2020-01-01", "holder": "member",
    "base": [{"code": "base", "name": "基础分", "points": 10, "per": "month",
              "counts_in": ["score", "balance"], "joiners": "full"}],
    "score": {"over": "month"},
    "balance": {"spendable_from": "recorded", "deductions": "below_zero"},
    "items": [{"code": ITEM, "name": "楼道清洁", "kind": "bonus", "subject": "environment",
               "award": {"type": "fixed", "points": 0.1},
               "limits": [{"max_points": 1000, "per": "month"}],
               "recording": {"recorders": ["grid_worker"]}}],
    "not_carried_over": [],
}  # fmt: skip


@dataclass(frozen=True)
class PointsCommunity:
    """``readers`` are tokens of members, in the order of ``members``."""

    community_id: uuid.UUID
    code: str
    month: str
    rulebook_id: uuid.UUID
    members: tuple[uuid.UUID, ...]
    accounts: tuple[uuid.UUID, ...]
    recorder_token: str


def found(now: dt.datetime, *, code: str, members: int) -> PointsCommunity:
    """Make the community; commits."""
    actor = system_actor(ROLES, "bench")
    today = clock.business_date(now)
    month = clock.month_of(today)
    community_id = _places(code)
    unit_of_work.run(_adopt, actor=actor, now=now, community_id=community_id)
    unit_of_work.run(
        months.open_month, community_id=community_id, month=month, actor=actor, now=now
    )
    rulebook_id = db.session.scalars(
        sa.select(Rulebook.id).where(Rulebook.community_id == community_id)
    ).one()
    ids = tuple(new_id() for _ in range(members))
    accounts = tuple(new_id() for _ in range(members))
    _members(community_id, ids, clock.first_day(month))
    bulk(
        PointsAccount,
        [
            {
                "community_id": community_id, "id": account, "kind": "holder",
                "holder_kind": "member", "holder_id": member, "rulebook_id": rulebook_id,
                "balance": 0, "held": 0, "debt": 0, "open_vetoes": 0, "evaluation_version": 0,
            }
            for account, member in zip(accounts, ids, strict=True)
        ],
    )  # fmt: skip
    token = _recorder(community_id, code, now)
    db.session.commit()
    return PointsCommunity(community_id, code, month, rulebook_id, ids, accounts, token)


def bind(place: PointsCommunity, member_id: uuid.UUID, now: dt.datetime) -> str:
    """Sign a member in; returns the token. Commits."""
    account = people.UserAccount(display_name="居民", created_at_utc=now, openid=str(new_id()))
    db.session.add(account)
    db.session.flush()
    db.session.add(
        people.MemberBinding(
            community_id=place.community_id, member_id=member_id, account_id=account.id,
            way="slip", bound_at_utc=now,
        )
    )  # fmt: skip
    token = _session(account.id, now)
    db.session.commit()
    return token


def _places(code: str) -> uuid.UUID:
    district = people.District(name=f"基准区{code}", code=code, brand="基准", slogan="基准")
    db.session.add(district)
    db.session.flush()
    street = people.Street(district_id=district.id, name=f"基准街道{code}", code=code)
    db.session.add(street)
    db.session.flush()
    community = people.Community(
        street_id=street.id, name=f"基准社区{code}", code=code, committee="居民委员会",
        phone="0350-555 0100", office="基准", hours="8:30–18:00", alliance_name="基准联盟",
    )  # fmt: skip
    db.session.add(community)
    db.session.commit()
    return community.id


def _adopt(*, actor: Actor, now: dt.datetime, community_id: uuid.UUID) -> None:
    first = clock.business_date(now).replace(day=1)
    row = rulebooks.draft(
        actor=actor, now=now, community_id=community_id,
        text=json.dumps({**DOCUMENT, "effective_from": first.isoformat()}),
    )  # fmt: skip
    rulebooks.adopt(
        actor=actor, now=now, community_id=community_id, version_id=row.id,
        version=row.version_seen, meeting="居民代表会议", adopted_on=first, effective_from=first,
    )  # fmt: skip


def _members(community_id: uuid.UUID, ids: tuple[uuid.UUID, ...], day: dt.date) -> None:
    grid = people.Grid(community_id=community_id, number=1, name="一网格")
    db.session.add(grid)
    db.session.flush()
    bulk(
        people.Member,
        [
            {
                "community_id": community_id, "id": each, "name": "王基准", "sort_key": "wang",
                "is_demo": True, "joined_on": day,
            }
            for each in ids
        ],
    )  # fmt: skip
    bulk(
        people.Membership,
        [
            {
                "community_id": community_id, "id": new_id(), "member_id": each,
                "kinds": ["resident"], "grid_id": grid.id, "valid_from": day,
            }
            for each in ids
        ],
    )  # fmt: skip


def _recorder(community_id: uuid.UUID, code: str, now: dt.datetime) -> str:
    account = people.UserAccount(
        login_name=f"recorder-{code}", password_hash="unusable", display_name="网格员",
        created_at_utc=now,
    )  # fmt: skip
    db.session.add(account)
    db.session.flush()
    db.session.add(
        people.RoleGrant(
            account_id=account.id, role=RoleName.GRID_WORKER, community_id=community_id,
            granted_from=clock.business_date(now), granted_by=new_id(), granted_at_utc=now,
        )
    )  # fmt: skip
    return _session(account.id, now)


def _session(account_id: uuid.UUID, now: dt.datetime) -> str:
    token = new_token(256)
    db.session.add(
        people.SignInSession(
            account_id=account_id, token_hmac=sign_in_sessions.digest(token), issued_at_utc=now,
            expires_at_utc=now + dt.timedelta(days=1),
        )
    )  # fmt: skip
    db.session.flush()
    return token
