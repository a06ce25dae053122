"""What a profile says of each element, as a tree (R4 2.27 ElementDefinition)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from kedja.spec import Constraint

Json = dict[str, Any]
DiscriminatorType = Literal["value", "exists", "pattern", "type", "profile"]


class BrokenProfile(Exception):
    """A StructureDefinition that cannot be gone by; the text says why."""


@dataclass(frozen=True, slots=True)
class TypeRef:
    """One type that an element may have, with the profiles on it, or on what a reference leads to."""

    code: str
    profiles: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    aggregation: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Discriminator:
    type: DiscriminatorType
    path: str


@dataclass(frozen=True, slots=True)
class Slicing:
    discriminators: tuple[Discriminator, ...] = ()
    rules: Literal["closed", "open", "openAtEnd"] = "open"
    ordered: bool = False


@dataclass(slots=True)
class Node:
    """One element, or one slice of it. What is None or empty is not said; what the type says is not repeated.

    `name` is a FHIRPath step (`value` of `value[x]`), `id` an element id (`Observation.component:systolic.code`),
    `type_name` the FHIR type of its values where there is just one.
    """

    name: str
    id: str
    type_name: str | None = None
    min: int | None = None
    max: str | None = None
    types: tuple[TypeRef, ...] = ()
    fixed: tuple[str, Any] | None = None  # type as written (`CodeableConcept`), value
    pattern: tuple[str, Any] | None = None
    least: Any = None
    most: Any = None
    max_length: int | None = None
    binding: tuple[str, str] | None = None  # strength, value set
    constraints: dict[str, Constraint] = field(default_factory=dict[str, Constraint])
    slicing: Slicing | None = None
    content: str | None = None  # the element id that has its content
    children: dict[str, Node] = field(default_factory=dict[str, "Node"])
    slices: dict[str, Node] = field(default_factory=dict[str, "Node"])
