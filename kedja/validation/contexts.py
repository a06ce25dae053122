"""Where an extension may stand (R4 5.3.0.4, StructureDefinition.context)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, cast

from kedja import fhirpath, spec
from kedja.fhirpath import Item

_SEGMENT: Final = re.compile(r"\.(\w+)(?:\[(\d+)\])?")
_ANYWHERE: Final = frozenset({"Element"})


@dataclass(frozen=True, slots=True)
class Known:
    """An extension that has a definition here. `parts` are the urls of its inner extensions; None where it has none."""

    url: str
    canonical: str
    modifier: bool
    elements: frozenset[str]  # paths and types
    extensions: frozenset[str]  # urls of extensions that it may stand in
    paths: tuple[str, ...]  # FHIRPath from the resource to where it may stand
    invariants: tuple[str, ...]  # FHIRPath that is true of where it stands
    anywhere: bool
    parts: frozenset[str] | None


def known_of(canonical: str, definition: Mapping[str, Any], parts: frozenset[str] | None, modifier: bool) -> Known:
    """What is needed to place an extension. One without contexts may stand anywhere."""
    contexts = cast("list[dict[str, Any]]", definition.get("context", ()))
    by_type: dict[str, set[str]] = {}
    for context in contexts:
        expression = str(context.get("expression", "")).rpartition("#")[2].removesuffix("[x]")
        by_type.setdefault(str(context.get("type")), set()).add(expression)
    elements = frozenset(by_type.get("element", ()))
    return Known(
        str(definition.get("url", canonical)),
        canonical,
        modifier,
        elements,
        frozenset(by_type.get("extension", ())),
        tuple(str(context.get("expression")) for context in contexts if context.get("type") == "fhirpath"),
        tuple(str(one) for one in definition.get("contextInvariant", ())),
        not contexts or bool(elements & _ANYWHERE),
        parts,
    )


def allowed_at(known: Known, type_name: str) -> bool:
    """Whether it may stand in every value of a type; where not, the path decides."""
    return (known.anywhere or bool(known.elements & _names(type_name))) and not known.invariants


@cache
def _names(type_name: str) -> frozenset[str]:
    """A type and those that it specialises."""
    names: set[str] = set()
    current: str | None = type_name
    while current:
        names.add(current)
        current = spec.base_type(current)
    return frozenset(names | {"BackboneElement"} if "." in type_name else names)


def allowed_by_path(known: Known, resource: Mapping[str, Any], path: str) -> bool:
    """Whether it may stand at this path of a resource (`.name[0].family.extension[0]`)."""
    value: Any = resource
    type_name = str(resource.get("resourceType"))
    paths: set[str] = set(_names(type_name))
    outer: str | None = None
    for name, place in _SEGMENT.findall(path)[:-1]:
        if name in ("extension", "modifierExtension"):
            outer = _url_of(value, name, place)
        elif name != "value":  # what stands in the value of an extension stands in that extension
            outer = None
        value, type_name = _below(value, type_name, name, place)
        paths = {f"{one}.{name}" for one in paths} | set(_names(type_name))
    root = Item(resource, str(resource.get("resourceType")))
    if not all(_true(one, Item(value, type_name), root) for one in known.invariants):
        return False
    if known.anywhere or known.elements & paths or outer in known.extensions:
        return True
    return any(item.value is value for path in known.paths for item in _selected(path, root, root))


def _selected(expression: str, item: Item, root: Item) -> fhirpath.Items:
    try:
        return fhirpath.compiled(expression)(item, fhirpath.Env(root.value))
    except fhirpath.FhirPathError:
        return []


def _true(expression: str, item: Item, root: Item) -> bool:
    """Whether an invariant of the place holds; one that cannot be evaluated refuses nothing."""
    found = _selected(expression, item, root)
    return not found or found[0].value is not False


def _url_of(value: Any, name: str, place: str) -> str | None:
    inner = _item(cast("dict[str, Any]", value).get(name), place) if isinstance(value, dict) else None
    return cast("dict[str, Any]", inner).get("url") if isinstance(inner, dict) else None


def _below(value: Any, type_name: str, name: str, place: str) -> tuple[Any, str]:
    """The member that a step leads to, and its type; of a primitive its `_` sibling."""
    if not isinstance(value, dict) or not spec.is_known(type_name):
        return None, "Element"
    members = cast("dict[str, Any]", value)
    for element in spec.elements(type_name).values():
        if name in (element.name, element.choice_of) and (element.name in members or f"_{element.name}" in members):
            inner = _item(members.get(element.name), place)
            if not isinstance(inner, dict):
                return _item(members.get(f"_{element.name}"), place), element.type
            object_ = cast("dict[str, Any]", inner)
            return object_, str(object_.get("resourceType")) if element.type == "Resource" else element.type
    return None, "Element"


def _item(value: Any, place: str) -> Any:
    if not isinstance(value, list):
        return value
    items = cast("list[Any]", value)
    return items[int(place)] if place and int(place) < len(items) else None
