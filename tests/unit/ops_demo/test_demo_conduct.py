"""Every fact of the demo is legal under the demo rulebook, and the months look alive."""

import random
import re
from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ops.demo.conduct import DemoFact, month_facts
from ops.demo.objections import (
    ContestedCase,
    MissingCase,
    contested_cases,
    missing_cases,
)
from ops.demo.people import DemoPopulation
from ops.demo.places import DemoPlaces
from tests.unit.ops_demo.conftest import TODAY

MONTHS = ("2026-09", "2026-10", "2026-11")
Months = dict[tuple[str, str], tuple[DemoFact, ...]]


@pytest.fixture(scope="module")
def months(
    places: DemoPlaces, populations: dict[str, DemoPopulation], rulebook: dict[str, Any]
) -> Months:
    """Facts by (community code, month)."""
    return {
        (community.code, month): month_facts(
            community=community,
            population=populations[community.code],
            rulebook=rulebook,
            month=month,
            until=TODAY,
            rng=random.Random(f"{community.code} {month}"),
        )
        for community in places.communities
        for month in MONTHS
    }


@pytest.fixture(scope="module")
def items(rulebook: dict[str, Any]) -> dict[str, Any]:
    return {item["code"]: item for item in rulebook["items"]}


@pytest.fixture(scope="module")
def facts(months: Months) -> list[DemoFact]:
    return [fact for of_month in months.values() for fact in of_month]


class TestLegality:
    def test_levels_are_named_exactly_where_the_item_has_them(
        self, facts: list[DemoFact], items: dict[str, Any]
    ) -> None:
        for fact in facts:
            points = items[fact.item_code]["award"].get("points")
            if isinstance(points, dict):
                assert fact.level in points
            else:
                assert fact.level is None

    def test_quantities_are_in_range_and_one_where_fixed(
        self, facts: list[DemoFact], items: dict[str, Any]
    ) -> None:
        for fact in facts:
            item = items[fact.item_code]
            if item["award"]["type"] in {"fixed", "range"}:
                assert fact.quantity == 1
            bounds = item.get("quantity", {"min": 0.5, "max": 24})
            assert bounds["min"] <= fact.quantity <= bounds["max"]

    def test_ranges_are_decided_within_their_bounds(
        self, facts: list[DemoFact], items: dict[str, Any]
    ) -> None:
        for fact in facts:
            award = items[fact.item_code]["award"]
            if award["type"] == "range":
                assert fact.decided is not None
                assert award["min"] <= fact.decided <= award["max"]
            else:
                assert fact.decided is None

    def test_evidence_is_one_whole_alternative(
        self, facts: list[DemoFact], items: dict[str, Any]
    ) -> None:
        for fact in facts:
            assert list(fact.evidence) in items[fact.item_code]["recording"]["evidence"]

    def test_recorders_are_allowed_and_stand_apart_from_the_person(
        self,
        facts: list[DemoFact],
        items: dict[str, Any],
        populations: dict[str, DemoPopulation],
    ) -> None:
        for fact in facts:
            assert fact.recorder_kind in items[fact.item_code]["recording"]["recorders"]
            assert (fact.recorder_login is None) == (fact.recorder_kind == "member")
            population = populations[fact.community_code]
            if fact.recorder_login is None:
                assert "grid_worker" not in population.people[fact.member_index].kinds
            else:
                recorder = _cast_index(population, fact.recorder_login)
                assert "recorder" in population.people[recorder].tags
                assert not population.share_household(recorder, fact.member_index)

    def test_approvals_are_as_many_as_asked_and_by_others(
        self,
        facts: list[DemoFact],
        items: dict[str, Any],
        populations: dict[str, DemoPopulation],
    ) -> None:
        for fact in facts:
            if fact.approved_on is None:
                assert fact.approver_logins == ()
                continue
            assert fact.recorded_on <= fact.approved_on <= TODAY
            wanted = items[fact.item_code]["recording"]["approval"]["count"]
            assert len(set(fact.approver_logins)) == len(fact.approver_logins) == wanted
            assert fact.recorder_login not in fact.approver_logins
            population = populations[fact.community_code]
            for login in fact.approver_logins:
                index = _cast_index(population, login)
                assert not population.share_household(index, fact.member_index)

    def test_a_fact_lies_in_its_month_and_its_community(
        self, months: Months, populations: dict[str, DemoPopulation], rulebook: dict[str, Any]
    ) -> None:
        for (code, month), of_month in months.items():
            assert [fact.index for fact in of_month] == list(range(len(of_month)))
            for fact in of_month:
                assert (fact.community_code, fact.month) == (code, month)
                assert fact.occurred_on.isoformat()[:7] == month
                assert fact.occurred_on <= fact.recorded_on <= TODAY
                assert fact.occurred_on >= date.fromisoformat(rulebook["effective_from"])
                assert populations[code].people[fact.member_index].community_code == code

    def test_nobody_has_an_item_twice_on_one_day(self, facts: list[DemoFact]) -> None:
        keys = Counter(
            (fact.community_code, fact.item_code, fact.member_index, fact.occurred_on)
            for fact in facts
        )
        assert max(keys.values()) == 1

    def test_every_fact_has_a_finished_text_and_deductions_name_two_talks(
        self, facts: list[DemoFact], items: dict[str, Any]
    ) -> None:
        for fact in facts:
            assert fact.reason
            assert "{" not in fact.reason
            if items[fact.item_code]["kind"] == "deduction":
                talks = [
                    fact.occurred_on.replace(month=int(month), day=int(day))
                    for month, day in re.findall(r"(\d+)月(\d+)日", fact.reason)
                ]
                assert len(talks) == 2
                assert talks[0] < talks[1] < fact.occurred_on
                assert not any(word in fact.reason for word in ("素质", "屡教不改", "失信"))


class TestMonths:
    def test_a_full_month_has_hundreds_of_facts_and_few_deductions(
        self, months: Months, items: dict[str, Any]
    ) -> None:
        for (_, month), of_month in months.items():
            deductions = [f for f in of_month if items[f.item_code]["kind"] == "deduction"]
            if month == "2026-11":
                assert 200 <= len(of_month) < 400
                assert any(fact.approved_on is None for fact in of_month)
            else:
                assert 350 <= len(of_month) <= 500
                assert 3 <= len(deductions) <= 15
                assert all(fact.approved_on for fact in of_month)

    def test_few_carry_much_and_many_nothing(self, months: Months) -> None:
        of_month = months[("jiuyuan", "2026-10")]
        counts = Counter(fact.member_index for fact in of_month)
        assert len(counts) < 200
        assert counts.most_common(1)[0][1] >= 8
        assert sum(value == 1 for value in counts.values()) >= 20

    def test_snow_is_cleared_in_winter_only(self, months: Months) -> None:
        snowy = {month for (_, month), fs in months.items() if any(_is_snow(f) for f in fs)}
        assert snowy == {"2026-11"}

    def test_two_facts_of_a_full_month_are_contested(self, months: Months) -> None:
        cases = {case.code: case for case in contested_cases()}
        for (_, month), of_month in months.items():
            contested = [fact for fact in of_month if fact.contested]
            if month == "2026-11":
                assert contested == []
                continue
            assert sorted(fact.contested or "" for fact in contested) == sorted(cases)
            for fact in contested:
                case = cases[fact.contested or ""]
                assert (fact.item_code, fact.quantity) == (case.item_code, case.quantity)
                assert fact.recorder_login is not None

    def test_same_seed_same_month_other_seed_another(
        self,
        places: DemoPlaces,
        populations: dict[str, DemoPopulation],
        rulebook: dict[str, Any],
    ) -> None:
        def drawn(seed: int) -> tuple[DemoFact, ...]:
            return month_facts(
                community=places.community("yjyx"),
                population=populations["yjyx"],
                rulebook=rulebook,
                month="2026-09",
                until=TODAY,
                rng=random.Random(seed),
            )

        assert drawn(5) == drawn(5)
        assert drawn(5) != drawn(6)

    def test_nothing_happens_after_the_reference_date(
        self,
        places: DemoPlaces,
        populations: dict[str, DemoPopulation],
        rulebook: dict[str, Any],
    ) -> None:
        for until in (date(2026, 8, 31), date(2026, 9, 1), date(2026, 9, 9)):
            drawn = month_facts(
                community=places.community("yjyx"),
                population=populations["yjyx"],
                rulebook=rulebook,
                month="2026-09",
                until=until,
                rng=random.Random(1),
            )
            assert all(fact.recorded_on <= until for fact in drawn)
            assert bool(drawn) == (until > date(2026, 8, 31))


class TestObjections:
    def test_replies_are_written_out_and_never_name_the_objector(self) -> None:
        cases: list[ContestedCase | MissingCase] = [*contested_cases(), *missing_cases()]
        for case in cases:
            assert case.outcome in {"uphold", "amend", "strike"}
            assert case.texts
            assert case.summary not in case.texts
            for reply in case.replies:
                assert len(reply) >= 20
                assert "提出人" not in reply

    def test_an_amended_quantity_differs_and_stays_legal(self) -> None:
        for case in contested_cases():
            if case.outcome == "amend":
                assert case.amended_quantity is not None
                assert Decimal("0.5") <= case.amended_quantity < case.quantity
            else:
                assert case.amended_quantity is None

    def test_missing_lines_name_items_and_levels_of_the_rulebook(
        self, items: dict[str, Any]
    ) -> None:
        for case in missing_cases():
            points = items[case.item_code]["award"]["points"]
            assert case.level in points if case.level else not isinstance(points, dict)


def _cast_index(population: DemoPopulation, login: str) -> int:
    return population.cast_person(login.removeprefix(f"{population.community_code}-")).index


def _is_snow(fact: DemoFact) -> bool:
    return fact.item_code == "XF-08"
