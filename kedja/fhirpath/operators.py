"""The operators between two collections, as two tables (FHIRPath 2.0, section 6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kedja.fhirpath import arithmetic
from kedja.fhirpath.equality import distinct, equal, order, same
from kedja.fhirpath.equivalence import equivalent
from kedja.fhirpath.items import Items, boolean
from kedja.fhirpath.nodes import FhirPathError

Operator = Callable[[Items, Items], Items]
Truth = bool | None
Later = Callable[[], Truth]


def truth(items: Items) -> Truth:
    """A collection where a truth value is expected: a single value that is none counts as true. Raises for several."""
    if not items:
        return None
    if len(items) > 1:
        raise FhirPathError(f"expected one truth value, found {len(items)} values")
    value = items[0].value
    return value if value is None or isinstance(value, bool) else True


def _and(left: Truth, right: Later) -> Truth:
    if left is False:
        return False
    other = right()
    return False if other is False else None if left is None or other is None else True


def _or(left: Truth, right: Later) -> Truth:
    if left is True:
        return True
    other = right()
    return True if other is True else None if left is None or other is None else False


def _xor(left: Truth, right: Later) -> Truth:
    other = right()
    return None if left is None or other is None else left != other


def _implies(left: Truth, right: Later) -> Truth:
    if left is False:
        return True
    other = right()
    return True if other is True else None if left is None else other


def _not(value: Truth) -> Truth:
    return None if value is None else not value


def _compared(accepts: Callable[[int], bool]) -> Operator:
    def compare(left: Items, right: Items) -> Items:
        if not left or not right:
            return []
        if len(left) > 1 or len(right) > 1:
            raise FhirPathError("only single values have an order")
        found = order(left[0], right[0])
        return boolean(None if found is None else accepts(found))

    return compare


def _computed(name: str, rule: arithmetic.Operator) -> Operator:
    def compute(left: Items, right: Items) -> Items:
        if len(left) > 1 or len(right) > 1:
            raise FhirPathError(f"`{name}` asks for single values")
        if not left or not right or left[0].value is None or right[0].value is None:
            return []
        return rule(left[0], right[0])

    return compute


def _concatenated(left: Items, right: Items) -> Items:
    """`&`: as `+` of strings, with nothing taken for the empty string."""
    if len(left) > 1 or len(right) > 1:
        raise FhirPathError("`&` asks for single values")
    one, other = ("" if not items or items[0].value is None else items[0].value for items in (left, right))
    if not isinstance(one, str) or not isinstance(other, str):
        raise FhirPathError("`&` asks for strings: use `toString()`")
    return arithmetic.joined(one, other)


def _in(left: Items, right: Items) -> Items:
    if not left:
        return []
    if len(left) > 1:
        raise FhirPathError("`in` asks for a single value")
    return boolean(any(same(left[0], item) for item in right))


LOGIC: Final[dict[str, Callable[[Truth, Later], Truth]]] = {"and": _and, "or": _or, "xor": _xor, "implies": _implies}
OPERATORS: Final[dict[str, Operator]] = {
    "=": lambda left, right: boolean(equal(left, right)),
    "!=": lambda left, right: boolean(_not(equal(left, right))),
    "~": lambda left, right: boolean(equivalent(left, right)),
    "!~": lambda left, right: boolean(not equivalent(left, right)),
    "<": _compared(lambda found: found < 0),
    "<=": _compared(lambda found: found <= 0),
    ">": _compared(lambda found: found > 0),
    ">=": _compared(lambda found: found >= 0),
    "in": _in,
    "contains": lambda left, right: _in(right, left),
    "|": lambda left, right: distinct([*left, *right]),
    "&": _concatenated,
    "+": _computed("+", arithmetic.add),
    "-": _computed("-", arithmetic.subtract),
    "*": _computed("*", arithmetic.multiply),
    "/": _computed("/", arithmetic.divide),
    "div": _computed("div", arithmetic.quotient),
    "mod": _computed("mod", arithmetic.remainder),
}
