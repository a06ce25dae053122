"""Compartments: what is about one Patient, Encounter, Practitioner, RelatedPerson or Device (FHIR R4 2.29)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kedja import spec
from kedja.outcome import refuse
from kedja.search.criterion import Reader
from kedja.search.nodes import Criterion, Ids, Or, Parameter
from kedja.search.parameters import parameters_of
from kedja.search.several import of_types

COMPARTMENTS: Final = ("Device", "Encounter", "Patient", "Practitioner", "RelatedPerson")


def types_in(code: str, resource_type: str) -> tuple[str, ...]:
    """The types to search in this compartment: the one that is asked for, or with "" all that are in it.

    Raises OutcomeError 404 for what is no compartment, or a type that is not in it.
    """
    members = _members(code)
    if not resource_type:
        return tuple(sorted(members))
    if resource_type not in members:
        told = f"`{resource_type[:80]}` is not in the compartment of a {code}: search /{resource_type[:80]}"
        raise refuse(404, "not-supported", told)
    return (resource_type,)


def belongs(types: tuple[str, ...], code: str, id: str, reader: Reader) -> Criterion:
    """Is in the compartment of `code/id`: one of the compartment's parameters leads there, or it is that itself."""
    members = _members(code)
    return of_types(types, lambda name: _way_in(name, members[name], code, id, reader))


def _members(code: str) -> Mapping[str, tuple[str, ...]]:
    if code not in COMPARTMENTS:
        raise refuse(404, "not-supported", f"`{code[:80]}` has no compartment: {', '.join(COMPARTMENTS)} have")
    return {code: (), **spec.compartment(code)}


def _way_in(resource_type: str, codes: tuple[str, ...], code: str, id: str, reader: Reader) -> Criterion:
    known = parameters_of(resource_type)
    wanted = f"{code}/{id}"
    ways: list[Criterion] = [
        reader.criterion(resource_type, Parameter(each, each, "", (wanted,)))
        for each in codes
        if not known[each].target or code in known[each].target
    ]
    if resource_type == code:
        ways.append(Ids((id,)))
    return ways[0] if len(ways) == 1 else Or(tuple(ways))
