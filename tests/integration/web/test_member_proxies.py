"""代办 on a member's phone: who may act for me, for whom I may act, granted and taken back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from community import proxies
from tests.integration.redemption.world import NOW, AllianceWorld, Holder
from tests.integration.web.office import sent_to, text_of
from tests.support.pages import Pages

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
PAGE = "/me/yjyx/proxies"


@pytest.fixture
def relative(shop_world: AllianceWorld, somebody: Holder, session: Any) -> Holder:
    """Somebody else of the household."""
    made = shop_world.relative_of(somebody)
    session.commit()
    return made


@pytest.fixture
def theirs(client: FlaskClient, relative: Holder) -> Pages:
    """The relative's browser."""
    return Pages(client.application.test_client(), relative.actor)


def taking_back(page: str) -> str:
    """The address of the first form that takes a grant back."""
    found = re.search(rf'action="({PAGE}/[^"]+/revocation)"', page)
    assert found is not None, page
    return found[1]


def test_granted_seen_by_both_and_taken_back(
    mine: Pages, theirs: Pages, somebody: Holder, relative: Holder, shop_world: AllianceWorld
) -> None:
    assert "还没有人替您办" in mine.page(PAGE)
    chosen = str(relative.member_id)
    after = sent_to(mine.post(PAGE, on=PAGE, proxy_id=chosen))
    page = mine.page(after)
    assert "现在就能替您办" in page
    assert f'value="{chosen}"' not in page, "who acts already is not asked again"
    assert proxies.may_act_for(relative.actor, shop_world.community_id, somebody.member_id)
    assert "您替谁办" in text_of(theirs.page(PAGE))
    gone = sent_to(mine.post(taking_back(page), on=PAGE))
    page = mine.page(gone)
    assert "已取消代办，马上生效。" in page
    assert "以前的" in page
    assert f'value="{chosen}"' in page
    assert not proxies.may_act_for(relative.actor, shop_world.community_id, somebody.member_id)


def test_the_proxy_may_give_it_up_and_once_only(
    mine: Pages, theirs: Pages, relative: Holder
) -> None:
    mine.post(PAGE, on=PAGE, proxy_id=str(relative.member_id))
    form = taking_back(theirs.page(PAGE))
    sent_to(theirs.post(form, on=PAGE))
    again = mine.post(form, on=PAGE)
    assert again.status_code == 409
    assert "这项代办已经取消了。" in again.text


@pytest.mark.parametrize(("chosen", "status", "words"), [
    ("", 422, "还没有选"), ("nonsense", 422, "还没有选"), ("stranger", 422, "同一户"),
    ("myself", 422, "同一户"), ("twice", 409, "已经是代办人了"),
])  # fmt: skip
def test_what_cannot_be_granted_says_why_at_the_choice(
    mine: Pages, somebody: Holder, relative: Holder, shop_world: AllianceWorld, session: Any,
    chosen: str, status: int, words: str,
) -> None:  # fmt: skip
    stranger = shop_world.holder()
    session.commit()
    if chosen == "twice":
        mine.post(PAGE, on=PAGE, proxy_id=str(relative.member_id))
    known = {"stranger": stranger, "myself": somebody, "twice": relative}
    proxy_id = str(known[chosen].member_id) if chosen in known else chosen
    answer = mine.post(PAGE, on=PAGE, proxy_id=proxy_id)
    assert answer.status_code == status
    assert words in answer.text
    assert stranger.member_id.hex not in answer.text.replace("-", "")


def test_who_lives_alone_is_told_the_other_ways(mine: Pages) -> None:
    page = text_of(mine.page(PAGE))
    assert "您家没有别的居民" in page
    assert "兑换卡" in page


def test_who_moved_out_counts_no_more(
    mine: Pages, somebody: Holder, relative: Holder, shop_world: AllianceWorld, session: Any
) -> None:
    from sqlalchemy import update

    from community.models import Membership

    mine.post(PAGE, on=PAGE, proxy_id=str(relative.member_id))
    session.execute(
        update(Membership).where(
            Membership.community_id == shop_world.community_id,
            Membership.member_id == relative.member_id,
        ).values(household_id=None)
    )  # fmt: skip
    session.commit()
    assert "不在一户了，现在不能代办" in mine.page(PAGE)


def test_statements_do_not_grow_with_the_household(
    mine: Pages, somebody: Holder, shop_world: AllianceWorld, session: Any, count_statements: Any
) -> None:
    counts = []
    mine.page(PAGE)
    for _ in range(2):
        other = shop_world.relative_of(somebody)
        proxies.grant(
            actor=somebody.actor, now=NOW, community_id=shop_world.community_id,
            proxy_id=other.member_id,
        )  # fmt: skip
        shop_world.relative_of(somebody)
        session.commit()
        with count_statements() as seen:
            mine.page(PAGE)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_another_households_grant_does_not_exist(
    client: FlaskClient, mine: Pages, relative: Holder, shop_world: AllianceWorld, session: Any
) -> None:
    mine.post(PAGE, on=PAGE, proxy_id=str(relative.member_id))
    form = taking_back(mine.page(PAGE))
    stranger = Pages(client.application.test_client(), shop_world.holder().actor)
    assert stranger.post(form).status_code in (403, 404)
    assert "以前的" not in mine.page(PAGE)
