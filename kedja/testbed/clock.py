"""Days and instants in Sweden, without a clock: everything is counted from the day that the population is made for."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

WINDOW_DAYS = 5 * 365


@lru_cache(maxsize=256)
def _summer(year: int) -> tuple[date, date]:
    """First and last day with +02:00: from the last Sunday of March to the Saturday before the last Sunday of October."""
    march, october = date(year, 3, 31), date(year, 10, 31)
    start = march - timedelta(days=(march.weekday() + 1) % 7)
    end = october - timedelta(days=(october.weekday() + 1) % 7)
    return start, end - timedelta(days=1)


@lru_cache(maxsize=8192)
def _day(day: date) -> tuple[str, str]:
    start, end = _summer(day.year)
    return day.isoformat() + "T", "+02:00" if start <= day <= end else "+01:00"


def instant(day: date, minutes: int, seconds: int = 0) -> str:
    """A FHIR instant at `minutes` after local midnight of `day`: `2026-03-02T08:15:00+01:00`."""
    prefix, offset = _day(day)
    return f"{prefix}{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}{offset}"


def weekday(day: date) -> date:
    """`day`, or the Monday after it where it is in a weekend: planned care is given on weekdays."""
    return day + timedelta(days=(7 - day.weekday()) if day.weekday() > 4 else 0)


def age(born: date, on: date) -> int:
    """Full years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
