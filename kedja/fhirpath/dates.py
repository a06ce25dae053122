"""Which of two dates or times is the earlier, as far as both are precise (FHIRPath 2.0, sections 6.1.1 and 6.2)."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Final, NamedTuple

DATES: Final = frozenset({"date", "dateTime", "instant", "System.Date", "System.DateTime"})
TIMES: Final = frozenset({"time", "System.Time"})
_DATE: Final = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?:T(?:(\d\d)(?::(\d\d)(?::(\d\d(?:\.\d+)?))?)?(Z|[+-]\d\d:\d\d)?)?)?", re.ASCII
)
_TIME: Final = re.compile(r"T?(\d\d)(?::(\d\d)(?::(\d\d(?:\.\d+)?))?)?", re.ASCII)
_NOT_GIVEN: Final = (1, 1, 1, 0, 0)
_ONLY_DATE: Final = 3


class Parts(NamedTuple):
    """From the year, or from the hour on, each as its digits were written; the zone of a dateTime, if it has one."""

    given: tuple[str, ...]
    zone: str | None = None


def compare(left: str, right: str) -> int | None:
    """-1, 0 or 1; None where they agree as far as the less precise goes, or only one has a zone, or one is no date."""
    first, second = parts(left), parts(right)
    if first is None or second is None:
        return None
    if bool(first.zone) != bool(second.zone) and min(len(first.given), len(second.given)) > _ONLY_DATE:
        return None
    one, other = (_in_utc(first), _in_utc(second)) if first.zone and second.zone else (_numbers(first), _numbers(second))
    for mine, yours in zip(one, other):
        if mine != yours:
            return -1 if mine < yours else 1
    return 0 if len(one) == len(other) else None


def parts(text: str) -> Parts | None:
    """The parts of a date, dateTime, instant or time; None for what is none, as `2024-02-30`."""
    if is_clock(text):
        time = _TIME.fullmatch(text)
        given = tuple(part for part in time.groups() if part) if time else ()
        return Parts(given) if given and _in_day(given) else None
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    *groups, zone = match.groups()
    given = tuple(part for part in groups if part)
    return Parts(given, zone) if _in_calendar(given[:_ONLY_DATE]) and _in_day(given[_ONLY_DATE:]) else None


def is_clock(text: str) -> bool:
    """Whether this is a time without a date, if it is any of them: `10:30`, `T10`."""
    return ":" in text[:6] or text.startswith("T")


def _in_calendar(given: tuple[str, ...]) -> bool:
    year, month, day = (*map(int, given), *(1, 1))[:3]
    return year > 0 and 1 <= month <= 12 and 1 <= day <= (28 if day <= 28 else monthrange(year, month)[1])


def _in_day(given: tuple[str, ...]) -> bool:
    """Two digits compare as numbers do; a leap second has the number 60."""
    return all(part < end for part, end in zip(given, ("24", "60", "61")))


def _numbers(found: Parts) -> tuple[Decimal, ...]:
    return tuple(Decimal(part) for part in found.given)


def _in_utc(found: Parts) -> tuple[Decimal, ...]:
    whole = [int(part) for part in found.given[:5]]
    try:
        moment = datetime(*whole, *_NOT_GIVEN[len(whole) :], tzinfo=zone(found)).astimezone(UTC)  # type: ignore[arg-type]
    except (ValueError, OverflowError):
        return _numbers(found)
    moved = (moment.year, moment.month, moment.day, moment.hour, moment.minute)
    return (*(Decimal(part) for part in moved[: len(whole)]), *(Decimal(part) for part in found.given[5:]))


def zone(found: Parts) -> timezone:
    """The zone of these parts; UTC where none is given."""
    if found.zone is None or found.zone == "Z":
        return UTC
    sign = -1 if found.zone[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(found.zone[1:3]), minutes=int(found.zone[4:])))
