"""What is the same of all searches of one shape, and the values that differ: a statement is written once for each shape.

The statement is written of a search that has marks for its values, no mark twice; where a mark comes out among what it binds,
there the value of a search of that shape belongs. What is not understood here has no shape, and is written each time.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from secrets import token_hex
from typing import Any, Final, NamedTuple, cast

from kedja.search.claim import Claim
from kedja.search.condition import NOTHING, Condition, Permit
from kedja.search.log import LogRow
from kedja.search.nodes import (
    Chain,
    Criterion,
    DateRange,
    Dates,
    Ids,
    Include,
    Query,
    References,
    RevInclude,
    Select,
    Strings,
    Tokens,
)
from kedja.search.restrict import Restricted
from kedja.search.sql.string import BEGINS

Values = list[Any]


class Unshaped(Exception):
    """The search has something that is written anew each time."""


class Marked(NamedTuple):
    """A restricted search with marks for its values."""

    query: Query
    claim: Claim | None
    log: LogRow


def shape_of(restricted: Restricted, log: LogRow) -> tuple[Hashable, Values] | None:
    """(what all searches have in common that are written alike, the values of this one); None where it has no shape."""
    query, claim = restricted.query, restricted.claim
    if query.after:
        return None
    law = _Law()
    values: Values = []
    try:
        select = _select(query.select, law, values)  # values in the order of `marked`
        others = tuple([_include(one, law) for one in (*query.includes, *query.revincludes)])
        _check_named(query)
    except Unshaped:
        return None
    if claim:
        values += (claim.person, list(claim.digest))
    values += (law.now, law.person, log.actor, log.request, log.detail)
    return (select, query.sort, others, query.control, claim.tables if claim else None, log.action), values


def marked(restricted: Restricted, log: LogRow) -> Marked:
    """The search of a shape with a mark for each of its values, numbered in their order."""
    query, claim = restricted.query, restricted.claim
    marks = _Marks()
    criteria = tuple([_marked(one, marks) for one in query.select.criteria])
    if claim:
        claim = replace(claim, person=marks.number(), digest=(marks.number(),))
    now, person = marks.time(), marks.number()
    log = replace(log, actor=marks.number(), request=marks.text(), detail=marks.text())

    def under(law: Condition) -> Condition:
        return law.at(now, person) if isinstance(law, Permit) else law

    select = _under(replace(query.select, criteria=criteria), under)
    includes = tuple([replace(one, law=under(one.law), places=under(one.places)) for one in query.includes])
    revincludes = tuple([replace(one, law=under(one.law), places=under(one.places)) for one in query.revincludes])
    return Marked(replace(query, select=select, includes=includes, revincludes=revincludes, named=()), claim, log)


@dataclass(frozen=True, slots=True)
class Fill:
    """At `place` among what is bound, from 0, belongs the value with this number, with `behind` behind it, or in a list."""

    place: int
    number: int
    behind: str = ""
    listed: bool = False

    def of(self, values: Values) -> Any:
        value = values[self.number]
        if self.listed:
            return value if isinstance(value, list) else [value]  # pyright: ignore[reportUnknownVariableType]
        return value + self.behind if self.behind else value


def fill_of(place: int, bound: object) -> Fill | None:
    """What belongs where this is bound; None where it is no mark. Raises Unshaped for a mark among others."""
    match bound:
        case str() if bound.startswith(_OPEN):
            return Fill(place, int(bound[len(_OPEN) : _WIDTH]), bound[_WIDTH:])
        case int() if bound <= _MARK:
            return Fill(place, _MARK - bound)
        case datetime() if bound < _FIRST + timedelta(days=1):
            return Fill(place, (bound - _FIRST) // timedelta(microseconds=1))
        case list():
            return _among(place, cast("list[object]", bound))
        case _:
            return None


def _among(place: int, bound: list[object]) -> Fill | None:
    found = [fill for one in bound if (fill := fill_of(place, one))]
    if found and len(bound) > 1:
        raise Unshaped
    return replace(found[0], listed=True) if found else None


def shows_marks(text: str) -> bool:
    """Whether a mark has got into the text itself."""
    return _OPEN in text or str(_MARK)[:12] in text


_MARK: Final = -(1 << 62) - (1 << 61)
_FIRST: Final = datetime(1, 1, 2, tzinfo=UTC)
_OPEN: Final = f"\ue000{token_hex(8)}"  # what nobody can have written
_WIDTH: Final = len(_OPEN) + 5  # of a mark in a text


class _Marks:
    """Values that nobody asks for, each once."""

    def __init__(self) -> None:
        self._numbers = count()

    def number(self) -> int:
        return _MARK - next(self._numbers)

    def text(self) -> str:
        return f"{_OPEN}{next(self._numbers):05}"

    def time(self) -> datetime:
        return _FIRST + timedelta(microseconds=next(self._numbers))


class _Law:
    """The laws of a search: one time and at most one person, whatever their shapes."""

    def __init__(self) -> None:
        self.now: datetime | None = None
        self.person = 0

    def shape(self, law: Condition) -> Hashable:
        if not isinstance(law, Permit):
            if law != NOTHING:
                raise Unshaped
            return None
        if (self.now or law.now) != law.now or (self.person and law.person not in (0, self.person)):
            raise Unshaped
        self.now, self.person = law.now, law.person or self.person
        return law.shape, law.person != 0


def _select(select: Select, law: _Law, values: Values) -> Hashable:
    if select.others:
        raise Unshaped
    criteria = tuple([_criterion(one, law, values) for one in select.criteria])
    return select.type, law.shape(select.law), criteria


def _criterion(criterion: Criterion, law: _Law, values: Values) -> Hashable:
    match criterion:
        case Tokens(hashes, negated):
            values.append(list(hashes))
            return Tokens, negated
        case Ids(ids):
            values.append(list(ids))
            return Ids
        case References(hashes, persons) if len(persons) < 2:
            values += (list(hashes), list(persons))
            return References, len(persons)
        case Strings(params, match, ((folded, exact),)) if match in BEGINS:
            values += (folded, exact)
            return Strings, params, match
        case Dates(params, every, single):
            values += [bound for ranges in every for one in ranges for bound in (one.lo, one.hi)]
            return Dates, params, single, tuple([tuple([one.prefix for one in ranges]) for ranges in every])
        case Chain(targets, by_url):
            return Chain, by_url, tuple([(salt, _select(target, law, values)) for salt, target in targets])
        case _:
            raise Unshaped


def _marked(criterion: Criterion, marks: _Marks) -> Criterion:
    match criterion:
        case Tokens():
            return replace(criterion, hashes=(marks.number(),))
        case Ids():
            return Ids((marks.text(),))
        case References():
            hashes, person = marks.number(), marks.number()
            return References((hashes,), (person,) if criterion.persons else ())
        case Strings():
            return replace(criterion, values=((marks.text(), marks.text()),))
        case Dates():
            every = tuple([tuple([DateRange(one.prefix, marks.time(), marks.time()) for one in of]) for of in criterion.every])
            return replace(criterion, every=every)
        case Chain(targets):
            return replace(criterion, targets=tuple([(salt, _target(target, marks)) for salt, target in targets]))
        case _:
            raise Unshaped


def _target(select: Select, marks: _Marks) -> Select:
    return replace(select, criteria=tuple([_marked(one, marks) for one in select.criteria]))


def _under(select: Select, under: Callable[[Condition], Condition]) -> Select:
    """The selection, and those of its chains, with the law changed."""
    criteria = tuple(
        [
            replace(one, targets=tuple([(salt, _under(target, under)) for salt, target in one.targets]))
            if isinstance(one, Chain)
            else one
            for one in select.criteria
        ]
    )
    return replace(select, criteria=criteria, law=under(select.law))


def _include(one: Include | RevInclude, law: _Law) -> Hashable:
    return type(one), one.salts, one.types, one.iterate, one.by_url, law.shape(one.law), law.shape(one.places)


def _check_named(query: Query) -> None:
    """Whose log it is put into is one person whom a reference names, or nobody."""
    named = [one.persons for one in query.select.criteria if isinstance(one, References) and one.persons]
    if len(named) > 1 or (query.named and query.named not in named):
        raise Unshaped
