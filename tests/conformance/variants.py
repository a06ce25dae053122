"""Broken variants of an example, made from what its profile says: each breaks one rule, and knows how it shall be refused."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from kedja import spec
from kedja.fhirpath import Item
from kedja.validation.profiles.discriminators import implied, matcher
from kedja.validation.profiles.library import Library
from kedja.validation.profiles.nodes import Node
from kedja.validation.profiles.values import found
from kedja.validation.scope import Asked, Scope, outermost
from kedja.validation.terms import membership

Json = dict[str, Any]
Keys = tuple[str | int, ...]  # from the resource to a value
_MISSING: Final = frozenset({"required", "invariant"})  # what a profile requires, an invariant of R4 may require too
_UNFIT: Final = frozenset({"value", "required", "structure", "invariant"})


@dataclass(frozen=True, slots=True)
class Variant:
    """`codes` are those that its refusal may have; `place` its FHIRPath location, or one below or above."""

    name: str
    resource: Json
    codes: frozenset[str]
    place: str


def variants(resource: Json, canonical: str, library: Library) -> Iterator[Variant]:
    """Every variant of an example that the profile gives, three levels deep."""
    tree = library.tree(canonical)
    if tree is not None:
        scope = outermost(Asked()).of_entry(resource)
        yield from _below(resource, tree, (), resource["resourceType"], resource["resourceType"], library, scope, 3)


def _below(
    root: Json, node: Node, keys: Keys, type_name: str, place: str, library: Library, scope: Scope, depth: int
) -> Iterator[Variant]:
    holder = _at(root, keys)
    for child in node.children.values():
        values = [(one, *_key(holder, type_name, child.name, one.step)) for one in found(Item(holder, type_name), child.name)]
        if not values:
            continue
        yield from _of_count(root, child, keys, place, [key for _, key, _ in values])
        yield from _of_slices(root, child, keys, place, values, library, scope)
        for one, key, index in values:
            at = (*keys, key) if index is None else (*keys, key, index)
            where = f"{place}{one.step}"
            yield from _of_value(root, child, one.item, at, where)
            if depth and isinstance(one.item.value, dict):
                yield from _below(root, child, at, one.item.type, where, library, scope, depth - 1)


def _of_count(root: Json, child: Node, keys: Keys, place: str, names: list[str]) -> Iterator[Variant]:
    where = f"{place}.{child.name}"
    if child.min:
        made = _changed(root, keys, lambda holder: _dropped(holder, names))
        yield Variant(f"without {where}", made, _MISSING, where)
    value = _at(root, (*keys, names[0]))
    if child.max not in (None, "*") and isinstance(value, list):
        many = [*value, *[copy.deepcopy(value[0])] * int(child.max or 1)]
        yield Variant(f"too many {where}", _changed(root, keys, _put(names[0], many)), frozenset({"structure"}), where)


def _of_slices(
    root: Json, child: Node, keys: Keys, place: str, values: list[Any], library: Library, scope: Scope
) -> Iterator[Variant]:
    slicing = child.slicing if child.slicing and child.slicing.discriminators else implied(child)
    for name, held in child.slices.items() if slicing else ():
        matches = matcher(slicing, held, library) if slicing else None
        if not held.min or matches is None:
            continue
        kept = [one.item.value for one, _, _ in values if not matches(one.item, scope)]
        if len(kept) == len(values):
            continue
        key = values[0][1]
        change = _put(key, kept) if kept and isinstance(_at(root, (*keys, key)), list) else _drop(key)
        yield Variant(
            f"without the slice {name} of {place}.{child.name}", _changed(root, keys, change), _MISSING, f"{place}.{child.name}"
        )


def _of_value(root: Json, node: Node, item: Item, keys: Keys, where: str) -> Iterator[Variant]:
    if node.fixed is not None and isinstance(item.value, str):
        yield Variant(f"another fixed {where}", _set(root, keys, _another(item.value, keys, root)), _UNFIT, _first(where))
    if node.pattern is not None and isinstance(item.value, dict) and "coding" in item.value:
        other = {"coding": [{"system": "http://example.org/other", "code": "other"}]}
        yield Variant(f"another pattern {where}", _set(root, keys, other), _UNFIT | {"code-invalid"}, _first(where))
    if node.binding is not None and node.binding[0] == "required" and isinstance(item.value, dict) and "coding" in item.value:
        wrong_concept = {"coding": [{**item.value["coding"][0], "code": "no-such-code"}]}
        if membership(wrong_concept, item.type, node.binding[1]) is False:
            yield Variant(
                f"a code that is not bound {where}", _set(root, keys, wrong_concept), frozenset({"code-invalid"}), where
            )
    if item.type == "Reference" and any(entry.targets for entry in node.types):
        yield Variant(f"a reference to a Slot {where}", _set(root, keys, {"reference": "Slot/1"}), frozenset({"value"}), where)


def _another(value: str, keys: Keys, root: Json) -> str:
    """Another code where the type itself binds the element, so that the profile is what refuses it."""
    element = spec.elements(root["resourceType"]).get(str(keys[0])) if len(keys) == 1 else None
    codes = spec.required_codes(element.binding.valueset) if element is not None and element.binding is not None else None
    return min((codes or {"another"}) - {value})


def _first(where: str) -> str:
    """A value that no longer fits its slice is told at the element that is sliced, further up."""
    return where.split(".")[0]


def _key(holder: Json, type_name: str, name: str, step: str) -> tuple[str, int | None]:
    """The JSON member of a value, and its place in the array."""
    elements = spec.elements(type_name).values()
    key = next(
        one.name for one in elements if name in (one.name, one.choice_of) and (one.name in holder or f"_{one.name}" in holder)
    )
    return key, int(step.partition("[")[2].rstrip("]")) if "[" in step else None


def _at(value: Any, keys: Keys) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else value[key]
    return value


def _changed(root: Json, keys: Keys, change: Callable[[Json], None]) -> Json:
    made = copy.deepcopy(root)
    change(_at(made, keys))
    return made


def _set(root: Json, keys: Keys, value: Any) -> Json:
    made = copy.deepcopy(root)
    _at(made, keys[:-1])[keys[-1]] = value
    return made


def _put(key: str, value: Any) -> Callable[[Json], None]:
    return lambda holder: holder.__setitem__(key, value)


def _drop(key: str) -> Callable[[Json], None]:
    return lambda holder: _dropped(holder, [key])


def _dropped(holder: Json, names: list[str]) -> None:
    for name in names:
        holder.pop(name, None)
        holder.pop(f"_{name}", None)
    if not holder:
        holder["display"] = "left empty"  # of a Reference: an empty object is another fault
