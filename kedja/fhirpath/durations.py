"""Dates and times moved by durations (FHIRPath 2.0, section 6.7)."""

from __future__ import annotations

from calendar import monthrange
from datetime import MAXYEAR, MINYEAR, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Final

from kedja.fhirpath.dates import Parts, is_clock, parts
from kedja.fhirpath.items import Quantity
from kedja.fhirpath.nodes import FhirPathError
from kedja.fhirpath.quantities import CALENDAR

# A year and a month of UCUM are of a fixed length, which no calendar has: they are not taken.
_OF_UCUM: Final = {"wk": "week", "d": "day", "h": "hour", "min": "minute", "s": "second", "ms": "millisecond"}
_LEVELS: Final = ("year", "month", "day", "hour", "minute", "second")
_DAY: Final = 24 * 60 * 60 * 1_000_000
_MICROSECONDS: Final = {
    "week": 7 * _DAY,
    "day": _DAY,
    "hour": _DAY // 24,
    "minute": 60_000_000,
    "second": 1_000_000,
    "millisecond": 1_000,
}


def moved(text: str, by: Quantity, sign: int) -> str:
    """The date or time that lies this much later (sign 1) or earlier (-1), as precise as it is; a time goes round.

    What is smaller than its precision is taken whole: 25 months added to a year are two years. Decimals count only in seconds.
    Raises FhirPathError for what is no duration, or leaves the years 1 to 9999.
    """
    unit = CALENDAR.get(by.unit) or _OF_UCUM.get(by.unit)
    found = parts(text)
    if unit is None or found is None:
        raise FhirPathError(f"`{text}` cannot be moved by {by.value} '{by.unit}': use a unit such as days or months")
    amount = sign * (by.value if unit == "second" else by.value.to_integral_value(ROUND_DOWN))
    if is_clock(text):
        return _time(text, found, amount, unit)
    try:
        return _date(text, found, amount, unit)
    except (ValueError, OverflowError):
        raise FhirPathError(f"`{text}` moved by {by.value} {by.unit} is no date of the years {MINYEAR} to {MAXYEAR}") from None


def _time(text: str, found: Parts, amount: Decimal, unit: str) -> str:
    given = found.given
    if unit not in _MICROSECONDS:
        raise FhirPathError(f"a time cannot be moved by {unit}s")
    level = _LEVELS[len(given) + 2]
    hour, minute, second = (*given, *("0",) * (3 - len(given)))
    start = int(hour) * 60 * 60_000_000 + int(minute) * 60_000_000 + int(Decimal(second) * 1_000_000)
    total = (start + _microseconds(amount, unit, level)) % _DAY
    seconds, rest = divmod(total, 1_000_000)
    whole = (f"{seconds // 3600:02}", f"{seconds // 60 % 60:02}", f"{seconds % 60:02}")
    return ("T" if text.startswith("T") else "") + ":".join(_as_long(given, whole, rest, offset=2))


def _date(text: str, found: Parts, amount: Decimal, unit: str) -> str:
    given = found.given
    level = _LEVELS[len(given) - 1]
    numbers = [*map(int, given[:5]), *(1, 1, 1, 0, 0)[len(given) :]]
    year, month, day, hour, minute = numbers
    start = datetime(year, month, day, hour, minute) + timedelta(
        microseconds=int(Decimal(given[5]) * 1_000_000) if len(given) > 5 else 0
    )
    if level in ("year", "month") or unit in ("year", "month"):
        end = _in_months(start, _months(amount, unit, level))
    else:
        end = start + timedelta(microseconds=_microseconds(amount, unit, level))
    whole = (f"{end.year:04}", *(f"{part:02}" for part in (end.month, end.day, end.hour, end.minute, end.second)))
    parts = _as_long(given, whole, end.microsecond, offset=5)
    return "-".join(parts[:3]) + ("T" if "T" in text else "") + ":".join(parts[3:]) + (found.zone or "")


def _as_long(given: tuple[str, ...], whole: tuple[str, ...], microseconds: int, offset: int) -> list[str]:
    """As many parts as were given, with as many decimals of a second."""
    kept = list(whole[: len(given)])
    if len(given) > offset and "." in given[offset]:
        places = len(given[offset]) - 3
        kept[offset] += "." + f"{microseconds:06}".ljust(places, "0")[:places]
    return kept


def _months(amount: Decimal, unit: str, level: str) -> int:
    """Whole years for a year, whole months for anything else; days count as thirtieths of a month."""
    if unit in ("year", "month"):
        months = int(amount) * (12 if unit == "year" else 1)
    else:
        months = int(Decimal(_microseconds(amount, unit, "second")) / _DAY / (365 if level == "year" else 30))
        months *= 12 if level == "year" else 1
    return int(months / 12) * 12 if level == "year" else months


def _in_months(start: datetime, months: int) -> datetime:
    """The same day of another month, or its last."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if not MINYEAR <= year <= MAXYEAR:
        raise OverflowError
    return start.replace(year=year, month=month + 1, day=min(start.day, monthrange(year, month + 1)[1]))


def _microseconds(amount: Decimal, unit: str, level: str) -> int:
    """Whole units of the precision that the moved value has."""
    total = int(amount * _MICROSECONDS[unit])
    size = 1 if level == "second" else _MICROSECONDS[level]
    whole = abs(total) // size * size
    return whole if total >= 0 else -whole
