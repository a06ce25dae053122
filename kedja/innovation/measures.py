"""The measures of innovation (`measures.toml`): how each is counted for an organisation and for all. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from kedja.innovation.words import Words, table, words

_MEDIANS: Final = frozenset({"days"})  # what is no sum over organisations


@dataclass(frozen=True, slots=True)
class Measure:
    """`of`: cases or entries; `per`: the measure that it is a share of, '' for none."""

    id: str
    of: str
    per: str
    words: Words


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure in one year. `share` in per cent; None where there is nothing to divide by, or it is no share."""

    value: float | None
    share: int | None


@cache
def measures() -> tuple[Measure, ...]:
    return tuple(Measure(row["id"], row["of"], row.get("per", ""), words(row)) for row in table("measures.toml")["measures"])


def figures(cases: Sequence[Mapping[str, Any]], entries: Sequence[Mapping[str, Any]]) -> dict[str, Figure]:
    """Every measure over these organisations' rows of one year; of several organisations a median is not said."""
    rows = {"cases": cases, "entries": entries}
    values = {each.id: _value(each.id, rows[each.of]) for each in measures()}
    return {each.id: Figure(values[each.id], _share(values[each.id], values.get(each.per))) for each in measures()}


def _value(id: str, rows: Sequence[Mapping[str, Any]]) -> float | None:
    if id in _MEDIANS:
        return round(rows[0][id], 1) if len(rows) == 1 and rows[0][id] is not None else None
    return sum(row[id] for row in rows)


def _share(value: float | None, whole: float | None) -> int | None:
    return round(100 * value / whole) if value is not None and whole else None
