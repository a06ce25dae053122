"""`$convert`: a resource from one format to another (FHIR R4 Resource-convert)."""

from __future__ import annotations

from typing import Any

from kedja import exactjson
from kedja.interactions.call import Answer, Call, resource_in
from kedja.outcome import OutcomeError
from kedja.validation import validate


async def convert(call: Call, resource_type: str, id: str) -> Answer:
    """The resource that was sent, in the format that is asked for by Accept or `_format`; nothing is stored or looked up.

    The resource is the body, or `input` of a Parameters. Raises OutcomeError 400 for one whose structure is not R4's: it has
    no form in the other format.
    """
    resource = resource_in(call.body)
    issues = validate(resource, level="structure")
    if issues:
        raise OutcomeError(400, *issues)
    return Answer(200, exactjson.dumps(_given(resource)))


def _given(resource: dict[str, Any]) -> dict[str, Any]:
    """A Parameters with nothing but an `input` brings a resource; any other resource is what is to be converted."""
    if resource["resourceType"] != "Parameters":
        return resource
    parameters: list[dict[str, Any]] = resource.get("parameter", [])
    given = [one["resource"] for one in parameters if one["name"] == "input" and "resource" in one]
    return given[0] if len(parameters) == len(given) == 1 else resource
