"""`$meta`, `$meta-add`, `$meta-delete`: profiles, tags and security labels (FHIR R4 Resource-meta, -meta-add, -meta-delete)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from kedja import exactjson
from kedja.gate import Change
from kedja.gate.meta import marks
from kedja.gate.writes import write
from kedja.interactions.call import Answer, Call, known_type
from kedja.interactions.write import checked
from kedja.operations.parameters import inputs, output
from kedja.outcome import OutcomeError, refuse

Meta = dict[str, Any]
_SETS: Final = ("profile", "security", "tag")
_TRIES: Final = 8


async def meta(call: Call, resource_type: str, id: str) -> Answer:
    """The meta of one resource; without an id the profiles, tags and labels in use on what the caller may see."""
    inputs(call, ())
    if id:
        row = await call.door.read(call.actor, known_type(resource_type), id, call.request)
        return _answer(exactjson.loads(row.body.encode())["meta"])
    return _answer(await marks(call.door, call.actor, resource_type, call.request, f"{resource_type}/$meta".lstrip("/")))


async def add(call: Call, resource_type: str, id: str) -> Answer:
    """The resource with these profiles, tags and labels added, as a new version; one that is there already is not repeated."""
    return await _changed(call, resource_type, id, lambda has, given: has + [one for one in given if not _among(one, has)])


async def delete(call: Call, resource_type: str, id: str) -> Answer:
    """The resource without these profiles, tags and labels, as a new version; one that is not there is no error."""
    return await _changed(call, resource_type, id, lambda has, given: [one for one in has if not _among(one, given)])


def _among(one: Any, others: list[Any]) -> bool:
    """Whether it stands there: a Coding by system and code, whatever its display says; a profile by its canonical."""
    if not isinstance(one, dict):
        return one in others
    return any((other.get("system"), other.get("code")) == (one.get("system"), one.get("code")) for other in others)


async def _changed(call: Call, resource_type: str, id: str, change: Callable[[list[Any], list[Any]], list[Any]]) -> Answer:
    given = inputs(call, ("meta",)).one("meta")
    if not isinstance(given, dict):
        raise refuse(400, "required", "give one parameter `meta` with a valueMeta", "Parameters.parameter")
    known_type(resource_type)
    for tried in range(1, _TRIES + 1):
        row = await call.door.read(call.actor, resource_type, id, call.request)
        resource = exactjson.loads(row.body.encode())
        has = resource["meta"]
        sets = {name: change(has.get(name, []), given.get(name, [])) for name in _SETS}
        others = {name: value for name, value in has.items() if name not in _SETS}
        resource["meta"] = others | {name: value for name, value in sets.items() if value}
        resource = checked(resource, resource_type)
        try:
            changed = Change(resource_type, id, resource, if_match=row.version)
            (written,) = await write(call.door, call.actor, [changed], call.request, call.base)
        except OutcomeError as error:
            if error.status != 412 or tried == _TRIES:
                raise
            continue
        return _answer(exactjson.loads(written.body.encode())["meta"])
    raise AssertionError("the last try returns or raises")


def _answer(found: Meta) -> Answer:
    """No `return` where there is nothing to tell: an empty Meta is not valid."""
    return Answer(200, exactjson.dumps(output({"name": "return", "valueMeta": found}) if found else output()))
