"""The law's condition as SQL over the custody columns of `resource` (or `resource_history`) and the fact tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import Final, cast

from kedja.search.condition import (
    Aged,
    All,
    AnyOf,
    Column,
    Condition,
    Fact,
    Is,
    LacksLabelsOf,
    Not,
    NotLifted,
    Overlaps,
    Permit,
    Recent,
    Ruled,
    Same,
    Shape,
    Where,
)
from kedja.search.sql.bind import bind
from kedja.search.sql.factored import factored

Args = list[object]

# Names of nodes -> (column, PostgreSQL type). What is not here cannot be said.
_CUSTODY: Final = {
    "person": ("person", "bigint"),
    "regime": ("regime", "text"),
    "provider": ("provider", "text"),
    "unit": ("unit", "text"),
    "source": ("source", "text"),
    "labels": ("labels", "integer"),
    "type": ("type", "text"),
    "id": ("id", "text"),
    "start": ("doc_start", "timestamptz"),
    "end": ("doc_end", "timestamptz"),
}
_FACTS: Final = {
    "care_relation": {"provider": "text", "unit": "text"},
    "consent": {"kind": "text", "provider": "text", "unit": "text", "employee": "text"},
    "block": {
        "kind": "text",
        "provider": "text",
        "unit": "text",
        "info_start": "timestamptz",
        "info_end": "timestamptz",
        "excluded": "integer",
        "starts": "timestamptz",
    },
    "subject_state": {"kind": "text", "provider": "text", "unit": "text", "starts": "timestamptz", "ends": "timestamptz"},
    "representation": {"kind": "text", "representative": "bigint", "classes": "integer"},
    "lift": {
        "kind": "text",
        "provider": "text",
        "unit": "text",
        "to_provider": "text",
        "to_unit": "text",
        "to_employee": "text",
    },
}
_COMPARE: Final = {
    "=": "{column} = {value}",
    "<>": "{column} <> {value}",
    "in": "{column} = ANY ({value})",
    "null-or": "({column} IS NULL OR {column} = {value})",
    "has": "({column} & {value}) <> 0",
    "lacks": "({column} & {value}) = 0",
    "lacks-bit": "({column} & {value}) <> {value}",
    "<=": "{column} <= {value}",
    "open<=": "({column} IS NULL OR {column} <= {value})",
    "open>=": "({column} IS NULL OR {column} >= {value})",
}
# Whole years, counted by the calendar of Stockholm; a birth date stands as 00:00 UTC.
_BORN_BY: Final = (
    "(f.starts AT TIME ZONE 'UTC')::date <= (({now} AT TIME ZONE 'Europe/Stockholm')::date - make_interval(years => {years}))"
)
_RECENT: Final = "(({now} AT TIME ZONE 'UTC') - make_interval(months => {months})) AT TIME ZONE 'UTC'"
_LIFT: Final = """NOT EXISTS (SELECT FROM lift l WHERE l.person = f.person AND l.kind = {kind} AND l.provider = {alias}.provider
    AND (l.unit IS NULL OR l.unit = {alias}.unit) AND l.to_provider = {provider} AND (l.to_unit IS NULL OR l.to_unit = {unit})
    AND (l.to_employee IS NULL OR l.to_employee = {employee})
    AND (l.starts IS NULL OR l.starts <= {now}) AND (l.ends IS NULL OR l.ends > {now}))"""

_PLACE: Final = re.compile(r"\$(\d+)::([a-z]+(?:\[\])?)")


def render(condition: Condition, alias: str, args: Args) -> str:
    """A boolean SQL expression over the row `alias`; what it compares with is appended to `args`.

    Raises KeyError for a column, table or operator that does not exist.
    """
    match condition:
        case Permit(shape=shape, now=now):
            return at(shape, now, alias, args)
        case All(of):
            return _joined(" AND ", "TRUE", [render(part, alias, args) for part in of])
        case AnyOf(of) if any(isinstance(part, Ruled) for part in of):
            return render(factored(of), alias, args)
        case AnyOf(of):
            return _joined(" OR ", "FALSE", [render(part, alias, args) for part in of])
        case Not(Column(name, "has", int(bit))) if bit.bit_count() == 1:  # what the planner takes to be true of nearly all
            return _compare(f"{alias}.{_CUSTODY[name][0]}", _CUSTODY[name][1], "lacks-bit", bit, args)
        case Not(of):
            return f"NOT {render(of, alias, args)}"
        case Column(name, op, value):
            column, kind = _CUSTODY[name]
            return _compare(f"{alias}.{column}", kind, op, value, args)
        case Fact():
            return _fact(condition, alias, args)
        case Recent(months, now):
            since = _RECENT.format(now=bind(args, now, "timestamptz"), months=bind(args, months, "integer"))
            return f"({alias}.doc_end IS NULL OR {alias}.doc_end > {since})"
        case Ruled(_, of):
            return render(of, alias, args)


def render_rule(condition: Condition, alias: str, args: Args) -> str:
    """A text SQL expression: the rule of the first `Ruled` branch that holds for the row `alias`, '' when none does."""
    if isinstance(condition, Permit):
        return at(condition.shape, condition.now, alias, args, named=True)
    named = _rule(condition, alias, args)
    return f"COALESCE({named}, '')" if named else "''::text"


def at(shape: Shape, now: datetime, alias: str, args: Args, *, named: bool = False) -> str:
    """As `render`, or `render_rule` when `named`, of a shape at `now`: rendered once for each place that it stands in."""
    text, values = _kept(shape, alias, len(args), named)
    args += [now if value is shape.sometime else value for value in values]
    return text


@lru_cache(maxsize=2048)
def _kept(shape: Shape, alias: str, before: int, named: bool) -> tuple[str, list[object]]:
    """The text and its values, each value once; `before` values stand in front of them."""
    args: Args = [None] * before
    text = render_rule(shape.of, alias, args) if named else render(shape.of, alias, args)
    places: dict[tuple[str, str], int] = {}
    values: Args = []

    def place(found: re.Match[str]) -> str:
        value = args[int(found[1]) - 1]
        known = places.setdefault((repr(value), found[2]), before + len(values) + 1)
        if known > before + len(values):
            values.append(value)
        return f"${known}::{found[2]}"

    return _PLACE.sub(place, text), values


def _rule(condition: Condition, alias: str, args: Args) -> str | None:
    match condition:
        case Ruled(rule, of):
            return f"CASE WHEN {render(of, alias, args)} THEN {bind(args, rule, 'text')} END"
        case AnyOf(of):
            return _first([_rule(part, alias, args) for part in of])
        case All(of):
            told = [part for part in of if _tells(part)]
            if len(told) != 1:  # no rule, or which of several is not said
                return None
            named = _rule(told[0], alias, args)
            others = [render(other, alias, args) for other in of if other is not told[0]]  # it says of itself if it holds
            return f"CASE WHEN {_joined(' AND ', 'TRUE', others)} THEN {named} END"
        case _:
            return None


def _tells(condition: Condition) -> bool:
    """Whether a rule stands in it."""
    match condition:
        case Ruled():
            return True
        case All(of) | AnyOf(of):
            return any(_tells(part) for part in of)
        case _:
            return False


def _first(parts: list[str | None]) -> str | None:
    named = [part for part in parts if part]
    return f"COALESCE({', '.join(named)})" if named else None


def _joined(word: str, empty: str, parts: list[str]) -> str:
    if not parts:
        return empty
    return parts[0] if len(parts) == 1 else f"({word.join(parts)})"


def _compare(column: str, kind: str, op: str, value: object, args: Args) -> str:
    if isinstance(value, tuple):
        several = [str(each) for each in cast("tuple[object, ...]", value)]  # asyncpg takes no list of text and enumerations
        return _COMPARE[op].format(column=column, value=bind(args, several, f"{kind}[]"))
    return _COMPARE[op].format(column=column, value=bind(args, value, kind))


def _fact(fact: Fact, alias: str, args: Args) -> str:
    now = bind(args, fact.now, "timestamptz")
    tests = [f"f.person = {alias}.person", f"(f.starts IS NULL OR f.starts <= {now})"]
    if not fact.ever:
        tests.append(f"(f.ends IS NULL OR f.ends > {now})")
    tests += [_fact_test(test, fact, alias, args) for test in fact.where]
    return f"EXISTS (SELECT FROM {fact.table} f WHERE {' AND '.join(tests)})"


def _fact_test(test: Where, within: Fact, alias: str, args: Args) -> str:
    columns = _FACTS[within.table]
    match test:
        case Same(fact, column, or_null):
            equal = f"{_fact_column(fact, columns)} = {alias}.{_CUSTODY[column][0]}"
            return f"(f.{fact} IS NULL OR {equal})" if or_null else equal
        case Is(fact, op, value):
            return _compare(_fact_column(fact, columns), columns[fact], op, value, args)
        case Overlaps(start, end):
            first, last = _fact_column(start, columns), _fact_column(end, columns)
            return (
                f"(({first} IS NULL OR {alias}.doc_end IS NULL OR {first} <= {alias}.doc_end)"
                f" AND ({last} IS NULL OR {alias}.doc_start IS NULL OR {last} >= {alias}.doc_start))"
            )
        case LacksLabelsOf(fact):
            return f"({alias}.labels & {_fact_column(fact, columns)}) = 0"
        case Aged(least, below):
            return _joined(" AND ", "TRUE", list(_ages(least, below, within.now, args)))
        case NotLifted(kind, provider, unit, employee):
            now = bind(args, within.now, "timestamptz")
            kind, provider, unit, employee = (bind(args, text, "text") for text in (kind, provider, unit, employee))
            return _LIFT.format(alias=alias, now=now, kind=kind, provider=provider, unit=unit, employee=employee)


def _ages(least: int | None, below: int | None, now: datetime, args: Args) -> Iterator[str]:
    for years, word in ((least, ""), (below, "NOT ")):
        if years is not None:
            yield word + _BORN_BY.format(now=bind(args, now, "timestamptz"), years=bind(args, years, "integer"))


def _fact_column(name: str, columns: dict[str, str]) -> str:
    if name not in columns:
        raise KeyError(name)
    return f"f.{name}"
