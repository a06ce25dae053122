"""`Asked` -> `Query`: every parameter against its definition, every value hashed or ranged (FHIR R4 3.1.1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final, TypeVar

from kedja import spec
from kedja.outcome import Issue, OutcomeError, refuse
from kedja.search.chain import breadth
from kedja.search.compartment import belongs, types_in
from kedja.search.criterion import Reader
from kedja.search.definitions import UnknownParameter, check_type
from kedja.search.exactly import is_exact
from kedja.search.filtering import filtered
from kedja.search.include import include
from kedja.search.indexed import warnings
from kedja.search.nodes import Asked, Criterion, Include, Parameter, Query, RevInclude, Select
from kedja.search.rewrite import together
from kedja.search.several import of_types
from kedja.search.sorting import sort_of
from kedja.search.uses import INCLUDE, SORT, Use
from kedja.search.words import WORDS, words

MAX_SELECTIONS: Final = 60  # through all chains and `_has`; each has the law in it
Node = TypeVar("Node")


def resolve(asked: Asked, *, base: str = "", now: datetime | None = None) -> Query:
    """The query that the store can answer. `base` is our own address, so that references written with it are ours.

    Raises OutcomeError 400 with an issue for each parameter that is unknown or cannot be used; to a lenient asker
    (Prefer: handling=lenient) what is unknown is left out and told in `warnings`.
    """
    reader = Reader(base, now or datetime.now(UTC))
    types = _types(asked)
    collect = _Collect(asked.lenient)
    _check_breadth(types, asked)
    criteria = [
        (collect(lambda p=one: of_types(types, lambda kind: _criterion(reader, kind, p))), pair) for one, pair in asked.parameters
    ]
    includes = [(collect(lambda i=one: include(types, i)), pair) for one, pair in asked.includes]
    sort = [(collect(lambda c=code: sort_of(types, c)), code) for code in asked.sort]
    if collect.issues:
        raise OutcomeError(400, *collect.issues)
    _gather_beside(reader, types, asked)
    inside = [belongs(types, *asked.compartment, reader)] if asked.compartment else []
    sorted_by = ",".join(code for by, code in sort if by)
    understood = [one for (one, _), (found, _) in zip(asked.parameters, criteria) if found]
    exact = is_exact(types, understood, (code for by, code in sort if by), asked.compartment)
    every = together([*inside, *(found for found, _ in criteria if found)])
    return Query(
        select=Select(types[0], every, others=types[1:], exact=exact),
        sort=tuple(by for by, _ in sort if by),
        includes=tuple(found for found, _ in includes if isinstance(found, Include)),
        revincludes=tuple(found for found, _ in includes if isinstance(found, RevInclude)),
        control=asked.control,
        pairs=(
            *([("_type", ",".join(asked.types))] if asked.types else []),
            *(pair for found, pair in criteria if found),
            *(pair for found, pair in includes if found),
            *([("_sort", sorted_by)] if sorted_by else []),
            *asked.control_pairs,
        ),
        warnings=(*asked.warnings, *collect.warnings, *warnings(types)),
        path=_path(asked),
        compartment=asked.compartment,
        uses=frozenset(reader.uses),
    )


def _gather_beside(reader: Reader, types: Sequence[str], asked: Asked) -> None:
    for code in asked.sort:
        for name in types:
            reader.beside(SORT, name, code.removeprefix("-"))
    for one, _ in asked.includes:
        reader.beside(INCLUDE, one.type, one.code)


def _criterion(reader: Reader, resource_type: str, parameter: Parameter) -> Criterion:
    if parameter.code == "_filter":
        return filtered(resource_type, parameter.values[0], reader.criterion)
    if parameter.code in WORDS and not parameter.modifier and not parameter.chain:
        reader.uses.add(Use(parameter.code, "", "string", "", parameter.values))
        return words(parameter)
    return reader.criterion(resource_type, parameter)


def _types(asked: Asked) -> tuple[str, ...]:
    if asked.compartment and not asked.types:
        return types_in(asked.compartment[0], asked.type)
    if asked.compartment:
        return tuple(name for each in asked.types for name in types_in(asked.compartment[0], check_type(each, "_type")))
    if asked.type:
        return (check_type(asked.type, ""),)
    return tuple(check_type(name, "_type") for name in asked.types) or tuple(sorted(spec.TYPES))


def _path(asked: Asked) -> str:
    return "/".join((*asked.compartment, asked.type or "*")) if asked.compartment else asked.type


def _check_breadth(types: Sequence[str], asked: Asked) -> None:
    known: dict[tuple[str, Parameter], int] = {}
    total = sum(breadth(name, one, known) for name in types for one, _ in asked.parameters if one.chain)
    if total > MAX_SELECTIONS:
        text = f"the chains of the search lead through {total} selections; at most {MAX_SELECTIONS} are taken"
        raise refuse(400, "too-costly", f"{text}: name the types that you mean, as in `subject:Patient.name`")


class _Collect:
    """Runs each reading and keeps what is wrong, so that all of it is told at once."""

    def __init__(self, lenient: bool) -> None:
        self.lenient = lenient
        self.issues: list[Issue] = []
        self.warnings: list[Issue] = []

    def __call__(self, read: Callable[[], Node]) -> Node | None:
        try:
            return read()
        except UnknownParameter as error:
            if self.lenient:
                self.warnings += [replace(issue, severity="warning") for issue in error.issues]
            else:
                self.issues += error.issues
        except OutcomeError as error:
            self.issues.extend(error.issues)
        return None
