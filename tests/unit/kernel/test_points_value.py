from decimal import Decimal

import pytest

from kernel import points_value


@pytest.mark.parametrize(
    ("points", "tenths"), [("8", 80), ("8.5", 85), ("0.1", 1), ("0", 0), ("-3.4", -34)]
)
def test_points_and_tenths_are_the_same_amount(points: str, tenths: int) -> None:
    assert points_value.to_tenths(Decimal(points)) == tenths
    assert points_value.from_tenths(tenths) == Decimal(points)


def test_two_decimals_are_refused_not_rounded() -> None:
    with pytest.raises(ValueError, match=r"8\.15"):
        points_value.to_tenths(Decimal("8.15"))


@pytest.mark.parametrize(
    ("value", "result"), [("0.05", "0.1"), ("0.04", "0.0"), ("1.25", "1.3"), ("1.24", "1.2")]
)
def test_rounding_is_half_up(value: str, result: str) -> None:
    assert points_value.rounded(Decimal(value)) == Decimal(result)


@pytest.mark.parametrize(
    ("value", "text"), [("8.0", "8"), ("8.5", "8.5"), ("5872.5", "5,872.5"), ("0", "0")]
)
def test_people_read_points_without_a_needless_decimal(value: str, text: str) -> None:
    assert points_value.as_text(Decimal(value)) == text


def test_json_gets_an_int_where_the_value_is_whole() -> None:
    assert points_value.as_number(Decimal("8.0")) == 8
    assert isinstance(points_value.as_number(Decimal("8.0")), int)
    assert points_value.as_number(Decimal("8.5")) == 8.5
