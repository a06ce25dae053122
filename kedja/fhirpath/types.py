"""Whether a value is of a type (FHIRPath 2.0, section 6.3)."""

from __future__ import annotations

from functools import cache
from typing import Final

from kedja import spec
from kedja.fhirpath import quantities
from kedja.fhirpath.items import Item
from kedja.fhirpath.nodes import FhirPathError, Member, Node

_SYSTEM: Final = frozenset({"Any", "Boolean", "String", "Integer", "Decimal", "Date", "DateTime", "Time", "Quantity"})
_KNOWN: Final = frozenset(
    {*spec.TYPES, *spec.DATATYPES, *spec.PRIMITIVES, "Resource", "DomainResource", "Element", "BackboneElement"}
)
_OF_INLINE: Final = ("BackboneElement", "Element")


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
    """The name, if there is such a type. Raises FhirPathError otherwise.

    `System.Patient` is let through: nothing is of it.
    """
    namespace, _, local = name.rpartition(".")
    if namespace not in ("FHIR", "System", "") or local not in _KNOWN | _SYSTEM:
        raise FhirPathError(f"there is no type `{name}`")
    return name


def is_of(item: Item, name: str) -> bool:
    """`is`: of this type or of one that specialises it."""
    return _specialises(item.type, name)


@cache
def _specialises(found: str, name: str) -> bool:
    namespace, _, local = name.rpartition(".")
    if found.startswith("System."):
        return namespace != "FHIR" and found == f"System.{local}"
    if namespace == "System":
        return False
    return spec.is_type(found, local) or ("." in found and local in _OF_INLINE)


def named(item: Item) -> tuple[str, str]:
    """The namespace and the name of its type: (`FHIR`, `Patient`), (`System`, `Integer`)."""
    namespace, _, local = item.type.rpartition(".")
    if namespace == "System":
        return namespace, local
    return "FHIR", "BackboneElement" if namespace else local


def is_exactly(item: Item, name: str) -> bool:
    """`as` and `ofType`: of this very datatype, so that `uri` leaves `canonical` out; of resources as `is_of`."""
    return _is_exactly(item.type, name)


@cache
def _is_exactly(found: str, name: str) -> bool:
    is_datatype = not found.startswith("System.") and not spec.is_resource_type(found) and "." not in found
    return _specialises(found, name) and (not is_datatype or found == name.rpartition(".")[2])


def to_system(item: Item) -> Item:
    """A FHIR primitive as the value of the language that it converts to (FHIR R4 2.9.1.5.3)."""
    if item.type.startswith("System."):
        return item
    exact = None if isinstance(item.value, int) else quantities.exact(item.value)
    name = _SYSTEM_OF.get(item.type, "String")
    return Item(item.value if exact is None else exact, f"System.{name}")


_SYSTEM_OF: Final = {
    "boolean": "Boolean",
    "integer": "Integer",
    "positiveInt": "Integer",
    "unsignedInt": "Integer",
    "decimal": "Decimal",
    "date": "Date",
    "dateTime": "DateTime",
    "instant": "DateTime",
    "time": "Time",
}
