"""The district's guard-rails, a version under consultation, and a draft that breaks the rails."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from community import places
from kernel import clock
from ops.demo.data_files import read_json
from ops.demo.script import Script
from ops.demo.stage import Neighbourhood, Stage
from points.models import AnswerOutcome, CommentChannel, HolderKind, RulebookVersion
from points.rulebook_life import consultations, drafts, issuers, issuing, starts
from points.rules.document import parse

OFFICER = "xinfu-officer"
ISSUED_WHY = "与各街道会商后统一：扣分要有凭据、审核和事由，单项扣分不超过 20 分（演示）"
DRAFTED_AGO, OPENED_AGO, OPEN_DAYS = 8, 6, 15
MORNING, EVENING = dt.time(9, 20), dt.time(19, 30)
Edit = Callable[..., RulebookVersion]


def issue_guard_rails(stage: Stage, community_id: uuid.UUID) -> None:
    """The district issues them once the communities have their first rulebooks."""
    effective = clock.first_day(stage.days.on_notice)
    document = {**read_json("guard_rails.json"), "effective_from": effective.isoformat()}
    issuing.issue_guard_rails(
        actor=stage.actor(OFFICER),
        now=clock.at(effective, MORNING),
        issuer=issuers.district(_district_id(community_id)),
        version=0,
        text=json.dumps(document, ensure_ascii=False),
        reason=ISSUED_WHY,
    )


@dataclass(frozen=True)
class Rulebooks:
    """What becomes of the rulebook of one community after its first version."""

    hood: Neighbourhood
    script: Script

    def write(self) -> None:
        """Write the consultation, or the draft outside the rails, where this is the community."""
        told = read_json("rulebook_changes.json")
        if told["consulted"]["community"] == self.hood.code:
            self._at(DRAFTED_AGO, MORNING, partial(self._draft_to_consult, told["consulted"]))
        if told["outside"]["community"] == self.hood.code:
            self._at(DRAFTED_AGO, MORNING, partial(self._draft_outside, told["outside"]))

    def _draft_to_consult(self, told: Mapping[str, Any], now: dt.datetime) -> None:
        row = self._next_version(now)
        for code, points in told["points"].items():
            items = {each["code"]: each for each in parse(row.document)["items"]}
            changed = {**items[code], "award": {**items[code]["award"], "points": points}}
            row = self._edit(row, drafts.change_item, now, code=code, item=changed)
        row = self._edit(row, drafts.add_item, now, item=told["new_item"])
        self._at(OPENED_AGO, EVENING, partial(self._open, row, told["comments"]))

    def _draft_outside(self, told: Mapping[str, Any], now: dt.datetime) -> None:
        row = self._next_version(now)
        self._edit(row, drafts.add_item, now, item=told["new_item"])

    def _next_version(self, now: dt.datetime) -> RulebookVersion:
        return starts.from_version_in_force(
            actor=self.hood.staff("admin"),
            now=now,
            community_id=self.hood.community_id,
            holder=HolderKind.MEMBER,
        )

    def _edit(
        self, row: RulebookVersion, edit: Edit, now: dt.datetime, **given: Any
    ) -> RulebookVersion:
        return edit(
            actor=self.hood.staff("admin"),
            now=now,
            community_id=self.hood.community_id,
            version_id=row.id,
            version=row.version_seen,
            **given,
        )

    def _open(self, row: RulebookVersion, comments: list[Any], now: dt.datetime) -> None:
        today = clock.business_date(now)
        opened = consultations.open_consultation(
            actor=self.hood.staff("admin"),
            now=now,
            community_id=self.hood.community_id,
            version_id=row.id,
            version=row.version_seen,
            starts_on=today,
            last_on=today + dt.timedelta(days=OPEN_DAYS),
        )
        for comment in comments:
            self._at(comment["days_ago"], MORNING, partial(self._comment, opened.id, comment))

    def _comment(
        self, consultation_id: uuid.UUID, told: Mapping[str, Any], now: dt.datetime
    ) -> None:
        is_counter = told["who"] == "counter"
        said = consultations.comment(
            actor=self.hood.staff("grid1" if is_counter else told["who"]),
            now=now,
            community_id=self.hood.community_id,
            consultation_id=consultation_id,
            text=told["text"],
            item_code=told["item"],
            channel=CommentChannel.COUNTER if is_counter else CommentChannel.ONLINE,
        )
        if "answer" in told:
            answer = told["answer"]
            self._at(answer["days_ago"], EVENING, partial(self._answer, said.id, answer))

    def _answer(self, comment_id: uuid.UUID, told: Mapping[str, Any], now: dt.datetime) -> None:
        consultations.answer(
            actor=self.hood.staff("admin"),
            now=now,
            community_id=self.hood.community_id,
            comment_id=comment_id,
            outcome=AnswerOutcome(told["outcome"]),
            text=told["text"],
            public_text=told.get("public"),
        )

    def _at(self, days_ago: int, time: dt.time, act: Callable[[dt.datetime], None]) -> None:
        day = self.hood.stage.days.today - dt.timedelta(days=days_ago)
        self.script.at(clock.at(day, time), act)


def _district_id(community_id: uuid.UUID) -> uuid.UUID:
    found = places.place_of(community_id).district_id
    if found is None:
        raise AssertionError("a community belongs to a district")
    return found
