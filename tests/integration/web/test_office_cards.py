"""The cards desk in a browser: batches, handing over, PINs, what is done on the telephone."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from community import proxies
from kernel.database import db
from redemption.cards import card_lists, notices, tokens
from redemption.models import CardNews
from tests.integration.redemption.cards.desk import PIN, Desk, positions
from tests.integration.redemption.scenes import DeskScene, desk_scene
from tests.integration.redemption.world import NOW, AllianceWorld, Holder
from tests.integration.web.office import Staff, granted, hidden, sent_to, text_of
from tests.support.pages import Pages

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
HOME = "/office/yjyx"


@pytest.fixture
def staff(app: Flask, shop_world: AllianceWorld) -> Staff:
    return Staff(app, shop_world)


@pytest.fixture
def admin(staff: Staff) -> Pages:
    return staff.browser("community_admin")


@pytest.fixture
def begins_with() -> Callable[[], DeskScene]:
    return desk_scene


@pytest.fixture
def desk(scene: DeskScene) -> Desk:
    return scene.desk


@pytest.fixture
def card(desk: Desk, somebody: Holder, session: Any) -> str:
    """The address of a card in service."""
    line = desk.card(somebody)
    session.commit()
    return f"{HOME}/cards/{line.card_id}"


def state(desk: Desk, address: str) -> str:
    db.session.expire_all()
    return desk.state(uuid.UUID(address.rsplit("/", 1)[1]))


class TestBatches:
    def test_ordered_printed_received(self, admin: Pages) -> None:
        batch = sent_to(admin.post(f"{HOME}/card-batches", on=f"{HOME}/card-batches", size="12"))
        page = admin.page(batch)
        sheet = admin.post(f"{batch}/print", on=batch, version=hidden(page, "version"))
        assert sheet.status_code == 200
        assert sheet.text.count('class="card"') == 12
        assert sheet.text.count('class="sheet"') == 2
        assert "捡到请交" in sheet.text
        assert sheet.headers["Cache-Control"] == "no-store"
        page = admin.page(batch)
        assert "印过 1 次" in text_of(page)
        admin.post(f"{batch}/receipt", on=batch, version=hidden(page, "version"))
        assert "可以发了" in admin.page(batch)

    @pytest.mark.parametrize("size", ["0", "501", "viele", ""])
    def test_a_wrong_number_is_said_at_its_field(self, admin: Pages, size: str) -> None:
        answer = admin.post(f"{HOME}/card-batches", on=f"{HOME}/card-batches", size=size)
        assert answer.status_code == 422
        assert f'value="{size}"' in answer.text
        assert 'id="size-more"' in answer.text

    def test_an_old_page_prints_nothing(self, admin: Pages) -> None:
        batch = sent_to(admin.post(f"{HOME}/card-batches", on=f"{HOME}/card-batches", size="1"))
        answer = admin.post(f"{batch}/print", on=batch, version="9")
        assert answer.status_code == 409
        assert 'class="card"' not in answer.text

    def test_a_spoilt_card_is_printed_alone_and_only_of_its_batch(
        self, admin: Pages, desk: Desk
    ) -> None:
        found = re.search(
            rf'href="({HOME}/card-batches/[^"]+)"', admin.page(f"{HOME}/card-batches")
        )
        assert found is not None
        batch, version = found[1], hidden(admin.page(found[1]), "version")
        sheet = admin.post(f"{batch}/print", on=batch, version=version, card=desk.numbers[1])
        assert sheet.text.count('class="card"') == 1
        assert desk.numbers[1] in sheet.text
        other = sent_to(admin.post(f"{HOME}/card-batches", on=f"{HOME}/card-batches", size="1"))
        version = hidden(admin.page(other), "version")
        answer = admin.post(f"{other}/print", on=other, version=version, card=desk.numbers[1])
        assert answer.status_code == 404
        assert "印过 0 次" in text_of(admin.page(other))

    def test_voiding_needs_a_reason(self, admin: Pages, desk: Desk) -> None:
        page = admin.page(f"{HOME}/card-batches")
        batch = re.search(rf'href="({HOME}/card-batches/[^"]+)"', page)
        assert batch is not None
        version = hidden(admin.page(batch[1]), "version")
        answer = admin.post(f"{batch[1]}/voiding", on=batch[1], version=version, why=" ")
        assert answer.status_code == 422
        sent_to(admin.post(f"{batch[1]}/voiding", on=batch[1], version=version, why="印歪了"))
        assert "印歪了" in admin.page(batch[1])


class TestHandingOver:
    def test_a_member_is_found_gets_a_card_and_sets_a_pin(
        self, admin: Pages, desk: Desk, somebody: Holder
    ) -> None:
        found = admin.page(f"{HOME}/hand-over?q=张三")
        form = f"{HOME}/hand-over?member_id={somebody.member_id}"
        assert form.split("?")[1] in found
        assert "本人" in admin.page(form)
        card = sent_to(
            admin.post(
                f"{HOME}/hand-over", on=form, card=desk.numbers[0],
                member_id=str(somebody.member_id), received_by_id=str(somebody.member_id),
            )
        ).split("?")[0]  # fmt: skip
        assert "请居民设密码" in admin.page(card)
        pad = admin.post(f"{card}/pin", on=card).text
        layouts = [
            re.findall(r'data-press="\d">(\d)<', part) for part in pad.split("<fieldset")[1:]
        ]
        done = admin.post(
            f"{card}/pin/choice", on=card, keypad_id=hidden(pad, "keypad_id"),
            presses=",".join(map(str, positions(layouts[0], PIN))),
            presses_again=",".join(map(str, positions(layouts[1], PIN))),
        )  # fmt: skip
        assert "said=pin_set" in sent_to(done)
        assert state(desk, card) == "active"
        assert desk.numbers[0] in admin.page(f"{HOME}/card-handovers?q=张三")

    def test_two_different_pins_open_a_new_keypad(
        self, admin: Pages, desk: Desk, somebody: Holder, session: Any
    ) -> None:
        card = f"{HOME}/cards/{desk.hand(somebody).card_id}"
        session.commit()
        pad = admin.post(f"{card}/pin", on=card).text
        keypad_id = hidden(pad, "keypad_id")
        answer = admin.post(
            f"{card}/pin/choice", on=card, keypad_id=keypad_id, presses="0,1,2,3,4,5",
            presses_again="0,1,2,3,4",
        )  # fmt: skip
        assert answer.status_code == 422
        assert hidden(answer.text, "keypad_id") != keypad_id
        assert state(desk, card) == "handed"

    def test_who_is_no_proxy_takes_no_card_and_what_was_typed_stays(
        self, admin: Pages, desk: Desk, somebody: Holder, session: Any
    ) -> None:
        stranger = desk.world.holder()
        session.commit()
        form = f"{HOME}/hand-over?member_id={somebody.member_id}"
        answer = admin.post(
            f"{HOME}/hand-over", on=form, card=desk.numbers[0],
            member_id=str(somebody.member_id), received_by_id=str(stranger.member_id),
        )  # fmt: skip
        assert answer.status_code == 422
        assert f'value="{desk.numbers[0]}"' in answer.text
        assert 'id="received_by_id-more"' in answer.text

    def test_a_granted_proxy_takes_it(
        self, admin: Pages, desk: Desk, somebody: Holder, session: Any
    ) -> None:
        daughter = desk.world.relative_of(somebody)
        proxies.grant(
            actor=somebody.actor, now=NOW, community_id=desk.community_id,
            proxy_id=daughter.member_id,
        )  # fmt: skip
        session.commit()
        form = f"{HOME}/hand-over?member_id={somebody.member_id}"
        assert "代办人" in admin.page(form)
        sent_to(
            admin.post(
                f"{HOME}/hand-over", on=form, card=desk.numbers[0],
                member_id=str(somebody.member_id), received_by_id=str(daughter.member_id),
            )
        )  # fmt: skip
        assert "代领" in admin.page(f"{HOME}/card-handovers")

    def test_the_book_is_a_workbook(self, admin: Pages, card: str) -> None:
        answer = admin.get(f"{HOME}/card-handovers.xlsx")
        assert answer.status_code == 200
        assert answer.data.startswith(b"PK")


class TestOneCard:
    def test_a_scanned_card_opens_and_a_number_is_found(
        self, admin: Pages, desk: Desk, card: str
    ) -> None:
        found = admin.page(f"{HOME}/cards?q=张三")
        assert card in found
        card_id = uuid.UUID(card.rsplit("/", 1)[1])
        number = card_lists.one(desk.community_id, card_id).number
        assert card in admin.page(f"{HOME}/cards?q={number}")

        def found_by(q: str) -> str:
            return sent_to(admin.post(f"{HOME}/cards/search", on=f"{HOME}/cards", q=q))

        code = tokens.payload(
            public_base_url="https://linli.example", community_code="xf",
            token=tokens.token_of(card_id),
        )  # fmt: skip
        assert found_by(code) == card
        assert number in found_by(number)

    def test_lost_by_telephone_found_again(self, admin: Pages, desk: Desk, card: str) -> None:
        sent_to(admin.post(f"{card}/loss", on=card, by_phone="1"))
        page = admin.page(card)
        assert "电话" in text_of(page)
        sent_to(admin.post(f"{card}/found", on=card, version=hidden(page, "version"), why=""))
        assert state(desk, card) == "handed"

    def test_blocked_unblocked_reset_closed(self, admin: Pages, desk: Desk, card: str) -> None:
        def act(name: str, **fields: str) -> str:
            version = hidden(admin.page(card), "version")
            sent_to(admin.post(f"{card}/{name}", on=card, version=version, **fields))
            return state(desk, card)

        assert act("block") == "blocked"
        assert act("unblocking") == "active"
        assert act("pin-reset", why="看了身份证") == "handed"
        assert act("closing", why="不用了") == "closed"
        assert "看了身份证" in admin.page(card)

    def test_a_missing_reason_opens_its_form_again(
        self, admin: Pages, desk: Desk, card: str
    ) -> None:
        version = hidden(admin.page(card), "version")
        answer = admin.post(f"{card}/closing", on=card, version=version, why="", act="close")
        assert answer.status_code == 422
        assert 'id="why-close-more"' in answer.text
        assert 'id="why-reset_pin-more"' not in answer.text
        assert state(desk, card) == "active"

    def test_an_old_page_changes_nothing(self, admin: Pages, desk: Desk, card: str) -> None:
        answer = admin.post(f"{card}/closing", on=card, version="99", why="不用了")
        assert answer.status_code == 409
        assert state(desk, card) == "active"

    def test_replaced_the_old_one_is_dead(self, admin: Pages, desk: Desk, card: str) -> None:
        form = f"{card}/replacement"
        version = hidden(admin.page(form), "version")
        new = sent_to(
            admin.post(form, on=form, version=version, card=desk.numbers[0], why="磨花了")
        )
        assert state(desk, card) == "replaced"
        assert state(desk, new.split("?")[0]) == "handed"

    def test_nobody_works_on_a_card_of_their_own_household(
        self, staff: Staff, desk: Desk, card: str, somebody: Holder, session: Any
    ) -> None:
        relative = desk.world.relative_of(somebody)
        session.commit()
        home = staff.browser("grid_worker", relative.actor)
        version = hidden(home.page(card), "version")
        answer = home.post(f"{card}/closing", on=card, version=version, why="不用了")
        assert answer.status_code == 403
        assert state(desk, card) == "active"

    def test_the_holder_has_no_part_in_the_office(
        self, mine: Pages, card: str, session: Any
    ) -> None:
        assert mine.get(card).status_code == 403
        assert mine.post(f"{card}/loss", on="/enter").status_code == 403

    def test_a_form_from_elsewhere_does_nothing(self, admin: Pages, desk: Desk, card: str) -> None:
        assert admin.send("POST", f"{card}/loss").status_code == 400
        assert state(desk, card) == "active"


def test_whom_to_call_is_ticked_off(
    admin: Pages, desk: Desk, card: str, somebody: Holder, session: Any
) -> None:
    notices.add(
        community_id=desk.community_id, message_id=uuid.uuid4(),
        card_id=uuid.UUID(card.rsplit("/", 1)[1]), member_id=somebody.member_id,
        news=CardNews.LOST, redemption_id=None, at=NOW,
    )  # fmt: skip
    session.commit()
    assert "要打电话 1 个" in text_of(admin.page(HOME))
    page = admin.page(f"{HOME}/card-notices")
    call = re.search(r'action="([^"]+/call)"', page)
    assert call is not None
    sent_to(admin.post(call[1], on=f"{HOME}/card-notices"))
    assert "要打电话" not in text_of(admin.page(HOME)).replace("要打的电话", "")
    assert admin.post(call[1]).status_code == 409
    assert "打过" in admin.page(f"{HOME}/card-notices?show=called")


def test_a_found_card_says_where_it_belongs_and_nothing_else(
    app: Flask, desk: Desk, card: str
) -> None:
    anybody = Pages(app.test_client())
    # The links that change size and language carry the address itself.
    shown = {anybody.page(f"/k/yjyx/{token}").replace(token, "") for token in ("a" * 22, "nothing")}
    assert len(shown) == 1
    page = shown.pop()
    assert "0350-555 0101" in page
    assert "张三" not in page
    assert anybody.get("/k/nowhere/abc").status_code == 404


def test_granted_roles_lead_to_the_office(
    staff: Staff, shop_world: AllianceWorld, somebody: Holder
) -> None:
    worker = staff.browser("grid_worker")
    assert worker.get("/sign-in").location.endswith("/office")
    assert worker.get("/office").location.endswith(HOME)
    assert "窗口代写" in worker.page(HOME)
    assert "复核退回" not in worker.page(HOME)
    granted(shop_world, somebody.actor, "grid_worker")
    both = Pages(staff.app.test_client(), somebody.actor)
    assert f'href="{HOME}"' in both.page("/me?account=1")
