"""Signing in: throttled in the database, the failure kept although the caller gets an error."""

from __future__ import annotations

import datetime as dt
import threading
from contextlib import nullcontext
from functools import partial
from typing import Any

import pytest
from flask import Flask

from access_table import ROLES
from community import accounts, passwords, signing_in
from community.errors import AccountDisabled, CounterNotYours, SignInRefused
from community.models import SignInSession, UserAccount
from kernel import throttle
from kernel.access import Place, system_actor
from kernel.database import db
from kernel.errors import TooMany
from kernel.ids import new_id
from kernel.unit_of_work import run
from tests.integration.community.world import NOW, World
from wechat.client import WeChatIdentity
from wechat.errors import WeChatCodeInvalid, WeChatUnavailable

PASSWORD = "a-good-password"


@pytest.fixture
def account(world: World, session: Any) -> UserAccount:
    made = accounts.create(
        actor=system_actor(ROLES, "test"),
        now=NOW,
        place=Place(),
        login_name=" Wen.Admin ",
        password=PASSWORD,
        display_name="温建英",
    )
    session.commit()
    return made


def sign_in(name: str = "wen.admin", password: str = PASSWORD, **given: Any) -> Any:
    return signing_in.sign_in(
        login_name=name, password=password, now=given.pop("now", NOW), table=ROLES, **given
    )


def test_a_right_password_gives_a_token_that_is_not_stored(account: UserAccount) -> None:
    signed_in = sign_in("WEN.admin")
    assert signed_in.actor.account_id == account.id
    stored = db.session.query(SignInSession).one()
    assert len(signed_in.token) == 43
    assert signed_in.token not in str(vars(stored))
    assert account.password_hash is not None
    assert PASSWORD not in account.password_hash


def test_members_stay_signed_in_for_a_month_and_staff_for_half_a_day(
    world: World, account: UserAccount, session: Any
) -> None:
    assert sign_in().expires_at_utc == NOW + dt.timedelta(days=30)
    world.factories.role_grant(account_id=account.id, community_id=world.community_id)
    session.commit()
    assert sign_in().expires_at_utc == NOW + dt.timedelta(hours=12)


def test_unknown_names_and_wrong_passwords_look_and_work_the_same(
    account: UserAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[str | None] = []
    matches = passwords.matches

    def noted(password_hash: str | None, password: str) -> bool:
        verified.append(password_hash)
        return matches(password_hash, password)

    monkeypatch.setattr(passwords, "matches", noted)
    answers = []
    for name in ("wen.admin", "nobody.here"):
        with pytest.raises(SignInRefused) as refused:
            sign_in(name, "a-wrong-password")
        answers.append(refused.value.sentence("zh"))
    assert answers[0] == answers[1]
    assert len(verified) == 2, "an unknown name must cost one hash as well"


def test_guesses_are_counted_although_every_one_raises(account: UserAccount) -> None:
    for _ in range(signing_in.MOST_PER_NAME):
        with pytest.raises(SignInRefused):
            sign_in(password="a-wrong-password")
    with pytest.raises(TooMany) as refused:
        sign_in()
    assert 0 < refused.value.retry_after <= 15 * 60 + 1
    assert sign_in(now=NOW + signing_in.WINDOW).token


def test_a_success_forgets_the_failures_of_the_name(account: UserAccount) -> None:
    for _ in range(3):
        for _ in range(signing_in.MOST_PER_NAME - 1):
            with pytest.raises(SignInRefused):
                sign_in(password="a-wrong-password")
        assert sign_in().token


def test_an_address_is_throttled_whatever_names_it_tries(
    account: UserAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing_in, "MOST_PER_ADDRESS", 3)
    for number in range(3):
        with pytest.raises(SignInRefused):
            sign_in(f"name-{number}", address="203.0.113.7")
    with pytest.raises(TooMany):
        sign_in(address="203.0.113.7")
    assert sign_in(address="203.0.113.8").token


def test_successes_do_not_use_up_the_address(
    account: UserAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing_in, "MOST_PER_ADDRESS", 2)
    for _ in range(4):
        assert sign_in(address="203.0.113.7").token


def guessed_at_once(app: Flask) -> list[str]:
    """What eight wrong passwords are answered with that come at the same instant."""
    db.session.remove()
    outcomes: list[str] = []

    def guess() -> None:
        with app.app_context():
            try:
                sign_in(password="a-wrong-password")
            except (SignInRefused, TooMany) as error:
                outcomes.append(error.code)
            db.session.remove()

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def test_guesses_at_the_same_instant_cannot_pass_the_limit(
    app: Flask, account: UserAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "matches", lambda _hash, _password: False)
    monkeypatch.setattr(signing_in, "MOST_PER_NAME", 3)
    assert guessed_at_once(app) == ["sign_in_refused"] * 3 + ["too_many_requests"] * 5


def test_all_of_them_pass_where_guesses_are_counted_afterwards(
    app: Flask, account: UserAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: looked at before the password, counted only when it was wrong."""
    together = threading.Barrier(8)

    def look(attempts: Any, now: dt.datetime) -> None:
        for purpose, subject, most in attempts:
            throttle.check(purpose=purpose, subject=subject, most=most + 1, now=now)

    def wrong(_hash: Any, _password: str) -> bool:
        together.wait(10)
        count(purpose="sign_in_name", subject="wen.admin", window=signing_in.WINDOW, now=NOW)
        return False

    count = partial(run, throttle.note_failure)
    monkeypatch.setattr(passwords, "slot", nullcontext)
    monkeypatch.setattr(passwords, "matches", wrong)
    monkeypatch.setattr(signing_in, "MOST_PER_NAME", 3)
    monkeypatch.setattr(signing_in, "_count", look)
    assert guessed_at_once(app) == ["sign_in_refused"] * 8


def test_a_disabled_account_with_the_right_password_is_told_so(
    account: UserAccount, session: Any
) -> None:
    token = sign_in().token
    operator = system_actor(ROLES, "test")
    run(accounts.disable, actor=operator, now=NOW, account_id=account.id)
    with pytest.raises(AccountDisabled):
        sign_in()
    with pytest.raises(SignInRefused):
        sign_in(password="a-wrong-password")
    run(accounts.enable, actor=operator, account_id=account.id)
    with pytest.raises(Exception, match="session_ended"):
        signing_in.authenticate(token=token, now=NOW, table=ROLES)
    assert sign_in().token


def test_signing_out_here_and_everywhere(account: UserAccount) -> None:
    here, there = sign_in(), sign_in()
    run(signing_in.sign_out, actor=here.actor, now=NOW)
    with pytest.raises(Exception, match="session_ended"):
        signing_in.authenticate(token=here.token, now=NOW, table=ROLES)
    assert signing_in.authenticate(token=there.token, now=NOW, table=ROLES)
    run(signing_in.sign_out_everywhere, actor=there.actor, now=NOW)
    with pytest.raises(Exception, match="session_ended"):
        signing_in.authenticate(token=there.token, now=NOW, table=ROLES)


def test_a_new_password_ends_the_other_sessions(account: UserAccount) -> None:
    here, there = sign_in(), sign_in()
    run(
        accounts.change_password,
        actor=here.actor, now=NOW, password=PASSWORD, new_password="another-password",
    )  # fmt: skip
    assert signing_in.authenticate(token=here.token, now=NOW, table=ROLES)
    with pytest.raises(Exception, match="session_ended"):
        signing_in.authenticate(token=there.token, now=NOW, table=ROLES)
    with pytest.raises(SignInRefused):
        sign_in()
    assert sign_in(password="another-password").token


class TestCounter:
    """A clerk signs in to one shop of one community."""

    def _shop(self, world: World, account: UserAccount) -> Place:
        shop = Place(community_id=world.community_id, merchant_id=new_id())
        world.factories.role_grant(
            account_id=account.id,
            role="merchant_clerk",
            community_id=shop.community_id,
            merchant_id=shop.merchant_id,
        )
        db.session.commit()
        return shop

    def test_the_only_shop_is_chosen(self, world: World, account: UserAccount) -> None:
        shop = self._shop(world, account)
        assert sign_in().actor.counter == shop

    def test_one_of_two_must_be_named(self, world: World, account: UserAccount) -> None:
        shops = [self._shop(world, account) for _ in range(2)]
        assert sign_in().actor.counter is None
        assert sign_in(counter=shops[1]).actor.counter == shops[1]

    def test_another_shop_is_refused(self, world: World, account: UserAccount) -> None:
        self._shop(world, account)
        with pytest.raises(CounterNotYours):
            sign_in(counter=Place(community_id=world.community_id, merchant_id=new_id()))


class TestWeChat:
    """The exchange is handed in; its errors pass through."""

    def _sign_in(self, exchange: Any, **given: Any) -> Any:
        return signing_in.sign_in_wechat(
            js_code="code", exchange=exchange, now=NOW, table=ROLES, **given
        )

    def test_the_first_sign_in_makes_the_account_the_second_finds_it(self, session: Any) -> None:
        def exchange(_code: str) -> WeChatIdentity:
            return WeChatIdentity(openid="o-1", unionid=None)

        def with_union(_code: str) -> WeChatIdentity:
            return WeChatIdentity(openid="o-1", unionid="u-1")

        first, second = self._sign_in(exchange), self._sign_in(with_union)
        assert first.actor.account_id == second.actor.account_id
        assert first.expires_at_utc == NOW + dt.timedelta(days=30)
        assert db.session.query(UserAccount).one().unionid == "u-1"

    @pytest.mark.parametrize("error", [WeChatCodeInvalid, WeChatUnavailable])
    def test_what_wechat_refuses_makes_nothing(self, session: Any, error: type[Exception]) -> None:
        def exchange(_code: str) -> WeChatIdentity:
            raise error

        with pytest.raises(error):
            self._sign_in(exchange)
        assert db.session.query(UserAccount).count() == 0

    def test_nothing_is_locked_while_wechat_is_asked(self, session: Any) -> None:
        def exchange(_code: str) -> WeChatIdentity:
            assert not db.session().in_transaction()
            return WeChatIdentity(openid="o-1", unionid=None)

        assert self._sign_in(exchange, address="203.0.113.7").token

    def test_an_address_is_throttled(self, session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(signing_in, "MOST_PER_ADDRESS", 1)

        def exchange(_code: str) -> WeChatIdentity:
            raise WeChatCodeInvalid

        with pytest.raises(WeChatCodeInvalid):
            self._sign_in(exchange, address="203.0.113.7")
        with pytest.raises(TooMany):
            self._sign_in(exchange, address="203.0.113.7")
