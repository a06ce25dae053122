"""Equality and order of values (FHIRPath 2.0, sections 6.1 and 6.2)."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any, Final, cast

from kedja.exactjson import Number
from kedja.fhirpath import dates
from kedja.fhirpath.items import Item, Items
from kedja.fhirpath.nodes import FhirPathError

_DATES: Final = frozenset({"date", "dateTime", "instant", "System.Date", "System.DateTime"})
_TIMES: Final = frozenset({"time", "System.Time"})


def equal(left: Items, right: Items) -> bool | None:
    """`=`: the same values in the same order; None where a side is empty or the precision does not tell."""
    if not left or not right:
        return None
    if len(left) != len(right):
        return False
    results = [same(one, other) for one, other in zip(left, right)]
    if False in results:
        return False
    return None if None in results else True


def same(left: Item, right: Item) -> bool | None:
    """Whether two single values are equal; None where the precision of a date does not tell."""
    if _are_dates(left, right):
        order = dates.compare(left.value, right.value)
        return (True if left.value == right.value else None) if order is None else order == 0
    return plain(left) == plain(right)


def plain(item: Item) -> Any:
    """A value that Python compares as FHIRPath does: 1.50 equals 1.5, true does not equal 1."""
    if isinstance(item.value, bool):
        return ("boolean", item.value)
    quantity = _quantity(item)
    if quantity is not None:
        return quantity
    exact = number(item)
    return item.value if exact is None else exact


def number(item: Item) -> Decimal | None:
    """The exact number; None for what is none."""
    value: Any = item.value
    if isinstance(value, bool) or not (isinstance(value, (int, float)) or item.type == "System.Decimal"):
        return None
    try:
        return Decimal(value.raw if isinstance(value, Number) else str(value))
    except InvalidOperation:
        return None


def order(left: Item, right: Item) -> int | None:
    """-1, 0 or 1; None where it cannot be told. Raises FhirPathError for values that have no order between them."""
    if _are_dates(left, right):
        return dates.compare(left.value, right.value)
    first, second = _quantity(left), _quantity(right)
    if first is not None and second is not None:
        return _sign(first[0], second[0]) if first[1] == second[1] else None
    one, other = number(left), number(right)
    if one is not None and other is not None:
        return _sign(one, other)
    if isinstance(left.value, str) and isinstance(right.value, str):
        return int(left.value > right.value) - int(left.value < right.value)
    raise FhirPathError(f"{left.type} and {right.type} have no order")


def _sign(left: Decimal, right: Decimal) -> int:
    return int(left > right) - int(left < right)


def _quantity(item: Item) -> tuple[Decimal, str] | None:
    """The number and the unit of a quantity; None for what is none."""
    if item.type == "System.Quantity":
        return Decimal(item.value[0]), item.value[1]
    value: Any = item.value
    if item.type != "Quantity" or not isinstance(value, dict):
        return None
    holder = cast("dict[str, Any]", value)
    amount = number(Item(holder.get("value"), "decimal"))
    return None if amount is None else (amount, str(holder.get("code") or holder.get("unit") or "1"))


def _are_dates(left: Item, right: Item) -> bool:
    alike = any(left.type in kind and right.type in kind for kind in (_DATES, _TIMES))
    return alike and isinstance(left.value, str) and isinstance(right.value, str)
