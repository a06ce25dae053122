"""Dates as date parameters compare them: the range of instants that a value covers (FHIR R4 3.1.1.4.7)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, cast

DateRange = tuple[datetime, datetime]

FIRST: Final = datetime.min.replace(tzinfo=UTC)
LAST: Final = datetime.max.replace(tzinfo=UTC)

_DATE: Final = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:[0-5]\d)?)?)?)?", re.ASCII
)
_MAX_OFFSET: Final = timedelta(hours=14)  # R4 2.24.0.1 (the pattern of dateTime)


@lru_cache(maxsize=16384)
def date_range(text: str) -> DateRange:
    """`[lo, hi)` in UTC of a date, dateTime or instant of any precision, from a year to microseconds.

    `2024-02` is the whole month. What has no zone is taken as UTC. A leap second belongs to the minute that it ends.
    Raises ValueError for what is no such date; `24:00` is none.
    """
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError(f"`{text[:40]}` is not a FHIR date")
    year, month, day, hour, _, second, fraction, zone = match.groups()
    if month is None:
        return _span(datetime(int(year), 1, 1, tzinfo=UTC), 366 if _is_leap(int(year)) else 365)
    if day is None:
        start = datetime(int(year), int(month), 1, tzinfo=UTC)
        return _span(start, _days_in(start))
    if hour is None:
        return _span(datetime(int(year), int(month), int(day), tzinfo=UTC), 1)
    if second is None:
        return _moment(text, zone, timedelta(minutes=1))
    if second == "60":
        return _moment(f"{text[: match.start(6)]}59{zone or ''}", zone, timedelta(seconds=1))
    return _moment(text, zone, timedelta(microseconds=10 ** max(6 - len(fraction or ""), 0)))


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _days_in(month: datetime) -> int:
    return ((month.replace(day=28) + timedelta(days=4)).replace(day=1) - month).days if month.month < 12 else 31


def _span(start: datetime, days: int) -> DateRange:
    return start, _moved(start, timedelta(days=days))


def _moment(text: str, zone: str | None, width: timedelta) -> DateRange:
    """From a moment on; digits beyond microseconds are cut off."""
    start = datetime.fromisoformat(text)
    if zone is None:
        start = start.replace(tzinfo=UTC)
    elif zone != "Z":
        offset = start.utcoffset() or timedelta(0)
        if abs(offset) > _MAX_OFFSET:
            raise ValueError(f"`{zone}` is not a time zone")
        start = _moved(start.replace(tzinfo=UTC), -offset)
    return start, _moved(start, width)


def _moved(moment: datetime, by: timedelta) -> datetime:
    """Never beyond the first and the last moment that Python knows."""
    try:
        return moment + by
    except OverflowError:
        return LAST if by > timedelta(0) else FIRST


def date_values(value: Any, type_name: str) -> list[DateRange]:
    """The ranges of a date, dateTime, instant, Period or Timing; none for what cannot be read as one."""
    if type_name == "Period":
        return _period(value)
    if type_name == "Timing":
        return _timing(value)
    return [] if (found := _quietly(value)) is None else [found]


def _quietly(value: Any) -> DateRange | None:
    if not isinstance(value, str):
        return None
    try:
        return date_range(value)
    except ValueError:
        return None


def _period(value: Any) -> list[DateRange]:
    """From the start of `start` to the end of `end`; an end that is missing is open."""
    if not isinstance(value, dict):
        return []
    period = cast("dict[str, Any]", value)
    start, end = _quietly(period.get("start")), _quietly(period.get("end"))
    if start is None and end is None:
        return []
    lo = start[0] if start else FIRST
    hi = end[1] if end else LAST
    return [(lo, hi)] if lo < hi else [_around([cast("DateRange", start), cast("DateRange", end)])]


def _timing(value: Any) -> list[DateRange]:
    """From the first to the last of its events and the bounds of its repetition."""
    ranges = list(_timing_parts(value))
    return [_around(ranges)] if ranges else []


def _timing_parts(value: Any) -> Iterator[DateRange]:
    if not isinstance(value, dict):
        return
    timing = cast("dict[str, Any]", value)
    events = timing.get("event")
    for event in cast("list[Any]", events) if isinstance(events, list) else []:
        if found := _quietly(event):
            yield found
    repeat = timing.get("repeat")
    if isinstance(repeat, dict):
        yield from _period(cast("dict[str, Any]", repeat).get("boundsPeriod"))


def _around(ranges: list[DateRange]) -> DateRange:
    return min(lo for lo, _ in ranges), max(hi for _, hi in ranges)
