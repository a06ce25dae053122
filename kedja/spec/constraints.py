"""Constraints (R4 2.27, ElementDefinition.constraint) and the profiles and extensions that R4 itself publishes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Literal

import msgspec

from kedja.spec.tables import entry, table


@dataclass(frozen=True, slots=True)
class Constraint:
    """`expression` is FHIRPath over the value that it holds for; `human` says the rule."""

    key: str
    severity: Literal["error", "warning"]
    human: str
    expression: str


@cache
def constraints(type_name: str) -> Mapping[str, tuple[Constraint, ...]]:
    """{FHIRPath path: its constraints} of a resource type or datatype; empty where it has none of its own.

    At the type itself and at inline elements they hold for each value there; at an element of another type they are what
    is said beyond that type. What a base type says is at the base type.
    """
    rows = entry("constraints", type_name, dict[str, list[list[str]]]) or {}
    return MappingProxyType({path: tuple(Constraint(*row) for row in held) for path, held in rows.items()})  # type: ignore[arg-type]


@cache
def known_constraints() -> Mapping[str, frozenset[str]]:
    """{key: the expressions that R4's own types have under it}."""
    found: dict[str, set[str]] = {}
    for type_name in table("constraints"):
        for constraint in (held for path in constraints(type_name).values() for held in path):
            found.setdefault(constraint.key, set()).add(constraint.expression)
    return MappingProxyType({key: frozenset(expressions) for key, expressions in found.items()})


@cache
def profile(canonical: str) -> Mapping[str, Any] | None:
    """The StructureDefinition of a profile or an extension of R4 with this `url` or `url|4.0.1`; None where R4 has none.

    Its snapshot holds only what goes beyond the constrained type.
    """
    url, _, version = canonical.partition("|")
    if version and not "4.0.1".startswith(version):
        return None
    raw = table("profiles").get(url)
    return None if raw is None else msgspec.json.decode(raw, type=dict[str, Any])


def profiles() -> tuple[str, ...]:
    """The canonicals of all profiles and extensions of R4."""
    return tuple(table("profiles"))
