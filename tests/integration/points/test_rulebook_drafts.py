"""Drafts: editing item by item and part by part, stale clicks, withdrawing, starting again."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from kernel.errors import Forbidden, LinliError, NotFound, StaleVersion
from points import rulebooks
from points.models import HolderKind, RulebookState, RulebookVersion
from points.rulebook_life import drafts, errors, readings, starts
from points.rulebook_life.readings import Reading
from points.rules.document import parse
from points.rules.findings import RulebookRefused
from tests.integration.points import world as texts
from tests.integration.points.rulebook_acts import (
    adopt,
    consult,
    document_of,
    draft,
)
from tests.integration.points.world import NOW, TODAY, World


def given(world: World, row: RulebookVersion, **values: Any) -> dict[str, Any]:
    return {
        "actor": world.admin, "now": NOW, "community_id": world.community_id,
        "version_id": row.id, "version": row.version_seen, **values,
    }  # fmt: skip


def read(row: RulebookVersion) -> Reading:
    return readings.of_row(row, TODAY)


def codes(row: RulebookVersion) -> list[str]:
    return [item["code"] for item in document_of(row)["items"]]


@pytest.fixture
def row(world: World) -> RulebookVersion:
    return draft(world, items=texts.items("CAP", "FREE"))


class TestItems:
    def test_an_item_is_added_at_its_place(self, world: World, row: RulebookVersion) -> None:
        (new,) = texts.items("HONOR")
        drafts.add_item(item=new, position=1, **given(world, row))
        assert codes(row) == ["HONOR", "CAP", "FREE"]
        drafts.add_item(item={**new, "code": "LAST"}, **given(world, row))
        assert codes(row)[-1] == "LAST"
        assert row.version_seen == 3

    def test_an_item_is_changed_and_renamed(self, world: World, row: RulebookVersion) -> None:
        (cap,) = texts.items("CAP")
        changed = {**cap, "code": "CAP-2", "award": {"type": "fixed", "points": Decimal("2.5")}}
        drafts.change_item(code="CAP", item=changed, **given(world, row))
        assert codes(row) == ["CAP-2", "FREE"]
        assert '"points":2.5' in row.document
        assert read(row).sentences[0].zh == "项目CAP，每次 2.5 分，每人每月最多 5 分。"

    def test_an_item_is_left_out(self, world: World, row: RulebookVersion) -> None:
        drafts.remove_item(code="CAP", **given(world, row))
        assert codes(row) == ["FREE"]

    @pytest.mark.parametrize(
        ("act", "values", "error"),
        [
            (drafts.add_item, {"item": texts.items("CAP")[0]}, errors.ItemCodeTaken),
            (drafts.add_item, {"item": {"name": "没有编号"}}, RulebookRefused),
            (drafts.change_item, {"code": "NONE", "item": {}}, errors.ItemUnknown),
            (
                drafts.change_item,
                {"code": "CAP", "item": texts.items("FREE")[0]},
                errors.ItemCodeTaken,
            ),
            (drafts.change_item, {"code": "CAP", "item": {}}, RulebookRefused),
            (drafts.remove_item, {"code": "NONE"}, errors.ItemUnknown),
            (drafts.change_part, {"part": "code", "value": "other"}, errors.PartUnknown),
            (drafts.change_part, {"part": "items", "value": []}, errors.PartUnknown),
            (drafts.change_part, {"part": "score", "value": None}, errors.PartNeeded),
            (drafts.change_part, {"part": "title", "value": ""}, RulebookRefused),
        ],
    )
    def test_what_cannot_be_is_refused_and_nothing_changes(
        self,
        world: World,
        row: RulebookVersion,
        act: Any,
        values: dict[str, Any],
        error: type[LinliError],
    ) -> None:
        before = row.document
        with pytest.raises(error) as refused:
            act(**values, **given(world, row))
        assert "{" not in refused.value.sentence("zh")
        assert (row.document, row.version_seen) == (before, 1)

    def test_an_error_is_kept_and_named(self, world: World, row: RulebookVersion) -> None:
        (cap,) = texts.items("CAP")
        drafts.change_item(
            code="CAP", item={**cap, "award": {"type": "fixed"}}, **given(world, row)
        )
        found = read(row)
        assert found.error_count == 1
        assert [each.where for each in found.findings] == ["items[CAP].award"]
        assert [each.zh is None for each in found.sentences] == [True, False]
        with pytest.raises(RulebookRefused):
            consult(world, row)
        with pytest.raises(RulebookRefused):
            adopt(world, row)

    def test_items_are_paged_and_searched(self, world: World) -> None:
        row = draft(world)
        asked = {"actor": world.admin, "community_id": world.community_id, "version_id": row.id}
        first = readings.items(q=None, kind=None, after=None, limit=3, **asked)
        assert [each.item["code"] for each in first] == ["CAP", "FREE", "TIMES"]
        rest = readings.items(q=None, kind=None, after="TIMES", limit=2, **asked)
        assert [each.item["code"] for each in rest] == ["HOURS", "RANGE"]
        named = readings.items(q="每月最多 5 分", kind=None, after=None, limit=9, **asked)
        assert [each.item["code"] for each in named] == ["CAP"]
        minus = readings.items(q=None, kind="deduction", after=None, limit=9, **asked)
        assert [each.item["code"] for each in minus] == ["BAD"]
        with pytest.raises(errors.ItemUnknown):
            readings.items(q=None, kind=None, after="NONE", limit=9, **asked)


class TestParts:
    def test_a_part_is_set_and_left_out(self, world: World, row: RulebookVersion) -> None:
        limits = [{"code": "all", "items": ["*bonus"], "max_points": 5, "per": "month"}]
        drafts.change_part(part="limits", value=limits, **given(world, row))
        assert document_of(row)["limits"] == limits
        drafts.change_part(part="limits", value=None, **given(world, row))
        assert "limits" not in document_of(row)
        acts = readings.acts(
            actor=world.admin, community_id=world.community_id, version_id=row.id, after=None,
            limit=9,
        )  # fmt: skip
        assert [(act.act, act.place, act.version_seen) for act in acts] == [
            ("edited", "limits", 3), ("edited", "limits", 2), ("drafted", None, 1),
        ]  # fmt: skip

    def test_the_title_of_what_was_never_adopted_follows(
        self, world: World, row: RulebookVersion
    ) -> None:
        fresh = draft(world, version=1, code="fresh", title="旧名")
        drafts.change_part(part="title", value="新名", **given(world, fresh))
        listed = rulebook_titles(world)
        assert listed["fresh"] == "新名"
        drafts.change_part(part="title", value="草稿里的新名", **given(world, row))
        assert rulebook_titles(world)["test-book"] == "测试细则"


def rulebook_titles(world: World) -> dict[str, str]:
    rows = rulebooks.listed(
        actor=world.admin, community_id=world.community_id, after=None, limit=20
    )
    return {each.code: each.title for each in rows}


class TestStaleClicks:
    def test_an_edit_on_an_older_version_is_refused(
        self, world: World, row: RulebookVersion
    ) -> None:
        drafts.remove_item(code="CAP", **given(world, row))
        with pytest.raises(StaleVersion):
            drafts.remove_item(code="FREE", **given(world, row, version=1))
        assert codes(row) == ["FREE"]

    @pytest.mark.parametrize("act", [adopt, consult])
    def test_so_is_a_step(self, world: World, row: RulebookVersion, act: Any) -> None:
        drafts.change_part(part="source", value="居民议事会", **given(world, row))
        with pytest.raises(StaleVersion):
            act(world, row, version=1)
        act(world, row)

    def test_the_text_stands_still_under_consultation(
        self, world: World, row: RulebookVersion
    ) -> None:
        consult(world, row)
        with pytest.raises(errors.NotEditable):
            drafts.remove_item(code="CAP", **given(world, row))
        with pytest.raises(errors.IllegalRulebookStep):
            consult(world, row)


class TestReplace:
    def test_the_identity_stays(self, world: World, row: RulebookVersion) -> None:
        for changes in ({"code": "other"}, {"version": 3}, {"holder": "household"}):
            document = parse(texts.text(**{"version": 2, **changes}))
            with pytest.raises(errors.IdentityChanged):
                drafts.replace(document=document, **given(world, row))
        drafts.replace(document=parse(texts.text(version=2, title="整份换掉")), **given(world, row))
        assert document_of(row)["title"] == "整份换掉"


class TestWithdraw:
    def test_a_withdrawn_version_ends_and_keeps_its_number(
        self, world: World, row: RulebookVersion
    ) -> None:
        drafts.withdraw(why="合并到下一版", **given(world, row))
        assert row.state == RulebookState.WITHDRAWN
        for act in (adopt, consult):
            with pytest.raises(errors.IllegalRulebookStep):
                act(world, row)
        with pytest.raises(errors.VersionTaken):
            draft(world)
        (last, *_) = readings.acts(
            actor=world.admin, community_id=world.community_id, version_id=row.id, after=None,
            limit=1,
        )  # fmt: skip
        assert (last.act, last.why) == ("withdrawn", "合并到下一版")
        with pytest.raises(Forbidden):
            readings.version_of(
                actor=world.recorder, community_id=world.community_id, version_id=row.id
            )

    def test_what_was_adopted_is_not_withdrawn(self, world: World, row: RulebookVersion) -> None:
        adopt(world, row)
        with pytest.raises(errors.IllegalRulebookStep):
            drafts.withdraw(why="反悔", **given(world, row))


class TestStarts:
    def test_from_nothing(self, world: World) -> None:
        row = starts.empty(
            actor=world.admin, now=NOW, community_id=world.community_id, code="family",
            title="家庭积分细则", holder=HolderKind.HOUSEHOLD,
        )  # fmt: skip
        assert (row.version, document_of(row)["effective_from"]) == (1, "2026-12-01")
        assert [each.where for each in read(row).findings] == ["items"]

    def test_from_the_version_in_force_and_its_draft(self, world: World) -> None:
        again = starts.from_version_in_force(
            actor=world.admin, now=NOW, community_id=world.community_id, holder=HolderKind.MEMBER
        )
        assert (again.version, again.state) == (2, "draft")
        assert document_of(again)["items"] == texts.document()["items"]
        third = starts.from_version(
            actor=world.admin, now=NOW, community_id=world.community_id, version_id=again.id
        )
        assert third.version == 3
        with pytest.raises(errors.NothingToStartFrom):
            starts.from_version_in_force(
                actor=world.admin, now=NOW, community_id=world.community_id,
                holder=HolderKind.MERCHANT,
            )  # fmt: skip


class TestDifference:
    def test_against_the_version_in_force(self, world: World, row: RulebookVersion) -> None:
        asked = {"actor": world.admin, "community_id": world.community_id, "version_id": row.id}
        before, after, found = readings.changes(against=None, **asked)
        assert (before.version, after.version) == (1, 2)
        assert {each.change for each in found.items} == {"removed"}
        other = draft(world, version=3, items=texts.items("CAP", "FREE", "HONOR"))
        _, _, against = readings.changes(
            actor=world.admin, community_id=world.community_id, version_id=other.id,
            against=row.id,
        )  # fmt: skip
        assert [(each.code, each.change) for each in against.items] == [("HONOR", "added")]

    def test_the_first_version_has_nothing_to_differ_from(self, bare_world: World) -> None:
        row = draft(bare_world, version=1)
        with pytest.raises(errors.NothingToStartFrom):
            readings.changes(
                actor=bare_world.admin, community_id=bare_world.community_id, version_id=row.id,
                against=None,
            )  # fmt: skip


class TestWhoMay:
    @pytest.mark.parametrize("role", ["member", "grid_worker", "panelist", "auditor"])
    def test_only_the_community_drafts(self, world: World, row: RulebookVersion, role: str) -> None:
        actor = world.actor(role)
        for act in (
            lambda: drafts.remove_item(code="CAP", **given(world, row, actor=actor)),
            lambda: drafts.withdraw(why="不要了", **given(world, row, actor=actor)),
            lambda: consult(world, row, actor=actor),
            lambda: adopt(world, row, actor=actor),
            lambda: readings.reading(
                actor=actor, community_id=world.community_id, version_id=row.id, today=TODAY
            ),
        ):
            with pytest.raises(Forbidden):
                act()

    def test_supervisors_read_drafts_but_do_not_write_them(
        self, world: World, row: RulebookVersion
    ) -> None:
        actor = world.actor("supervisor")
        asked = {"community_id": world.community_id, "version_id": row.id}
        assert readings.version_of(actor=actor, **asked) is row
        with pytest.raises(Forbidden):
            drafts.remove_item(code="CAP", **given(world, row, actor=actor))

    def test_another_communitys_draft_does_not_exist(
        self, world: World, row: RulebookVersion, bare_world: World
    ) -> None:
        stranger = given(bare_world, row)
        with pytest.raises(NotFound):
            drafts.remove_item(code="CAP", **stranger)
        with pytest.raises(NotFound):
            adopt(bare_world, row)

    def test_a_text_under_consultation_is_read_by_everybody(
        self, world: World, row: RulebookVersion
    ) -> None:
        asked = {"community_id": world.community_id, "version_id": row.id}
        with pytest.raises(Forbidden):
            readings.version_of(actor=world.actor("member"), **asked)
        consult(world, row)
        assert readings.version_of(actor=world.actor("member"), **asked) is row
