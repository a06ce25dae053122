"""Every operation that is served, and where: the routes and the CapabilityStatement are made from this table."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Literal

from kedja.interactions.call import Answer, Call, known_type
from kedja.operations import (
    access,
    acting,
    contest,
    convert,
    discharge,
    everything,
    expand,
    lastn,
    lookup,
    meta,
    monitoring,
    subsumes,
    validate,
    validate_code,
)
from kedja.outcome import refuse

Level = Literal["system", "type", "instance"]
Run = Callable[[Call, str, str], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Operation:
    """`name` without its `$`. `types`: the resource types that have it; empty: all.

    `get`: it changes nothing, so that GET is served beside POST. `run(call, type, id)` has "" for what the level lacks.
    """

    name: str
    levels: frozenset[Level]
    types: tuple[str, ...]
    get: bool
    run: Run
    definition: str  # the canonical of its OperationDefinition


def _standard(name: str, levels: str, run: Run, *types: str, get: bool = True, owner: str = "Resource") -> Operation:
    """An operation of R4's own; `levels` as in `type instance`, `owner` as in its published canonical."""
    given: frozenset[Level] = frozenset(levels.split())  # pyright: ignore[reportAssignmentType]
    return Operation(name, given, types, get, run, f"http://hl7.org/fhir/OperationDefinition/{owner}-{name}")


def _own(name: str, levels: str, run: Run, *types: str, get: bool = False) -> Operation:
    """An operation of ours. By POST alone where it may be given a person's number, which has no place in an address."""
    given: frozenset[Level] = frozenset(levels.split())  # pyright: ignore[reportAssignmentType]
    return Operation(name, given, types, get, run, f"https://kedja.example/fhir/OperationDefinition/{types[0]}-{name}")


OPERATIONS: Final = (
    _standard("everything", "type instance", everything.everything, "Patient", owner="Patient"),
    _standard("lastn", "type", lastn.lastn, "Observation", owner="Observation"),
    _standard("meta", "system type instance", meta.meta),
    _standard("meta-add", "instance", meta.add, get=False),
    _standard("meta-delete", "instance", meta.delete, get=False),
    _standard("convert", "system", convert.convert, get=False),
    _standard("validate", "system type instance", validate.validate, get=False),
    _standard("expand", "type instance", expand.expand, "ValueSet", owner="ValueSet"),
    _standard("validate-code", "type instance", validate_code.of_valueset, "ValueSet", owner="ValueSet"),
    _standard("validate-code", "type instance", validate_code.of_system, "CodeSystem", owner="CodeSystem"),
    _standard("lookup", "type", lookup.lookup, "CodeSystem", owner="CodeSystem"),
    _standard("subsumes", "type instance", subsumes.subsumes, "CodeSystem", owner="CodeSystem"),
    _own("access-preview", "type instance", access.access_preview, "Patient"),
    _own("open", "type instance", access.open_, "Patient"),
    _own("discharge-timers", "type instance", discharge.timers, "Encounter", get=True),
    _own("acting-for", "type", acting.acting_for, "Patient"),
    _own("monitoring", "instance", monitoring.monitoring, "Patient", get=True),
    _own("contest", "type", contest.contest, "Patient"),
)


def find(name: str, method: str, resource_type: str, id: str) -> Operation:
    """The operation `$name` at this place. Raises 404 where there is none, 405 for a method that it does not take."""
    level: Level = "instance" if id else "type" if resource_type else "system"
    if resource_type:
        known_type(resource_type)
    named = [operation for operation in OPERATIONS if operation.name == name]
    here = [one for one in named if level in one.levels and (not one.types or not resource_type or resource_type in one.types)]
    if not here:
        raise refuse(404, "not-supported", _elsewhere(name, named))
    (operation,) = here[:1]
    if method != "POST" and not (method == "GET" and operation.get):
        served = "GET or POST" if operation.get else "POST"
        raise refuse(405, "not-supported", f"`${name}` is called by {served}")
    return operation


def _elsewhere(name: str, named: list[Operation]) -> str:
    if not named:
        return f"`${name[:80]}` is not served: /fhir/metadata tells what is"
    places = sorted(
        f"/{kind}/{{id}}/${name}" if level == "instance" else f"/{kind}/${name}" if level == "type" else f"/${name}"
        for one in named
        for level in one.levels
        for kind in one.types or ("{type}",)
    )
    return f"`${name}` is not served here: it is at {', '.join(places)}"
