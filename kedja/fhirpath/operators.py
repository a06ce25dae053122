"""The operators between two collections, as one table (FHIRPath 2.0, section 6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kedja.fhirpath.equality import equal, order, same
from kedja.fhirpath.items import Items, boolean
from kedja.fhirpath.nodes import FhirPathError

Operator = Callable[[Items, Items], Items]


def truth(items: Items) -> bool | None:
    """A collection where a truth value is expected: a single value that is none counts as true. Raises for several."""
    if not items:
        return None
    if len(items) > 1:
        raise FhirPathError(f"expected one truth value, found {len(items)} values")
    return items[0].value if isinstance(items[0].value, bool) else True


def distinct(items: Items) -> Items:
    """Without repetitions, the first of equals kept."""
    found: Items = []
    for item in items:
        if not any(same(item, other) for other in found):
            found.append(item)
    return found


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def _and(left: bool | None, right: bool | None) -> bool | None:
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def _or(left: bool | None, right: bool | None) -> bool | None:
    return _not(_and(_not(left), _not(right)))


def _xor(left: bool | None, right: bool | None) -> bool | None:
    return None if left is None or right is None else left != right


def _implies(left: bool | None, right: bool | None) -> bool | None:
    return _or(_not(left), right)


def _logical(rule: Callable[[bool | None, bool | None], bool | None]) -> Operator:
    return lambda left, right: boolean(rule(truth(left), truth(right)))


def _compared(accepts: Callable[[int], bool]) -> Operator:
    def compare(left: Items, right: Items) -> Items:
        if not left or not right:
            return []
        if len(left) > 1 or len(right) > 1:
            raise FhirPathError("only single values have an order")
        found = order(left[0], right[0])
        return boolean(None if found is None else accepts(found))

    return compare


def _in(left: Items, right: Items) -> Items:
    if not left:
        return []
    if len(left) > 1:
        raise FhirPathError("`in` asks for a single value")
    return boolean(any(same(left[0], item) for item in right))


OPERATORS: Final[dict[str, Operator]] = {
    "=": lambda left, right: boolean(equal(left, right)),
    "!=": lambda left, right: boolean(_not(equal(left, right))),
    "<": _compared(lambda found: found < 0),
    "<=": _compared(lambda found: found <= 0),
    ">": _compared(lambda found: found > 0),
    ">=": _compared(lambda found: found >= 0),
    "and": _logical(_and),
    "or": _logical(_or),
    "xor": _logical(_xor),
    "implies": _logical(_implies),
    "in": _in,
    "contains": lambda left, right: _in(right, left),
    "|": lambda left, right: distinct([*left, *right]),
}
