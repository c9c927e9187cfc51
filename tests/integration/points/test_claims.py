"""The life of a claim: sent, checked, decided; who may, what is like it, what it becomes."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from community.models import Grid, Membership, RoleGrant, UserAccount
from kernel import personal_text, tenancy
from kernel.database import db
from kernel.errors import Conflict, Forbidden, Invalid, NotFound, StaleVersion
from kernel.ids import new_id
from points import facts, months
from points.claims import alike, erasing, lists, submitting, views
from points.claims import errors as claim_errors
from points.claims.asking import Claimed
from points.claims.lists import ClaimFilter
from points.claims.photos import PhotoGiven
from points.errors import (
    ApproverNotAllowed,
    EvidenceMissing,
    ItemNotInForce,
    NoOpenMonth,
    OccurredInFuture,
    OwnHousehold,
    QuantityOutOfRange,
    TooLate,
)
from points.models import Claim, ClaimAct, ClaimState, Entry, Fact, FactEvidence, MonthState
from tests.integration.points.claim_world import PER_DAY, ClaimWorld
from tests.integration.points.world import NOW, TODAY, World, empty_world, ready_world


@pytest.fixture
def claims(world: World, tmp_path: Path) -> ClaimWorld:
    return ClaimWorld(world, tmp_path / "files")


def entries(claims: ClaimWorld) -> list[Decimal]:
    rows = db.session.scalars(tenancy.select(Entry, claims.community_id).order_by(Entry.id))
    return [entry.points for entry in rows]


class TestLife:
    def test_an_accepted_claim_is_a_fact_with_its_photos(self, claims: ClaimWorld) -> None:
        sent = claims.submit(photo_ids=[claims.upload(), claims.upload()])
        assert (sent.state, sent.version, sent.photos) == (ClaimState.SUBMITTED, 1, 2)
        checked = claims.check(sent)
        accepted = claims.accept(checked)
        assert accepted.state == ClaimState.ACCEPTED
        assert accepted.fact_id is not None
        assert entries(claims) == [Decimal(2)]
        fact = tenancy.get(Fact, claims.community_id, accepted.fact_id)
        assert (fact.recorded_by, fact.recorder_role) == (claims.me.account_id, "member")
        assert (fact.member_id, fact.is_approved) == (claims.member_id, True)
        evidence = db.session.scalars(
            tenancy.select(FactEvidence, claims.community_id).where(FactEvidence.fact_id == fact.id)
        ).all()
        assert sorted(each.kind for each in evidence) == [
            "committee_confirmation", "photo", "photo", "recorder_confirmation",
        ]  # fmt: skip

    def test_every_step_is_told_with_who_and_why(self, claims: ClaimWorld) -> None:
        sent = claims.submit()
        claims.decline(claims.check(sent, note="看过了"))
        acts = db.session.scalars(
            tenancy.select(ClaimAct, claims.community_id).order_by(ClaimAct.version)
        ).all()
        assert [(act.act, act.actor_role, act.version) for act in acts] == [
            ("submitted", "member", 1), ("checked", "grid_worker", 2), ("declined", "panelist", 3),
        ]  # fmt: skip
        seen = views.detail(
            actor=claims.me, now=NOW, community_id=claims.community_id, claim_id=sent.id
        )
        assert [act.reason for act in seen.acts] == [None, "看过了", "照片里看不出"]
        assert [act.actor_id for act in seen.acts] == [None] * 3, "who it was is not the claimant's"
        assert entries(claims) == []

    def test_one_person_may_check_and_decide_where_one_approval_is_asked(
        self, claims: ClaimWorld
    ) -> None:
        checked = claims.check(claims.submit(), claims.world.panelist)
        assert claims.accept(checked).state == ClaimState.ACCEPTED

    def test_two_approvers_are_two_people(self, claims: ClaimWorld) -> None:
        checked = claims.check(claims.submit("TWO"), claims.world.panelist)
        with pytest.raises(claim_errors.SecondPersonNeeded):
            claims.accept(checked, claims.world.panelist)
        with pytest.raises(ApproverNotAllowed):
            claims.accept(checked, claims.world.recorder)
        accepted = claims.accept(checked, claims.world.other_panelist)
        assert accepted.state == ClaimState.ACCEPTED
        assert entries(claims) == [Decimal(4)]

    def test_three_approvers_are_counted_one_by_one(
        self, bare_world: World, tmp_path: Path
    ) -> None:
        item = {"code": "THREE", "name": "三人", "subject": "environment", "kind": "bonus",
                "award": {"type": "fixed", "points": 6},
                "recording": {"approval": {"by": "panelist", "count": 3}}}  # fmt: skip
        bare_world.adopt(items=[item])
        bare_world.open_month()
        claims = ClaimWorld(bare_world, tmp_path)
        checked = claims.check(claims.submit("THREE"))
        approved = claims.accept(checked, bare_world.panelist)
        assert (approved.state, approved.version) == (ClaimState.CHECKED, 3)
        assert entries(claims) == []
        with pytest.raises(claim_errors.SecondPersonNeeded):
            claims.accept(approved, bare_world.panelist)
        assert claims.accept(approved, bare_world.other_panelist).state == ClaimState.ACCEPTED
        assert entries(claims) == [Decimal(6)]

    def test_an_item_without_approval_is_still_checked_and_decided_by_others(
        self, claims: ClaimWorld
    ) -> None:
        sent = claims.submit("FREE")
        assert entries(claims) == []
        accepted = claims.accept(claims.check(sent), claims.world.recorder)
        assert accepted.state == ClaimState.ACCEPTED
        assert entries(claims) == [Decimal("1.5")]

    def test_withdrawn_until_decided_and_the_photos_go(self, claims: ClaimWorld) -> None:
        sent = claims.submit()
        assert claims.withdraw(sent).state == ClaimState.WITHDRAWN
        seen = views.detail(
            actor=claims.me, now=NOW, community_id=claims.community_id, claim_id=sent.id
        )
        assert [photo.is_shown for photo in seen.photos] == [False]
        with pytest.raises(claim_errors.IllegalClaimStep):
            claims.check(sent)
        checked = claims.check(claims.submit())
        assert claims.withdraw(checked).state == ClaimState.WITHDRAWN
        decided = claims.accept(claims.check(claims.submit()))
        with pytest.raises(claim_errors.IllegalClaimStep):
            claims.withdraw(decided)

    def test_nothing_is_decided_unchecked_or_twice(self, claims: ClaimWorld) -> None:
        sent = claims.submit()
        with pytest.raises(claim_errors.IllegalClaimStep):
            claims.accept(sent)
        checked = claims.check(sent)
        with pytest.raises(claim_errors.IllegalClaimStep):
            claims.check(checked, claims.world.panelist)
        declined = claims.decline(checked)
        for step in (claims.accept, claims.decline, claims.withdraw):
            with pytest.raises(claim_errors.IllegalClaimStep):
                step(declined)

    def test_a_stale_version_is_refused(self, claims: ClaimWorld) -> None:
        sent = claims.submit()
        claims.check(sent)
        for step in (claims.decline, claims.accept, claims.withdraw):
            with pytest.raises(StaleVersion):
                step(sent)

    def test_declining_needs_a_reason(self, claims: ClaimWorld) -> None:
        with pytest.raises(claim_errors.DeclineWhyMissing):
            claims.decline(claims.submit(), reason="  ")

    def test_what_is_undecided_at_the_freeze_moves_to_the_next_open_month(
        self, claims: ClaimWorld
    ) -> None:
        day = dt.date(2026, 10, 30)
        sent = claims.submit(occurred_on=day)
        month = months.of(claims.community_id, "2026-10")
        months.step(
            community_id=claims.community_id, month="2026-10", to=MonthState.FROZEN,
            actor=claims.world.admin, now=NOW, version=month.version,
        )  # fmt: skip
        accepted = claims.accept(claims.check(sent))
        assert accepted.fact_id is not None
        fact = tenancy.get(Fact, claims.community_id, accepted.fact_id)
        assert (fact.month, fact.belongs_month) == ("2026-11", "2026-10")

    def test_the_deadline_counts_to_the_claim_and_not_to_the_decision(
        self, claims: ClaimWorld
    ) -> None:
        sent = claims.submit("SOON")
        much_later = NOW + dt.timedelta(days=8)
        checked = claims.check(sent, now=much_later)
        assert claims.accept(checked, now=much_later).state == ClaimState.ACCEPTED


class TestTheDoor:
    @pytest.mark.parametrize(
        ("values", "refusal"),
        [
            ({"item_code": "NONE"}, ItemNotInForce),
            ({"item_code": "BAD"}, claim_errors.NotOpenToClaims),
            ({"photo_ids": []}, EvidenceMissing),
            ({"text": " \n　"}, claim_errors.ClaimTextMissing),
            ({"occurred_on": TODAY + dt.timedelta(days=1)}, OccurredInFuture),
            ({"item_code": "SOON", "occurred_on": TODAY - dt.timedelta(days=4)}, TooLate),
            ({"quantity": Decimal(2)}, QuantityOutOfRange),
            ({"item_code": "HOURS", "quantity": Decimal(25)}, QuantityOutOfRange),
            ({"item_code": "FREE", "occurred_on": dt.date(2026, 9, 3)}, NoOpenMonth),
        ],
    )
    def test_what_does_not_come_in(
        self, claims: ClaimWorld, values: dict[str, Any], refusal: type[Exception]
    ) -> None:
        with pytest.raises(refusal):
            claims.submit(**{"item_code": "CLAIM", **values})
        db.session.rollback()

    def test_an_item_members_do_not_record_names_who_does(self, claims: ClaimWorld) -> None:
        with pytest.raises(claim_errors.NotOpenToClaims) as refused:
            claims.submit("BAD")
        assert refused.value.field == "item_code"
        assert "网格员" in refused.value.sentence("zh")
        assert "grid worker" in refused.value.sentence("en")

    def test_another_communitys_item_is_not_in_force_here(self, claims: ClaimWorld) -> None:
        elsewhere = empty_world("elsewhere")
        item = {"code": "ONLY-THERE", "name": "别处", "subject": "environment", "kind": "bonus",
                "award": {"type": "fixed", "points": 1}}  # fmt: skip
        elsewhere.adopt(items=[item])
        with pytest.raises(ItemNotInForce):
            claims.submit("ONLY-THERE")

    def test_a_member_claims_only_in_the_own_community(self, claims: ClaimWorld) -> None:
        other = ready_world("other")
        with pytest.raises(NotFound):
            submitting.submit(
                actor=claims.me, now=NOW, community_id=other.community_id, claims_per_day=5,
                claimed=Claimed(item_code="FREE", occurred_on=TODAY, text="别处"),
            )  # fmt: skip

    def test_an_account_that_is_no_member_claims_nothing(self, claims: ClaimWorld) -> None:
        with pytest.raises(NotFound):
            claims.submit("FREE", actor=claims.world.actor("member"), photo_ids=[])
        with pytest.raises(Forbidden):
            claims.submit("FREE", actor=claims.world.recorder, photo_ids=[])

    def test_photos_are_free_and_the_members_own(self, claims: ClaimWorld) -> None:
        mine = claims.upload()
        theirs = claims.upload(actor=claims.world.bound_actor("member", claims.world.member()))
        claims.submit(photo_ids=[mine])
        for ids in ([mine], [theirs], [new_id()]):
            with pytest.raises(claim_errors.PhotoUnknown):
                claims.submit(photo_ids=ids)
        with pytest.raises(claim_errors.PhotoTwice):
            claims.submit(photo_ids=[theirs, theirs])


class TestWhoMay:
    def test_nobody_checks_or_decides_for_oneself(self, claims: ClaimWorld) -> None:
        """A panelist who is a member, too, claims; the same account may not judge it."""
        both = claims.world.bound_actor("panelist", claims.world.member())
        claimant = claims.world.actor("member", member=both.members[claims.community_id])
        sent = claims.submit(actor=claimant)
        for step in (claims.check, claims.decline):
            with pytest.raises(claim_errors.OwnClaim):
                step(sent, both)
        checked = claims.check(sent)
        with pytest.raises(claim_errors.OwnClaim):
            claims.accept(checked, both)

    def test_nobody_checks_or_decides_for_the_own_household(self, claims: ClaimWorld) -> None:
        grid_worker, panelist = (
            claims.world.bound_actor(
                role, claims.world.member(household_id=claims.world.household_id)
            )
            for role in ("grid_worker", "panelist")
        )
        sent = claims.submit()
        with pytest.raises(OwnHousehold):
            claims.check(sent, grid_worker)
        checked = claims.check(sent)
        for step in (claims.accept, claims.decline):
            with pytest.raises(OwnHousehold):
                step(checked, panelist)

    def test_a_member_neither_checks_nor_decides(self, claims: ClaimWorld) -> None:
        other = claims.world.actor("member", member=claims.world.member())
        sent = claims.submit()
        for step in (claims.check, claims.accept, claims.decline):
            with pytest.raises(Forbidden):
                step(sent, other)
        with pytest.raises(NotFound):
            claims.withdraw(sent, other)

    def test_another_communitys_deciders_find_nothing(self, claims: ClaimWorld) -> None:
        other = ready_world("other")
        sent = claims.submit()
        for step in (claims.check, claims.accept, claims.decline):
            with pytest.raises(NotFound):
                step(sent, other.panelist)
        foreign = ClaimWorld(other, claims.folder)
        with pytest.raises(NotFound):
            foreign.check(sent)
        assert lists.search(actor=other.panelist, now=NOW, community_id=other.community_id) == []

    @pytest.mark.parametrize(
        ("role", "sees"),
        [
            ("grid_worker", True), ("panelist", True), ("community_admin", True),
            ("street_officer", True), ("supervisor", False), ("auditor", False),
            ("member", False), ("merchant_owner", False), ("merchant_clerk", False),
            ("district_officer", False), ("operator", False),
        ],
    )  # fmt: skip
    def test_who_reads_a_claim(self, claims: ClaimWorld, role: str, sees: bool) -> None:
        sent = claims.submit()
        actor = claims.world.actor(role)
        asked = {"community_id": claims.community_id, "claim_id": sent.id}
        if sees:
            assert views.detail(actor=actor, now=NOW, **asked).text == "清扫楼道"
        else:
            with pytest.raises(NotFound):
                views.detail(actor=actor, now=NOW, **asked)


class TestQuota:
    def test_five_a_day_and_five_more_tomorrow(self, claims: ClaimWorld) -> None:
        for _ in range(PER_DAY):
            claims.submit("FREE", photo_ids=[])
        with pytest.raises(claim_errors.ClaimQuotaReached) as refused:
            claims.submit("FREE", photo_ids=[])
        assert refused.value.extra == {"per_day": PER_DAY}
        claims.submit("FREE", photo_ids=[], now=NOW + dt.timedelta(days=1))

    def test_the_day_ends_at_midnight_in_shanghai(self, claims: ClaimWorld) -> None:
        before = dt.datetime(2026, 11, 21, 15, 59, tzinfo=dt.UTC)
        claims.submit("FREE", photo_ids=[], now=before, per_day=1)
        with pytest.raises(Conflict):
            claims.submit("FREE", photo_ids=[], now=before, per_day=1)
        claims.submit("FREE", photo_ids=[], now=before + dt.timedelta(minutes=1), per_day=1)

    def test_a_withdrawal_gives_nothing_back(self, claims: ClaimWorld) -> None:
        claims.withdraw(claims.submit("FREE", photo_ids=[], per_day=1))
        with pytest.raises(claim_errors.ClaimQuotaReached):
            claims.submit("FREE", photo_ids=[], per_day=1)

    def test_everybody_has_their_own(self, claims: ClaimWorld) -> None:
        other = claims.world.bound_actor("member", claims.world.member())
        claims.submit("FREE", photo_ids=[], per_day=1)
        claims.submit("FREE", photo_ids=[], per_day=1, actor=other)


class TestAlike:
    def test_the_same_item_and_day_of_the_same_people(self, claims: ClaimWorld) -> None:
        world = claims.world
        relative = world.member(name="张小", household_id=world.household_id)
        world.record(relative, "FREE")
        world.record(world.member(name="李四"), "FREE")
        world.record(claims.member_id, "FREE", occurred_on=TODAY - dt.timedelta(days=1))
        world.record(claims.member_id, "CAP")
        first = claims.submit("FREE", photo_ids=[])
        second = claims.submit("FREE", photo_ids=[])
        seen = views.detail(
            actor=world.panelist, now=NOW, community_id=claims.community_id, claim_id=second.id
        )
        assert [(each.kind, each.is_same_member, each.member_name) for each in seen.alike] == [
            (alike.AlikeKind.FACT, False, "张小"), (alike.AlikeKind.CLAIM, True, "张三"),
        ]  # fmt: skip
        assert seen.alike[1].id == first.id

    def test_a_claim_is_not_like_its_own_fact(self, claims: ClaimWorld) -> None:
        accepted = claims.accept(claims.check(claims.submit()))
        seen = views.detail(
            actor=claims.me, now=NOW, community_id=claims.community_id, claim_id=accepted.id
        )
        assert seen.alike == []

    def test_what_was_struck_or_withdrawn_is_not_shown(self, claims: ClaimWorld) -> None:
        claims.withdraw(claims.submit("FREE", photo_ids=[]))
        fact = claims.world.record(claims.member_id, "FREE")
        facts.strike(
            actor=claims.world.panelist, now=NOW, community_id=claims.community_id,
            fact_id=fact.id, version=fact.version, reason="记错了人",
        )  # fmt: skip
        assert self.preview(claims).alike == []

    def test_the_claimant_sees_it_before_sending(self, claims: ClaimWorld) -> None:
        claims.world.record(claims.member_id, "FREE")
        seen = self.preview(claims)
        assert [each.kind for each in seen.alike] == [alike.AlikeKind.FACT]
        assert seen.left_today == PER_DAY
        assert db.session.scalars(tenancy.select(Claim, claims.community_id)).all() == []

    @staticmethod
    def preview(claims: ClaimWorld, item_code: str = "FREE") -> submitting.Preview:
        return submitting.preview(
            actor=claims.me, now=NOW, community_id=claims.community_id, claims_per_day=PER_DAY,
            claimed=Claimed(item_code=item_code, occurred_on=TODAY, text="-"),
        )  # fmt: skip

    def test_the_forecast_is_what_is_left_under_the_limit(self, claims: ClaimWorld) -> None:
        assert self.preview(claims, "CAP").worth.points == Decimal(2)
        for _ in range(2):
            claims.world.record(claims.member_id, "CAP")
        seen = self.preview(claims, "CAP").worth
        assert (seen.points, seen.reason) == (Decimal(1), "partly_over_limit")
        assert "预计 1" in seen.sentence("zh")
        claims.world.record(claims.member_id, "CAP")
        assert self.preview(claims, "CAP").worth.points == 0

    def test_a_range_is_said_to_be_decided(self, claims: ClaimWorld) -> None:
        seen = self.preview(claims, "RANGE").worth
        assert (seen.points, seen.least, seen.most) == (None, Decimal(1), Decimal(20))
        assert "1 到 20" in seen.sentence("zh")

    def test_a_counter_is_called_by_its_name(self, bare_world: World, tmp_path: Path) -> None:
        counter = {"code": "C1", "name": "志愿时长", "unit": "hour"}
        item = {
            "code": "HELP", "name": "志愿服务", "subject": "environment", "kind": "bonus",
            "unit": "hour", "award": {"type": "fixed", "points": 1}, "feeds": "C1",
        }  # fmt: skip
        bare_world.adopt(items=[item], counters=[counter])
        bare_world.open_month()
        seen = self.preview(ClaimWorld(bare_world, tmp_path), "HELP").worth
        assert "志愿时长" in seen.rule_zh

    def test_what_is_only_recorded_is_said_so(self, bare_world: World, tmp_path: Path) -> None:
        item = {"code": "NOTE", "name": "好人好事", "subject": "environment", "kind": "record"}
        bare_world.adopt(items=[item])
        bare_world.open_month()
        claims = ClaimWorld(bare_world, tmp_path)
        seen = self.preview(claims, "NOTE").worth
        assert "只作记录" in seen.sentence("zh")
        assert "recorded only" in seen.sentence("en")
        accepted = claims.accept(claims.check(claims.submit("NOTE", photo_ids=[])))
        assert accepted.state == ClaimState.ACCEPTED
        assert entries(claims) == []


class TestLists:
    def test_mine_are_mine_newest_first_in_pages(self, claims: ClaimWorld) -> None:
        other = claims.world.bound_actor("member", claims.world.member())
        claims.submit("FREE", photo_ids=[], actor=other)
        sent = [claims.submit("FREE", photo_ids=[]).id for _ in range(3)]
        first = lists.mine(actor=claims.me, community_id=claims.community_id, limit=2)
        rest = lists.mine(
            actor=claims.me, community_id=claims.community_id, after=first[-1].id, limit=2
        )
        assert [each.id for each in (*first, *rest)] == sent[::-1]

    def test_deciders_see_the_oldest_first_by_state_grid_and_name(self, claims: ClaimWorld) -> None:
        one = claims.submit("FREE", photo_ids=[])
        two = claims.submit()
        claims.check(one)
        assert self.found(claims) == [one.id, two.id]
        assert self.found(claims, state=ClaimState.CHECKED) == [one.id]
        assert self.found(claims, item_code="CLAIM") == [two.id]
        assert self.found(claims, q="项目CL") == [two.id]
        assert self.found(claims, q="张") == [one.id, two.id]
        assert self.found(claims, q="%") == []
        assert self.found(claims, grid_id=claims.world.grid_id) == [one.id, two.id]
        assert self.found(claims, grid_id=new_id()) == []

    def test_counts_name_every_state(self, claims: ClaimWorld) -> None:
        claims.check(claims.submit("FREE", photo_ids=[]))
        claims.submit()
        counted = lists.counts(actor=claims.world.recorder, community_id=claims.community_id)
        assert counted == dict.fromkeys(ClaimState, 0) | {"submitted": 1, "checked": 1}
        named = lists.counts(
            actor=claims.world.recorder, community_id=claims.community_id,
            wanted=ClaimFilter(q="项目CL"),
        )  # fmt: skip
        assert named["checked"] == 0
        assert named["submitted"] == 1

    def test_a_grid_worker_sees_the_own_grid_first_in_every_page(self, claims: ClaimWorld) -> None:
        world = claims.world
        far = Grid(community_id=world.community_id, id=new_id(), name="二网格", number=2)
        db.session.add(far)
        db.session.flush()
        worker = world.actor("grid_worker")
        near = [claims.submit("FREE", photo_ids=[]).id for _ in range(2)]
        elsewhere = [self.from_grid(claims, far.id) for _ in range(2)]
        self.look_after(claims, worker.account_id, far.id)
        pages: list[uuid.UUID] = []
        after = None
        for _ in range(4):
            (row,) = lists.search(
                actor=worker, now=NOW, community_id=claims.community_id, after=after, limit=1
            )
            pages.append(row.id)
            after = row.id
        assert pages == [*elsewhere, *near]

    @staticmethod
    def from_grid(claims: ClaimWorld, grid_id: uuid.UUID) -> uuid.UUID:
        member_id = claims.world.member()
        db.session.execute(
            tenancy.update(Membership, claims.community_id)
            .where(Membership.member_id == member_id)
            .values(grid_id=grid_id)
        )
        actor = claims.world.bound_actor("member", member_id)
        return claims.submit("FREE", photo_ids=[], actor=actor).id

    @staticmethod
    def look_after(claims: ClaimWorld, account_id: uuid.UUID, grid_id: uuid.UUID) -> None:
        place = claims.world.place
        db.session.add(
            UserAccount(id=account_id, openid="o-worker", display_name="网", created_at_utc=NOW)
        )
        db.session.flush()
        db.session.add(
            RoleGrant(
                account_id=account_id, role="grid_worker", district_id=place.district_id,
                street_id=place.street_id, community_id=place.community_id, grid_id=grid_id,
                granted_from=dt.date(2026, 1, 1), granted_by=new_id(), granted_at_utc=NOW,
            )
        )  # fmt: skip
        db.session.flush()

    @staticmethod
    def found(claims: ClaimWorld, **wanted: Any) -> list[uuid.UUID]:
        rows = lists.search(
            actor=claims.world.panelist, now=NOW, community_id=claims.community_id,
            wanted=ClaimFilter(**wanted),
        )  # fmt: skip
        return [row.id for row in rows]

    def test_the_number_of_statements_does_not_grow(
        self, claims: ClaimWorld, count_statements: Callable[[], Any]
    ) -> None:
        def cost() -> tuple[int, int, int]:
            db.session.expire_all()
            asked = {"community_id": claims.community_id}
            with count_statements() as searched:
                lists.search(actor=claims.world.recorder, now=NOW, limit=100, **asked)
            with count_statements() as mine:
                lists.mine(actor=claims.me, limit=100, **asked)
            with count_statements() as counted:
                lists.counts(actor=claims.world.recorder, **asked)
            return len(searched), len(mine), len(counted)

        claims.submit()
        few = cost()
        for _ in range(6):
            claims.submit(per_day=100)
        assert cost() == few
        assert max(few) <= 4

    def test_the_detail_costs_the_same_with_more_photos_and_claims_alike(
        self, claims: ClaimWorld, count_statements: Callable[[], Any]
    ) -> None:
        def cost(claim_id: uuid.UUID) -> int:
            db.session.expire_all()
            with count_statements() as seen:
                views.detail(
                    actor=claims.world.panelist, now=NOW, community_id=claims.community_id,
                    claim_id=claim_id,
                )  # fmt: skip
            return len(seen)

        first = cost(claims.submit().id)
        for _ in range(3):
            last = claims.submit(photo_ids=[claims.upload() for _ in range(3)])
        assert cost(last.id) == first


class TestErasing:
    def test_words_and_pictures_go_and_the_points_stay(self, claims: ClaimWorld) -> None:
        sent = claims.submit()
        accepted = claims.accept(claims.check(sent, note="看过"))
        claims.submit(text="第二件")
        assert self.bodies(claims) != {None}
        erased = erasing.erase_of_member(
            community_id=claims.community_id, member_id=claims.member_id, now=NOW
        )
        assert erased == 2
        assert self.bodies(claims) == {None, "申报照片"}
        seen = views.detail(
            actor=claims.me, now=NOW, community_id=claims.community_id, claim_id=accepted.id
        )
        assert seen.text is None
        assert [photo.is_shown for photo in seen.photos] == [False]
        assert entries(claims) == [Decimal(2)]
        again = erasing.erase_of_member(
            community_id=claims.community_id, member_id=claims.member_id, now=NOW
        )
        assert again == 2

    @staticmethod
    def bodies(claims: ClaimWorld) -> set[str | None]:
        """Texts of the community; of a note that names a photo by its id only that it does."""
        rows = db.session.scalars(tenancy.select(personal_text.PersonalText, claims.community_id))
        return {row.body.split()[0] if row.body else None for row in rows}


def test_refusals_say_the_field_and_what_to_do() -> None:
    for value in vars(claim_errors).values():
        if isinstance(value, type) and issubclass(value, Conflict | Forbidden | Invalid):
            if value in (Conflict, Forbidden, Invalid):
                continue
            words = {"most": 5, "count": 2, "who_zh": "网格员", "who_en": "a grid worker"}
            error = value(state="checked", state_zh="待审核", act_zh="通过", **words)
            assert error.sentence("zh").endswith("。")
            assert error.sentence("en").endswith(".")


def test_a_photo_is_named_with_what_it_shows() -> None:
    assert PhotoGiven(photo_id=new_id()).kind == "photo"
