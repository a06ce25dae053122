"""What an expression says, as frozen nodes (FHIRPath 2.0, section 12: grammar)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union


class FhirPathError(ValueError):
    """The expression cannot be read, asks for what is not known here, or does not fit the data it met."""


class FhirPathSyntaxError(FhirPathError):
    """The expression cannot be read."""


@dataclass(frozen=True, slots=True)
class Literal:
    """`type` is a System type; a Quantity's value is (number, unit), every other's its text, bool or int."""

    value: str | bool | int | tuple[str, str]
    type: str


@dataclass(frozen=True, slots=True)
class Empty:
    """`{}`"""


@dataclass(frozen=True, slots=True)
class Variable:
    """`$this`, `$index`, `%resource`, with its sign."""

    name: str


@dataclass(frozen=True, slots=True)
class Member:
    """`of.name`; without `of`, `name` of what the expression is given."""

    of: Node | None
    name: str


@dataclass(frozen=True, slots=True)
class Call:
    of: Node | None
    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class At:
    """`of[index]`"""

    of: Node
    index: Node


@dataclass(frozen=True, slots=True)
class Sign:
    """`+of` or `-of`"""

    sign: str
    of: Node


@dataclass(frozen=True, slots=True)
class Operation:
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class TypeOperation:
    """`of is type`, `of as type`; the type with its namespace, if one was written: `FHIR.Patient`."""

    operator: str
    of: Node
    type: str


Node = Union[Literal, Empty, Variable, Member, Call, At, Sign, Operation, TypeOperation]
