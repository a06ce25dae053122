"""Dates and times of FHIR as instants, and the rights of an assignment: each border."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from kedja.access.instants import documented, end_instant, first_instant, in_force, last_instant, months_before, text_of
from kedja.access.rights import Reach, reach

_MICROSECOND = timedelta(microseconds=1)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text, first, after",
    [
        ("2026", at(2026, 1, 1), at(2027, 1, 1)),
        ("2026-03", at(2026, 3, 1), at(2026, 4, 1)),
        ("2024-02", at(2024, 2, 1), at(2024, 3, 1)),
        ("2026-12", at(2026, 12, 1), at(2027, 1, 1)),
        ("2026-03-15", at(2026, 3, 15), at(2026, 3, 16)),
        ("2026-12-31", at(2026, 12, 31), at(2027, 1, 1)),
    ],
)
def test_a_date_covers_all_that_it_names(text: str, first: datetime, after: datetime) -> None:
    assert first_instant(text) == first
    assert end_instant(text) == after
    assert last_instant(text) == after - _MICROSECOND


@pytest.mark.parametrize(
    "text, instant",
    [
        ("2026-03-15T10:00:00Z", at(2026, 3, 15, 10)),
        ("2026-03-15T10:00:00+02:00", at(2026, 3, 15, 8)),
        ("2026-03-15T10:00:00", at(2026, 3, 15, 10)),
        ("2026-03-15T10:00:60Z", at(2026, 3, 15, 10, 0, 59)),
        ("2026-03-15T10:00:00.25Z", at(2026, 3, 15, 10, 0, 0, 250_000)),
    ],
)
def test_a_time_is_an_instant_of_its_own_zone_else_of_utc(text: str, instant: datetime) -> None:
    found = {first_instant(text), last_instant(text), end_instant(text)}
    assert found == {instant}
    assert all(one.tzinfo is not None for one in found)


def test_the_last_day_of_time_ends_as_late_as_can_be_said() -> None:
    assert end_instant("9999") == datetime.max.replace(tzinfo=UTC)
    assert end_instant("9999-12-30") == at(9999, 12, 31)
    assert last_instant("9999-12-31") == datetime.max.replace(tzinfo=UTC) - _MICROSECOND


@pytest.mark.parametrize("text", ["2026-13", "2026-02-30", "soon", "", "2026-02-30T10:00:00Z"])
def test_what_is_no_date_is_refused(text: str) -> None:
    for read in (first_instant, last_instant, end_instant):
        with pytest.raises(ValueError):
            read(text)


def test_an_instant_is_written_in_utc_to_the_microsecond() -> None:
    assert text_of(at(2026, 3, 15, 10)) == "2026-03-15T10:00:00Z"
    assert text_of(datetime(2026, 3, 15, 12, 0, 0, 5, timezone(timedelta(hours=2)))) == "2026-03-15T10:00:00.000005Z"


def test_a_period_ends_before_its_end_when_in_force_and_with_it_when_documented() -> None:
    period = {"start": "2026-03-01", "end": "2026-03-31"}
    assert in_force(period) == (at(2026, 3, 1), at(2026, 4, 1))
    assert documented(period) == (at(2026, 3, 1), at(2026, 4, 1) - _MICROSECOND)


@pytest.mark.parametrize("period", [None, {}, {"start": None, "end": None}])
def test_what_a_period_does_not_say_is_open(period: dict[str, str] | None) -> None:
    assert in_force(period) == (None, None)
    assert documented(period) == (None, None)


def test_each_end_of_a_period_may_be_open_alone() -> None:
    assert in_force({"start": "2026-03-01"}) == (at(2026, 3, 1), None)
    assert in_force({"end": "2026-03-01"}) == (None, at(2026, 3, 2))
    assert documented({"start": "2026-03-01"}) == (at(2026, 3, 1), None)
    assert documented({"end": "2026-03-01"}) == (None, at(2026, 3, 2) - _MICROSECOND)


@pytest.mark.parametrize(
    "instant, months, before",
    [
        (at(2026, 3, 15, 10), 24, at(2024, 3, 15, 10)),
        (at(2026, 3, 31), 1, at(2026, 2, 28)),
        (at(2024, 3, 31), 1, at(2024, 2, 29)),
        (at(2026, 1, 31), 1, at(2025, 12, 31)),
        (at(2026, 1, 1), 12, at(2025, 1, 1)),
        (at(2026, 12, 31), 12, at(2025, 12, 31)),
        (at(2026, 12, 5), 11, at(2026, 1, 5)),
        (at(2026, 6, 5), 0, at(2026, 6, 5)),
    ],
)
def test_months_before_keep_the_day_or_the_last_of_a_shorter_month(instant: datetime, months: int, before: datetime) -> None:
    assert months_before(instant, months) == before


@pytest.mark.parametrize(
    "rights, activity, wanted",
    [
        ((), "läsa", Reach.UNSTATED),
        (("Läsa;alla;VE",), "läsa", Reach.UNIT),
        (("Läsa;alla;VG",), "läsa", Reach.PROVIDER),
        (("Läsa;alla;SJF",), "läsa", Reach.SHARED),
        (("Läsa;alla;VE", "Läsa;alla;SJF", "Läsa;alla;VG"), "läsa", Reach.SHARED),
        ((" läsa ; ALLA ; sjf ",), "läsa", Reach.SHARED),
        (("Läsa;alla;SJF",), "skriva", Reach.NOWHERE),
        (("Läsa;lak;SJF",), "läsa", Reach.NOWHERE),
        (("Läsa;alla;HELA",), "läsa", Reach.NOWHERE),
        (("Läsa;alla",), "läsa", Reach.NOWHERE),
        (("Läsa;alla;SJF;mer",), "läsa", Reach.NOWHERE),
        (("",), "läsa", Reach.NOWHERE),
    ],
)
def test_rights_reach_as_far_as_the_widest_that_is_understood(rights: tuple[str, ...], activity: str, wanted: Reach) -> None:
    assert reach(rights, activity) is wanted
