"""Search parameters (R4 3.1.1, SearchParameter) and compartments (R4 2.29)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Final, Literal, cast

from kedja.spec.structure import base_type, elements, is_resource_type
from kedja.spec.tables import entry

ParameterType = Literal["string", "token", "reference", "date", "quantity", "number", "uri", "composite", "special"]


@dataclass(frozen=True, slots=True)
class Component:
    """A part of a composite parameter; `expression` starts from what the composite selects."""

    code: str
    expression: str


@dataclass(frozen=True, slots=True)
class SearchParameter:
    """`expression` is FHIRPath of one resource type: the union's parts about other types are taken out."""

    code: str
    type: ParameterType
    expression: str
    url: str
    target: tuple[str, ...] = ()  # resource types that a reference may lead to
    components: tuple[Component, ...] = ()


@cache
def search_parameters(resource_type: str) -> Mapping[str, SearchParameter]:
    """By code, with the common ones (`_id`, `_lastUpdated`, `_profile`, `_security`, `_source`, `_tag`).

    Raises KeyError for what is no resource type.
    """
    if not is_resource_type(resource_type):
        raise KeyError(f"FHIR R4 has no resource type `{resource_type}`")
    found: dict[str, SearchParameter] = {}
    for base in ("Resource", resource_type):
        for code, row in (entry("parameters", base, dict[str, list[Any]]) or {}).items():
            found[code] = _parameter(resource_type, base, code, row)
    return MappingProxyType(found)


def _parameter(resource_type: str, base: str, code: str, row: list[Any]) -> SearchParameter:
    kind, expression, url, targets, components = row
    if base == "Resource":
        expression = expression.replace("Resource.", f"{resource_type}.")
    return SearchParameter(code, kind, expression, url, tuple(targets), tuple(Component(*part) for part in components))


@cache
def compartment(code: str) -> Mapping[str, tuple[str, ...]]:
    """The compartment `Patient`, `Encounter`, `Practitioner`, `RelatedPerson` or `Device`.

    {resource type: search parameter codes}: a resource is in it when one of them leads to the compartment's resource,
    which is in it itself.
    Raises KeyError for another name.
    """
    found = entry("compartments", code, dict[str, list[str]])
    if found is None:
        raise KeyError(f"FHIR R4 has no compartment `{code}`")
    return MappingProxyType({name: tuple(codes) for name, codes in found.items()})


# Elements that say whose a resource is, the strongest first. An author, performer or recipient does not.
_SUBJECTS: Final = ("patient", "subject", "beneficiary", "individual", "candidate", "for", "deliverTo", "actor")
_DEEPER_SUBJECTS: Final = {"Appointment": [("participant", "actor")], "Person": [("link", "target")]}


@cache
def subject_elements(resource_type: str) -> tuple[str, ...]:
    """The top-level JSON members of this type whose Reference can be to the Patient whom the resource is about.

    Empty where it is about no one (`Organization`), says so deeper (`Appointment.participant.actor`), or is the `Patient`.
    """
    found = elements(resource_type)
    return tuple(name for name in _SUBJECTS if name in found and _can_be_patient(found[name].type, found[name].targets))


def subject_references(resource: Mapping[str, Any]) -> tuple[str, ...]:
    """The literal references (`Patient/1`, but also `Group/2`) by which a resource says whose it is, the strongest first."""
    resource_type = resource["resourceType"]
    paths = [(name,) for name in subject_elements(resource_type)] + _DEEPER_SUBJECTS.get(resource_type, [])
    holders = [holder for path in paths for holder in _at(resource, path)]
    return tuple(holder["reference"] for holder in holders if isinstance(holder.get("reference"), str))


def _at(value: Any, path: tuple[str, ...]) -> list[Mapping[str, Any]]:
    """The objects at this path; lists are walked, anything of another shape is passed over."""
    if isinstance(value, list):
        return [found for item in cast("list[Any]", value) for found in _at(item, path)]
    if not isinstance(value, dict):
        return []
    members = cast("dict[str, Any]", value)
    return _at(members.get(path[0]), path[1:]) if path else [members]


def _can_be_patient(type_name: str, targets: tuple[str, ...]) -> bool:
    return type_name == "Reference" and (not targets or "Patient" in targets)


def is_domain_resource(resource_type: str) -> bool:
    """Whether it has text, contained resources and extensions (all but Bundle, Binary and Parameters)."""
    return base_type(resource_type) == "DomainResource"
