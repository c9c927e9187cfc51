"""Household slips 绑定单: a printed one-time code, handed out at the door by the grid worker.

Whoever holds the slip chooses which member of the household the WeChat account is. Only an HMAC
of the code is stored; a wrong code is a returned Refused, so that its count is committed.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import and_, update

from community import bindings, grid_authority, members, persons
from community.errors import HouseholdEmpty, MemberNotOnSlip, OwnSlip
from community.models import BindingWay, Household, HouseholdSlip, Member, MemberBinding, Membership
from kernel import audit, clock, one_time_codes, tenancy, throttle
from kernel.access import Actor
from kernel.database import db
from kernel.errors import Refused

LIFETIME = dt.timedelta(days=7)
WINDOW = dt.timedelta(hours=1)
MOST_GUESSES = 5
MOST_GUESSES_PER_ADDRESS = 30
_PURPOSE = "household_slip"
_BY_ACCOUNT, _BY_ADDRESS = "slip_account", "slip_address"

_NOT_VALID = Refused(
    code="slip_not_valid",
    zh="绑定码不对、已用过或已过期，请核对，或请网格员重开一张。",
    en="This code is wrong, used or expired. Please check it or ask the grid worker for a new one.",
)


@dataclass(frozen=True, kw_only=True)
class SlipMade:
    """A new slip; ``code`` is told this once, to be printed."""

    id: uuid.UUID
    code: str
    household_code: str
    expires_at_utc: dt.datetime


@dataclass(frozen=True, kw_only=True)
class OnSlip:
    """One member of the slip's household."""

    member_id: uuid.UUID
    name: str
    is_bound: bool


@dataclass(frozen=True, kw_only=True)
class SlipSeen:
    """Whom the holder of a slip may choose."""

    household_code: str
    members: list[OnSlip]


@dataclass(frozen=True, kw_only=True)
class Bound:
    """The member an account now is."""

    id: uuid.UUID
    member_id: uuid.UUID
    name: str
    bound_at_utc: dt.datetime


def make(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, household_id: uuid.UUID
) -> SlipMade:
    """Make a slip for a household; its earlier slips stop holding.

    Raises GridNotYours, OwnHousehold, HouseholdEmpty.
    """
    household = tenancy.get(Household, community_id, household_id)
    today = clock.business_date(now)
    grid_authority.require(
        actor=actor,
        community_id=community_id,
        grid_id=household.grid_id,
        household_id=household_id,
        on=today,
    )
    if not _members(community_id, household_id, today):
        raise HouseholdEmpty()
    db.session.execute(
        tenancy.update(HouseholdSlip, community_id)
        .where(HouseholdSlip.household_id == household_id, HouseholdSlip.expires_at_utc > now)
        .values(expires_at_utc=now)
    )
    code = one_time_codes.new_slip_code()
    row = HouseholdSlip(
        community_id=community_id,
        household_id=household_id,
        code_hmac=_digest(code),
        made_by=actor.account_id,
        made_at_utc=now,
        expires_at_utc=now + LIFETIME,
    )
    db.session.add(row)
    db.session.flush()
    audit.record(
        actor=actor,
        now=now,
        community_id=community_id,
        act="household_slip.made",
        subject_kind="household",
        subject_id=household_id,
    )
    return SlipMade(
        id=row.id,
        code=code,
        household_code=household.code,
        expires_at_utc=row.expires_at_utc,
    )


def preview(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    code: str,
    address: str | None = None,
) -> SlipSeen | Refused:
    """Whom a slip lets its holder choose; a wrong code counts as a guess. Raises TooMany."""
    _count_guess(actor, address, now)
    household_id = db.session.scalar(
        tenancy.columns(HouseholdSlip, community_id, HouseholdSlip.household_id).where(
            HouseholdSlip.code_hmac == _digest(code),
            HouseholdSlip.used_at_utc.is_(None),
            HouseholdSlip.expires_at_utc > now,
        )
    )
    if household_id is None:
        return _NOT_VALID
    _take_back_guess(actor, address)
    household = tenancy.get(Household, community_id, household_id)
    return SlipSeen(
        household_code=household.code,
        members=_members(community_id, household_id, clock.business_date(now)),
    )


def use(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    code: str,
    member_id: uuid.UUID,
    address: str | None = None,
) -> Bound | Refused:
    """Use up a slip and bind the actor's account to a member of its household.

    One conditional UPDATE decides who of two wins. Raises TooMany, OwnSlip, MemberNotOnSlip (the
    slip stays good) and AlreadyBound.
    """
    _count_guess(actor, address, now)
    used = db.session.execute(
        update(HouseholdSlip)
        .where(
            HouseholdSlip.community_id == community_id,
            HouseholdSlip.code_hmac == _digest(code),
            HouseholdSlip.used_at_utc.is_(None),
            HouseholdSlip.expires_at_utc > now,
        )
        .values(used_at_utc=now, used_by=actor.account_id)
        .returning(HouseholdSlip.household_id, HouseholdSlip.made_by)
    ).one_or_none()
    if used is None:
        return _NOT_VALID
    _take_back_guess(actor, address)
    # Otherwise whoever hands out slips could become, and spend as, any resident of the grid.
    if used.made_by in persons.accounts_of(actor):
        raise OwnSlip()
    living = _members(community_id, used.household_id, clock.business_date(now))
    chosen = next((member for member in living if member.member_id == member_id), None)
    if chosen is None:
        raise MemberNotOnSlip(field="member_id")
    binding = bindings.bind(
        actor=actor,
        now=now,
        community_id=community_id,
        member_id=member_id,
        account_id=actor.account_id,
        way=BindingWay.SLIP,
    )
    return Bound(id=binding.id, member_id=member_id, name=chosen.name, bound_at_utc=now)


def _members(community_id: uuid.UUID, household_id: uuid.UUID, on: dt.date) -> list[OnSlip]:
    rows = db.session.execute(
        tenancy.columns(
            Member, community_id, Member.id.label("member_id"), Member.name,
            MemberBinding.id.is_not(None).label("is_bound"),
        )
        .join(
            Membership,
            and_(Membership.community_id == Member.community_id, Membership.member_id == Member.id),
        )
        .outerjoin(
            MemberBinding,
            and_(
                MemberBinding.community_id == Member.community_id,
                MemberBinding.member_id == Member.id,
                MemberBinding.ended_at_utc.is_(None),
            ),
        )
        .where(Membership.household_id == household_id, members.current(Membership, on))
        .order_by(Member.sort_key, Member.id)
    )  # fmt: skip
    return [OnSlip(**row._mapping) for row in rows]


def _digest(code: str) -> str:
    """Codes are read off paper: case, spaces and hyphens do not matter."""
    plain = "".join(character for character in code.upper() if character.isalnum())
    return one_time_codes.digest(_PURPOSE, plain)


def _count_guess(actor: Actor, address: str | None, now: dt.datetime) -> None:
    """Count first, then look: guesses at the same instant cannot pass the limit together."""
    for purpose, subject, most in _guesses(actor, address):
        throttle.note_failure(purpose=purpose, subject=subject, window=WINDOW, now=now)
        throttle.check(purpose=purpose, subject=subject, most=most + 1, now=now)


def _take_back_guess(actor: Actor, address: str | None) -> None:
    for purpose, subject, _ in _guesses(actor, address):
        throttle.take_back(purpose=purpose, subject=subject)


def _guesses(actor: Actor, address: str | None) -> list[tuple[str, str, int]]:
    by_account = (_BY_ACCOUNT, str(actor.account_id), MOST_GUESSES)
    by_address = [(_BY_ADDRESS, address, MOST_GUESSES_PER_ADDRESS)] if address else []
    return [by_account, *by_address]
