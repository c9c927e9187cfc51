"""After the redemption: reports with reply and outcome, reversals that a second body decides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from kernel import clock
from kernel.errors import Refused
from ops.demo.card_days_played import REPORTER, storied
from ops.demo.cards_played import Cards
from ops.demo.data_files import read_json
from ops.demo.script import Act, Script
from ops.demo.shoppers import Bought, Shoppers
from ops.demo.stage import Neighbourhood
from redemption import receipts, reports, reversals
from redemption.models import DeclineReason, ReportKind, ReversalState
from redemption.reports import Outcome, ReportView

BUYING, FILING, ANSWERING = dt.time(17, 10), dt.time(9, 40), dt.time(15, 20)


@dataclass
class Afterwards:
    """The reports and reversals of one community, one in each state worth a look."""

    hood: Neighbourhood
    script: Script
    cards: Cards
    _bought: dict[str, Bought] = field(default_factory=dict)
    _reports: dict[str, ReportView] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._shoppers = Shoppers(self.hood)

    def write(self) -> None:
        told = read_json("afterwards.json")
        for row in told["reports"]:
            self._write_report(row)
        for number, row in enumerate(told["reversals"]):
            code = f"reversal-{number}"
            self._on(row["bought"], BUYING, partial(self._buy, code, {"way": "code", **row}))
            self._on(row["asked"], FILING, partial(self._ask_back, code, row))

    def _write_report(self, row: Mapping[str, Any]) -> None:
        """As far as the row goes: one without a reply waits for the shop."""
        code = row["code"]
        self._on(row["bought"], BUYING, partial(self._buy, code, row))
        self._on(row["filed"], FILING, partial(self._file, row))
        for key, time, act in (
            ("summarized", dt.time(11, 0), self._summarize),
            ("replied", ANSWERING, self._reply),
            ("decided", ANSWERING, self._decide),
        ):
            if key in row:
                self._on(row[key], time, partial(self._if_filed, partial(act, row), code))
        if "reversal" in row:
            decided = partial(self._decide_reversal, row["reversal"])
            at = row["reversal"]["decided"]
            self._on(at, FILING, partial(self._if_filed, decided, code))

    def _on(self, days_ago: int, time: dt.time, act: Act) -> None:
        day = self.hood.stage.days.today - dt.timedelta(days=days_ago)
        self.script.at(clock.at(day, time), act)

    def _buy(self, code: str, row: Mapping[str, Any], now: dt.datetime) -> None:
        shop, offer, way = row["shop"], row["offer"], row["way"]
        bought: Bought | None
        if way == "card":
            used = self.cards.use(storied(self.hood)[REPORTER], shop, offer, now)
            if used is None or isinstance(used, Refused):
                return
            bought = Bought(redemption_id=used.id, index=storied(self.hood)[REPORTER])
        elif way == "code":
            bought = self._shoppers.by_code(shop, offer, now)
        else:
            reason = DeclineReason.SOLD_OUT if way == "declined" else None
            bought = self._shoppers.by_request(shop, offer, now, reason)
        if bought is not None:
            self._bought[code] = bought

    def _file(self, row: Mapping[str, Any], now: dt.datetime) -> None:
        """With the own sign-in, or at the window where the holder has no phone."""
        bought = self._bought.get(row["code"])
        if bought is None:
            return
        told = {
            "kind": ReportKind(row["kind"]),
            "text": row["text"],
            "shares_words": row["shares_words"],
        }
        at_window = row["way"] == "card"
        if at_window:
            self._reports[row["code"]] = reports.key_in(
                actor=self.hood.stranger(("grid1", "grid2"), bought.index),
                now=now,
                community_id=self.hood.community_id,
                receipt_number=self._receipt_number(bought),
                member_id=self.hood.member_ids[bought.index],
                **told,
            )
        else:
            self._reports[row["code"]] = reports.file(
                actor=self.hood.resident(bought.index, now),
                now=now,
                community_id=self.hood.community_id,
                redemption_id=bought.redemption_id,
                **told,
            )

    def _receipt_number(self, bought: Bought) -> str:
        """As it stands on the slip that the holder brought along."""
        return receipts.by_id(self.hood.community_id, bought.redemption_id).receipt_number

    def _if_filed(self, act: Act, code: str, now: dt.datetime) -> None:
        if code in self._reports:
            act(now)

    def _summarize(self, row: Mapping[str, Any], now: dt.datetime) -> None:
        seen = self._reports[row["code"]]
        self._reports[row["code"]] = reports.summarize(
            actor=self.hood.staff("admin"),
            now=now,
            community_id=self.hood.community_id,
            report_id=seen.id,
            version=seen.version,
            summary=row["summary"],
        )

    def _reply(self, row: Mapping[str, Any], now: dt.datetime) -> None:
        seen = self._reports[row["code"]]
        self._reports[row["code"]] = reports.reply(
            actor=self.hood.at_counter(row["shop"], word="owner"),
            now=now,
            report_id=seen.id,
            version=seen.version,
            text=row["reply"],
        )

    def _decide(self, row: Mapping[str, Any], now: dt.datetime) -> None:
        seen = self._reports[row["code"]]
        self._reports[row["code"]] = reports.decide(
            actor=self.hood.staff("admin"),
            now=now,
            community_id=self.hood.community_id,
            report_id=seen.id,
            version=seen.version,
            outcome=Outcome(row["outcome"]),
            answer=row["answer"],
            warns=row["warns"],
            asks_reversal=row["asks_reversal"],
        )

    def _decide_reversal(self, told: Mapping[str, Any], now: dt.datetime) -> None:
        """A supervisor of another household, for whoever asked."""
        community_id = self.hood.community_id
        asked = reversals.listed(
            actor=self.hood.staff("super1"), community_id=community_id, state=ReversalState.ASKED
        )
        for each in asked:
            if each.report_id is None:
                continue
            supervisors = (self.hood.staff("super1"), self.hood.staff("super2"))
            reversals.decide(
                actor=supervisors[each.must_stay_out],
                now=now,
                community_id=community_id,
                request_id=each.id,
                version=each.version,
                approves=True,
                why=told["why"],
            )

    def _ask_back(self, code: str, row: Mapping[str, Any], now: dt.datetime) -> None:
        bought = self._bought.get(code)
        if bought is not None:
            reversals.ask_at_counter(
                actor=self.hood.at_counter(row["shop"], word="owner"),
                now=now,
                redemption_id=bought.redemption_id,
                reason=row["reason"],
            )
