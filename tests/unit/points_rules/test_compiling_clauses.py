"""From document to rulebook: every clause of the format, by the examples of the format."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from points.rules.compiled import (
    Balance,
    Beneficiary,
    BeneficiaryKind,
    Counter,
    Deductions,
    Escalation,
    ExpiresAfter,
    ExpiresAtEnd,
    ExpiresOn,
    ItemKind,
    Repair,
    Rulebook,
    Same,
    ScoreOver,
    Spendable,
    Validity,
    ValidityBand,
    Veto,
    VetoBonuses,
    VetoEffect,
    VetoUntil,
    Within,
)
from points.rules.compiling import rulebook_of
from points.rules.document import parse
from points.rules.periods import Period
from tests.unit.points_rules.books import ROOT, document, item

EXAMPLES = sorted((ROOT / "tests/data/rulebooks").glob("*.json"))


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.stem for path in EXAMPLES])
def test_every_example_compiles(path: Path) -> None:
    raw = parse(path.read_bytes())
    codes = [each["code"] for each in raw["items"]]
    assert [each.code for each in rulebook_of(raw).items] == codes


def _example(name: str) -> Rulebook:
    return rulebook_of(parse((ROOT / f"tests/data/rulebooks/{name}.json").read_bytes()))


def test_clauses_of_the_rural_residents() -> None:
    rural = _example("wendeng_rural_residents_2020.excerpt")
    assert rural.score.over is ScoreOver.YEAR
    assert rural.balance is None
    assert rural.counters == (Counter("hours", "志愿服务时长", "hour"),)
    assert rural.excluded_tags == {"student_away", "moved_away", "deceased"}
    assert [tier.name for tier in rural.tiers][:2] == ["五星", "四星"]
    (four,) = rural.tiers[1].when
    assert (four.measure, four.above, four.at_most) == ("score", 1040, 1060)
    (conflict,) = rural.conflicts
    assert (conflict.same, conflict.keeps_highest) == (Same.DEED, True)
    assert conflict.items == {each.code for each in rural.items if each.kind is not ItemKind.RECORD}
    spouse = rural.by_code["WDR-040"].beneficiary
    assert spouse == Beneficiary(BeneficiaryKind.NAMED, ("spouse", "child"))
    assert rural.by_code["WDR-042"].beneficiary.who is BeneficiaryKind.EACH_MEMBER
    assert rural.by_code["WDR-194"].recurs is Period.YEAR
    assert rural.by_code["WDR-163"].escalation == Escalation(
        factors=(Decimal(0), Decimal(1), Decimal(2)), within_months=12, grace_days=3
    )
    grave = rural.by_code["WDR-A29"].veto
    assert grave == Veto(
        until=VetoUntil.CORRECTED,
        bonuses=VetoBonuses.HELD,
        effects=frozenset({VetoEffect.SCORE_ZERO, VetoEffect.BAR_HONORS}),
        tier="零星",
        repair=Repair(Decimal(60), needs_promise=True),
    )
    (key_persons,) = [each for each in rural.rankings if each.code == "key-persons"]
    assert (key_persons.within, key_persons.over) == (Within.STREET, Period.YEAR)
    assert rural.tags >= {"key_person", "deceased", "recorder"}


def test_clauses_of_the_community_list() -> None:
    addon = _example("wendeng_community_addon_2020")
    assert addon.score_over is None
    assert addon.by_code["WDC-31"].feeds == "hours"
    parked = addon.by_code["WDC-40a"]
    assert parked.escalation is not None
    assert parked.escalation.factors == (0, 0, 1, 2)
    assert parked.validity == Validity(
        (ValidityBand(12, Decimal(40)), ValidityBand(24)),
    )
    assert parked.validity.months(Decimal(40)) == 12
    assert parked.validity.months(Decimal("40.1")) == 24


def test_balances() -> None:
    quarter = _example("baming_village_household").balance
    assert quarter == Balance(
        deductions=Deductions.TO_ZERO,
        spendable_from=Spendable.SEALED,
        expiry=ExpiresAtEnd(Period.QUARTER, 60),
    )
    above = _example("baming_village_household.baijia_thresholds").balance
    assert above is not None
    assert above.spend_above == 100
    reset = _example("luoyu_village_2026").balance
    assert reset is not None
    assert reset.expiry == ExpiresOn(((1, 10),))
    raw = {"spendable_from": "recorded", "deductions": "never", "expiry": {"after_months": 36}}
    assert rulebook_of(document(balance=raw)).balance == Balance(
        deductions=Deductions.NEVER, expiry=ExpiresAfter(36)
    )


def test_own_limits_keep_their_code_across_versions() -> None:
    limits = [
        {"max_points": 3, "per": "year", "across": "household"},
        {"min_days_between": 7, "across": "person"},
        {"max_quantity": 2, "per": "activity"},
    ]
    compiled = rulebook_of(document(item("A", unit="hour", limits=limits))).by_code["A"].limits
    assert [limit.code for limit in compiled] == [
        "A/max_points/year/household",
        "A/min_days_between/person",
        "A/max_quantity/activity/holder",
    ]
    assert [limit.across for limit in compiled] == ["household", "person", "holder"]
    assert compiled[1].cap == 7


def test_shares_of_the_last_score_and_cancelling() -> None:
    rulebook = rulebook_of(
        document(
            item("A"),
            item("N", kind="record", award=None),
            base=[
                {
                    "code": "b",
                    "name": "上年得分的两成",
                    "percent_of_last": 20,
                    "per": "year",
                    "counts_in": ["score"],
                }
            ],
            conflicts=[{"code": "c", "items": ["A"], "same": "activity", "cancelled_by": ["N"]}],
        )
    )
    (base,) = rulebook.base
    assert (base.percent_of_last, base.points) == (20, 0)
    (conflict,) = rulebook.conflicts
    assert (conflict.cancelled_by, conflict.keeps_highest) == ({"N"}, False)
