"""`_sort`: where the values stand that resources are ordered by (FHIR R4 3.1.1.5.1).

Texts, dates, numbers and amounts are in the index. A token goes by its code (an identifier and a contact point by its value)
and a reference by its text: the index has only hashes of these, so they are read from the resource, by JSON paths made from
the parameter's expression.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from kedja.fhirpath.paths import Equals, Key, Path
from kedja.outcome import refuse
from kedja.search.criterion import KINDS
from kedja.search.definitions import definition_of
from kedja.search.groups import groups, params
from kedja.search.nodes import Sort

# What of a value of these types is compared; of all others the value itself.
_COMPARED: Final = {
    "CodeableConcept": ".coding.code",
    "Coding": ".code",
    "Identifier": ".value",
    "ContactPoint": ".value",
    "Reference": ".reference",
}


def sort_of(types: Sequence[str], code: str) -> Sort:
    """`-date` of one type or several. Raises OutcomeError 400 for what has no order, or another one in each type."""
    first, *others = [_sort(name, code) for name in types]
    if any(by.kind != first.kind for by in others):
        raise refuse(400, "value", f"`{code}` is not of one kind in all of these types: search them one by one", "?_sort")
    every = (first, *others)
    return replace(
        first,
        params=tuple(dict.fromkeys(param for by in every for param in by.params)),
        paths=tuple(dict.fromkeys(path for by in every for path in by.paths)),
    )


def _sort(resource_type: str, code: str) -> Sort:
    name, descending = code.removeprefix("-"), code.startswith("-")
    if name in ("_lastUpdated", "_id"):
        return Sort("updated" if name == "_lastUpdated" else "id", (), descending)
    definition = definition_of(resource_type, name, "_sort")
    index = KINDS[definition.type].index
    if definition.type in ("string", "date", "number", "quantity"):
        assert index in ("string", "date", "number")
        return Sort(index, params(resource_type, name), descending)
    paths = tuple((resource_type, path) for group in groups(resource_type, name) for path in map(_json_path, group.paths))
    if definition.type in ("composite", "special") or not paths:
        told = f"`{name}` of {resource_type} has no order: it is no single value; take another parameter"
        raise refuse(400, "not-supported", told, "?_sort")
    return Sort("text", (), descending, paths)


def _json_path(path: Path) -> str:
    """As SQL/JSON writes it: lists are gone through by themselves."""
    return "$" + "".join(_steps(path)) + _COMPARED.get(path.type, "")


def _steps(path: Path) -> Iterator[str]:
    for step in path.steps:
        match step:
            case Key(name):
                yield f".{json.dumps(name)}"
            case Equals(name, value):
                yield f"[*] ? (@.{json.dumps(name)} == {json.dumps(value)})"
            case _:
                yield f"[*] ? (@.reference like_regex {json.dumps(f'(^|/){step.type}/[^/]+(/_history/[^/]+)?$')})"
