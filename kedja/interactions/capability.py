"""The capability statement, made from what is really there (FHIR R4 3.1.0.8, CapabilityStatement, TerminologyCapabilities)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final, Protocol

import kedja
from kedja import definitions, exactjson, spec
from kedja.interactions.call import Answer, Call
from kedja.outcome import OutcomeError, refuse
from kedja.search.criterion import KINDS
from kedja.search.indexed import not_ready
from kedja.search.parameters import parameters_of
from kedja.search.parse import parse
from kedja.spec.tables import table

Json = dict[str, Any]
Route = tuple[str, tuple[str, ...]]  # method and pattern, as in the table of routes

# what a route is called -> where
_OF_A_TYPE: Final[dict[Route, str]] = {
    ("GET", ("*", "*")): "read",
    ("GET", ("*", "*", "_history", "*")): "vread",
    ("PUT", ("*", "*")): "update",
    ("PATCH", ("*", "*")): "patch",
    ("DELETE", ("*", "*")): "delete",
    ("GET", ("*", "*", "_history")): "history-instance",
    ("GET", ("*", "_history")): "history-type",
    ("POST", ("*",)): "create",
    ("GET", ("*",)): "search-type",
}
_OF_THE_SYSTEM: Final[dict[Route, tuple[str, ...]]] = {
    ("POST", ()): ("transaction", "batch"),
    ("GET", ("_history",)): ("history-system",),
    ("GET", ()): ("search-system",),
}
_CONDITIONAL: Final[dict[Route, tuple[str, Any]]] = {
    ("PUT", ("*",)): ("conditionalUpdate", True),
    ("DELETE", ("*",)): ("conditionalDelete", "multiple"),
}
_COMPARTMENT: Final[Route] = ("GET", ("*", "*", "*"))
_COMPARTMENTS: Final = ("device", "encounter", "patient", "practitioner", "relatedPerson")
_FORMATS: Final = ["application/fhir+json", "application/fhir+xml", "json", "xml"]
_PATCHES: Final = ["application/json-patch+json", "application/fhir+json", "application/fhir+xml"]
# Parameters of every type that no definition lists -> their type, a value, and R4's definition where it has one.
_OF_EVERYTHING: Final = {
    "_text": ("string", "word", "http://hl7.org/fhir/SearchParameter/DomainResource-text"),
    "_content": ("string", "word", "http://hl7.org/fhir/SearchParameter/Resource-content"),
    "_list": ("string", "1", ""),
    "_filter": ("special", "_id eq 1", ""),
}
# What R4 says is normative (2.1.25): only this is told in the mode `normative`.
_NORMATIVE: Final = frozenset(
    (
        *("Binary", "Bundle", "CapabilityStatement", "CodeSystem", "Observation", "OperationDefinition"),
        *("OperationOutcome", "Parameters", "Patient", "StructureDefinition", "ValueSet"),
    )
)


class Operation(Protocol):
    """As in the table of operations."""

    @property
    def name(self) -> str: ...
    @property
    def levels(self) -> frozenset[Any]: ...
    @property
    def types(self) -> tuple[str, ...]: ...
    @property
    def definition(self) -> str: ...


async def capability(call: Call, routes: Iterable[Route], operations: Sequence[Operation]) -> Answer:
    """What is served, from the tables of routes and operations and the definitions in force; `mode` says which part.

    Raises OutcomeError 400 for another mode than full, normative or terminology.
    """
    mode = dict(call.params).get("mode", "full")
    if mode not in ("full", "normative", "terminology"):
        raise refuse(400, "value", f"`mode` is `{mode[:40]}`: give full, normative or terminology", "?mode")
    if mode == "terminology":
        body = _terminology(definitions.current().stamp("CodeSystem"))
    else:
        served = tuple(sorted(set(routes)))
        generation = (definitions.current().generation, not_ready())
        body = _statement(served, tuple(operations), mode == "normative", generation, call.door.client_ids != "none")
    implementation = exactjson.dumps({"description": "Kedja", "url": call.base})
    return Answer(200, body[:-1] + b',"implementation":' + implementation + b"}")


@cache
def built() -> str:
    """When the newest file of this program was written: the instant that the statement speaks of."""
    newest = max(file.stat().st_mtime for file in Path(kedja.__file__).parent.rglob("*.py"))
    return datetime.fromtimestamp(newest, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _head(resource_type: str) -> Json:
    return {
        "resourceType": resource_type,
        "status": "active",
        "date": built(),
        "kind": "instance",
        "software": {"name": "Kedja", "version": kedja.__version__},
    }


@lru_cache(maxsize=4)
def _statement(
    routes: tuple[Route, ...], operations: tuple[Operation, ...], normative: bool, _generation: object, client_ids: bool
) -> bytes:
    types = [name for name in spec.TYPES if name in _NORMATIVE or not normative]
    rest: Json = {
        "mode": "server",
        "documentation": _search_documentation(),
        "security": {"description": "Bearer tokens. Every answer is what the law lets the caller see; every read is logged."},
        "resource": [{**_resource(name, routes, operations), "updateCreate": client_ids} for name in types],
        "interaction": [{"code": code} for route in routes for code in _OF_THE_SYSTEM.get(route, ())],
    }
    everywhere = [_parameter(name, kind, url) for name, (kind, value, url) in _OF_EVERYTHING.items() if _is_served(name, value)]
    if everywhere:
        rest["searchParam"] = everywhere
    system = [_operation(one) for one in operations if "system" in one.levels]
    if system:
        rest["operation"] = system
    if _COMPARTMENT in routes:
        rest["compartment"] = [f"http://hl7.org/fhir/CompartmentDefinition/{name}" for name in _COMPARTMENTS]
    patched = any(method == "PATCH" for method, _ in routes)
    formats = {"format": _FORMATS, "patchFormat": _PATCHES} if patched else {"format": _FORMATS}
    return exactjson.dumps({**_head("CapabilityStatement"), "fhirVersion": "4.0.1", **formats, "rest": [rest]})


def _search_documentation() -> str:
    """R4 has no place for modifiers but this."""
    modifiers = "; ".join(
        f"{kind}: {', '.join(f'`:{name}`' for name in ('missing', *known.modifiers))}" for kind, known in KINDS.items()
    )
    return f"Modifiers of search parameters by their type: {modifiers}; a reference also takes the type that it leads to."


def _resource(resource_type: str, routes: Sequence[Route], operations: Sequence[Operation]) -> Json:
    later = not_ready()
    every = sorted(parameters_of(resource_type).values(), key=lambda p: p.code)
    parameters = [parameter for parameter in every if (resource_type, parameter.code) not in later]
    told: Json = {"type": resource_type, "profile": f"http://hl7.org/fhir/StructureDefinition/{resource_type}"}
    profiles = _profiles(resource_type)
    if profiles:
        told["supportedProfile"] = profiles
    told |= {
        "interaction": [{"code": code} for route, code in _OF_A_TYPE.items() if route in routes],
        "versioning": "versioned",
        "readHistory": True,
        "conditionalCreate": ("PUT", ("*",)) in routes,
        "conditionalRead": "full-support",
        **dict(_CONDITIONAL[route] for route in routes if route in _CONDITIONAL),
        "searchInclude": [f"{resource_type}:{p.code}" for p in parameters if p.type == "reference"],
        "searchRevInclude": _leading_to(resource_type),
        "searchParam": [_parameter(p.code, p.type, p.url) for p in parameters],
    }
    own = [_operation(one) for one in operations if {"type", "instance"} & one.levels and _is_of(one, resource_type)]
    if own:
        told["operation"] = own
    return {name: value for name, value in told.items() if value != []}


def _parameter(name: str, kind: str, definition: str) -> Json:
    return {"name": name, **({"definition": definition} if definition else {}), "type": kind}


def _is_served(name: str, value: str) -> bool:
    try:
        parse("Patient", [(name, value)])
    except OutcomeError:
        return False
    return True


def _is_of(operation: Operation, resource_type: str) -> bool:
    return not operation.types or resource_type in operation.types


def _operation(operation: Operation) -> Json:
    return {"name": operation.name, "definition": operation.definition}


def _profiles(resource_type: str) -> list[str]:
    """The profiles of packages and of stored StructureDefinitions that constrain this type."""
    found = {
        one["url"]
        for one in definitions.current().all("StructureDefinition")
        if one.get("type") == resource_type and one.get("derivation") == "constraint"
    }
    return sorted(found)


def _leading_to(resource_type: str) -> list[str]:
    """The references by which resources of any type can lead to this one, where their definition names it."""
    return _references(definitions.current().stamp("SearchParameter")).get(resource_type, [])


@lru_cache(maxsize=2)
def _references(_stamp: int) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in spec.TYPES:
        for code, parameter in sorted(parameters_of(name).items()):
            targets = parameter.target if len(parameter.target) < len(spec.TYPES) else ()
            for target in targets if parameter.type == "reference" else ():
                found.setdefault(target, []).append(f"{name}:{code}")
    return found


@lru_cache(maxsize=2)
def _terminology(_stamp: int) -> bytes:
    """The code systems whose codes are known, and what `$expand` and `$validate-code` do."""
    added = {one["url"] for one in definitions.current().all("CodeSystem")}
    systems = sorted({key.partition("|")[0] for key in table("codesystems")} | added)
    return exactjson.dumps(
        {
            **_head("TerminologyCapabilities"),
            "codeSystem": [{"uri": url} for url in systems],
            "expansion": {"hierarchical": False, "paging": True},
            "validateCode": {"translations": False},
        }
    )
