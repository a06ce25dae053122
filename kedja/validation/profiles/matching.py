"""fixed[x] and pattern[x] (R4 2.27, ElementDefinition)."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any, cast

from kedja.exactjson import Number


def equals(value: Any, fixed: Any) -> bool:
    """`fixed[x]`: the very same, with every member and no other."""
    if isinstance(fixed, dict):
        if not isinstance(value, dict):
            return False
        wanted, given = cast("dict[str, Any]", fixed), cast("dict[str, Any]", value)
        return wanted.keys() == given.keys() and all(equals(given[name], member) for name, member in wanted.items())
    if isinstance(fixed, list):
        if not isinstance(value, list):
            return False
        wanted_items, items = cast("list[Any]", fixed), cast("list[Any]", value)
        return len(items) == len(wanted_items) and all(equals(one, other) for one, other in zip(items, wanted_items))
    return _same(value, fixed)


def fits(value: Any, pattern: Any) -> bool:
    """`pattern[x]`: at least what the pattern has; each item of its arrays is found among those of the value."""
    if isinstance(pattern, dict):
        if not isinstance(value, dict):
            return False
        given = cast("dict[str, Any]", value)
        return all(name in given and fits(given[name], member) for name, member in cast("dict[str, Any]", pattern).items())
    if isinstance(pattern, list):
        items = cast("list[Any]", value) if isinstance(value, list) else []
        return all(any(fits(item, wanted) for item in items) for wanted in cast("list[Any]", pattern))
    return _same(value, pattern)


def number(value: Any) -> Decimal | None:
    """The exact number of a JSON number; None for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return Decimal(value.raw if isinstance(value, Number) else str(value))
    except InvalidOperation:
        return None


def _same(value: Any, other: Any) -> bool:
    """Numbers by their value, so that 1.0 is 1.00; true is not 1."""
    if isinstance(value, bool) or isinstance(other, bool):
        return value is other
    return value == other
