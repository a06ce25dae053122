"""The values at an element: what profiles are held against."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple, cast

from kedja import spec
from kedja.fhirpath import Item
from kedja.validation.profiles.nodes import BrokenProfile
from kedja.validation.scope import Scope

_TYPED: Final = re.compile(r"(?:\S*/)?([A-Z][A-Za-z]+)/[A-Za-z0-9\-.]{1,64}(?:/_history/\S+)?")
_STEPS: Final = re.compile(r"""\.?(?:(\$this|\w+)(\((?:'([^']*)'|([\w.]*))\))?)""")


class Found(NamedTuple):
    """One value, and the FHIRPath step that leads to it (`.given[1]`)."""

    item: Item
    step: str


class Step(NamedTuple):
    """A step of a discriminator's path: a member, or `resolve`, `ofType`, `extension` with their argument (R4 5.1.0.5.2)."""

    name: str
    argument: str | None = None
    called: bool = False


def found(item: Item, name: str) -> list[Found]:
    """The values of the member `name` (`value` finds `valueQuantity`), in their order."""
    holder = members_of(item)
    if holder is None:
        if name == "value" and item.value is not None:  # of a primitive it is the value itself
            return [Found(Item(item.value, item.type), "")]
        own = cast("dict[str, Any]", item.sibling or {})
        return _listed(own[name], None, "Extension", name) if name == "extension" and name in own else []
    result: list[Found] = []
    for key, type_name in _keys(item.type, name):
        if key in holder or f"_{key}" in holder:
            result += _listed(holder.get(key), holder.get(f"_{key}"), type_name, name)
    return result


def members_of(item: Item) -> dict[str, Any] | None:
    """The members of an object; None of what is none."""
    value: Any = item.value
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def items_at(item: Item, steps: tuple[Step, ...], scope: Scope) -> list[Item]:
    """The values at a discriminator's path."""
    items = [item]
    for step in steps:
        items = [result for one in items for result in _step(one, step, scope)]
    return items


@lru_cache(maxsize=4096)
def path_steps(path: str) -> tuple[Step, ...]:
    """The path of a discriminator. Raises BrokenProfile for what is no simple path."""
    steps: list[Step] = []
    position = 0
    while position < len(path):
        match = _STEPS.match(path, position)
        if match is None or match.end() == position:
            raise BrokenProfile(f"the discriminator path `{path}` is no path of members, resolve(), ofType() and extension()")
        name, called, text, word = match.groups()
        if called and name not in ("resolve", "ofType", "extension"):
            raise BrokenProfile(f"the discriminator path `{path}` may only call resolve(), ofType() and extension()")
        if name != "$this":
            steps.append(Step(name, text if text is not None else word or None, bool(called)))
        position = match.end()
    return tuple(steps)


def target_type(reference: str) -> str | None:
    """The resource type that a literal reference names."""
    match = _TYPED.fullmatch(reference)
    return match.group(1) if match and spec.is_resource_type(match.group(1)) else None


def _step(item: Item, step: Step, scope: Scope) -> list[Item]:
    if not step.called:
        return [one.item for one in found(item, step.name)]
    if step.name == "resolve":
        return _resolved(item, scope)
    if step.name == "ofType":
        return [item] if spec.is_type(item.type, step.argument or "") else []
    return [one.item for one in found(item, "extension") if one.item.value.get("url") == step.argument]


def _resolved(item: Item, scope: Scope) -> list[Item]:
    """What a reference leads to; where that is not here, an empty resource of the type that it names."""
    members = members_of(item)
    text: Any = item.value if members is None else members.get("reference")
    if not isinstance(text, str):
        return []
    target = scope.resolve(text)
    if target is not None:
        return [Item(target, str(target.get("resourceType")))]
    named = target_type(text) or (members.get("type") if members else None)
    return [Item({}, named)] if isinstance(named, str) else []


def _listed(value: Any, sibling: Any, type_name: str, name: str) -> list[Found]:
    if not isinstance(value, list) and not isinstance(sibling, list):
        return [Found(_item(value, sibling, type_name), f".{name}")]
    values = cast("list[Any]", value or [])
    siblings = cast("list[Any]", sibling or [])
    return [
        Found(
            _item(values[place] if place < len(values) else None, siblings[place] if place < len(siblings) else None, type_name),
            f".{name}[{place}]",
        )
        for place in range(max(len(values), len(siblings)))
    ]


def _item(value: Any, sibling: Any, type_name: str) -> Item:
    item = Item(value, type_name, sibling)
    members = members_of(item)
    return item._replace(type=str(members.get("resourceType"))) if type_name == "Resource" and members is not None else item


@cache
def _keys(type_name: str, name: str) -> tuple[tuple[str, str], ...]:
    """The JSON names that the member can have in this type, each with its FHIR type."""
    if not spec.is_known(type_name):
        return ()
    elements = spec.elements(type_name)
    element = elements.get(name)
    if element is not None and element.choice_of is None:
        return ((name, element.type),)
    return tuple((choice.name, choice.type) for choice in elements.values() if choice.choice_of == name)
