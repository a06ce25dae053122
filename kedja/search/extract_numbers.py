"""Numbers and quantities as parameters compare them: by the precision that is written (FHIR R4 3.1.1.4.4, 3.1.1.4.11)."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Context, Decimal
from functools import lru_cache
from typing import Any, Final, cast

from kedja import ucum
from kedja.exactjson import Number
from kedja.search.hashing import hash64

NumberRange = tuple[Decimal, Decimal, Decimal]  # value, lo, hi
QuantityRow = tuple[Decimal, Decimal, Decimal, int, int]  # value, lo, hi, unit, code
Quantities = tuple[tuple[QuantityRow, ...], QuantityRow | None]  # as written, and in base units where the unit is of UCUM

LOWEST: Final = Decimal("-1E+319")  # stands for no lower end; exactjson lets no number in that is as far out
HIGHEST: Final = Decimal("1E+319")
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]{1,6}))?")
_EXACT: Final = Context(prec=1000)
_MAX_DIGITS: Final = 700  # zeros of the exponent included
_CURRENCIES: Final = "urn:iso:std:iso:4217"

IN_BASE_UNITS: Final = "ucum"  # behind the name of a parameter: where its amounts stand in base units
UCUM: Final = "http://unitsofmeasure.org"

_hash: Final = lru_cache(maxsize=8192)(hash64)


def base_unit(code: str) -> tuple[ucum.Canonical, int] | None:
    """How to come to base units from this code of UCUM, and the number that stands for them; None for what is no code."""
    found = ucum.canonical(code)
    return None if found is None else (found, _hash(f"{UCUM}#{found.unit}"))


@lru_cache(maxsize=16384)
def number_range(raw: str) -> NumberRange:
    """A number as written and the range `[lo, hi)` that it stands for: `5.40` is 5.395 to 5.405, `100` is 99.5 to 100.5.

    With an exponent the range follows the digits before it, of which there are at least two: R4 3.1.1.4.4 takes `1e2`
    as 95 to 105. Raises ValueError for what is no number, is not finite, or needs over 700 digits.
    """
    match = _NUMBER.fullmatch(raw)
    if match is None:
        raise ValueError(f"`{raw[:40]}` is not a number")
    fraction, power = len(match[1] or ""), int(match[2] or 0)
    if len(raw) + abs(power) > _MAX_DIGITS:
        raise ValueError(f"`{raw[:40]}` is out of range")
    value = Decimal(raw)
    last = power - (max(fraction, 1) if match[2] else fraction)  # the power of ten that the last digit counts
    half = Decimal(5).scaleb(last - 1)
    return value, _EXACT.subtract(value, half), _EXACT.add(value, half)


def number_of(value: Any) -> NumberRange | None:
    """The range of a JSON number; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return number_range(value.raw if isinstance(value, Number) else str(value))
    except ValueError:
        return None


def quantity_rows(value: Any, type_name: str) -> Quantities:
    """The rows of a Quantity (Age, Duration, Count, Distance), Money, Range or SampledData.

    A comparator opens the range: `<5` is everything below 5. So does a Range without one of its ends.
    Where the unit's text differs from its code there is a row for each, so that either finds it.
    """
    if not isinstance(value, dict):
        return (), None
    return _ROWS.get(type_name, _quantity)(cast("dict[str, Any]", value))


def _quantity(quantity: dict[str, Any]) -> Quantities:
    found = number_of(quantity.get("value"))
    if found is None:
        return (), None
    return _with_units(_compared(found, quantity.get("comparator")), quantity)


def _compared(found: NumberRange, comparator: Any) -> NumberRange:
    value, lo, hi = found
    if comparator in ("<", "<="):
        return value, LOWEST, value if comparator == "<" else hi
    if comparator in (">", ">="):
        return value, value if comparator == ">" else lo, HIGHEST
    return found


def _with_units(found: NumberRange, quantity: dict[str, Any]) -> Quantities:
    return _rows(found, _text(quantity.get("system")), _text(quantity.get("code")), _text(quantity.get("unit")))


@lru_cache(maxsize=16384)
def _rows(found: NumberRange, system: str, code: str, unit: str) -> Quantities:
    coded = _hash(f"{system}|{code}") if code else 0
    names = sorted({code, unit} - {""}) or [""]
    rows = tuple((*found, coded, _hash(name) if name else 0) for name in names)
    return rows, _in_base(found, code) if system == UCUM and code else None


def _in_base(found: NumberRange, code: str) -> QuantityRow | None:
    """A number is there without its precision, which no comparison of it asks for; a range with its ends."""
    base = base_unit(code)
    if base is None:
        return None
    unit, hashed = base
    value, lo, hi = found
    if _EXACT.add(lo, hi) == _EXACT.multiply(value, Decimal(2)):
        exact = unit.base(value)
        return exact, exact, exact, hashed, 0
    ends = (end if end in (LOWEST, HIGHEST) else unit.base(end) for end in found)
    return (*cast("NumberRange", tuple(ends)), hashed, 0)


def _money(money: dict[str, Any]) -> Quantities:
    found = number_of(money.get("value"))
    return ((), None) if found is None else _with_units(found, {"system": _CURRENCIES, "code": money.get("currency")})


def _sampled(sampled: dict[str, Any]) -> Quantities:
    """From the least to the greatest of the samples, in the unit of their origin (R4 2.24.0.12)."""
    holder: Any = sampled.get("origin")
    origin = cast("dict[str, Any]", holder) if isinstance(holder, dict) else {}
    zero, factor = number_of(origin.get("value")), number_of(sampled.get("factor")) or (Decimal(1),)
    samples = [found[0] for text in _text(sampled.get("data")).split() if (found := _sample(text))]
    if zero is None or not samples:
        return (), None
    ends = sorted(_EXACT.add(_EXACT.multiply(each, factor[0]), zero[0]) for each in (min(samples), max(samples)))
    return _with_units((ends[0], ends[0], ends[1]), origin)


def _sample(text: str) -> NumberRange | None:
    try:
        return number_range(text)
    except ValueError:  # `E`, `L` or `U`: not a value
        return None


def _range(limits: dict[str, Any]) -> Quantities:
    low, high = (cast("dict[str, Any]", end) if isinstance(end := limits.get(name), dict) else {} for name in ("low", "high"))
    bottom, top = number_of(low.get("value")), number_of(high.get("value"))
    ends = [end for end in (bottom, top) if end is not None]
    if not ends:
        return (), None
    lo = min(lo for _, lo, _ in ends) if bottom else LOWEST
    hi = max(hi for _, _, hi in ends) if top else HIGHEST
    return _with_units((ends[0][0], lo, hi), low if bottom else high)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


_ROWS: Final[dict[str, Callable[[dict[str, Any]], Quantities]]] = {
    "Money": _money,
    "Range": _range,
    "SampledData": _sampled,
}
