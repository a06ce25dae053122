"""A condition evaluated in Python for one resource: its custody and the facts of its person.

Exactly what `search.sql.condition` says in SQL; a property test holds the two together over a real PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from kedja.access.custody import Custody
from kedja.access.instants import months_before
from kedja.access.rows import TABLES, FactRow, LiftFact
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

STOCKHOLM: Final = ZoneInfo("Europe/Stockholm")


def evaluate(condition: Condition, custody: Custody, facts: Sequence[FactRow] = (), type: str = "", id: str = "") -> bool:
    """Whether the condition holds for a resource of this custody. Facts about other persons are passed over."""
    match condition:
        case All(of):
            return all(evaluate(part, custody, facts, type, id) for part in of)
        case AnyOf(of):
            return any(evaluate(part, custody, facts, type, id) for part in of)
        case Not(of):
            return not evaluate(of, custody, facts, type, id)
        case Ruled(_, of):
            return evaluate(of, custody, facts, type, id)
        case Column(name, op, value):
            return _compare(op, _column(name, custody, type, id), value)
        case Fact():
            return any(_meets(condition, row, custody, facts) for row in facts)
        case Recent(months, now):
            return custody.end is None or custody.end > months_before(now, months)


def permitting_rules(
    condition: Condition, custody: Custody, facts: Sequence[FactRow] = (), type: str = "", id: str = ""
) -> Iterator[str]:
    """The numbers of the `Ruled` branches that hold, in order."""
    if isinstance(condition, Permit) and not facts and not condition.person and is_timeless(condition.shape):
        condition = condition.shape.of  # no fact is there to be asked at a time, nor a person to be named: none is made to ask
    match condition:
        case Ruled(rule, of):
            if evaluate(of, custody, facts, type, id):
                yield rule
        case AnyOf(of):
            for part in of:
                yield from permitting_rules(part, custody, facts, type, id)
        case All(of):
            if evaluate(condition, custody, facts, type, id):
                for part in of:
                    yield from permitting_rules(part, custody, facts, type, id)
        case _:
            return


@lru_cache(maxsize=4096)
def is_timeless(shape: Shape) -> bool:
    """Whether time plays no part in it but for facts."""
    return not _has_recent(shape.of)


def _has_recent(condition: Condition) -> bool:
    match condition:
        case Recent():
            return True
        case Not(of) | Ruled(_, of):
            return _has_recent(of)
        case All(of) | AnyOf(of):
            return any(_has_recent(part) for part in of)
        case _:
            return False


def permitting_rule(
    condition: Condition, custody: Custody, facts: Sequence[FactRow] = (), type: str = "", id: str = ""
) -> str | None:
    """The number of the first `Ruled` branch that holds; None when none does."""
    return next(permitting_rules(condition, custody, facts, type, id), None)


def _column(name: str, custody: Custody, type: str, id: str) -> Any:
    match name:
        case "type":
            return type
        case "id":
            return id
        case "regime":
            return custody.regime.value
        case _:
            return getattr(custody, name)


def _meets(fact: Fact, row: FactRow, custody: Custody, facts: Sequence[FactRow]) -> bool:
    return (
        TABLES[row.__class__] == fact.table
        and row.person == custody.person
        and in_force_at(row, fact.now, ever=fact.ever)
        and all(meets(where, row, custody, fact.now, facts) for where in fact.where)
    )


def in_force_at(row: FactRow, now: datetime, *, ever: bool = False) -> bool:
    """Whether the fact has begun and not ended; with `ever` it may have ended."""
    return (row.starts is None or row.starts <= now) and (ever or row.ends is None or row.ends > now)


def meets(where: Where, row: FactRow, custody: Custody, now: datetime, facts: Sequence[FactRow]) -> bool:
    """Whether one condition of a `Fact` holds of this row of facts, for a resource of this custody."""
    match where:
        case Same(name, column, or_null):
            value = getattr(row, name)
            return or_null if value is None else value == _column(column, custody, "", "")
        case Is(name, op, value):
            return _compare(op, getattr(row, name), value)
        case Overlaps(start, end):
            return _overlaps(getattr(row, start), getattr(row, end), custody.start, custody.end)
        case LacksLabelsOf(name):
            return not int(custody.labels) & int(getattr(row, name))
        case Aged(least, below):
            return _aged(row.starts, now, least, below)
        case NotLifted():
            return not any(_lifts(where, fact, custody, now) for fact in facts)


def _aged(born: datetime | None, now: datetime, least: int | None, below: int | None) -> bool:
    """As SQL's comparison with a null: of who has no birth date, nothing holds."""
    if born is None:
        return least is None and below is None
    today = now.astimezone(STOCKHOLM).date()
    return (least is None or born.date() <= _years_before(today, least)) and (
        below is None or born.date() > _years_before(today, below)
    )


def _years_before(day: date, years: int) -> date:
    return months_before(datetime.combine(day, datetime.min.time()), 12 * years).date()


def _lifts(where: NotLifted, fact: FactRow, custody: Custody, now: datetime) -> bool:
    return (
        isinstance(fact, LiftFact)
        and fact.person == custody.person
        and (fact.kind, fact.provider, fact.to_provider) == (where.kind, custody.provider, where.provider)
        and fact.unit in (None, custody.unit)
        and fact.to_unit in (None, where.unit)
        and fact.to_employee in (None, where.employee)
        and in_force_at(fact, now)
    )


def _compare(op: str, have: Any, value: Any) -> bool:
    """SQL's comparison: null is equal to nothing and different from nothing."""
    if have is None:
        return op in ("null-or", "open<=", "open>=")
    match op:
        case "=" | "null-or":
            return have == value
        case "<>":
            return have != value
        case "in":
            return have in value
        case "has":
            return bool(int(have) & int(value))
        case "lacks":
            return not int(have) & int(value)
        case "<=" | "open<=":
            return have <= value
        case "open>=":
            return have >= value
        case _:
            raise ValueError(f"a condition has no operator {op!r}")


def _overlaps(start: datetime | None, end: datetime | None, first: datetime | None, last: datetime | None) -> bool:
    begins_in_time = start is None or last is None or start <= last
    return begins_in_time and (end is None or first is None or first <= end)
