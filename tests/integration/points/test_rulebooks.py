"""Drafting from text, adopting, superseding, and the version in force on a day."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from kernel.errors import Forbidden, LinliError, NotFound
from points import errors, rulebooks
from points.models import RulebookState, RulebookVersion
from points.rulebook_life import errors as life
from points.rulebook_life import steps
from points.rulebook_life.errors import DraftExists, HolderChanged
from points.rules.findings import RulebookRefused
from tests.integration.points import world as texts
from tests.integration.points.world import NOW, World

DECEMBER = dt.date(2026, 12, 1)


def draft(world: World, text: str | None = None, **changes: Any) -> RulebookVersion:
    return rulebooks.draft(
        actor=world.admin, now=NOW, community_id=world.community_id,
        text=texts.text(**changes) if text is None else text,
    )  # fmt: skip


def adopt(world: World, row: RulebookVersion, **values: Any) -> RulebookVersion:
    given = {
        "actor": world.admin, "version": row.version_seen, "meeting": "居民代表会议",
        "adopted_on": dt.date(2026, 11, 20), "effective_from": DECEMBER, **values,
    }  # fmt: skip
    return rulebooks.adopt(now=NOW, community_id=world.community_id, version_id=row.id, **given)


def found(refused: pytest.ExceptionInfo[RulebookRefused]) -> list[str]:
    return [finding.code for finding in refused.value.findings]


class TestDraft:
    def test_a_duplicate_json_key_is_named(self, world: World) -> None:
        text = texts.text().replace('"title"', '"title": "甲", "title"', 1)
        with pytest.raises(RulebookRefused) as refused:
            draft(world, text)
        assert found(refused) == ["duplicate_json_key"]

    def test_a_draft_with_errors_is_kept_but_not_adopted(self, world: World) -> None:
        item = {**texts.items("CAP")[0], "limits": [{"max_points": 1, "per": "month"}]}
        row = draft(world, version=2, items=[item])
        with pytest.raises(RulebookRefused) as refused:
            adopt(world, row)
        assert "limit_below_award" in found(refused)
        assert refused.value.extra["findings"]

    @pytest.mark.parametrize(
        ("changes", "where"),
        [
            ({"code": "有 空格"}, "code"),
            ({"version": 0}, "version"),
            ({"version": True}, "version"),
            ({"version": 10**9}, "version"),
            ({"title": ""}, "title"),
            ({"holder": "none"}, "holder"),
            ({"format": "linli-rulebook/9"}, "format"),
            ({"items": {}}, "items"),
            ({"items": ["CAP"]}, "items"),
            ({"items": [{"name": "没有编号"}]}, "items[1].code"),
            ({"items": texts.items("CAP") * 2}, "items[CAP]"),
        ],
    )
    def test_what_cannot_be_kept_as_a_draft_is_refused_with_its_place(
        self, world: World, changes: dict[str, Any], where: str
    ) -> None:
        with pytest.raises(RulebookRefused) as refused:
            draft(world, **{"version": 2, **changes})
        assert where in [finding.where for finding in refused.value.findings]

    def test_a_version_is_drafted_once(self, world: World) -> None:
        row = draft(world, version=2)
        with pytest.raises(DraftExists):
            draft(world, version=2)
        adopt(world, row)
        with pytest.raises(life.VersionTaken):
            draft(world, version=2)

    def test_a_code_stays_with_its_kind_of_holder(self, world: World) -> None:
        with pytest.raises(HolderChanged):
            draft(world, version=2, holder="household")

    def test_findings_are_told_without_keeping_anything(self, world: World) -> None:
        told = rulebooks.findings(
            actor=world.admin, community_id=world.community_id, now=NOW,
            text=texts.text(version=2, code="other", items=texts.items("CAP", "CAP") * 2),
        )  # fmt: skip
        assert [finding.code for finding in told] == ["duplicate_code"]
        assert len(self.listed(world)) == 1

    def test_members_do_not_see_drafts(self, world: World) -> None:
        row = draft(world, version=2)
        member = world.actor("member")
        assert row not in self.listed(world, actor=member)
        assert row in self.listed(world)
        with pytest.raises(Forbidden):
            rulebooks.version_of(actor=member, community_id=world.community_id, version_id=row.id)
        with pytest.raises(Forbidden):
            rulebooks.draft(
                actor=member, now=NOW, community_id=world.community_id, text=texts.text()
            )

    def listed(self, world: World, **values: Any) -> list[RulebookVersion]:
        given = {"actor": world.admin, **values}
        rows = rulebooks.listed(community_id=world.community_id, after=None, limit=20, **given)
        return [each.version for each in rows]


class TestAdopt:
    def test_the_former_version_ends_where_the_new_one_begins(self, world: World) -> None:
        former = rulebooks.in_force(world.community_id, texts.TODAY).version
        row = adopt(world, draft(world, version=2))
        assert (row.state, row.effective_from) == (RulebookState.ADOPTED, DECEMBER)
        assert (former.state, former.effective_to) == (RulebookState.SUPERSEDED, DECEMBER)
        before = rulebooks.in_force(world.community_id, dt.date(2026, 11, 30))
        since = rulebooks.in_force(world.community_id, DECEMBER)
        assert (before.version.id, since.version.id) == (former.id, row.id)
        assert since.compiled.effective_from == DECEMBER

    def test_the_first_adoption_of_a_community(self, bare_world: World) -> None:
        with pytest.raises(errors.RulebookMissing):
            rulebooks.in_force(bare_world.community_id, texts.TODAY)
        row = bare_world.adopt()
        in_force = rulebooks.public(bare_world.community_id, texts.TODAY)
        assert in_force.version.id == row.id
        assert set(in_force.item_ids) == {"monthly-base", *in_force.compiled.by_code}

    @pytest.mark.parametrize(
        ("values", "error"),
        [
            ({"effective_from": dt.date(2026, 12, 2)}, life.EffectiveNotFirstDay),
            ({"effective_from": dt.date(2026, 9, 1)}, life.EffectiveInPast),
            ({"effective_from": dt.date(9999, 1, 1)}, life.EffectiveTooFar),
            ({"adopted_on": dt.date(2026, 11, 22)}, life.AdoptedInFuture),
        ],
    )
    def test_dates_that_cannot_be_are_refused(
        self, world: World, values: dict[str, Any], error: type[LinliError]
    ) -> None:
        row = draft(world, version=2)
        with pytest.raises(error):
            adopt(world, row, **values)

    def test_the_oldest_open_month_is_early_enough(self, world: World) -> None:
        adopt(world, draft(world, version=2), effective_from=dt.date(2026, 10, 1))

    def test_what_was_judged_keeps_its_version(self, world: World) -> None:
        world.record(world.member(), "CAP")
        row = draft(world, version=2)
        with pytest.raises(life.FactsAlreadyRecorded):
            adopt(world, row, effective_from=dt.date(2026, 11, 1))
        adopt(world, row)

    def test_an_adopted_version_is_not_adopted_again(self, world: World) -> None:
        row = adopt(world, draft(world, version=2))
        with pytest.raises(life.RulebookNotDraft):
            adopt(world, row)

    def test_a_second_rulebook_for_the_same_holders_is_refused(self, world: World) -> None:
        row = draft(world, code="second-book")
        with pytest.raises(life.OtherRulebookInForce):
            adopt(world, row)

    def test_a_tag_nobody_knows_is_refused(self, world: World) -> None:
        items = texts.document()["items"]
        tagged = [{**items[0], "audience": {"any": ["astronaut"]}}, *items[1:]]
        row = draft(world, version=2, items=tagged)
        with pytest.raises(RulebookRefused) as refused:
            adopt(world, row)
        assert found(refused) == ["unknown_tag"]
        known = [{**items[0], "audience": {"any": ["party_member"]}}, *items[1:]]
        adopt(world, draft(world, version=3, items=known))

    def test_every_step_is_kept(self, world: World) -> None:
        row = adopt(world, draft(world, version=2))
        acts = steps.acts(world.community_id, row.id, after_id=None, limit=9)
        assert [(act.act, act.from_state, act.to_state) for act in acts] == [
            ("adopted", "draft", "adopted"), ("drafted", None, "draft"),
        ]  # fmt: skip

    def test_another_communitys_version_does_not_exist(
        self, world: World, bare_world: World
    ) -> None:
        row = draft(world, version=2)
        with pytest.raises(NotFound):
            rulebooks.version_of(
                actor=bare_world.admin, community_id=bare_world.community_id, version_id=row.id
            )


def test_a_compiled_version_costs_one_statement(world: World, count_statements: Any) -> None:
    rulebooks.in_force(world.community_id, texts.TODAY)
    with count_statements() as seen:
        rulebooks.in_force(world.community_id, texts.TODAY)
    assert len(seen) == 1


def test_rulebooks_side_by_side_are_listed_members_first(world: World) -> None:
    world.adopt(code="family-book", holder="household", effective_from=dt.date(2026, 11, 1))
    told = rulebooks.all_in_force(world.community_id, texts.TODAY)
    assert [each.compiled.code for each in told] == ["test-book", "family-book"]
    before = rulebooks.all_in_force(world.community_id, dt.date(2026, 10, 31))
    assert [each.compiled.code for each in before] == ["test-book"]
    assert rulebooks.all_in_force(world.community_id, dt.date(2026, 8, 31)) == []
