"""Where in a resource the elements stand that a FHIRPath expression selects, and edits at such places.

Elements of a resource are dicts, or values with a `_name` object beside (FHIR R4 2.6.2). An expression is evaluated on a
copy in which each of these is an object of its own, so that what comes out tells where it stood.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, cast

from kedja import spec
from kedja.fhirpath import FhirPathError, compile
from kedja.outcome import OutcomeError, refuse
from kedja.patch.tree import Key, Object, at, changed, child

MAX_EXPRESSION: Final = 2000
_LAST_MEMBER: Final = re.compile(r"(.+)\.`?([A-Za-z][A-Za-z0-9]*)`?\s*", re.DOTALL)
_NO_TYPE: Final = ""


class Place(NamedTuple):
    """The element `name` of the object at `holder`; `position` in a list of them. The resource itself has the name ''."""

    holder: tuple[Key, ...]
    name: str
    position: int | None

    def inside(self, resource: Object) -> tuple[Key, ...]:
        """The path of the object that holds this element's own members: of a primitive, its `_name` object."""
        if not self.name:
            return ()
        own = (self.name,) if self.position is None else (self.name, self.position)
        value = at(resource, (*self.holder, *own))
        beside = (f"_{self.name}", *own[1:])
        return (*self.holder, *(own if isinstance(value, dict) else beside))


class Element(NamedTuple):
    """A value and what stands beside it under `_name`; of a complex type there is no sibling."""

    value: Any
    sibling: Object | None = None


@dataclass(slots=True)
class _Marks:
    """The copy's objects by identity; `kept` holds them so that no identity is given twice."""

    places: dict[int, Place] = field(default_factory=dict[int, Place])
    kept: list[Any] = field(default_factory=list[Any])

    def note(self, marked: Any, place: Place) -> Any:
        self.places[id(marked)] = place
        self.kept.append(marked)
        return marked


def places_of(resource: Object, expression: str, place: str) -> list[Place]:
    """Every element that the expression selects, in order. `place` is where it stands in the request.

    Raises OutcomeError: 400 for what is no FHIRPath, 422 for one that computes values instead of selecting elements.
    """
    if len(expression) > MAX_EXPRESSION:
        raise refuse(400, "too-costly", f"the path has over {MAX_EXPRESSION} characters: shorten it", place)
    marks = _Marks()
    marked = marks.note(_marked(resource, (), marks), Place((), "", None))
    try:
        items = compile(expression, resource["resourceType"])(marked)
    except FhirPathError as error:
        raise refuse(400, "value", f"`{expression[:120]}` cannot be evaluated: {error}", place) from None
    found = [marks.places.get(id(item.value)) or marks.places.get(id(item.sibling)) for item in items]
    if any(one is None for one in found):
        told = f"`{expression[:120]}` computes a value: a path must lead to elements of the resource"
        raise refuse(422, "value", told, place)
    return list(dict.fromkeys(one for one in found if one is not None))


def collection_of(resource: Object, expression: str, place: str) -> tuple[tuple[Key, ...], str]:
    """(holder, name) of the one list that the expression leads to, which may still be empty. Raises OutcomeError 422."""
    found = places_of(resource, expression, place)
    lists = list(dict.fromkeys((one.holder, one.name) for one in found))
    if not lists and (last := _LAST_MEMBER.fullmatch(expression)):
        holders = places_of(resource, last[1], place)
        lists = [(holder.inside(resource), last[2]) for holder in holders]
    if len(lists) != 1:
        raise _not_one(expression, len(lists), "list", place)
    holder, name = lists[0]
    element = members_of(type_at(resource, holder)).get(name)
    whole = len(elements_at(resource, holder, name))
    if element is None or not element.is_list or (found and len(found) != whole):
        raise refuse(422, "value", f"`{expression[:120]}` is not a whole list: name the element that repeats", place)
    return holder, name


def single(resource: Object, expression: str, place: str) -> Place:
    """The one element that the expression selects. Raises OutcomeError 422 for none or many."""
    found = places_of(resource, expression, place)
    if len(found) != 1:
        raise _not_one(expression, len(found), "element", place)
    return found[0]


def _not_one(expression: str, number: int, what: str, place: str) -> OutcomeError:
    told = f"`{expression[:120]}` leads to {number or 'no'} {what}{'s' if number > 1 else ''}: it must lead to one"
    return refuse(422, "multiple-matches" if number else "not-found", told, place)


def _marked(holder: Object, path: tuple[Key, ...], marks: _Marks) -> Object:
    """A copy of the object whose every element is an object that `marks` knows."""
    copy: Object = {}
    for name in dict.fromkeys(key.removeprefix("_") for key in holder):
        value, sibling = holder.get(name), holder.get(f"_{name}")
        if name == "resourceType":
            copy[name] = value
        elif isinstance(value, list) or isinstance(sibling, list):
            _mark_list(copy, name, elements_of(holder, name), path, marks)
        elif isinstance(value, dict):
            inner = _marked(cast("Object", value), (*path, name), marks)
            copy[name] = marks.note(inner, Place(path, name, None))
        else:
            if name in holder:
                copy[name] = value
            beside = _marked(cast("Object", sibling or {}), (*path, f"_{name}"), marks)
            copy[f"_{name}"] = marks.note(beside, Place(path, name, None))
    return copy


def _mark_list(copy: Object, name: str, items: Sequence[Element], path: tuple[Key, ...], marks: _Marks) -> None:
    if all(isinstance(item.value, dict) for item in items):
        copy[name] = [
            marks.note(_marked(item.value, (*path, name, index), marks), Place(path, name, index))
            for index, item in enumerate(items)
        ]
        return
    copy[name] = [item.value for item in items]
    copy[f"_{name}"] = [
        marks.note(_marked(item.sibling or {}, (*path, f"_{name}", index), marks), Place(path, name, index))
        for index, item in enumerate(items)
    ]


def elements_at(resource: Object, holder: tuple[Key, ...], name: str) -> list[Element]:
    return elements_of(at(resource, holder) or {}, name)


def elements_of(holder: Object, name: str) -> list[Element]:
    """The values of one element, each with its sibling; one that does not repeat gives at most one."""
    values, siblings = holder.get(name), holder.get(f"_{name}")
    if not isinstance(values, list) and not isinstance(siblings, list):
        return [Element(values, siblings)] if values is not None or siblings is not None else []
    first, second = cast("list[Any]", values or []), cast("list[Any]", siblings or [])
    length = max(len(first), len(second))
    padded = zip(first + [None] * (length - len(first)), second + [None] * (length - len(second)))
    return [Element(value, sibling) for value, sibling in padded]


def with_elements(resource: Object, holder: tuple[Key, ...], name: str, items: Sequence[Element], repeats: bool) -> Object:
    """The resource with these values for one element; objects that are left empty go, up to the resource."""
    values, siblings = [item.value for item in items], [item.sibling or None for item in items]

    def change(node: Object) -> Object:
        rest = {key: member for key, member in node.items() if key not in (name, f"_{name}")}
        given = {name: values, f"_{name}": siblings} if repeats else {name: values[:1], f"_{name}": siblings[:1]}
        kept = {key: (column if repeats else column[0]) for key, column in given.items() if any(v is not None for v in column)}
        return _in_order(node, rest | kept)

    made = changed(_with_object(resource, holder), holder, change)
    return _pruned(made, holder)


def _in_order(before: Object, after: Object) -> Object:
    """`after` with the members in the order that they had."""
    return {key: after[key] for key in dict.fromkeys([*before, *after]) if key in after}


def _with_object(resource: Object, path: tuple[Key, ...]) -> Object:
    """The resource with an object at the path: the `_name` object of a primitive is made when something is put into it."""
    if at(resource, path) is not None:
        return resource
    position = path[-1]
    *above, beside = path if isinstance(position, str) else path[:-1]
    made: Any = {}
    if isinstance(position, int):
        items = elements_at(resource, tuple(above), str(beside).removeprefix("_"))
        made = [item.sibling or ({} if n == position else None) for n, item in enumerate(items)]
    return changed(resource, above, lambda node: {**node, beside: made})


def _pruned(resource: Object, path: tuple[Key, ...]) -> Object:
    while path and at(resource, path) == {}:
        depth = -2 if isinstance(path[-1], int) else -1
        holder, name = path[:depth], cast(str, path[depth]).removeprefix("_")
        items = elements_at(resource, holder, name)
        position = path[-1] if isinstance(path[-1], int) else 0
        beside = cast(str, path[depth]).startswith("_")
        left = [Element(item.value, None) if n == position and beside else item for n, item in enumerate(items)]
        left = [item for n, item in enumerate(left) if n != position or item.value not in (None, {})]
        repeats = isinstance(path[-1], int)
        resource = with_elements(resource, holder, name, left, repeats)
        path = holder
    return resource


def members_of(type_name: str) -> Mapping[str, spec.Element]:
    """The elements of a type by their JSON names; none for what R4 does not define."""
    try:
        return spec.elements(type_name)
    except KeyError:
        return {}


def type_at(resource: Object, path: Sequence[Key]) -> str:
    """The FHIR type of the object at the path: `Patient.contact`, `HumanName`; of a `_name` object, the primitive's."""
    node: Any = resource
    found = resource["resourceType"]
    for key in path:
        node = child(node, key)
        if isinstance(key, str):
            element = members_of(found).get(key.removeprefix("_"))
            found = element.type if element else _NO_TYPE
        if isinstance(node, dict) and isinstance(own := cast("Object", node).get("resourceType"), str):
            found = own
        if not found:
            break
    return found
