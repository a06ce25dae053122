"""date: ranges by the precision that is written, with prefixes (FHIR R4 3.1.1.4.5, 3.1.1.4.7)."""

from __future__ import annotations

from datetime import UTC, datetime

from kedja import spec
from kedja.search.extract_dates import date_range
from kedja.search.nodes import DateRange, Dates, Updated
from kedja.search.values.context import Asking, bad_value, prefixed

_FIRST = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)


def resolve(asking: Asking) -> Dates | Updated:
    ranges = tuple(_range(asking, value) for value in asking.parameter.values)
    if asking.code == "_lastUpdated":
        return Updated(ranges)
    return Dates(asking.params, (ranges,), _is_single(asking))


def _is_single(asking: Asking) -> bool:
    """Whether the parameter is one element that does not repeat, as `Encounter.period` or `Observation.effective`."""
    name = asking.definition.expression.removeprefix(f"{asking.type}.")
    found = [element for element in spec.elements(asking.type).values() if name in (element.name, element.choice_of)]
    return bool(found) and all(element.max == 1 for element in found)


def _range(asking: Asking, value: str) -> DateRange:
    prefix, text = prefixed(value)
    try:
        lo, hi = date_range(text)
    except (ValueError, OverflowError):
        raise bad_value(
            asking.parameter,
            value,
            "write a date as 2024, 2024-05, 2024-05-17 or 2024-05-17T08:30:00+02:00, with a prefix if need be",
        ) from None
    return DateRange(prefix, *_widened(lo, hi, asking.now)) if prefix == "ap" else DateRange(prefix, lo, hi)


def _widened(lo: datetime, hi: datetime, now: datetime) -> tuple[datetime, datetime]:
    """To both sides by a tenth of the distance to now: the further away, the less exact."""
    margin = abs(now - lo) / 10
    return (lo - margin if lo - _FIRST > margin else _FIRST, hi + margin if _LAST - hi > margin else _LAST)
