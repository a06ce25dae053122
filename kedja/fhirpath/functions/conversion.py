"""Conversions between the types of the language (FHIRPath 2.0, section 5.5)."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from kedja.fhirpath import dates, quantities
from kedja.fhirpath.equality import number
from kedja.fhirpath.functions.table import Function, single, text, valued
from kedja.fhirpath.items import Item, Items, Quantity, boolean
from kedja.fhirpath.nodes import FhirPathError

Conversion = Callable[[Item], Any]

_TRUE: Final = frozenset({"true", "t", "yes", "y", "1", "1.0"})
_FALSE: Final = frozenset({"false", "f", "no", "n", "0", "0.0"})
_INTEGER: Final = re.compile(r"[+-]?\d{1,19}", re.ASCII)
_DECIMAL: Final = re.compile(r"[+-]?\d{1,100}(?:\.\d{1,100})?", re.ASCII)
_QUANTITY: Final = re.compile(r"(?P<value>[+-]?\d{1,100}(?:\.\d{1,100})?)\s*(?:'(?P<unit>[^']+)'|(?P<time>[a-zA-Z]+))?", re.ASCII)
_DATE: Final = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?", re.ASCII)


def _to_boolean(item: Item) -> bool | None:
    value = item.value
    if isinstance(value, bool):
        return value
    amount = number(item)
    if amount is not None:
        return {Decimal(1): True, Decimal(0): False}.get(amount)
    if not isinstance(value, str):
        return None
    return True if value.lower() in _TRUE else False if value.lower() in _FALSE else None


def _to_integer(item: Item) -> int | None:
    value = item.value
    if isinstance(value, int):
        return int(value)
    return int(value) if isinstance(value, str) and _INTEGER.fullmatch(value) else None


def _to_decimal(item: Item) -> Decimal | None:
    value = item.value
    if isinstance(value, bool):
        return Decimal(int(value))
    if isinstance(value, str):
        return Decimal(value) if _DECIMAL.fullmatch(value) else None
    return number(item)


def to_text(item: Item) -> str | None:
    """The value as the language writes it; None for what has no such form."""
    value = item.value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value.removeprefix("T") if item.type == "System.Time" else value
    found = quantities.quantity(item)
    if found is not None:
        unit = found.unit if found.unit in quantities.CALENDAR else f"'{found.unit}'"
        return f"{found.value:f} {unit}"
    if isinstance(value, int):
        return str(value)
    amount = number(item)
    return None if amount is None else f"{amount:f}"


def _to_date(item: Item) -> str | None:
    value = item.value
    if not isinstance(value, str) or item.type in dates.TIMES or dates.parts(value) is None:
        return None
    day = value.partition("T")[0]
    return day if _DATE.fullmatch(day) else None


def _to_date_time(item: Item) -> str | None:
    value = item.value
    if not isinstance(value, str) or item.type in dates.TIMES or not _DATE.match(value) or dates.parts(value) is None:
        return None
    return value


def _to_time(item: Item) -> str | None:
    value = item.value
    if not isinstance(value, str) or item.type in dates.DATES:
        return None
    form = value if value.startswith("T") else f"T{value}"
    return form if dates.parts(form) is not None else None


def _to_quantity(item: Item) -> Quantity | None:
    value = item.value
    if isinstance(value, bool):
        return Quantity(Decimal("1.0" if value else "0.0"), "1")
    amount = number(item)
    if amount is not None:
        return Quantity(amount, "1")
    if not isinstance(value, str):
        return quantities.quantity(item)
    match = _QUANTITY.fullmatch(value)
    if match is None or (match["time"] and match["time"] not in quantities.CALENDAR):
        return None
    unit = quantities.CALENDAR[match["time"]] if match["time"] else match["unit"] or "1"
    return Quantity(Decimal(match["value"]), quantities.CALENDAR.get(unit, unit))


_TYPES: Final[dict[str, Conversion]] = {
    "Boolean": _to_boolean,
    "Integer": _to_integer,
    "Decimal": _to_decimal,
    "String": to_text,
    "Date": _to_date,
    "DateTime": _to_date_time,
    "Time": _to_time,
    "Quantity": _to_quantity,
}


def _converted(name: str, convert: Conversion, items: Items, unit: Items | None) -> Item | None:
    if single(items, f"`to{name}`") is None:
        return None
    value = convert(items[0])
    code = None if unit is None else text(unit, f"`to{name}`")
    if isinstance(value, Quantity) and code is not None:
        amount = quantities.converted(value, quantities.CALENDAR.get(code, code))
        value = None if amount is None else Quantity(amount, code)
    return None if value is None else Item(value, f"System.{name}")


def _to(name: str, convert: Conversion) -> Function:
    def apply(items: Items, unit: Items | None = None) -> Items:
        found = _converted(name, convert, items, unit)
        return [] if found is None else [found]

    return valued(apply, 0, int(name == "Quantity"))


def _converts(name: str, convert: Conversion) -> Function:
    def apply(items: Items, unit: Items | None = None) -> Items:
        if len(items) > 1:
            raise FhirPathError(f"`convertsTo{name}` asks for a single value, found {len(items)}")
        return boolean(_converted(name, convert, items, unit) is not None) if items else []

    return valued(apply, 0, int(name == "Quantity"))


FUNCTIONS: Final = {
    **{f"to{name}": _to(name, convert) for name, convert in _TYPES.items()},
    **{f"convertsTo{name}": _converts(name, convert) for name, convert in _TYPES.items()},
}
