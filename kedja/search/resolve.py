"""`Asked` -> `Query`: every parameter against its definition, every value hashed or ranged (FHIR R4 3.1.1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final, TypeVar

from kedja.outcome import Issue, OutcomeError, refuse
from kedja.search.chain import breadth
from kedja.search.criterion import Reader
from kedja.search.definitions import UnknownParameter, check_type
from kedja.search.include import include
from kedja.search.nodes import Asked, Include, Query, RevInclude, Select
from kedja.search.rewrite import together
from kedja.search.sorting import sort_of

MAX_SELECTIONS: Final = 60  # through all chains and `_has`; each has the law in it
Node = TypeVar("Node")


def resolve(asked: Asked, *, base: str = "", now: datetime | None = None) -> Query:
    """The query that the store can answer. `base` is our own address, so that references written with it are ours.

    Raises OutcomeError 400 with an issue for each parameter that is unknown or cannot be used; to a lenient asker
    (Prefer: handling=lenient) what is unknown is left out and told in `warnings`.
    """
    reader = Reader(base, now or datetime.now(UTC))
    kind = check_type(asked.type, "")
    collect = _Collect(asked.lenient)
    _check_breadth(kind, asked)
    criteria = [(collect(lambda p=one: reader.criterion(kind, p)), pair) for one, pair in asked.parameters]
    includes = [(collect(lambda i=one: include(kind, i)), pair) for one, pair in asked.includes]
    sort = [(collect(lambda c=code: sort_of((kind,), c)), code) for code in asked.sort]
    if collect.issues:
        raise OutcomeError(400, *collect.issues)
    sorted_by = ",".join(code for by, code in sort if by)
    return Query(
        select=Select(kind, together([found for found, _ in criteria if found])),
        sort=tuple(by for by, _ in sort if by),
        includes=tuple(found for found, _ in includes if isinstance(found, Include)),
        revincludes=tuple(found for found, _ in includes if isinstance(found, RevInclude)),
        control=asked.control,
        pairs=(
            *(pair for found, pair in criteria if found),
            *(pair for found, pair in includes if found),
            *([("_sort", sorted_by)] if sorted_by else []),
            *asked.control_pairs,
        ),
        warnings=(*asked.warnings, *collect.warnings),
    )


def _check_breadth(resource_type: str, asked: Asked) -> None:
    total = sum(breadth(resource_type, one) for one, _ in asked.parameters if one.chain)
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
