"""FHIR date and dateTime texts as instants (R4 datatypes: a period's end includes what it names)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

_MICROSECOND = timedelta(microseconds=1)


def first_instant(text: str) -> datetime:
    """The first instant that the text names; without a time zone: UTC. Raises ValueError for what is no FHIR dateTime."""
    if "T" in text:
        return _exact(text)
    return _midnight(_first_day(text))


def last_instant(text: str) -> datetime:
    """The last instant that the text names, to the microsecond: `2026-03` is the end of 31 March. Raises ValueError."""
    if "T" in text:
        return _exact(text)
    return _midnight_after(_last_day(text)) - _MICROSECOND


def end_instant(text: str) -> datetime:
    """The first instant after a period that ends with this text; a dateTime with a time ends at that time. Raises ValueError."""
    if "T" in text:
        return _exact(text)
    return _midnight_after(_last_day(text))


def text_of(instant: datetime) -> str:
    """The FHIR dateTime of an aware instant, in UTC, exact to the microsecond."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def months_before(instant: datetime, months: int) -> datetime:
    """The same time of the same day so many months before, in the instant's own zone; the last day of a shorter month."""
    year, month = divmod(instant.year * 12 + instant.month - 1 - months, 12)
    return instant.replace(year=year, month=month + 1, day=min(instant.day, monthrange(year, month + 1)[1]))


def in_force(period: Mapping[str, Any] | None) -> tuple[datetime | None, datetime | None]:
    """[start, end) of a FHIR Period; None is open. Raises ValueError."""
    start, end = (period or {}).get("start"), (period or {}).get("end")
    return (first_instant(start) if start else None, end_instant(end) if end else None)


def documented(period: Mapping[str, Any] | None) -> tuple[datetime | None, datetime | None]:
    """[start, end], both included, of a FHIR Period of information; None is open. Raises ValueError."""
    start, end = (period or {}).get("start"), (period or {}).get("end")
    return (first_instant(start) if start else None, last_instant(end) if end else None)


def _exact(text: str) -> datetime:
    instant = datetime.fromisoformat(text.replace(":60", ":59"))  # Python has no leap seconds
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def _midnight_after(day: date) -> datetime:
    return _midnight(day + timedelta(days=1)) if day < date.max else datetime.max.replace(tzinfo=UTC)


def _first_day(text: str) -> date:
    year, month, day = ([int(part) for part in text.split("-")] + [1, 1])[:3]
    return date(year, month, day)


def _last_day(text: str) -> date:
    parts = [int(part) for part in text.split("-")]
    year, month = parts[0], parts[1] if len(parts) > 1 else 12
    return date(year, month, parts[2] if len(parts) > 2 else monthrange(year, month)[1])
