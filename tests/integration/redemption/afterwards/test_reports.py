"""Reports: filed with the receipt, replied to once, decided in writing; nobody learns who."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from community import proxies
from kernel import audit, personal_text, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import Forbidden, LinliError, NotFound
from kernel.ids import new_id
from redemption import redemptions, reports, reversals
from redemption.models import (
    MerchantWarning,
    RedemptionReport,
    RedemptionReportAct,
    ReportKind,
    ReportState,
)
from redemption.reports import Outcome, ReportView
from tests.integration.redemption.afterwards.stage import (
    ANSWER,
    DAY,
    DECISION_DUE,
    LATER,
    MINUTE,
    ON_SQLITE,
    REPLY_DUE,
    Afterwards,
)
from tests.integration.redemption.world import NOW

WORDS = "说早餐没了"


def refusal(act: Callable[..., Any], *args: Any, **given: Any) -> str:
    """The code of the error that the act must raise."""
    with pytest.raises(LinliError) as raised:
        act(*args, **given)
    return raised.value.code


def at_shop(stage: Afterwards, report: ReportView, actor: Actor | None = None) -> ReportView:
    return reports.detail_at_counter(actor=actor or stage.clerk, now=LATER, report_id=report.id)


def read(stage: Afterwards, report: ReportView, actor: Actor) -> ReportView:
    return reports.detail(
        actor=actor, now=LATER, community_id=stage.community_id, report_id=report.id
    )


@ON_SQLITE
class TestFiling:
    def test_of_what_was_redeemed(self, stage: Afterwards) -> None:
        receipt = stage.redeemed()
        report = stage.report(receipt.id, kind=ReportKind.SURCHARGE)
        assert (report.side, report.kind, report.state) == ("filer", "surcharge", "filed")
        assert (report.receipt_number, report.text) == (receipt.receipt_number, WORDS)
        assert (report.reply_due_on, report.decide_due_on) == (REPLY_DUE, DECISION_DUE)
        assert [(act.act, act.side) for act in report.acts] == [("filed", "filer")]

    def test_of_a_hold_that_ran_out(self, stage: Afterwards) -> None:
        """Who is turned away has nothing but a hold that nobody redeemed."""
        held = stage.world.hold(stage.holder, stage.offer)
        redemptions.expire_holds(community_id=stage.community_id, now=LATER, limit=10)
        report = stage.report(held.id)
        assert (report.redemption_state, report.kind) == ("expired", "refused")

    def test_of_a_hold_that_was_taken_back_or_still_stands(self, stage: Afterwards) -> None:
        held = stage.world.hold(stage.holder, stage.offer)
        assert stage.report(held.id, now=NOW).redemption_state == "held"
        back = stage.world.hold(stage.holder, stage.offer)
        redemptions.withdraw(
            actor=stage.holder.actor, now=NOW, community_id=stage.community_id,
            redemption_id=back.id,
        )  # fmt: skip
        assert stage.report(back.id).redemption_state == "withdrawn"

    def test_without_words_but_for_the_last_kind(self, stage: Afterwards) -> None:
        receipt = stage.redeemed()
        given: dict[str, Any] = {"text": " ", "shares_words": True}
        other = {**given, "kind": ReportKind.OTHER}
        assert refusal(stage.report, receipt.id, **other) == "report_words_missing"
        report = stage.report(receipt.id, **given)
        assert (report.text, report.shares_words) == (None, False)

    def test_once_at_a_time(self, stage: Afterwards) -> None:
        receipt = stage.redeemed()
        report = stage.report(receipt.id)
        assert refusal(stage.report, receipt.id, kind=ReportKind.OTHER) == "already_reported"
        stage.close(report, Outcome.NOT_UPHELD)
        assert stage.report(receipt.id, kind=ReportKind.WRONG_GOODS).state == "filed"

    def test_for_thirty_days(self, stage: Afterwards) -> None:
        first, second = stage.redeemed(), stage.redeemed()
        last = NOW + 30 * DAY
        assert stage.report(first.id, now=last - 10 * DAY).state == "filed"
        too_late = last + dt.timedelta(seconds=1)
        assert refusal(stage.report, second.id, now=too_late) == "too_late_to_report"

    def test_needs_the_calendar_of_working_days(self, stage: Afterwards) -> None:
        late = dt.datetime(2026, 12, 28, 4, tzinfo=dt.UTC)
        receipt = stage.redeemed(late)
        assert refusal(stage.report, receipt.id, now=late) == "calendar_year_missing"


@ON_SQLITE
class TestWhoFiles:
    def test_nobody_else(self, stage: Afterwards) -> None:
        receipt = stage.redeemed()
        stranger = stage.world.holder().actor
        assert refusal(stage.report, receipt.id, actor=stranger) == "redemption_unknown"
        assert refusal(stage.report, new_id()) == "redemption_unknown"
        with pytest.raises(Forbidden):
            stage.report(receipt.id, actor=stage.grid_worker)

    def test_a_proxy_and_the_holder_follows_it(self, stage: Afterwards) -> None:
        relative = stage.world.relative_of(stage.holder)
        receipt = stage.redeemed()
        assert refusal(stage.report, receipt.id, actor=relative.actor) == "redemption_unknown"
        proxies.grant(
            actor=stage.holder.actor, now=NOW, community_id=stage.community_id,
            proxy_id=relative.member_id,
        )  # fmt: skip
        report = stage.report(receipt.id, actor=relative.actor)
        mine = {"now": LATER, "community_id": stage.community_id}
        for actor in (relative.actor, stage.holder.actor):
            assert read(stage, report, actor).text == WORDS
            assert [each.id for each in reports.mine(actor=actor, **mine)] == [report.id]
        assert reports.mine(actor=stage.world.holder().actor, **mine) == []

    def key_in(self, stage: Afterwards, number: str, **given: Any) -> ReportView:
        return reports.key_in(**{
            "actor": stage.grid_worker, "now": LATER, "community_id": stage.community_id,
            "receipt_number": number, "member_id": stage.holder.member_id,
            "kind": ReportKind.REFUSED, "text": WORDS, **given,
        })  # fmt: skip

    def test_somebody_without_a_phone_at_the_window(self, stage: Afterwards) -> None:
        number = stage.redeemed().receipt_number
        report = self.key_in(stage, f" {number[:5].lower()}-{number[5:]} ")
        assert (report.channel, report.state) == ("counter", "filed")
        # Whoever has the phone later reads what was written down.
        assert read(stage, report, stage.holder.actor).text == WORDS
        with pytest.raises(NotFound):
            read(stage, report, stage.grid_worker)
        sent = reports.replay(
            actor=stage.grid_worker, now=LATER, community_id=stage.community_id,
            result_id=report.id,
        )  # fmt: skip
        assert sent == report

    def test_and_is_told_at_the_window_how_far_it_is(self, stage: Afterwards) -> None:
        receipt = stage.redeemed()
        asked = {
            "actor": stage.grid_worker, "now": LATER, "community_id": stage.community_id,
            "receipt_number": receipt.receipt_number, "member_id": stage.holder.member_id,
        }  # fmt: skip
        assert refusal(reports.look_up, **asked) == "not_found"
        stage.close(self.key_in(stage, receipt.receipt_number), Outcome.SETTLED)
        told = reports.look_up(**asked)
        assert (told.side, told.state, told.answer) == ("filer", "settled", ANSWER)
        somebody = {"member_id": stage.world.holder().member_id}
        assert refusal(reports.look_up, **{**asked, **somebody}) == "redemption_unknown"
        with pytest.raises(Forbidden):
            reports.look_up(**{**asked, "actor": stage.supervisor})

    def test_trying_numbers_tells_staff_nothing(self, stage: Afterwards) -> None:
        number = stage.redeemed().receipt_number
        somebody = stage.world.holder().member_id
        for given in ({"number": number, "member_id": somebody}, {"number": "0000000000"}):
            assert refusal(self.key_in, stage, **given) == "redemption_unknown"
        assert refusal(self.key_in, stage, "12") == "receipt_number_unreadable"

    def test_the_window_does_not_write_down_the_own_households(self, stage: Afterwards) -> None:
        relative = stage.world.relative_of(stage.holder).actor
        grants = (*relative.grants, *stage.grid_worker.grants)
        actor = dataclasses.replace(relative, grants=grants)
        number = stage.redeemed().receipt_number
        assert refusal(self.key_in, stage, number, actor=actor) == "own_household"

    def test_who_wrote_it_down_does_not_decide_it(self, stage: Afterwards) -> None:
        report = self.key_in(stage, stage.redeemed().receipt_number, actor=stage.admin)
        assert read(stage, report, stage.admin).must_stay_out
        assert refusal(stage.close, report, Outcome.SETTLED) == "conflict_of_interest"
        other = stage.world.actor("community_admin")
        assert stage.close(report, Outcome.SETTLED, actor=other).state == "settled"


@ON_SQLITE
class TestWithdrawing:
    def withdraw(self, stage: Afterwards, report: ReportView, **given: Any) -> ReportView:
        return reports.withdraw(**{
            "actor": stage.holder.actor, "now": LATER, "community_id": stage.community_id,
            "report_id": report.id, "version": report.version, **given,
        })  # fmt: skip

    def test_by_the_filer(self, stage: Afterwards) -> None:
        report = stage.report(stage.redeemed().id)
        assert refusal(self.withdraw, stage, report, version=7) == "stale_version"
        after = self.withdraw(stage, report)
        assert (after.state, [act.act for act in after.acts]) == (
            "withdrawn", ["filed", "withdrawn"],
        )  # fmt: skip
        assert refusal(self.withdraw, stage, after) == "report_closed"
        assert refusal(stage.close, after, Outcome.UPHELD) == "report_closed"
        assert refusal(stage.reply, after) == "report_closed"

    def test_by_nobody_else(self, stage: Afterwards) -> None:
        report = stage.report(stage.redeemed().id)
        with pytest.raises(Forbidden):
            self.withdraw(stage, report, actor=stage.admin)
        for actor in (stage.grid_worker, stage.owner, stage.world.holder().actor):
            with pytest.raises(NotFound):
                self.withdraw(stage, report, actor=actor)

    def test_at_the_window_where_it_came_in(self, stage: Afterwards) -> None:
        report = reports.key_in(
            actor=stage.grid_worker, now=LATER, community_id=stage.community_id,
            receipt_number=stage.redeemed().receipt_number, member_id=stage.holder.member_id,
            kind=ReportKind.REFUSED,
        )  # fmt: skip
        assert self.withdraw(stage, report, actor=stage.grid_worker).state == "withdrawn"


@ON_SQLITE
class TestTheShop:
    def test_reads_kind_and_receipt_and_never_the_words(self, stage: Afterwards) -> None:
        report = stage.report(stage.redeemed().id)
        seen = at_shop(stage, report)
        assert (seen.side, seen.kind, seen.text, seen.summary) == (
            "merchant", "refused", None, None,
        )  # fmt: skip
        assert all(act.actor_id is None for act in seen.acts)
        for hidden in (stage.holder.member_id, stage.holder.actor.account_id):
            assert str(hidden) not in repr(seen)

    def test_reads_the_words_by_consent(self, stage: Afterwards) -> None:
        report = stage.report(stage.redeemed().id, shares_words=True)
        assert at_shop(stage, report).text == WORDS

    def test_reads_the_staffs_wording(self, stage: Afterwards) -> None:
        report = stage.report(stage.redeemed().id)
        worded = reports.summarize(
            actor=stage.admin, now=LATER, community_id=stage.community_id, report_id=report.id,
            version=1, summary="请说明当天早餐供应情况。",
        )  # fmt: skip
        assert (worded.version, [act.act for act in worded.acts]) == (2, ["filed", "summarized"])
        assert at_shop(stage, report).summary == "请说明当天早餐供应情况。"
        assert read(stage, report, stage.holder.actor).summary is None
        again = {"version": 2, "summary": " "}
        where = {"now": LATER, "community_id": stage.community_id, "report_id": report.id}
        assert refusal(reports.summarize, actor=stage.admin, **where, **again) == "summary_missing"

    def test_replies_once(self, stage: Afterwards) -> None:
        report = stage.report(stage.redeemed().id)
        replied = stage.reply(report)
        assert (replied.state, replied.reply, replied.replied_at_utc) == (
            "replied", "那天豆浆机坏了，已经修好。", LATER,
        )  # fmt: skip
        assert refusal(stage.reply, replied) == "already_replied"
        assert read(stage, report, stage.holder.actor).reply == replied.reply

    def test_replies_late_as_long_as_nothing_is_decided(self, stage: Afterwards) -> None:
        report = stage.report(stage.redeemed().id)
        assert stage.reply(report, now=NOW + 6 * DAY).state == "replied"

    def test_does_not_reply_with_nothing_or_on_an_old_version(self, stage: Afterwards) -> None:
        report = stage.report(stage.redeemed().id)
        assert refusal(stage.reply, report, text="\n ") == "reply_missing"
        assert refusal(stage.reply, report, version=2) == "stale_version"

    def test_only_the_owner_replies(self, stage: Afterwards) -> None:
        report = stage.report(stage.redeemed().id)
        with pytest.raises(Forbidden):
            stage.reply(report, actor=stage.clerk)

    def test_another_shop_sees_nothing(self, stage: Afterwards) -> None:
        report = stage.report(stage.redeemed().id)
        other = stage.world.clerk(shop=stage.world.other_shop())
        with pytest.raises(NotFound):
            at_shop(stage, report, other)
        assert reports.at_counter(actor=other, now=LATER) == []

    def test_staff_who_work_there_read_it_as_the_shop_only(self, stage: Afterwards) -> None:
        report = stage.report(stage.redeemed().id)
        actor = dataclasses.replace(stage.admin, grants=(*stage.admin.grants, *stage.owner.grants))
        with pytest.raises(NotFound):
            read(stage, report, actor)
        assert reports.search(actor=actor, now=LATER, community_id=stage.community_id) == []
        assert refusal(stage.close, report, Outcome.SETTLED, actor=actor) == "conflict_of_interest"


@ON_SQLITE
class TestDeciding:
    @pytest.mark.parametrize("outcome", list(Outcome))
    def test_the_filer_reads_steps_and_answer(self, stage: Afterwards, outcome: Outcome) -> None:
        report = stage.reply(stage.report(stage.redeemed().id))
        decided = stage.close(report, outcome)
        assert (decided.state, decided.answer, decided.is_warned) == (outcome, ANSWER, False)
        told = read(stage, report, stage.holder.actor)
        assert [(act.act, act.side) for act in told.acts] == [
            ("filed", "filer"), ("replied", "merchant"), (outcome, "community"),
        ]  # fmt: skip
        assert (told.answer, told.decided_at_utc) == (ANSWER, LATER)
        assert at_shop(stage, report).answer == ANSWER

    def test_the_community_sees_who_decided_and_never_who_filed(self, stage: Afterwards) -> None:
        report = stage.close(stage.reply(stage.report(stage.redeemed().id)), Outcome.SETTLED)
        who = [act.actor_id for act in read(stage, report, stage.supervisor).acts]
        assert who == [None, stage.owner.account_id, stage.admin.account_id]

    def test_upholding_hears_the_shop_first(self, stage: Afterwards) -> None:
        report = stage.report(stage.redeemed().id)
        in_time = dt.datetime(2026, 11, 25, 15, 59, tzinfo=dt.UTC)
        assert refusal(stage.close, report, Outcome.UPHELD, now=in_time) == "merchant_not_heard"
        assert stage.close(report, Outcome.UPHELD, now=in_time + MINUTE).state == "upheld"

    def test_a_warning_stays_on_the_record(self, stage: Afterwards) -> None:
        report = stage.reply(stage.report(stage.redeemed().id))
        assert stage.close(report, Outcome.UPHELD, warns=True).is_warned
        kept = db.session.scalars(tenancy.select(MerchantWarning, stage.community_id)).one()
        assert (kept.merchant_id, kept.report_id) == (stage.world.merchant.id, report.id)

    def test_points_are_asked_back_and_another_decides_that(self, stage: Afterwards) -> None:
        receipt = stage.redeemed()
        report = stage.close(
            stage.reply(stage.report(receipt.id)), Outcome.UPHELD, asks_reversal=True
        )
        assert report.reversal_state == "asked"
        (request,) = reversals.listed(actor=stage.supervisor, community_id=stage.community_id)
        assert (request.origin, request.report_id, request.reason) == ("report", report.id, ANSWER)
        grants = (*stage.admin.grants, *stage.supervisor.grants)
        same = dataclasses.replace(stage.admin, grants=grants)
        assert refusal(stage.decide, request, actor=same) == "same_person"
        stage.decide(request)
        assert stage.world.points_of(stage.holder) == (100, 0, 0)
        assert read(stage, report, stage.holder.actor).reversal_state == "approved"

    def test_a_hold_that_ran_out_has_no_points_to_ask_back(self, stage: Afterwards) -> None:
        held = stage.world.hold(stage.holder, stage.offer)
        redemptions.expire_holds(community_id=stage.community_id, now=LATER, limit=10)
        report = stage.reply(stage.report(held.id))
        upheld = {"outcome": Outcome.UPHELD, "asks_reversal": True}
        assert refusal(stage.close, report, **upheld) == "not_redeemed"

    @pytest.mark.parametrize(
        ("given", "code"),
        [
            ({"answer": "已处理"}, "answer_too_short"),
            ({"answer": " " * 30}, "answer_too_short"),
            ({"outcome": Outcome.SETTLED, "warns": True}, "only_when_upheld"),
            ({"outcome": Outcome.NOT_UPHELD, "asks_reversal": True}, "only_when_upheld"),
            ({"version": 1}, "stale_version"),
        ],
        ids=["short", "blank", "warned for nothing", "asked back for nothing", "stale"],
    )
    def test_is_refused(self, stage: Afterwards, given: dict[str, Any], code: str) -> None:
        report = stage.reply(stage.report(stage.redeemed().id))
        assert refusal(stage.close, report, **{"outcome": Outcome.UPHELD, **given}) == code
        assert read(stage, report, stage.admin).state == "replied"

    def test_is_done_once(self, stage: Afterwards) -> None:
        report = stage.close(stage.report(stage.redeemed().id), Outcome.SETTLED)
        assert refusal(stage.close, report, Outcome.NOT_UPHELD) == "report_closed"

    @pytest.mark.parametrize("role", ["supervisor", "street_officer", "auditor", "grid_worker"])
    def test_by_the_administration_only(self, stage: Afterwards, role: str) -> None:
        report = stage.report(stage.redeemed().id)
        with pytest.raises(Forbidden):
            stage.close(report, Outcome.SETTLED, actor=stage.world.actor(role))

    def test_not_for_the_own_household(self, stage: Afterwards) -> None:
        relative = stage.world.relative_of(stage.holder).actor
        actor = dataclasses.replace(relative, grants=(*relative.grants, *stage.admin.grants))
        report = stage.report(stage.redeemed().id)
        assert refusal(stage.close, report, Outcome.SETTLED, actor=actor) == "conflict_of_interest"


@ON_SQLITE
class TestWhatStays:
    def test_words_can_be_erased_and_the_case_stays(self, stage: Afterwards) -> None:
        report = stage.report(stage.redeemed().id)
        row = tenancy.get(RedemptionReport, stage.community_id, report.id)
        assert row.text_id is not None
        personal_text.erase(community_id=stage.community_id, text_id=row.text_id, now=LATER)
        after = read(stage, report, stage.admin)
        assert (after.text, after.state, len(after.acts)) == (None, "filed", 1)

    def test_ids_only_on_the_trail(self, stage: Afterwards) -> None:
        stage.close(stage.reply(stage.report(stage.redeemed().id)), Outcome.UPHELD, warns=True)
        trail = tenancy.select(audit.AuditRecord, stage.community_id).order_by(audit.AuditRecord.id)
        records = db.session.scalars(trail).all()
        told = [record.act for record in records if record.act.split(".")[0] != "redemption"]
        assert told == ["report.filed", "report.replied", "report.upheld", "merchant.warned"]
        assert all(WORDS not in repr(record.detail) for record in records)

    def test_every_act_has_somebody(self, stage: Afterwards) -> None:
        stage.close(stage.reply(stage.report(stage.redeemed().id)), Outcome.SETTLED)
        acts = db.session.scalars(
            tenancy.select(RedemptionReportAct, stage.community_id).order_by(RedemptionReportAct.id)
        ).all()
        assert [act.actor_id for act in acts] == [
            stage.holder.actor.account_id, stage.owner.account_id, stage.admin.account_id,
        ]  # fmt: skip


class TestLists:
    @pytest.fixture
    def four(self, stage: Afterwards) -> list[ReportView]:
        """Filed, replied, upheld with a warning, withdrawn."""
        kinds = [ReportKind.REFUSED, ReportKind.SURCHARGE, ReportKind.WRONG_GOODS, ReportKind.OTHER]
        made = [stage.report(stage.redeemed().id, kind=kind) for kind in kinds]
        stage.reply(made[1])
        stage.close(stage.reply(made[2]), Outcome.UPHELD, warns=True)
        reports.withdraw(
            actor=stage.holder.actor, now=LATER, community_id=stage.community_id,
            report_id=made[3].id, version=1,
        )  # fmt: skip
        return made

    def test_the_work_list_narrows_and_pages(
        self, stage: Afterwards, four: list[ReportView]
    ) -> None:
        def found(now: dt.datetime = LATER, **given: Any) -> list[int]:
            rows = reports.search(
                actor=stage.supervisor, now=now, community_id=stage.community_id, **given
            )
            ids = [each.id for each in four]
            return [ids.index(row.id) for row in rows]

        assert found() == [0, 1, 2, 3]
        assert found(state=ReportState.REPLIED) == [1]
        assert found(kind=ReportKind.OTHER) == [3]
        assert found(number=four[2].receipt_number) == [2]
        assert found(merchant_id=new_id()) == []
        assert found(limit=2) == [0, 1]
        assert found(after=four[1].id) == [2, 3]
        assert found(is_overdue=True) == []
        assert found(NOW + 5 * DAY, is_overdue=True) == [0]
        assert found(NOW + 14 * DAY, is_overdue=True) == [0, 1]

    def test_what_is_late_is_said(self, stage: Afterwards, four: list[ReportView]) -> None:
        def late(days: int) -> list[str | None]:
            rows = reports.search(
                actor=stage.admin, now=NOW + days * DAY, community_id=stage.community_id
            )
            return [row.overdue for row in rows]

        assert late(4) == [None] * 4
        assert late(5) == ["reply", None, None, None]
        assert late(14) == ["decision", "decision", None, None]
        seen = reports.detail(
            actor=stage.holder.actor, now=NOW + 14 * DAY, community_id=stage.community_id,
            report_id=four[0].id,
        )  # fmt: skip
        assert seen.overdue == "decision"

    def test_the_shops_list(self, stage: Afterwards, four: list[ReportView]) -> None:
        def found(**given: Any) -> list[uuid.UUID]:
            return [each.id for each in reports.at_counter(actor=stage.clerk, now=LATER, **given)]

        newest_first = [each.id for each in reversed(four)]
        assert found() == newest_first
        assert found(is_open=True) == newest_first[2:]
        assert found(is_open=False) == newest_first[:2]
        assert found(after=newest_first[1], limit=1) == [newest_first[2]]

    def test_one_statement_however_many(
        self, stage: Afterwards, four: list[ReportView], count_statements: Callable[[], Any]
    ) -> None:
        where = {"now": LATER, "community_id": stage.community_id}
        for act in (
            lambda: reports.search(actor=stage.admin, **where),
            lambda: reports.mine(actor=stage.holder.actor, **where),
            lambda: reports.at_counter(actor=stage.clerk, now=LATER),
        ):
            with count_statements() as seen:
                found = act()
            assert (len(found), len(seen)) == (len(four), 1)

    @pytest.mark.parametrize("role", ["grid_worker", "panelist", "member", "district_officer"])
    def test_are_not_for_everybody(self, stage: Afterwards, role: str) -> None:
        actor = stage.world.actor(role)
        for act in (
            lambda: reports.search(actor=actor, now=LATER, community_id=stage.community_id),
            lambda: reports.records(actor=actor, community_id=stage.community_id),
        ):
            with pytest.raises(Forbidden):
                act()

    def test_the_merchants_record(
        self, stage: Afterwards, four: list[ReportView], count_statements: Callable[[], Any]
    ) -> None:
        stage.world.other_shop()
        with count_statements() as seen:
            rows = reports.records(actor=stage.supervisor, community_id=stage.community_id)
        assert (len(rows), len(seen)) == (2, 3)
        own = next(row for row in rows if row.id == stage.world.merchant.id)
        assert (own.open, own.upheld, own.not_upheld, own.settled, own.withdrawn) == (2, 1, 0, 0, 1)
        assert (own.warnings, own.by_kind["wrong_goods"], own.by_kind["refused"]) == (1, 1, 0)
        clean = next(row for row in rows if row.id != own.id)
        assert (clean.open, clean.warnings, sum(clean.by_kind.values())) == (0, 0, 0)
        paged = reports.records(
            actor=stage.admin, community_id=stage.community_id, after=rows[0].id, limit=1
        )
        assert paged == rows[1:]
        one = reports.records(
            actor=stage.admin, community_id=stage.community_id, merchant_id=own.id
        )
        assert one == [own]
