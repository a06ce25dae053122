"""The operations of a FHIRPath Patch as they come: a Parameters resource (FHIR R4 2.1.0.9.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from kedja.outcome import Issue, OutcomeError, refuse
from kedja.patch.tree import Object

MAX_OPERATIONS: Final = 1000
_MISSING: Final = object()
_NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    "add": ("path", "name", "value"),
    "insert": ("path", "value", "index"),
    "delete": ("path",),
    "replace": ("path", "value"),
    "move": ("path", "source", "destination"),
}
_NUMBERS: Final = ("index", "source", "destination")
_TEXTS: Final = ("type", "path", "name")


@dataclass(frozen=True, slots=True)
class Value:
    """What is put in: `value[x]` with its type and its `_value[x]`; or, for an inline element, named parts of such."""

    place: str
    type: str = ""  # as in the name: `CodeableConcept` of valueCodeableConcept, `code` of valueCode; '' for parts
    value: Any = None
    sibling: Object | None = None
    parts: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation; `place` is where it stands: `Parameters.parameter[1]`."""

    place: str
    type: str
    path: str
    name: str = ""
    value: Value | None = None
    index: int = 0
    source: int = 0
    destination: int = 0


FhirPathPatch = tuple[Operation, ...]


def read(parameters: Object) -> FhirPathPatch:
    """The operations, in order. Raises OutcomeError 400 with every fault and where it is."""
    if parameters.get("resourceType") != "Parameters":
        raise refuse(400, "structure", "a FHIRPath Patch is a Parameters resource", "Parameters")
    listed = parameters.get("parameter", [])
    if not isinstance(listed, list) or len(cast("list[Any]", listed)) > MAX_OPERATIONS:
        raise refuse(400, "structure", f"`parameter` must be an array of at most {MAX_OPERATIONS}", "Parameters.parameter")
    found: list[Operation] = []
    issues: list[Issue] = []
    for position, item in enumerate(cast("list[Any]", listed)):
        try:
            found.append(_operation(item, f"Parameters.parameter[{position}]"))
        except OutcomeError as error:
            issues += error.issues
    if issues:
        raise OutcomeError(400, *issues)
    return tuple(found)


def _operation(item: Any, place: str) -> Operation:
    if not isinstance(item, dict) or cast("Object", item).get("name") != "operation":
        raise refuse(400, "value", "each parameter of a FHIRPath Patch has the name `operation`", f"{place}.name")
    given: dict[str, Any] = {}
    for position, part in enumerate(_parts(cast("Object", item), place)):
        inside = f"{place}.part[{position}]"
        name = part.get("name")
        if name in given:
            raise refuse(400, "value", f"`{name}` stands twice: keep one", inside)
        if name == "value":
            given[name] = _value(part, inside)
        elif name in _NUMBERS:
            given[name] = _number(part, str(name), inside)
        elif name in _TEXTS:
            given[name] = _text(part, str(name), inside)
        else:
            raise refuse(400, "not-supported", f"an operation has no part `{str(name)[:40]}`", f"{inside}.name")
    kind = given.get("type")
    if kind not in _NEEDS:
        raise refuse(400, "value", f"the operation's type is `{str(kind)[:40]}`: it is one of {', '.join(_NEEDS)}", place)
    missing = [name for name in _NEEDS[kind] if name not in given]
    if missing:
        raise refuse(400, "required", f"`{kind}` needs {' and '.join(f'`{name}`' for name in missing)}", place)
    return Operation(place, **given)


def _parts(holder: Object, place: str) -> Sequence[Object]:
    parts = holder.get("part", [])
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in cast("list[Any]", parts)):
        raise refuse(400, "structure", "`part` must be an array of objects", f"{place}.part")
    return cast("list[Object]", parts)


def _text(part: Object, name: str, place: str) -> str:
    """A code, a string or whatever text type a client took for it."""
    value = _value(part, place).value
    if not isinstance(value, str) or not value:
        raise refuse(400, "value", f"`{name}` must be a text", place)
    return value


def _number(part: Object, name: str, place: str) -> int:
    value = _value(part, place).value
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise refuse(400, "value", f"`{name}` must be a whole number from 0", place)
    return value


def _value(part: Object, place: str) -> Value:
    names = {key.removeprefix("_") for key in part if key.removeprefix("_").startswith("value")}
    if isinstance(part.get("resource"), dict):
        return Value(place, part["resource"].get("resourceType", ""), part["resource"])
    if not names and "part" in part:
        inner = [(str(one.get("name")), one) for one in _parts(part, place)]
        return Value(place, parts=tuple((name, _value(one, f"{place}.part[{n}]")) for n, (name, one) in enumerate(inner)))
    if len(names) != 1:
        raise refuse(400, "required", "one value is needed, as `valueString` or `valueHumanName`, or parts", place)
    name = names.pop()
    sibling = part.get(f"_{name}")
    return Value(
        place, name.removeprefix("value"), part.get(name), cast("Object", sibling) if isinstance(sibling, dict) else None
    )
