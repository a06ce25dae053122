"""What expressions work on: collections of typed values, and the members of each (FHIR R4 2.9.1, JSON 2.6.2)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Final, NamedTuple, cast

from kedja import spec


class Item(NamedTuple):
    """One value with its FHIR type (`CodeableConcept`, `Observation.component`) or that of the language (`System.Boolean`).

    Values of FHIR types are JSON as decoded. Of System types: bool, int, Decimal, str (dates and times too), Quantity.
    `sibling` is the `_name` object of a primitive, which holds its id and extensions; the value is None without it.
    """

    value: Any
    type: str
    sibling: Mapping[str, Any] | None = None


Items = list[Item]  # never changed once it is a result
_TRUE: Final = [Item(True, "System.Boolean")]
_FALSE: Final = [Item(False, "System.Boolean")]


class Quantity(NamedTuple):
    """A System.Quantity; the unit is of UCUM, or a calendar's: `week`, `year`."""

    value: Decimal
    unit: str


_ABSTRACT: Final = ("Resource", "DomainResource")
_OF_PRIMITIVES: Final = ("id", "extension")


def boolean(value: bool | None) -> Items:
    """A collection of one truth value; None gives the empty collection."""
    return [] if value is None else _TRUE if value else _FALSE


def integer(value: int) -> Items:
    return [Item(value, "System.Integer")]


def decimal(value: Decimal) -> Items:
    return [Item(value, "System.Decimal")]


def string(value: str) -> Items:
    return [Item(value, "System.String")]


def of_resource(resource: dict[str, Any]) -> Item:
    """A resource, of the type that it says, if there is such a type."""
    name: Any = resource.get("resourceType")
    return Item(resource, name if isinstance(name, str) and spec.is_resource_type(name) else "Resource")


def members(item: Item, name: str) -> Items:
    """The values of the member `name` (`value` finds `valueQuantity`); none where the type has no such member."""
    value: Any = item.value
    if not isinstance(value, dict):
        return _of_quantity(value, name) if isinstance(value, Quantity) else _of_primitive(item, name)
    holder = cast("dict[str, Any]", value)
    found: Items = []
    for key, type_name in keys(item.type, name):
        if key in holder or f"_{key}" in holder:
            found += _typed(holder.get(key), holder.get(f"_{key}"), type_name)
    return found


def children(item: Item) -> Items:
    """The values of all members, in the order of the definitions."""
    value: Any = item.value
    if not isinstance(value, dict):
        return [found for name in _OF_PRIMITIVES for found in _of_primitive(item, name)]
    holder = cast("dict[str, Any]", value)
    known = _places(item.type)
    names = {key.removeprefix("_") for key in holder} & known.keys()
    found: Items = []
    for name in sorted(names, key=known.__getitem__):
        found += _typed(holder.get(name), holder.get(f"_{name}"), known[name][1])
    return found


@cache
def keys(type_name: str, name: str) -> tuple[tuple[str, str], ...]:
    """The JSON names that a member can have in this type, each with its FHIR type; the name of a choice has several."""
    elements = _elements(type_name)
    found = elements.get(name)
    if found is not None and found.choice_of is None:
        return ((name, found.type),)
    return tuple((element.name, element.type) for element in elements.values() if element.choice_of == name)


@cache
def _places(type_name: str) -> dict[str, tuple[int, str]]:
    """The JSON names of the members, each with its place in the definition and its FHIR type."""
    return {element.name: (place, element.type) for place, element in enumerate(_elements(type_name).values())}


_TYPE_INFO: Final = {
    name: spec.Element(name, f"System.TypeInfo.{name}", "System.String", 1, 1) for name in ("namespace", "name", "baseType")
}


def _elements(type_name: str) -> Mapping[str, spec.Element]:
    if type_name == "System.TypeInfo":
        return _TYPE_INFO
    try:
        return spec.elements(type_name)
    except KeyError:
        return {}


def _of_quantity(quantity: Quantity, name: str) -> Items:
    return {"value": decimal(quantity.value), "unit": string(quantity.unit)}.get(name, [])


def _of_primitive(item: Item, name: str) -> Items:
    if item.sibling is None or name not in _OF_PRIMITIVES or name not in item.sibling:
        return []
    return _typed(item.sibling[name], None, "Extension" if name == "extension" else "string")


def _typed(value: Any, sibling: Any, type_name: str) -> Items:
    if sibling is None and type_name not in _ABSTRACT:  # nearly always
        values = cast("list[Any]", value) if type(value) is list else (value,)
        return [Item(found, type_name) for found in values if found is not None]
    if type(value) is not list and type(sibling) is not list:
        return _one(value, sibling, type_name)
    values, siblings = _list(value), _list(sibling)
    length = max(len(values), len(siblings))
    values += [None] * (length - len(values))
    siblings += [None] * (length - len(siblings))
    return [found for pair in zip(values, siblings) for found in _one(*pair, type_name)]


def _list(value: Any) -> list[Any]:
    return list(cast("list[Any]", value)) if isinstance(value, list) else []


def _one(value: Any, sibling: Any, type_name: str) -> Items:
    if value is None and not isinstance(sibling, dict):
        return []
    if type_name in _ABSTRACT and isinstance(value, dict):
        return [of_resource(cast("dict[str, Any]", value))]
    return [Item(value, type_name, cast("dict[str, Any]", sibling) if isinstance(sibling, dict) else None)]
