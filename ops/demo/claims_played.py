"""What members claim themselves: photo, claim, a grid worker's check, another one's decision."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from kernel import clock
from kernel.access import Actor
from ops.demo import photos as drawn
from ops.demo.conduct import DemoFact
from ops.demo.data_files import read_json
from ops.demo.script import Script
from ops.demo.stage import Neighbourhood
from points.claims import deciding, photos, submitting
from points.claims.asking import Claimed
from points.claims.photos import PhotoGiven
from points.claims.views import ClaimView
from points.models import ClaimState, EvidenceKind

#: The demo plays days in a minute; a member's own limit is not its subject here.
CLAIMS_PER_DAY = 5
SUBMITTING, CHECKING, DECIDING = dt.time(7, 40), dt.time(10, 0), dt.time(16, 0)
CHECKED_AFTER, DECIDED_AFTER = dt.timedelta(minutes=20), dt.timedelta(minutes=40)


@dataclass(frozen=True)
class Claims:
    """The claims of one community; a claim is a drawn fact that its member reports."""

    hood: Neighbourhood
    script: Script

    def submit(self, fact: DemoFact, decided_at: dt.datetime | None, now: dt.datetime) -> None:
        """Claim a drawn fact; without ``decided_at`` it waits, before or after the check."""
        claimed = Claimed(
            item_code=fact.item_code,
            occurred_on=fact.occurred_on,
            text=fact.reason,
            quantity=fact.quantity,
            level=fact.level,
        )
        kinds = [EvidenceKind(kind) for kind in fact.evidence]
        claim = self._send(fact.member_index, claimed, kinds, now)
        if decided_at is None:
            if fact.index % 2:
                self.script.if_past(now + dt.timedelta(days=1), partial(self._check, claim))
            return
        self.script.at(decided_at + CHECKED_AFTER, partial(self._check, claim))
        accept = partial(self._accept, claim, fact.approver_logins[0])
        self.script.at(decided_at + DECIDED_AFTER, accept)

    def write_one_in_each_state(self) -> None:
        """The resident of the story has a claim in every state."""
        days = self.hood.stage.days
        earliest = clock.first_day(days.open_months[0])
        for row in read_json("claims.json")["claims"]:
            day = max(days.today - dt.timedelta(days=row["days_ago"]), earliest)
            self.script.at(clock.at(day, SUBMITTING), partial(self._play, row, day))

    def _play(self, row: Mapping[str, Any], day: dt.date, now: dt.datetime) -> None:
        claimed = Claimed(
            item_code=row["item"], occurred_on=day, text=row["text"], level=row.get("level")
        )
        index = self.hood.population.cast_person("resident").index
        claim = self._send(index, claimed, [EvidenceKind.PHOTO] * row["photos"], now)
        end = ClaimState(row["end"])
        if end is ClaimState.WITHDRAWN:
            self.script.at(now + CHECKED_AFTER, partial(self._withdraw, claim, index))
        elif end is not ClaimState.SUBMITTED:
            self.script.at(clock.at(day, CHECKING), partial(self._check, claim))
        if end is ClaimState.ACCEPTED:
            login = f"{self.hood.code}-panel1"
            self.script.at(clock.at(day, DECIDING), partial(self._accept, claim, login))
        elif end is ClaimState.DECLINED:
            decline = partial(self._decline, claim, row["reason"])
            self.script.at(clock.at(day, DECIDING), decline)

    def _send(
        self, index: int, claimed: Claimed, kinds: Sequence[EvidenceKind], now: dt.datetime
    ) -> ClaimView:
        actor = self.hood.resident(index, now)
        given = [PhotoGiven(photo_id=self._upload(actor, now), kind=kind) for kind in kinds]
        return submitting.submit(
            actor=actor,
            now=now,
            community_id=self.hood.community_id,
            claims_per_day=CLAIMS_PER_DAY,
            claimed=claimed,
            given=given,
        )

    def _upload(self, actor: Actor, now: dt.datetime) -> uuid.UUID:
        community_id = self.hood.community_id
        photos.admit(actor=actor, now=now, community_id=community_id, claims_per_day=CLAIMS_PER_DAY)
        uploaded = photos.put(
            store=self.hood.stage.files,
            community_id=community_id,
            stream=io.BytesIO(drawn.scene(self.hood.rng)),
        )
        kept = photos.keep(
            actor=actor, now=now, community_id=community_id, uploaded=uploaded, is_screened=False
        )
        return kept.id

    def _check(self, claim: ClaimView, now: dt.datetime) -> None:
        deciding.check(
            actor=self.hood.stranger(("grid1", "grid2"), self.hood.index_of(claim.member_id)),
            now=now,
            community_id=self.hood.community_id,
            claim_id=claim.id,
            version=1,
        )

    def _accept(self, claim: ClaimView, login: str, now: dt.datetime) -> None:
        deciding.accept(
            actor=self.hood.stage.actor(login),
            now=now,
            community_id=self.hood.community_id,
            claim_id=claim.id,
            version=2,
        )

    def _decline(self, claim: ClaimView, reason: str, now: dt.datetime) -> None:
        deciding.decline(
            actor=self.hood.staff("panel1"),
            now=now,
            community_id=self.hood.community_id,
            claim_id=claim.id,
            version=2,
            reason=reason,
        )

    def _withdraw(self, claim: ClaimView, index: int, now: dt.datetime) -> None:
        submitting.withdraw(
            actor=self.hood.resident(index, now),
            now=now,
            community_id=self.hood.community_id,
            claim_id=claim.id,
            version=1,
        )
