"""How each type of R4 stands in XML: the order of its elements, and which of them are attributes (R4 2.6.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from types import MappingProxyType
from typing import Final

from kedja import spec

FHIR: Final = "http://hl7.org/fhir"
XHTML: Final = "http://www.w3.org/1999/xhtml"


class Form(Enum):
    """What stands inside an element."""

    TEXT = "text"  # a primitive whose value is a JSON string
    BOOLEAN = "boolean"
    INTEGER = "integer"
    DECIMAL = "decimal"
    OBJECT = "object"
    RESOURCE = "resource"  # one resource: contained, Bundle.entry.resource
    NARRATIVE = "narrative"


_FORMS: Final = {
    "boolean": Form.BOOLEAN,
    "integer": Form.INTEGER,
    "positiveInt": Form.INTEGER,
    "unsignedInt": Form.INTEGER,
    "decimal": Form.DECIMAL,
    "xhtml": Form.NARRATIVE,
}
PRIMITIVES: Final = frozenset((Form.TEXT, Form.BOOLEAN, Form.INTEGER, Form.DECIMAL))


@dataclass(frozen=True, slots=True)
class Place:
    """One child element of a type. `index` is its place in the order; the choices of `value[x]` share one."""

    name: str
    index: int
    type: str
    form: Form
    is_list: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """The child elements by name, and the attributes that are members of their own (`id`, and `url` of Extension)."""

    places: Mapping[str, Place]
    attributes: tuple[str, ...]


@cache
def shape(type_name: str) -> Shape:
    """Of a resource type, a datatype, a primitive (its extensions) or an inline path. Raises KeyError as `spec.elements`."""
    attributes = () if spec.is_resource_type(type_name) else ("id", "url") if type_name == "Extension" else ("id",)
    places: dict[str, Place] = {}
    index, last = 0, ""
    for element in spec.elements(type_name).values():
        if element.name in attributes:
            continue
        if element.path != last:
            index, last = index + 1, element.path
        places[element.name] = Place(element.name, index, element.type, _form(element.type), element.is_list)
    return Shape(MappingProxyType(places), attributes)


def _form(type_name: str) -> Form:
    if type_name == "Resource" or spec.is_resource_type(type_name):
        return Form.RESOURCE
    return _FORMS.get(type_name) or (Form.TEXT if type_name in spec.PRIMITIVES else Form.OBJECT)
