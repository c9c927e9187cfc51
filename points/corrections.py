"""Correcting what happened: strike a fact that did not, amend one that happened otherwise.

Everyday corrections come through :func:`strike_fact` and :func:`amend_fact`. Review and upheld
objections act on a line, through :func:`strike` and :func:`amend`; they have checked who may.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal

from community import places
from kernel import tenancy
from kernel.access import Actor
from points import door_errors, fact_acts, fact_views
from points.errors import (
    DecidedOutOfRange,
    NotAFactLine,
    NothingChanged,
    ReasonMissing,
)
from points.fact_acts import FactStep, Touched
from points.fact_views import FactView
from points.grants import rank_objections
from points.models import Authority, EvidenceKind, Fact, FactActKind, LineSource, PointsLine
from points.permissions import PointsPermission
from points.rules.door import check_fact, decision_allowed


@dataclass(frozen=True, kw_only=True)
class Amendment:
    """What really happened; None leaves a field as it is."""

    quantity: Decimal | None = None
    level: str | None = None
    decided: Decimal | None = None


@dataclass(frozen=True)
class _Correction:
    """Which fact, on whose behalf, and on which of its lines (None: the first)."""

    community_id: uuid.UUID
    fact_id: uuid.UUID
    authority: Authority
    line_id: uuid.UUID | None


def strike_fact(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    fact_id: uuid.UUID,
    version: int,
    reason: str,
    authority: Authority = Authority.RECORDING,
    line_id: uuid.UUID | None = None,
) -> FactView:
    """Take back a fact that did not happen; its points are posted back, with the reason.

    Raises ReasonMissing, StaleVersion, MonthSealed, FactStruck, SelfApproval, OwnHousehold.
    """
    correction = _Correction(community_id, fact_id, authority, line_id)
    touched = _touched(correction, actor=actor, reason=reason, act=FactActKind.STRUCK)
    step = FactStep(
        act=FactActKind.STRUCK,
        actor=actor,
        role=authority,
        now=now,
        changes={"is_struck": (False, True)},
        reason=reason,
    )
    fact_acts.advance(touched, step, version=version, is_struck=True)
    fact_acts.post(touched, step)
    return fact_views.of(community_id, fact_id)


def amend_fact(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    fact_id: uuid.UUID,
    version: int,
    reason: str,
    quantity: Decimal | None = None,
    level: str | None = None,
    decided: Decimal | None = None,
    authority: Authority = Authority.RECORDING,
    line_id: uuid.UUID | None = None,
) -> FactView:
    """Correct quantity, level or decided points; the difference is posted, with the reason.

    Raises NothingChanged, QuantityOutOfRange, LevelMissing, LevelUnknown, DecidedOutOfRange and
    what :func:`strike_fact` raises.
    """
    correction = _Correction(community_id, fact_id, authority, line_id)
    touched = _touched(correction, actor=actor, reason=reason, act=FactActKind.AMENDED)
    asked = Amendment(quantity=quantity, level=level, decided=decided)
    changes = _changes(touched.fact, asked)
    if not changes:
        raise NothingChanged()
    _require_possible(touched, asked)
    step = FactStep(
        act=FactActKind.AMENDED,
        actor=actor,
        role=authority,
        now=now,
        changes=changes,
        reason=reason,
    )
    values = {name: new for name, (_, new) in changes.items()}
    fact_acts.advance(touched, step, version=version, **values)
    fact_acts.post(touched, step)
    return fact_views.of(community_id, fact_id)


def strike(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    line_id: uuid.UUID,
    cause: Authority,
    reason: str,
) -> None:
    """Strike what a line is about for review or an upheld objection (even after the seal).

    Points by rank move by an upheld objection alone. Raises NotAFactLine for base points and
    adjustments, RankMovesByObjection, and what :func:`strike_fact` raises.
    """
    line = tenancy.get(PointsLine, community_id, line_id)
    if line.source == LineSource.RANK_AWARD:
        rank_objections.strike(
            actor=actor, now=now, community_id=community_id, line_id=line_id, cause=cause
        )
        return
    fact = fact_of_line(community_id, line_id)
    strike_fact(
        actor=actor,
        now=now,
        community_id=community_id,
        fact_id=fact.id,
        version=fact.version,
        reason=reason,
        authority=cause,
        line_id=line_id,
    )


def amend(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    line_id: uuid.UUID,
    cause: Authority,
    reason: str,
    quantity: Decimal | None = None,
    level: str | None = None,
    decided: Decimal | None = None,
) -> FactView:
    """Amend the fact of a line for review or an upheld objection (even after the seal)."""
    fact = fact_of_line(community_id, line_id)
    return amend_fact(
        actor=actor,
        now=now,
        community_id=community_id,
        fact_id=fact.id,
        version=fact.version,
        reason=reason,
        quantity=quantity,
        level=level,
        decided=decided,
        authority=cause,
        line_id=line_id,
    )


def fact_of_line(community_id: uuid.UUID, line_id: uuid.UUID) -> Fact:
    """The fact a line is about, whichever slice; NotFound, or NotAFactLine where it has none."""
    line = tenancy.get(PointsLine, community_id, line_id)
    if line.fact_id is None:
        raise NotAFactLine()
    return tenancy.get(Fact, community_id, line.fact_id)


def _touched(correction: _Correction, *, actor: Actor, reason: str, act: FactActKind) -> Touched:
    if correction.authority is Authority.RECORDING:
        actor.require(PointsPermission.CORRECT_FACT, places.place_of(correction.community_id))
    if not reason.strip():
        raise ReasonMissing(field="reason")
    return fact_acts.touch(
        actor=actor,
        community_id=correction.community_id,
        fact_id=correction.fact_id,
        authority=correction.authority,
        act=act,
        line_id=correction.line_id,
    )


def _changes(fact: Fact, asked: Amendment) -> dict[str, tuple[object, object]]:
    pairs = {
        "quantity": (fact.quantity, asked.quantity),
        "level": (fact.level, asked.level),
        "decided": (fact.decided, asked.decided),
    }
    return {name: (old, new) for name, (old, new) in pairs.items() if new not in (None, old)}


def _require_possible(touched: Touched, asked: Amendment) -> None:
    fact, item = touched.fact, touched.item
    # None alone leaves a field as it is: 0 and an empty level are asked for, and refused.
    level = fact.level if asked.level is None else asked.level
    # Evidence, deadline, activity and recorder were judged when the fact came in.
    answer = check_fact(
        item,
        occurred_on=fact.occurred_on,
        today=fact.occurred_on,
        recorder_role=fact.recorder_role,
        quantity=fact.quantity if asked.quantity is None else asked.quantity,
        level=level,
        activity=fact.id,
        reason="-",
        evidence=list(EvidenceKind),
    )
    door_errors.require(answer, level=level)
    if asked.decided is not None and not decision_allowed(item, asked.decided):
        raise DecidedOutOfRange(field="decided")
