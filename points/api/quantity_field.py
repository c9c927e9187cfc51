"""Quantities at the edge of the API: refused rather than rounded."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

import marshmallow as ma

from kernel import field_messages

MOST = 1_000_000


class QuantityField(ma.fields.Field[Decimal]):
    """A JSON number with at most two decimals, 0 < n ≤ 1,000,000 (hours, kilograms, persons)."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("metadata", {"type": "number", "multipleOf": 0.01})
        super().__init__(**kwargs)

    def _serialize(
        self, value: Decimal | None, attr: str | None, obj: Any, **kwargs: Any
    ) -> int | float | None:
        if value is None:
            return None
        return int(value) if value == value.to_integral_value() else float(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            raise ma.ValidationError(field_messages.NOT_A_NUMBER)
        quantity = Decimal(str(value))
        if not quantity.is_finite() or quantity > MOST:
            raise ma.ValidationError(f"Must be less than or equal to {MOST}.")
        if quantity <= 0:
            raise ma.ValidationError("Must be greater than 0.")
        try:
            exact = quantity.quantize(Decimal("0.01"))
        except InvalidOperation:
            raise ma.ValidationError(field_messages.NOT_A_NUMBER) from None
        if exact != quantity:
            raise ma.ValidationError(field_messages.NOT_TWO_DECIMALS)
        return exact
