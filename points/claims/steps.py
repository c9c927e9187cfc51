"""The steps of a claim: one table of what is legal, and the one way to take a step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from kernel import audit, personal_text, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import StaleVersion
from points.claims.errors import IllegalClaimStep
from points.models import Claim, ClaimAct, ClaimActKind, ClaimState

#: (state, act) → the state after it; whatever is missing is refused. Nothing leaves a decision.
LEGAL_STEPS: Mapping[tuple[ClaimState, ClaimActKind], ClaimState] = {
    (ClaimState.SUBMITTED, ClaimActKind.CHECKED): ClaimState.CHECKED,
    (ClaimState.SUBMITTED, ClaimActKind.DECLINED): ClaimState.DECLINED,
    (ClaimState.SUBMITTED, ClaimActKind.WITHDRAWN): ClaimState.WITHDRAWN,
    (ClaimState.CHECKED, ClaimActKind.APPROVED): ClaimState.CHECKED,
    (ClaimState.CHECKED, ClaimActKind.ACCEPTED): ClaimState.ACCEPTED,
    (ClaimState.CHECKED, ClaimActKind.DECLINED): ClaimState.DECLINED,
    (ClaimState.CHECKED, ClaimActKind.WITHDRAWN): ClaimState.WITHDRAWN,
}
UNDECIDED = (ClaimState.SUBMITTED, ClaimState.CHECKED)

STATE_WORDS: Mapping[ClaimState, str] = {
    ClaimState.SUBMITTED: "待核对",
    ClaimState.CHECKED: "待审核",
    ClaimState.ACCEPTED: "已通过",
    ClaimState.DECLINED: "未通过",
    ClaimState.WITHDRAWN: "已撤回",
}
_ACT_WORDS: Mapping[ClaimActKind, str] = {
    ClaimActKind.SUBMITTED: "提交",
    ClaimActKind.CHECKED: "核对",
    ClaimActKind.APPROVED: "审核",
    ClaimActKind.ACCEPTED: "通过",
    ClaimActKind.DECLINED: "退回",
    ClaimActKind.WITHDRAWN: "撤回",
}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One act: what it is, who does it in which role, and why."""

    act: ClaimActKind
    actor: Actor
    role: str
    now: dt.datetime
    reason: str | None = None


def state_after(state: ClaimState, act: ClaimActKind) -> ClaimState:
    """Where the act leads; raises IllegalClaimStep."""
    after = LEGAL_STEPS.get((state, act))
    if after is None:
        raise IllegalClaimStep(state=state, state_zh=STATE_WORDS[state], act_zh=_ACT_WORDS[act])
    return after


def take(claim: Claim, step: Step, *, version: int, **values: object) -> None:
    """Take one legal step from the version that was seen, and append the act.

    Raises IllegalClaimStep, StaleVersion.
    """
    before = ClaimState(claim.state)
    after = state_after(before, step.act)
    changed = db.session.execute(
        tenancy.update(Claim, claim.community_id)
        .where(Claim.id == claim.id, Claim.version == version, Claim.state == before)
        .values(state=after, version=version + 1, **values)
        .returning(Claim.id)
        .execution_options(synchronize_session=False)
    ).first()
    if changed is None:
        raise StaleVersion(field="version")
    db.session.refresh(claim)
    append(claim, step)


def append(claim: Claim, step: Step) -> None:
    """Append the act that led to the claim's present version."""
    db.session.add(
        ClaimAct(
            community_id=claim.community_id,
            claim_id=claim.id,
            act=step.act,
            version=claim.version,
            actor_id=step.actor.account_id,
            actor_role=step.role,
            reason_text_id=personal_text.keep_why(
                community_id=claim.community_id, why=step.reason, now=step.now
            ),
            at_utc=step.now,
        )
    )
    audit.record(
        actor=step.actor,
        now=step.now,
        community_id=claim.community_id,
        act=f"claim.{step.act}",
        subject_kind="claim",
        subject_id=claim.id,
    )
    db.session.flush()
