"""`$validate`: what a resource is judged to be, without storing it (FHIR R4 Resource-validate)."""

from __future__ import annotations

from typing import Any, Final

from kedja import exactjson
from kedja.interactions.call import Answer, Call, resource_in
from kedja.interactions.read import read
from kedja.outcome import Issue, outcome, refuse
from kedja.validation import examine

Resource = dict[str, Any]
MODES: Final = ("create", "update", "delete", "profile")
_SOUND: Final = Issue("informational", "no fault was found", severity="information")


async def validate(call: Call, resource_type: str, id: str) -> Answer:
    """200 with an OperationOutcome, whether the resource is valid or not: errors, warnings and information.

    The resource is the body, or `resource` of a Parameters; at an instance without one, what is stored there. `profile` (it may
    stand several times) are held against beside `meta.profile`; one that is not known here is an error. `mode` create and
    update look at the id too, delete looks at nothing.
    Raises 400 for what is no JSON object, for an unknown mode, and for a body that is missing where nothing is stored.
    """
    given = resource_in(call.body) if call.body else {}
    parts = _parts(given, resource_type)
    mode, profiles = _mode(call, parts), _profiles(call, parts)
    if mode == "delete":
        return _answer([])
    resource = given if parts is None and given else _first(parts, "resource")
    if resource is None:
        if not id:
            raise refuse(400, "required", "there is nothing to validate: send a resource, or Parameters with a `resource`")
        resource = exactjson.loads((await read(call, resource_type, id)).body)
    issues = examine(resource, expect_type=resource_type or None, profiles=profiles)
    return _answer([*_of_mode(resource, mode, id), *issues])


def _answer(issues: list[Issue]) -> Answer:
    return Answer(200, exactjson.dumps(outcome(issues or [_SOUND])))


def _parts(given: Resource, resource_type: str) -> list[Resource] | None:
    """The parameters; None where the body is the resource itself, as a Parameters sent to /Parameters may be."""
    if given.get("resourceType") != "Parameters":
        return None if given else []
    listed = given.get("parameter", [])
    parts: list[Resource] = [part for part in listed if isinstance(part, dict)] if isinstance(listed, list) else []
    named = {part.get("name") for part in parts}
    return parts if resource_type != "Parameters" or "resource" in named else None


def _first(parts: list[Resource] | None, name: str) -> Any:
    found = [part for part in parts or () if part.get("name") == name]
    if not found:
        return None
    value = found[0].get("resource", next((one for key, one in found[0].items() if key.startswith("value")), None))
    if name == "resource" and not isinstance(value, dict):
        raise refuse(400, "structure", "the parameter `resource` has no resource: put it in `resource`", "Parameters.parameter")
    return value


def _mode(call: Call, parts: list[Resource] | None) -> str | None:
    mode = _first(parts, "mode") or dict(call.params).get("mode")
    if mode is not None and mode not in MODES:
        raise refuse(400, "value", f"`{str(mode)[:40]}` is no mode: {', '.join(MODES)} are", "?mode")
    return mode


def _profiles(call: Call, parts: list[Resource] | None) -> list[str]:
    named = [part for part in parts or () if part.get("name") == "profile"]
    inside = [value for part in named for key, value in part.items() if key.startswith("value") and isinstance(value, str)]
    return [value for name, value in call.params if name == "profile" and value] + inside


def _of_mode(resource: Resource, mode: str | None, id: str) -> list[Issue]:
    """What the interaction would say of the id (R4 3.1.0.4, 3.1.0.8)."""
    have = resource.get("id")
    if mode == "update" and (not have or (id and have != id)):
        wanted = f"`{id}`" if id else "there"
        return [Issue("invalid", f"for an update the id must be {wanted}, as in the address: correct it", ("Resource.id",))]
    return []
