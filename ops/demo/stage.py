"""The stage of the demo: who may act, as whom, and which rows stand for which generated people."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from community import accounts, bindings, roles
from community.models import BindingWay, MemberBinding
from community.role_names import RoleName
from kernel import http
from kernel.access import Actor, Grant, Place
from kernel.database import db
from kernel.file_stores import FileStore
from ops.demo.alliance import DemoAlliance
from ops.demo.people import DemoPopulation
from ops.demo.places import DemoCommunity, DemoPlaces
from ops.demo.story_days import StoryDays
from wechat.sandbox import openid_of


@dataclass(frozen=True, kw_only=True)
class SeedSize:
    """How much is played. ``density``: share of the drawn facts and visits, by community code.

    A first start should take a minute: months that are sealed are played less densely.
    """

    members: int = 300
    density: Mapping[str, float] = field(default_factory=lambda: {"yjyx": 1.0})
    other_density: float = 0.2
    sealed_share: float = 0.32


@dataclass(kw_only=True)
class Stage:
    """What all scenes share.

    ``account_ids`` by login, ``merchant_ids`` by code, ``offer_ids`` by (community, shop, offer).
    """

    days: StoryDays
    now: dt.datetime
    size: SeedSize
    places: DemoPlaces
    alliance: DemoAlliance
    files: FileStore
    account_ids: dict[str, uuid.UUID] = field(default_factory=dict)
    merchant_ids: dict[str, uuid.UUID] = field(default_factory=dict)
    offer_ids: dict[tuple[str, str, str], uuid.UUID] = field(default_factory=dict)
    _actors: dict[tuple[str, Place | None], Actor] = field(default_factory=dict)

    def actor(self, login: str, *, counter: Place | None = None) -> Actor:
        """The login with the roles it was granted and the members it is bound to."""
        key = (login, counter)
        if key not in self._actors:
            self._actors[key] = actor_of(
                self.account_ids[login], on=self.days.today, counter=counter
            )
        return self._actors[key]

    def forget_actors(self) -> None:
        """Roles or bindings have changed: look them up again."""
        self._actors.clear()


@dataclass(kw_only=True)
class Neighbourhood:
    """One community on the stage; ``member_ids[i]`` is the row of ``population.people[i]``."""

    stage: Stage
    community: DemoCommunity
    community_id: uuid.UUID
    population: DemoPopulation
    rng: random.Random
    grid_ids: dict[int, uuid.UUID] = field(default_factory=dict)
    household_ids: dict[str, uuid.UUID] = field(default_factory=dict)
    member_ids: list[uuid.UUID] = field(default_factory=list)

    @property
    def code(self) -> str:
        return self.community.code

    def density(self, month: str) -> float:
        """Share of the month's drawn facts and visits that is played."""
        size = self.stage.size
        share = size.sealed_share if month in self.stage.days.sealed else 1.0
        return share * size.density.get(self.code, size.other_density)

    def staff(self, short_login: str) -> Actor:
        """The cast member ``<community>-<short_login>``."""
        return self.stage.actor(f"{self.code}-{short_login}")

    def stranger(self, logins: Iterable[str], index: int) -> Actor:
        """The first of these office holders who is neither the member nor of the household."""
        for login in logins:
            own = self.population.cast_person(login).index
            if not self.population.share_household(own, index):
                return self.staff(login)
        raise AssertionError(f"all of {logins} are concerned")

    def at_counter(self, merchant_code: str, *, word: str = "clerk") -> Actor:
        """The shop's clerk (or owner) at its counter in this community."""
        merchant_id = self.stage.merchant_ids[merchant_code]
        counter = Place(community_id=self.community_id, merchant_id=merchant_id)
        return self.stage.actor(f"{merchant_code}-{word}", counter=counter)

    def offer_id(self, merchant_code: str, offer_code: str) -> uuid.UUID:
        return self.stage.offer_ids[self.code, merchant_code, offer_code]

    def index_of(self, member_id: uuid.UUID) -> int:
        """The place in the population of a member."""
        return self.member_ids.index(member_id)

    def resident(self, index: int, now: dt.datetime) -> Actor:
        """The member's own account, bound by the administrator at the first use."""
        login = self.login_of(index)
        if login not in self.stage.account_ids:
            account = accounts.of_wechat(openid=openid_of(login), unionid=None, now=now)
            account.display_name = self.population.people[index].name
            self.stage.account_ids[login] = account.id
            self.bind(index, now)
        return self.stage.actor(login)

    def bind(self, index: int, now: dt.datetime) -> None:
        """Bind the account of the login to the member, as after a visit at the office."""
        bindings.bind(
            actor=self.staff("admin"),
            now=now,
            community_id=self.community_id,
            member_id=self.member_ids[index],
            account_id=self.stage.account_ids[self.login_of(index)],
            way=BindingWay.APPROVED,
        )

    def login_of(self, index: int) -> str:
        """The cast login, or ``<community>-<number>``, which is also the WeChat sandbox's name."""
        return f"{self.code}-{self.population.people[index].cast_login or f'{index:03d}'}"


def actor_of(account_id: uuid.UUID, *, on: dt.date, counter: Place | None = None) -> Actor:
    """The actor an account is after signing in, without a session: nobody waits at a keyboard."""
    bound = db.session.execute(
        select(MemberBinding.community_id, MemberBinding.member_id).where(
            MemberBinding.account_id == account_id, MemberBinding.ended_at_utc.is_(None)
        )
    )
    members = {row.community_id: row.member_id for row in bound}
    granted = [
        Grant(role=row.role, place=roles.place_of(row)) for row in roles.of_account(account_id, on)
    ]
    implied = [Grant(role=RoleName.MEMBER, place=Place(community_id=each)) for each in members]
    return Actor(
        account_id=account_id,
        grants=(*granted, *implied),
        table=http.hooks().roles,
        members=members,
        counter=counter,
    )
