"""One step of an agreement, and the act that keeps it."""

from __future__ import annotations

import datetime as dt
import uuid

from kernel import audit
from kernel.access import Actor
from kernel.database import db
from merchants.models import AgreementAct, AgreementState, RedemptionAgreement
from merchants.rules.steps import AGREEMENT_STEPS, require_step


def step(
    *,
    actor: Actor,
    now: dt.datetime,
    row: RedemptionAgreement,
    to: AgreementState,
    why_text_id: uuid.UUID | None = None,
) -> None:
    """Move the agreement on. Raises IllegalMerchantStep."""
    before = AgreementState(row.state)
    require_step(AGREEMENT_STEPS, before, to)
    row.state = to
    row.version += 1
    db.session.flush()
    keep_act(actor=actor, now=now, row=row, before=before, why_text_id=why_text_id)


def keep_act(
    *,
    actor: Actor,
    now: dt.datetime,
    row: RedemptionAgreement,
    before: AgreementState | None,
    why_text_id: uuid.UUID | None = None,
) -> None:
    """Append the act that brought the agreement to its present state."""
    db.session.add(
        AgreementAct(
            community_id=row.community_id, agreement_id=row.id, from_state=before,
            to_state=row.state, actor_id=actor.account_id, why_text_id=why_text_id, at_utc=now,
        )
    )  # fmt: skip
    audit.record(
        actor=actor, now=now, community_id=row.community_id, act=f"agreement.{row.state}",
        subject_kind="redemption_agreement", subject_id=row.id, version=row.version,
    )  # fmt: skip
    db.session.flush()
