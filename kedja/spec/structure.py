"""The elements of resources and datatypes (R4 2.27 ElementDefinition, 2.6.2 JSON names)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Final, Literal, TypedDict

import msgspec

from kedja.spec.tables import entry, table

Strength = Literal["required", "extensible", "preferred", "example"]
Kind = Literal["resource", "complex-type", "primitive-type"]

_SUMMARY: Final = 1
_MODIFIER: Final = 2


@dataclass(frozen=True, slots=True)
class Binding:
    strength: Strength
    valueset: str  # canonical URL without version


@dataclass(frozen=True, slots=True)
class Element:
    """One JSON member of a type; a choice `value[x]` gives one Element for each of its types."""

    name: str  # as in JSON: `valueQuantity`
    path: str  # as in FHIRPath: `Observation.value`
    type: str  # FHIR type; for an inline element its own path, e.g. `Observation.component`
    min: int
    max: int | None  # None: no limit
    choice_of: str | None = None  # `value`
    binding: Binding | None = None
    targets: tuple[str, ...] = ()  # of a Reference or canonical; empty: any
    is_summary: bool = False
    is_modifier: bool = False

    @property
    def is_list(self) -> bool:
        return self.max != 1


class Definition(TypedDict):
    """One entry of the table of types, as tools/spec_structure.py writes it."""

    kind: Kind
    base: str
    abstract: bool
    elements: dict[str, list[list[Any]]]


class _Header(msgspec.Struct):
    kind: Kind
    base: str
    abstract: bool


_HEADERS: Final = {name: msgspec.json.decode(raw, type=_Header) for name, raw in table("types").items()}


def _named(kind: Kind) -> tuple[str, ...]:
    return tuple(sorted(name for name, header in _HEADERS.items() if header.kind == kind and not header.abstract))


TYPES: Final = _named("resource")  # every resource type, sorted
DATATYPES: Final = _named("complex-type")
PRIMITIVES: Final = frozenset(_named("primitive-type"))
_RESOURCES: Final = frozenset(TYPES)


def is_resource_type(name: str) -> bool:
    """Whether a resource of this type can exist (`Resource` and `DomainResource` cannot)."""
    return name in _RESOURCES


def is_known(type_name: str) -> bool:
    """Whether R4 defines this type, inline element or abstract type."""
    name = type_name.partition(".")[0]
    return name in _HEADERS and (name == type_name or type_name in _definition(name)["elements"])


def base_type(type_name: str) -> str | None:
    """The type that this one specialises: Patient -> DomainResource -> Resource -> None; None for inline elements too."""
    header = _HEADERS.get(type_name)
    return header.base or None if header else None


def is_type(type_name: str, ancestor: str) -> bool:
    """Whether `type_name` is `ancestor` or specialises it, directly or not."""
    current: str | None = type_name
    while current is not None and current != ancestor:
        current = base_type(current)
    return current is not None


@cache
def elements(type_name: str) -> Mapping[str, Element]:
    """The members of a resource type, a datatype, a primitive (`id`, `extension`) or an inline path, by JSON name.

    Choices are expanded (`valueQuantity`). Raises KeyError for what R4 does not define.
    """
    rows = _definition(type_name.partition(".")[0])["elements"].get(type_name)
    if rows is None:
        raise KeyError(f"FHIR R4 has no type `{type_name}`")
    found = [element for row in rows for element in _expanded(type_name, *row)]
    return MappingProxyType({element.name: element for element in found})


@cache
def choices(type_name: str) -> Mapping[str, tuple[str, ...]]:
    """The choices of a type: {`value`: (`valueQuantity`, `valueString`...)}."""
    found: dict[str, list[str]] = {}
    for element in elements(type_name).values():
        if element.choice_of:
            found.setdefault(element.choice_of, []).append(element.name)
    return MappingProxyType({base: tuple(names) for base, names in found.items()})


@cache
def _definition(name: str) -> Definition:
    found = entry("types", name, Definition)
    if found is None:
        raise KeyError(f"FHIR R4 has no type `{name}`")
    return found


def _expanded(
    parent: str,
    name: str,
    types: list[list[str]],
    least: int,
    most: int,
    flags: int,
    strength: Strength = "example",
    valueset: str = "",
) -> list[Element]:
    base = name.removesuffix("[x]")
    choice = base if base != name else None
    return [
        Element(
            name=base + code[0].upper() + code[1:] if choice else name,
            path=f"{parent}.{base}",
            type=code,
            min=least,
            max=None if most < 0 else most,
            choice_of=choice,
            binding=Binding(strength, valueset) if valueset else None,
            targets=tuple(targets),
            is_summary=bool(flags & _SUMMARY),
            is_modifier=bool(flags & _MODIFIER),
        )
        for code, *targets in types
    ]
