"""One question of several types: what is indexed alike is asked at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar, cast

from kedja.search.nodes import (
    And,
    Criterion,
    Dates,
    Numbers,
    OfTypes,
    Or,
    Present,
    Query,
    References,
    Strings,
    Tokens,
)
from kedja.search.values.context import Without

T = TypeVar("T")


def of_types(types: Sequence[str], read: Callable[[str], Criterion]) -> Criterion:
    """What `read` gives for each of the types. A type that has no such value is not found, unless none has."""
    if len(types) == 1:
        return read(types[0])
    found: list[tuple[str, Criterion]] = []
    without: list[Without] = []
    for name in types:
        try:
            found.append((name, read(name)))
        except Without as none:
            without.append(none)
            found.append((name, Or(())))
    if len(without) == len(types):
        raise without[0]
    return OfTypes(tuple(found))


def merged(query: Query) -> Query:
    """`OfTypes`, and alternatives of references, as one look at the index wherever they can be one."""
    select = query.select
    if not any(isinstance(criterion, (OfTypes, Or)) for criterion in select.criteria):
        return query
    return replace(query, select=replace(select, criteria=tuple(_simple(criterion) for criterion in select.criteria)))


def _simple(criterion: Criterion) -> Criterion:
    match criterion:
        case OfTypes(of):
            parts = [_simple(each) for _, each in of]
            one = _one(parts)
            return _partly([(name, part) for (name, _), part in zip(of, parts)]) if one is None else one
        case Or(of):
            parts = [_simple(each) for each in of]
            return _references(parts) or Or(tuple(parts))
        case _:
            return criterion


def _partly(of: Sequence[tuple[str, Criterion]]) -> Criterion:
    """References are looked up at once for all types whose question is nothing but them."""
    references = [part for _, part in of if isinstance(part, References)]
    rest = OfTypes(tuple((name, part) for name, part in of if not isinstance(part, References)))
    found = _references(references)
    return Or((found, rest)) if found else rest


def _one(parts: Sequence[Criterion]) -> Criterion | None:
    """What stands in the index of a type stands for that type alone, so that a row meets none of what is meant for others."""
    first = parts[0]
    if all(part == first for part in parts):
        return first
    if any(type(part) is not type(first) for part in parts):
        return None
    alike: Sequence[Any] = parts
    match first:
        case References():
            return _references(parts)
        case Tokens():
            found = replace(first, hashes=_all(part.hashes for part in alike))
            return found if all(part.negated == first.negated for part in alike) else None
        case Present():
            found = replace(first, marks=_all(part.marks for part in alike))
            return found if all(replace(part, marks=found.marks) == found for part in alike) else None
        case Strings() | Numbers():
            found = replace(first, params=_all(part.params for part in alike))
            return found if all(replace(part, params=found.params) == found for part in alike) else None
        case Dates():
            single = all(part.single for part in alike)
            found = replace(first, params=_all(part.params for part in alike), single=single)
            return found if all(part.every == first.every for part in alike) else None
        case And() | Or():
            return _each(first, alike)
        case _:
            return None


def _each(first: And | Or, alike: Sequence[And | Or]) -> Criterion | None:
    if any(len(part.of) != len(first.of) for part in alike):
        return None
    found = [_one(several) for several in zip(*(part.of for part in alike))]
    return None if None in found else type(first)(cast("tuple[Criterion, ...]", tuple(found)))


def _references(parts: Sequence[Criterion]) -> References | None:
    """Whose it must be follows from the hashes only where it follows from all of them."""
    found = [part for part in parts if isinstance(part, References)]
    if not found or len(found) < len(parts):
        return None
    persons = _all(part.persons for part in found) if all(part.persons for part in found) else ()
    return References(_all(part.hashes for part in found), persons)


def _all(several: Any) -> tuple[int, ...]:
    return tuple(dict.fromkeys(each for values in several for each in values))
