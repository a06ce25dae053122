"""The instants that a date covers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kedja.search.extract import date_range
from kedja.search.extract_dates import FIRST, LAST, date_values


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "lo", "hi"),
    [
        ("2024", utc(2024, 1, 1), utc(2025, 1, 1)),
        ("2023", utc(2023, 1, 1), utc(2024, 1, 1)),
        ("2024-02", utc(2024, 2, 1), utc(2024, 3, 1)),
        ("2024-12", utc(2024, 12, 1), utc(2025, 1, 1)),
        ("2024-02-29", utc(2024, 2, 29), utc(2024, 3, 1)),
        ("2024-05-17T08:30", utc(2024, 5, 17, 8, 30), utc(2024, 5, 17, 8, 31)),
        ("2024-05-17T08:30:00", utc(2024, 5, 17, 8, 30), utc(2024, 5, 17, 8, 30, 1)),
        ("2024-05-17T08:30:00+02:00", utc(2024, 5, 17, 6, 30), utc(2024, 5, 17, 6, 30, 1)),
        ("2024-05-17T08:30:00.25Z", utc(2024, 5, 17, 8, 30, 0, 250_000), utc(2024, 5, 17, 8, 30, 0, 260_000)),
        ("2024-05-17T08:30:00.1234567Z", utc(2024, 5, 17, 8, 30, 0, 123_456), utc(2024, 5, 17, 8, 30, 0, 123_457)),
        ("2016-12-31T23:59:60Z", utc(2016, 12, 31, 23, 59, 59), utc(2017, 1, 1)),
        ("2017-01-01T00:59:60.5+01:00", utc(2016, 12, 31, 23, 59, 59), utc(2017, 1, 1)),
        ("9999", utc(9999, 1, 1), LAST),
        ("9999-12-31T23:59:59-14:00", LAST, LAST),
        ("0001-01-01T00:00:00+14:00", FIRST, FIRST + timedelta(seconds=1)),
    ],
)
def test_a_date_covers_its_precision(text: str, lo: datetime, hi: datetime) -> None:
    assert date_range(text) == (lo, hi)


@pytest.mark.parametrize(
    "text",
    [
        "", "24", "2024-13", "2023-02-29", "0000", "2024-1-1", "2024-05-17T08", "2024-05-17T24:00:00Z", "2024-05-17T08:60Z",
        "2024-05-17T08:30:61Z", "2024-05-17T08:30:00+15:00", "2024-05-17T08:30:00+02:60", "2024-05-17 08:30", "2024-W20-5",
        "20240517", "２０２４", "2024-05-17T08:30:00.Z", "2024Z",
    ],
)  # fmt: skip
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        date_range(text)


moments = st.datetimes(min_value=datetime(1, 1, 1), max_value=datetime(9999, 12, 31))


@given(moments, st.sampled_from(["", "Z"]))
def test_the_more_precise_date_lies_within_the_less_precise(moment: datetime, zone: str) -> None:
    whole = moment.isoformat(timespec="microseconds")
    ranges = [date_range(whole[:length]) for length in (4, 7, 10)]
    ranges += [date_range(whole[:length] + zone) for length in (16, 19, 21, 23, 26)]
    for (lo, hi), (inner_lo, inner_hi) in pairwise(ranges):
        assert lo <= inner_lo < inner_hi <= hi


@given(moments, st.integers(-14 * 60, 14 * 60))
def test_a_zone_moves_the_range_by_its_offset(moment: datetime, minutes: int) -> None:
    text = moment.isoformat(timespec="seconds")
    zone = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    lo, hi = date_range(text + "Z")
    moved = date_range(text + zone)
    if moved[0] > FIRST and moved[1] < LAST:
        assert moved == (lo - timedelta(minutes=minutes), hi - timedelta(minutes=minutes))


@given(st.text(alphabet="0123456789-:TZ+. ", max_size=32))
def test_any_text_is_a_date_or_refused_with_a_value_error(text: str) -> None:
    try:
        lo, hi = date_range(text)
    except ValueError:
        return
    assert FIRST <= lo <= hi <= LAST


@pytest.mark.parametrize(
    ("value", "type_name", "ranges"),
    [
        ({"start": "2024-01", "end": "2024-03"}, "Period", [(utc(2024, 1, 1), utc(2024, 4, 1))]),
        ({"start": "2024-01"}, "Period", [(utc(2024, 1, 1), LAST)]),
        ({"end": "2024-01"}, "Period", [(FIRST, utc(2024, 2, 1))]),
        ({"start": "2024-03-02", "end": "2024-03-01"}, "Period", [(utc(2024, 3, 1), utc(2024, 3, 3))]),
        ({}, "Period", []),
        ({"event": ["2024-03", "2024-01-05"]}, "Timing", [(utc(2024, 1, 5), utc(2024, 4, 1))]),
        (
            {"event": ["2024-03"], "repeat": {"boundsPeriod": {"start": "2024-02", "end": "2024-05"}}},
            "Timing",
            [(utc(2024, 2, 1), utc(2024, 6, 1))],
        ),
        ({"repeat": {"frequency": 1}}, "Timing", []),
        ("2024-13", "date", []),
        (2024, "date", []),
        ("2024", "Period", []),
        ({"event": "2024", "repeat": [1]}, "Timing", []),
    ],
)
def test_periods_and_timings_cover_from_their_first_to_their_last(value: Any, type_name: str, ranges: list[Any]) -> None:
    assert date_values(value, type_name) == ranges
