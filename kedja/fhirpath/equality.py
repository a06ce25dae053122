"""Equality and order of values (FHIRPath 2.0, sections 6.1 and 6.2)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from kedja.fhirpath import dates, quantities
from kedja.fhirpath.items import Item, Items, Quantity
from kedja.fhirpath.nodes import FhirPathError


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
    """Whether two single values are equal; None where the precision of a date or the kind of a unit does not tell."""
    one: Any = left.value
    other: Any = right.value
    if isinstance(one, str) and isinstance(other, str):
        return _same_text(left, right)
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if left.type in quantities.TYPES and right.type in quantities.TYPES and one != other:
        return _same_quantity(left, right)
    if isinstance(one, dict) or isinstance(other, dict):
        return one == other
    if isinstance(one, Quantity) or isinstance(other, Quantity):
        return _same_quantity(left, right)
    first, second = number(left), number(right)
    return one == other if first is None or second is None else first == second


def distinct(items: Items) -> Items:
    """Without repetitions, the first of equals kept."""
    if len(items) < 2:
        return items
    found: Items = []
    seen: set[str] = set()
    for item in items:
        value: Any = item.value
        if isinstance(value, str) and not is_time(item):
            if value not in seen:  # text differs or not: no need to look at all that was found
                seen.add(value)
                found.append(item)
        elif not any(same(item, other) for other in found):
            found.append(item)
    return found


def order(left: Item, right: Item) -> int | None:
    """-1, 0 or 1; None where it cannot be told. Raises FhirPathError for values that have no order between them."""
    one: Any = left.value
    other: Any = right.value
    if one is None or other is None:
        return None
    if isinstance(one, str) and isinstance(other, str) and _family(left) == _family(right):
        return dates.compare(one, other) if is_time(left) else _sign(one, other)
    first, second = number(left), number(right)
    if first is not None and second is not None:
        return _sign(first, second)
    pair = _quantities(left, right)
    if pair is None:
        raise FhirPathError(f"{left.type} and {right.type} have no order")
    amounts = quantities.comparable(*pair)
    return None if amounts is None else _sign(amounts[0].value, amounts[1].value)


def number(item: Item) -> Decimal | None:
    """The exact number; None for what is none."""
    return quantities.exact(item.value)


def as_quantity(item: Item) -> Quantity | None:
    """A quantity, or a number as one of the unit 1."""
    amount = number(item)
    return quantities.quantity(item) if amount is None else Quantity(amount, "1")


def is_time(item: Item) -> bool:
    return (item.type in dates.DATES or item.type in dates.TIMES) and isinstance(item.value, str)


def _family(item: Item) -> tuple[bool, bool]:
    """Dates, times, and other texts."""
    return item.type in dates.DATES, item.type in dates.TIMES


def _quantities(left: Item, right: Item) -> tuple[Quantity, Quantity] | None:
    one, other = as_quantity(left), as_quantity(right)
    return None if one is None or other is None else (one, other)


def _same_text(left: Item, right: Item) -> bool | None:
    if left.value == right.value or not (is_time(left) and is_time(right)):
        return left.value == right.value
    if (left.type in dates.TIMES) != (right.type in dates.TIMES):
        return False
    found = dates.compare(left.value, right.value)
    return None if found is None else found == 0


def _same_quantity(left: Item, right: Item) -> bool | None:
    pair = _quantities(left, right)
    if pair is None:
        return False
    amounts = quantities.comparable(*pair)
    if amounts is None:
        return None
    return amounts[0].value == amounts[1].value


def _sign(left: Any, right: Any) -> int:
    return cast("int", (left > right) - (left < right))
