"""Arithmetic of numbers, strings, quantities, dates and times (FHIRPath 2.0, section 6.6)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Context, Decimal
from typing import Any, Final

from kedja.fhirpath import quantities
from kedja.fhirpath.durations import moved
from kedja.fhirpath.equality import as_quantity, is_time, number
from kedja.fhirpath.items import Item, Items, Quantity, decimal, integer, string
from kedja.fhirpath.nodes import FhirPathError

MAX_TEXT: Final = 1_000_000  # characters
MAX_INTEGER: Final = 2**63 - 1
DECIMALS: Final = Context(prec=28, traps=[])

Operator = Callable[[Item, Item], Items]


def negated(items: Items) -> Items:
    """`-x` of a number or quantity."""
    if not items:
        return []
    if len(items) > 1:
        raise FhirPathError(f"`-` asks for a single value, found {len(items)}")
    value: Any = items[0].value
    amount = number(items[0])
    if amount is not None:
        return integer(-value) if isinstance(value, int) else decimal(-amount)
    found = quantities.quantity(items[0])
    if found is None:
        raise FhirPathError(f"`-` asks for a number, found {items[0].type}")
    return measured(-found.value, found.unit)


def measured(value: Decimal, unit: str) -> Items:
    """A quantity as a collection; empty for what is no finite number."""
    return [Item(Quantity(value, unit), "System.Quantity")] if value.is_finite() else []


def counted(value: int) -> Items:
    """An integer as a collection; empty where it is out of range."""
    return integer(value) if -MAX_INTEGER <= value <= MAX_INTEGER else []


def finite(value: Decimal) -> Items:
    """A decimal as a collection; empty for what is no finite number."""
    return decimal(value) if value.is_finite() else []


def joined(left: str, right: str) -> Items:
    """Two texts as one. Raises FhirPathError where it would be too long."""
    if len(left) + len(right) > MAX_TEXT:
        raise FhirPathError(f"the text would be longer than {MAX_TEXT} characters")
    return string(left + right)


def add(left: Item, right: Item) -> Items:
    if isinstance(left.value, str) and isinstance(right.value, str) and not is_time(left):
        return joined(left.value, right.value)
    return _shifted(left, right, 1) or _summed(left, right, 1)


def subtract(left: Item, right: Item) -> Items:
    return _shifted(left, right, -1) or _summed(left, right, -1)


def multiply(left: Item, right: Item) -> Items:
    if number(left) is None or number(right) is None:
        return _scaled(left, right, 1)
    return _of_numbers(left, right, int.__mul__, DECIMALS.multiply)


def divide(left: Item, right: Item) -> Items:
    one, other = number(left), number(right)
    if one is not None and other is not None:
        return finite(DECIMALS.divide(one, other))
    return _scaled(left, right, -1)


def quotient(left: Item, right: Item) -> Items:
    """`div`: without what is left over, towards zero."""
    one, other = _numbers(left, right, "div")
    if not other:
        return []
    found = DECIMALS.divide_int(one, other)
    return counted(int(found)) if found.is_finite() else []


def remainder(left: Item, right: Item) -> Items:
    one, other = _numbers(left, right, "mod")
    if not other:
        return []
    found = DECIMALS.remainder(one, other)
    return counted(int(found)) if isinstance(left.value, int) and isinstance(right.value, int) else finite(found)


def _numbers(left: Item, right: Item, name: str) -> tuple[Decimal, Decimal]:
    one, other = number(left), number(right)
    if one is None or other is None:
        raise _unfit(name, left, right)
    return one, other


def _of_numbers(left: Item, right: Item, whole: Callable[[int, int], int], exact: Callable[[Decimal, Decimal], Decimal]) -> Items:
    if isinstance(left.value, int) and isinstance(right.value, int):
        return counted(whole(left.value, right.value))
    return finite(exact(*_numbers(left, right, "*")))


def _shifted(left: Item, right: Item, sign: int) -> Items:
    """A date or time, earlier or later by a duration."""
    if not is_time(left):
        return []
    by = quantities.quantity(right)
    if by is None:
        raise _unfit("+" if sign > 0 else "-", left, right)
    return [Item(moved(left.value, by, sign), left.type)]


def _summed(left: Item, right: Item, sign: int) -> Items:
    if number(left) is not None and number(right) is not None:
        return (
            _of_numbers(left, right, int.__add__, DECIMALS.add)
            if sign > 0
            else _of_numbers(left, right, int.__sub__, DECIMALS.subtract)
        )
    one, other = as_quantity(left), as_quantity(right)
    if one is None or other is None:
        raise _unfit("+" if sign > 0 else "-", left, right)
    mine = quantities.converted(other, one.unit)
    return [] if mine is None else measured(DECIMALS.add(one.value, mine * sign), one.unit)


def _scaled(left: Item, right: Item, sign: int) -> Items:
    """The product or quotient of quantities, in a unit made of both."""
    one, other = as_quantity(left), as_quantity(right)
    if one is None or other is None:
        raise _unfit("*" if sign > 0 else "/", left, right)
    unit = _unit(quantities.code(one.unit), quantities.code(other.unit), sign)
    value = DECIMALS.multiply(one.value, other.value) if sign > 0 else DECIMALS.divide(one.value, other.value)
    return measured(value, unit)


def _unit(left: str, right: str, sign: int) -> str:
    if right == "1":
        return left
    if sign < 0 and left == right:
        return "1"
    if left == "1":
        return right if sign > 0 else f"/({right})"
    return f"({left}).({right})" if sign > 0 else f"({left})/({right})"


def _unfit(name: str, left: Item, right: Item) -> FhirPathError:
    return FhirPathError(f"`{name}` does not take {left.type} and {right.type}")
