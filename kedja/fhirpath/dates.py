"""Which of two dates or times is the earlier, as far as both are precise (FHIRPath 2.0, sections 6.1.1 and 6.2)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Final

_DATE: Final = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?:T(?:(\d\d)(?::(\d\d)(?::(\d\d(?:\.\d+)?))?)?(Z|[+-]\d\d:\d\d)?)?)?", re.ASCII
)
_TIME: Final = re.compile(r"T?(\d\d)(?::(\d\d)(?::(\d\d(?:\.\d+)?))?)?", re.ASCII)
_NOT_GIVEN: Final = (1, 1, 1, 0, 0)

Parts = tuple[tuple[Decimal, ...], bool]  # from the year or the hour on; whether its zone is known


def compare(left: str, right: str) -> int | None:
    """-1, 0 or 1; None where they agree as far as the less precise goes, or only one has a zone, or one is no date."""
    first, second = _parts(left), _parts(right)
    if first is None or second is None:
        return None
    if first[1] != second[1] and min(len(first[0]), len(second[0])) > 3:
        return None
    for one, other in zip(first[0], second[0]):
        if one != other:
            return -1 if one < other else 1
    return 0 if len(first[0]) == len(second[0]) else None


def _parts(text: str) -> Parts | None:
    if time := _TIME.fullmatch(text) if ":" in text[:6] or text.startswith("T") else None:
        return tuple(Decimal(part) for part in time.groups() if part), False
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    *given, zone = match.groups()
    parts = tuple(Decimal(part) for part in given if part)
    return (_in_utc(parts, zone), True) if zone and len(parts) > 3 else (parts, False)


def _in_utc(parts: tuple[Decimal, ...], zone: str) -> tuple[Decimal, ...]:
    whole = [int(part) for part in parts[:5]]
    sign = -1 if zone[0] == "-" else 1
    offset = timedelta() if zone == "Z" else sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[4:]))
    try:
        moment = datetime(*whole, *_NOT_GIVEN[len(whole) :], tzinfo=timezone(offset)).astimezone(UTC)  # type: ignore[arg-type]
    except (ValueError, OverflowError):
        return parts
    moved = (moment.year, moment.month, moment.day, moment.hour, moment.minute)
    return (*(Decimal(part) for part in moved[: len(whole)]), *parts[5:])
