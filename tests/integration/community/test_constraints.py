"""Every constraint of people and places is broken once: the database refuses by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError

from community.models import Consent, HouseholdChild, ProxyGrant, ProxyRevocation
from kernel import tenancy
from kernel.database import db
from kernel.ids import new_id
from tests.integration.community.world import JOINED, NOW, World

BEFORE = JOINED - dt.timedelta(days=1)

Break = Callable[[Any, World, World], Any]


def tenant(name: str, **given: Any) -> Break:
    """Make one row of the community with something wrong in it."""
    return lambda factories, world, _noise: getattr(factories, name)(
        community_id=world.community_id, **given
    )


def local(name: str, **given: Any) -> Break:
    return lambda factories, _world, _noise: getattr(factories, name)(**given)


def twice(name: str, **given: Any) -> Break:
    def make(factories: Any, world: World, _noise: World) -> None:
        member_id = world.add("张三").id
        for _ in range(2):
            getattr(factories, name)(community_id=world.community_id, member_id=member_id, **given)

    return make


def across(name: str, column: str) -> Break:
    """Point to a row of the other community."""

    def make(factories: Any, world: World, noise: World) -> None:
        targets = {
            "member_id": lambda: noise.add("外人").id,
            "grid_id": lambda: noise.grids[0].id,
            "household_id": lambda: noise.households[0].id,
        }
        getattr(factories, name)(community_id=world.community_id, **{column: targets[column]()})

    return make


def _written(row: Any) -> None:
    db.session.add(row)
    db.session.flush()


def _own_proxy(world: World) -> None:
    member_id = world.add("张三").id
    _written(
        ProxyGrant(
            community_id=world.community_id, grantor_id=member_id, proxy_id=member_id,
            granted_by=SOMEBODY, granted_at_utc=NOW,
        )
    )  # fmt: skip


def _revoked(world: World) -> None:
    found = db.session.scalar(tenancy.select(ProxyGrant, world.community_id))
    if found is None:
        found = ProxyGrant(
            community_id=world.community_id, id=new_id(), grantor_id=world.add("张三").id,
            proxy_id=world.add("李四").id, granted_by=SOMEBODY, granted_at_utc=NOW,
        )  # fmt: skip
        _written(found)
    _written(
        ProxyRevocation(
            community_id=world.community_id, proxy_grant_id=found.id, revoked_by=SOMEBODY,
            revoked_at_utc=NOW,
        )
    )  # fmt: skip


def _child(world: World, **given: Any) -> None:
    household_id = world.households[0].id
    _written(
        HouseholdChild(
            community_id=world.community_id, household_id=household_id, nickname="豆豆",
            guardian_id=world.add("张三", is_namesake=True).id, added_by=SOMEBODY,
            added_at_utc=NOW, **given,
        )
    )  # fmt: skip


SHOP = {"merchant_id": new_id(), "role": "merchant_clerk"}
SOMEBODY = new_id()

BROKEN: dict[str, Break] = {
    "district code twice": lambda f, _w, _n: [f.district(code="same") for _ in range(2)],
    "street code twice": lambda f, _w, _n: [f.street(code="same") for _ in range(2)],
    "community code twice": lambda f, _w, _n: [f.community(code="same") for _ in range(2)],
    "street of no district": local("street", district_id=SOMEBODY),
    "community of no street": local("community", street_id=SOMEBODY),
    "no working days": local("community", notice_working_days=0),
    "31 working days": local("community", notice_working_days=31),
    "grid number 0": tenant("grid", number=0),
    "grid number twice": tenant("grid", number=1),
    "household code twice": lambda f, w, _n: f.household(
        community_id=w.community_id, grid_id=w.grids[0].id, code="0101"
    ),
    "household in a grid elsewhere": across("household", "grid_id"),
    "left before joining": tenant("member", left_on=BEFORE),
    "left for no reason": tenant("member", left_on=JOINED + dt.timedelta(days=1)),
    "left for an unknown reason": tenant(
        "member", left_on=JOINED + dt.timedelta(days=1), left_reason="bored"
    ),
    "unknown balance of who leaves": local("community", leaving_balance="lost"),
    "no notice for who leaves": local("community", leaving_notice_days=0),
    "own proxy": lambda _f, w, _n: _own_proxy(w),
    "revoked twice": lambda _f, w, _n: [_revoked(w) for _ in range(2)],
    "nickname twice": lambda _f, w, _n: [_child(w) for _ in range(2)],
    "child ended by nobody": lambda _f, w, _n: _child(w, ended_at_utc=NOW),
    "senior since Qing": tenant("member", senior_from=1899),
    "public code twice": lambda f, w, _n: [
        f.member(community_id=w.community_id, public_code="W00001") for _ in range(2)
    ],
    "no kind": tenant("membership", kinds=[]),
    "membership ends before it begins": tenant("membership", valid_to=BEFORE),
    "two open memberships": twice("membership"),
    "membership of a stranger": across("membership", "member_id"),
    "membership in a grid elsewhere": across("membership", "grid_id"),
    "membership in a household elsewhere": across("membership", "household_id"),
    "tag twice on one day": twice("member_tag"),
    "tag ends before it begins": lambda f, w, _n: f.member_tag(
        community_id=w.community_id, member_id=w.add("张三").id, valid_to=BEFORE
    ),
    "tag of a stranger": across("member_tag", "member_id"),
    "no way to sign in": local("user_account", openid=None),
    "name without password": local("user_account", login_name="x"),
    "openid twice": lambda f, _w, _n: [f.user_account(openid="same") for _ in range(2)],
    "login name twice": lambda f, _w, _n: [
        f.user_account(login_name="same", password_hash="x") for _ in range(2)
    ],
    "session of nobody": local("sign_in_session", account_id=SOMEBODY),
    "session over before it begins": local("sign_in_session", expires_at_utc=NOW),
    "token twice": lambda f, _w, _n: [f.sign_in_session(token="same") for _ in range(2)],
    "half a counter": local("sign_in_session", counter_merchant_id=SOMEBODY),
    "ticket of no session": local("web_ticket", session_id=SOMEBODY),
    "ticket over before it begins": local("web_ticket", expires_at_utc=NOW),
    "ticket twice": lambda f, _w, _n: [f.web_ticket(token_hmac="same") for _ in range(2)],
    "grant to nobody": tenant("role_grant", account_id=SOMEBODY),
    "unknown role": tenant("role_grant", role="king"),
    "member as a grant": tenant("role_grant", role="member"),
    "grant ends before it begins": tenant("role_grant", granted_to=BEFORE),
    "grant ended by nobody": tenant("role_grant", ended_at_utc=NOW),
    "merchant role without merchant": tenant("role_grant", role="merchant_owner"),
    "merchant of another role": tenant("role_grant", role="panelist", merchant_id=SOMEBODY),
    "community role without community": local("role_grant", role="panelist"),
    "merchant role without community": local("role_grant", **SHOP),
    "grid of another role": tenant("role_grant", role="panelist", grid_id=SOMEBODY),
    "unknown way of binding": tenant("member_binding", way="guess"),
    "binding ended by nobody": tenant("member_binding", ended_at_utc=NOW),
    "member bound twice": twice("member_binding"),
    "account bound twice": lambda f, w, _n: [
        f.member_binding(community_id=w.community_id, account_id=SOMEBODY) for _ in range(2)
    ],
    "binding of a stranger": across("member_binding", "member_id"),
    "slip of a household elsewhere": across("household_slip", "household_id"),
    "slip used by nobody": tenant("household_slip", used_at_utc=NOW),
    "slip code twice": lambda f, w, _n: [
        f.household_slip(
            community_id=w.community_id, household_id=w.households[0].id, code_hmac="same"
        )
        for _ in range(2)
    ],
    "unknown state of a request": tenant("binding_request", state="maybe"),
    "request decided by nobody": tenant("binding_request", state="approved"),
    "request waiting and decided": tenant(
        "binding_request", decided_at_utc=NOW, decided_by=SOMEBODY
    ),
    "two requests waiting": lambda f, w, _n: [
        f.binding_request(community_id=w.community_id, account_id=SOMEBODY) for _ in range(2)
    ],
    "request for a stranger": across("binding_request", "member_id"),
    "erased twice": twice("member_erasure"),
    "erased by the wind": tenant("member_erasure", way="wind"),
    "asked for without a reason": tenant("member_erasure", way="request"),
    "erased elsewhere": across("member_erasure", "member_id"),
    "consent by pigeon": tenant("consent", channel="pigeon"),
    "consent to half a hash": tenant("consent", document_sha256="0" * 63),
    "consent of a stranger": across("consent", "member_id"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_the_database_refuses(world: World, noise: World, what: str) -> None:
    db.session.commit()
    with pytest.raises(IntegrityError):
        BROKEN[what](world.factories, world, noise)
    db.session.rollback()


def test_a_consent_is_never_changed_nor_removed(world: World) -> None:
    row = world.factories.consent(community_id=world.community_id)
    db.session.commit()
    statements = (
        tenancy.update(Consent, world.community_id).values(is_withdrawal=True),
        tenancy.delete(Consent, world.community_id),
    )
    for statement in statements:
        with pytest.raises(DBAPIError):
            db.session.execute(statement.where(Consent.id == row.id))
        db.session.rollback()
    assert db.session.query(Consent).count() == 1
