"""JSON Patch (RFC 6902) with JSON Pointers (RFC 6901)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, cast

from kedja.outcome import Issue, OutcomeError, refuse
from kedja.patch.tree import Key, at, changed, child, same, size

MAX_OPERATIONS: Final = 1000
MAX_COPIED: Final = 100_000  # values that the copies of one patch may bring

Pointer = tuple[str, ...]
_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,8}")
_BAD_ESCAPE: Final = re.compile(r"~(?![01])")
_MISSING: Final = object()


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation; `place` is where it stands in the patch, as `patch[2]`."""

    place: str
    op: str
    path: Pointer
    source: Pointer = ()  # `from`, of move and copy
    value: Any = None


JsonPatch = tuple[Operation, ...]


def json_patch(document: Any, patch: JsonPatch) -> Any:
    """The document after every operation in order.

    Raises OutcomeError 422 for a path that leads nowhere, 409 for a `test` that fails; each names the operation.
    """
    try:
        return _applied(document, patch)
    except RecursionError:
        raise refuse(422, "too-costly", "the patched resource would be nested too deep", "patch") from None


def _applied(document: Any, patch: JsonPatch) -> Any:
    copied = 0
    for operation in patch:
        if operation.op == "copy":
            copied += size(at_pointer(document, operation.source, operation.place, "from"), MAX_COPIED)
            if copied >= MAX_COPIED:
                raise refuse(422, "too-costly", f"the patch copies over {MAX_COPIED} values", f"{operation.place}.from")
        document = _APPLY[operation.op](document, operation)
    return document


def read(patch: Any) -> JsonPatch:
    """The operations of a decoded JSON Patch document. Raises OutcomeError 400 with every fault and where it is."""
    if not isinstance(patch, list):
        raise refuse(400, "structure", "a JSON Patch is an array of operations: send `[{...}]`", "patch")
    listed = cast("list[Any]", patch)
    if len(listed) > MAX_OPERATIONS:
        raise refuse(400, "too-costly", f"the patch has {len(listed)} operations; at most {MAX_OPERATIONS} are taken", "patch")
    found: list[Operation] = []
    issues: list[Issue] = []
    for position, item in enumerate(listed):
        try:
            found.append(_operation(item, f"patch[{position}]"))
        except OutcomeError as error:
            issues += error.issues
    if issues:
        raise OutcomeError(400, *issues)
    return tuple(found)


def _operation(item: Any, place: str) -> Operation:
    if not isinstance(item, dict):
        raise refuse(400, "structure", "an operation is an object with `op` and `path`", place)
    members = cast("dict[str, Any]", item)
    op = members.get("op")
    if not isinstance(op, str) or op not in _APPLY:
        raise refuse(400, "value", f"`op` is `{str(op)[:40]}`: it is one of {', '.join(_APPLY)}", f"{place}.op")
    if op in ("add", "replace", "test") and "value" not in members:
        raise refuse(400, "required", f"`{op}` needs a value", f"{place}.value")
    source = _pointer(members.get("from"), f"{place}.from") if op in ("move", "copy") else ()
    return Operation(place, op, _pointer(members.get("path"), f"{place}.path"), source, members.get("value"))


def _pointer(text: Any, place: str) -> Pointer:
    if not isinstance(text, str):
        raise refuse(400, "required", "a JSON Pointer such as `/name/0/family` is needed", place)
    if text and text[0] != "/":
        raise refuse(400, "value", f"`{text[:80]}` is no JSON Pointer: it begins with `/`", place)
    if _BAD_ESCAPE.search(text):
        raise refuse(400, "value", f"`{text[:80]}` has a `~` that is no escape: write `~0` for `~`, `~1` for `/`", place)
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:])


def at_pointer(document: Any, pointer: Pointer, place: str, name: str) -> Any:
    """What the pointer leads to. Raises OutcomeError 422."""
    return at(document, _keys(document, pointer, f"{place}.{name}"))


def _keys(document: Any, pointer: Pointer, place: str) -> list[Key]:
    """The pointer as keys of what is really there. Raises OutcomeError 422 at the first step that leads nowhere."""
    keys: list[Key] = []
    node = document
    for depth, part in enumerate(pointer):
        key = _key(node, part)
        node = _MISSING if key is None else child(node, key, _MISSING)
        if key is None or node is _MISSING:
            raise _nowhere(pointer[: depth + 1], place)
        keys.append(key)
    return keys


def _key(node: Any, part: str) -> Key | None:
    if isinstance(node, list):
        return int(part) if _INDEX.fullmatch(part) else None
    return part


def _nowhere(pointer: Pointer, place: str) -> OutcomeError:
    shown = "/" + "/".join(part.replace("~", "~0").replace("/", "~1") for part in pointer)
    return refuse(422, "not-found", f"there is nothing at `{shown[:120]}`: read the resource, and correct the path", place)


def _add(document: Any, operation: Operation) -> Any:
    return _added(document, operation.path, operation.value, operation.place)


def _added(document: Any, path: Pointer, value: Any, place: str) -> Any:
    if not path:
        return value
    *parents, last = path
    keys = _keys(document, tuple(parents), f"{place}.path")
    holder = at(document, keys)
    if isinstance(holder, dict):
        return changed(document, keys, lambda node: {**node, last: value})
    if not isinstance(holder, list):
        raise _nowhere(path, f"{place}.path")
    length = len(cast("list[Any]", holder))
    index = length if last == "-" else int(last) if _INDEX.fullmatch(last) else -1
    if not 0 <= index <= length:
        told = f"`{last[:20]}` is no place in an array of {length}: give 0 to {length}, or `-` for its end"
        raise refuse(422, "value", told, f"{place}.path")
    return changed(document, keys, lambda node: [*node[:index], value, *node[index:]])


def _removed(document: Any, path: Pointer, place: str) -> Any:
    if not path:
        raise refuse(422, "value", "the whole document cannot be removed: use DELETE", place)
    keys = _keys(document, path, place)
    last = keys[-1]
    if isinstance(last, int):
        return changed(document, keys[:-1], lambda node: [*node[:last], *node[last + 1 :]])
    return changed(document, keys[:-1], lambda node: {name: member for name, member in node.items() if name != last})


def _remove(document: Any, operation: Operation) -> Any:
    return _removed(document, operation.path, f"{operation.place}.path")


def _replace(document: Any, operation: Operation) -> Any:
    return changed(document, _keys(document, operation.path, f"{operation.place}.path"), lambda _: operation.value)


def _move(document: Any, operation: Operation) -> Any:
    if operation.path[: len(operation.source)] == operation.source and operation.path != operation.source:
        raise refuse(422, "value", "a value cannot be moved into itself", f"{operation.place}.path")
    value = at_pointer(document, operation.source, operation.place, "from")
    if operation.path == operation.source:
        return document
    rest = _removed(document, operation.source, f"{operation.place}.from")
    return _added(rest, operation.path, value, operation.place)


def _copy(document: Any, operation: Operation) -> Any:
    value = at_pointer(document, operation.source, operation.place, "from")
    return _added(document, operation.path, value, operation.place)


def _test(document: Any, operation: Operation) -> Any:
    if not same(at_pointer(document, operation.path, operation.place, "path"), operation.value):
        shown = "/" + "/".join(operation.path)
        told = f"the test fails: `{shown[:120]}` has another value. Read the resource, and decide again"
        raise refuse(409, "conflict", told, operation.place)
    return document


_APPLY: Final[dict[str, Callable[[Any, Operation], Any]]] = {
    "add": _add,
    "remove": _remove,
    "replace": _replace,
    "move": _move,
    "copy": _copy,
    "test": _test,
}
