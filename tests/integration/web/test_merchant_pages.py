"""A shop's pages: the counter step by step, its requests, its day, its papers; nobody else's."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from community.models import RoleGrant
from kernel.access import Actor
from kernel.errors import Unavailable
from kernel.ids import new_id
from points.ledger_check import Mismatch
from redemption import redemptions, requests, stops
from redemption.models import DeclineReason
from redemption.receipts import Receipt
from tests.integration.redemption.cards.desk import PIN, WRONG, Desk
from tests.integration.redemption.world import NOW, AllianceWorld, Holder
from tests.integration.web.conftest import Move
from tests.support.pages import Pages
from web.merchant import day_reading, shop_reading
from web.merchant.answering import AGAIN, PART

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
MINUTE = dt.timedelta(minutes=1)
#: Who it is, the ids of what waits, and on SQLite nothing else.
MOST_STATEMENTS_OF_A_POLL = 2

Browser = Callable[[Actor], Pages]


@pytest.fixture
def browser(app: Flask, shop_world: AllianceWorld) -> Browser:
    """A browser of its own for each actor."""
    return lambda actor: Pages(app.test_client(), actor)


@pytest.fixture
def clerk(browser: Browser, shop_world: AllianceWorld) -> Pages:
    return browser(shop_world.clerk())


@pytest.fixture
def offer(shop_world: AllianceWorld, session: Any) -> Any:
    made = shop_world.offer(stock=5, stock_period="day", per_holder_limit=2)
    session.commit()
    return made


@pytest.fixture
def code(shop_world: AllianceWorld, somebody: Holder, offer: Any, session: Any) -> str:
    """The digits of a living code."""
    shown = shop_world.hold(somebody, offer).code
    session.commit()
    assert shown is not None
    return shown.digits


@pytest.fixture
def asked(shop_world: AllianceWorld, somebody: Holder, offer: Any, session: Any) -> Receipt:
    return ask(shop_world, somebody, offer, session)


def ask(world: AllianceWorld, holder: Holder, offer: Any, session: Any) -> Receipt:
    found = requests.ask(
        actor=holder.actor, now=NOW, community_id=world.community_id,
        merchant_id=world.merchant.id, offer_id=offer.id,
    )  # fmt: skip
    assert isinstance(found, Receipt), found
    session.commit()
    return found


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def points(world: AllianceWorld, holder: Holder) -> list[int]:
    """Balance, held, debt."""
    return [int(each) for each in world.points_of(holder)]


def redeem(clerk: Pages, code: str, **fields: Any) -> Any:
    return clerk.post("/counter/redeem", on="/counter", code=code, **fields)


class TestCounter:
    def test_a_look_names_offer_number_and_what_is_left_and_no_person(
        self, clerk: Pages, code: str, shop_world: AllianceWorld, somebody: Holder
    ) -> None:
        page = clerk.post("/counter/preview", on="/counter", code=f"{code[:4]} {code[4:]}").text
        text = text_of(page)
        assert "早餐一份" in text
        assert "确认收 8 积分" in text
        assert "还剩 4 份" in text
        assert "还剩 1 次" in text
        assert "还剩 792 积分" in text
        assert "70 秒" in text
        for secret in ("张三", "100", str(somebody.member_id), str(somebody.account_id)):
            assert secret not in page, secret

    def test_the_same_form_twice_redeems_once_and_says_the_same(
        self, clerk: Pages, code: str, shop_world: AllianceWorld, somebody: Holder
    ) -> None:
        key = str(new_id())
        first = redeem(clerk, code, idempotency_key=key)
        again = redeem(clerk, code, idempotency_key=key)
        assert first.status_code == again.status_code == 200
        number = re.search(r"编号 ([0-9A-Z]{10})", first.text)
        assert number is not None
        assert number[1] in again.text
        assert points(shop_world, somebody) == [92, 0, 0]

    def test_a_new_form_for_a_used_code_says_when_and_which(
        self, clerk: Pages, code: str, shop_world: AllianceWorld, somebody: Holder
    ) -> None:
        number = re.search(r"编号 ([0-9A-Z]{10})", redeem(clerk, code).text)
        assert number is not None
        refused = redeem(clerk, code)
        assert refused.status_code == 409
        assert "这个码用过了" in refused.text
        assert number[1] in refused.text
        assert "12:00，本店" in text_of(refused.text)
        assert re.search(r"X-[0-9A-F]{8}", refused.text)
        assert points(shop_world, somebody) == [92, 0, 0]

    def test_the_script_gets_the_step_alone(self, clerk: Pages, code: str) -> None:
        whole = clerk.get("/counter")
        part = clerk.get("/counter", headers={PART: "1"})
        assert whole.headers[PART] == part.headers[PART] == "ready"
        assert "<html" in whole.text
        assert "<html" not in part.text
        assert part.text.strip().startswith('<div class="ll-step"')

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("4827 153", "少了 1 位"),
            ("", "请扫码"),
            ("http://127.0.0.1:8000/m/yjyx/shop-1", "这是店码"),
            ("K12", "这不是卡号"),
        ],
    )
    def test_what_is_no_code_is_said_at_its_field(
        self, clerk: Pages, typed: str, said: str
    ) -> None:
        answer = clerk.post("/counter/preview", on="/counter", code=typed)
        assert answer.status_code == 422
        assert said in answer.text
        assert 'aria-invalid="true"' in answer.text

    def test_a_stranger_to_the_site_redeems_nothing(
        self, clerk: Pages, code: str, shop_world: AllianceWorld, somebody: Holder
    ) -> None:
        answer = clerk.send(
            "POST", "/counter/redeem", data={"code": code, "idempotency_key": str(new_id())}
        )
        assert answer.status_code == 400
        assert points(shop_world, somebody) == [100, 8, 0]

    def test_a_stop_is_said_before_anybody_scans(
        self, clerk: Pages, code: str, shop_world: AllianceWorld, somebody: Holder, session: Any
    ) -> None:
        stops.note_check(
            actor=shop_world.actor("operator"), began=NOW, now=NOW,
            community_id=shop_world.community_id,
            mismatches=[Mismatch(what="balance", row_id=new_id(), stored="8.0", found="9.0")],
        )  # fmt: skip
        session.commit()
        assert "起本社区暂停兑换" in clerk.page("/counter")
        refused = redeem(clerk, code)
        assert refused.status_code == 409
        assert "全社区暂停兑换" in refused.text
        assert points(shop_world, somebody) == [100, 8, 0]

    def test_busy_is_told_to_the_script_as_ask_again(
        self, clerk: Pages, code: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def busy(**_asked: Any) -> Any:
            raise Unavailable()

        token = re.search(r'name="csrf_token" value="([^"]+)"', clerk.page("/counter"))
        assert token is not None
        monkeypatch.setattr(redemptions, "redeem", busy)
        data = {"csrf_token": token[1], "idempotency_key": str(new_id()), "code": code}
        part = clerk.send("POST", "/counter/redeem", data=data, headers={PART: "1"})
        assert (part.status_code, part.headers[AGAIN]) == (503, "1")
        assert clerk.send("POST", "/counter/redeem", data=data).status_code == 503

    def test_cancelling_gives_the_points_back_for_a_quarter_of_an_hour(
        self, clerk: Pages, code: str, shop_world: AllianceWorld, somebody: Holder, move: Move
    ) -> None:
        page = redeem(clerk, code).text
        address = re.search(r"/counter/receipts/[0-9a-f-]{36}/cancellation", page)
        assert address is not None
        receipt = address[0].removesuffix("/cancellation")
        move(14 * MINUTE)
        assert "还剩" in clerk.page(receipt)
        move(15 * MINUTE + dt.timedelta(seconds=1))
        assert "已过 15 分钟" in clerk.page(receipt)
        late = clerk.post(address[0], on="/counter", reason="mistake")
        assert late.status_code == 409
        assert "过了撤销时间" in late.text
        move(2 * MINUTE)
        assert clerk.post(address[0], on="/counter", reason="no such").status_code == 422
        done = clerk.post(address[0], on="/counter", reason="mistake")
        assert "已撤销这一笔" in done.text
        assert points(shop_world, somebody) == [100, 0, 0]


class TestRequests:
    def test_polling_costs_nearly_nothing_until_something_changes(
        self, clerk: Pages, shop_world: AllianceWorld, somebody: Holder, offer: Any, session: Any,
        count_statements: Any,
    ) -> None:  # fmt: skip
        headers = {PART: "1"}
        first = clerk.get("/counter/requests", headers=headers)
        assert "data-request" not in first.text
        headers["If-None-Match"] = first.headers["ETag"]
        with count_statements() as seen:
            assert clerk.get("/counter/requests", headers=headers).status_code == 304
        assert len(seen) <= MOST_STATEMENTS_OF_A_POLL, seen
        asked = ask(shop_world, somebody, offer, session)
        changed = clerk.get("/counter/requests", headers=headers)
        assert changed.status_code == 200
        assert f'data-request="{asked.id}"' in changed.text
        assert asked.receipt_number in changed.text
        assert "张三" not in changed.text

    def test_accepting_twice_redeems_once(
        self, clerk: Pages, asked: Receipt, shop_world: AllianceWorld, somebody: Holder
    ) -> None:
        address, key = f"/counter/requests/{asked.id}/redeem", str(new_id())
        for _ in range(2):
            done = clerk.post(address, on="/counter", idempotency_key=key)
            assert "收到 8 积分" in done.text
        assert points(shop_world, somebody) == [92, 0, 0]
        other = clerk.post(address, on="/counter")
        assert other.status_code == 409
        assert asked.receipt_number in other.text

    def test_declining_needs_one_of_the_reasons(
        self, clerk: Pages, asked: Receipt, shop_world: AllianceWorld, somebody: Holder
    ) -> None:
        address = f"/counter/requests/{asked.id}/decline"
        assert clerk.post(address, on="/counter", reason="").status_code == 422
        done = clerk.post(address, on="/counter", reason=DeclineReason.SOLD_OUT.value)
        assert "已退回这个请求" in done.text
        assert points(shop_world, somebody) == [100, 0, 0]
        assert "您退回了请求：没货了" in clerk.page("/counter/day")


class TestDay:
    def test_everything_of_the_day_stands_in_one_list(
        self, clerk: Pages, code: str, shop_world: AllianceWorld
    ) -> None:
        page = redeem(clerk, code).text
        redeem(clerk, code)
        address = re.search(r"/counter/receipts/[0-9a-f-]{36}/cancellation", page)
        assert address is not None
        everything = text_of(clerk.page("/counter/day"))
        assert "早餐一份" in everything
        assert "未核销：这个码用过了" in everything
        assert "未核销：" not in text_of(clerk.page("/counter/day?show=redeemed"))
        assert "早餐一份" not in text_of(clerk.page("/counter/day?show=refused"))
        assert "没有这样的记录" in clerk.page("/counter/day?show=cancelled")
        clerk.post(address[0], on="/counter", reason="mistake")
        assert "早餐一份" in clerk.page("/counter/day?show=cancelled")
        assert "早餐一份" not in clerk.page("/counter/day?show=redeemed")

    def test_older_days_and_any_receipt_by_its_number(
        self, browser: Browser, clerk: Pages, code: str, shop_world: AllianceWorld, move: Move
    ) -> None:
        number = re.search(r"编号 ([0-9A-Z]{10})", redeem(clerk, code).text)
        assert number is not None
        move(dt.timedelta(days=3))
        clerk = browser(shop_world.clerk())
        assert "今天还没有记录" in clerk.page("/counter/day")
        day = clerk.page("/counter/day?day=2026-11-21")
        assert number[1] in day
        assert re.search(r"<dd>1<small>笔", day)
        assert 'href="/counter/day?day=2026-11-20"' in day
        assert 'href="/counter/day?day=2026-11-22"' in day
        spoken = f"{number[1][:5].lower()} {number[1][5:]}"
        assert number[1] in clerk.page(f"/counter/day?number={spoken}")
        assert "没有找到这一笔" in clerk.page("/counter/day?number=0000000000")
        wrong = clerk.get("/counter/day?number=x")
        assert wrong.status_code == 422
        assert "编号是 10 位" in wrong.text

    @pytest.mark.parametrize("query", ["day=no", "day=1999-01-01", "day=2099-01-01", "show=x"])
    def test_an_address_nobody_makes_is_today(self, clerk: Pages, query: str) -> None:
        assert "今天的记录" in clerk.page(f"/counter/day?{query}")

    def test_a_long_day_is_read_page_by_page(
        self, clerk: Pages, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(day_reading, "PER_PAGE", 2)
        for number in range(5):
            clerk.post("/counter/preview", on="/counter", code=f"1234567{number}")
        seen: list[str] = []
        path: str | None = "/counter/day"
        while path:
            page = clerk.page(path)
            seen += re.findall(r"X-[0-9A-F]{8}", page)
            following = re.search(r'rel="next" href="([^"]+)"', page)
            path = following[1].replace("&amp;", "&") if following else None
        assert len(seen) == len(set(seen)) == 5


class TestOthers:
    @pytest.mark.parametrize("path", ["/counter", "/counter/day", "/counter/shop"])
    def test_nobody_is_sent_to_sign_in_and_back(
        self, client: FlaskClient, shop_world: AllianceWorld, path: str
    ) -> None:
        answer = Pages(client).get(path)
        assert answer.status_code == 303
        assert answer.location == f"/sign-in?next={path}"

    @pytest.mark.parametrize("path", ["/counter", "/counter/day", "/counter/shop"])
    def test_a_member_is_asked_for_the_shop(self, mine: Pages, path: str) -> None:
        answer = mine.get(path)
        assert answer.status_code == 303
        assert answer.location.startswith("/sign-in/shop")

    def test_another_shop_reads_and_moves_nothing(
        self, browser: Browser, clerk: Pages, code: str, shop_world: AllianceWorld,
        offer: Any, session: Any,
    ) -> None:  # fmt: skip
        other = browser(shop_world.clerk(shop=shop_world.other_shop()))
        second = shop_world.holder()
        session.commit()
        waiting = ask(shop_world, second, offer, session)
        wrong = other.post("/counter/preview", on="/counter", code=code)
        assert (wrong.status_code, "没有这个码" in wrong.text or "不是本店的码" in wrong.text) == (
            409, True,
        )  # fmt: skip
        page = redeem(clerk, code).text
        address = re.search(r"/counter/receipts/[0-9a-f-]{36}", page)
        assert address is not None
        assert other.get(address[0]).status_code == 404
        for path in (
            f"{address[0]}/cancellation", f"/counter/requests/{waiting.id}/redeem",
            f"/counter/requests/{waiting.id}/decline",
        ):  # fmt: skip
            answer = other.post(path, on="/counter", reason="mistake" if "rec" in path else "other")
            assert answer.status_code == 404, path
        assert "data-request" not in other.page("/counter")


class TestEveryPage:
    @pytest.mark.parametrize(
        "path", ["/counter", "/counter/day", "/counter/shop", "/counter/card", "/counter/reports"]
    )
    def test_nothing_is_inline_and_only_the_counter_has_a_camera(
        self, clerk: Pages, offer: Any, path: str
    ) -> None:
        answer = clerk.get(path)
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert "camera=(self)" in answer.headers["Permissions-Policy"]
        assert not re.search(r"<[^>]+\sstyle=|<style|<[^>]+\son\w+=|javascript:", answer.text)
        outside_templates = re.sub(r"<template.*?</template>", "", answer.text, flags=re.DOTALL)
        assert len(re.findall(r"<h1[ >]", outside_templates)) == 1


class TestPaper:
    @pytest.mark.parametrize("paper", ["sheet", "plaque", "plaque?paper=a5"])
    def test_the_shop_and_the_community_print_it_nobody_else(
        self, app: Flask, browser: Browser, clerk: Pages, mine: Pages, shop_world: AllianceWorld,
        offer: Any, session: Any, paper: str,
    ) -> None:  # fmt: skip
        path = f"/shops/yjyx/{shop_world.merchant.code}/{paper}"
        admin = shop_world.actor("community_admin")
        session.add(
            RoleGrant(
                account_id=admin.account_id, role="community_admin",
                **dataclasses.asdict(shop_world.place), granted_from=NOW.date(),
                granted_by=new_id(), granted_at_utc=NOW,
            )
        )  # fmt: skip
        for allowed in (clerk, browser(admin)):
            assert "老邢家常菜" in allowed.page(path)
        stranger = browser(shop_world.clerk(shop=shop_world.other_shop()))
        assert stranger.get(path).status_code == 404
        assert mine.get(path).status_code in (403, 404)
        assert Pages(app.test_client()).get(path).status_code == 303

    def test_the_shop_sees_its_offers_with_what_is_left(
        self, clerk: Pages, code: str, shop_world: AllianceWorld
    ) -> None:
        text = text_of(clerk.page("/counter/shop"))
        assert "还剩 4 份，共 5 份" in text
        assert "8 积分" in text

    def test_offers_of_earlier_years_push_none_out(
        self, clerk: Pages, shop_world: AllianceWorld, session: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(shop_reading, "MOST_OFFERS", 2)
        for title in ("旧优惠一", "旧优惠二"):
            shop_world.offer(title=title, state="withdrawn")
        shop_world.offer(title="新优惠")
        session.commit()
        shown = clerk.page("/counter/shop")
        assert "新优惠" in shown
        assert "旧优惠" not in shown

    def test_more_offers_cost_no_more_statements(
        self, clerk: Pages, shop_world: AllianceWorld, session: Any, count_statements: Any
    ) -> None:
        taken = []
        for _ in range(2):
            for _ in range(3):
                shop_world.offer(stock=5)
            session.commit()
            with count_statements() as seen:
                clerk.page("/counter/shop")
            taken.append(len(seen))
        assert taken[0] == taken[1]


class TestCards:
    @pytest.fixture
    def card(self, shop_world: AllianceWorld, somebody: Holder, session: Any) -> str:
        """The number of a card in service."""
        office = shop_world.actor("community_admin")
        desk = Desk(world=shop_world, office=office, numbers=[])
        desk.batch()
        number = desk.card(somebody).number
        session.commit()
        return number

    def keypad(self, clerk: Pages, card: str, offer: Any) -> tuple[str, dict[str, str]]:
        """The page with the keypad, and what its form sends beside the presses."""
        chosen = clerk.post("/counter/preview", on="/counter", code=card).text
        assert f'value="{offer.id}"' in chosen
        page = clerk.post("/counter/cards/start", on="/counter", card=card, offer_id=str(offer.id))
        assert page.status_code == 200, page.text
        fields = dict(re.findall(r'type="hidden" name="([a-z_]+)" value="([^"]*)"', page.text))
        return page.text, fields

    def presses(self, page: str, pin: str) -> str:
        """Where a finger presses on the keypad of a page."""
        keys = dict(re.findall(r'data-press="(\d)">(\d)<', page))
        assert len(keys) == 10
        places = {digit: place for place, digit in keys.items()}
        return ",".join(places[digit] for digit in pin)

    def test_card_offer_and_pin_redeem(
        self, clerk: Pages, card: str, offer: Any, shop_world: AllianceWorld, somebody: Holder
    ) -> None:
        page, fields = self.keypad(clerk, card, offer)
        assert "张三" not in page
        fields["presses"] = self.presses(page, PIN)
        done = clerk.post("/counter/cards/redeem", on="/counter", **fields)
        assert "收到 8 积分" in done.text
        again = clerk.post("/counter/cards/redeem", on="/counter", **fields)
        assert "收到 8 积分" in again.text
        assert points(shop_world, somebody) == [92, 0, 0]
        assert "兑换卡" in clerk.page("/counter/day")

    def test_a_wrong_pin_is_pressed_again_on_a_new_keypad(
        self, clerk: Pages, card: str, offer: Any, shop_world: AllianceWorld, somebody: Holder
    ) -> None:
        page, fields = self.keypad(clerk, card, offer)
        fields["presses"] = self.presses(page, WRONG)
        refused = clerk.post("/counter/cards/redeem", on="/counter", **fields)
        assert refused.status_code == 409
        assert "密码不对" in refused.text
        assert "再按一次密码" in refused.text
        assert f'name="card" value="{card}"' in refused.text
        assert points(shop_world, somebody) == [100, 0, 0]

    def test_presses_that_are_too_few_change_nothing(
        self, clerk: Pages, card: str, offer: Any, shop_world: AllianceWorld, somebody: Holder
    ) -> None:
        _, fields = self.keypad(clerk, card, offer)
        fields["presses"] = "1,2"
        answer = clerk.post("/counter/cards/redeem", on="/counter", **fields)
        assert answer.status_code == 422
        assert "什么都没有改动" in answer.text
        assert points(shop_world, somebody) == [100, 0, 0]
