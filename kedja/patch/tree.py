"""JSON trees that are changed by making a new one; what does not change is shared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Final, TypeVar, Union, cast

from kedja.exactjson import Number

Key = Union[str, int]
Object = dict[str, Any]
Node = TypeVar("Node")
_MISSING: Final = object()


def at(tree: Any, path: Sequence[Key], otherwise: Any = None) -> Any:
    """What stands at the path, or `otherwise`."""
    node = tree
    for key in path:
        node = child(node, key, _MISSING)
        if node is _MISSING:
            return otherwise
    return node


def child(node: Any, key: Key, otherwise: Any = None) -> Any:
    if isinstance(node, dict) and isinstance(key, str):
        return cast("Object", node).get(key, otherwise)
    if isinstance(node, list) and isinstance(key, int):
        items = cast("list[Any]", node)
        return items[key] if 0 <= key < len(items) else otherwise
    return otherwise


def changed(tree: Any, path: Sequence[Key], change: Callable[[Any], Any]) -> Any:
    """The tree with `change(node)` in place of the node at the path, which must exist."""
    if not path:
        return change(tree)
    key, *rest = path
    if isinstance(tree, list):
        items = cast("list[Any]", tree)
        index = cast(int, key)
        return [*items[:index], changed(items[index], rest, change), *items[index + 1 :]]
    members = cast("Object", tree)
    name = cast(str, key)
    return {**members, name: changed(members[name], rest, change)}


def same(one: Any, other: Any) -> bool:
    """Equal as JSON values (RFC 6902 4.6): numbers by value (1 is 1.0), objects whatever the order of their members."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return _decimal(one) == _decimal(other)
    if isinstance(one, dict) and isinstance(other, dict):
        left, right = cast("Object", one), cast("Object", other)
        return left.keys() == right.keys() and all(same(value, right[name]) for name, value in left.items())
    if isinstance(one, list) and isinstance(other, list):
        first, second = cast("list[Any]", one), cast("list[Any]", other)
        return len(first) == len(second) and all(same(a, b) for a, b in zip(first, second))
    return bool(one == other)


def _decimal(number: float) -> Decimal:
    return Decimal(number.raw) if isinstance(number, Number) else Decimal(repr(number))


def size(tree: Any, most: int) -> int:
    """How many values the tree has, counted no further than `most`."""
    count, waiting = 0, [tree]
    while waiting and count < most:
        node = waiting.pop()
        count += 1
        if isinstance(node, dict):
            waiting += cast("Object", node).values()
        elif isinstance(node, list):
            waiting += cast("list[Any]", node)
    return count


def without_empty(tree: Any) -> Any:
    """The tree without the empty objects and arrays, and arrays of nothing but nulls, that FHIR JSON does not have (2.6.2)."""
    if isinstance(tree, dict):
        members = {name: without_empty(member) for name, member in cast("Object", tree).items()}
        return {name: member for name, member in members.items() if not _is_empty(member)}
    if isinstance(tree, list):
        items = [without_empty(item) for item in cast("list[Any]", tree)]
        return [item for item in items if item is None or not _is_empty(item)]
    return tree


def _is_empty(value: Any) -> bool:
    if isinstance(value, list):
        return all(item is None for item in cast("list[Any]", value))
    return value == {}
