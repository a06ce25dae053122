"""What a reference leads to: of which type and profile, and where it stands (R4 2.27 targetProfile and aggregation)."""

from __future__ import annotations

from typing import Any, Final, Protocol

from kedja import spec
from kedja.fhirpath import Item
from kedja.validation.faults import Fault
from kedja.validation.profiles.nodes import Node, TypeRef
from kedja.validation.profiles.values import target_type
from kedja.validation.scope import Scope

_CORE: Final = "http://hl7.org/fhir/StructureDefinition/"


class Targets(Protocol):
    """What is asked of the library of profiles."""

    def known_tree(self, canonical: str) -> Node | None: ...

    def conforms(self, item: Item, canonical: str, scope: Scope) -> bool | None: ...


def target_faults(item: Item, entry: TypeRef, scope: Scope, library: Targets) -> list[Fault]:
    """A Reference whose target, where it is contained or in the Bundle, fits none of the profiles; or is of another type."""
    text = item.value.get("reference")
    if not isinstance(text, str):
        return []
    target = scope.resolve(text)
    faults = _aggregated(text, target, entry, scope)
    if target is None:
        named = target_type(text)
        return faults + ([] if named is None else _of_type(named, entry, library))
    name = str(target.get("resourceType"))
    if wrong := _of_type(name, entry, library):
        return faults + wrong
    told = [library.conforms(Item(target, name), url, scope.inside(target)) for url in entry.targets]
    if True in told or None in told:
        return faults
    wanted = " or ".join(entry.targets)
    return [*faults, Fault(".reference", "value", f"{text} leads to what does not fit {wanted}: correct it, or refer to another")]


def _of_type(name: str, entry: TypeRef, library: Targets) -> list[Fault]:
    types = [_type(url, library) for url in entry.targets]
    if None in types or any(spec.is_type(name, wanted) for wanted in types if wanted is not None):
        return []
    wanted = " or ".join(dict.fromkeys(str(found) for found in types))
    return [Fault(".reference", "value", f"the profile allows a reference to {wanted} here, and this is to {name}")]


def _type(canonical: str, library: Targets) -> str | None:
    """The resource type of a profile; None where it is not known here."""
    name = canonical.partition("|")[0].removeprefix(_CORE)
    if spec.is_known(name):
        return name
    tree = library.known_tree(canonical)
    return None if tree is None else tree.name


def _aggregated(text: str, target: Any, entry: TypeRef, scope: Scope) -> list[Fault]:
    """Where the target stands: contained, in the same Bundle, or elsewhere."""
    if not entry.aggregation:
        return []
    place = "contained" if text.startswith("#") else "bundled" if target is not None else "referenced"
    if place in entry.aggregation or (place == "bundled" and "referenced" in entry.aggregation):
        return []
    if place == "referenced" and scope.entries is None:
        return []  # whether it is in a Bundle is not told by a resource alone
    wanted = " or ".join(entry.aggregation)
    return [Fault(".reference", "value", f"the profile wants the target {wanted}, and this is {place}")]
