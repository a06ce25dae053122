"""date: ranges in `search_date`; `_lastUpdated`: an instant in `resource.updated` (FHIR R4 3.1.1.4.5, prefixes)."""

from __future__ import annotations

from typing import Final

from kedja.search.nodes import DateRange, Dates, Updated
from kedja.search.sql.bind import filled, integers

# The row covers [d.lo, d.hi), the search [{lo}, {hi}). Where one end alone stands in front, it follows from the rest and
# bounds the index scan.
_RANGE: Final = {
    "eq": "d.lo >= {lo} AND d.lo < {hi} AND d.hi <= {hi}",
    "ne": "NOT (d.lo >= {lo} AND d.hi <= {hi})",
    "gt": "d.hi > {hi}",
    "lt": "d.lo < {lo}",
    "ge": "d.hi > {lo} AND (d.hi > {hi} OR (d.lo >= {lo} AND d.hi <= {hi}))",
    "le": "d.lo < {hi} AND (d.lo < {lo} OR (d.lo >= {lo} AND d.hi <= {hi}))",
    "sa": "d.lo >= {hi}",
    "eb": "d.hi <= {lo}",
    "ap": "d.lo < {hi} AND d.hi > {lo}",
}
_INSTANT: Final = {
    "eq": "{row} >= {lo} AND {row} < {hi}",
    "ne": "NOT ({row} >= {lo} AND {row} < {hi})",
    "gt": "{row} >= {hi}",
    "lt": "{row} < {lo}",
    "ge": "{row} >= {lo}",
    "le": "{row} < {hi}",
    "sa": "{row} >= {hi}",
    "eb": "{row} < {lo}",
    "ap": "{row} >= {lo} AND {row} < {hi}",
}


def render(dates: Dates, alias: str, args: list[object]) -> str:
    param = integers(dates.params, "integer")
    tests = " AND ".join(_any_of(_RANGE, ranges, args) for ranges in dates.every)
    return f"EXISTS (SELECT FROM search_date d WHERE d.resource = {alias}.key AND d.param IN ({param}) AND {tests})"


def render_updated(updated: Updated, alias: str, args: list[object]) -> str:
    return _any_of({prefix: test.replace("{row}", f"{alias}.updated") for prefix, test in _INSTANT.items()}, updated.ranges, args)


def _any_of(tests: dict[str, str], ranges: tuple[DateRange, ...], args: list[object]) -> str:
    rendered = [filled(tests[each.prefix], args, "timestamptz", lo=each.lo, hi=each.hi) for each in ranges]
    return f"(({') OR ('.join(rendered)}))"
