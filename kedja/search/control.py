"""The parameters that say how to answer, not what to find: `_count`, `_sort`, `_total`, `_summary`, `_cursor`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from kedja.outcome import Issue, OutcomeError, refuse
from kedja.search.nodes import Control, Pairs

CONTROLS: Final = ("_count", "_sort", "_total", "_summary", "_cursor")
MAX_COUNT: Final = 1000
MAX_SORT: Final = 5
ESTIMATE: Final = 10_000  # an estimate counts no further; one of the planner's would tell of what the law hides


def parse_control(pairs: Sequence[tuple[str, str]], issues: list[Issue]) -> tuple[Control, tuple[str, ...], Pairs]:
    """(what they say, the codes to sort by, the other pairs as understood without the cursor); faults go to `issues`."""
    control, sort, understood = Control(), tuple[str, ...](), dict[str, str]()
    for name, value in pairs:
        try:
            if name in understood:
                raise refuse(400, "value", f"`{name}` stands twice: keep one", f"?{name}")
            understood[name] = value
            if name == "_sort":
                sort = _sort(value)
            else:
                control = _READERS[name](control, value)
            if name == "_count":
                understood[name] = str(min(int(value), MAX_COUNT))
        except OutcomeError as error:
            issues.extend(error.issues)
    understood.pop("_cursor", None)
    understood.pop("_sort", None)
    return control, sort, tuple(understood.items())


def _sort(value: str) -> tuple[str, ...]:
    found = tuple(value.split(","))
    if len(found) > MAX_SORT:
        raise refuse(400, "too-costly", f"`_sort` names {len(found)} parameters; at most {MAX_SORT} are taken", "?_sort")
    return found


def _count(control: Control, value: str) -> Control:
    if not (value.isascii() and value.isdecimal() and len(value) < 10):
        raise refuse(400, "value", f"`_count` is `{value[:80]}`: give a whole number from 0 to {MAX_COUNT}", "?_count")
    number = min(int(value), MAX_COUNT)
    return replace(control, count=number) if number else replace(control, count_only=True, total=True)


def _total(control: Control, value: str) -> Control:
    if value not in ("none", "estimate", "accurate"):
        raise refuse(400, "value", f"`_total` is `{value[:80]}`: give none, estimate or accurate", "?_total")
    bound = ESTIMATE if value == "estimate" else 0
    return replace(control, total=control.total or value != "none", at_most=bound)


def _summary(control: Control, value: str) -> Control:
    if value == "count":
        return replace(control, count_only=True, total=True)
    if value != "false":
        raise refuse(400, "not-supported", f"`_summary={value[:80]}` is not served: give count or false", "?_summary")
    return control


def _cursor(control: Control, value: str) -> Control:
    return replace(control, cursor=value)


_READERS: Final = {"_count": _count, "_total": _total, "_summary": _summary, "_cursor": _cursor}
