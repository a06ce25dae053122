"""FHIRPath Patch (FHIR R4 2.1.0.9): add, insert, delete, replace and move, on elements that FHIRPath expressions select."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from kedja import spec
from kedja.outcome import refuse
from kedja.patch.parameters import FhirPathPatch, Operation, Value
from kedja.patch.places import (
    Element,
    collection_of,
    elements_at,
    members_of,
    places_of,
    single,
    type_at,
    with_elements,
)
from kedja.patch.tree import Key, Object, at, size

MAX_WORK: Final = 1_000_000  # operations times values of the resource: each operation looks at all of them

__all__ = ["FhirPathPatch", "fhirpath_patch"]


class _Slot(NamedTuple):
    """The JSON name under which a value stands in an object, whether it repeats, and its FHIR type."""

    name: str
    repeats: bool
    type: str


def fhirpath_patch(resource: Object, patch: FhirPathPatch) -> Object:
    """The resource after every operation in order; objects and lists that are left empty go.

    Raises OutcomeError 422, naming the operation, for what cannot be done: no or several elements, a wrong type of value, an
    index beyond the list, an element that is there already; 400 for a path that is no FHIRPath.
    """
    if len(patch) * size(resource, MAX_WORK) > MAX_WORK:
        told = "the patch has too many operations for so large a resource: send them in parts, or the resource by PUT"
        raise refuse(422, "too-costly", told, "Parameters")
    for operation in patch:
        resource = _APPLY[operation.type](resource, operation)
    return resource


def _add(resource: Object, operation: Operation) -> Object:
    value = _given(operation)
    place = single(resource, operation.path, operation.place)
    holder = place.inside(resource)
    slot = _slot(type_at(resource, holder), operation.name, value, f"{operation.place}.name")
    standing = elements_at(resource, holder, slot.name)
    others = _other_choices(resource, holder, slot.name)
    if not slot.repeats and (standing or others):
        told = f"`{operation.path[:80]}` has `{(others or [slot.name])[0]}` already: use `replace`"
        raise refuse(422, "duplicate", told, operation.place)
    return with_elements(resource, holder, slot.name, [*standing, _element(value, slot)], slot.repeats)


def _insert(resource: Object, operation: Operation) -> Object:
    holder, name = collection_of(resource, operation.path, operation.place)
    standing = elements_at(resource, holder, name)
    value = _given(operation)
    slot = _slot(type_at(resource, holder), name, value, operation.place)
    _check_index(operation.index, len(standing), "index", operation)
    changed = [*standing[: operation.index], _element(value, slot), *standing[operation.index :]]
    return with_elements(resource, holder, slot.name, changed, True)


def _delete(resource: Object, operation: Operation) -> Object:
    found = places_of(resource, operation.path, operation.place)
    if not found:
        return resource
    place = single(resource, operation.path, operation.place)
    if not place.name:
        raise refuse(422, "value", "the resource itself cannot be deleted by a patch: use DELETE", operation.place)
    standing = elements_at(resource, place.holder, place.name)
    left = [item for n, item in enumerate(standing) if n != (place.position or 0)]
    return with_elements(resource, place.holder, place.name, left, place.position is not None)


def _replace(resource: Object, operation: Operation) -> Object:
    value = _given(operation)
    place = single(resource, operation.path, operation.place)
    if not place.name:
        raise refuse(422, "value", "the resource itself cannot be replaced by a patch: use PUT", operation.place)
    kind = type_at(resource, place.holder)
    element = members_of(kind).get(place.name)
    slot = _slot(kind, (element.choice_of if element else None) or place.name, value, operation.place)
    if slot.name != place.name:
        resource = with_elements(resource, place.holder, place.name, [], False)
        return with_elements(resource, place.holder, slot.name, [_element(value, slot)], False)
    standing = elements_at(resource, place.holder, place.name)
    changed = [_element(value, slot) if n == (place.position or 0) else item for n, item in enumerate(standing)]
    return with_elements(resource, place.holder, place.name, changed, place.position is not None)


def _move(resource: Object, operation: Operation) -> Object:
    holder, name = collection_of(resource, operation.path, operation.place)
    standing = elements_at(resource, holder, name)
    _check_index(operation.source, len(standing) - 1, "source", operation)
    _check_index(operation.destination, len(standing) - 1, "destination", operation)
    rest = [item for n, item in enumerate(standing) if n != operation.source]
    moved = [*rest[: operation.destination], standing[operation.source], *rest[operation.destination :]]
    return with_elements(resource, holder, name, moved, True)


def _check_index(index: int, most: int, name: str, operation: Operation) -> None:
    if index > most:
        told = f"`{name}` is {index}, and `{operation.path[:80]}` takes 0 to {most}" if most >= 0 else "the list is empty"
        raise refuse(422, "value", told, operation.place)


def _given(operation: Operation) -> Value:
    if operation.value is None:
        raise refuse(400, "required", f"`{operation.type}` needs `value`", operation.place)
    return operation.value


def _slot(kind: str, name: str, value: Value, place: str) -> _Slot:
    """Where a value of this type goes under a FHIRPath name: `value` of an Observation with a Quantity is `valueQuantity`."""
    members = members_of(kind)
    element = members.get(name)
    if element is None and name in _choices(kind):
        element = members.get(f"{name}{value.type[:1].upper()}{value.type[1:]}")
        if element is None:
            raise refuse(422, "value", f"`{kind}.{name}` may not be a `{value.type or 'group of parts'}`", place)
    if element is None:
        raise refuse(422, "value", f"`{kind or 'this'}` has no element `{name[:60]}`", place)
    if not _fits(value, element.type):
        raise refuse(422, "value", f"`{kind}.{name}` is a {element.type}, not a `{value.type}`", value.place)
    return _Slot(element.name, element.is_list, element.type)


def _choices(kind: str) -> Any:
    try:
        return spec.choices(kind)
    except KeyError:
        return {}


def _fits(value: Value, kind: str) -> bool:
    """Primitives of the same JSON form pass here: the result is validated as a whole, with its formats and codes."""
    if value.parts or kind in ("Resource", "Element"):
        return True
    given = value.type
    if kind[:1].islower():
        return given[:1].lower() + given[1:] in spec.PRIMITIVES
    return given == kind or spec.is_type(given, kind) or spec.is_type(kind, given)


def _element(value: Value, slot: _Slot) -> Element:
    if value.parts:
        return Element(_built(value, slot.type))
    return Element(value.value, value.sibling)


def _built(value: Value, kind: str) -> Object:
    """An object of named parts."""
    made: Object = {}
    for name, part in value.parts:
        slot = _slot(kind, name, part, part.place)
        standing = elements_at(made, (), slot.name)
        if standing and not slot.repeats:
            raise refuse(422, "duplicate", f"`{kind}.{name}` does not repeat: give it once", part.place)
        made = with_elements(made, (), slot.name, [*standing, _element(part, slot)], slot.repeats)
    return made


def _other_choices(resource: Object, holder: tuple[Key, ...], name: str) -> list[str]:
    """The other types of the same choice that stand there: `valueString` beside a `valueQuantity` to be."""
    members = members_of(type_at(resource, holder))
    base = members[name].choice_of
    node: Object = at(resource, holder, {})
    return [other for other, element in members.items() if base and element.choice_of == base and other in node]


_APPLY: Final[dict[str, Callable[[Object, Operation], Object]]] = {
    "add": _add,
    "insert": _insert,
    "delete": _delete,
    "replace": _replace,
    "move": _move,
}
