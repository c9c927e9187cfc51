"""What people may type into a member's fields, and what is said when it is wrong."""

from __future__ import annotations

import datetime as dt

import pytest

from community import masking, member_rules
from community.member_errors import (
    DateInFuture,
    DateTooEarly,
    DateUnreadable,
    HouseholdCodeInvalid,
    KindMissing,
    KindUnknown,
    NameInvalid,
    SeniorYearInvalid,
    TagInvalid,
    TagIsKind,
)
from community.models import MemberKind


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("张三", "张三"),
        ("  张  三 ", "张 三"),
        ("阿依古丽·买买提", "阿依古丽·买买提"),
        ("〇一", "〇一"),
        ("𠮷田", "𠮷田"),
        ("Anna Li", "Anna Li"),
        ("王" * 40, "王" * 40),
    ],
)
def test_names_that_are_taken(given: str, clean: str) -> None:
    assert member_rules.name(given) == clean


@pytest.mark.parametrize(
    "given",
    ["", "   ", "142201199001011234", "张三1", "=1+1", "+张", "-张", "@张", "张\x00三", "王" * 41,
     "张三<b>", "·张"],
)  # fmt: skip
def test_names_that_are_refused(given: str) -> None:
    with pytest.raises(NameInvalid):
        member_rules.name(given)


@pytest.mark.parametrize("kind", MemberKind)
def test_every_kind_by_word_and_by_code(kind: MemberKind) -> None:
    for word in (*member_rules.KIND_WORDS[kind], kind.value):
        assert member_rules.kinds([word]) == [kind.value]


def test_kinds_come_once_and_in_a_fixed_order() -> None:
    given = ["网格员", "居民", "小区居民", "grid_worker"]
    assert member_rules.kinds(given) == ["resident", "grid_worker"]


def test_kinds_that_are_refused() -> None:
    with pytest.raises(KindUnknown):
        member_rules.kinds(["村民"])
    with pytest.raises(KindMissing):
        member_rules.kinds([])


@pytest.mark.parametrize(
    ("given", "code"),
    [("党员", "party_member"), ("party_member", "party_member"), (" 学生 ", "student"),
     ("block_leader2", "block_leader2")],
)  # fmt: skip
def test_tags(given: str, code: str) -> None:
    assert member_rules.tag(given) == code


@pytest.mark.parametrize("given", ["楼长", "Party", "x", "a" * 41, "a-b", ""])
def test_tags_that_are_refused(given: str) -> None:
    with pytest.raises(TagInvalid):
        member_rules.tag(given)


def test_a_kind_is_no_tag() -> None:
    with pytest.raises(TagIsKind):
        member_rules.tag("网格员")


@pytest.mark.parametrize(
    ("given", "code"),
    [("0305", "0305"), ("305", "0305"), (" a12 ", "A12"), ("12345678", "12345678")],
)
def test_household_codes(given: str, code: str) -> None:
    assert member_rules.household_code(given) == code


@pytest.mark.parametrize("given", ["", "A", "3-5", "123456789", "三号", "３０５"])
def test_household_codes_that_are_refused(given: str) -> None:
    with pytest.raises(HouseholdCodeInvalid):
        member_rules.household_code(given)


@pytest.mark.parametrize("given", ["2026-11-01", "2026/11/1", "2026.11.1", "2026年11月1日"])
def test_dates_as_people_write_them(given: str) -> None:
    assert member_rules.read_date(given) == dt.date(2026, 11, 1)


@pytest.mark.parametrize("given", ["", "2026-13-01", "2026-02-30", "11/1/2026", "去年"])
def test_dates_that_are_refused(given: str) -> None:
    with pytest.raises(DateUnreadable):
        member_rules.read_date(given)


def test_a_date_lies_between_the_earliest_and_today() -> None:
    today = dt.date(2026, 11, 21)
    earliest = dt.date(2026, 11, 1)
    for day in (earliest, today):
        taken = member_rules.past_date(day, today=today, field="on", earliest=earliest)
        assert taken == day
    with pytest.raises(DateInFuture):
        member_rules.past_date(today + dt.timedelta(days=1), today=today, field="on")
    with pytest.raises(DateTooEarly):
        member_rules.past_date(
            earliest - dt.timedelta(days=1), today=today, field="on", earliest=earliest
        )


@pytest.mark.parametrize(
    ("given", "year"), [("2020", 2020), (1950, 1950), ("", None), (None, None)]
)
def test_senior_years(given: str | int | None, year: int | None) -> None:
    assert member_rules.senior_year(given) == year


@pytest.mark.parametrize("given", ["1960-05-01", "60", "1949", "2101", "abcd", "２０２０"])
def test_senior_years_that_are_refused(given: str) -> None:
    with pytest.raises(SeniorYearInvalid):
        member_rules.senior_year(given)


def test_names_sort_by_pinyin_and_fit_the_column() -> None:
    names = ["赵改转", "安心", "王秀英"]
    assert sorted(names, key=member_rules.sort_key) == ["安心", "王秀英", "赵改转"]
    assert len(member_rules.sort_key("张" * 40)) <= 160


@pytest.mark.parametrize(
    ("name", "label"),
    [("张三", "张*"), ("张小三", "张*"), ("欧阳修", "欧阳*"), ("欧阳", "欧*"), ("Li", "L*")],
)
def test_masked_labels_tell_the_surname_only(name: str, label: str) -> None:
    assert masking.label(name) == label
