"""date (FHIR R4 3.1.1.4.5, 3.1.1.4.7): every value is the span of time that its precision leaves open."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

Span = tuple[datetime, datetime]  # from the first instant until, but not including, the second
BEGINNING, END = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
PREFIXES = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap")


def span(text: str) -> Span:
    """Of a date, dateTime or instant; where no zone is given, in UTC."""
    date, _, clock = text.partition("T")
    year, month, day = [*map(int, date.split("-")), 0, 0][:3]
    if not month:
        return datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    if not day:
        return datetime(year, month, 1, tzinfo=UTC), datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    if not clock:
        start = datetime(year, month, day, tzinfo=UTC)
        return start, start + timedelta(days=1)
    start = datetime.fromisoformat(text)
    start = start.astimezone(UTC) if start.tzinfo else start.replace(tzinfo=UTC)
    time = re.split(r"[Z+-]", clock)[0]
    width = timedelta(minutes=1) if time.count(":") == 1 else timedelta(microseconds=10 ** (6 - len(time.partition(".")[2])))
    return start, start + width


def spans(value: Any) -> list[Span]:
    """Of a date, a Period (a missing end is open), a Timing (from its first moment to its last)."""
    if isinstance(value, str):
        return [span(value)]
    if not isinstance(value, dict):
        return []
    if "start" in value or "end" in value:
        return [(span(value["start"])[0] if "start" in value else BEGINNING, span(value["end"])[1] if "end" in value else END)]
    found = [span(event) for event in value.get("event", [])] + spans(value.get("repeat", {}).get("boundsPeriod"))
    return [(min(lo for lo, _ in found), max(hi for _, hi in found))] if found else []


def matches(value: Any, modifier: str, asked: str) -> bool:
    return any(_meets(have, *prefixed(asked)) for have in spans(value))


def prefixed(asked: str) -> tuple[str, str]:
    return (asked[:2], asked[2:]) if asked[:2] in PREFIXES else ("eq", asked)


def _meets(have: Span, prefix: str, text: str) -> bool:
    (low, high), (lo, hi) = have, span(text)
    contained = lo <= low and high <= hi
    return {
        "eq": contained,
        "ne": not contained,
        "gt": high > hi,
        "lt": low < lo,
        "ge": high > hi or contained,
        "le": low < lo or contained,
        "sa": low >= hi,
        "eb": high <= lo,
        "ap": _near(have, lo, hi),
    }[prefix]


def _near(have: Span, lo: datetime, hi: datetime) -> bool:
    """Overlaps, when to both sides a tenth of the time between now and what is asked is added."""
    tenth = abs(datetime.now(UTC) - lo) / 10
    low = lo - tenth if lo - BEGINNING > tenth else BEGINNING
    high = hi + tenth if END - hi > tenth else END
    return have[0] < high and have[1] > low


def sort_values(value: Any) -> list[datetime]:
    return [lo for lo, _ in spans(value)]
