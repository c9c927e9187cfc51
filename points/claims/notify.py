"""Telling the claimant in WeChat how a claim was decided; runs in the outbox worker."""

from __future__ import annotations

import uuid
from typing import Protocol

import sqlalchemy as sa

from community.models import MemberBinding, UserAccount
from kernel import clock, tenancy
from kernel.database import db
from kernel.outbox import Message
from points.claims import views
from points.claims.steps import STATE_WORDS
from points.claims.views import ClaimView
from points.models import Claim, ClaimState

#: Where the reason of a refusal is read: in the claim itself, never in a message.
_SEE = {ClaimState.ACCEPTED: "已计入积分明细", ClaimState.DECLINED: "理由请在申报里查看"}


class SendsMessages(Protocol):
    """What is needed of the WeChat client."""

    def send_subscribe_message(
        self, *, openid: str, template_id: str, data: dict[str, str], page: str | None
    ) -> object: ...


def send_decided_message(
    message: Message, *, wechat_client: SendsMessages, template_id: str
) -> None:
    """Send the subscribe message where the claimant's account has an openid and a template is set.

    May run twice for one message; the claim's day and item let the claimant see that it is the
    same. The reason of a refusal stays in the claim.
    """
    claim_id = uuid.UUID(str(message.payload["claim_id"]))
    openid = _openid(message.community_id, claim_id)
    if not template_id or openid is None:
        return
    claim = views.of(message.community_id, claim_id)
    # The look-up is over: no transaction stays open while WeChat answers.
    db.session.rollback()
    wechat_client.send_subscribe_message(
        openid=openid,
        template_id=template_id,
        data=_fields(claim),
        page=f"pages/claim/claim?id={claim_id}",
    )


def _fields(claim: ClaimView) -> dict[str, str]:
    """Values by template key, in the order: item, outcome, day, remark, time of the decision."""
    state, day = ClaimState(claim.state), claim.occurred_on
    decided = (claim.decided_at_utc or claim.submitted_at_utc).astimezone(clock.SHANGHAI)
    return {
        "thing1": claim.item_name,
        "phrase2": STATE_WORDS[state],
        "date3": f"{day.year}年{day.month}月{day.day}日",
        "thing4": _SEE.get(state, "请在申报里查看"),
        "time5": f"{decided.year}年{decided.month}月{decided.day}日 {decided:%H:%M}",
    }


def _openid(community_id: uuid.UUID, claim_id: uuid.UUID) -> str | None:
    """The openid of the account the claimant is bound to now; None where there is none."""
    found: str | None = db.session.scalar(
        tenancy.columns(Claim, community_id, UserAccount.openid)
        .join(
            MemberBinding,
            sa.and_(
                MemberBinding.community_id == Claim.community_id,
                MemberBinding.member_id == Claim.member_id,
                MemberBinding.ended_at_utc.is_(None),
            ),
        )
        .join(UserAccount, UserAccount.id == MemberBinding.account_id)
        .where(Claim.id == claim_id, UserAccount.is_disabled.is_(False))
    )
    return found
