"""After the counter in a browser: reports, reversals, receipts, and what guards redemption."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from community.models import RoleGrant
from kernel.database import db
from kernel.ids import new_id
from points.ledger_check import Mismatch
from redemption import stops
from redemption.models import RefusedScan
from redemption.receipts import Receipt
from redemption.reports import ReportView
from tests.integration.redemption.afterwards.stage import ANSWER, LATER, Afterwards
from tests.integration.redemption.scenes import AfterwardsScene, afterwards_scene
from tests.integration.redemption.world import NOW, AllianceWorld, Holder
from tests.integration.web.conftest import Move
from tests.integration.web.office import Staff, hidden, sent_to, text_of
from tests.support.pages import Pages

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
HOME = "/office/yjyx"
SECTIONS = (
    "cards", "card-batches", "card-handovers", "reports", "merchant-records", "receipts",
    "reversals", "refusals", "alarms", "pairs", "stops",
)  # fmt: skip


@pytest.fixture
def begins_with() -> Callable[[], AfterwardsScene]:
    return afterwards_scene


@pytest.fixture
def stage(scene: AfterwardsScene) -> Afterwards:
    return scene.stage


@pytest.fixture
def staff(app: Flask, shop_world: AllianceWorld) -> Staff:
    return Staff(app, shop_world)


@pytest.fixture
def admin(staff: Staff, stage: Afterwards) -> Pages:
    return staff.browser("community_admin", stage.admin)


@pytest.fixture
def supervisor(staff: Staff, stage: Afterwards) -> Pages:
    return staff.browser("supervisor", stage.supervisor)


@pytest.fixture
def redeemed(stage: Afterwards, session: Any, move: Move) -> Receipt:
    found = stage.redeemed()
    session.commit()
    move(LATER - NOW)
    return found


@pytest.fixture
def reported(stage: Afterwards, redeemed: Receipt, session: Any) -> ReportView:
    found = stage.report(redeemed.id)
    session.commit()
    return found


class TestReports:
    def test_it_waits_on_the_first_page_and_names_nobody(
        self, admin: Pages, reported: ReportView
    ) -> None:
        assert "居民反映 1 件在办" in text_of(admin.page(HOME))
        assert f"{HOME}/reports/{reported.id}" in admin.page(f"{HOME}/reports?state=filed")
        assert "没有这样的反映" in admin.page(f"{HOME}/reports?overdue=1")
        page = admin.page(f"{HOME}/reports/{reported.id}")
        assert reported.receipt_number in page
        assert "张三" not in page

    def test_worded_for_the_shop_then_decided(self, admin: Pages, reported: ReportView) -> None:
        one = f"{HOME}/reports/{reported.id}"
        version = hidden(admin.page(one), "version")
        sent_to(admin.post(f"{one}/summary", on=one, version=version, summary="请说明早餐一事"))
        page = admin.page(one)
        assert "请说明早餐一事" in page
        form = {"version": hidden(page, "version"), "outcome": "settled", "answer": ANSWER}
        sent_to(admin.post(f"{one}/decision", on=one, **form))
        assert "已和解" in text_of(admin.page(one))
        assert "已和解" not in text_of(admin.page(f"{HOME}/reports?state=filed"))[400:]

    def test_a_short_answer_stays_in_its_field(self, admin: Pages, reported: ReportView) -> None:
        one = f"{HOME}/reports/{reported.id}"
        form = {"version": "1", "outcome": "not_upheld", "answer": "没有这回事"}
        answer = admin.post(f"{one}/decision", on=one, **form)
        assert answer.status_code == 422
        assert ">没有这回事</textarea>" in answer.text
        assert 'value="not_upheld" checked' in answer.text

    def test_upheld_waits_for_the_shop(self, admin: Pages, reported: ReportView) -> None:
        one = f"{HOME}/reports/{reported.id}"
        assert "不能认定属实" in admin.page(one)
        form = {"version": "1", "outcome": "upheld", "answer": ANSWER, "warns": "1"}
        assert admin.post(f"{one}/decision", on=one, **form).status_code == 409

    def test_a_number_that_is_none_is_said_at_its_field(self, admin: Pages) -> None:
        assert 'id="number-more"' in admin.page(f"{HOME}/reports?number=12")

    def test_the_supervisor_reads_and_decides_nothing(
        self, supervisor: Pages, reported: ReportView
    ) -> None:
        one = f"{HOME}/reports/{reported.id}"
        assert "写好了，下结论" not in supervisor.page(one)
        form = {"version": "1", "outcome": "settled", "answer": ANSWER}
        assert supervisor.post(f"{one}/decision", **form).status_code == 403


class TestWindow:
    @pytest.fixture
    def worker(self, staff: Staff, stage: Afterwards) -> Pages:
        return staff.browser("grid_worker", stage.grid_worker)

    def test_written_down_for_who_stands_there(
        self, worker: Pages, redeemed: Receipt, somebody: Holder
    ) -> None:
        form = f"{HOME}/window?member_id={somebody.member_id}"
        assert form.split("?")[1] in worker.page(f"{HOME}/window?q=张三")
        fields = {"member_id": str(somebody.member_id), "kind": "surcharge"}
        number = redeemed.receipt_number
        done = worker.post(f"{HOME}/window", on=form, receipt_number=number, **fields)
        assert "said=report_keyed" in sent_to(done)
        asked = f"member_id={somebody.member_id}&receipt_number={number}"
        assert "等商户答复" in worker.page(f"{HOME}/window/report?{asked}")

    def test_what_was_written_down_is_taken_back_there(
        self, worker: Pages, admin: Pages, redeemed: Receipt, somebody: Holder
    ) -> None:
        form = f"{HOME}/window?member_id={somebody.member_id}"
        number = redeemed.receipt_number
        fields = {"member_id": str(somebody.member_id), "kind": "surcharge"}
        worker.post(f"{HOME}/window", on=form, receipt_number=number, **fields)
        asked = f"{HOME}/window/report?member_id={somebody.member_id}&receipt_number={number}"
        found = re.search(rf'action="({HOME}/reports/[^"]+)/withdrawal"', worker.page(asked))
        assert found is not None
        assert "撤回这一件" in admin.page(found[1])
        stale = worker.post(f"{found[1]}/withdrawal", on=asked, version="9")
        assert stale.status_code == 409
        version = hidden(worker.page(asked), "version")
        done = worker.post(f"{found[1]}/withdrawal", on=asked, version=version)
        assert "已撤回" in worker.page(sent_to(done))
        assert "撤回这一件" not in admin.page(found[1])
        again = admin.post(f"{found[1]}/withdrawal", version="2")
        assert again.status_code == 409, "the report stays, with what is in the way"

    def test_what_a_member_filed_is_theirs_to_take_back(
        self, admin: Pages, reported: ReportView
    ) -> None:
        address = f"{HOME}/reports/{reported.id}"
        assert "撤回这一件" not in admin.page(address)
        assert admin.post(f"{address}/withdrawal", version="1").status_code == 403

    def test_another_ones_receipt_tells_nothing_and_keeps_what_was_typed(
        self, worker: Pages, redeemed: Receipt, stage: Afterwards, session: Any
    ) -> None:
        other = stage.world.holder()
        session.commit()
        form = f"{HOME}/window?member_id={other.member_id}"
        answer = worker.post(
            f"{HOME}/window", on=form, receipt_number=redeemed.receipt_number,
            member_id=str(other.member_id), kind="other", text="多收了",
        )  # fmt: skip
        assert answer.status_code == 404
        assert ">多收了</textarea>" in answer.text
        asked = f"member_id={other.member_id}&receipt_number={redeemed.receipt_number}"
        assert "店里" not in text_of(worker.page(f"{HOME}/window/report?{asked}"))


class TestReversals:
    def test_asked_by_one_decided_by_another(
        self, admin: Pages, supervisor: Pages, redeemed: Receipt, stage: Afterwards
    ) -> None:
        receipt = f"{HOME}/receipts/{redeemed.receipt_number}"
        sent_to(admin.post(f"{receipt}/reversal", on=receipt, reason="没给早餐"))
        assert "提出退回" not in text_of(admin.page(receipt)).replace("已提出退回", "")
        found = re.search(rf'href="({HOME}/reversals/[^"]+)"', supervisor.page(f"{HOME}/reversals"))
        assert found is not None
        assert "写好了，定下来" not in admin.page(found[1])
        page = supervisor.page(found[1])
        form = {"version": hidden(page, "version"), "verdict": "approve"}
        blank = supervisor.post(f"{found[1]}/decision", on=found[1], why="", **form)
        assert blank.status_code == 422
        assert 'value="approve" checked' in blank.text
        sent_to(supervisor.post(f"{found[1]}/decision", on=found[1], why="监控看过", **form))
        db.session.expire_all()
        assert stage.world.points_of(stage.holder)[0] == 100
        assert "社区复核，积分退回" in admin.page(receipt)

    def test_who_wrote_the_report_down_is_told_before_pressing(
        self, staff: Staff, admin: Pages, stage: Afterwards, redeemed: Receipt, somebody: Holder
    ) -> None:
        window = f"{HOME}/window?member_id={somebody.member_id}"
        worker = staff.browser("grid_worker", stage.grid_worker)
        fields = {"member_id": str(somebody.member_id), "kind": "surcharge"}
        number = redeemed.receipt_number
        sent_to(worker.post(f"{HOME}/window", on=window, receipt_number=number, **fields))
        receipt = f"{HOME}/receipts/{number}"
        sent_to(admin.post(f"{receipt}/reversal", on=receipt, reason="多收了钱"))
        later = staff.browser("supervisor", stage.grid_worker)
        found = re.search(rf'href="({HOME}/reversals/[^"]+)"', later.page(f"{HOME}/reversals"))
        assert found is not None
        page = later.page(found[1])
        assert "由您反映或代写，请换一位来复核" in page
        assert "写好了，定下来" not in page

    def test_the_same_form_twice_asks_once(self, admin: Pages, redeemed: Receipt) -> None:
        receipt, key = f"{HOME}/receipts/{redeemed.receipt_number}", str(new_id())
        for _ in range(2):
            form = {"reason": "没给早餐", "idempotency_key": key}
            sent_to(admin.post(f"{receipt}/reversal", on=HOME + "/card-batches", **form))
        assert admin.page(f"{HOME}/reversals").count("/reversals/") == 1


class TestReceipts:
    def test_found_by_every_filter(
        self, admin: Pages, redeemed: Receipt, stage: Afterwards
    ) -> None:
        number = redeemed.receipt_number
        for query in (
            "", f"number={number}", "state=redeemed", "channel=code", "day=2026-11-21",
            f"shop={stage.world.merchant.id}", "state=nonsense&day=nonsense&shop=nonsense",
        ):  # fmt: skip
            assert number in admin.page(f"{HOME}/receipts?{query}"), query
        for query in ("state=expired", "channel=card", "day=2026-11-20"):
            assert "没有这样的回执" in admin.page(f"{HOME}/receipts?{query}"), query

    def test_one_names_nobody_and_another_does_not_exist(
        self, admin: Pages, redeemed: Receipt
    ) -> None:
        assert "张三" not in admin.page(f"{HOME}/receipts/{redeemed.receipt_number}")
        for number in ("0000000000", "nonsense", "x"):
            assert admin.get(f"{HOME}/receipts/{number}").status_code == 404, number


class TestGuards:
    def test_refusals_are_counted_and_listed(
        self, admin: Pages, stage: Afterwards, session: Any
    ) -> None:
        stage.world.refused(stage.clerk, "12345678")
        session.commit()
        assert db.session.query(RefusedScan).count() == 1
        page = text_of(admin.page(f"{HOME}/refusals"))
        assert page.count("没有这个码") >= 2
        assert "没有这样的记录" in admin.page(f"{HOME}/refusals?reason=pin_wrong")
        assert admin.get(f"{HOME}/refusals?from=2026-11-20&to=2026-11-01").status_code == 200

    def test_pairs_are_questions(self, admin: Pages, redeemed: Receipt) -> None:
        assert "不是结论，请先核实" in admin.page(f"{HOME}/pairs")
        assert admin.get(f"{HOME}/pairs.xlsx").data.startswith(b"PK")

    def test_a_stop_is_lifted_only_after_a_clean_check(
        self, admin: Pages, supervisor: Pages, stage: Afterwards, session: Any, move: Move
    ) -> None:
        wrong = Mismatch(what="balance", row_id=new_id(), stored="8.0", found="9.0")
        check: dict[str, Any] = {
            "actor": stage.world.actor("operator"), "community_id": stage.community_id,
        }  # fmt: skip
        page = f"{HOME}/stops"
        assert "还没有对过账" in admin.page(page)
        stops.note_check(began=NOW, now=NOW, mismatches=[wrong], **check)
        session.commit()
        assert "全社区暂停兑换" in text_of(admin.page(HOME))
        assert "对账有 1 处对不上" in admin.page(page)
        assert "账户余额 balance 账上 8.0，算出来 9.0" in text_of(admin.page(page))
        assert "恢复兑换</span>" not in admin.page(page)
        assert 'aria-describedby="needs-check"' in supervisor.page(page), "said before it is tried"
        refused = supervisor.post(f"{page}/lift", on=page, why="查清了，补记一笔")
        assert refused.status_code == 409
        assert ">查清了，补记一笔</textarea>" in refused.text
        stops.note_check(began=LATER, now=LATER, mismatches=[], **check)
        session.commit()
        move(LATER - NOW)
        found = supervisor.page(page)
        assert "停以后再对过账，对平了。" in found
        assert "needs-check" not in found
        assert "1 处对不上" in text_of(found), "the check before stands below"
        sent_to(supervisor.post(f"{page}/lift", on=page, why="查清了，补记一笔"))
        assert "现在照常兑换" in supervisor.page(page)


@pytest.mark.parametrize("role", ["supervisor", "auditor", "street_officer"])
def test_who_watches_reads_every_section_of_theirs(
    staff: Staff, stage: Afterwards, role: str
) -> None:
    pages = staff.browser(role)
    home = pages.page(HOME)
    for section in SECTIONS:
        address = f"{HOME}/{section}"
        opens = pages.get(address).status_code == 200
        assert opens or f'href="{address}"' not in home, section


def test_a_street_with_several_communities_chooses_one(
    app: Flask, stage: Afterwards, session: Any
) -> None:
    officer = stage.world.actor("street_officer")
    session.add(
        RoleGrant(
            account_id=officer.account_id, role="auditor", granted_from=NOW.date(),
            granted_by=new_id(), granted_at_utc=NOW,
        )
    )  # fmt: skip
    pages = Pages(app.test_client(), officer)
    found = pages.page("/office")
    assert f'href="{HOME}"' in found
    assert 'href="/office/noise"' in found
    assert 'href="/office/noise"' not in pages.page("/office?q=yjyx")


def test_who_has_no_part_has_no_office(mine: Pages) -> None:
    assert mine.get("/office").status_code == 403
    assert mine.get(HOME).status_code == 403
    assert mine.get("/office/noise").status_code == 404
