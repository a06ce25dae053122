"""Equivalence: what means the same, whatever its case, order and precision (FHIRPath 2.0, section 6.1.3)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any, Final

from kedja.fhirpath import dates, quantities
from kedja.fhirpath.equality import as_quantity, is_time, number
from kedja.fhirpath.items import Item, Items, Quantity, children

_WIDE: Final = Context(prec=1000, rounding=ROUND_HALF_UP)


def equivalent(left: Items, right: Items) -> bool:
    """`~`: as many values, and to each on the left one on the right, in any order."""
    if len(left) != len(right):
        return False
    rest = list(right)
    for item in left:
        found = next((position for position, other in enumerate(rest) if alike(item, other)), None)
        if found is None:
            return False
        del rest[found]
    return True


def alike(left: Item, right: Item) -> bool:
    """Whether two single values are equivalent."""
    one: Any = left.value
    other: Any = right.value
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if is_time(left) or is_time(right):
        return is_time(left) and is_time(right) and (one == other or dates.compare(one or "", other or "") == 0)
    if isinstance(one, str) and isinstance(other, str):
        return _normal(one) == _normal(other)
    first, second = number(left), number(right)
    if first is not None and second is not None:
        return _as_precise(first, second)
    if isinstance(one, Quantity) or isinstance(other, Quantity):
        return _alike_quantities(left, right)
    if isinstance(one, dict) and isinstance(other, dict):
        return one == other or _alike_members(left, right)
    return one == other


def _alike_members(left: Item, right: Item) -> bool:
    if left.type in quantities.TYPES and right.type in quantities.TYPES:
        return _alike_quantities(left, right)
    return left.type == right.type and equivalent(children(left), children(right))


def _normal(text: str) -> str:
    return " ".join(text.casefold().split())


def _as_precise(left: Decimal, right: Decimal) -> bool:
    """Equal when both are rounded to the digits that the less precise has after its point."""
    places = min(_places(left), _places(right))
    return _rounded(left, places) == _rounded(right, places)


def _places(value: Decimal) -> int:
    """The digits after the point, without zeros at the end."""
    exponent = value.normalize(_WIDE).as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def _rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), context=_WIDE)


def _alike_quantities(left: Item, right: Item) -> bool:
    one, other = as_quantity(left), as_quantity(right)
    if one is None or other is None:
        return False
    amounts = quantities.comparable(one, other, loosely=True)
    if amounts is None:
        return False
    scale = quantities.comparable(Quantity(Decimal(1), one.unit), other, loosely=True)
    if scale is None or not scale[0].value:
        return amounts[0].value == amounts[1].value
    mine = amounts[1].value / scale[0].value
    return _as_precise(one.value, _WIDE.divide(Decimal(mine.numerator), Decimal(mine.denominator)))
