"""A member's pages: choosing, the code, the request, their ends, and nobody else's."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient

from community import proxies
from kernel.ids import new_id
from redemption import cancellations, redemptions, requests
from redemption.models import DeclineReason
from redemption.redemptions import Receipt
from tests.integration.redemption.world import NOW, AllianceWorld, Holder
from tests.integration.web.conftest import Move
from tests.support.pages import Pages

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def offer(shop_world: AllianceWorld, session: Any) -> Any:
    made = shop_world.offer()
    session.commit()
    return made


def choosing(world: AllianceWorld) -> str:
    return f"/me/yjyx/shops/{world.merchant.code}"


def at_shop(world: AllianceWorld) -> str:
    return f"/m/yjyx/{world.merchant.code}/choose"


def issued(mine: Pages, world: AllianceWorld, offer: Any, **more: Any) -> str:
    """Make a code on the page; the address of its page."""
    answer = mine.post(choosing(world), on=choosing(world), offer_id=str(offer.id), **more)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def asked(mine: Pages, world: AllianceWorld, offer: Any) -> str:
    answer = mine.post(at_shop(world), on=at_shop(world), offer_id=str(offer.id))
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def digits_of(page: str) -> str:
    spoken = re.search(r'id="code-spoken">([\d ]+)<', page)
    assert spoken is not None
    return spoken[1].replace(" ", "")


def id_of(address: str) -> uuid.UUID:
    return uuid.UUID(address.rsplit("/", 1)[1])


class TestCode:
    def test_a_code_is_shown_and_reloading_keeps_it(
        self, mine: Pages, shop_world: AllianceWorld, offer: Any
    ) -> None:
        address = issued(mine, shop_world, offer)
        first = mine.page(address)
        assert offer.title in first
        assert 'class="qr"' in first
        assert digits_of(mine.page(address)) == digits_of(first)
        assert address in mine.page("/me/yjyx"), "the home page leads back to it"
        assert "再出示我的码" in mine.page("/me/yjyx")

    def test_the_seconds_are_counted_by_the_server(
        self, mine: Pages, shop_world: AllianceWorld, offer: Any, move: Move
    ) -> None:
        address = issued(mine, shop_world, offer)
        move(20 * SECOND)
        page = mine.page(address)
        assert 'data-seconds="50"' in page
        assert 'data-renew-after="35"' in page
        assert 'data-hold-seconds="580"' in page
        move(45 * SECOND)
        assert "is-late" in mine.page(address)

    def test_a_dead_code_is_not_in_the_page(
        self, mine: Pages, shop_world: AllianceWorld, offer: Any, move: Move
    ) -> None:
        address = issued(mine, shop_world, offer)
        move(71 * SECOND)
        page = mine.page(address)
        assert "这个码过时了" in page
        assert 'class="qr"' not in page
        assert mine.post(f"{address}/code", on=address).location == address
        assert 'class="qr"' in mine.page(address)

    def test_a_script_draws_the_next_code(
        self, mine: Pages, shop_world: AllianceWorld, offer: Any, move: Move
    ) -> None:
        address = issued(mine, shop_world, offer)
        page = mine.page(address)
        token = re.search(r'name="csrf-token" content="([^"]+)"', page)
        assert token is not None
        move(55 * SECOND)
        headers = {"Accept": "application/json", "X-CSRFToken": token[1]}
        answer = mine.send("POST", f"{address}/code", headers=headers)
        assert answer.status_code == 200
        told = answer.get_json()
        assert told["digits"] != digits_of(page)
        assert told["spoken"] == " ".join(told["digits"])
        assert (told["seconds_left"], told["renew_after"], told["hold_seconds"]) == (70, 55, 545)
        assert told["svg"].startswith("<svg")
        refused = mine.send("POST", f"{address}/code", headers={"Accept": "application/json"})
        assert refused.status_code == 400

    def test_the_state_is_asked_cheaply(
        self, mine: Pages, shop_world: AllianceWorld, offer: Any, session: Any,
        count_statements: Any,
    ) -> None:  # fmt: skip
        address = issued(mine, shop_world, offer)
        first = mine.get(f"{address}/state")
        assert first.get_json() == {"state": "held", "hold_seconds": 600}
        assert first.headers["Cache-Control"] == "no-store"
        known = {"If-None-Match": first.headers["ETag"]}
        assert mine.get(f"{address}/state", headers=known).status_code == 304
        with count_statements() as seen:
            mine.get(f"{address}/state", headers=known)
        assert len(seen) == 2, "who asks, and the one row"
        shop_world.redeem(shop_world.clerk(), digits_of(mine.page(address)))
        session.commit()
        assert mine.get(f"{address}/state", headers=known).get_json()["state"] == "redeemed"

    def test_redeemed_shows_the_receipt_and_that_the_score_stays(
        self, mine: Pages, shop_world: AllianceWorld, offer: Any, session: Any
    ) -> None:
        address = issued(mine, shop_world, offer)
        receipt = shop_world.redeem(shop_world.clerk(), digits_of(mine.page(address)))
        session.commit()
        page = mine.page(address)
        for words in ("兑换好了", receipt.receipt_number, "没有变", "92 积分"):
            assert words in page
        assert "等店员确认" not in mine.page("/me/yjyx")

    def test_withdrawing_and_then_too_late(
        self, mine: Pages, shop_world: AllianceWorld, offer: Any, session: Any
    ) -> None:
        address = issued(mine, shop_world, offer)
        assert mine.post(f"{address}/withdrawal", on=address).location == address
        assert "已取消这次兑换" in mine.page(address)
        address = issued(mine, shop_world, offer)
        shop_world.redeem(shop_world.clerk(), digits_of(mine.page(address)))
        session.commit()
        late = mine.post(f"{address}/withdrawal", on="/me?account=1")
        assert late.status_code == 409
        assert "兑换好了" in late.text
        assert 'role="alert"' in late.text

    def test_a_hold_that_ran_out_cost_nothing(
        self, mine: Pages, shop_world: AllianceWorld, offer: Any, move: Move
    ) -> None:
        address = issued(mine, shop_world, offer)
        move(dt.timedelta(minutes=11))
        page = mine.page(address)
        assert "时间到了，没有兑换" in page
        assert choosing(shop_world) in page
        assert address in mine.page("/me/yjyx/redemptions?state=expired")

    def test_cancelled_by_the_shop(
        self, mine: Pages, shop_world: AllianceWorld, offer: Any, session: Any
    ) -> None:
        address = issued(mine, shop_world, offer)
        clerk = shop_world.clerk()
        shop_world.redeem(clerk, digits_of(mine.page(address)))
        cancellations.cancel(actor=clerk, now=NOW, redemption_id=id_of(address))
        session.commit()
        assert "店里撤销了这一笔" in mine.page(address)
        assert address in mine.page("/me/yjyx/redemptions?state=returned")
        assert address not in mine.page("/me/yjyx/redemptions?state=redeemed")


class TestForms:
    def test_one_form_sent_twice_has_one_effect(
        self, mine: Pages, shop_world: AllianceWorld, offer: Any
    ) -> None:
        key = str(new_id())
        first = issued(mine, shop_world, offer, idempotency_key=key)
        assert issued(mine, shop_world, offer, idempotency_key=key) == first

    def test_a_form_changed_after_it_was_sent_is_asked_once_more(
        self, mine: Pages, shop_world: AllianceWorld, offer: Any, session: Any
    ) -> None:
        other = shop_world.offer()
        session.commit()
        key = str(new_id())
        issued(mine, shop_world, offer, idempotency_key=key)
        path = choosing(shop_world)
        again = mine.post(path, on=path, offer_id=str(other.id), idempotency_key=key)
        assert again.status_code == 422
        assert "这一页刚才已经提交过" in again.text
        assert key not in again.text, "the next press is a new act"

    def test_an_open_code_is_one_press_away(
        self, mine: Pages, shop_world: AllianceWorld, offer: Any
    ) -> None:
        """Who goes back after choosing finds the code instead of wondering."""
        path = choosing(shop_world)
        assert "还有一个码没用" not in mine.page(path)
        address = issued(mine, shop_world, offer)
        page = mine.page(path)
        assert "还有一个码没用" in page
        assert f'href="{address}"' in page
        mine.post(f"{address}/withdrawal", on=address)
        assert "还有一个码没用" not in mine.page(path)

    def test_nothing_chosen_is_said(self, mine: Pages, shop_world: AllianceWorld) -> None:
        path = choosing(shop_world)
        for chosen in ("", "nonsense"):
            answer = mine.post(path, on="/me?account=1", offer_id=chosen)
            assert answer.status_code == 422
            assert "还没有选，请选一个。" in answer.text

    def test_what_cannot_be_had_says_why(
        self, mine: Pages, shop_world: AllianceWorld, session: Any
    ) -> None:
        dear = shop_world.offer(points=500, title="六寸蛋糕")
        session.commit()
        path = choosing(shop_world)
        page = mine.page(path)
        assert "还差 400" in page
        assert f'value="{dear.id}"' not in page, "it is no button"
        answer = mine.post(path, on="/me?account=1", offer_id=str(dear.id))
        assert answer.status_code == 409
        assert "还差 400" in answer.text


class TestRequest:
    def test_the_shop_page_leads_through_sign_in_to_the_choice(
        self, client: FlaskClient, mine: Pages, shop_world: AllianceWorld, offer: Any
    ) -> None:
        anybody = Pages(client.application.test_client())
        path = f"/m/yjyx/{shop_world.merchant.code}"
        page = anybody.page(path)
        assert f"{path}/choose" in page
        assert "要先登录" in page
        assert "next=" + path in anybody.get(f"{path}/choose").location
        assert "您已登录" in mine.page(path)
        assert mine.get(path).headers["Cache-Control"] == "no-store"

    def test_a_request_waits_and_a_second_leads_to_the_first(
        self, mine: Pages, shop_world: AllianceWorld, offer: Any, session: Any
    ) -> None:
        address = asked(mine, shop_world, offer)
        waiting = requests.waiting(actor=shop_world.clerk(), now=NOW)
        assert [str(each.id) for each in waiting] == [address.rsplit("/", 1)[1]]
        page = mine.page(address)
        number = waiting[0].receipt_number
        assert f"<span>{number[:5]}</span><span>{number[5:]}</span>" in page
        assert 'data-hold-seconds="180"' in page
        assert 'class="qr"' not in page
        path = at_shop(shop_world)
        second = mine.post(path, on=path, offer_id=str(offer.id))
        assert second.status_code == 409
        assert address in second.text

    def test_declined_says_the_reason(
        self, mine: Pages, shop_world: AllianceWorld, offer: Any, session: Any
    ) -> None:
        address = asked(mine, shop_world, offer)
        requests.decline(
            actor=shop_world.clerk(), now=NOW, redemption_id=id_of(address),
            reason=DeclineReason.SOLD_OUT,
        )  # fmt: skip
        session.commit()
        page = mine.page(address)
        assert "店里说没货了" in page
        assert at_shop(shop_world) in page

    def test_accepted_shows_the_receipt(
        self, mine: Pages, shop_world: AllianceWorld, offer: Any, session: Any
    ) -> None:
        address = asked(mine, shop_world, offer)
        done = requests.accept(actor=shop_world.clerk(), now=NOW, redemption_id=id_of(address))
        session.commit()
        assert isinstance(done, Receipt)
        assert "兑换好了" in mine.page(address)


class TestProxies:
    @pytest.fixture
    def relative(self, shop_world: AllianceWorld, somebody: Holder, session: Any) -> Holder:
        """Somebody of the household who lets the member act for them."""
        made = shop_world.relative_of(somebody)
        session.commit()
        return made

    def test_a_proxy_redeems_for_the_grantor(
        self, client: FlaskClient, mine: Pages, somebody: Holder, relative: Holder,
        shop_world: AllianceWorld, offer: Any, session: Any,
    ) -> None:  # fmt: skip
        path = choosing(shop_world)
        theirs = Pages(client.application.test_client(), relative.actor)
        assert "给谁兑换" not in theirs.page(path)
        assert theirs.get(f"{path}?for={somebody.member_id}").status_code == 404
        proxies.grant(
            actor=somebody.actor, now=NOW, community_id=shop_world.community_id,
            proxy_id=relative.member_id,
        )  # fmt: skip
        session.commit()
        for_them = f"{path}?for={somebody.member_id}"
        assert "给谁兑换" in theirs.page(for_them)
        answer = theirs.post(
            path, on=for_them, offer_id=str(offer.id), **{"for": str(somebody.member_id)}
        )
        assert answer.status_code == 303, answer.text
        assert shop_world.points_of(somebody)[1] == offer.points
        assert answer.location in theirs.page("/me/yjyx"), "the proxy finds it again"
        assert theirs.get(answer.location).status_code == 200
        assert mine.get(answer.location).status_code == 200


class TestNobodyElse:
    def test_another_members_redemption_does_not_exist(
        self, client: FlaskClient, mine: Pages, shop_world: AllianceWorld, offer: Any, session: Any
    ) -> None:
        address = issued(mine, shop_world, offer)
        other = Pages(client.application.test_client(), shop_world.holder().actor)
        for path in (address, f"{address}/state"):
            assert other.get(path).status_code == 404
        for path in (f"{address}/code", f"{address}/withdrawal"):
            assert other.post(path, on="/me?account=1").status_code == 404
        assert address not in other.page("/me/yjyx/redemptions")

    @pytest.mark.parametrize("path", [
        "/me/noise", "/me/noise/redemptions", "/me/noise/shops", "/me/nowhere",
        f"/me/noise/redemptions/{new_id()}",
    ], ids=["home", "list", "shops", "unknown", "one"])  # fmt: skip
    def test_another_community_does_not_exist(self, mine: Pages, path: str) -> None:
        assert mine.get(path).status_code == 404

    def test_what_is_no_id_or_page_is_ignored(self, mine: Pages, shop_world: AllianceWorld) -> None:
        assert mine.get("/me/yjyx/redemptions?after=x&state=y").status_code == 200
        assert mine.get("/me/yjyx/shops?page=-1&q=%00").status_code == 200
        assert mine.get(f"{choosing(shop_world)}?for=x&pays=cash").status_code == 200


def test_the_list_reads_on(
    mine: Pages, somebody: Holder, shop_world: AllianceWorld, offer: Any, session: Any
) -> None:
    for _ in range(21):
        held = shop_world.hold(somebody, offer)
        redemptions.withdraw(
            actor=somebody.actor, now=NOW, community_id=shop_world.community_id,
            redemption_id=held.id,
        )  # fmt: skip
    session.commit()
    page = mine.page("/me/yjyx/redemptions")
    assert page.count('class="ll-entry"') == 20
    older = re.search(r'href="(/me/yjyx/redemptions\?after=[^"]+)"', page)
    assert older is not None
    assert mine.page(older[1]).count('class="ll-entry"') == 1


def test_an_account_without_a_member_is_told_what_to_do(
    client: FlaskClient, shop_world: AllianceWorld, session: Any
) -> None:
    nobody = Pages(client, shop_world.actor("grid_worker"))
    page = nobody.page("/me")
    assert "这个账号还没有绑定居民" in page
