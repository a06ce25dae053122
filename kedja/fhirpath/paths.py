"""Expressions that are nothing but paths, as the JSON names to follow: what an index can walk without evaluating."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Union

from kedja import spec
from kedja.fhirpath.items import Item, keys
from kedja.fhirpath.nodes import Call, Literal, Member, Node, Operation, TypeOperation
from kedja.fhirpath.types import checked, is_exactly, type_name


@dataclass(frozen=True, slots=True)
class Key:
    """To the JSON member of this name; each item of it, if it is a list."""

    name: str


@dataclass(frozen=True, slots=True)
class Equals:
    """Goes on where the JSON member `name` is this text: `where(system='phone')`."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class LeadsTo:
    """Goes on where the reference leads to a resource of this type: `where(resolve() is Patient)`."""

    type: str


Step = Union[Key, Equals, LeadsTo]


@dataclass(frozen=True, slots=True)
class Path:
    """The steps from the resource, and the FHIR type of what they lead to."""

    steps: tuple[Step, ...]
    type: str


_DYNAMIC: Final = ("Resource", "DomainResource")


def paths(node: Node, root_type: str) -> tuple[Path, ...] | None:
    """The paths of which the expression is the union, in any order; None where it is more than paths."""
    match node:
        case Member(None, name) if name[0].isupper() and spec.is_type(root_type, name):
            return (Path((), root_type),)
        case Member(None, name):
            return _member((Path((), root_type),), name)
        case Member(of, name) if of is not None:
            return _member(paths(of, root_type), name)
        case TypeOperation("as", of, name):
            return _of_type(paths(of, root_type), checked(name))
        case Call(of, "as" | "ofType", (argument,)) if of is not None:
            return _of_type(paths(of, root_type), type_name(argument))
        case Call(of, "where", (criterion,)) if of is not None:
            return _guarded(paths(of, root_type), criterion)
        case Operation("|", left, right):
            first, second = paths(left, root_type), paths(right, root_type)
            return None if first is None or second is None else (*first, *second)
        case _:
            return None


def _member(found: tuple[Path, ...] | None, name: str) -> tuple[Path, ...] | None:
    if found is None or any(path.type in _DYNAMIC for path in found):
        return None
    return tuple(Path((*path.steps, Key(key)), type_name) for path in found for key, type_name in keys(path.type, name))


def _of_type(found: tuple[Path, ...] | None, name: str) -> tuple[Path, ...] | None:
    if found is None or any(path.type in _DYNAMIC for path in found):
        return None
    return tuple(path for path in found if is_exactly(Item(None, path.type), name))


def _guarded(found: tuple[Path, ...] | None, criterion: Node) -> tuple[Path, ...] | None:
    if found is None:
        return None
    match criterion:
        case Operation("=", Member(None, name), Literal(str(value), "System.String")):
            return tuple(Path((*path.steps, Equals(name, value)), path.type) for path in found)
        case TypeOperation("is", Call(None, "resolve", ()), name) if spec.is_resource_type(name):
            return tuple(Path((*path.steps, LeadsTo(name)), path.type) for path in found)
        case _:
            return None
