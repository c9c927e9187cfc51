"""Guard-rails: issued by versions, inherited, the stricter winning; parents; who is outside."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from community import places
from kernel.access import Actor, Place
from kernel.database import db
from kernel.errors import Forbidden, LinliError, NotFound, StaleVersion
from points import rulebooks
from points.models import GuardRails, IssuedRulebook, RulebookState, RulebookVersion
from points.rulebook_life import errors, guarding, issuers, issuing, outside, readings
from points.rulebook_life.issuers import Issuer
from points.rules.findings import RulebookRefused
from tests.integration.points import world as texts
from tests.integration.points.rulebook_acts import adopt, consult, draft
from tests.integration.points.world import NOW, TODAY, World

DECEMBER = dt.date(2026, 12, 1)


def bodies(world: World) -> tuple[Issuer, Issuer]:
    """District, street."""
    return issuers.above(world.community_id)


def officer(world: World, level: str) -> Actor:
    place = world.place
    street_id = place.street_id if level == "street" else None
    own = Place(district_id=place.district_id, street_id=street_id)
    actor = world.actor(f"{level}_officer")
    return Actor(
        account_id=actor.account_id,
        grants=tuple(type(grant)(role=grant.role, place=own) for grant in actor.grants),
        table=actor.table,
    )


def rails(level: str = "district", *, version: int = 1, **asked: Any) -> str:
    document = {
        "format": "linli-guard-rails/1", "issuer": "某地", "level": level, "version": version,
        "effective_from": "2026-11-21", **asked,
    }  # fmt: skip
    return json.dumps(document, ensure_ascii=False)


def issue(world: World, level: str = "district", *, seen: int = 0, **asked: Any) -> GuardRails:
    district, street = bodies(world)
    return issuing.issue_guard_rails(
        actor=officer(world, level), now=NOW, issuer=district if level == "district" else street,
        version=seen, text=rails(level, version=seen + 1, **asked), reason="区里的要求",
    )  # fmt: skip


def found(world: World, row: RulebookVersion) -> list[str]:
    return [each.code for each in readings.of_row(row, TODAY).findings]


class TestIssuing:
    def test_versions_follow_each_other(self, world: World) -> None:
        first = issue(world, max_points={"bonus": 50})
        issue(world, seen=1, max_points={"bonus": 20})
        district, _ = bodies(world)
        listed = issuing.guard_rails_of(
            actor=officer(world, "district"), issuer=district, after=None, limit=9
        )
        assert [row.version for row in listed] == [2, 1]
        older = issuing.guard_rails_of(
            actor=officer(world, "district"), issuer=district, after=listed[0].id, limit=9
        )
        assert older == [first]
        inherited = guarding.of_community(world.community_id, TODAY)
        assert [row.version for row in inherited.documents] == [2]

    def test_the_one_in_force_is_the_newest_that_has_begun(self, world: World) -> None:
        issue(world, max_points={"bonus": 50})
        issue(world, seen=1, max_points={"bonus": 20}, effective_from="2026-12-01")
        for day, most in ((TODAY, 50), (DECEMBER, 20)):
            merged = guarding.of_community(world.community_id, day).merged
            assert merged.max_bonus is not None
            assert merged.max_bonus.value == most
        before = guarding.of_community(world.community_id, dt.date(2026, 11, 20))
        assert before.documents == []

    @pytest.mark.parametrize(
        ("seen", "asked", "error"),
        [
            (1, {}, StaleVersion),
            (0, {"level": "street"}, errors.GuardRailsIssuerWrong),
            (0, {"version": 2}, errors.GuardRailsIssuerWrong),
            (0, {"effective_from": "2026-11-20"}, errors.GuardRailsInPast),
            (0, {"max_points": {"bonus": 0}}, RulebookRefused),
            (0, {"format": "linli-guard-rails/2"}, RulebookRefused),
            (0, {"max_points": {"bonus": 1.25}}, RulebookRefused),
            (0, {"max_everything": 1}, RulebookRefused),
        ],
    )
    def test_what_cannot_be_is_refused(
        self, world: World, seen: int, asked: dict[str, Any], error: type[LinliError]
    ) -> None:
        document = {**json.loads(rails()), **asked}
        with pytest.raises(error):
            issuing.issue_guard_rails(
                actor=officer(world, "district"), now=NOW, issuer=bodies(world)[0], version=seen,
                text=json.dumps(document), reason="区里的要求",
            )  # fmt: skip

    @pytest.mark.parametrize(
        ("role", "level"),
        [("street", "district"), ("district", "street"), ("community_admin", "district")],
    )
    def test_each_level_speaks_for_itself(self, world: World, role: str, level: str) -> None:
        actor = world.admin if role == "community_admin" else officer(world, role)
        district, street = bodies(world)
        with pytest.raises((Forbidden, NotFound)):
            issuing.issue_guard_rails(
                actor=actor, now=NOW, issuer=district if level == "district" else street,
                version=0, text=rails(level), reason="越权",
            )  # fmt: skip

    def test_what_was_issued_never_changes(self, world: World) -> None:
        issue(world)
        db.session.commit()
        for act in ("UPDATE guard_rails SET version = 9", "DELETE FROM guard_rails"):
            with pytest.raises(DBAPIError):
                db.session.execute(sa.text(act))
            db.session.rollback()

    @pytest.mark.parametrize(
        "wrong",
        [
            {"version": 1},
            {"version": 0},
            {"level": "county"},
            {"level": "street"},
            {"sha256": "0"},
        ],
        ids=lambda wrong: next(iter(wrong)),
    )
    @pytest.mark.parametrize("model", [GuardRails, IssuedRulebook])
    def test_the_database_refuses_too(
        self, world: World, model: type[Any], wrong: dict[str, Any]
    ) -> None:
        district, _ = bodies(world)
        given = {
            "level": "district", "issuer_id": district.id, "district_id": district.id,
            "version": 2, "document": "{}", "sha256": "0" * 64, "actor_id": district.id,
            "at_utc": NOW,
        }  # fmt: skip
        own = (
            {"effective_from": TODAY, "reason": "要求"}
            if model is GuardRails
            else {"code": "parent", "title": "上级细则"}
        )
        db.session.add(model(**{**given, **own, "version": 1}))
        db.session.flush()
        db.session.add(model(**{**given, **own, **wrong}))
        with pytest.raises(IntegrityError):
            db.session.flush()


class TestInherited:
    def test_the_stricter_wins_and_is_named(self, world: World) -> None:
        issue(world, max_points={"bonus": 3})
        issue(world, "street", max_points={"bonus": 1.5})
        row = draft(world, items=texts.items("CAP", "FREE"))
        reading = readings.of_row(row, TODAY)
        (refusal,) = [each for each in reading.findings if each.where.startswith("items[CAP]")]
        assert refusal.code == "guard_rail_max_points"
        assert "街道" in refusal.zh
        assert not [each for each in reading.findings if each.where.startswith("items[FREE]")]

    def test_a_rulebook_outside_is_neither_laid_open_nor_adopted(self, world: World) -> None:
        issue(world, max_points={"bonus": 1})
        row = draft(world, items=texts.items("CAP"))
        for act in (consult, adopt):
            with pytest.raises(RulebookRefused):
                act(world, row)
        assert row.state == RulebookState.DRAFT

    def test_what_begins_later_does_not_bind_before(self, world: World) -> None:
        issue(world, max_points={"bonus": 1}, effective_from="2027-01-01")
        adopt(world, draft(world, items=texts.items("CAP")))
        issue(world, seen=1, max_points={"bonus": 1}, effective_from="2027-02-01")
        later = draft(world, version=3, items=texts.items("CAP"))
        with pytest.raises(RulebookRefused):
            adopt(world, later, effective_from=dt.date(2027, 2, 1))

    def test_another_districts_rules_are_not_inherited(
        self, world: World, bare_world: World
    ) -> None:
        issue(world, max_points={"bonus": 1})
        assert guarding.of_community(bare_world.community_id, TODAY).documents == []

    def test_own_items_are_counted(self, world: World) -> None:
        issue(world, own_items={"bonus": 1})
        row = draft(world, items=texts.items("CAP", "FREE", "BAD"))
        assert readings.of_row(row, TODAY).own_items == {"bonus": 2, "deduction": 1, "record": 0}
        assert "guard_rail_own_items" in found(world, row)


class TestOutside:
    def test_an_adopted_rulebook_stays_in_force_and_is_named(self, world: World) -> None:
        assert outside.of_community(world.community_id, TODAY) == []
        issue(world, max_points={"bonus": 3})
        (own,) = outside.of_community(world.community_id, TODAY)
        assert (own.rulebook_code, own.version) == ("test-book", 1)
        assert {each.where for each in own.findings} >= {"items[RANGE].award"}
        in_force = rulebooks.in_force(world.community_id, TODAY)
        assert in_force.version.state == RulebookState.ADOPTED
        assert world.record(world.member(), "CAP").lines[0].posted == 2

    @pytest.mark.parametrize("level", ["district", "street"])
    def test_officers_see_the_communities_below_them(self, world: World, level: str) -> None:
        issue(world, max_points={"bonus": 3})
        district, street = bodies(world)
        issuer = district if level == "district" else street
        asked = {"actor": officer(world, level), "issuer": issuer, "today": TODAY}
        (named,) = outside.below(**asked)
        assert named.community_code == "yijuyuan"
        assert outside.below(**asked, q="没有的社区") == []
        assert outside.below(**asked, after=named.id) == []

    def test_a_new_version_within_them_takes_it_off_the_list(self, world: World) -> None:
        issue(world, max_points={"bonus": 3})
        adopt(world, draft(world, items=texts.items("CAP")))
        assert outside.of_community(world.community_id, TODAY) == []


class TestParents:
    def parent_text(self, **changes: Any) -> str:
        return texts.text(code="parent", items=texts.items("CAP", "BAD"), **changes)

    def child(self, world: World, pin: dict[str, Any] | None = None) -> RulebookVersion:
        pinned = pin or {"code": "parent", "version": 1}
        return draft(world, items=texts.items("FREE"), extends=pinned, base=[])

    def issue_parent(self, world: World, level: str = "district", **changes: Any) -> None:
        district, street = bodies(world)
        issuing.issue_rulebook(
            actor=officer(world, level), now=NOW, text=self.parent_text(**changes),
            issuer=district if level == "district" else street,
        )  # fmt: skip

    def test_a_missing_parent_is_refused_by_name(self, world: World) -> None:
        row = self.child(world)
        (finding,) = readings.of_row(row, TODAY).findings
        assert (finding.code, finding.where) == ("parent_missing", "extends")
        assert "parent" in finding.zh
        with pytest.raises(RulebookRefused):
            adopt(world, row)

    def test_a_district_parent_is_joined_and_pinned(self, world: World) -> None:
        self.issue_parent(world)
        row = self.child(world)
        assert found(world, row) == []
        adopt(world, row)
        assert json.loads(row.document)["extends"] == {"code": "parent", "version": 1}
        assert [item["code"] for item in json.loads(row.document)["items"]] == ["FREE"]
        assert row.parent_sha256 == db.session.scalar(sa.select(IssuedRulebook.sha256))
        in_force = rulebooks.in_force(world.community_id, DECEMBER)
        assert set(in_force.compiled.by_code) == {"CAP", "BAD", "FREE"}
        assert set(in_force.item_ids) == {"CAP", "BAD", "FREE", "monthly-base"}

    def test_the_street_is_nearer_than_the_district(self, world: World) -> None:
        self.issue_parent(world)
        self.issue_parent(world, "street", title="街道细则")
        adopt(world, row := self.child(world))
        street = sa.select(IssuedRulebook.sha256).where(IssuedRulebook.level == "street")
        assert row.parent_sha256 == db.session.scalar(street)

    def test_the_communitys_own_adopted_rulebook_is_a_parent(self, world: World) -> None:
        row = draft(
            world, version=1, code="addon", items=[{**texts.items("FREE")[0], "code": "EXTRA"}],
            extends={"code": "test-book", "version": 1}, base=[],
        )  # fmt: skip
        assert found(world, row) == []
        said = readings.of_row(row, TODAY).sentences
        assert [each.code for each in said][-1] == "EXTRA"
        assert len(said) == len(texts.items()) + 1

    def test_a_parent_never_changes_under_its_version(self, world: World) -> None:
        self.issue_parent(world)
        with pytest.raises(errors.ParentCodeTaken):
            self.issue_parent(world, title="改一改")
        district, _ = bodies(world)
        rows = issuing.rulebooks_of(
            actor=officer(world, "district"), issuer=district, q="parent", after=None, limit=9
        )
        assert [row.title for row in rows] == ["测试细则"]
        assert issuing.rulebooks_of(
            actor=officer(world, "district"), issuer=district, q="没有", after=None, limit=9
        ) == []  # fmt: skip

    def test_codes_may_not_repeat_and_errors_are_not_issued(self, world: World) -> None:
        self.issue_parent(world)
        row = draft(
            world, items=texts.items("CAP"), extends={"code": "parent", "version": 1}, base=[]
        )
        assert found(world, row) == ["duplicate_code"]
        with pytest.raises(RulebookRefused):
            self.issue_parent(world, version=2, score={"over": "何时"})

    def test_only_officers_issue(self, world: World) -> None:
        with pytest.raises((Forbidden, NotFound)):
            issuing.issue_rulebook(
                actor=world.admin, now=NOW, issuer=bodies(world)[0], text=self.parent_text()
            )


def test_of_level_knows_districts_and_streets_only(world: World) -> None:
    place = places.place_of(world.community_id)
    assert place.street_id is not None
    assert issuers.of_level("street", place.street_id).name == "街道"
    for level, own_id in (("county", place.street_id), ("district", place.street_id)):
        with pytest.raises(NotFound):
            issuers.of_level(level, own_id)
