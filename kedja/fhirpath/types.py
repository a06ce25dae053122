"""Whether a value is of a type (FHIRPath 2.0, section 6.3)."""

from __future__ import annotations

from typing import Final

from kedja import spec
from kedja.fhirpath.items import Item
from kedja.fhirpath.nodes import FhirPathError, Member, Node

_SYSTEM: Final = frozenset({"Boolean", "String", "Integer", "Decimal", "Date", "DateTime", "Time", "Quantity"})
_KNOWN: Final = frozenset(
    {*spec.TYPES, *spec.DATATYPES, *spec.PRIMITIVES, "Resource", "DomainResource", "Element", "BackboneElement"}
)


def type_name(node: Node) -> str:
    """The type that an argument names: `Quantity`, `FHIR.Quantity`. Raises FhirPathError for what is no type."""
    match node:
        case Member(None, name):
            return checked(name)
        case Member(Member(None, namespace), name):
            return checked(f"{namespace}.{name}")
        case _:
            raise FhirPathError("expected the name of a type")


def checked(name: str) -> str:
    """The name, if there is such a type. Raises FhirPathError otherwise."""
    namespace, _, local = name.rpartition(".")
    known = {"FHIR": _KNOWN, "System": _SYSTEM, "": _KNOWN | _SYSTEM}.get(namespace, frozenset[str]())
    if local not in known:
        raise FhirPathError(f"there is no type `{name}`")
    return name


def is_of(item: Item, name: str) -> bool:
    """`is`: of this type or of one that specialises it."""
    namespace, _, local = name.rpartition(".")
    if item.type.startswith("System."):
        return namespace != "FHIR" and item.type == f"System.{local}"
    return namespace != "System" and spec.is_type(item.type, local)


def is_exactly(item: Item, name: str) -> bool:
    """`as` and `ofType`: of this very datatype, so that `uri` leaves `canonical` out; of resources as `is_of`."""
    return is_of(item, name) and (item.type == name.rpartition(".")[2] or not _is_datatype(item.type))


def _is_datatype(name: str) -> bool:
    return not name.startswith("System.") and not spec.is_resource_type(name)
