"""What the fact tables say of a row's person, in SQL: each table is looked at once, however many facts of it are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from kedja.search.condition import Aged, Fact, Is, LacksLabelsOf, NotLifted, Overlaps, Same, Where
from kedja.search.sql.bind import bind
from kedja.search.sql.custody import COLUMNS, compare

Args = list[object]

# Names of nodes -> PostgreSQL type. What is not here cannot be said.
TABLES: Final = {
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
# Whole years, counted by the calendar of Stockholm; a birth date stands as 00:00 UTC.
_BORN_BY: Final = (
    "(f.starts AT TIME ZONE 'UTC')::date <= (({now} AT TIME ZONE 'Europe/Stockholm')::date - make_interval(years => {years}))"
)
_LIFT: Final = """NOT EXISTS (SELECT FROM lift l WHERE l.person = f.person AND l.kind = {kind} AND l.provider = {alias}.provider
    AND (l.unit IS NULL OR l.unit = {alias}.unit) AND l.to_provider = {provider} AND (l.to_unit IS NULL OR l.to_unit = {unit})
    AND (l.to_employee IS NULL OR l.to_employee = {employee})
    AND (l.starts IS NULL OR l.starts <= {now}) AND (l.ends IS NULL OR l.ends > {now}) OFFSET 0)"""
_MOST: Final = 60  # facts that one look answers: bits of a bigint


def exists(fact: Fact, alias: str, args: Args) -> str:
    """Whether the person of the row `alias` has such a fact. OFFSET 0 spares the planner a second plan, of all persons'."""
    tests = [*_of_the_person(fact, alias, args), *_tests(fact.where, fact, alias, args), *_in_force(fact, args)]
    return f"EXISTS (SELECT FROM {fact.table} f WHERE {' AND '.join(tests)} OFFSET 0)"


def looked_up(facts: Sequence[Fact], alias: str, args: Args) -> tuple[str, Mapping[Fact, str]]:
    """(the columns of a subselect `known`, what says there that the person of the row `alias` has the fact, for each fact)."""
    columns: list[str] = []
    said: dict[Fact, str] = {}
    for table, now in dict.fromkeys((fact.table, fact.now) for fact in facts):
        of_table = [fact for fact in facts if (fact.table, fact.now) == (table, now)]
        for first in range(0, len(of_table), _MOST):
            some, name = of_table[first : first + _MOST], f"k{len(columns) + 1}"
            if len(some) == 1:
                columns.append(f"{exists(some[0], alias, args)} AS {name}")
                said[some[0]] = f"known.{name}"
            else:
                columns.append(f"{_bits(some, alias, args)} AS {name}")
                said |= {fact: f"(known.{name} & {1 << bit}) <> 0" for bit, fact in enumerate(some)}
    return ", ".join(columns), said


def _bits(facts: Sequence[Fact], alias: str, args: Args) -> str:
    """A number with a bit for each of these facts of one table, at one time, that the person has; what all ask is asked once."""
    one = facts[0]
    shared = [test for test in one.where if all(test in fact.where for fact in facts)]
    lasting = any(fact.ever for fact in facts)
    where = [*_of_the_person(one, alias, args), *_tests(shared, one, alias, args), *([] if lasting else _in_force(one, args))]
    bits: list[str] = []
    for bit, fact in enumerate(facts):
        tests = _tests([test for test in fact.where if test not in shared], fact, alias, args)
        tests += _in_force(fact, args) if lasting else []
        bits.append(f"CASE WHEN {' AND '.join(tests) or 'TRUE'} THEN {1 << bit}::bigint ELSE 0 END")
    return f"COALESCE((SELECT bit_or({' | '.join(bits)}) FROM {one.table} f WHERE {' AND '.join(where)}), 0)"


def _of_the_person(fact: Fact, alias: str, args: Args) -> list[str]:
    """It is about the row's person, and has begun."""
    return [f"f.person = {alias}.person", f"(f.starts IS NULL OR f.starts <= {bind(args, fact.now, 'timestamptz')})"]


def _in_force(fact: Fact, args: Args) -> list[str]:
    return [] if fact.ever else [f"(f.ends IS NULL OR f.ends > {bind(args, fact.now, 'timestamptz')})"]


def _tests(where: Sequence[Where], within: Fact, alias: str, args: Args) -> list[str]:
    return [_test(test, within, alias, args) for test in where]


def _test(test: Where, within: Fact, alias: str, args: Args) -> str:
    columns = TABLES[within.table]
    match test:
        case Same(fact, column, or_null):
            equal = f"{_column(fact, columns)} = {alias}.{COLUMNS[column][0]}"
            return f"(f.{fact} IS NULL OR {equal})" if or_null else equal
        case Is(fact, op, value):
            return compare(_column(fact, columns), columns[fact], op, value, args)
        case Overlaps(start, end):
            first, last = _column(start, columns), _column(end, columns)
            return (
                f"(({first} IS NULL OR {alias}.doc_end IS NULL OR {first} <= {alias}.doc_end)"
                f" AND ({last} IS NULL OR {alias}.doc_start IS NULL OR {last} >= {alias}.doc_start))"
            )
        case LacksLabelsOf(fact):
            return f"({alias}.labels & {_column(fact, columns)}) = 0"
        case Aged(least, below):
            return f"({' AND '.join(_ages(least, below, within.now, args)) or 'TRUE'})"
        case NotLifted(kind, provider, unit, employee):
            now = bind(args, within.now, "timestamptz")
            kind, provider, unit, employee = (bind(args, text, "text") for text in (kind, provider, unit, employee))
            return _LIFT.format(alias=alias, now=now, kind=kind, provider=provider, unit=unit, employee=employee)


def _ages(least: int | None, below: int | None, now: datetime, args: Args) -> Iterator[str]:
    for years, word in ((least, ""), (below, "NOT ")):
        if years is not None:
            yield word + _BORN_BY.format(now=bind(args, now, "timestamptz"), years=bind(args, years, "integer"))


def _column(name: str, columns: Mapping[str, str]) -> str:
    if name not in columns:
        raise KeyError(name)
    return f"f.{name}"
