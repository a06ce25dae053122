"""The input of an operation: a Parameters resource, or the parameters of the address (FHIR R4 3.2.0.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kedja.interactions.call import Call, resource_in
from kedja.interactions.write import checked
from kedja.outcome import refuse

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Inputs:
    """What an operation was given, by name, each value in its order; values of the address are text."""

    values: dict[str, list[Any]]

    def one(self, name: str) -> Any:
        """The value, or None. Raises 400 where it was given twice."""
        found = self.values.get(name, [])
        if len(found) > 1:
            raise refuse(400, "value", f"`{name}` was given {len(found)} times: give it once", f"?{name}")
        return found[0] if found else None

    def all(self, name: str) -> list[Any]:
        return self.values.get(name, [])

    def text(self, name: str) -> str | None:
        """A text, or None. Raises 400 for what is no text."""
        value = self.one(name)
        if value is not None and not isinstance(value, str):
            raise refuse(400, "value", f"`{name}` wants a text", f"?{name}")
        return value

    def flag(self, name: str) -> bool | None:
        """A boolean, or None. Raises 400 for what is none."""
        value = self.one(name)
        if value in (None, True, False):
            return value
        if value in ("true", "false"):
            return value == "true"
        raise refuse(400, "value", f"`{name}` is true or false", f"?{name}")

    def number(self, name: str) -> int | None:
        """A whole number from 0, or None. Raises 400 for what is none."""
        value = self.one(name)
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
            return value
        if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 10:
            return int(value)
        raise refuse(400, "value", f"`{name}` wants a whole number from 0", f"?{name}")


def inputs(call: Call, known: Sequence[str], *, bare: str = "") -> Inputs:
    """The inputs of a call, from its address and its body.

    `bare`: the parameter that a body which is no Parameters is, or "". Raises 400 for an unknown name, and for a body that
    is not valid.
    """
    found: dict[str, list[Any]] = {}
    for name, value in call.params:
        found.setdefault(name, []).append(value)
    if call.body:
        resource = checked(resource_in(call.body), None if bare else "Parameters")
        if resource["resourceType"] == "Parameters":
            for part in resource.get("parameter", []):
                found.setdefault(part["name"], []).append(_value(part))
        else:
            found.setdefault(bare, []).append(resource)
    for name in found:
        if name not in known:
            raise refuse(400, "not-supported", f"`{name}` is no input that is taken here: {', '.join(known)} are", f"?{name}")
    return Inputs(found)


def _value(part: Resource) -> Any:
    """The value or the resource of a parameter; for one with parts {name: value}; None where it has nothing."""
    if "resource" in part:
        return part["resource"]
    if "part" in part:
        return {inner["name"]: _value(inner) for inner in part["part"]}
    return next((value for name, value in part.items() if name.startswith("value")), None)


def output(*parts: Resource) -> Resource:
    """A Parameters resource of these parts."""
    resource: Resource = {"resourceType": "Parameters"}
    return resource | {"parameter": list(parts)} if parts else resource
