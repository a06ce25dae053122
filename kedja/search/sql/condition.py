"""The law's condition as SQL over the custody columns of `resource` (or `resource_history`) and the fact tables.

What custody alone decides is said first, so that no fact is looked up for most rows; the rest is one subselect that looks at
each table of facts once. PostgreSQL plans few subqueries, and guesses no more of the whole than that it halves the rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final

from kedja.search.condition import (
    EVERYTHING,
    NOTHING,
    SOMEBODY,
    All,
    AnyOf,
    Column,
    Condition,
    Fact,
    Not,
    Permit,
    Recent,
    Ruled,
    Shape,
)
from kedja.search.sql.bind import bind
from kedja.search.sql.bounds import bounds, branches, facts_in, names_all
from kedja.search.sql.custody import COLUMNS, compare
from kedja.search.sql.factored import factored
from kedja.search.sql.facts import exists, looked_up

Args = list[object]
Said = Mapping[Fact, str]
Form = Callable[[Condition, str, Args], str]

_RECENT: Final = "(({now} AT TIME ZONE 'UTC') - make_interval(months => {months})) AT TIME ZONE 'UTC'"
_PLACE: Final = re.compile(r"\$(\d+)::([a-z]+(?:\[\])?)")
_ASKED: Final[Said] = {}  # each fact where it stands


def render(condition: Condition, alias: str, args: Args) -> str:
    """A boolean SQL expression over the row `alias`; what it compares with is appended to `args`.

    Raises KeyError for a column, table or operator that does not exist.
    """
    if isinstance(condition, Permit):
        return at(condition, condition.shape, alias, args)
    whole = factored(condition.of) if isinstance(condition, AnyOf) and any(map(_is_ruled, condition.of)) else condition
    facts = list(facts_in(whole))
    if len(facts) < 2:
        return _plain(whole, alias, args, _ASKED)
    columns, said = looked_up(list(dict.fromkeys(facts)), alias, args)
    looked = f"(SELECT {_plain(whole, alias, args, said)} FROM (SELECT {columns} OFFSET 0) known)"
    surely, maybe = bounds(whole)
    ways = [f"WHEN {_plain(surely, alias, args, _ASKED)} THEN TRUE"] if surely != NOTHING else []
    if maybe == EVERYTHING:
        return f"CASE {' '.join(ways)} ELSE {looked} END" if ways else looked
    ways.append(f"WHEN {_plain(maybe, alias, args, _ASKED)} THEN {looked}")
    return f"CASE {' '.join(ways)} ELSE FALSE END"


def render_rule(condition: Condition, alias: str, args: Args) -> str:
    """A text SQL expression: the rule of the first `Ruled` branch that holds for the row `alias`, '' when none does."""
    if isinstance(condition, Permit):
        return at(condition, condition.shape, alias, args, form=rule_of)
    return rule_of(condition, alias, args)


def rule_of(condition: Condition, alias: str, args: Args) -> str:
    """As `render_rule`, of a condition that is not bound to a time yet."""
    told = list(branches(condition))
    return f"COALESCE({_first_of(told, alias, args)}, '')" if told else "''::text"


def permitting(condition: Condition, alias: str, args: Args) -> str:
    """As `render` and `render_rule` in one: null where the condition does not hold, else the rule, which may be ''."""
    if isinstance(condition, Permit):
        return at(condition, condition.shape, alias, args, form=permitting)
    told = list(branches(condition))
    if told and names_all(condition):
        return _first_of(told, alias, args)
    return f"CASE WHEN {render(condition, alias, args)} THEN {rule_of(condition, alias, args)} END"


def _first_of(told: Sequence[tuple[str, Condition]], alias: str, args: Args) -> str:
    """The rule of the first branch that holds, else null."""
    facts = list(dict.fromkeys(fact for _, when in told for fact in facts_in(when)))
    if not facts:
        return f"CASE {_ways(told, alias, args, _ASKED)} END"
    columns, said = looked_up(facts, alias, args)
    looked = f"(SELECT CASE {_ways(told, alias, args, said)} END FROM (SELECT {columns} OFFSET 0) known)"
    known = " ".join(f"WHEN {place} THEN {bind(args, rule, 'text')}" for place, (rule, _) in enumerate(told, 1))
    return f"CASE {_decided(told, alias, args)} WHEN 0 THEN {looked} {known} END"


def _decided(told: Sequence[tuple[str, Condition]], alias: str, args: Args) -> str:
    """The place of the first branch that holds as far as custody alone tells, 0 where facts must be asked, else null."""
    ways: list[str] = []
    for place, (_, when) in enumerate(told, 1):
        surely, maybe = bounds(when)
        if surely != NOTHING:
            ways.append(f"WHEN {_plain(surely, alias, args, _ASKED)} THEN {place}")
        if maybe not in (surely, NOTHING):
            ways.append(f"WHEN {_plain(maybe, alias, args, _ASKED)} THEN 0")
    return f"(CASE {' '.join(ways)} END)" if ways else "NULL::integer"


def _ways(told: Sequence[tuple[str, Condition]], alias: str, args: Args, said: Said) -> str:
    return " ".join(f"WHEN {_plain(when, alias, args, said)} THEN {bind(args, rule, 'text')}" for rule, when in told)


def at(law: Permit, shape: Shape, alias: str, args: Args, *, form: Form = render) -> str:
    """As `form`, one of those above, of the law's shape, or of what it comes to: rendered once for each place it stands in."""
    text = shaped(shape, law.now, alias, args, form=form)
    if law.person:
        args[:] = [law.person if value is SOMEBODY else value for value in args]
    return text


def shaped(shape: Shape, now: datetime, alias: str, args: Args, *, form: Form = render) -> str:
    """As `at`, of a shape of no person, at `now`."""
    text, values = _kept(shape, alias, len(args), form)
    args += [now if value is shape.sometime else value for value in values]
    return text


@lru_cache(maxsize=4096)
def _kept(shape: Shape, alias: str, before: int, form: Form) -> tuple[str, list[object]]:
    """The text and its values, each value once; `before` values stand in front of them."""
    args: Args = [None] * before
    text = form(shape.of, alias, args)
    places: dict[tuple[str, str], int] = {}
    values: Args = []

    def place(found: re.Match[str]) -> str:
        value = args[int(found[1]) - 1]
        known = places.setdefault((repr(value), found[2]), before + len(values) + 1)
        if known > before + len(values):
            values.append(value)
        return f"${known}::{found[2]}"

    return _PLACE.sub(place, text), values


def _plain(condition: Condition, alias: str, args: Args, said: Said) -> str:
    """The condition word for word; facts as `said`, each that is not there where it stands."""
    match condition:
        case All(of):
            return _joined(" AND ", "TRUE", [_plain(part, alias, args, said) for part in of])
        case AnyOf(of):
            return _joined(" OR ", "FALSE", [_plain(part, alias, args, said) for part in of])
        case Not(Column(name, "has", int(bit))) if bit.bit_count() == 1:  # what the planner takes to be true of nearly all
            return compare(f"{alias}.{COLUMNS[name][0]}", COLUMNS[name][1], "lacks-bit", bit, args)
        case Not(of):
            return f"NOT ({_plain(of, alias, args, said)})"
        case Column(name, op, value):
            column, kind = COLUMNS[name]
            return compare(f"{alias}.{column}", kind, op, value, args)
        case Fact():
            return said[condition] if condition in said else exists(condition, alias, args)
        case Recent(months, now):
            since = _RECENT.format(now=bind(args, now, "timestamptz"), months=bind(args, months, "integer"))
            return f"({alias}.doc_end IS NULL OR {alias}.doc_end > {since})"
        case Ruled(_, of):
            return _plain(of, alias, args, said)


def _joined(word: str, empty: str, parts: list[str]) -> str:
    if not parts:
        return empty
    return parts[0] if len(parts) == 1 else f"({word.join(parts)})"


def _is_ruled(condition: Condition) -> bool:
    return isinstance(condition, Ruled)
