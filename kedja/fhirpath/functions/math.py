"""Mathematics (FHIRPath 2.0, section 5.7)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Final

from kedja.fhirpath import quantities
from kedja.fhirpath.arithmetic import DECIMALS, counted, finite, measured
from kedja.fhirpath.equality import number
from kedja.fhirpath.functions.table import Function, single, valued, whole
from kedja.fhirpath.items import Items
from kedja.fhirpath.nodes import FhirPathError

MAX_PLACES: Final = 28


def _amount(items: Items, name: str) -> Decimal | None:
    if single(items, f"`{name}`") is None:
        return None
    found = number(items[0])
    if found is None:
        raise FhirPathError(f"`{name}` asks for a number, found {items[0].type}")
    return found


def _of_number(name: str, rule: Callable[[Decimal], Items]) -> Function:
    def apply(items: Items) -> Items:
        value = _amount(items, name)
        return [] if value is None else rule(value)

    return valued(apply)


def _of_two(name: str, rule: Callable[[Decimal, Decimal], Items]) -> Function:
    def apply(items: Items, argument: Items) -> Items:
        value, other = _amount(items, name), _amount(argument, name)
        return [] if value is None or other is None else rule(value, other)

    return valued(apply, 1, 1)


def _integral(rounding: str) -> Callable[[Decimal], Items]:
    return lambda value: counted(int(value.to_integral_value(rounding)))


def _abs(items: Items) -> Items:
    if single(items, "`abs`") is None:
        return []
    value = quantities.quantity(items[0])
    if value is not None:
        return measured(abs(value.value), value.unit)
    amount = _amount(items, "abs")
    if amount is None:
        return []
    return counted(abs(int(amount))) if isinstance(items[0].value, int) else finite(amount.copy_abs())


def _round(items: Items, precision: Items | None = None) -> Items:
    value = _amount(items, "round")
    places = 0 if precision is None else whole(precision, "`round`")
    if value is None or places is None:
        return []
    if not 0 <= places <= MAX_PLACES:
        raise FhirPathError(f"`round` takes 0 to {MAX_PLACES} digits")
    return finite(_rounded(value, places))


def _rounded(value: Decimal, places: int) -> Decimal:
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= places:
        return value
    wide = DECIMALS.copy()
    wide.prec = len(value.as_tuple().digits) + MAX_PLACES + 1
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, wide)


def _power(items: Items, exponent: Items) -> Items:
    value, other = _amount(items, "power"), _amount(exponent, "power")
    if value is None or other is None:
        return []
    found = DECIMALS.power(value, other)
    are_whole = isinstance(items[0].value, int) and isinstance(exponent[0].value, int) and other >= 0
    return counted(int(found)) if are_whole and found.is_finite() and abs(found) < 2**63 else finite(found)


def _log(value: Decimal, base: Decimal) -> Items:
    if value <= 0 or base <= 0 or base == 1:
        return []
    exact = {Decimal(10): DECIMALS.log10}.get(base)
    found = exact(value) if exact else DECIMALS.divide(DECIMALS.ln(value), DECIMALS.ln(base))
    nearest = found.to_integral_value()
    return finite(nearest if DECIMALS.power(base, nearest) == value else found)


FUNCTIONS: Final = {
    "abs": valued(_abs),
    "ceiling": _of_number("ceiling", _integral(ROUND_CEILING)),
    "floor": _of_number("floor", _integral(ROUND_FLOOR)),
    "truncate": _of_number("truncate", _integral(ROUND_DOWN)),
    "round": valued(_round, 0, 1),
    "exp": _of_number("exp", lambda value: finite(DECIMALS.exp(value))),
    "ln": _of_number("ln", lambda value: finite(DECIMALS.ln(value)) if value > 0 else []),
    "log": _of_two("log", _log),
    "power": valued(_power, 1, 1),
    "sqrt": _of_number("sqrt", lambda value: finite(DECIMALS.sqrt(value)) if value >= 0 else []),
}
