"""How far a value's precision reaches (FHIRPath 3.0, sections 5.7.11 and 5.7.12; used with R4 too), and comparable units."""

from __future__ import annotations

from calendar import monthrange
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal
from typing import Any, Final

from kedja.fhirpath import quantities
from kedja.fhirpath.arithmetic import measured
from kedja.fhirpath.dates import TIMES, Parts, parts
from kedja.fhirpath.equality import as_quantity, is_time, number
from kedja.fhirpath.functions.table import Function, single, valued, whole
from kedja.fhirpath.items import Item, Items, boolean, decimal, integer
from kedja.fhirpath.nodes import FhirPathError

MAX_PLACES: Final = 28
_PLACES: Final = 8  # of a decimal, where none are asked for
_WIDE: Final = Context(prec=1000)  # a number of the data has up to 308 digits before its point
_DATE_DIGITS: Final = {4: 1, 6: 2, 8: 3, 10: 4, 12: 5, 14: 6, 17: 7}  # digits asked for: parts of a dateTime
_TIME_DIGITS: Final = {2: 1, 4: 2, 6: 3, 9: 4}
_LOW: Final = ("01", "01", "00", "00", "00", "000")  # from the month on
_HIGH: Final = ("12", "31", "23", "59", "59", "999")
_EARLIEST_ZONE: Final = "+14:00"
_LATEST_ZONE: Final = "-12:00"


def _boundary(name: str, high: bool) -> Function:
    def rule(items: Items, precision: Items | None = None) -> Items:
        value: Any = single(items, f"`{name}`")
        places = None if precision is None else whole(precision, f"`{name}`")
        if value is None or (precision and places is None):
            return []
        item = items[0]
        if is_time(item):
            found = _time(value, places, high) if item.type in TIMES else _date(item, places, high)
            return [] if found is None else [Item(found, _type(item))]
        amount, measure = number(item), quantities.quantity(item)
        if amount is not None:
            bound = _decimal(amount, places, high)
            return [] if bound is None else decimal(bound)
        if measure is None:
            raise FhirPathError(f"`{name}` asks for a number, a quantity, a date or a time, found {item.type}")
        bound = _decimal(measure.value, places, high)
        return [] if bound is None else measured(bound, measure.unit)

    return valued(rule, 0, 1)


def _decimal(value: Decimal, places: int | None, high: bool) -> Decimal | None:
    """Half a unit of the last digit up or down; of fewer digits, rounded when away from zero, cut off when towards it."""
    places = _PLACES if places is None else places
    exponent = value.as_tuple().exponent
    if not 0 <= places <= MAX_PLACES or not isinstance(exponent, int):
        return None
    half = Decimal(5).scaleb(min(exponent, 0) - 1)
    bound = _WIDE.add(value, half if high else -half)
    outwards = high != value.is_signed()
    return bound.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP if outwards else ROUND_DOWN, _WIDE)


def _date(item: Item, places: int | None, high: bool) -> str | None:
    found = parts(item.value)
    if found is None:
        return None
    wanted = _DATE_DIGITS.get(places if places is not None else 8 if item.type in ("date", "System.Date") else 17)
    if wanted is None:
        return None
    given = _split_second(found)
    if len(given) == 4:
        given = (*given, "00")  # FHIR has no time of an hour alone: it is the full hour
    year, month, day, *rest = (*given, *(_HIGH if high else _LOW)[len(given) - 1 :])
    if high and len(given) < 3:
        day = f"{monthrange(int(year), int(month))[1]:02}"
    if wanted <= 3:
        return "-".join((year, month, day)[:wanted])
    zone = found.zone or (_LATEST_ZONE if high else _EARLIEST_ZONE)
    return f"{year}-{month}-{day}T{_clock(rest[: wanted - 3])}{zone}"


def _time(text: str, places: int | None, high: bool) -> str | None:
    found = parts(text)
    wanted = _TIME_DIGITS.get(9 if places is None else places)
    if found is None or wanted is None:
        return None
    given = _split_second(found, hours=0)
    return "T" + _clock([*given, *(_HIGH if high else _LOW)[len(given) + 2 :]][:wanted])


def _split_second(found: Parts, hours: int = 3) -> tuple[str, ...]:
    """The parts, with the decimals of a second as one of their own, of three digits."""
    given = found.given
    if len(given) < hours + 3 or "." not in given[-1]:
        return given
    second, _, decimals = given[-1].partition(".")
    return (*given[:-1], second, decimals.ljust(3, "0")[:3])


def _clock(given: list[str]) -> str:
    return ":".join(given[:3]) + "".join(f".{part}" for part in given[3:])


def _type(item: Item) -> str:
    return {"date": "System.Date", "time": "System.Time", "System.Date": "System.Date", "System.Time": "System.Time"}.get(
        item.type, "System.DateTime"
    )


def _precision(items: Items) -> Items:
    value: Any = single(items, "`precision`")
    if value is None:
        return []
    if is_time(items[0]):
        found = parts(value)
        return [] if found is None else integer(sum(character.isdigit() for part in found.given for character in part))
    amount = number(items[0])
    if amount is None:
        raise FhirPathError(f"`precision` asks for a decimal, a date or a time, found {items[0].type}")
    exponent = amount.as_tuple().exponent
    return integer(max(-exponent, 0) if isinstance(exponent, int) else 0)


def _comparable(items: Items, other: Items) -> Items:
    if single(items, "`comparable`") is None or single(other, "`comparable`") is None:
        return []
    one, two = as_quantity(items[0]), as_quantity(other[0])
    return boolean(one is not None and two is not None and quantities.comparable(one, two) is not None)


FUNCTIONS: Final = {
    "lowBoundary": _boundary("lowBoundary", high=False),
    "highBoundary": _boundary("highBoundary", high=True),
    "precision": valued(_precision),
    "comparable": valued(_comparable, 1, 1),
}
