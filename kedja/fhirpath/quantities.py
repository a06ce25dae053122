"""Quantities: of UCUM and of the calendar (FHIRPath 2.0, sections 4.1.8 and 6.1 to 6.6)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, NamedTuple, cast

from kedja import ucum
from kedja.exactjson import Number
from kedja.fhirpath.items import Item, Quantity

CALENDAR: Final = {
    form: name
    for name in ("year", "month", "week", "day", "hour", "minute", "second", "millisecond")
    for form in (name, f"{name}s")
}
TYPES: Final = frozenset({"System.Quantity", "Quantity", "Age", "Count", "Distance", "Duration", "SimpleQuantity"})
_DEFINITE: Final = {"week": "wk", "day": "d", "hour": "h", "minute": "min", "second": "s", "millisecond": "ms"}
_MONTHS: Final = {"year": 12, "month": 1}
_DAYS: Final = {"year": 365, "month": 30}  # where no calendar tells, FHIRPath 2.0 section 6.2
_UCUM_MONTHS: Final = frozenset({"a", "mo"})


class Amount(NamedTuple):
    """A quantity in base units, to compare with others of the same dimension."""

    value: Fraction
    dimension: str


def quantity(item: Item) -> Quantity | None:
    """What the item is as a System.Quantity; None for what is none, or has no value."""
    value: Any = item.value
    if isinstance(value, Quantity):
        return value
    if item.type not in TYPES or not isinstance(value, dict):
        return None
    holder = cast("dict[str, Any]", value)
    amount = exact(holder.get("value"))
    return None if amount is None else Quantity(amount, str(holder.get("code") or holder.get("unit") or "1"))


def exact(value: Any) -> Decimal | None:
    """The decimal of a JSON number, as written; None for what is no number."""
    if isinstance(value, Number):
        return Decimal(value.raw)
    if isinstance(value, Decimal):
        return value
    return Decimal(str(value)) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def comparable(left: Quantity, right: Quantity, *, loosely: bool = False) -> tuple[Amount, Amount] | None:
    """Both in the same base units; None where they do not measure the same.

    Years and months of the calendar are none of UCUM's, which are of a fixed length, unless compared loosely (`~`).
    """
    if not loosely and _mixes_months(left.unit, right.unit):
        return None
    if left.unit in _MONTHS and right.unit in _MONTHS:
        return _in_months(left), _in_months(right)
    one, other = _in_base(left), _in_base(right)
    return (one, other) if one.dimension == other.dimension else None


def converted(quantity: Quantity, unit: str) -> Decimal | None:
    """The amount in another unit; None where they do not measure the same."""
    if quantity.unit == unit:
        return quantity.value
    if quantity.unit in _MONTHS and unit in _MONTHS:
        return quantity.value * _MONTHS[quantity.unit] / _MONTHS[unit]
    return ucum.convert(quantity.value, code(quantity.unit), code(unit))


def code(unit: str) -> str:
    """The code of UCUM for a unit; a year and a month of the calendar have none."""
    return _DEFINITE.get(unit, unit)


def _mixes_months(left: str, right: str) -> bool:
    return (left in _MONTHS and right in _UCUM_MONTHS) or (right in _MONTHS and left in _UCUM_MONTHS)


def _in_months(quantity: Quantity) -> Amount:
    return Amount(Fraction(quantity.value) * _MONTHS[quantity.unit], "month")


def _in_base(quantity: Quantity) -> Amount:
    if quantity.unit in _DAYS:
        return _in_base(Quantity(quantity.value * _DAYS[quantity.unit], "day"))
    reduced = ucum.reduced(quantity.value, code(quantity.unit))
    return Amount(*reduced) if reduced is not None else Amount(Fraction(quantity.value), f"`{quantity.unit}`")
