"""patch (FHIR R4 3.1.0.5): JSON Patch, or FHIRPath Patch as Parameters; of one resource by its id, or by a search."""

from __future__ import annotations

from base64 import b64decode
from typing import Any, Final

from kedja import exactjson
from kedja.gate import Change
from kedja.gate.changes import Edit
from kedja.interactions.call import Answer, Call, known_type
from kedja.interactions.conditional import criteria
from kedja.interactions.write import answer_of, checked, expected, one, valid_id
from kedja.outcome import OutcomeError, refuse
from kedja.patch import fhirpath_patch, json_patch, read_fhirpath_patch, read_json_patch, without_empty

Resource = dict[str, Any]
JSON_PATCH: Final = "application/json-patch+json"


async def patch(call: Call, resource_type: str, id: str) -> Answer:
    """200 with the new version, which is validated as an update's; 422 for a patch that does not fit what is there."""
    edit = edit_of(call.body, _media_type(call), known_type(resource_type))
    change = Change(resource_type, valid_id(id), None, edit=edit, if_match=expected(call))
    return answer_of(call, await one(call, change))


async def patch_where(call: Call, resource_type: str) -> Answer:
    """The one resource that matches: 404 for none, 412 for several."""
    edit = edit_of(call.body, _media_type(call), known_type(resource_type))
    where = criteria(call, resource_type, call.params, "?")
    change = Change(resource_type, "", None, edit=edit, where=where, if_match=expected(call))
    return answer_of(call, await one(call, change))


def edit_of(body: bytes, media_type: str, resource_type: str) -> Edit:
    """What makes the new resource of the standing one. Raises OutcomeError 400 or 415 for what is no patch."""
    if not body:
        raise refuse(400, "required", f"the request has no body: send a JSON Patch as {JSON_PATCH}, or Parameters")
    document = exactjson.loads(body)
    if media_type == JSON_PATCH:
        operations = read_json_patch(document)
        return lambda resource: _valid(without_empty(_object(json_patch(resource, operations))), resource_type)
    if not isinstance(document, dict) or document.get("resourceType") != "Parameters":
        told = f"a FHIRPath Patch is a Parameters resource; a JSON Patch is sent as {JSON_PATCH}"
        raise refuse(415, "not-supported", told)
    parameters = read_fhirpath_patch(document)
    return lambda resource: _valid(fhirpath_patch(resource, parameters), resource_type)


def edit_in(resource: Resource, resource_type: str, place: str) -> Edit:
    """The edit of a PATCH entry in a Bundle: Parameters, or a Binary that holds a JSON Patch (FHIR R4 3.1.0.11.2)."""
    if resource.get("resourceType") == "Parameters":
        return edit_of(exactjson.dumps(resource), "", resource_type)
    return edit_of(patch_in(resource, place), JSON_PATCH, resource_type)


def patch_in(resource: Resource, place: str) -> bytes:
    """The JSON Patch that a Binary holds. Raises OutcomeError 400."""
    content_type, data = resource.get("contentType"), resource.get("data")
    if resource.get("resourceType") != "Binary" or content_type != JSON_PATCH or not isinstance(data, str):
        told = f"PATCH needs Parameters, or a Binary with contentType {JSON_PATCH} and the patch in `data`"
        raise refuse(400, "value", told, place)
    try:
        return b64decode(data, validate=True)
    except ValueError:
        raise refuse(400, "value", "`data` is not base64", f"{place}.data") from None


def _media_type(call: Call) -> str:
    return call.headers.get("content-type", "").partition(";")[0].strip().lower()


def _object(made: Any) -> Resource:
    if not isinstance(made, dict):
        raise refuse(422, "structure", "the patch would leave no resource: its result must be an object", "patch")
    return made


def _valid(made: Resource, resource_type: str) -> Resource:
    """As an update's, and within the limits of what may be sent. Raises OutcomeError 422 with all that would be wrong."""
    try:
        return checked(exactjson.loads(exactjson.dumps(made)), resource_type)
    except OutcomeError as error:
        raise OutcomeError(422, *error.issues) from None
